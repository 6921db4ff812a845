"""`tickwise option` and `tickwise data chain`: contracts read, valued and listed."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.commands import Run
from market_data.importers.dbn_made import MONDAY, NONE, SPY_690, file_of, quotes
from tickwise.core.options.greeks import black_scholes_greeks

CENT = 10_000_000
SYMBOL = "AAPL240621C00190000"
AT = ("--at", "2024-05-31T20:00")
HEADER = "#expiry,strike,right,open,high,low,close,volume,open_interest,implied_volatility,"
CHAIN = f"""{HEADER}delta,gamma,vega,theta,rho
,,,748.75,748.75,748.75,748.75,0,,,,,,,
20160115,692.5,C,55.3,61.7,53.7,57.2,12,340,0.25,0.79,0.0036,0.11,-0.5,0.014
20160115,700,P,1,1,1,1,0,9,0,0,0,0,0,0
20160219,700,C,66,67,65,66.5,3,510,0.24,0.75,0.003,0.9,-0.3,0.1
"""


def test_a_symbol_is_taken_apart(run: Run) -> None:
    ended = run("option", "SPXW  240621P05300500", "--json", "-")
    assert (ended.code, ended.err) == (0, "")
    assert ended.json == {
        "symbol": "SPXW240621P05300500",
        "padded": "SPXW  240621P05300500",
        "root": "SPXW",
        "underlying": "SPX",
        "right": "P",
        "strike": "5300.5",
        "expiry": "2024-06-21",
        "expires_ts": 1_719_000_000_000_000_000,
        "multiplier": 100,
        "is_european": True,
    }


def test_a_volatility_gives_the_price_and_the_greeks(run: Run) -> None:
    ended = run("option", SYMBOL, "--underlying", 191.2, "--volatility", 0.2, *AT, "--json", "-")
    greeks = black_scholes_greeks(1, 191.2, 190.0, 21 / 365, 0.0, 0.0, 0.2)
    assert ended.json["worth"]["greeks"] == greeks._asdict()
    back = run(
        "option", SYMBOL, "--underlying", 191.2, "--price", ended.json["worth"]["price"], *AT, "--json", "-"
    )
    assert back.json["worth"]["volatility"] == pytest.approx(0.2, abs=1e-12)


def test_a_person_reads_what_a_price_implies(run: Run) -> None:
    ended = run("option", SYMBOL, "--underlying", 191.2, "--price", 4.35, *AT)
    assert ended.code == 0
    lines = [" ".join(line.split()) for line in ended.out.splitlines()]
    assert lines[0] == "contract AAPL call, strike 190"
    assert "delivers 100 x AAPL" in lines
    assert "exercise at any time" in lines
    assert "price 4.3500, of which 1.2000 is exercise" in lines
    assert "volatility 20.39 %, a cent of price is 0.06 points" in lines


def test_a_price_that_implies_nothing_says_why(run: Run) -> None:
    ended = run("option", SYMBOL, "--underlying", 191.2, "--price", 1.1, *AT)
    assert ended.code == 0
    assert "none: the price is not above what exercise would bring" in ended.out


def test_an_adjusted_contract_says_that_its_delivery_is_not_known(run: Run) -> None:
    ended = run("option", "AAPL1240621C00190000")
    assert "adjusted or flexible: the symbol does not say what is delivered" in " ".join(ended.out.split())


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("aapl240621C00190000",), "symbols are in capitals: AAPL240621C00190000"),
        ((SYMBOL, "--price", "4.35"), "--underlying is missing"),
        ((SYMBOL, "--underlying", "191.2"), "give --price to find the volatility, or --volatility"),
        ((SYMBOL, "--underlying", "191", "--price", "4", "--volatility", "0.2"), "one of them"),
        ((SYMBOL, "--underlying", "191", "--price", "4", "--at", "2024-07-01"), "it expired on 2024-06-21"),
        ((SYMBOL, "--underlying", "-1", "--price", "4", *AT), "the price of the underlying is -1"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_line(run: Run, arguments: tuple[str, ...], why: str) -> None:
    ended = run("option", *arguments)
    assert ended.code == 2
    assert why in ended.error


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    (tmp_path / "goog").mkdir()
    path = tmp_path / "goog" / "20151222.csv"
    path.write_text(CHAIN)
    return path


def test_a_chain_lists_what_was_asked_for(run: Run, chain: Path) -> None:
    ended = run("data", "chain", chain, "--right", "C", "--open-interest-min", 500, "--json", "-")
    assert ended.json == [
        {
            "symbol": "GOOG160219C00700000",
            "underlying": "GOOG",
            "right": "C",
            "strike": "700",
            "expiry": "2016-02-19",
            "multiplier": 100,
            "day": "2015-12-22",
            "close": 66.5,
            "volume": 3.0,
            "open_interest": 510.0,
            "implied_volatility": 0.24,
            "greeks": {"delta": 0.75, "gamma": 0.003, "vega": 0.9, "theta": -0.3, "rho": 0.1},
            "underlying_close": 748.75,
        }
    ]
    assert run("data", "chain", chain, "--expiry", "2016-01-15", "--volume-min", 1).out.count("GOOG") == 1


def test_definitions_of_databento_are_a_chain_too(run: Run, real_data: Path) -> None:
    path = real_data / "dbn" / "nautilus" / "definition-opra.dbn.zst"
    (found,) = run("data", "chain", path, "--json", "-").json[1:]
    assert (found["symbol"], found["day"], found["close"]) == ("SPY240119P00370000", "2023-08-01", None)


def test_a_person_reads_a_chain_in_rows_of_one_line(run: Run, chain: Path) -> None:
    ended = run("data", "chain", chain, "--rows", 2)
    lines = [" ".join(line.split()) for line in ended.out.splitlines()]
    assert lines == [
        "contract close volume open volatility delta theta",
        "GOOG160115C00692500 57.20 12 340 0.2500 0.7900 -0.5000",
        "GOOG160115P00700000 1.00 0 9 - - -",
        "3 contracts of 2015-12-22, 2 shown: --rows 0 shows all",
    ]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--right", "X"), "--right X: no such choice"),
        (("--expiry", "soon"), "--expiry soon: write the day like 2015-12-22"),
        (("--day", "2015-12-23"), "no contract of 2015-12-23 in it"),
        (("--open-interest-min", "1000"), "no contract is left of what was asked for"),
    ],
)
def test_a_chain_without_what_was_asked_for_says_so(
    run: Run, chain: Path, arguments: tuple[str, ...], why: str
) -> None:
    ended = run("data", "chain", chain, *arguments)
    assert ended.code == 2
    assert why in ended.error


def test_quotes_of_databento_become_a_tape_of_a_contract(run: Run, tmp_path: Path) -> None:
    made = quotes(
        "cbbo-1s", [MONDAY + k * 10**9 for k in range(4)], [435 * CENT] * 4, [NONE, *[437 * CENT] * 3]
    )
    source = file_of(tmp_path / "a.dbn.zst", "cbbo-1s", made, {SPY_690: [(0, 1)]})
    out = tmp_path / "spy.parquet"
    ended = run(
        "data", "import", source, out, "--since", "2026-01-05T00:00:01", "--until", "2026-01-05T00:00:03"
    )
    assert (ended.code, ended.err) == (0, f"wrote {out}\n")
    assert "2 quotes" in ended.out
    shown = run("data", "show", out, "--json", "-").json
    assert (shown["source"], shown["rows"]) == ("Databento OPRA.PILLAR cbbo-1s", 2)
    assert shown["instruments"] == [{"symbol": "SPY260116C00690000", "tick": "0.01"}]
    cut = tmp_path / "cut.dbn.zst"
    cut.write_bytes(source.read_bytes()[:-3])
    refused = run("data", "import", cut, tmp_path / "cut.parquet")
    assert refused.code == 2
    assert "it was cut off; fetch it again" in refused.error
