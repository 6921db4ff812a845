"""What an order and its fills do to the lane, the account and the tallies.

The same bookings serve the simulated exchange, the paper venue and a broker's events: they say what became
true, never when or at which price it does.
"""

from typing import Any

from tickwise.core.compiled import constant, hot, rare
from tickwise.core.decision import CLOSED, DAY_LOST, ENTER, FILLED, NONE, REJECTED, TRIPPED, money_noted, note
from tickwise.core.exits import corridor, rounded, unrealised_limit
from tickwise.core.facts import Facts
from tickwise.core.layout import ENTRY_TIMES_KEPT, FAILURES_KEPT
from tickwise.core.money import money_of, tick_money_now
from tickwise.core.position import Holding, earned_at, opened, reduced
from tickwise.core.types import (
    BREAKER_TRIPPED,
    FAULTS,
    FLAT,
    HOUR,
    KILL_TRIPPED,
    NEVER,
    REJECTED_VENUE,
    STOP,
    WAITING,
)

ONE = constant(1)


@hot
def tally(facts: Facts, open_by: int, risk_by: int, value_by: int) -> None:
    """Change how many positions are open, and their risk and value, in every scope of the lane."""
    for scope in (facts.bot, facts.instrument, facts.pocket, facts.group, facts.in_account, facts.in_house):
        scope.open += open_by
        scope.risk += risk_by
        scope.value += value_by


@hot
def enter(facts: Facts, ts: int) -> None:
    """Book an intent to enter: the order counts at its worst case from this moment, filled or not."""
    lane, order = facts.lane, facts.lane.order
    lane.side = WAITING
    lane.position.ordered = 0
    tally(facts, ONE, order.risk, order.value)
    facts.account.margin_used += order.margin
    pace = lane.pace
    pace.last_entry = ts
    pace.times[pace.entries % ENTRY_TIMES_KEPT] = ts
    pace.entries += 1
    hour = ts // HOUR
    pace.hour_entries = pace.hour_entries + 1 if pace.hour == hour else 1
    pace.hour = hour
    pace.day_entries = pace.day_entries + 1 if pace.day == facts.house.day else 1
    pace.day = facts.house.day
    pace.repeats += 1
    facts.house.epoch += 1
    note(
        lane,
        ts,
        ENTER,
        NONE,
        order.units,
        facts.market.ask if order.units > NONE else facts.market.bid,
        rounded(order.stop),
        rounded(order.target),
        order.bound,
        order.id,
    )


@hot
def failed(facts: Facts, reason: int, ts: int) -> None:
    """Count an order that failed: each one in a row waits longer, and enough of them open the circuit breaker
    of the instrument. A venue that refuses too often within the window trips the account's kill switch; a
    price that ran away does not.
    """
    params, pace, market = facts.params, facts.lane.pace, facts.market
    wait = float(params.back_off)
    for _ in range(pace.failures):
        wait *= params.back_off_factor
    pace.failures += 1
    pace.back_off_until = ts + int(min(wait, float(params.back_off_max)))
    market.breaker_failures += 1
    if params.breaker_failures > 0 and market.breaker_failures >= params.breaker_failures:
        market.breaker_until = ts + params.breaker_rest
        market.breaker_failures = 0
        tripped(facts, BREAKER_TRIPPED, ts)
    if reason == REJECTED_VENUE or reason >= FAULTS:
        count_failure(facts, ts)


@rare
def count_failure(facts: Facts, ts: int) -> None:
    """Keep the time of an account's failure; as many as the limit within the window trip the kill switch."""
    account = facts.account
    account.failures[account.failed % FAILURES_KEPT] = ts
    account.failed += 1
    limit = account.kill_failures
    if limit == 0 or account.killed != 0 or account.failed < limit:
        return
    if ts - account.failures[(account.failed - limit) % FAILURES_KEPT] <= account.kill_window:
        account.killed = 1
        tripped(facts, KILL_TRIPPED, ts)


@hot
def tripped(facts: Facts, which: int, ts: int) -> None:
    """Note that the breaker or the kill switch was opened by failures."""
    facts.house.epoch += 1
    note(facts.lane, ts, TRIPPED, which, NONE, NONE, NONE, NONE, NONE, NONE)


@rare
def entry_ended(facts: Facts, reason: int, ts: int) -> None:
    """Book that an entry order ended without a fill: give back what it counted for, and back off."""
    lane, order = facts.lane, facts.lane.order
    lane.side = FLAT
    lane.rejects += 1
    tally(facts, -ONE, -order.risk, -order.value)
    facts.account.margin_used -= order.margin
    note(lane, ts, REJECTED, reason, order.units, NONE, NONE, NONE, order.bound, order.id)
    failed(facts, reason, ts)
    facts.house.epoch += 1


