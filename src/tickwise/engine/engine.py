"""The engine: it numbers what comes in, writes it down, asks the core, writes the decisions down, and acts.

It decides nothing. Everything that can change a decision passes through `quote`, `take` or `pass_time`, one
at a time and in one order; the same three are called by a replay. Who sends orders, and whether anything is
sent at all, is the desk's business.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import msgspec

from tickwise.core import decision as d
from tickwise.core.types import BREAKER_TRIPPED, SECOND
from tickwise.engine.book import Book
from tickwise.engine.clock import Time
from tickwise.engine.core_events import before, events_of
from tickwise.engine.decisions import exit_of, intent_of, signal_of, stop_of, stray_exit_of, trade_of
from tickwise.engine.names import Names
from tickwise.engine.snapshots import Snapshots, State
from tickwise.engine.standing import begin_with
from tickwise.engine.tally import Tally
from tickwise.journal import entries as j
from tickwise.market_data.recording import Recorder
from tickwise.session.live import LiveSession, Outcome
from tickwise.session.transplant import transplanted


class Ledger(Protocol):
    """What the engine asks of the journal."""

    def append(self, entry: j.Entry) -> int:
        """Write an entry; give its number. It is on disk some moments later."""
        ...

    async def durable(self, seq: int) -> None:
        """Return when an entry is on disk."""
        ...


class Desk(Protocol):
    """Who acts on what the core decides."""

    def entering(self, intent: j.Intent, seq: int) -> None:
        """An entry was decided and written as `seq`."""
        ...

    def leaving(self, intent: j.ExitIntent, seq: int) -> None:
        """Leaving was decided and written as `seq`."""
        ...

    def moving(self, intent: j.StopIntent, seq: int) -> None:
        """A better stop was decided and written as `seq`."""
        ...

    def answered(self, decision: Any) -> None:
        """The core booked a fill, a rejection or a close."""
        ...


class Engine:
    """One session that runs: the core, the journal, the tape and the desk."""

    def __init__(
        self,
        live: LiveSession,
        names: Names,
        journal: Ledger,
        recorder: Recorder,
        time: Time,
        snapshots: Snapshots,
    ) -> None:
        """Put the parts together; `desk` and `remake` are set before the first event."""
        self.live, self.names, self.journal = live, names, journal
        self.recorder, self.time, self.snapshots = recorder, time, snapshots
        self.book = Book()
        self.desk: Desk
        self.remake: Callable[[j.Reloaded | j.CalendarRefreshed], LiveSession | None]
        self.observe: Callable[[j.Entry], None] = _nobody
        """Hears of each entry when it is written; it must neither wait nor raise."""
        self.event = 0
        self.ts = 0
        self.tally = Tally(live.session.records, names)
        self._next_count = 0

    # What comes in.

    def quote(
        self,
        place: int,
        ts_event: int,
        bid: int,
        ask: int,
        bid_units: float = 0.0,
        ask_units: float = 0.0,
    ) -> None:
        """Take a quote of the instrument at `place` among the session's."""
        ts = self._next()
        self.recorder.quote(self.event, ts, ts_event, bid, ask, place, bid_units, ask_units)
        self._decided(self.live.quote(ts, ts_event, bid, ask, place))
        for refused in self.tally.changes(place, ts, self.event):
            self._write(refused)
        self._each_second()

    def history(self, place: int, ts_event: int, bid: int, ask: int) -> None:
        """Take a price out of the venue's history: for bars and strategies, and no quote of the tape.

        Whoever gives it sees to it that no position is opened on it: the stream of prices does not live.
        """
        ts = self._next()
        self.recorder.history(self.event, ts, ts_event, bid, ask, place)
        self._decided(self.live.quote(ts, ts_event, bid, ask, place))
        for refused in self.tally.changes(place, ts, self.event):
            self._write(refused)

    def take(self, entry: j.Entry) -> int:
        """Take in what happened: written down, then given to the core; gives the entry's number."""
        ts = self._next()
        entry = msgspec.structs.replace(entry, ts=ts, event=self.event, taken=True)
        seq = self._write(entry)
        self._give(entry)
        return seq

    def pass_time(self) -> None:
        """Let timers strike up to now; a moment at which nothing is due is no event."""
        now = self.time.now_ns()
        if now >= self.live.due:
            ts = self._next()
            self.recorder.timer(self.event, ts)
            self._decided(self.live.pass_time(ts))
            self._each_second()

    def note(self, entry: j.Entry) -> int:
        """Write down what is no event to the core, at the event that is being taken."""
        entry = msgspec.structs.replace(entry, ts=self.ts, event=self.event)
        seq = self._write(entry)
        self.book.apply(entry)
        return seq

    def note_now(self, entry: j.Entry) -> int:
        """Write down, between two events, what is none to the core: at the time it is now."""
        self.ts = max(self.ts, self.time.now_ns())
        return self.note(entry)

    def _write(self, entry: j.Entry) -> int:
        """Write an entry, and before it whatever it came from: a killed process leaves no entry without."""
        self.recorder.flush()
        seq = self.journal.append(entry)
        self.observe(entry)
        return seq

    # How it is taken.

    def _next(self) -> int:
        """Number the next event, and give its time: never before the last one."""
        self.event += 1
        self.ts = max(self.ts, self.time.now_ns())
        return self.ts

    def _give(self, entry: j.Entry) -> None:
        """Let the book and the core take an entry that is written."""
        if isinstance(entry, j.Reloaded | j.CalendarRefreshed):
            self._swap(entry)
        was = before(entry, self.book)
        self.book.apply(entry)
        for event in events_of(entry, self.names, self.book, was):
            self._decided(self.live.take(event))
        if isinstance(entry, j.Ordered) and entry.position in self.book.positions:
            self._leave_stray(entry)

    def _swap(self, entry: j.Reloaded | j.CalendarRefreshed) -> None:
        """Go on with another core, and with everything that has become of this one."""
        live = self.remake(entry)
        if live is None:
            return
        moved, names = transplanted(self.live, live), self.names
        if isinstance(entry, j.Reloaded):
            names = dataclasses.replace(names, lanes=entry.lanes)
            lanes, book = live.session.records.lanes, self.book
            begin_with(lanes, entry.lanes, book.switches, book.weights, entry.exit_only)
        self.tally = self.tally.moved(moved, live.session.records, names)
        self.book.move_lanes(moved)
        self.live, self.names = live, names

    def _decided(self, outcome: Outcome) -> None:
        """Write down what the core decided, and hand it to the desk."""
        for decision in outcome.decisions:
            _ACTS[int(decision["act"])](self, decision)
        for trade in outcome.trades:
            self.note(
                trade_of(trade, self.names, self._ended_position(int(trade["lane"])), self.ts, self.event)
            )

    def _ended_position(self, lane: int) -> str:
        """Name the position a lane's trade was made of: by its order, or as what the lane took over."""
        number = int(self.live.session.records.lanes[lane]["trade"]["order"])
        order = self.names.order(number)
        return order if order in self.book.orders else self.book.last_position[lane]

    def _enter(self, decision: Any) -> None:
        intent = intent_of(decision, self.names, self.live.session.records, self.ts, self.event)
        self.desk.entering(intent, self.note(intent))

    def _leave(self, decision: Any) -> None:
        position = self._position_of(decision)
        leavings = self.book.positions[position].leavings
        intent = exit_of(decision, self.names, position, leavings, self.ts, self.event)
        self.desk.leaving(intent, self.note(intent))

    def _leave_stray(self, ordered: j.Ordered) -> None:
        """Leave a position that no lane holds, as was asked: the core knows nothing of it."""
        position = self.book.positions[ordered.position]
        if position.is_stray and not position.leaving:
            intent = stray_exit_of(position, self.names, ordered.reason, self.ts, self.event)
            self.desk.leaving(intent, self.note(intent))

    def _move_stop(self, decision: Any) -> None:
        intent = stop_of(decision, self.names, self._position_of(decision), self.ts, self.event)
        self.desk.moving(intent, self.note(intent))

    def _position_of(self, decision: Any) -> str:
        return self.book.lane_position[int(decision["lane"])]

    def _answered(self, decision: Any) -> None:
        self.desk.answered(decision)

    def _signal(self, decision: Any) -> None:
        self.note(signal_of(decision, self.names, self.live.session.records, self.ts, self.event))

    def _day_lost(self, decision: Any) -> None:
        row = self.names.lanes[int(decision["lane"])]
        account = self.live.session.records.accounts[self.names.account(row.account)]
        equity = int(account["balance"]) + int(account["open_pnl"])
        self.note(
            j.DayLost(ts=0, event=0, account=row.account, equity=equity, floor=int(account["day_start"]))
        )

    def _tripped(self, decision: Any) -> None:
        at = int(decision["lane"])
        row, records = self.names.lanes[at], self.live.session.records
        market = records.markets[self.names.market(row.instrument)]
        account = records.accounts[self.names.account(row.account)]
        breaker = int(decision["reason"]) == BREAKER_TRIPPED
        self.note(
            j.SwitchTripped(
                ts=0,
                event=0,
                switch="breaker" if breaker else "kill",
                account=row.account,
                instrument=row.instrument,
                failures=int(account["failed"]),
                until=int(market["breaker_until"]) if breaker else 0,
            )
        )

    # What is kept beside.

    def _close_block(self) -> None:
        """Write the digest of the tape's rows since the last one."""
        block = self.recorder.block()
        if block is not None:
            self.note(j.TapeWritten(ts=0, event=0, first=block.first, rows=block.rows, digest=block.digest))

    def _each_second(self) -> None:
        """Write the counts of the second that passed, and a snapshot where it is time for one."""
        if self.ts < self._next_count:
            return
        self._next_count = self.ts + int(SECOND)
        self._count()
        if self.snapshots.is_due(self.event):
            self.keep_state()

    def _count(self) -> None:
        """Write what was counted since it was written last."""
        self._close_block()
        counted = self.tally.since_written(self.ts, self.event)
        if counted is not None:
            self._write(counted)

    def close(self, reason: str) -> int:
        """Write the end of the session: the last counts, the state, the digest of all decisions.

        Gives the number of its last entry.
        """
        self._count()
        self.keep_state()
        return self.note(
            j.SessionClosed(
                ts=0,
                event=0,
                session=self.names.session,
                reason=reason,
                decision_digest=self.live.session.decision_digest,
            )
        )

    def state(self) -> State:
        """Give what the engine is after the last event."""
        records, minutes = self.live.state()
        return State(self.event, self.ts, records, minutes, self.tally.state(), self._next_count)

    def put_back(self, state: State) -> bool:
        """Put a state back, before the first event; False where it is of another layout."""
        if not self.live.put_back(state.records, state.minutes):
            return False
        self.event, self.ts, self._next_count = state.event, state.ts, state.next_count
        self.tally.put_back(state.tally)
        return True

    def keep_state(self) -> Path:
        """Keep the core's state as it is after the last event."""
        self._close_block()
        path, digest = self.snapshots.write(self.state())
        self.note(j.SnapshotTaken(ts=0, event=0, session=self.names.session, state_digest=digest))
        return path


def _nobody(entry: j.Entry) -> None:
    """Hear nothing."""


_ACTS: dict[int, Any] = {
    d.ENTER: Engine._enter,
    d.LEAVE: Engine._leave,
    d.MOVE_STOP: Engine._move_stop,
    d.FILLED: Engine._answered,
    d.REJECTED: Engine._answered,
    d.CLOSED: Engine._answered,
    d.SIGNAL_ONLY: Engine._signal,
    d.DAY_LOST: Engine._day_lost,
    d.TRIPPED: Engine._tripped,
}
"""What the engine does with each act of the core."""
