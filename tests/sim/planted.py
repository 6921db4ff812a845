"""Bugs that others had, planted into the engine or the venue under test: what the checker must find.

Each is a patch that lasts as long as a run. The numbers are those of the plan of reliability; where a bug is
known from a project, its own words say from which.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from copy import copy
from typing import Any, TypeAlias
from unittest.mock import patch

import numpy as np

from tickwise.engine import answers, beginning, core_events, recovery
from tickwise.engine.answers import ENTRY
from tickwise.engine.book import Book
from tickwise.engine.desk import VenueDesk
from tickwise.engine.price_stream import turned
from tickwise.engine.reconcile import Reconciler
from tickwise.engine.venue_session import VenueSession
from tickwise.journal import entries as j
from tickwise.journal import lock
from tickwise.journal.schema import JournalState
from tickwise.journal.sqlite_store import SqliteStore
from tickwise.market_data.calendars.local_time import TimeOfDay
from tickwise.session import assembly
from tickwise.session.calendars import trading_days
from tickwise.venues.oanda.client import Client, Reader, Silence
from tickwise.venues.venue import AccountView, VenueError

Patches: TypeAlias = list[Any]
"""What `unittest.mock.patch.object` gives: entered for as long as the bug is there."""

PLANTED: dict[str, Callable[[], Patches]] = {}
"""Every bug by its number, with the sentence that says what it is as its docstring."""

ABOUT: dict[str, frozenset[str]] = {}
"""The invariants each bug breaks by what it is: only these find it."""


def _planted(name: str, *about: str) -> Callable[[Callable[[], Patches]], Callable[[], Patches]]:
    def listed(bug: Callable[[], Patches]) -> Callable[[], Patches]:
        PLANTED[name], ABOUT[name] = bug, frozenset(about)
        return bug

    return listed


@contextmanager
def planted(name: str) -> Iterator[None]:
    """Let a bug be there; "" is none."""
    with ExitStack() as stack:
        for each in PLANTED[name]() if name else ():
            stack.enter_context(each)
        yield


def says(name: str) -> str:
    """Say what a bug is."""
    return (PLANTED[name].__doc__ or "").strip()


def _end_here(desk: VenueDesk, order: str, status: str, why: str) -> None:
    """End an order by our own judgement."""
    known = desk._engine.book.orders[order]
    desk._engine.take(
        j.Ended(
            **ENTRY, by="venue", order=order, lane=known.lane, status=status, reason="other",
            policy="retry_later", says=why, is_exit=known.is_exit, account=known.account,
        )  # type: ignore[arg-type]
    )  # fmt: skip


@_planted("M1", "I4", "I5")
def _timeout_means_rejected() -> Patches:
    """A time-out means rejected."""

    def unknown(desk: VenueDesk, order: str, why: str) -> None:
        if desk._engine.book.orders[order].state in ("sent", "accepted"):
            _end_here(desk, order, "rejected", why)

    return [patch.object(VenueDesk, "_unknown", unknown)]


@_planted("M2", "I4")
def _network_error_means_not_found() -> Patches:
    """A network error counts as not found."""
    real = Reconciler.sweep

    async def sweep(self: Reconciler) -> int:
        try:
            return await real(self)
        except VenueError:
            book = self._engine.book
            for order in [each for each in book.open_orders() if each.state == "unknown"]:
                self._evidence._never_received(order, book.known_mark(self.account))
            raise

    return [patch.object(Reconciler, "sweep", sweep)]


@_planted("M3", "I3", "I7", "I40")
def _failed_read_means_flat() -> Patches:
    """A read that fails is an empty list, and an empty list means flat."""
    real = Reconciler.look

    async def look(self: Reconciler) -> tuple[str, ...]:
        try:
            return await real(self)
        except VenueError:
            records, mark = self._engine.live.session.records, self._engine.book.known_mark(self.account)
            balance = int(records.accounts[self._engine.names.account(self.account)]["balance"])
            return self._compare(AccountView(self.account, "USD", balance, 0, 0, False, mark, (), ()))

    return [patch.object(Reconciler, "look", look)]


@_planted("M4", "I3", "I5", "I7", "I9")
def _working_orders_lost_on_rebuild() -> Patches:
    """Orders that are on their way are lost when the state is rebuilt."""

    def forget(engine: Any, fresh: Any) -> None:
        for order in engine.book.open_orders():
            del engine.book.orders[order.id]
            engine.book.awaited.pop(order.lane, None)

    return [patch.object(recovery, "_doubt_what_has_no_end", forget)]


@_planted("M5", "I6", "I7")
def _fill_counted_twice() -> Patches:
    """A fill that the sweep inferred is counted again when the stream tells of it."""
    real = Book.has_taken

    def has_taken(self: Book, account: str, key: Any) -> bool:
        return key[0] != "filled" and real(self, account, key)

    return [patch.object(Book, "has_taken", has_taken)]


@_planted("M6", "I6", "I7")
def _dedupe_lost_on_restart() -> Patches:
    """What was taken in is forgotten by a restart."""
    real = recovery.folded

    def folded(*said: Any) -> Book:
        book = real(*said)
        book.ahead.clear()
        return book

    return [patch.object(recovery, "folded", folded)]


@_planted("M7", "I4", "I5", "I7", "I9")
def _late_fill_ignored() -> Patches:
    """An order is cancelled here when no reply comes, and what is told of it later is ignored."""
    filled, accepted = answers._filled, answers._accepted
    cancelled: set[str] = set()

    def unknown(desk: VenueDesk, order: str, why: str) -> None:
        if desk._engine.book.orders[order].state in ("sent", "accepted"):
            cancelled.add(order)
            _end_here(desk, order, "cancelled", why)

    return [
        patch.object(VenueDesk, "_unknown", unknown),
        patch.object(
            answers, "_filled", lambda it, *known: [] if it.order in cancelled else filled(it, *known)
        ),
        patch.object(
            answers, "_accepted", lambda it, *known: [] if it.order in cancelled else accepted(it, *known)
        ),
    ]


@_planted("M8", "I4", "I5")
def _unfetchable_means_cancelled() -> Patches:
    """At the start an order that cannot be asked for is taken as cancelled."""

    def cancel(engine: Any, fresh: Any) -> None:
        for order in engine.book.open_orders():
            engine.take(
                j.Ended(
                    **ENTRY, by="venue", order=order.id, lane=order.lane, status="cancelled", reason="other",
                    policy="retry_later", says="not found at the start", is_exit=order.is_exit,
                    account=order.account,
                )
            )  # fmt: skip

    return [patch.object(recovery, "_doubt_what_has_no_end", cancel)]


@_planted("M9", "I19")
def _liveness_shared() -> Patches:
    """The stream of prices vouches for the stream of changes."""
    real = Reader.lines

    async def lines(self: Reader, path: str, query: Any = None) -> Any:
        if not path.endswith("/transactions/stream"):
            async for line in real(self, path, query):
                yield line
            return
        self._open()
        patient = copy(self)
        patient.timeouts = self.timeouts._replace(stream_silence_s=None)
        found = real(patient, path, query)
        try:
            async with asyncio.timeout(self.timeouts.stream_silence_s):
                first = await anext(found)
        except TimeoutError:
            raise VenueError("the stream never began") from None
        yield first
        async for line in found:
            yield line

    async def silence(self: VenueSession) -> None:
        while True:
            await asyncio.sleep(self.manner.silence_s)
            now = self.engine.time.now_ns()
            for liveness in self._changes.values():
                if liveness.is_live and self.prices._liveness.is_live:
                    liveness.something(now)
                turned(self.engine, liveness.silence(now, ()))

    return [patch.object(Reader, "lines", lines), patch.object(VenueSession, "_silence", silence)]


@_planted("M10", "I7", "I9", "I40")
def _trust_in_heartbeats() -> Patches:
    """As long as heartbeats come nothing was missed: nobody asks for the changes."""
    real = Reconciler.sweep

    async def sweep(self: Reconciler) -> int:
        lives = not self._engine.book.dead.get(f"changes of {self.account}")
        return 0 if lives else await real(self)

    return [patch.object(Reconciler, "sweep", sweep)]


@_planted("M12", "I1")
def _post_retried() -> Patches:
    """The layer below sends an order again when no reply came."""
    real = Client.order

    async def order(self: Client, *said: Any) -> Any:
        reply = await real(self, *said)
        return await real(self, *said) if isinstance(reply, Silence) else reply

    return [patch.object(Client, "order", order)]


@_planted("M13", "I2")
def _sent_before_written() -> Patches:
    """An entry leaves before its intent is on disk."""
    real = VenueDesk._enter

    async def enter(self: VenueDesk, intent: j.Intent, seq: int) -> None:
        await real(self, intent, 0)

    return [patch.object(VenueDesk, "_enter", enter)]


@_planted("M14", "I15", "I17")
def _halt_not_kept() -> Patches:
    """What stopped the opening of positions is forgotten by a restart."""
    real = beginning.recovered

    def forgot(*args: Any, **said: Any) -> Any:
        again = real(*args, **said)
        again.engine.book.switches.clear()
        records = again.engine.live.session.records
        records.houses["paused"] = 0
        for name in ("killed", "halted", "day_lost"):
            records.accounts[name] = 0
        return again

    return [patch.object(beginning, "recovered", forgot)]


@_planted("M15", "I39")
def _day_turns_at_midnight() -> Patches:
    """The trading day turns at midnight."""

    def rolls_for(bot: Any, since: int, until: int) -> Any:
        midnight = TimeOfDay.parse("00:00", "UTC")
        return np.ascontiguousarray(trading_days(since, until, midnight), np.int64)

    return [patch.object(assembly, "rolls_for", rolls_for)]


@_planted("M20", "I10", "I19")
def _unknown_does_not_count() -> Patches:
    """Orders whose end is unknown do not count, and hold nothing back."""
    return [patch.object(core_events, "_unknown_changed", lambda entry, names, book, was: [])]


@_planted("M22", "I31")
def _lease_without_fencing() -> Patches:
    """A second process may take the journal over, and the first one is not stopped."""

    def set_state(self: SqliteStore, state: JournalState, was_seq: int) -> bool:
        self._connection.execute(
            "UPDATE journal SET seq=?, digest=?, session=?, folds=?, commits=commits+1 WHERE id=1",
            (state.seq, state.digest, state.session, state.folds),
        )
        return True

    return [
        patch.object(lock, "_taken", lambda file: True),
        patch.object(SqliteStore, "set_state", set_state),
    ]
