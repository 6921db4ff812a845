"""Replay of a session: its tape and its journal through the same core, held against what was decided then.

Everything the engine took in is given again in the same order; everything it wrote down of its decisions must
come out again, entry for entry. The first difference is named, and so is a tape that is not the one the
session wrote.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from tickwise.engine.again import DECIDED, Gathered, NoDesk, NoSnapshots, NoTape, give, in_order
from tickwise.engine.clock import TapeTime
from tickwise.engine.engine import Engine
from tickwise.engine.opening import names_of
from tickwise.engine.paper import PaperDesk
from tickwise.engine.remaking import Remaking
from tickwise.errors import DataError
from tickwise.journal import entries as j
from tickwise.market_data.recording import ROW, Recording

TOLD_EVERY = 2_000
"""Events after which whoever waits is told."""


@dataclass
class Found:
    """What a replay found."""

    session: str
    events: int = 0
    decisions: int = 0
    """Entries held against each other and found equal."""
    intents: int = 0
    difference: str = ""
    """The first difference, in words; "" where there is none."""
    tape_problem: str = ""
    """Where the tape is not what the session wrote; "" where it is."""
    ended_early: str = ""
    """Why the replay could not go to the session's end; "" where it did."""
    decision_digest: str = ""
    recorded_digest: str = ""

    @property
    def is_equal(self) -> bool:
        """Tell whether every decision came out again from an unchanged tape."""
        same = self.recorded_digest in ("", self.decision_digest)
        return not self.difference and not self.tape_problem and same


def replay(
    opened: j.SessionOpened,
    entries: Iterable[j.Entry],
    recording: Path,
    prefix: str,
    told: Callable[[int], None] = lambda events: None,
) -> Found:
    """Run a session again from its first entry, its further entries in order, and its tape."""
    found = Found(opened.session)
    entries = list(entries)
    tape = Recording(recording)
    found.tape_problem = changed_block(entries, tape)
    engine, time, gathered = _again(opened, prefix)
    expected = _Expected(entries)
    try:
        for event in in_order(tape, entries):
            give(engine, time, event)
            found.events += 1
            if found.events % TOLD_EVERY == 0:
                told(TOLD_EVERY)
            if gathered.entries and not expected.holds(gathered.entries, found):
                break
            gathered.entries.clear()
        else:
            _end(engine, entries, gathered, expected, found)
    except (KeyError, AssertionError) as error:
        found.difference = found.difference or f"event {engine.event}: cannot be taken again ({error!r})"
    found.decision_digest = engine.live.session.decision_digest
    closed = [each for each in entries if isinstance(each, j.SessionClosed)]
    found.recorded_digest = closed[-1].decision_digest if closed else ""
    return found


def _end(
    engine: Engine, entries: list[j.Entry], gathered: Gathered, expected: _Expected, found: Found
) -> None:
    """Close the session where it was closed then, and see that nothing is left."""
    closed = [each for each in entries if isinstance(each, j.SessionClosed)]
    if closed:
        engine.close(closed[-1].reason)
        expected.holds(gathered.entries, found)
    expected.nothing_left(engine.event, found)


def _again(opened: j.SessionOpened, prefix: str) -> tuple[Engine, TapeTime, Gathered]:
    """Make the engine of a session again, with nothing that could act."""
    time, gathered = TapeTime(), Gathered()
    tape: Any = NoTape()
    snapshots: Any = NoSnapshots()
    remaking = Remaking(opened)
    engine = Engine(remaking.core(), names_of(opened, prefix), gathered, tape, time, snapshots)
    engine.remake = remaking
    engine.desk = PaperDesk(engine) if opened.environment == "paper" else NoDesk()
    return engine, time, gathered


def changed_block(entries: Iterable[j.Entry], tape: Recording) -> str:
    """Name the first block of the tape that is not what the session wrote; "" where all are."""
    blocks = [each for each in entries if isinstance(each, j.TapeWritten)]
    rows = tape.rows()
    starts = np.searchsorted(np.array(rows["event"]), [block.first for block in blocks])
    held = np.ascontiguousarray(rows).view(np.uint8).data
    for block, start in zip(blocks, starts.tolist(), strict=True):
        part = held[start * ROW.itemsize : (start + block.rows) * ROW.itemsize]
        if hashlib.sha256(part).hexdigest() != block.digest:
            return (
                f"the tape was changed or cut between event {block.first} and event {block.event}: "
                f"{tape.path}"
            )
    return ""


class _Expected:
    """What was decided then, in order."""

    def __init__(self, entries: Iterable[j.Entry]) -> None:
        self._entries = [each for each in entries if isinstance(each, DECIDED)]
        self._at = 0

    def holds(self, gathered: list[j.Entry], found: Found) -> bool:
        """Hold what came out against what was written; write the first difference down."""
        for entry in gathered:
            if not isinstance(entry, DECIDED):
                continue
            if self._at == len(self._entries):
                found.ended_early = f"event {entry.event}: the journal ends here, the tape goes on"
                return True
            then = self._entries[self._at]
            if then != entry and msgspec.json.encode(then) != msgspec.json.encode(entry):
                found.difference = f"event {then.event}: {difference(then, entry)}"
                return False
            self._at += 1
            found.decisions += 1
            found.intents += isinstance(entry, j.Intent | j.ExitIntent | j.StopIntent)
        return True

    def nothing_left(self, last_event: int, found: Found) -> None:
        """Say where the tape ended before the journal did."""
        if self._at < len(self._entries):
            event = self._entries[self._at].event
            if event > last_event:
                found.ended_early = f"the tape ends at event {last_event}, the journal goes on to {event}"
            else:
                found.difference = f"event {event}: was decided then and not again"


def difference(then: j.Entry, now: j.Entry) -> str:
    """Say in words where two entries differ."""
    if type(then) is not type(now):
        return f"then {_short(then)}, now {_short(now)}"
    for name in then.__struct_fields__:
        if getattr(then, name) != getattr(now, name):
            kind = type(then).__struct_config__.tag
            return f"{kind}.{name} was {getattr(then, name)!r}, is {getattr(now, name)!r}"
    raise DataError("two entries that differ in no field")


def _short(entry: j.Entry) -> str:
    lane = getattr(entry, "lane", None)
    kind = type(entry).__struct_config__.tag
    return f"{kind}" if lane is None else f"{kind} of lane {lane}"
