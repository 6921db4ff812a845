"""A restart: the session goes on where the journal ends.

The core is made again from the session's first entry, the newest snapshot is put back, and what came after it
is taken again from tape and journal. What comes out again and stands in the journal is passed over; what the
process had not yet written when it was killed is written now. An intent among that never left, for nothing
leaves before it is on disk: it is denied. An order that stands in the journal without an end is unknown, sent
or not, until the venue says what became of it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any, NamedTuple

from tickwise.engine.again import BY_THE_CORE, DECIDED, Gathered, NoDesk, NoSnapshots, NoTape, give, in_order
from tickwise.engine.answers import ENTRY
from tickwise.engine.book import Book
from tickwise.engine.clock import TapeTime, Time
from tickwise.engine.engine import Engine, Ledger
from tickwise.engine.opening import names_of
from tickwise.engine.paper import PaperDesk
from tickwise.engine.remaking import Remaking
from tickwise.engine.snapshots import Snapshots, State
from tickwise.engine.tally import Tally
from tickwise.journal import entries as j
from tickwise.market_data.recording import Recorder, Recording

NO_DESK = "decided while the session was taken up again: nothing was sent"
RESTART = "the process was stopped before this was on disk: nothing was sent"


class Recovered(NamedTuple):
    """An engine that is where the session was, and what that took."""

    engine: Engine
    snapshot_event: int
    events_again: int
    written_now: int
    """Entries that had come out but were not yet in the journal."""
    tape_ended_early: bool
    remaking: Remaking


class _Unsent(NoDesk):
    """A desk that sends nothing and remembers what it was to send: time goes on before there is one."""

    def __init__(self) -> None:
        self.orders: list[j.Intent | j.ExitIntent] = []

    def entering(self, intent: j.Intent, seq: int) -> None:
        """Remember an entry."""
        self.orders.append(intent)

    def leaving(self, intent: j.ExitIntent, seq: int) -> None:
        """Remember that a position was to be left."""
        self.orders.append(intent)


def recovered(
    opened: j.SessionOpened,
    entries: Sequence[j.Entry],
    journal: Ledger,
    recorder: Recorder,
    snapshots: Snapshots,
    time: Time,
    prefix: str,
    told: Callable[[int], None] = lambda events: None,
    catch_up: Callable[[Engine], None] = lambda engine: None,
    observe: Callable[[j.Entry], None] = lambda entry: None,
    since: int = 0,
) -> Recovered:
    """Bring a session to where its journal and its tape end.

    `entries` are all of the session, in order; those up to the event `since`, of which a snapshot was kept,
    may lack what `past.PASSING` names.
    `catch_up` may then give it what it missed, before its time goes on; `observe` hears of what is written.
    Raises DataError where this Tickwise would not decide as the session did.
    """
    again: Any = TapeTime()
    gathered = Gathered()
    nowhere: Any = NoTape()
    kept: Any = NoSnapshots()
    names = names_of(opened, prefix)
    remaking = Remaking(opened)
    engine = Engine(remaking.core(), names, gathered, nowhere, again, kept)
    engine.remake = remaking
    on_paper = opened.environment == "paper"
    engine.desk = PaperDesk(engine) if on_paper else NoDesk()
    last = max((each.event for each in entries), default=0)
    start = from_snapshot(engine, remaking, entries, snapshots, last)
    assert start >= since, f"the state after event {since} was there when the journal was read"
    count = 0
    for event in in_order(Recording(recorder.path), entries, start):
        give(engine, again, event)
        count += 1
        if count % 10_000 == 0:
            told(10_000)
    comes_again = DECIDED + BY_THE_CORE if on_paper else DECIDED
    lost = _lost(gathered.entries, entries, start, comes_again)
    early = engine.event < last
    engine.event, engine.ts = max(engine.event, last), max(engine.ts, _last_ts(entries))
    _go_live(engine, opened, entries, journal, recorder, snapshots, time)
    engine.observe = observe
    _write_lost(engine, lost)
    _own_the_tape(engine, entries, recorder, since)
    engine.note(
        j.SessionRecovered(
            **ENTRY,
            session=opened.session,
            snapshot_event=start,
            events_again=count,
            tape_ended_early=early,
        )
    )
    (catch_up if on_paper else partial(_go_on_at_venue, catch_up))(engine)
    return Recovered(engine, start, count, len(lost), early, remaking)


def from_snapshot(
    engine: Engine, remaking: Remaking, entries: Sequence[j.Entry], snapshots: Snapshots, last: int
) -> int:
    """Put the newest state back that the journal reaches; give its event, 0 where there is none."""
    state = snapshots.newest(last)
    if state is None:
        return 0
    if not _remade_before(engine, remaking, entries, state):
        return 0
    engine.book = folded(remaking.opened, [each for each in entries if each.event <= state.event])
    return state.event


def _remade_before(engine: Engine, remaking: Remaking, entries: Sequence[j.Entry], state: State) -> bool:
    """Make the core as it was at a state, and put the state back; False where it is of another layout."""
    changes = [
        e for e in entries if isinstance(e, j.Reloaded | j.CalendarRefreshed) and e.event <= state.event
    ]
    first = engine.live, engine.names, engine.tally
    for each in changes:
        remaking.follow(each)
    if changes:
        engine.live = remaking.core()
        engine.names = dataclasses.replace(engine.names, lanes=remaking.made.lanes)
        engine.tally = Tally(engine.live.session.records, engine.names)
    if engine.put_back(state):
        return True
    remaking.begin_again()
    engine.live, engine.names, engine.tally = first
    return False


def folded(opened: j.SessionOpened, entries: Sequence[j.Entry]) -> Book:
    """Give the book that a session's entries tell; lanes that a reload moved are followed."""
    book, lanes = Book(), opened.lanes
    for entry in entries:
        if isinstance(entry, j.Reloaded):
            places = {_key(row): at for at, row in enumerate(entry.lanes)}
            book.move_lanes({at: places[_key(row)] for at, row in enumerate(lanes) if _key(row) in places})
            lanes = entry.lanes
        book.apply(entry)
    return book