@hot
def entry_filled(
    facts: Facts, units: int, price: int, stop: int, target: int, commission: int, ts: int
) -> None:
    """Book the fill of an entry, whole or partial (the rest is cancelled), with its stop and target as
    prices.

    The caller has set what rests at the simulated exchange.
    """
    lane, order, position = facts.lane, facts.lane.order, facts.lane.position
    lane.side = 1 if units > 0 else -1
    lane.money = tick_money_now(facts.market, facts.rate, lane)
    held = opened(units, price)
    position.units = held.units
    position.cost = held.cost
    position.opened = units
    position.entry_ts = ts
    position.entry = price
    position.stop = stop
    position.first_stop = stop
    position.target = target
    position.best = price
    position.worst = price
    position.moved = 0
    position.reduced = 0
    position.mark = 0
    position.gross = 0
    position.financing = 0
    position.entry_value = held.cost
    position.exit_value = 0
    position.exit_units = 0
    position.closing = 0
    position.leave_after = 0
    position.stop_after = 0
    position.ambiguous = 0
    position.decided_ts = order.decided_ts
    position.spread = order.spread
    position.score = order.score
    position.state = order.state
    position.latency = order.latency
    position.commission = commission
    facts.account.balance -= commission
    facts.account.commission += commission
    recount(facts, order.risk, order.value, order.margin)
    book_result(facts, -commission)
    lane.pace.failures = 0
    facts.market.breaker_failures = 0
    facts.house.epoch += 1
    draw_corridor(facts, ts)
    note(lane, ts, FILLED, NONE, units, price, position.stop, position.target, NONE, order.id)
    money_noted(lane, NONE, commission)


