"""Prices, greeks and implied volatilities against vollib, which finds the volatility after Jaeckel.

Jaeckel, "Let's Be Rational", 2013, shares no step with ours. Prices agree to 2e-15 of the larger of spot and
strike and greeks to 1e-12, which is rounding. A volatility is as good as its price: sixteen digits of that
over the gate's vega of 1e-6 leave 1e-9, and the two roundings may add up: 1e-8 holds with room.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import exp

import numpy as np
import pytest
from vollib.black import black as oracle_76
from vollib.black.implied_volatility import implied_volatility as oracle_76_implied
from vollib.black_scholes_merton import black_scholes_merton as oracle_price
from vollib.black_scholes_merton.greeks import analytical as oracle_greeks
from vollib.black_scholes_merton.implied_volatility import implied_volatility as oracle_implied

from tickwise.core.options.black import CALL, PUT, black_76, black_scholes
from tickwise.core.options.greeks import Greeks, black_scholes_greeks
from tickwise.core.options.implied import IMPLIED, black_76_implied, black_scholes_implied

COUNT = 4000
FLAG = {CALL: "c", PUT: "p"}


def drawn(seed: int) -> Iterator[tuple[int, float, float, float, float, float, float]]:
    """Draw right, spot, strike, years, rate, yield, volatility: near and far, for minutes and for years."""
    chance = np.random.default_rng(seed)
    for _ in range(COUNT):
        spot = exp(chance.uniform(0.0, 8.0))
        strike = spot * exp(chance.normal() * chance.choice([0.01, 0.1, 0.5]))
        span = exp(chance.uniform(np.log(1e-5), np.log(3.0)))
        volatility = exp(chance.uniform(np.log(0.02), np.log(3.0)))
        rate, dividend = chance.uniform(-0.02, 0.1), chance.uniform(0.0, 0.05)
        yield int(chance.choice([CALL, PUT])), spot, strike, span, rate, dividend, volatility


def test_prices_are_the_oracles() -> None:
    for right, spot, strike, span, rate, dividend, volatility in drawn(1):
        ours = black_scholes(right, spot, strike, span, rate, dividend, volatility)
        theirs = oracle_price(FLAG[right], spot, strike, span, rate, volatility, dividend)
        assert abs(ours - theirs) <= 2e-15 * max(spot, strike)
        on_future = black_76(right, spot, strike, span, rate, volatility)
        assert abs(on_future - oracle_76(FLAG[right], spot, strike, span, rate, volatility)) <= 2e-15 * max(
            spot, strike
        )


def test_greeks_are_the_oracles() -> None:
    for right, *terms in drawn(2):
        spot, strike, span, rate, dividend, volatility = terms
        ours = black_scholes_greeks(right, spot, strike, span, rate, dividend, volatility)
        asked = (FLAG[right], spot, strike, span, rate, volatility, dividend)
        theirs = Greeks(*(getattr(oracle_greeks, name)(*asked) for name in Greeks._fields))
        assert ours._asdict() == pytest.approx(theirs._asdict(), rel=1e-9, abs=1e-12 * max(spot, strike))


def test_implied_volatilities_are_the_oracles_where_vega_allows() -> None:
    implied, worst = 0, 0.0
    for right, spot, strike, span, rate, dividend, volatility in drawn(3):
        price = black_scholes(right, spot, strike, span, rate, dividend, volatility)
        ours = black_scholes_implied(right, price, spot, strike, span, rate, dividend)
        if ours.refusal == IMPLIED:
            theirs = oracle_implied(price, spot, strike, span, rate, dividend, FLAG[right])
            worst = max(worst, abs(ours.volatility - theirs))
            implied += 1
    assert implied > COUNT / 2
    assert worst < 1e-8


def test_implied_volatilities_on_futures_are_the_oracles() -> None:
    implied, worst = 0, 0.0
    for right, future, strike, span, rate, _, volatility in drawn(4):
        price = black_76(right, future, strike, span, rate, volatility)
        ours = black_76_implied(right, price, future, strike, span, rate)
        if ours.refusal == IMPLIED:
            theirs = oracle_76_implied(price, future, strike, rate, span, FLAG[right])
            worst = max(worst, abs(ours.volatility - theirs))
            implied += 1
    assert implied > COUNT / 2
    assert worst < 1e-8
