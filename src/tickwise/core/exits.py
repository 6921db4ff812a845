"""Exits: where a position is left, and the corridor inside which nothing can happen to it.

Target and stop rest at the venue: the target fills at its price, the stop at the first price at or beyond it.
The simulated exchange is asked for its own here; a real venue says by itself when one was reached.
The other exits are the engine's: they send an order and wait for it as an entry does. On every quote the
price
and the time are compared with a corridor; leaving it asks the exits in this order: target, stop, the order on
its way, the soft stop, the time stop, the end of the session; then break-even, trailing and partial reduction
may move the stop or reduce, and a corridor is drawn anew. Gains and losses are counted in ticks from the
entry.
"""

from math import floor
from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.types import NEVER, SOFT_STOP, TIME, UNREALISED_LOSS, Corridor

ANY_GAIN = NEVER
"""A minimum gain no position has: the time stop then always closes."""


@hot
def rounded(distance: float) -> int:
    """Round a distance in ticks to whole ticks, halves away from the entry."""
    return floor(distance + 0.5)


@hot
def target_distance(params: Any, price: float, spread: int, wished: float) -> float:
    """Distance of the target in ticks: the config's, with the spread where it asks so, else the signal's."""
    if params.target_ticks > 0:
        return float(params.target_ticks + params.target_spread_added * max(spread, params.target_spread_min))
    if params.target_fraction > 0.0:
        return float(params.target_fraction * price)
    return wished


@hot
def stop_distance(params: Any, price: float, wished: float) -> float:
    """Distance of the stop in ticks: the config's, else the signal's."""
    if params.stop_ticks > 0:
        return float(params.stop_ticks)
    if params.stop_fraction > 0.0:
        return float(params.stop_fraction * price)
    return wished


@hot
def gain_at(lane: Any, price: int) -> int:
    """Give the gain at a price, in ticks from the entry."""
    return int(lane.side * (price - lane.position.entry))


@hot
def unrealised_limit(params: Any, account: Any, units: int, tick_money: float) -> int:
    """Loss in ticks at which the unrealised limit closes the position; never where the limit is off."""
    each = abs(units) * tick_money
    if params.unrealised_fraction_max == 0.0 or each <= 0.0:
        return NEVER
    return int(max(1, floor(params.unrealised_fraction_max * account.day_start / each)))


@hot
def soft_exit(params: Any, lane: Any, gain: int, loss_limit: int, ts: int) -> int:
    """Name the engine's own exit that is due at this gain and time, or 0."""
    if params.soft_stop_ticks > 0 and gain <= -params.soft_stop_ticks:
        return SOFT_STOP
    if gain <= -loss_limit:
        return UNREALISED_LOSS
    if (
        params.time_stop > 0
        and ts - lane.position.entry_ts >= params.time_stop
        and gain < params.time_stop_gain
    ):
        return TIME
    return 0


@hot
def stop_gain(lane: Any) -> int:
    """Give the stop as a gain; where there is none, one that is worse than any."""
    position = lane.position
    return int(lane.side * (position.stop - position.entry)) if position.stop != 0 else -ANY_GAIN


@hot
def trail_trigger(params: Any, lane: Any, now: int) -> int:
    """Gain at which the trailing stop would move next; `now` is the stop's."""
    return int(max(params.trail_start, now + params.trail_ticks + max(1, params.trail_step)))


@hot
def moved_stop(params: Any, lane: Any, gain: int) -> int:
    """Give the stop, as a gain, that break-even and trailing ask for at this gain; never a worse one."""
    now = stop_gain(lane)
    wanted = now
    if params.even_trigger > 0 and gain >= params.even_trigger:
        wanted = max(wanted, params.even_offset)
    if params.trail_ticks > 0 and gain >= trail_trigger(params, lane, now):
        wanted = max(wanted, gain - params.trail_ticks)
    return int(wanted)


@hot
def corridor(params: Any, lane: Any, loss_limit: int, ts: int) -> Corridor:
    """Draw the corridor: the nearest loss and gain at which something happens, and the next such time."""
    position = lane.position
    now = stop_gain(lane)
    worst = now
    if position.resting_stop == 0:
        worst = -ANY_GAIN
    if position.closing == 0:
        if params.soft_stop_ticks > 0:
            worst = max(worst, -params.soft_stop_ticks)
        worst = max(worst, -loss_limit)
    best = lane.side * (position.resting_target - position.entry) if position.resting_target > 0 else NEVER
    if params.even_trigger > 0 and now < params.even_offset:
        best = min(best, params.even_trigger)
    if params.trail_ticks > 0:
        best = min(best, trail_trigger(params, lane, now))
    if params.partial_trigger > 0 and position.reduced == 0:
        best = min(best, params.partial_trigger)
    due = lane.flat_at
    if position.closing != 0:
        due = position.closing_due
    elif params.time_stop > 0:
        end = position.entry_ts + params.time_stop
        if ts < end:
            due = min(due, end)
        else:
            worst = max(worst, params.time_stop_gain - 1)
    low = position.entry + lane.side * worst if worst > -ANY_GAIN else -lane.side * NEVER
    high = position.entry + lane.side * best if best < NEVER else lane.side * NEVER
    return Corridor(low, high, due) if lane.side > 0 else Corridor(high, low, due)
