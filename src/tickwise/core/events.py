"""Events from outside the market: a venue's answers, commands, connections, slow facts.

Each is one `EVENT` record, whoever brings it: the engine from a venue or a person, a replay from the journal.
The event is applied to one lane with all it touches (or to the house, a market or an account), and what the
lane decides by it lies in its box. What a venue's answers do to a lane stands in `core/answers.py`.
"""

from typing import Any

from tickwise.core.answers import adopted, entered, exit_ended, left_at_venue, protected, told_to_leave
from tickwise.core.booking import entry_ended, failed
from tickwise.core.compiled import constant, hot, rare
from tickwise.core.facts import Facts
from tickwise.core.money import money_of
from tickwise.core.types import NEVER, WAITING

TIMER = constant(0)
ENTRY_FILLED = constant(1)
ENTRY_ENDED = constant(2)
REDUCED = constant(3)
EXIT_ENDED = constant(4)
STOP_SET = constant(5)
BALANCE = constant(6)
PAUSE_HOUSE = constant(7)
PAUSE_MARKET = constant(8)
PAUSE_LANE = constant(9)
EXIT_ONLY = constant(10)
HALT = constant(11)
KILL = constant(12)
RESUME_DAY = constant(13)
DISCONNECTED = constant(14)
UNKNOWN_ORDERS = constant(15)
LEAVE = constant(16)
FOREIGN = constant(17)
ADOPTED = constant(18)
WEIGHT = constant(19)
FAILED = constant(20)
DEPOSIT = constant(21)
FINANCING = constant(22)
OPENING = constant(23)
"""The kinds of event. Those that set a switch or a number carry it in `units`; a weight stands in `value`."""

OF_LANE = (ENTRY_FILLED, ENTRY_ENDED, REDUCED, EXIT_ENDED, STOP_SET, LEAVE, ADOPTED, FAILED)
"""Kinds that concern one lane and all it touches."""

OF_MONEY = (BALANCE, DEPOSIT, FINANCING)
"""Kinds that say the balance of an account."""


@rare
def of_house(houses: Any, accounts: Any, markets: Any, lanes: Any, event: Any) -> None:
    """Apply an event that sets a fact of the house, an account, a market or a lane, and nothing else."""
    kind, number = event.kind, event.units
    account, market, lane = accounts[event.account], markets[event.market], lanes[event.lane]
    if kind == PAUSE_HOUSE:
        houses[0].paused = number
    elif kind == PAUSE_MARKET:
        market.paused = number
    elif kind == PAUSE_LANE:
        lane.paused = number
    elif kind == EXIT_ONLY:
        lane.exit_only = number
    elif kind == HALT:
        account.halted = number
    elif kind == KILL:
        account.killed = number
        account.failed = 0
    elif kind == RESUME_DAY:
        resume_day(account)
    elif kind == DISCONNECTED:
        market.disconnected = number
    elif kind == UNKNOWN_ORDERS:
        market.unknown_orders = number
    elif kind == WEIGHT:
        lane.weight = event.value
    elif kind == OPENING:
        opening(account, event)
    else:
        assert kind in OF_MONEY
        money_moved(account, event)
    houses[0].epoch += 1


@hot
def opening(account: Any, event: Any) -> None:
    """Begin with the venue's balance; `money` is the equity at the start of this trading day, `units` is 1
    where the day is lost already.
    """
    account.balance = event.balance
    account.peak = max(event.balance, event.money)
    account.day_start = event.money
    account.day_lost = event.units
    account.floor = -NEVER
    if account.day_loss_fraction > 0.0 and account.day_lost == 0:
        account.floor = account.day_start - money_of(account.day_loss_fraction * account.day_start, 1.0)


@hot
def resume_day(account: Any) -> None:
    """Let a lost day go on by a person's word: the day is counted from the equity of this moment. A day that
    is not lost goes on as it is.
    """
    if account.day_lost == 0:
        return
    account.day_lost = 0
    account.day_start = account.balance + account.open_pnl
    if account.day_loss_fraction > 0.0:
        account.floor = account.day_start - money_of(account.day_loss_fraction * account.day_start, 1.0)


@hot
def money_moved(account: Any, event: Any) -> None:
    """Set the balance the venue says. A deposit moves the day's start, its floor and the peak with it; a cost
    does not.
    """
    if event.kind == DEPOSIT:
        account.deposits += event.money
        account.peak += event.money
        account.day_start += event.money
        if account.floor > -NEVER:
            account.floor += event.money
    elif event.kind == FINANCING:
        account.financing += event.money
    account.balance = event.balance


@rare
def of_lane(facts: Facts, event: Any, ts: int) -> None:
    """Apply an event to a lane with everything it touches."""
    kind, lane = event.kind, facts.lane
    if kind == ENTRY_FILLED:
        entered(facts, event, ts)
    elif kind == ENTRY_ENDED:
        if lane.side == WAITING:
            entry_ended(facts, event.reason, ts)
    elif kind == REDUCED:
        left_at_venue(facts, event, ts)
    elif kind == EXIT_ENDED:
        exit_ended(facts, event.reason, ts)
    elif kind == STOP_SET:
        protected(facts, event, ts)
    elif kind == LEAVE:
        told_to_leave(facts, event.reason, ts)
    elif kind == ADOPTED:
        adopted(facts, event, ts)
    else:
        failed(facts, event.reason, ts)
        facts.house.epoch += 1


@rare
def foreign(tallies: Any, account: Any, markets: Any, lanes: Any, event: Any) -> None:
    """Count a position that is not ours where limits look: its instrument, its account and the house.

    `units` is the change in the number of such positions, `money` the change of their value. Fewer than none
    there cannot be, whatever is said.
    """
    fewer = event.units
    for k in range(markets[event.market].lane_first, markets[event.market].lane_end):
        if lanes[k].account == event.account:
            fewer = count_foreign(tallies[lanes[k].instrument_tally], fewer, event.money)
            break
    fewer = count_foreign(tallies[account.tally], fewer, event.money)
    count_foreign(tallies[0], fewer, event.money)


@hot
def count_foreign(scope: Any, change: int, money: int) -> int:
    """Count positions that are not ours in one scope; gives by how much their number changed."""
    change = max(change, -scope.foreign)
    scope.foreign += change
    worth = money if scope.foreign > 0 else -scope.foreign_value
    scope.foreign_value += worth
    scope.open += change
    scope.value += worth
    return int(change)
