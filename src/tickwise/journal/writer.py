"""The journal as the engine writes it: numbered at once, on disk when somebody waits for it.

`append` numbers an entry and returns; a thread of its own stores whatever has gathered in one transaction, at
the latest after 50 ms, at once when somebody waits in `durable`. A commit that somebody waits for reaches the
disk before he goes on; the others survive the end of the process, and reach the disk with the next of those.

The queue is bounded, and `append` never waits: a journal whose disk cannot keep up with so many entries has
failed. After a failure every waiter is told and no entry is taken any more, so no order can leave.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Protocol

from tickwise.errors import JournalError, JournalFailed
from tickwise.journal import anchor
from tickwise.journal.chain import EMPTY, Head, Progress, canonical
from tickwise.journal.entries import Entry
from tickwise.journal.opening import Opened, opened

FLUSH_S = 0.05
"""The longest an entry stays in memory before it is committed, in seconds."""

QUEUED_MAX = 65_536
"""Entries that may wait to be committed: minutes of a busy engine, seconds of a dead disk."""

QUEUED_BYTES_MAX = 64 << 20
"""Bytes that may."""

NOTED_EVERY = 200
"""Entries after which the journal's end is noted anew in its anchor, where nobody waits."""


class Journal(Protocol):
    """Where the engine writes down what happened and what was decided."""

    @property
    def head(self) -> Head:
        """The last entry that was committed: its number and its digest."""
        ...

    @property
    def failed(self) -> JournalError | None:
        """Why nothing can be written any more; None as long as all is well."""
        ...

    def append(self, entry: Entry) -> int:
        """Write an entry; give its number, one more than the last. Raises JournalError after a failure."""
        ...

    async def durable(self, seq: int) -> None:
        """Return when an entry is on disk; raises JournalError where it may not be."""
        ...

    def close(self) -> None:
        """Commit what has gathered to the disk, and let another write."""
        ...


class _Waiter(NamedTuple):
    """Somebody in an event loop who waits for an entry."""

    seq: int
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[None]


