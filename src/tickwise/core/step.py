"""The step: the only place where anything is decided.

Once for each lane on each quote of its instrument. A flat lane asks the gates and the strategy's cheap
test; a
lane with an order on its way waits for it; a lane in a position compares the price and the time with its
corridor. What happens seldom is a function of its own: `look_again` reads the standing gates, `consider`
judges a signal, `on_corridor` leaves a position or moves its stop.
"""

from typing import Any

import numpy as np

from tickwise.core import outcome as o
from tickwise.core.booking import (
    day_lost,
    draw_corridor,
    enter,
    lost_and_left,
    marked,
    stop_moved,
)
from tickwise.core.compiled import constant, hot, rare
from tickwise.core.decision import LEAVE, MOVE_STOP, NONE, SIGNAL_ONLY, note
from tickwise.core.exits import (
    gain_at,
    moved_stop,
    rounded,
    soft_exit,
    stop_distance,
    stop_gain,
    target_distance,
    unrealised_limit,
)
from tickwise.core.facts import Facts
from tickwise.core.fills import (
    exit_number,
    fill_entry,
    fill_exit,
    fill_stop,
    fill_target,
    latency_of,
    leaving_price,
)
from tickwise.core.gates import Order, Verdict, of_order, of_quote, standing
from tickwise.core.mix import added
from tickwise.core.money import money_of, tick_money_now
from tickwise.core.position import Holding, earned_at
from tickwise.core.sizing import units_of
from tickwise.core.types import (
    BREAK_EVEN,
    DAY_LOSS_FLATTEN,
    FLAT,
    NEVER,
    PARTIAL,
    SESSION_END,
    TRAILING,
    WAITING,
    Signal,
)

NOTHING = constant(0)
CONSIDER = constant(1)
FILL = constant(2)
CORRIDOR = constant(3)
BREACH = constant(4)
LOOK = constant(5)
"""What the step leaves to a rare function."""

ON_QUOTE = constant(-1)
"""The trigger of a lane that is asked on each quote; others hold the number of their frame."""


@hot
def count(lane: Any, ts: int, place: int) -> None:
    """Count an evaluation in its one outcome and add it to the digest."""
    at = np.uint64(place)  # unsigned: a signed place would be tested for counting from the end
    lane.counts[at] += 1
    lane.digest = added(lane.digest, lane.salt, ts, o.CODES[at])


@hot
def step(
    params: Any, market: Any, lane: Any, account: Any, side: int, quoting: bool, wants: bool, ts: int
) -> int:
    """Ask one lane at one quote; gives what is left to do.

    `side` is the lane's, read once. `quoting` tells whether the lane's strategy is asked on each quote,
    `wants` what its cheap test said.
    The standing refusal must be fresh: the caller looks again first when its time has come.
    """
    work = NOTHING
    if side == FLAT:
        if not quoting:
            return NOTHING
        place = of_quote(lane.standing, params, market, ts)
        if wants:
            if place == o.NO_SIGNAL:
                return CONSIDER
            lane.missed[place] += 1
    elif side == WAITING:
        place = o.PENDING
        if ts >= lane.due:
            work = FILL
    else:
        place = o.IN_POSITION
        work = watch(lane, account, market.bid if side > 0 else market.ask, ts)
    if quoting:
        count(lane, ts, place)
    return work


@hot
def watch(lane: Any, account: Any, price: int, ts: int) -> int:
    """Mark a position at the price it could be left at, and compare it with its corridor."""
    position = lane.position
    marked(account, position, money_of(earned_at(Holding(position.units, position.cost), price), lane.money))
    if lane.side > 0:
        position.best = max(position.best, price)
        position.worst = min(position.worst, price)
    else:
        position.best = min(position.best, price)
        position.worst = max(position.worst, price)
    if account.balance + account.open_pnl <= account.floor:
        return BREACH
    if price <= lane.low or price >= lane.high or ts >= lane.due:
        return CORRIDOR
    return NOTHING


@rare
def look_again(facts: Facts, calendar: Any, ts: int) -> None:
    """Read the standing gates of a flat lane: the first refusal, and until when it stands."""
    lane = facts.lane
    verdict = standing(
        facts.params,
        facts.house,
        facts.market,
        facts.underlying,
        lane,
        facts.account,
        facts.bot,
        facts.instrument,
        facts.pocket,
        facts.group,
        facts.in_account,
        facts.in_house,
        calendar,
        ts,
    )
    verdict = warming(facts, verdict, ts)
    lane.flat_at = next_flat(lane, calendar, ts)
    lane.standing = verdict.place
    lane.wake = min(verdict.until, lane.flat_at)
    lane.seen = facts.market.epoch + facts.house.epoch


