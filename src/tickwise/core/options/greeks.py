"""How an option's price moves with the underlying, time, volatility and the rate.

The derivatives of Black, Scholes and Merton in closed form, as in Hull, "Options, Futures, and Other
Derivatives", chapter "The Greek Letters". Units are a trader's: vega and rho for one point (0.01), theta
for one calendar day of 365. All are for one unit of the underlying.
"""

from math import exp, sqrt
from typing import NamedTuple

from tickwise.core.compiled import rare
from tickwise.core.options.black import (
    DEVIATION_MIN,
    black_76,
    forward_of,
    moneyness,
    normal_density,
    normal_share,
)

DAYS = 365.0
POINT = 0.01


class Greeks(NamedTuple):
    """The first derivatives of an option's price, and the second after the underlying."""

    delta: float
    """Price for 1 of the underlying's price: 0 to 1 for a call, -1 to 0 for a put."""
    gamma: float
    """Delta for 1 of the underlying's price."""
    vega: float
    """Price for a point (0.01) of volatility."""
    theta: float
    """Price for a calendar day that passes; below zero where time costs the holder."""
    rho: float
    """Price for a point (0.01) of the interest rate."""


@rare
def black_scholes_greeks(
    right: int, spot: float, strike: float, years: float, rate: float, dividend: float, volatility: float
) -> Greeks:
    """Give the greeks of an option on a share or an index.

    Without time or volatility they are the limits: delta steps at the strike, with one half on it. Gamma and
    the decay of time value, which have no limit there, are then 0 everywhere.
    """
    deviation = volatility * sqrt(years)
    discount, kept = exp(-rate * years), exp(-dividend * years)
    far = moneyness(forward_of(spot, years, rate, dividend), strike, deviation)
    share, bond = normal_share(right * far.d1), normal_share(right * far.d2)
    bell = spot * kept * normal_density(far.d1)
    gamma, decay = 0.0, 0.0
    if deviation >= DEVIATION_MIN:
        gamma = bell / (spot * spot * deviation)
        decay = bell * volatility / (2.0 * sqrt(years))
    financing = right * (dividend * spot * kept * share - rate * strike * discount * bond)
    return Greeks(
        right * kept * share,
        gamma,
        bell * sqrt(years) * POINT,
        (financing - decay) / DAYS,
        right * strike * years * discount * bond * POINT,
    )


@rare
def black_76_greeks(
    right: int, future: float, strike: float, years: float, rate: float, volatility: float
) -> Greeks:
    """Give the greeks of an option on a future: the rate only discounts, so rho is against the holder."""
    like = black_scholes_greeks(right, future, strike, years, rate, rate, volatility)
    price = black_76(right, future, strike, years, rate, volatility)
    return Greeks(like.delta, like.gamma, like.vega, like.theta, -years * price * POINT)
