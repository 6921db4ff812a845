"""W1, momentum on quotes, by the text of the reference rules and without the core.

Prices are whole ticks of a five-digit pair: a pip is 10 ticks. Mids are kept as bid + ask, so that nothing is
rounded. Money is in millionths of the quote currency: a tick of a unit is 10 of them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import islice
from math import floor
from typing import NamedTuple

SECOND = 1_000_000_000
UNITS = 10_000
TICK_MONEY = 10


class Trade(NamedTuple):
    """From flat to flat; prices in ticks, money in millionths."""

    side: int
    entry_ts: int
    entry: int
    exit_ts: int
    exit: int
    pnl: int


class Rules(NamedTuple):
    """The four parameters, in pips."""

    threshold: float = 0.4
    floor: float = 0.8
    spread_max: float = 0.35
    target: float = 1.0


class Open(NamedTuple):
    """An open position."""

    side: int
    ts: int
    entry: int
    target: int
    stop: int


class Result(NamedTuple):
    """What the rules gave, and how many quotes were accepted and refused."""

    trades: list[Trade]
    accepted: int
    refused: int


def accepted(quotes: Iterable[tuple[int, int, int]]) -> Iterable[tuple[int, int, int]]:
    """Leave out crossed quotes and repetitions: the same time, bid and ask as the last accepted one."""
    last = (-1, 0, 0)
    for quote in quotes:
        if quote[2] >= quote[1] and quote != last:
            last = quote
            yield quote


def run(quotes: list[tuple[int, int, int]], rules: Rules) -> Result:
    """Trade quotes of (ts, bid, ask)."""
    threshold = round(rules.threshold * 10 * 32)
    mids: deque[int] = deque(maxlen=32)
    entries: list[int] = []
    trades: list[Trade] = []
    position: Open | None = None
    count = 0
    for ts, bid, ask in accepted(quotes):
        count += 1
        mids.append(bid + ask)
        if position is not None:
            price = _exit_price(position, ts, bid, ask)
            if price is not None:
                earned = position.side * (price - position.entry) * UNITS * TICK_MONEY
                trades.append(Trade(position.side, position.ts, position.entry, ts, price, earned))
                position = None
            continue
        if len(mids) < 32 or ask - bid > rules.spread_max * 10:
            continue
        momentum = 16 * (bid + ask) - sum(islice(mids, 16, 32))
        if abs(momentum) < threshold or max(mids) - min(mids) < rules.floor * 10 * 2 - 1e-9:
            continue
        if entries and ts - entries[-1] < 2_500_000_000:
            continue
        if len(entries) >= 24 and ts - entries[-24] < 60 * SECOND:
            continue
        entries.append(ts)
        position = _entered(1 if momentum > 0 else -1, ts, bid, ask, rules.target)
    return Result(trades, count, len(quotes) - count)


def _entered(side: int, ts: int, bid: int, ask: int, target_pips: float) -> Open:
    entry = ask if side > 0 else bid
    distance = floor(target_pips * 10 + max(ask - bid, 2) + 0.5)
    return Open(side, ts, entry, entry + side * distance, entry - side * 300)


def _exit_price(position: Open, ts: int, bid: int, ask: int) -> int | None:
    side = position.side
    price = bid if side > 0 else ask
    if side * (price - position.target) >= 0:
        return position.target
    if side * (price - position.stop) <= 0:
        return price
    if ts - position.ts >= 60 * SECOND and side * (price - position.entry) < 4:
        return price
    return None
