"""Trades out of wishes, in plain Python: on quotes, one position at a time, nothing refused.

A wish at the close of a bar is filled on the quote that closed it, a buy at the ask and a sell at the bid.
Stop and target count from the fill, rounded to the nearest tick; a stop fills at the first price at or beyond
it, a target at its own, and what is neither after `time_stop` nanoseconds is left at the price there is.
"""

from __future__ import annotations

from math import floor
from typing import NamedTuple

from oracles.strategies.minutes import Minute, Quote
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
