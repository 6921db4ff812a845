"""Money: whole millionths, rounded once.

A price move is exact in ticks times units. One multiplication by a float64 makes money of it: the value of a
tick of a unit in the account's currency. It is rounded to the nearest millionth, halves up.
"""

from math import floor
from typing import Any

from tickwise.core.compiled import hot


@hot
def money_of(tick_units: float, tick_money: float) -> int:
    """Turn ticks times units into millionths; `tick_money` is millionths for one tick of one unit."""
    return floor(tick_units * tick_money + 0.5)


@hot
def tick_money_now(market: Any, rate: Any, lane: Any) -> float:
    """Value of one tick of one unit in millionths of the account's currency, at the rate market's last mid.

    A lane whose quote currency is the account's has no rate market. Before the rate market has quoted, the
    value is zero and sizing denies: a rate that is not known is not guessed.
    """
    if lane.rate_market < 0:
        return float(market.tick_money)
    if rate.n == 0:
        return 0.0
    mid = 0.5 * rate.mid2 * rate.price_tick
    return float(market.tick_money / mid if lane.rate_inverted != 0 else market.tick_money * mid)