def _key(row: j.LaneRow) -> tuple[str, str, str]:
    return row.bot, row.instrument, row.account


def _lost(
    out: Sequence[j.Entry],
    entries: Sequence[j.Entry],
    start: int,
    kinds: tuple[type[j.Entry], ...],
) -> list[j.Entry]:
    """Give what came out again and is not in the journal: the journal's end was cut, never its middle."""
    known = sum(isinstance(each, kinds) and not each.taken and each.event > start for each in entries)
    came_out = [each for each in out if isinstance(each, kinds) and not each.taken]
    return came_out[known:]


def _last_ts(entries: Sequence[j.Entry]) -> int:
    return max((each.ts for each in entries), default=0)


def _go_live(
    engine: Engine,
    opened: j.SessionOpened,
    entries: Sequence[j.Entry],
    journal: Ledger,
    recorder: Recorder,
    snapshots: Snapshots,
    time: Time,
) -> None:
    """Give the engine what it runs with, and the book that the journal tells."""
    engine.book = folded(opened, entries)
    engine.journal, engine.recorder = journal, recorder
    engine.snapshots, engine.time = snapshots, time


def _write_lost(engine: Engine, lost: Sequence[j.Entry]) -> None:
    """Write what was not yet written, as it came out; its intents are denied in a venue's session."""
    for entry in lost:
        engine.journal.append(entry)
        engine.book.apply(entry)
    for entry in lost:
        if isinstance(entry, j.Intent | j.ExitIntent) and engine.book.orders[entry.order].state == "intended":
            is_exit = isinstance(entry, j.ExitIntent)
            denied = j.Denied(**ENTRY, order=entry.order, lane=entry.lane, why=RESTART, is_exit=is_exit)
            engine.take(denied)


def _own_the_tape(engine: Engine, entries: Sequence[j.Entry], recorder: Recorder, since: int) -> None:
    """Write the digest of rows that are on the tape and in no entry yet; a snapshot closes a block."""
    blocks = [each for each in entries if isinstance(each, j.TapeWritten)]
    tape = Recording(recorder.path)
    rows = tape.rows(since + 1)[sum(block.rows for block in blocks if block.first > since) :]
    if len(rows):
        first = int(rows["event"][0])
        digest = tape.digest_of(first, len(rows))
        engine.note(j.TapeWritten(**ENTRY, first=first, rows=len(rows), digest=digest))


def _go_on_at_venue(catch_up: Callable[[Engine], None], engine: Engine) -> None:
    """Give a session what it missed, and doubt what has no end.

    What is decided meanwhile ends here, for there is no desk yet: leaving is decided anew when there is one.
    """
    engine.desk = unsent = _Unsent()
    catch_up(engine)
    _doubt_what_has_no_end(engine, {each.order for each in unsent.orders})
    while unsent.orders:
        intent = unsent.orders.pop(0)
        is_exit, lane = isinstance(intent, j.ExitIntent), engine.book.orders[intent.order].lane
        engine.take(j.Denied(**ENTRY, order=intent.order, lane=lane, why=NO_DESK, is_exit=is_exit))


def _doubt_what_has_no_end(engine: Engine, fresh: Collection[str]) -> None:
    """Every order without an end is unknown: whether it left, and what became of it; but a `fresh` one."""
    for order in engine.book.open_orders():
        if order.state != "unknown" and order.id not in fresh:
            why = f"the process stopped while the order was {order.state}"
            engine.take(j.Unknown(**ENTRY, order=order.id, lane=order.lane, why=why))
