"""What a venue's answers do to a lane: an entry filled or ended, a position left, a stop that rests there.

The venue is right. A fill nobody waited for is a position all the same, one against an open position closes
it first, and what the core does not have it cannot leave.
"""

from typing import Any

from tickwise.core.booking import (
    ONE,
    book_result,
    draw_corridor,
    entry_filled,
    failed,
    position_reduced,
    recount,
    stop_moved,
    tally,
)
from tickwise.core.compiled import constant, hot, rare
from tickwise.core.decision import FILLED, NONE, money_noted, note
from tickwise.core.exits import rounded
from tickwise.core.facts import Facts
from tickwise.core.money import money_of, tick_money_now
from tickwise.core.position import Holding, reduced
from tickwise.core.step import leave
from tickwise.core.types import AT_VENUE, COMMAND, FLAT, PARTIAL, SECOND, WAITING

LEAVE_AGAIN_MAX = constant(5 * SECOND)
"""Longest wait before an order to leave that failed is sent again, whatever the back-off of entries is."""

STOP_AGAIN = constant(SECOND)
"""Wait before a better stop is asked for again where the venue refused one."""


@hot
def is_open(lane: Any) -> bool:
    """Tell whether a lane has a position."""
    return bool(lane.side != FLAT and lane.side != WAITING)


@hot
def said(account: Any, balance: int) -> None:
    """Take the balance a venue gives with a fill as the truth; 0 is none."""
    if balance != 0:
        account.balance = balance


@rare
def entered(facts: Facts, event: Any, ts: int) -> None:
    """Book an entry the venue filled, in whole or in part."""
    side = facts.lane.side
    if event.units == 0:
        said(facts.account, event.balance)
    elif side == WAITING:
        awaited(facts, event, ts)
    elif side == FLAT:
        taken_over(facts, event, event.units, event.commission, ts)
    elif side * event.units > 0:
        grown(facts, event, ts)
    else:
        crossed(facts, event, ts)
    said(facts.account, event.balance)


@hot
def awaited(facts: Facts, event: Any, ts: int) -> None:
    """Book the fill a lane waited for. Where the venue does not say its stop, it is as far as was asked."""
    order, position = facts.lane.order, facts.lane.position
    side = 1 if event.units > 0 else -1
    stop = event.stop if event.stop != 0 else event.price - side * rounded(order.stop)
    order.latency = ts - order.decided_ts
    position.resting_stop = 0
    position.resting_target = 0
    entry_filled(facts, event.units, event.price, stop, event.target, event.commission, ts)


@hot
def grown(facts: Facts, event: Any, ts: int) -> None:
    """Book a further fill of a position: more units at their own cost, gains counted from the mean entry."""
    lane, position, account = facts.lane, facts.lane.position, facts.account
    position.units += event.units
    position.cost += event.units * event.price
    position.opened += event.units
    position.entry_value += event.units * event.price
    position.entry = mean_against(lane.side, position.units, position.cost)
    position.commission += event.commission
    account.balance -= event.commission
    account.commission += event.commission
    book_result(facts, -event.commission)
    lane.money = tick_money_now(facts.market, facts.rate, lane)
    recount(facts, position.risk, position.value, position.margin)
    facts.house.epoch += 1
    draw_corridor(facts, ts)
    note(
        lane, ts, FILLED, NONE, event.units, event.price, position.stop, position.target, NONE, lane.order.id
    )
    money_noted(lane, NONE, event.commission)