@hot
def next_flat(lane: Any, calendar: Any, ts: int) -> int:
    """Give the next moment after `ts` by which the lane is to be flat, or never; its place only moves
    forward.
    """
    while lane.flat_first < lane.flat_end and calendar[lane.flat_first].start <= ts:
        lane.flat_first += 1
    return int(calendar[lane.flat_first].start) if lane.flat_first < lane.flat_end else int(NEVER)


@hot
def warming(facts: Facts, verdict: Verdict, ts: int) -> Verdict:
    """Refuse a strategy that has not seen enough quotes or bars, after all gates and before its signal."""
    lane = facts.lane
    if verdict.place < o.NO_SIGNAL:
        return verdict
    seen = facts.market.n if lane.trigger == ON_QUOTE else facts.market.frames[lane.trigger].closed
    if seen >= lane.warm_up:
        return verdict
    return Verdict(o.WARMING_UP, ts)


@hot
def ask_at_close(lane: Any, params: Any, market: Any, ts: int) -> bool:
    """Ask a lane that trades on bars, its standing refusal being fresh; tell whether its signal is to be
    considered.
    """
    if lane.side == WAITING:
        place = o.PENDING
    elif lane.side != FLAT:
        place = o.IN_POSITION
    else:
        place = of_quote(lane.standing, params, market, ts)
        if lane.wish_side != 0:
            if place == o.NO_SIGNAL:
                return True
            lane.missed[place] += 1
    count(lane, ts, place)
    return False


@rare
def consider(facts: Facts, signal: Signal, ts: int) -> int:
    """Judge a signal that every gate before it allowed; count the evaluation; tell what is left to do."""
    lane, market, params, account = facts.lane, facts.market, facts.params, facts.account
    place = o.NO_SIGNAL
    if signal.side != 0:
        place = prepare(facts, signal, ts)
        if place == o.INTENT:
            place = judge(facts, signal.score)
    count(lane, ts, place)
    if place != o.INTENT:
        return NOTHING
    if lane.auto_trade == 0:
        note(lane, ts, SIGNAL_ONLY, NONE, lane.order.units, NONE, NONE, NONE, NONE, NONE)
        lane.pace.last_entry = ts
        facts.house.epoch += 1
        return NOTHING
    facts.house.orders += 1
    lane.order.id = facts.house.orders
    lane.order.latency = latency_of(params, facts.house.seed, lane.order.id)
    lane.order.due = ts + lane.order.latency
    lane.due = lane.order.due
    enter(facts, ts)
    fresh = market.ts == ts and lane.trigger == ON_QUOTE
    return FILL if fresh and lane.order.due <= ts and account.killed == 0 else NOTHING


@hot
def prepare(facts: Facts, signal: Signal, ts: int) -> int:
    """Make the order a signal asks for: distances, size, worst case; tell whether sizing denies it."""
    lane, market, params, order = facts.lane, facts.market, facts.params, facts.lane.order
    side = signal.side
    touch = market.ask if side > 0 else market.bid
    spread = market.ask - market.bid
    stop = stop_distance(params, float(touch), signal.stop)
    target = target_distance(params, float(touch), spread, signal.target)
    if not (stop > 0.0 and target >= 0.0):
        return o.DENIED_STOP
    lane.money = tick_money_now(market, facts.rate, lane)
    units = units_of(params, facts.account, touch, stop, lane.money, facts.pocket.value, lane.weight)
    if units == 0:
        return o.DENIED_SIZE
    order.units = side * units
    order.decided_ts = ts
    order.anchor = market.mid2
    order.stop = stop
    order.target = target
    order.spread = spread
    order.score = signal.score
    order.state = market.regime.state
    order.bound = touch + side * params.bound_ticks if params.bound_ticks > 0 else 0
    order.risk = money_of(units * (stop + spread_of_stop(params)), lane.money) + 2 * fee(
        params, units, touch, lane.money
    )
    order.value = money_of(side * units * touch, lane.money)
    order.margin = money_of(abs(order.value), params.margin_rate)
    return o.INTENT


@hot
def spread_of_stop(params: Any) -> float:
    """Ticks by which a stop and its entry may fill worse than asked: the slippage both ways."""
    return float(2.0 * params.slippage_mean)


@hot
def fee(params: Any, units: int, price: int, tick_money: float) -> int:
    """Commission of one side in millionths."""
    value = units * price * tick_money
    return money_of(units, params.commission_unit) + money_of(value, params.commission_fraction)


