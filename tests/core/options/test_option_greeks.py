"""The greeks are the slopes of the price, measured by small steps to either side."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickwise.core.options.black import CALL, PUT, black_76, black_scholes
from tickwise.core.options.greeks import Greeks, black_76_greeks, black_scholes_greeks

rights = st.sampled_from((CALL, PUT))
ratios = st.floats(0.7, 1.4)
years = st.floats(0.02, 2.0)
rates = st.floats(0.0, 0.1)
volatilities = st.floats(0.1, 1.5)

CLOSE = {"rel": 2e-6, "abs": 2e-7}
"""A slope over a step h errs by h squared and by what the difference loses: about 1e-7 at a spot of 100."""


@settings(deadline=None, derandomize=True, max_examples=300)
@given(rights, ratios, years, rates, rates, volatilities)
def test_each_greek_is_the_slope_of_the_price(
    right: int, ratio: float, span: float, rate: float, dividend: float, volatility: float
) -> None:
    spot, strike, step = 100.0, 100.0 * ratio, 1e-4

    def price(spot: float = spot, span: float = span, rate: float = rate, vol: float = volatility) -> float:
        return black_scholes(right, spot, strike, span, rate, dividend, vol)

    def delta(spot: float) -> float:
        return black_scholes_greeks(right, spot, strike, span, rate, dividend, volatility).delta

    slopes = Greeks(
        (price(spot + step * 10) - price(spot - step * 10)) / (20 * step),
        (delta(spot + step * 10) - delta(spot - step * 10)) / (20 * step),
        (price(vol=volatility + step) - price(vol=volatility - step)) / (2 * step) * 0.01,
        -(price(span=span + step / 10) - price(span=span - step / 10)) / (2 * step / 10) / 365.0,
        (price(rate=rate + step) - price(rate=rate - step)) / (2 * step) * 0.01,
    )
    greeks = black_scholes_greeks(right, spot, strike, span, rate, dividend, volatility)
    assert greeks._asdict() == pytest.approx(slopes._asdict(), **CLOSE)


@settings(deadline=None, derandomize=True)
@given(rights, ratios, years, rates, volatilities)
def test_the_greeks_on_a_future_are_the_slopes_of_its_price(
    right: int, ratio: float, span: float, rate: float, volatility: float
) -> None:
    future, strike, step = 100.0, 100.0 * ratio, 1e-4
    greeks = black_76_greeks(right, future, strike, span, rate, volatility)
    up, down = (black_76(right, future, strike, span, rate + side * step, volatility) for side in (1, -1))
    late, soon = (
        black_76(right, future, strike, span + side * step / 10, rate, volatility) for side in (1, -1)
    )
    assert greeks.rho == pytest.approx((up - down) / (2 * step) * 0.01, **CLOSE)
    assert greeks.theta == pytest.approx(-(late - soon) / (2 * step / 10) / 365.0, **CLOSE)


@settings(deadline=None, derandomize=True)
@given(ratios, years, rates, rates, volatilities)
def test_call_and_put_share_gamma_and_vega(
    ratio: float, span: float, rate: float, dividend: float, volatility: float
) -> None:
    terms = (100.0, 100.0 * ratio, span, rate, dividend, volatility)
    call, put = black_scholes_greeks(CALL, *terms), black_scholes_greeks(PUT, *terms)
    assert (call.gamma, call.vega) == (put.gamma, put.vega)


@pytest.mark.parametrize(
    ("right", "strike", "delta"),
    [(CALL, 90.0, 1.0), (CALL, 100.0, 0.5), (CALL, 110.0, 0.0), (PUT, 90.0, -0.0), (PUT, 110.0, -1.0)],
)
def test_at_expiry_delta_steps_at_the_strike(right: int, strike: float, delta: float) -> None:
    assert black_scholes_greeks(right, 100.0, strike, 0.0, 0.0, 0.0, 0.3) == Greeks(delta, 0, 0, 0, 0)
