"""A journal without a thread: for simulations, which must be the same each time, and for replays.

It commits when somebody asks for `durable`, when entries span 50 ms of their own time, or when many have
gathered. It can be told to fail, and to die as a process does.
"""

from __future__ import annotations

from pathlib import Path

from tickwise.errors import JournalError, JournalFailed, JournalUnwritable
from tickwise.journal.chain import Head, Progress, canonical
from tickwise.journal.entries import Entry
from tickwise.journal.opening import opened
from tickwise.journal.place import place_of

FLUSH_NS = 50_000_000
"""The longest an entry stays in memory, by the time of the entries."""

GATHERED_MAX = 1_000
"""The most entries that gather."""


class Dead(BaseException):
    """The process died: no handler may catch this, so nothing is written on the way out."""


class InlineJournal:
    """A journal that commits in the calls of whoever writes it.

    Args:
        where: a path, as `place.place_of` takes it.
        owner: who writes, for others to read.
        ts: when it was opened, nanoseconds UTC.
        progress: told where the tables must be folded anew.
        fail_commit: the commit, counted from 1, that fails; 0 is none.
        flush_ns: how long entries may stay in memory by their own time; 0 keeps them until `durable`, which
            is what a loss of power leaves.
    """

    def __init__(
        self,
        where: str | Path | None = None,
        *,
        owner: str,
        ts: int,
        progress: Progress | None = None,
        fail_commit: int = 0,
        flush_ns: int = FLUSH_NS,
    ) -> None:
        """Open a journal, and be its one writer; raises a JournalError."""
        if place_of(where).url is not None:
            raise JournalError("a journal without a thread is kept in a file: name one, not a server")
        self._journal = opened(where, owner, ts, progress)
        self._gathered: list[tuple[Entry, bytes]] = []
        self._seq = self._synced = self.head.seq
        self._failed: JournalError | None = None
        self._dead = False
        self._fail_commit, self._flush_ns = fail_commit, flush_ns
        self.commits = 0
        """How many commits there were."""

    @property
    def head(self) -> Head:
        """The last entry that was committed: its number and its digest."""
        return self._journal.commits.head

    @property
    def failed(self) -> JournalError | None:
        """Why nothing can be written any more; None as long as all is well."""
        return self._failed

    def append(self, entry: Entry) -> int:
        """Write an entry; give its number. Commits where enough has gathered."""
        self._be_open()
        self._gathered.append((entry, canonical(entry)))
        self._seq += 1
        span = entry.ts - self._gathered[0][0].ts
        if len(self._gathered) >= GATHERED_MAX or 0 < self._flush_ns <= span:
            self._commit(synced=False)
        return self._seq

    async def durable(self, seq: int) -> None:
        """Return when an entry is on disk; raises JournalError where it may not be."""
        self._be_open()
        assert seq <= self._seq, f"entry {seq} was never appended"
        if seq > self._synced:
            self._commit(synced=True)

    def crash(self) -> None:
        """Die: what was not committed is lost, and so is this journal; another may open its file."""
        self._gathered.clear()
        self._dead = True
        self._journal.store.close()

    def close(self) -> None:
        """Commit what has gathered to the disk, and let another write."""
        if self._dead or self._failed is not None:
            return
        if self._seq > self._synced:
            self._commit(synced=True)
        self._failed = JournalFailed("the journal is closed")
        self._journal.store.close()

    def _be_open(self) -> None:
        if self._dead:
            raise Dead
        if self._failed is not None:
            raise self._failed

    def _commit(self, *, synced: bool) -> None:
        """Commit what has gathered, or fail for good."""
        batch, self._gathered = self._gathered, []
        self.commits += 1
        try:
            if self.commits == self._fail_commit:
                raise JournalUnwritable(f"commit {self.commits} was told to fail")
            self._journal.commits.commit(batch, synced=synced)
        except JournalError as error:
            self._failed = error
            self._journal.store.close()
            raise
        self._journal.store.rest(is_calm=True)
        if synced:
            self._synced = self._seq
