"""Events taken again: rows of the tape and entries of the journal, in the order in which they were taken.

A replay takes a whole session again, a restart what came after the last snapshot.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from tickwise.engine.clock import TapeTime
from tickwise.engine.engine import Engine
from tickwise.engine.snapshots import State
from tickwise.journal import entries as j
from tickwise.market_data.recording import HISTORY, QUOTE, ROW, Recording

DECIDED: tuple[type[j.Entry], ...] = (
    j.Intent,
    j.ExitIntent,
    j.StopIntent,
    j.SignalSeen,
    j.Refused,
    j.Counted,
    j.DayLost,
    j.SwitchTripped,
    j.TradeBooked,
)
"""What the core gives out, whoever answers its orders."""

BY_THE_CORE: tuple[type[j.Entry], ...] = (j.Sent, j.Accepted, j.Filled, j.Reduced, j.Ended, j.StopSet)
"""What is given out besides where the core's exchange answers."""


Row: TypeAlias = "tuple[Any, ...]"
"""A row of a recording as plain values, in the order of its fields."""

ROWS_AT_ONCE = 4_096
"""Rows that are made plain values at a time."""

EVENT, TS, TS_EVENT, BID, ASK, INSTRUMENT, KIND = (
    ROW.names.index(name)  # type: ignore[union-attr]
    for name in ("event", "ts", "ts_event", "bid", "ask", "instrument", "kind")
)
"""Places in a row."""


class Event(NamedTuple):
    """One event: a row of the tape, or an entry that was taken in."""

    number: int
    row: Row
    entry: j.Entry | None


class Gathered:
    """A journal in memory: it keeps what comes out."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.entries: list[j.Entry] = []

    def append(self, entry: j.Entry) -> int:
        """Keep an entry."""
        self.entries.append(entry)
        return len(self.entries)

    async def durable(self, seq: int) -> None:
        """Nothing is waited for."""


class NoTape:
    """A recorder that keeps nothing: the tape is there already."""

    def quote(self, *row: Any) -> None:
        """Keep nothing."""

    def history(self, *row: Any) -> None:
        """Keep nothing."""

    def timer(self, *row: Any) -> None:
        """Keep nothing."""

    def flush(self) -> None:
        """Keep nothing."""

    def block(self) -> None:
        """Keep nothing."""


class NoSnapshots:
    """Snapshots that are never due."""

    def is_due(self, event: int) -> bool:
        """Say no."""
        return False

    def write(self, state: State) -> tuple[Path, str]:
        """Keep nothing."""
        return Path(), ""


class NoDesk:
    """A desk that does nothing: the venue's answers stand in the journal."""

    def entering(self, intent: j.Intent, seq: int) -> None:
        """Do nothing."""

    def leaving(self, intent: j.ExitIntent, seq: int) -> None:
        """Do nothing."""

    def moving(self, intent: j.StopIntent, seq: int) -> None:
        """Do nothing."""

    def answered(self, decision: Any) -> None:
        """Do nothing."""


def in_order(tape: Recording, entries: Iterable[j.Entry], since: int = 0) -> Iterator[Event]:
    """Give rows of the tape and entries that were taken in after an event, in the order of their events."""
    waiting = iter([each for each in entries if each.taken and each.event > since])
    entry = next(waiting, None)
    for row in _plain(tape, since + 1):
        number = row[EVENT]
        while entry is not None and entry.event < number:
            yield Event(entry.event, (), entry)
            entry = next(waiting, None)
        yield Event(number, row, None)
    while entry is not None:
        yield Event(entry.event, (), entry)
        entry = next(waiting, None)


def _plain(tape: Recording, since: int) -> Iterator[Row]:
    """Give rows from an event on as plain values, some thousands in memory at a time."""
    rows = tape.rows(since)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        yield from rows[start : start + ROWS_AT_ONCE].tolist()


def give(engine: Engine, time: TapeTime, event: Event) -> None:
    """Give one event to the engine as it was given then."""
    number, row, entry = event
    engine.event = number - 1
    if entry is not None:
        time.ns = entry.ts
        engine.take(entry)
        return
    time.ns = row[TS]
    if row[KIND] == QUOTE:
        engine.quote(row[INSTRUMENT], row[TS_EVENT], row[BID], row[ASK])
    elif row[KIND] == HISTORY:
        engine.history(row[INSTRUMENT], row[TS_EVENT], row[BID], row[ASK])
    else:
        engine.pass_time()
