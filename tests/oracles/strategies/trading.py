"""Trades out of wishes, in plain Python: one position at a time, nothing refused.

A buy fills at the ask and is left at the bid, a sell the other way round. Stop and target count from the
fill, rounded to the nearest tick. On quotes, a wish at the close of a bar is filled on the quote that closed
it; a stop fills at the first price at or beyond it, a target at its own, and what is neither after
`time_stop` nanoseconds is left at the price there is. On bars, a wish is filled at the next open; inside a
bar the stop was first, a gap fills at the open, and time is looked at by the close.
"""

from __future__ import annotations

from math import floor
from typing import NamedTuple

from oracles.strategies.minutes import MINUTE, Minute, Quote, Sided
from oracles.strategies.wishes import Wish, Wishes


class Trade(NamedTuple):
    """From flat to flat; times in nanoseconds UTC, prices in ticks."""

    side: int
    entry_ts: int
    entry: int
    stop: int
    target: int
    exit_ts: int
    exit: int
    reason: str


def on_quotes(
    quotes: list[Quote], bars: list[Minute], wishes: Wishes, need: int, time_stop: int
) -> list[Trade]:
    """Trade the wishes; a position that is still open at the end is not counted."""
    trades: list[Trade] = []
    free_after = -1
    for i, (bar, wish) in enumerate(zip(bars, wishes, strict=True)):
        if wish is None or i + 1 < need or bar.closed_by <= free_after:
            continue
        quote = quotes[bar.closed_by]
        if quote.ask - quote.bid >= wish.stop:
            continue  # the stop would be reached on the very quote: the venue cancels the order
        left = _left(quotes, bar.closed_by, wish, time_stop)
        if left is None:
            break
        trade, free_after = left
        trades.append(trade)
    return trades


def _left(quotes: list[Quote], entered: int, wish: Wish, time_stop: int) -> tuple[Trade, int] | None:
    """Follow one position to its end; gives the trade and the place of the quote that ended it."""
    first = quotes[entered]
    side = wish.side
    price = first.ask if side > 0 else first.bid
    stop, target = price - side * floor(wish.stop + 0.5), price + side * floor(wish.target + 0.5)
    for place in range(entered + 1, len(quotes)):
        now = quotes[place]
        leaving = now.bid if side > 0 else now.ask
        if (leaving >= target) if side > 0 else (leaving <= target):
            end, reason = target, "target"
        elif (leaving <= stop) if side > 0 else (leaving >= stop):
            end, reason = leaving, "stop"
        elif now.ts - first.ts >= time_stop:
            end, reason = leaving, "time"
        else:
            continue
        return Trade(side, first.ts, price, stop, target, now.ts, end, reason), place
    return None


def on_bars(sided: list[Sided], wishes: Wishes, need: int, time_stop: int) -> list[Trade]:
    """Trade the wishes at the opens of the next bars; what is open at the end is not counted."""
    trades: list[Trade] = []
    waiting: Wish | None = None
    held: Trade | None = None
    for i, (bar, wish) in enumerate(zip(sided, wishes, strict=True)):
        if waiting is not None:
            held, waiting = _entered(bar, waiting), None
        if held is not None:
            left = _inside(bar, held, time_stop)
            if left is not None:
                trades.append(held._replace(exit_ts=bar.ts + MINUTE, exit=left[0], reason=left[1]))
                held = None
        if held is None and i + 1 >= need:
            waiting = wish
    return trades


def _entered(bar: Sided, wish: Wish) -> Trade | None:
    """Fill a wish at an open; nothing where the spread alone would reach the stop."""
    side = wish.side
    if bar.ask.open - bar.bid.open >= wish.stop:
        return None
    price = bar.ask.open if side > 0 else bar.bid.open
    stop, target = price - side * floor(wish.stop + 0.5), price + side * floor(wish.target + 0.5)
    return Trade(side, bar.ts, price, stop, target, 0, 0, "")


def _inside(bar: Sided, held: Trade, time_stop: int) -> tuple[int, str] | None:
    """Give the price at which a bar ends a position, and why."""
    if held.side > 0:
        if bar.bid.low <= held.stop:
            return min(bar.bid.open, held.stop), "stop"
        if bar.bid.high >= held.target:
            return max(bar.bid.open, held.target), "target"
    else:
        if bar.ask.high >= held.stop:
            return max(bar.ask.open, held.stop), "stop"
        if bar.ask.low <= held.target:
            return min(bar.ask.open, held.target), "target"
    if bar.ts + MINUTE - held.entry_ts >= time_stop:
        return bar.bid.close if held.side > 0 else bar.ask.close, "time"
    return None
