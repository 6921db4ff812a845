"""Time is an event: what a timer does when its moment comes.

Timers stand on a fixed grid of event time. They close bars, roll the trading day and raise exits that are
due.
With the grid off the same happens at the first quote at or after the moment, as the reference rules ask.
Nothing here reads a clock: the moment is an argument.
"""

from typing import Any

from tickwise.core.compiled import rare
from tickwise.core.market import close_bars, next_end
from tickwise.core.money import money_of
from tickwise.core.types import DAY, NEVER

YEAR = 365 * DAY
"""Financing rates are yearly; OANDA counts 365 days."""


@rare
def advance(house: Any, markets: Any, ts: int) -> int:
    """Close every bar that is due at the house's clock, or at `ts` with the grid off; give that moment."""
    now = house.clock if house.grid > 0 else ts
    for which in range(len(markets)):
        close_bars(markets[which], now)
    return int(now)


@rare
def reschedule(house: Any, markets: Any, lanes: Any) -> None:
    """Set the house's clock to the next moment at which a bar ends, a day rolls or, on the grid, an exit is
    due.
    """
    clock = house.next_roll
    for which in range(len(markets)):
        markets[which].frames[0].fresh = 0
        markets[which].frames[1].fresh = 0
        markets[which].frames[2].fresh = 0
        markets[which].frames[3].fresh = 0
        clock = min(clock, next_end(markets[which]))
    if house.grid > 0:
        for k in range(len(lanes)):
            lane = lanes[k]
            if (lane.side == 1 or lane.side == -1) and lane.due < NEVER and lane.position.closing == 0:
                clock = min(clock, (lane.due + house.grid - 1) // house.grid * house.grid)
    house.clock = clock


@rare
def roll_day(house: Any, accounts: Any, tallies: Any, params: Any, lanes: Any, rolls: Any, now: int) -> None:
    """Begin a trading day: financing of open positions, the day's starting equity, limits that end with a
    day.
    """
    while house.roll_at < len(rolls) and rolls[house.roll_at] <= now:
        house.roll_at += 1
        house.day += 1
        for k in range(len(lanes)):
            if lanes[k].side == 1 or lanes[k].side == -1:
                finance(params[lanes[k].row], lanes[k], accounts[lanes[k].account])
    house.next_roll = rolls[house.roll_at] if house.roll_at < len(rolls) else NEVER
    for which in range(len(accounts)):
        account = accounts[which]
        account.day_start = account.balance + account.open_pnl
        if account.day_lost != 0 and account.resume_by_command == 0:
            account.day_lost = 0
        if account.day_lost == 0 and account.day_loss_fraction > 0.0:
            account.floor = account.day_start - money_of(account.day_loss_fraction * account.day_start, 1.0)
    for which in range(len(tallies)):
        tallies[which].day_pnl = 0
    house.epoch += 1


@rare
def finance(params: Any, lane: Any, account: Any) -> None:
    """Charge or pay one day of financing on a position's value at entry, at the yearly rate of its side."""
    rate = params.financing_long if lane.side > 0 else params.financing_short
    money = money_of(abs(lane.position.value) * rate * (DAY / YEAR), 1.0)
    lane.position.financing += money
    account.balance += money
    account.financing += money
