"""The volatility a price implies, or the reason why it implies none.

The time value, normalised by sqrt(forward * strike), grows with the deviation s from 0 to its bound; its
only inflection is at s0 = sqrt(2 |ln(forward / strike)|) (Manaster and Koehler, "The Calculation of Implied
Variances from the Black-Scholes Model", 1982). Above it Halley's method runs from s0 on the value itself.
Below it it runs on the value's logarithm, which bends little there, from |x| / sqrt(-2 ln(2 value)), a bound
that follows from the normal tail, share(-y) <= exp(-y^2 / 2) / 2. Every step stays inside a bracket of values
already seen, so it ends.

Deep in or far out of the money the price says nothing: many volatilities give the same sixteen digits.
Where the price hardly moves with volatility, none is given.
"""

from math import exp, isfinite, log, sqrt
from typing import NamedTuple

from tickwise.core.compiled import hot, rare
from tickwise.core.options.black import PEAK, forward_of, normal_share

IMPLIED = 0
IMPOSSIBLE = 1
EXPIRED = 2
BELOW_INTRINSIC = 3
ABOVE_BOUND = 4
NO_VEGA = 5

REFUSALS = (
    "a volatility is implied",
    "a price, an underlying or a strike is not a positive, finite number",
    "no time is left to expiry",
    "the price is not above what exercise would bring",
    "the price is not below the most the option can be worth",
    "the price hardly moves with volatility: vega is below its gate",
)
"""What each outcome says, by its number."""

VEGA_SHARE_MIN = 1e-6
"""The gate: vega for a whole volatility of 1, as a share of the larger of forward and strike. A double holds
a price to 2e-16 of these, hence a volatility to about 1e-9 at the gate, and to nothing much below it."""

DEVIATION_MAX = 80.0
"""No deviation is larger: from 77 on the time value is its bound to the last digit of a double."""

STEPS_MAX = 60
"""Steps before what is found stands: three or four are usual, and a bracket halved sixty times is a point."""

LAST_STEP = 1e-7
"""A step by less than this share of the deviation is the last: Halley's method cubes what is off, so what is
left is below a double's last place."""


class Implied(NamedTuple):
    """A volatility, or 0 and the reason why there is none."""

    volatility: float
    refusal: int
    """A place in REFUSALS; IMPLIED where the volatility stands."""


@hot
def _value_of(s: float, x: float, rise: float) -> float:
    """Give the normalised time value of a deviation; `rise` is exp(x / 2)."""
    middle = x / s
    return normal_share(0.5 * s - middle) / rise - normal_share(-0.5 * s - middle) * rise


@rare
def _deviation_of(value: float, x: float) -> float:
    """Find the deviation whose normalised time value is `value`; `x` is |ln(forward / strike)|."""
    rise = exp(0.5 * x)
    low, high = sqrt(2.0 * x), DEVIATION_MAX
    s = low if x > 1e-3 else max(low, value / PEAK)
    lower = x > 0.0 and value < _value_of(low, x, rise)
    if lower:
        low, high = x / sqrt(-2.0 * log(2.0 * value)), low
        s = low
    for _ in range(STEPS_MAX):
        seen = _value_of(s, x, rise)
        if seen < value:
            low = max(low, s)
        else:
            high = min(high, s)
        middle = x / s
        pace = PEAK * exp(-0.5 * middle * middle - 0.125 * s * s)
        bend = middle * middle / s - 0.25 * s
        off = seen - value
        if lower and seen > 0.0:
            off, pace = log(seen / value), pace / seen
            bend -= pace
        newton = off / pace if pace > 0.0 else DEVIATION_MAX
        step = newton / max(1.0 - 0.5 * newton * bend, 0.2)
        moved = s - step
        if not low <= moved <= high:
            moved = 0.5 * (low + high)
        if abs(moved - s) <= LAST_STEP * s:
            return moved
        s = moved
    return s


@rare
def black_scholes_implied(
    right: int, price: float, spot: float, strike: float, years: float, rate: float, dividend: float
) -> Implied:
    """Find the volatility that gives this price, for an option on a share or an index."""
    known = price > 0.0 and spot > 0.0 and strike > 0.0
    if not known or not isfinite(price + spot + strike + years + rate + dividend):
        return Implied(0.0, IMPOSSIBLE)
    if years <= 0.0:
        return Implied(0.0, EXPIRED)
    forward = forward_of(spot, years, rate, dividend)
    value = price * exp(rate * years) - max(right * (forward - strike), 0.0)
    if value <= 0.0:
        return Implied(0.0, BELOW_INTRINSIC)
    if value >= min(forward, strike):
        return Implied(0.0, ABOVE_BOUND)
    x = abs(log(forward / strike))
    normal = value / sqrt(forward * strike)
    if normal < 1e-290:  # no vega is left, and the logarithm would meet numbers without full digits
        return Implied(0.0, NO_VEGA)
    s = _deviation_of(normal, x)
    share = PEAK * exp(-0.5 * (x * x / (s * s) + 0.25 * s * s) - 0.5 * x) * sqrt(years)
    if share < VEGA_SHARE_MIN:
        return Implied(0.0, NO_VEGA)
    return Implied(s / sqrt(years), IMPLIED)


@rare
def black_76_implied(
    right: int, price: float, future: float, strike: float, years: float, rate: float
) -> Implied:
    """Find the volatility that gives this price, for an option on a future."""
    return black_scholes_implied(right, price, future, strike, years, rate, rate)
