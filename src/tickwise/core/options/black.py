"""The price of a European option after Black, Scholes and Merton, and after Black for futures.

Black and Scholes, "The Pricing of Options and Corporate Liabilities", 1973; Merton, "Theory of Rational
Option Pricing", 1973, for the dividend yield; Black, "The Pricing of Commodity Contracts", 1976, which is the
same formula where the yield is the rate, because a future costs nothing to hold.

Both speak of a forward F, a discount D and a deviation s = volatility * sqrt(years). Only the option out of
the money is computed; the one in the money is its intrinsic value more. So a price is never below its
intrinsic value, call and put keep their parity to the last digits, and nothing is lost deep in the money.
"""

from math import erfc, exp, log, sqrt
from typing import NamedTuple

from tickwise.core.compiled import hot, rare

CALL = 1
PUT = -1

DEVIATION_MIN = 1e-12
"""A deviation below this is none: a double cannot tell the two prices apart."""

SQRT_HALF = sqrt(0.5)
PEAK = 0.3989422804014327
"""The normal density at its middle, 1 / sqrt(2 pi)."""


class Moneyness(NamedTuple):
    """How many deviations the forward lies above the strike: d1 counted with the share, d2 with the bond."""

    d1: float
    d2: float


@hot
def normal_share(x: float) -> float:
    """Give the standard normal's share below `x`; exact far out as well, where a difference from 1 is not."""
    return 0.5 * erfc(-x * SQRT_HALF)


@hot
def normal_density(x: float) -> float:
    """Give the standard normal's density at `x`."""
    return PEAK * exp(-0.5 * x * x)


@hot
def moneyness(forward: float, strike: float, deviation: float) -> Moneyness:
    """Give d1 and d2; without a deviation they are the limits: infinite, or zero at the strike itself."""
    if deviation < DEVIATION_MIN:
        far = 0.0 if forward == strike else 1e300 if forward > strike else -1e300
        return Moneyness(far, far)
    middle = log(forward / strike) / deviation
    return Moneyness(middle + 0.5 * deviation, middle - 0.5 * deviation)


@hot
def time_value(forward: float, strike: float, deviation: float) -> float:
    """Give the undiscounted price of the option out of the money, a call where the strike is above."""
    side = 1.0 if forward <= strike else -1.0
    far = moneyness(forward, strike, deviation)
    value = side * (forward * normal_share(side * far.d1) - strike * normal_share(side * far.d2))
    return max(value, 0.0)


@hot
def forward_of(spot: float, years: float, rate: float, dividend: float) -> float:
    """Give the price for delivery at the end: the spot, with its financing, without its dividends."""
    return spot * exp((rate - dividend) * years)


@rare
def black_scholes(
    right: int, spot: float, strike: float, years: float, rate: float, dividend: float, volatility: float
) -> float:
    """Price an option on a share or an index: never below intrinsic, never above the share or the strike.

    Without time or volatility it is the intrinsic value of the forward, discounted.
    """
    forward = forward_of(spot, years, rate, dividend)
    intrinsic = max(right * (forward - strike), 0.0)
    return exp(-rate * years) * (intrinsic + time_value(forward, strike, volatility * sqrt(years)))


@rare
def black_76(right: int, future: float, strike: float, years: float, rate: float, volatility: float) -> float:
    """Price an option on a future."""
    return black_scholes(right, future, strike, years, rate, rate, volatility)
