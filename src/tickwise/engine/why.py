"""Why a bot traded or did not at a moment of a recorded session: every gate, read again.

The session is brought to the moment as a restart brings it to its end: from the nearest state that was kept,
through tape and journal, event by event. The last event at or before the moment is then asked about: its
evaluation where it was one, else how things stand after it. What is said is the step's own word.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tickwise.config.bot import BotConfig
from tickwise.engine.again import (
    ASK,
    BID,
    INSTRUMENT,
    KIND,
    TS,
    TS_EVENT,
    Event,
    Gathered,
    NoDesk,
    NoSnapshots,
    NoTape,
    give,
    in_order,
)
from tickwise.engine.clock import TapeTime
from tickwise.engine.engine import Engine
from tickwise.engine.opening import bot_from, names_of
from tickwise.engine.paper import PaperDesk
from tickwise.engine.recorded import Recorded
from tickwise.engine.recovery import from_snapshot
from tickwise.engine.remaking import Remaking
from tickwise.engine.snapshots import Snapshots
from tickwise.errors import ConfigError, DataError
from tickwise.market_data.chunks import QuoteChunk
from tickwise.market_data.findings import utc
from tickwise.market_data.recording import TIMER, Recording
from tickwise.session.session import Explanation, Session

TOLD_EVERY = 2_000
"""Events after which whoever waits is told."""


class Why(NamedTuple):
    """What is to be said of a moment."""

    explanations: tuple[Explanation, ...]
    """One for each lane that was asked for."""
    bots: tuple[BotConfig, ...]
    """The bots as they were set at that moment."""
    event: int
    """The last event at or before the moment."""
    event_ts: int
    events_again: int


def why(
    was: Recorded,
    states: Path,
    ts: int,
    bot: str = "",
    instrument: str = "",
    told: Callable[[int], None] = lambda events: None,
) -> Why:
    """Explain the lanes of these names at `ts` (nanoseconds UTC); "" stands for any.

    `states` is the folder of kept states. Raises DataError for a time outside the session, ConfigError for
    names that no lane has, and DataError where this Tickwise would not decide as the session did.
    """
    tape = Recording(was.tape)
    target = _event_at(was, tape, ts)
    engine, time, remaking = _engine(was)
    start = from_snapshot(engine, remaking, was.entries, Snapshots(states, was.opened.session), target - 1)
    events = 0
    last: Event | None = None
    for event in in_order(tape, was.entries, start):
        if last is not None:
            give(engine, time, last)
        last, events = event, events + 1
        if events % TOLD_EVERY == 0:
            told(TOLD_EVERY)
        if event.number >= target:
            break
    assert last is not None, "the event is on the tape or in the journal"
    row = _row(last)
    if row is None:
        give(engine, time, last)
    places = _lanes(engine, bot, instrument)
    session = engine.live.session
    found = tuple(_explained(session, place, row, ts) for place in places)
    bots = tuple(bot_from(text) for text in remaking.made.configs)
    return Why(found, bots, last.number, _ts(last), events)


def _engine(was: Recorded) -> tuple[Engine, TapeTime, Remaking]:
    """Make the engine of a session as it began, with nothing that could act."""
    remaking, time = Remaking(was.opened), TapeTime()
    names = names_of(was.opened, was.prefix)
    nowhere: Any = NoTape()
    kept: Any = NoSnapshots()
    engine = Engine(remaking.core(), names, Forgetful(), nowhere, time, kept)
    engine.remake = remaking
    engine.desk = PaperDesk(engine) if was.opened.environment == "paper" else NoDesk()
    return engine, time, remaking


class Forgetful(Gathered):
    """A journal that keeps nothing: what was decided stands in the real one."""

    def append(self, entry: Any) -> int:
        """Count an entry."""
        self._count = getattr(self, "_count", 0) + 1
        return self._count


def _event_at(was: Recorded, tape: Recording, ts: int) -> int:
    """Give the number of the last event at or before a time. Raises DataError outside the session."""
    rows = tape.rows()
    times = np.array(rows["ts"])
    taken = [(each.ts, each.event) for each in was.entries if each.taken]
    ends = [*times[[0, -1]].tolist(), *(at for at, _ in taken)] if len(rows) else [at for at, _ in taken]
    if not ends or not min(ends) <= ts <= max(ends):
        said = f"{utc(min(ends))} to {utc(max(ends))}" if ends else "nothing yet"
        raise DataError(f"{utc(ts)} is not within session {was.opened.session}: it holds {said}")
    place = int(np.searchsorted(times, ts, "right"))
    on_tape = int(rows["event"][place - 1]) if place else 0
    return max(on_tape, max((event for at, event in taken if at <= ts), default=0))


def _row(event: Event) -> QuoteChunk | None:
    """Give an event of the tape as one row, for a timer one whose prices nobody takes; None for an entry."""
    row = event.row
    if not row:
        return None
    is_timer = row[KIND] == TIMER
    return QuoteChunk(
        np.array([row[TS]], np.int64),
        np.array([0 if is_timer else row[BID]], np.int32),
        np.array([0 if is_timer else row[ASK]], np.int32),
        np.array([max(0, row[INSTRUMENT])], np.int16),
        np.array([row[TS_EVENT]], np.int64),
    )


def _ts(event: Event) -> int:
    """Give when an event was taken."""
    return event.entry.ts if event.entry is not None else int(event.row[TS])


def _lanes(engine: Engine, bot: str, instrument: str) -> Sequence[int]:
    """Find the lanes of some names. Raises ConfigError naming those there are."""
    places = engine.names.lanes_of(bot=bot, instrument=instrument)
    if not places:
        there = ", ".join(f"{lane.bot} on {lane.instrument}" for lane in engine.names.lanes)
        raise ConfigError(f"no bot {bot or 'at all'} on {instrument or 'any instrument'}; there is {there}")
    return places


def _explained(session: Session, place: int, row: QuoteChunk | None, ts: int) -> Explanation:
    """Explain the evaluation of a lane at a row; where there was none then, how things stand after it."""
    before = session.snapshot()
    found = session.explain_row(place, row) if row is not None else None
    if found is None or found.ts != ts:
        found = session.explain(place, ts)
    session.restore(before)
    return found
