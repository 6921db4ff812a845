"""Commits: entries are linked, folded and stored in one transaction, or the journal has failed.

Both journals, the one with a thread and the one without, write through this.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from tickwise.errors import JournalDamaged, JournalFailed
from tickwise.journal.chain import EMPTY, Head, Progress, Written, linked, verify
from tickwise.journal.entries import Entry
from tickwise.journal.folds import FOLDS_VERSION, fold
from tickwise.journal.folds.rows import Changes, Rows
from tickwise.journal.rebuild import refold
from tickwise.journal.schema import JournalState
from tickwise.journal.store import Disconnected, Store

CHECKED_AT_OPEN = 10_000
"""Entries at the end of a journal whose chain is followed when it is opened."""

TRIES = 3
"""Times a commit is tried on a new connection before the journal has failed."""


class Commits:
    """The writing end of an open journal: its head, its folds and its writer's token."""

    def __init__(self, store: Store, owner: str, ts: int, progress: Progress | None = None) -> None:
        """Take the writer's token, and fold anew what older folds left."""
        self._store = store
        self._state = store.take_over(owner, ts)
        if self._state.folds != FOLDS_VERSION:
            refold(store, progress)
            with store.transaction(synced=False):
                self._state = store.state()
        self._rows = Rows(store.row, self._state.session)

    @property
    def head(self) -> Head:
        """Give the last entry that was committed."""
        return Head(self._state.seq, self._state.digest)

    @property
    def session(self) -> str:
        """Give the session that entries belong to now, "" before the first."""
        return self._state.session

    def commit(self, batch: Sequence[tuple[Entry, bytes]], *, synced: bool) -> Head:
        """Store entries with their canonical bytes after the head; without any, only wait for the disk.

        Raises a JournalError where that cannot be done; nothing may be written after that.
        """
        was = self._state
        commit = _Commit(batch)
        for _ in range(TRIES):
            try:
                self._state = self._write(was, commit, synced=synced)
                return self.head
            except Disconnected as error:
                state = self._asked_anew()
                if commit.made and _same_end(state, commit.made):
                    self._state = commit.made
                    return self.head
                if not _same_end(state, was):
                    raise JournalFailed(
                        f"{self._store.where}: ends at entry {state.seq}, where {was.seq} was the last: "
                        "the server lost commits, or somebody else wrote"
                    ) from error
        raise JournalFailed(f"{self._store.where}: the connection broke {TRIES} times in one commit")

    def _write(self, was: JournalState, commit: _Commit, *, synced: bool) -> JournalState:
        """Do one transaction; nothing is linked or folded twice."""
        store = self._store
        with store.transaction(synced=synced):
            made = commit.made or self._made(was, commit)
            store.add(commit.written)
            store.put(commit.changes)
            if not store.set_state(made, was.seq):
                raise JournalFailed(f"{store.where}: another writer has taken this journal over")
        return made

    def _made(self, was: JournalState, commit: _Commit) -> JournalState:
        """Link and fold; rows that were half folded when the connection broke are forgotten."""
        try:
            return commit.make(was, self._rows)
        except Disconnected:
            self._rows = Rows(self._store.row, was.session)
            raise

    def _asked_anew(self) -> JournalState:
        """Read the state over a new connection; raises JournalFailed where somebody else writes now."""
        try:
            self._store.reconnect()
            with self._store.transaction(synced=False):
                state = self._store.state()
        except Disconnected as error:
            raise JournalFailed(f"{self._store.where}: a commit's outcome is not known: {error}") from error
        if state.token != self._state.token:
            raise JournalFailed(f"{self._store.where}: another writer has taken this journal over")
        return state


class _Commit:
    """What one commit stores: made once, stored as often as the connection asks for it."""

    def __init__(self, batch: Sequence[tuple[Entry, bytes]]) -> None:
        self._batch = batch
        self.written: list[Written] = []
        self.changes: Changes = {}
        self.made: JournalState | None = None

    def make(self, was: JournalState, rows: Rows) -> JournalState:
        """Link and fold every entry; give the state after them."""
        head, written = Head(was.seq, was.digest), []
        for entry, body in self._batch:
            written.append(linked(head, entry, body))
            head = Head(written[-1].seq, written[-1].digest)
            fold(rows, entry, body, head.seq)
        self.written, self.changes = written, rows.take()
        self.made = replace(was, seq=head.seq, digest=head.digest, session=rows.session)
        return self.made


def _same_end(one: JournalState, other: JournalState) -> bool:
    return (one.seq, one.digest) == (other.seq, other.digest)


def check_end(store: Store) -> None:
    """Follow the end of the chain to where the last commit left it; raises JournalDamaged."""
    state = store.state()
    end = Head(state.seq, state.digest)
    since = head_at(store, max(0, end.seq - CHECKED_AT_OPEN))
    verdict = verify(store.entries(since.seq, CHECKED_AT_OPEN + 1), since, end)
    if not verdict.holds:
        raise damaged(store, verdict.says)
    if verdict.head != end:
        raise damaged(store, f"there is an entry {verdict.head.seq} behind the last one, {end.seq}")


def head_at(store: Store, seq: int) -> Head:
    """Give an entry's number and digest; raises JournalDamaged where there is no such entry."""
    if seq == 0:
        return EMPTY
    found = store.entries(seq - 1, 1)
    if not found or found[0].seq != seq:
        raise damaged(store, f"entry {seq} is missing")
    return Head(seq, found[0].digest)


def damaged(store: Store, says: str) -> JournalDamaged:
    """Give the error that says what is wrong, and what to do."""
    return JournalDamaged(
        f"{store.where}: {says}; nothing was changed: see `tickwise journal verify`, or put a copy back"
    )
