"""What happens to a lane inside a bar of which only open, high, low and close are known.

Pessimistic where the bar does not say: when stop and target both lie inside it the stop was first, and the
trade is marked ambiguous. A gap beyond the stop fills at the open, worse; a gap beyond the target at the
open,
better, as a resting limit order does. Time exits, soft stops and moved stops are judged at the close.
"""

from typing import Any

from tickwise.core.booking import marked
from tickwise.core.compiled import hot, rare
from tickwise.core.facts import Facts
from tickwise.core.fills import fill_entry, fill_exit, fill_stop, fill_target, leaving_price
from tickwise.core.market import Prices, quote_at
from tickwise.core.money import money_of
from tickwise.core.position import Holding, earned_at
from tickwise.core.step import NOTHING, act, watch
from tickwise.core.types import WAITING


@hot
def rides(lane: Any, account: Any, bid: Prices, ask: Prices, closed: int) -> bool:
    """Tell whether a position goes through a bar with nothing happening, and mark it; else leave it as it
    was.
    """
    side = lane.side
    if side != 1 and side != -1:
        return False
    prices = bid if side > 0 else ask
    position = lane.position
    if prices.low <= lane.low or prices.high >= lane.high or closed >= lane.due or position.closing != 0:
        return False
    worst = prices.low if side > 0 else prices.high
    lowest = money_of(earned_at(Holding(position.units, position.cost), worst), lane.money)
    if account.balance + account.open_pnl + lowest - position.mark <= account.floor:
        return False
    follow_extremes(position, side, prices.high if side > 0 else prices.low, worst)
    marked(account, position, lowest)
    marked(
        account,
        position,
        money_of(earned_at(Holding(position.units, position.cost), prices.close), lane.money),
    )
    return True


@rare
def inside_bar(facts: Facts, bid: Prices, ask: Prices, opened: int, closed: int) -> None:
    """Take one lane through a bar: its entry at the open, then stop, target, and what the close brings."""
    lane, market = facts.lane, facts.market
    if lane.side == WAITING:
        if opened < lane.order.decided_ts:
            return
        fill_entry(facts, opened)
    elif lane.position.closing != 0:
        fill_exit(facts, lane.position.closing_units, lane.position.closing, opened)
    side = lane.side
    if side != 1 and side != -1:
        return
    prices = bid if side > 0 else ask
    worst = prices.low if side > 0 else prices.high
    best = prices.high if side > 0 else prices.low
    follow_extremes(lane.position, side, best, worst)
    stop, target = lane.position.stop, lane.position.target
    at_target = target > 0 and side * (best - target) >= 0
    if side * (worst - stop) <= 0:
        lane.position.ambiguous = 1 if at_target else 0
        fill_stop(facts, stop if side * (prices.open - stop) > 0 else prices.open, closed)
    elif at_target:
        fill_target(facts, target if side * (prices.open - target) < 0 else prices.open, closed)
    else:
        mark_worst(facts, worst)
        quote_at(market, closed, bid.close, ask.close)
        work = watch(lane, facts.account, leaving_price(market, side), closed)
        if work != NOTHING:
            act(facts, work, closed)
        quote_at(market, opened, bid.open, ask.open)


@hot
def follow_extremes(position: Any, side: int, best: int, worst: int) -> None:
    """Keep the best and the worst price the position has seen."""
    position.best = side * max(side * position.best, side * best)
    position.worst = side * min(side * position.worst, side * worst)


@hot
def mark_worst(facts: Facts, worst: int) -> None:
    """Let the deepest price inside the bar count for the drawdown before the close does."""
    lane = facts.lane
    value = earned_at(Holding(lane.position.units, lane.position.cost), worst)
    marked(facts.account, lane.position, money_of(value, lane.money))
