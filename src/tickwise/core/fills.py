"""The simulated exchange: which price an order gets, and when.

An order fills at the first quote at or after its decision plus latency; a buy at the ask, a sell at the bid,
worse by the slippage. A price beyond the order's bound is rejected, as is a share of orders by the venue's
mood.
A stop fills at the first price at or beyond it, a gap included; a target at its own price. Inside a bar the
stop was first. Latency, slippage, rejects and partial fills are drawn from the order's number and the seed,
so
that two runs draw alike. docs/assumptions.md says each of these in a sentence.
"""

from math import floor
from typing import Any

from tickwise.core.booking import commission_of, entry_ended, entry_filled, levels, position_reduced
from tickwise.core.compiled import constant, hot, rare
from tickwise.core.facts import Facts
from tickwise.core.mix import draw
from tickwise.core.money import money_of, tick_money_now
from tickwise.core.position import Holding, reduced
from tickwise.core.types import (
    REJECTED_BOUND,
    REJECTED_STOP,
    REJECTED_VENUE,
    STOP,
    TARGET,
)

FOR_LATENCY = constant(1)
FOR_SLIPPAGE = constant(2)
FOR_REJECT = constant(3)
FOR_PARTIAL = constant(4)
FOR_SHARE = constant(5)
"""What a number is drawn for, so that one order's draws are independent of each other."""


REASONS_APART = constant(16)
"""More than there are reasons to leave a position here, so that the numbers of two orders to leave never
meet. Reasons from 16 on are a venue's, which draws nothing."""


@hot
def exit_number(order: int, reason: int) -> int:
    """Number an order to leave by the entry it ends and its reason; entries have positive numbers."""
    return -(REASONS_APART * order + reason)


@hot
def from_table(table: Any, count: int, share: float) -> int:
    """Read a table of equally likely values at a share in [0, 1)."""
    return int(table[min(count - 1, floor(share * count))])


@hot
def latency_of(params: Any, seed: int, order: int) -> int:
    """Nanoseconds from the decision to the venue's book: fixed, or drawn from the table."""
    if params.latency_rows == 0:
        return int(params.latency)
    return from_table(params.latencies, params.latency_rows, draw(seed, order, FOR_LATENCY))


@hot
def slippage_of(params: Any, seed: int, order: int) -> int:
    """Ticks by which a market order fills worse than the quote: fixed, or drawn from the table."""
    if params.slippage_rows == 0:
        return int(params.slippage_ticks)
    return from_table(params.slippages, params.slippage_rows, draw(seed, order, FOR_SLIPPAGE))


@rare
def fill_entry(facts: Facts, ts: int) -> None:
    """Let the exchange answer a waiting entry at the market's quote: filled, partly filled or rejected."""
    params, order, market = facts.params, facts.lane.order, facts.market
    side = 1 if order.units > 0 else -1
    seed = facts.house.seed
    touch = market.ask if side > 0 else market.bid
    price = touch + side * slippage_of(params, seed, order.id)
    if params.reject_fraction > 0.0 and draw(seed, order.id, FOR_REJECT) < params.reject_fraction:
        entry_ended(facts, REJECTED_VENUE, ts)
    elif order.bound > 0 and side * (price - order.bound) > 0:
        entry_ended(facts, REJECTED_BOUND, ts)
    elif stop_reached(params, market, order, side, price):
        entry_ended(facts, REJECTED_STOP, ts)
    else:
        open_at(facts, side * filled_units(params, seed, order), price, ts)


@hot
def open_at(facts: Facts, units: int, price: int, ts: int) -> None:
    """Fill an entry at a price; its stop and target rest at this exchange from then on."""
    lane, params = facts.lane, facts.params
    side = 1 if units > 0 else -1
    stop, target = levels(lane.order, side, price, params.anchored_at_decision != 0)
    lane.position.resting_stop = stop
    lane.position.resting_target = target
    money = tick_money_now(facts.market, facts.rate, lane)
    entry_filled(facts, units, price, stop, target, commission_of(params, units, price, money), ts)


@hot
def stop_reached(params: Any, market: Any, order: Any, side: int, price: int) -> bool:
    """Tell whether the stop would be reached on the very quote of the fill: the venue cancels such an
    order.
    """
    if params.anchored_at_decision != 0:
        return False
    leaving = market.bid if side > 0 else market.ask
    return bool(side * (price - leaving) >= order.stop)


@hot
def filled_units(params: Any, seed: int, order: Any) -> int:
    """Units that fill, not signed: all, or a drawn share; the rest is cancelled."""
    units = abs(order.units)
    if params.partial_fills == 0.0 or draw(seed, order.id, FOR_PARTIAL) >= params.partial_fills:
        return int(units)
    low = params.partial_share_min
    share = low + (1.0 - low) * draw(seed, order.id, FOR_SHARE)
    return int(max(1, floor(units * share)))


@hot
def leaving_price(market: Any, side: int) -> int:
    """The price at which a position of this side is left: the bid for a long one, the ask for a short one."""
    return int(market.bid if side > 0 else market.ask)


@hot
def close_at(facts: Facts, units: int, price: int, reason: int, ts: int) -> None:
    """Fill an order to leave at a price, and charge what this exchange charges."""
    lane, position = facts.lane, facts.lane.position
    lane.money = tick_money_now(facts.market, facts.rate, lane)
    earned = money_of(reduced(Holding(position.units, position.cost), units, price).earned, lane.money)
    commission = commission_of(facts.params, units, price, lane.money)
    position_reduced(facts, units, price, reason, earned, commission, ts)


@hot
def fill_exit(facts: Facts, units: int, reason: int, ts: int) -> None:
    """Fill an order to leave, in whole or in part, at the market's quote and worse by the slippage."""
    side = facts.lane.side
    price = leaving_price(facts.market, side)
    price -= side * slippage_of(facts.params, facts.house.seed, exit_number(facts.lane.order.id, reason))
    close_at(facts, units, price, reason, ts)


@hot
def fill_stop(facts: Facts, price: int, ts: int) -> None:
    """Fill the resting stop at the first price at or beyond it, worse by the slippage."""
    side = facts.lane.side
    price -= side * slippage_of(facts.params, facts.house.seed, exit_number(facts.lane.order.id, STOP))
    close_at(facts, facts.lane.position.units, price, STOP, ts)


@hot
def fill_target(facts: Facts, price: int, ts: int) -> None:
    """Fill the resting target at its price; inside a bar that opens beyond it, at the open."""
    close_at(facts, facts.lane.position.units, price, TARGET, ts)
