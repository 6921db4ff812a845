"""What an option is worth: parity, bounds, order, limits, and the same with the compiler off."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from math import exp, inf, isfinite
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickwise.core.options.black import CALL, PUT, black_76, black_scholes
from tickwise.core.options.greeks import black_76_greeks, black_scholes_greeks
from tickwise.core.options.implied import black_76_implied, black_scholes_implied

spots = st.floats(0.01, 1e6)
ratios = st.floats(0.01, 100.0)
years = st.floats(0.0, 5.0)
rates = st.floats(-0.05, 0.2)
yields = st.floats(0.0, 0.2)
volatilities = st.one_of(st.just(0.0), st.floats(0.0, 1e-9), st.floats(1e-4, 10.0))
rights = st.sampled_from((CALL, PUT))

ROUNDING = 8e-16
"""What a sum of two prices loses, as a share of the larger: a few units of a double's last place."""


def worth(
    right: int, spot: float, strike: float, span: float, rate: float, dividend: float, volatility: float
) -> float:
    return black_scholes(right, spot, strike, span, rate, dividend, volatility)


@settings(deadline=None, derandomize=True)
@given(spots, ratios, years, rates, yields, volatilities)
def test_a_call_less_a_put_is_the_forward_less_the_strike(
    spot: float, ratio: float, span: float, rate: float, dividend: float, volatility: float
) -> None:
    strike = spot * ratio
    terms = (spot, strike, span, rate, dividend, volatility)
    difference = black_scholes(CALL, *terms) - black_scholes(PUT, *terms)
    forward = spot * exp((rate - dividend) * span)
    parity = exp(-rate * span) * (forward - strike)
    assert abs(difference - parity) <= ROUNDING * exp(-rate * span) * max(forward, strike) * 4


@settings(deadline=None, derandomize=True)
@given(rights, spots, ratios, years, rates, yields, volatilities)
def test_a_price_lies_between_exercise_and_the_thing_itself(
    right: int, spot: float, ratio: float, span: float, rate: float, dividend: float, volatility: float
) -> None:
    strike = spot * ratio
    price = worth(right, spot, strike, span, rate, dividend, volatility)
    forward, discount = spot * exp((rate - dividend) * span), exp(-rate * span)
    bound = discount * (forward if right == CALL else strike)
    assert discount * max(right * (forward - strike), 0.0) <= price <= bound * (1 + ROUNDING)


@settings(deadline=None, derandomize=True)
@given(rights, spots, ratios, years, rates, yields, volatilities, volatilities)
def test_more_volatility_is_never_worth_less(
    right: int,
    spot: float,
    ratio: float,
    span: float,
    rate: float,
    dividend: float,
    one: float,
    other: float,
) -> None:
    strike = spot * ratio
    calm, wild = sorted((one, other))
    low = worth(right, spot, strike, span, rate, dividend, calm)
    high = worth(right, spot, strike, span, rate, dividend, wild)
    assert low <= high + 4 * ROUNDING * exp(0.05 * span) * max(spot * exp(0.25 * span), strike)


@settings(deadline=None, derandomize=True)
@given(rights, spots, ratios, years, rates, volatilities)
def test_an_option_on_a_future_is_one_on_a_share_that_yields_the_rate(
    right: int, spot: float, ratio: float, span: float, rate: float, volatility: float
) -> None:
    strike = spot * ratio
    on_share = worth(right, spot, strike, span, rate, rate, volatility)
    assert black_76(right, spot, strike, span, rate, volatility) == on_share


@settings(deadline=None, derandomize=True)
@given(rights, spots, ratios, rates, yields, volatilities)
def test_without_time_it_is_worth_what_exercise_brings(
    right: int, spot: float, ratio: float, rate: float, dividend: float, volatility: float
) -> None:
    strike = spot * ratio
    price = worth(right, spot, strike, 0.0, rate, dividend, volatility)
    assert price == max(right * (spot - strike), 0.0)


@pytest.mark.parametrize("span", [0.0, 1e-12, 1e-6, 0.5, 100.0])
@pytest.mark.parametrize("volatility", [0.0, 1e-15, 1e-9, 0.2, 100.0])
@pytest.mark.parametrize("strike", [1e-9, 1e-3, 99.99999999, 100.0, 100.00000001, 1e6, 1e12])
@pytest.mark.parametrize("right", [CALL, PUT])
def test_no_corner_gives_anything_but_a_number(
    right: int, strike: float, volatility: float, span: float
) -> None:
    price = worth(right, 100.0, strike, span, 0.03, 0.01, volatility)
    greeks = black_scholes_greeks(right, 100.0, strike, span, 0.03, 0.01, volatility)
    assert isfinite(price)
    assert all(map(isfinite, greeks))
    assert 0.0 <= right * greeks.delta <= 1.0
    assert greeks.gamma >= 0.0
    assert greeks.vega >= 0.0
    implied = black_scholes_implied(right, price, 100.0, strike, span, 0.03, 0.01)
    assert isfinite(implied.volatility)
    assert (implied.volatility == 0.0) == (implied.refusal != 0)


def test_a_textbook_call_has_its_textbook_price() -> None:
    """Hull's example: a share at 42, strike 40, half a year, 10 %, volatility 20 %: 4.76 and 0.81."""
    assert round(black_scholes(CALL, 42.0, 40.0, 0.5, 0.1, 0.0, 0.2), 2) == 4.76
    assert round(black_scholes(PUT, 42.0, 40.0, 0.5, 0.1, 0.0, 0.2), 2) == 0.81


TERMS = [
    (right, 100.0, strike, span, 0.03, dividend, volatility)
    for right in (CALL, PUT)
    for strike in (55.0, 99.5, 100.0, 104.0, 260.0)
    for span in (0.0, 0.002, 0.7)
    for dividend in (0.0, 0.02)
    for volatility in (0.0, 1e-13, 0.05, 0.4, 2.5)
]


def told() -> list[Any]:
    """Give every answer of every function for the terms above."""
    answers: list[Any] = []
    for right, spot, strike, span, rate, dividend, volatility in TERMS:
        price = black_scholes(right, spot, strike, span, rate, dividend, volatility)
        future = black_76(right, spot, strike, span, rate, volatility)
        answers.append(price)
        answers.append(future)
        answers.extend(black_scholes_greeks(right, spot, strike, span, rate, dividend, volatility))
        answers.extend(black_76_greeks(right, spot, strike, span, rate, volatility))
        answers.extend(black_scholes_implied(right, price, spot, strike, span, rate, dividend))
        answers.extend(black_76_implied(right, future, spot, strike, span, rate))
    return answers


def test_plain_python_gives_what_the_compiled_code_gives() -> None:
    """To the last digits: the compiler may keep a product unrounded where Python rounds it."""
    ran = subprocess.run(
        [sys.executable, __file__],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    plain = json.loads(ran.stdout)
    assert all(abs(value) < inf for value in plain)
    assert plain == pytest.approx(told(), rel=1e-12, abs=1e-13)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(told()))
