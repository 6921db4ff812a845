"""A price gives its volatility back where it says enough, and a reason where it does not."""

from __future__ import annotations

from math import inf, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickwise.core.options.black import CALL, PUT, black_76, black_scholes
from tickwise.core.options.greeks import black_scholes_greeks
from tickwise.core.options.implied import (
    ABOVE_BOUND,
    BELOW_INTRINSIC,
    EXPIRED,
    IMPLIED,
    IMPOSSIBLE,
    NO_VEGA,
    REFUSALS,
    VEGA_SHARE_MIN,
    Implied,
    black_76_implied,
    black_scholes_implied,
)

rights = st.sampled_from((CALL, PUT))
spots = st.floats(0.01, 1e6)
ratios = st.one_of(st.floats(0.2, 5.0), st.floats(0.99, 1.01), st.just(1.0))
years = st.one_of(st.floats(1e-5, 3.0), st.floats(1e-5, 0.01))
rates = st.floats(-0.02, 0.1)
volatilities = st.floats(0.005, 5.0)


@settings(deadline=None, derandomize=True, max_examples=1000)
@given(rights, spots, ratios, years, rates, rates, volatilities)
def test_a_price_gives_its_volatility_back_or_has_no_vega(
    right: int, spot: float, ratio: float, span: float, rate: float, dividend: float, volatility: float
) -> None:
    strike = spot * ratio
    terms = (spot, strike, span, rate, dividend)
    price = black_scholes(right, *terms, volatility)
    found = black_scholes_implied(right, price, *terms)
    vega = 100 * black_scholes_greeks(right, *terms, volatility).vega / max(spot, strike)
    if vega > VEGA_SHARE_MIN * 1.5:  # discounts and yields stand between this share and the gate's
        assert found.refusal == IMPLIED
    if vega < VEGA_SHARE_MIN / 1.5:
        assert found.refusal in (IMPOSSIBLE, BELOW_INTRINSIC, ABOVE_BOUND, NO_VEGA)
        assert found.volatility == 0.0
    if found.refusal == IMPLIED:
        assert abs(found.volatility - volatility) < 5e-9
        assert black_scholes(right, *terms, found.volatility) == pytest.approx(
            price, rel=1e-12, abs=4e-15 * max(spot, strike)
        )


@settings(deadline=None, derandomize=True)
@given(rights, spots, ratios, years, rates, volatilities)
def test_a_price_of_an_option_on_a_future_too(
    right: int, spot: float, ratio: float, span: float, rate: float, volatility: float
) -> None:
    price = black_76(right, spot, spot * ratio, span, rate, volatility)
    found = black_76_implied(right, price, spot, spot * ratio, span, rate)
    assert found.refusal != IMPLIED or abs(found.volatility - volatility) < 5e-9


@pytest.mark.parametrize(
    ("right", "price", "spot", "strike", "span", "refusal"),
    [
        (CALL, 0.0, 100.0, 100.0, 0.5, IMPOSSIBLE),
        (CALL, -1.0, 100.0, 100.0, 0.5, IMPOSSIBLE),
        (CALL, nan, 100.0, 100.0, 0.5, IMPOSSIBLE),
        (CALL, inf, 100.0, 100.0, 0.5, IMPOSSIBLE),
        (CALL, 1.0, nan, 100.0, 0.5, IMPOSSIBLE),
        (CALL, 1.0, 100.0, 0.0, 0.5, IMPOSSIBLE),
        (CALL, 1.0, 100.0, 100.0, nan, IMPOSSIBLE),
        (CALL, 1.0, 100.0, 100.0, 0.0, EXPIRED),
        (CALL, 1.0, 100.0, 100.0, -0.1, EXPIRED),
        (CALL, 9.99, 100.0, 90.0, 0.5, BELOW_INTRINSIC),
        (PUT, 10.0, 100.0, 110.0, 0.5, BELOW_INTRINSIC),
        (CALL, 100.0, 100.0, 90.0, 0.5, ABOVE_BOUND),
        (PUT, 90.0, 100.0, 90.0, 0.5, ABOVE_BOUND),
        (CALL, 1e-12, 100.0, 200.0, 0.001, NO_VEGA),
        (CALL, 1e-300, 100.0, 100.0, 0.5, NO_VEGA),
        (CALL, 50.000000000001, 100.0, 50.0, 0.01, NO_VEGA),
        (CALL, 99.9999999999, 100.0, 100.0, 0.5, NO_VEGA),
    ],
)
def test_a_price_that_implies_nothing_says_why(
    right: int, price: float, spot: float, strike: float, span: float, refusal: int
) -> None:
    assert black_scholes_implied(right, price, spot, strike, span, 0.0, 0.0) == Implied(0.0, refusal)


def test_every_outcome_has_its_words() -> None:
    named = (IMPLIED, IMPOSSIBLE, EXPIRED, BELOW_INTRINSIC, ABOVE_BOUND, NO_VEGA)
    assert named == tuple(range(len(REFUSALS)))