class ThreadedJournal:
    """A journal written by one thread. Every method but `durable` may be called from any thread."""

    def __init__(
        self,
        where: str | Path | None = None,
        *,
        owner: str,
        ts: int,
        progress: Progress | None = None,
        queued_max: int = QUEUED_MAX,
        queued_bytes_max: int = QUEUED_BYTES_MAX,
    ) -> None:
        """Open a journal by its path or URL (`place.place_of`), and be its one writer.

        `owner` and `ts` (nanoseconds UTC) are shown to whoever finds it taken. Raises a JournalError.
        """
        self._queue: list[tuple[Entry, bytes]] = []
        self._queued_bytes = 0
        self._most, self._most_bytes = queued_max, queued_bytes_max
        self._turn = threading.Condition()
        self._waiters: list[_Waiter] = []
        self._seq = 0
        self._synced = 0
        self._noted = 0
        self._head = EMPTY
        self._log_bytes = 0
        self._failed: JournalError | None = None
        self._is_open = threading.Event()
        self._closing = False
        self._thread = threading.Thread(
            target=self._write,
            args=(lambda: opened(where, owner, ts, progress),),
            name="journal",
            daemon=True,
        )
        self._thread.start()
        self._is_open.wait()
        self._be_open()

    @property
    def head(self) -> Head:
        """The last entry that was committed: its number and its digest."""
        return self._head

    @property
    def failed(self) -> JournalError | None:
        """Why nothing can be written any more; None as long as all is well."""
        return self._failed

    @property
    def queued(self) -> int:
        """How many entries wait to be committed."""
        return len(self._queue)

    @property
    def log_bytes(self) -> int:
        """The size of SQLite's write-ahead log; it grows while somebody reads for long."""
        return self._log_bytes

    def append(self, entry: Entry) -> int:
        """Write an entry; give its number, one more than the last.

        Raises JournalError after a failure, and fails itself where the queue is full.
        """
        body = canonical(entry)
        with self._turn:
            self._be_open()
            self._queue.append((entry, body))
            self._queued_bytes += len(body)
            self._seq += 1
            if len(self._queue) > self._most or self._queued_bytes > self._most_bytes:
                says = f"{len(self._queue)} entries wait for a disk that does not keep up"
                self._fail(JournalFailed(f"the journal failed: {says}; stop, and mind the disk"))
                self._be_open()
            return self._seq

    async def durable(self, seq: int) -> None:
        """Return when an entry is on disk; raises JournalError where it may not be, and after a failure."""
        if self._failed is None and seq <= self._synced:
            return
        loop = asyncio.get_running_loop()
        waiter = _Waiter(seq, loop, loop.create_future())
        with self._turn:
            self._be_open()
            if seq <= self._synced:
                return
            assert seq <= self._seq, f"entry {seq} was never appended"
            self._waiters.append(waiter)
            self._turn.notify()
        await waiter.future

    def close(self) -> None:
        """Commit what has gathered to the disk, and let another write; raises what kept it from that."""
        with self._turn:
            was_closed, self._closing = self._closing, True
            self._turn.notify()
        self._thread.join()
        if self._failed is not None and not was_closed:
            raise self._failed

    def _be_open(self) -> None:
        """Raise where nothing can be written any more."""
        if self._failed is not None:
            raise self._failed
        if self._closing:
            raise JournalFailed("the journal is closed")

    def _fail(self, error: JournalError) -> None:
        """Take no entry any more, and tell everybody who waits; the first reason stays."""
        with self._turn:
            self._failed = self._failed or error
            waiters, self._waiters = self._waiters, []
            self._queue, self._queued_bytes = [], 0
            self._turn.notify()
        _tell(waiters, self._failed)

    def _write(self, open_it: Callable[[], Opened]) -> None:
        """Be the writer's thread: open, commit until it is closed or fails, and give the journal back."""
        journal: Opened | None = None
        in_order = False
        try:
            journal = open_it()
            self._head = journal.commits.head
            self._seq = self._synced = self._noted = self._head.seq
            self._is_open.set()
            while self._one_commit(journal):
                continue
            in_order = True
        except JournalError as error:
            self._fail(error)
        finally:
            if not in_order:
                self._fail(JournalFailed("the journal's writer stopped: see the error above"))
            if journal is not None:
                journal.store.close()
            self._is_open.set()

    def _one_commit(self, journal: Opened) -> bool:
        """Wait for the next commit, and do it; False when there will be no more."""
        with self._turn:
            self._turn.wait_for(lambda: self._waiters or self._closing or self._failed, timeout=FLUSH_S)
            if self._failed is not None:
                return False
            batch, self._queue, self._queued_bytes = self._queue, [], 0
            last, is_last, waiters = self._seq, self._closing, self._waiters
        synced = bool(waiters) or is_last
        if batch or (synced and last > self._synced):
            self._committed(journal, batch, last, synced=synced)
        elif waiters:
            self._tell_up_to(self._synced)
        journal.store.rest(is_calm=not self._waiters)
        if is_last or (synced and not self._waiters and last - self._noted >= NOTED_EVERY):
            self._note(journal)
        return not is_last

    def _note(self, journal: Opened) -> None:
        """Note beside the journal what is on disk; a note that cannot be made takes nothing from it."""
        if journal.anchor is not None:
            with suppress(OSError):
                anchor.note(journal.anchor, self._head)
        self._noted = self._head.seq

    def _committed(
        self, journal: Opened, batch: list[tuple[Entry, bytes]], last: int, *, synced: bool
    ) -> None:
        """Commit a batch that ends with entry `last`, and tell whoever waits for it."""
        self._head = journal.commits.commit(batch, synced=synced)
        assert self._head.seq == last, "every entry that was numbered is committed"
        self._log_bytes = journal.store.log_bytes()
        if synced:
            self._synced = last
            self._tell_up_to(last)

    def _tell_up_to(self, seq: int) -> None:
        """Let everybody go on who waits for an entry that is on disk."""
        with self._turn:
            told = [each for each in self._waiters if each.seq <= seq]
            self._waiters = [each for each in self._waiters if each.seq > seq]
        _tell(told, None)


def _tell(waiters: list[_Waiter], error: JournalError | None) -> None:
    """Wake those who wait, each in his own loop; a loop that is gone has nobody left to wake."""
    for loop in dict.fromkeys(each.loop for each in waiters):
        futures = [each.future for each in waiters if each.loop is loop]
        try:
            loop.call_soon_threadsafe(_settle, futures, error)
        except RuntimeError:
            continue


def _settle(futures: list[asyncio.Future[None]], error: JournalError | None) -> None:
    """Give waiting futures their end, but those that nobody waits for any more."""
    for future in futures:
        if future.done():
            continue
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)