@hot
def mean_against(side: int, units: int, cost: int) -> int:
    """Give the mean entry in whole ticks, rounded so that no gain looks larger than it is."""
    return int(side * -((-side * abs(cost)) // abs(units)))


@hot
def crossed(facts: Facts, event: Any, ts: int) -> None:
    """Book a fill against an open position: it closes as much, and what is over is a position of its own."""
    lane, position = facts.lane, facts.lane.position
    left = position.units + event.units
    units = lane.side * min(abs(event.units), abs(position.units))
    lane.money = tick_money_now(facts.market, facts.rate, lane)
    earned = money_of(reduced(Holding(position.units, position.cost), units, event.price).earned, lane.money)
    reduce(facts, units, event.price, AT_VENUE, earned, event.commission, ts)
    if lane.side == FLAT and left != 0:
        taken_over(facts, event, left, NONE, ts)


@rare
def left_at_venue(facts: Facts, event: Any, ts: int) -> None:
    """Book what the venue says of a position that was left, by the core's order (reason 0) or anything else.

    `earned` is before commission and financing; `money` is the financing that was settled with it.
    """
    lane, position, account = facts.lane, facts.lane.position, facts.account
    if is_open(lane) and event.units != 0:
        position.financing += event.money
        account.financing += event.money
        account.balance += event.money
        if event.reason == 0:
            lane.pace.failures = 0
            facts.market.breaker_failures = 0
        units = lane.side * min(abs(event.units), abs(position.units))
        lane.money = tick_money_now(facts.market, facts.rate, lane)
        reduce(facts, units, event.price, event.reason, event.earned, event.commission, ts)
    said(account, event.balance)


@hot
def reduce(facts: Facts, units: int, price: int, reason: int, earned: int, commission: int, ts: int) -> None:
    """Book an exit. An order to leave stays on its way until all it asked for was filled or it ended."""
    lane, position = facts.lane, facts.lane.position
    closing, side = position.closing, lane.side
    asked = abs(position.closing_units) if closing != 0 else 0
    if reason == 0:
        asked -= abs(units)
        reason = closing if closing != 0 else AT_VENUE
    position_reduced(facts, units, price, reason, earned, commission, ts)
    if lane.side == side and closing != 0 and asked > 0:
        position.closing = closing
        position.closing_units = side * min(asked, abs(position.units))
        draw_corridor(facts, ts)


@rare
def exit_ended(facts: Facts, reason: int, ts: int) -> None:
    """An order to leave did not: the position stands, and the exits are asked again after a short rest."""
    lane, position = facts.lane, facts.lane.position
    if not is_open(lane):
        return
    if position.closing == PARTIAL and position.exit_units == 0:
        position.reduced = 0
    position.closing = 0
    failed(facts, reason, ts)
    position.leave_after = min(lane.pace.back_off_until, ts + LEAVE_AGAIN_MAX)
    facts.house.epoch += 1
    draw_corridor(facts, ts)


@rare
def told_to_leave(facts: Facts, reason: int, ts: int) -> None:
    """Take a word from outside to leave. It stands until the lane is flat again, also for an entry that fills
    yet, or that was thought to have ended and fills after all.
    """
    lane, position = facts.lane, facts.lane.position
    if lane.side == FLAT:
        return
    is_known = position.ordered != 0
    position.ordered = reason if reason != 0 else COMMAND
    rests = is_known and ts < position.leave_after  # saying it again does not make a venue readier
    if lane.side != WAITING and position.closing == 0 and not rests:
        leave(facts, position.units, position.ordered, ts)
        draw_corridor(facts, ts)


@rare
def protected(facts: Facts, event: Any, ts: int) -> None:
    """The venue says which stop and target rest there; a worse stop than ours is one that it refused."""
    lane, position = facts.lane, facts.lane.position
    if not is_open(lane):
        return
    if event.stop > 0 and event.stop != position.stop:
        is_worse = position.stop != 0 and lane.side * (event.stop - position.stop) < 0
        position.stop_after = ts + STOP_AGAIN if is_worse else 0
        stop_moved(facts, event.stop, ts)
        if position.first_stop == 0:
            position.first_stop = event.stop
            lane.order.risk = position.risk
        if event.stop == position.first_stop:
            position.moved = 0
    if event.target > 0:
        position.target = event.target
    draw_corridor(facts, ts)


@hot
def adopted(facts: Facts, event: Any, ts: int) -> None:
    """Give a lane that is flat a position that was not its own; any other lane has no room for one."""
    if facts.lane.side == FLAT and event.units != 0:
        facts.lane.position.ordered = 0
        taken_over(facts, event, event.units, event.commission, ts)
        said(facts.account, event.balance)


@rare
def taken_over(facts: Facts, event: Any, units: int, commission: int, ts: int) -> None:
    """Give a lane that is flat a position it did not decide on, with the stop and target the venue says."""
    lane, order = facts.lane, facts.lane.order
    facts.house.orders += 1
    order.id = facts.house.orders
    order.units = units
    order.decided_ts = ts
    order.latency = 0
    order.anchor = facts.market.mid2
    order.bound = 0
    order.stop = float(abs(event.price - event.stop)) if event.stop > 0 else 0.0
    order.target = float(abs(event.target - event.price)) if event.target > 0 else 0.0
    order.spread = facts.market.ask - facts.market.bid
    order.score = 0.0
    order.state = facts.market.regime.state
    order.risk = 0
    order.value = 0
    order.margin = 0
    lane.position.resting_stop = 0
    lane.position.resting_target = 0
    tally(facts, ONE, NONE, NONE)
    entry_filled(facts, units, event.price, event.stop, event.target, commission, ts)
    order.risk = lane.position.risk
