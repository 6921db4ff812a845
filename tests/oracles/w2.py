"""W2, pullback on bars, by the text of the reference rules and without the core.

The rules speak of one price. A bar with two sides is read as the common rules say: the indicators take the
mid of each column, a buy fills at the ask and is left at the bid, a sell the other way round; stop and
target count from the mid of the close. Where bid and ask are one, this is the text to the letter. Prices
are floats in any unit; levels are real numbers and are not rounded.
"""

from __future__ import annotations

from typing import NamedTuple


class Ohlc(NamedTuple):
    """One side of a bar."""

    open: float
    high: float
    low: float
    close: float


class Trade(NamedTuple):
    """From flat to flat: the entry at its bar's open, the exit some time before its bar's end."""

    side: int
    entry_ts: int
    entry: float
    exit_ts: int
    exit: float
    reason: str


class Open(NamedTuple):
    """An open position."""

    side: int
    ts: int
    entry: float
    stop: float
    target: float


class Averages:
    """EMA 9, EMA 21 and ATR 14 of the bars so far."""

    def __init__(self) -> None:
        self.bars = 0
        self.fast = self.slow = self.atr = self.close = 0.0

    def take(self, bar: Ohlc) -> None:
        """Take one bar of the mid."""
        if self.bars == 0:
            self.fast = self.slow = bar.close
            self.atr = bar.high - bar.low
        else:
            self.fast += 2 / 10 * (bar.close - self.fast)
            self.slow += 2 / 22 * (bar.close - self.slow)
            reach = max(bar.high - bar.low, abs(bar.high - self.close), abs(bar.low - self.close))
            self.atr += (reach - self.atr) / 14
        self.close = bar.close
        self.bars += 1


def run(times: list[int], bids: list[Ohlc], asks: list[Ohlc], span: int) -> list[Trade]:
    """Trade bars that open at `times` and last `span` nanoseconds."""
    averages = Averages()
    trades: list[Trade] = []
    position: Open | None = None
    waiting: tuple[int, float, float] | None = None
    for i, (ts, bid, ask) in enumerate(zip(times, bids, asks, strict=True)):
        if waiting is not None:
            side, stop, target = waiting
            position = Open(side, ts, ask.open if side > 0 else bid.open, stop, target)
            waiting = None
        if position is not None:
            left = _left(position, bid if position.side > 0 else ask)
            if left is not None:
                trades.append(Trade(position.side, position.ts, position.entry, ts + span, *left))
                position = None
        mid = Ohlc(*((b + a) / 2 for b, a in zip(bid, ask, strict=True)))
        averages.take(mid)
        if position is None and i >= 100:
            waiting = _order(averages, mid)
    return trades


def _left(position: Open, bar: Ohlc) -> tuple[float, str] | None:
    """Give the price at which a bar ends the position: the stop first."""
    if position.side > 0:
        if bar.low <= position.stop:
            return min(bar.open, position.stop), "stop"
        if bar.high >= position.target:
            return max(bar.open, position.target), "target"
    else:
        if bar.high >= position.stop:
            return max(bar.open, position.stop), "stop"
        if bar.low <= position.target:
            return min(bar.open, position.target), "target"
    return None


def _order(averages: Averages, mid: Ohlc) -> tuple[int, float, float] | None:
    """Give side, stop and target of the order that waits for the next open."""
    side = 0
    if averages.fast > averages.slow and mid.low <= averages.fast and mid.close > averages.fast:
        side = 1
    elif averages.fast < averages.slow and mid.high >= averages.fast and mid.close < averages.fast:
        side = -1
    if side == 0:
        return None
    return side, mid.close - side * 1.5 * averages.atr, mid.close + side * 1.0 * averages.atr
