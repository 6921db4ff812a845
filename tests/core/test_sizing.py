"""Sizing: every rule that is on gives a number, and the smallest wins."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracles.worlds import row
from tickwise.core.layout import ACCOUNT
from tickwise.core.params import PARAMS
from tickwise.core.sizing import units_of

PRICE = 110_000
STOP = 50.0
TICK_MONEY = 10.0
"""EUR/USD at 1.10, a stop of five pips, an account in dollars."""

EQUITY = 100_000_000_000

plain = getattr(units_of, "py_func", units_of)


def units(
    equity: int = EQUITY,
    used: int = 0,
    pocket: int = 0,
    stop: float = STOP,
    tick_money: float = TICK_MONEY,
    weight: float = 1.0,
    **settings: Any,
) -> int:
    """Give the units that some rules allow; none is on unless it is named."""
    params = np.zeros(1, PARAMS).view(np.recarray)[0]
    for name, value in row(**{"units_fixed": 0, "margin_rate": 0.05, **settings}).items():
        params[name] = value
    account = np.zeros(1, ACCOUNT).view(np.recarray)[0]
    account.balance, account.open_pnl, account.margin_used = equity + 500, -500, used
    return int(plain(params, account, PRICE, stop, tick_money, pocket, weight))


def test_a_fixed_number_is_what_it_is() -> None:
    assert units(units_fixed=12_345) == 12_345


def test_the_stop_loses_its_fraction_of_equity() -> None:
    assert units(risk_fraction=0.005) == 1_000_000
    assert units(risk_fraction=0.005, stop=100.0) == 500_000
    assert units(risk_fraction=0.005, equity=EQUITY // 4) == 250_000


def test_an_order_takes_its_share_of_the_free_margin() -> None:
    """A unit is worth 1.10 and asks for 5.5 cents."""
    assert units(margin_share=0.11) == 200_000
    assert units(margin_share=0.11, used=EQUITY // 2) == 100_000
    assert units(margin_share=0.11, used=2 * EQUITY) == 0


def test_a_pocket_holds_no_more_than_its_share_of_equity() -> None:
    assert units(pocket_share=0.11) == 200_000
    assert units(pocket_share=0.11, pocket=110_000_000_000) == 100_000
    assert units(pocket_share=0.11, pocket=-110_000_000_000) == 100_000
    assert units(pocket_share=0.11, pocket=330_000_000_000) == 0


def test_the_smallest_of_the_rules_wins() -> None:
    rules = {"risk_fraction": 0.005, "margin_share": 0.11, "pocket_share": 0.22}
    assert units(**rules) == 200_000
    assert units(**rules, units_fixed=150_000) == 150_000
    assert units(**rules, units_max=70_000) == 70_000


def test_the_ramp_takes_its_part_of_what_the_rules_allow() -> None:
    assert units(units_fixed=10_001, ramp=0.25) == 2_500
    assert units(units_max=10_000, ramp=0.5, risk_fraction=0.005) == 5_000


@given(st.floats(0.0, 3.0), st.floats(0.0, 3.0), st.integers(1, 10**9), st.floats(0.0, 1.0))
def test_a_weight_makes_an_order_smaller_and_never_larger(
    low: float, high: float, fixed: int, ramp: float
) -> None:
    low, high = sorted((low, high))
    whole = units(units_fixed=fixed, ramp=ramp)
    weighed = units(units_fixed=fixed, ramp=ramp, weight=low)
    assert weighed <= units(units_fixed=fixed, ramp=ramp, weight=high) <= whole
    assert weighed <= whole * low + 1 or low >= 1.0
    assert units(units_fixed=fixed, ramp=ramp, weight=1.0 + high) == whole


@pytest.mark.parametrize("weight", [0.0, -1.0, float("nan")])
def test_a_weight_of_nothing_or_of_no_meaning_is_no_order(weight: float) -> None:
    assert units(units_fixed=10_000, weight=weight) == 0


def test_below_the_minimum_there_is_no_order() -> None:
    assert units(units_fixed=10_000, units_min=10_000) == 10_000
    assert units(units_fixed=9_999, units_min=10_000) == 0
    assert units(units_fixed=10_000, units_min=10_000, ramp=0.99) == 0


def test_a_maximum_alone_is_a_rule_and_none_at_all_is_no_order() -> None:
    assert units(units_max=3_000) == 3_000
    assert units() == 0


@pytest.mark.parametrize("missing", [{"stop": 0.0}, {"tick_money": 0.0}, {"equity": 0}, {"equity": -1}])
def test_without_a_stop_a_rate_or_equity_there_is_no_order(missing: dict[str, Any]) -> None:
    assert units(units_fixed=10_000, **missing) == 0
