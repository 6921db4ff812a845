"""Chains in files, and the published greeks of one of them against ours."""

from __future__ import annotations

from datetime import date
from math import exp
from pathlib import Path

import pytest

from tickwise.core.options.greeks import Greeks, black_scholes_greeks
from tickwise.errors import DataError
from tickwise.market_data.options.contract import contract_of
from tickwise.market_data.options.occ import parse_occ
from tickwise.market_data.options.universe import Listing, read_universe

HEADER = (
    "#expiry,strike,right,open,high,low,close,volume,open_interest,implied_volatility,"
    "delta,gamma,vega,theta,rho\n"
)
OWN = ",,,748.75,748.75,748.75,748.75,0,,,,,,,\n"
ROW = "20160115,692.5,C,55.3,61.7,53.7,57.2,12,340,0.25,0.79,0.0036,0.11,-0.5,0.014\n"
BARE = "20160115,700,P,1,1,1,1,0,,0,0,0,0,0,0\n"


def a_day(folder: Path, text: str, name: str = "20151222.csv") -> Path:
    (folder / "goog").mkdir(exist_ok=True)
    path = folder / "goog" / name
    path.write_text(text)
    return path


def test_a_day_of_leans_is_read_whole(tmp_path: Path) -> None:
    day = date(2015, 12, 22)
    assert read_universe(a_day(tmp_path, HEADER + OWN + ROW + BARE)) == [
        Listing(
            contract_of("GOOG160115C00692500"),
            day,
            57.2,
            12.0,
            340.0,
            0.25,
            Greeks(0.79, 0.0036, 0.11, -0.5, 0.014),
            748.75,
        ),
        Listing(contract_of("GOOG160115P00700000"), day, 1.0, 0.0, None, None, None, 748.75),
    ]


@pytest.mark.parametrize(
    ("text", "name", "why"),
    [
        ("", "20151222.csv", "it has no column expiry, strike"),
        ("ts,bid,ask\n1,2,3\n", "20151222.csv", "no chain of options: it has no column expiry"),
        (HEADER + ROW, "chain.csv", "the name is not that of a day"),
        (HEADER + ROW.replace("692.5", "692.5001"), "20151222.csv", "row 2: the strike 692.5001"),
        (HEADER + ROW.replace("692.5", "nought"), "20151222.csv", "row 2: expiry 2016-01-15, strike nought"),
        (HEADER + ROW.replace("20160115", "20160199"), "20151222.csv", "row 2: expiry 2016-01-99"),
        (HEADER + ROW.replace(",C,", ",X,"), "20151222.csv", "row 2: option right 'X'"),
        (HEADER + OWN + ROW.replace("340", "many"), "20151222.csv", "row 3: 'many' is no number"),
        (HEADER + OWN + "20160115,692.5\n", "20151222.csv", "row 3: 2 columns"),
        (HEADER + OWN, "20151222.csv", "no contract in it"),
    ],
)
def test_a_file_that_is_no_chain_says_why(tmp_path: Path, text: str, name: str, why: str) -> None:
    with pytest.raises(DataError) as refused:
        read_universe(a_day(tmp_path, text, name))
    assert why in str(refused.value)


def test_a_parquet_file_of_another_kind_is_refused(real_data: Path) -> None:
    with pytest.raises(DataError, match="no chain of options: it has no column expiry"):
        read_universe(real_data / "quotes" / "eurusd_dukascopy_20190204.parquet")


def test_every_published_chain_is_read(real_data: Path) -> None:
    chains = read_universe(real_data / "options" / "universe_greeks.parquet")
    goog = read_universe(real_data / "raw/lean/option/usa/universes/goog/20151222.csv")
    assert len(chains) == 13_438
    assert {each.contract.underlying for each in chains} == {"AAPL", "GOOG", "SPX", "SPY"}
    assert (
        len(goog)
        == sum(1 for _ in (real_data / "raw/lean/option/usa/universes/goog/20151222.csv").open()) - 2
    )
    assert {each.underlying_close for each in goog} == {748.75}
    for symbol in {each.contract.symbol for each in (*chains, *goog)}:
        assert parse_occ(symbol.compact) == parse_occ(symbol.padded) == symbol


DAY = date(2015, 12, 24)
RATE, DIVIDEND = 0.01, 0.0011374
"""What the chain was priced with, read out of it: rho of a call less that of its put is strike * years *
discount; delta of a call less that of its put is what the yield leaves. Time ends the day before expiry."""

CLOSE_TO = Greeks(delta=5e-6, gamma=1e-6, vega=3e-5, theta=5e-7, rho=7e-5)
"""How near our greeks are to the published ones, twice what was seen. Those and their volatilities have seven
decimals: at a volatility of 0.02 the last one moves vega by 1e-5; the yield, read out of them, has five
digits, which move a rho of two years by 3e-5. Their gamma leaves the yield's discount out: it is put back."""


def test_our_greeks_are_those_published_with_a_chain(real_data: Path) -> None:
    listings = read_universe(real_data / "options" / "universe_greeks.parquet", "goog", DAY)
    compared, worst = 0, Greeks(0.0, 0.0, 0.0, 0.0, 0.0)
    for each in listings:
        years = ((each.contract.expiry - DAY).days - 1) / 365
        if each.greeks and each.underlying_close and each.implied_volatility:
            strike = each.contract.strike_thousandths / 1000
            terms = (each.contract.right, each.underlying_close, strike, years, RATE, DIVIDEND)
            ours = black_scholes_greeks(*terms, each.implied_volatility)
            ours = ours._replace(gamma=ours.gamma * exp(DIVIDEND * years))
            off = (abs(a - b) for a, b in zip(ours, each.greeks, strict=True))
            worst = Greeks(*map(max, worst, off))
            compared += 1
    assert compared > 1_800
    assert all(off < most for off, most in zip(worst, CLOSE_TO, strict=True)), worst