@hot
def levels(order: Any, side: int, price: int, anchored: bool) -> tuple[int, int]:
    """Give stop and target as prices in ticks; 0 is no target.

    From the fill, distances round to the nearest tick, halves away. From the decision's mid, levels round
    away
    from it: a price of whole ticks reaches the rounded level exactly when it reaches the true one.
    """
    if not anchored:
        target = price + side * rounded(order.target) if order.target > 0.0 else 0
        return price - side * rounded(order.stop), target
    middle = 0.5 * order.anchor
    target = side * -int(-(side * middle + order.target) // 1.0) if order.target > 0.0 else 0
    return side * int((side * middle - order.stop) // 1.0), target


@hot
def commission_of(params: Any, units: int, price: int, tick_money: float) -> int:
    """Commission of one fill in millionths: so much a unit, and a fraction of the value."""
    value = abs(units) * price * tick_money
    return money_of(abs(units), params.commission_unit) + money_of(value, params.commission_fraction)


@hot
def recount(facts: Facts, risk: int, value: int, margin: int) -> None:
    """Replace what the lane counted for until now by what its position counts for: risk at the stop, value
    and margin. A position without a stop counts for no risk.
    """
    position, lane = facts.lane.position, facts.lane
    held = Holding(position.units, position.cost)
    position.risk = risk_at(held, position.stop, lane.money)
    position.value = money_of(position.cost, lane.money)
    position.margin = money_of(abs(position.value), facts.params.margin_rate)
    tally(facts, NONE, position.risk - risk, position.value - value)
    facts.account.margin_used += position.margin - margin


@hot
def risk_at(held: Holding, stop: int, tick_money: float) -> int:
    """What a stop could still lose against the entries, in millionths; nothing where there is none."""
    return max(0, -money_of(earned_at(held, stop), tick_money)) if stop != 0 else 0


@hot
def book_result(facts: Facts, money: int) -> None:
    """Add realised money to the day and the running result of every scope, and follow the pocket's peak."""
    for scope in (facts.bot, facts.instrument, facts.pocket, facts.group, facts.in_account, facts.in_house):
        scope.day_pnl += money
        scope.pnl += money
        scope.peak = max(scope.peak, scope.pnl)


@rare
def draw_corridor(facts: Facts, ts: int) -> None:
    """Set the lane's corridor, and let the house look again when its time comes."""
    lane = facts.lane
    limit = unrealised_limit(facts.params, facts.account, lane.position.units, lane.money)
    drawn = corridor(facts.params, lane, limit, ts)
    lane.low = drawn.low
    lane.high = drawn.high
    lane.due = drawn.due
    if lane.position.closing == 0:
        if lane.position.leave_after > ts:
            lane.due = lane.position.leave_after
        elif lane.position.ordered != 0 or lost_and_left(facts):
            lane.due = ts
    strike_at(facts.house, lane.due, ts)


@hot
def lost_and_left(facts: Facts) -> bool:
    """Tell whether the account's day is lost and its positions are to be left for it."""
    return bool(facts.account.day_lost != 0 and facts.params.day_loss_flatten != 0)


@hot
def strike_at(house: Any, due: int, ts: int) -> None:
    """Let the house's clock strike at the first timer at or after `due` that is still to come at `ts`."""
    if house.grid > 0 and due < NEVER:
        house.clock = min(house.clock, (max(due, ts + 1) + house.grid - 1) // house.grid * house.grid)


@hot
def stop_moved(facts: Facts, stop: int, ts: int) -> None:
    """Book a better stop and what it leaves at risk."""
    lane, position = facts.lane, facts.lane.position
    position.stop = stop
    if position.resting_stop > 0:
        position.resting_stop = stop
    risk = risk_at(Holding(position.units, position.cost), stop, lane.money)
    tally(facts, NONE, risk - position.risk, NONE)
    position.risk = risk
    facts.house.epoch += 1


@hot
def marked(account: Any, position: Any, money: int) -> None:
    """Set the open profit of a position, and follow the equity's peak and its deepest drawdown."""
    account.open_pnl += money - position.mark
    position.mark = money
    equity = account.balance + account.open_pnl
    account.peak = max(account.peak, equity)
    account.drawdown = max(account.drawdown, account.peak - equity)


@rare
def position_reduced(
    facts: Facts, units: int, price: int, reason: int, earned: int, commission: int, ts: int
) -> None:
    """Book the fill of an exit, whole or partial: what it earned before its commission, and the trade once
    the lane is flat.
    """
    lane, position, account = facts.lane, facts.lane.position, facts.account
    after = reduced(Holding(position.units, position.cost), units, price)
    position.units = after.holding.units
    position.cost = after.holding.cost
    position.gross += earned
    position.commission += commission
    position.exit_value += units * price
    position.exit_units += units
    position.closing = 0
    account.balance += earned - commission
    account.commission += commission
    book_result(facts, earned - commission)
    if position.units == 0:
        flat(facts, reason, ts)
    else:
        position.reduced = 1
        shrink(facts, price, ts)
    note(lane, ts, CLOSED, reason, -units, price, NONE, NONE, NONE, lane.order.id)
    money_noted(lane, earned, commission)


@rare
def shrink(facts: Facts, price: int, ts: int) -> None:
    """After a partial exit: risk, value and margin of what is left, and a new corridor."""
    lane, position = facts.lane, facts.lane.position
    recount(facts, position.risk, position.value, position.margin)
    marked(
        facts.account,
        position,
        money_of(earned_at(Holding(position.units, position.cost), price), lane.money),
    )
    facts.house.epoch += 1
    draw_corridor(facts, ts)


@hot
def flat(facts: Facts, reason: int, ts: int) -> None:
    """Book the end of a position: the trade, the tallies, and how fast the lane may go on."""
    lane, position, pace = facts.lane, facts.lane.position, facts.lane.pace
    tally(facts, -ONE, -position.risk, -position.value)
    facts.account.margin_used -= position.margin
    marked(facts.account, position, 0)
    lane.side = FLAT
    lane.traded = 1
    position.ordered = 0
    write_trade(facts, reason, ts)
    won = lane.trade.pnl > 0
    facts.bot.ended += 1
    facts.bot.wins += 1 if won else 0
    if not won and facts.params.cool_down > 0:
        pace.cool_until = ts + facts.params.cool_down
    if facts.params.interval_max > 0:
        pace.interval = next_interval(facts.params, facts.bot.wins, facts.bot.ended)
    facts.house.epoch += 1


@hot
def next_interval(params: Any, wins: int, ended: int) -> int:
    """Interval between entries by the win rate: the shortest from 60 % up, the longest from 30 % down (004,
    5.2).
    """
    share = min(1.0, max(0.0, (0.6 - wins / ended) / 0.3))
    return int(params.interval_min + share * (params.interval_max - params.interval_min))


@hot
def write_trade(facts: Facts, reason: int, ts: int) -> None:
    """Fill in the lane's last trade from the position that just ended."""
    lane, position, trade, order = facts.lane, facts.lane.position, facts.lane.trade, facts.lane.order
    trade.bot = lane.bot
    trade.instrument = lane.instrument
    trade.account = lane.account
    trade.side = 1 if position.opened > 0 else -1
    trade.units = abs(position.opened)
    trade.decided_ts = position.decided_ts
    trade.entry_ts = position.entry_ts
    trade.entry_price = position.entry_value / position.opened
    trade.exit_ts = ts
    trade.exit_price = position.exit_value / position.exit_units
    if reason == STOP and position.moved != 0:
        trade.reason = position.moved
    else:
        trade.reason = reason
    trade.gross = position.gross
    trade.commission = position.commission
    trade.financing = position.financing
    trade.pnl = position.gross - position.commission + position.financing
    trade.risk = order.risk
    trade.stop = position.first_stop
    trade.target = position.target
    trade.best = position.best
    trade.worst = position.worst
    trade.spread = position.spread
    trade.score = position.score
    trade.state = position.state
    trade.ambiguous = position.ambiguous
    trade.latency = position.latency
    trade.order = order.id


@rare
def day_lost(facts: Facts, ts: int) -> None:
    """Book that the equity, open profit and costs included, fell to the day's floor: the day is lost."""
    account = facts.account
    account.day_lost = 1
    account.floor = -NEVER
    facts.house.epoch += 1
    note(facts.lane, ts, DAY_LOST, NONE, NONE, NONE, NONE, NONE, NONE, NONE)
