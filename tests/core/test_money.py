"""Money is whole millionths, rounded once; a rate that is not known is not guessed."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from oracles.chain import decisions_of, trades_of
from oracles.tapes import BEGIN
from oracles.worlds import LanePlan, MarketPlan, World, row, session_of
from tickwise.core.compiled import called
from tickwise.core.money import money_of
from tickwise.market_data.chunks import QuoteChunk
from tickwise.session.session import Session

LAW = settings(derandomize=True, deadline=None, max_examples=300)

rounded = called(money_of)


@LAW
@given(st.integers(-(2**40), 2**40), st.sampled_from([10.0, 1.0, 0.5, 0.25, 9.125]))
def test_halves_go_up_and_nothing_else_is_lost(ticks: int, each: float) -> None:
    exact = Decimal(ticks) * Decimal(each) + Decimal("0.5")
    assert rounded(float(ticks), each) == int(exact.to_integral_value(ROUND_FLOOR))


@LAW
@given(st.integers(-(2**40), 2**40), st.floats(1e-6, 1e4))
def test_money_is_within_a_millionth_of_the_product(ticks: int, each: float) -> None:
    exact = Decimal(ticks) * Decimal(each)
    slack = Decimal("0.5") + abs(exact) * Decimal(2) ** -52
    assert abs(Decimal(rounded(float(ticks), each)) - exact) <= slack


def test_a_tick_of_a_unit_of_euro_is_ten_millionths_of_a_dollar() -> None:
    assert rounded(12.0 * 10_000, 10.0) == 1_200_000


YEN_QUOTES = [(0, 149_990, 150_010), (100, 150_040, 150_060), (200, 149_940, 149_960)]
"""Milliseconds, and USD/JPY in ticks of 0.001."""


def trade_in_yen(inverted: bool, rate: tuple[int, int], **settings: float) -> Session:
    """Buy and sell an instrument that is paid in yen, with an account in dollars.

    Instrument 0 gives the rate, instrument 1 is traded: 10,000 units, ticks of 0.001 yen.
    """
    tick = 0.001 if inverted else 0.000_001
    markets = [MarketPlan("RATE", price_tick=tick), MarketPlan("B", tick_money=1_000.0, price_tick=0.001)]
    plan = LanePlan(
        settings=row(time_stop=50_000_000, time_stop_gain=2**62, **settings),
        params={"one_in": 1, "only_side": 1, "stop": 5_000.0, "target": 0.0},
        instrument=1,
        rate_market=0,
        rate_inverted=int(inverted),
    )
    session = session_of(World([plan], markets))
    rows = [(0, 0, *rate)] + [(at, 1, bid, ask) for at, bid, ask in YEN_QUOTES]
    ts, places, bid, ask = (np.array(column, np.int32) for column in zip(*rows, strict=True))
    at = BEGIN + ts.astype(np.int64) * 1_000_000
    session.feed(QuoteChunk(at, bid, ask, places.astype(np.int16)))
    return session


def test_yen_become_dollars_at_the_last_mid_of_dollar_in_yen() -> None:
    """One dollar is 150 yen: (150.040 - 150.010) yen times 10,000 units is 300 yen, two dollars."""
    (trade, *_) = trades_of(trade_in_yen(True, (149_995, 150_005)))
    assert (trade["entry_price"], trade["exit_price"]) == (150_010.0, 150_040.0)
    assert trade["pnl"] == 2_000_000


def test_yen_become_dollars_at_the_last_mid_of_yen_in_dollars() -> None:
    """One yen is 0.0066 dollars: 300 yen are 1.98 dollars."""
    (trade, *_) = trades_of(trade_in_yen(False, (6_599, 6_601)))
    assert trade["pnl"] == 1_980_000


def test_the_stop_risks_the_fraction_of_equity_it_is_told_in_the_currency_of_the_account() -> None:
    """One percent of 100,000 dollars over 5 yen a unit, at 150 yen: 30,000 units, or just not."""
    (trade, *_) = trades_of(
        trade_in_yen(True, (149_995, 150_005), risk_fraction=0.01, units_fixed=0, units_min=1)
    )
    of_a_unit = 33_334
    assert 0 <= 1_000_000_000 - trade["risk"] <= of_a_unit


def test_before_the_rate_has_quoted_sizing_denies() -> None:
    session = trade_in_yen(True, (0, 0))
    assert session.outcomes() == {"denied_size": 3}
    assert decisions_of(session) == []