@hot
def judge(facts: Facts, score: float) -> int:
    """Ask the gates that judge an order; gives the first refusal or the intent."""
    order, params = facts.lane.order, facts.params
    units = abs(order.units)
    touch = facts.market.ask if order.units > 0 else facts.market.bid
    fees = 2.0 * fee(params, units, touch, facts.lane.money) / (units * facts.lane.money)
    cost = order.spread + 2.0 * params.slippage_mean + fees
    asked = Order(units, order.risk, order.value, order.margin, score, order.target, cost)
    verdict = of_order(
        facts.house, params, facts.market, facts.account, facts.in_account, facts.pocket, asked
    )
    return o.INTENT if verdict.place == o.NO_SIGNAL else verdict.place


@rare
def act(facts: Facts, work: int, ts: int) -> None:
    """Do what the step left to do at a quote: fill a waiting entry, leave a position, or book a lost day."""
    if work == FILL:
        fill_entry(facts, ts)
        return
    if work == BREACH:
        day_lost(facts, ts)
    on_corridor(facts, ts)


@hot
def on_corridor(facts: Facts, ts: int) -> None:
    """Leave a position whose exit is due, or move its stop and draw a new corridor."""
    lane, position = facts.lane, facts.lane.position
    side = lane.side
    price = leaving_price(facts.market, side)
    if position.resting_target > 0 and side * (price - position.resting_target) >= 0:
        fill_target(facts, position.resting_target, ts)
    elif position.resting_stop > 0 and side * (price - position.resting_stop) <= 0:
        fill_stop(facts, price, ts)
    elif position.closing != 0:
        if ts >= position.closing_due:
            fill_exit(facts, position.closing_units, position.closing, ts)
    else:
        reason = own_exit(facts, gain_at(lane, price), ts)
        if reason != 0:
            leave(facts, position.units, reason, ts)
            if ts >= position.closing_due:
                fill_exit(facts, position.closing_units, reason, ts)
        else:
            improve(facts, price, ts)
    if lane.side == side:
        draw_corridor(facts, ts)


@rare
def own_exit(facts: Facts, gain: int, ts: int) -> int:
    """Name the engine's own exit that is due, or 0: a word from outside comes first."""
    position = facts.lane.position
    if ts < position.leave_after:
        return 0
    if position.ordered != 0:
        return int(position.ordered)
    if lost_and_left(facts):
        return DAY_LOSS_FLATTEN
    limit = unrealised_limit(facts.params, facts.account, position.units, facts.lane.money)
    reason = soft_exit(facts.params, facts.lane, gain, limit, ts)
    if reason != 0:
        return int(reason)
    return SESSION_END if ts >= facts.lane.flat_at else 0


@rare
def leave(facts: Facts, units: int, reason: int, ts: int) -> None:
    """Decide to leave a position, in whole or in part: the order is on its way until its latency has
    passed.
    """
    lane, position = facts.lane, facts.lane.position
    position.closing = reason
    position.closing_units = units
    position.closing_due = ts + latency_of(facts.params, facts.house.seed, exit_number(lane.order.id, reason))
    note(
        lane,
        ts,
        LEAVE,
        reason,
        -units,
        leaving_price(facts.market, lane.side),
        NONE,
        NONE,
        NONE,
        lane.order.id,
    )


@hot
def improve(facts: Facts, price: int, ts: int) -> None:
    """Reduce at the partial trigger; move the stop where break-even or trailing ask for a better one."""
    lane, position, params = facts.lane, facts.lane.position, facts.params
    gain = gain_at(lane, price)
    may_leave = position.reduced == 0 and ts >= position.leave_after
    if params.partial_trigger > 0 and may_leave and gain >= params.partial_trigger:
        part = rounded(abs(position.units) * params.partial_fraction)
        position.reduced = 1
        if 0 < part < abs(position.units):
            leave(facts, lane.side * part, PARTIAL, ts)
            if ts >= position.closing_due:
                fill_exit(facts, position.closing_units, PARTIAL, ts)
    wanted = moved_stop(params, lane, gain)
    if wanted > stop_gain(lane) and ts >= position.stop_after:
        stop = position.entry + lane.side * wanted
        by_even = 0 < params.even_trigger <= gain and wanted == params.even_offset
        position.moved = BREAK_EVEN if by_even else TRAILING
        stop_moved(facts, stop, ts)
        note(lane, ts, MOVE_STOP, position.moved, position.units, price, stop, NONE, NONE, lane.order.id)


@rare
def on_time(facts: Facts, ts: int) -> None:
    """At a timer: an exit whose time has come is decided and waits for the next quote."""
    lane, position = facts.lane, facts.lane.position
    if (lane.side == 1 or lane.side == -1) and position.closing == 0 and ts >= lane.due:
        price = leaving_price(facts.market, lane.side)
        reason = own_exit(facts, gain_at(lane, price), ts)
        if reason != 0:
            leave(facts, position.units, reason, ts)
        draw_corridor(facts, ts)
