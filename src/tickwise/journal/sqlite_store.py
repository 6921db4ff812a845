"""The journal in a SQLite file: the hot path, on the standard library's own module.

The file keeps a write-ahead log. A synced transaction waits for the disk (`synchronous=FULL`), any other one
survives the end of the process but not of the power (`NORMAL`). The log is written back to the file when
nobody waits, not in the middle of a commit.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from msgspec.structs import astuple

from tickwise.errors import JournalImpossible, JournalUnwritable
from tickwise.journal.chain import Written
from tickwise.journal.faults import journal_error
from tickwise.journal.folds.rows import Changes, Key
from tickwise.journal.lock import FileLock
from tickwise.journal.place import WAIT_S
from tickwise.journal.schema import JournalState, Row, StoredEntry
from tickwise.journal.statements import all_statements

RESTED_CALMLY = 2_000
RESTED_ALWAYS = 20_000
"""Rows changed after which the log is written back: where nobody waits, and where somebody always does."""

LOCK_SUFFIX = ".writer"
"""Beside the file, the one that its writer holds locked."""


def connected(path: Path, mode: str) -> sqlite3.Connection:
    """Open a file that is there, to read ("ro") or to write ("rw"); transactions are begun by hand."""
    uri = f"{path.as_uri()}?mode={mode}"
    return sqlite3.connect(uri, uri=True, timeout=WAIT_S, isolation_level=None, check_same_thread=False)


class SqliteStore:
    """A SQLite journal that this process writes; nobody else can until it is closed."""

    def __init__(self, path: Path, lock: FileLock) -> None:
        """Open a file whose schema is up to date and whose writer's lock is held."""
        self.where = str(path)
        self._path, self._lock = path, lock
        self._synced: bool | None = None
        self._rested_at = 0
        self._sql = all_statements(lambda place: "?")
        self._log = path.with_name(path.name + "-wal")
        try:
            self._connection = connected(path, "rw")
            self._ready()
        except sqlite3.Error as error:
            raise journal_error(error, self.where) from error

    def _ready(self) -> None:
        """Set what a connection is to do."""
        for setting in ("fullfsync=1", "checkpoint_fullfsync=1", "wal_autocheckpoint=0", "cell_size_check=1"):
            self._connection.execute(f"PRAGMA {setting}")
        (mode,) = self._connection.execute("PRAGMA journal_mode=WAL").fetchone()
        if mode != "wal":
            raise JournalUnwritable(
                f"{self.where}: no write-ahead log can be kept here (a network drive?); name another place"
            )

    @contextmanager
    def transaction(self, *, synced: bool) -> Iterator[None]:
        """Begin; what is done inside is stored together or not at all."""
        try:
            if synced is not self._synced:
                self._connection.execute(f"PRAGMA synchronous={'FULL' if synced else 'NORMAL'}")
                self._synced = synced
            self._connection.execute("BEGIN IMMEDIATE")
            yield
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise journal_error(error, self.where) from error
        except OverflowError as error:
            raise JournalImpossible(f"{self.where}: a number has more than 64 bits") from error
        finally:
            if self._connection.in_transaction:
                with suppress(sqlite3.Error):  # what went wrong first is told
                    self._connection.execute("ROLLBACK")

    def state(self) -> JournalState:
        """Read the journal's one row."""
        found = self.row(JournalState, (1,))
        assert isinstance(found, JournalState)
        return found

    def take_over(self, owner: str, ts: int) -> JournalState:
        """Take the next token; whoever wrote before can commit no more."""
        with self.transaction(synced=True):
            self._connection.execute("UPDATE journal SET token=token+1, owner=?, since_ts=?", (owner, ts))
        return self.state()

    def set_state(self, state: JournalState, was_seq: int) -> bool:
        """Change the journal's one row; False where another token or another end stands there."""
        changed = self._connection.execute(
            "UPDATE journal SET seq=?, digest=?, session=?, folds=?, commits=commits+1 "
            "WHERE id=1 AND token=? AND seq=?",
            (state.seq, state.digest, state.session, state.folds, state.token, was_seq),
        )
        return changed.rowcount == 1

    def row(self, kind: type[Row], key: Key) -> Row | None:
        """Look a row up."""
        sql = self._sql[kind]
        found = self._all(sql.find, key)
        return sql.read(found[0]) if found else None

    def add(self, entries: Sequence[Written]) -> None:
        """Store entries."""
        self._connection.executemany(self._sql[StoredEntry].insert, entries)

    def put(self, changes: Changes) -> None:
        """Store rows, new ones and changed ones."""
        for kind, rows in changes.items():
            self._connection.executemany(self._sql[kind].upsert, map(astuple, rows.values()))

    def clear(self, kinds: Iterable[type[Row]]) -> None:
        """Throw away every row of these kinds."""
        for kind in kinds:
            self._connection.execute(self._sql[kind].clear)

    def entries(self, after: int, limit: int) -> list[Written]:
        """Read entries in their order, after a number."""
        return [Written(*each) for each in self._all(self._sql[StoredEntry].after, (after, limit))]

    def rows(self, kind: type[Row], after: Key | None, limit: int) -> list[Row]:
        """Read rows of a kind in the order of their key, after one."""
        sql = self._sql[kind]
        found = self._all(sql.first, (limit,)) if after is None else self._all(sql.after, (*after, limit))
        return [sql.read(each) for each in found]

    def _all(self, sql: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise journal_error(error, self.where) from error

    def reconnect(self) -> None:
        """Do nothing: a file is never disconnected."""

    def rest(self, *, is_calm: bool) -> None:
        """Write the log back to the file: early where nobody waits, late where somebody always does."""
        changed = self._connection.total_changes - self._rested_at
        if changed >= (RESTED_CALMLY if is_calm else RESTED_ALWAYS):
            self._rested_at = self._connection.total_changes
            with suppress(sqlite3.OperationalError):  # a reader is in the way: the next time will do
                self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def log_bytes(self) -> int:
        """Give the size of the write-ahead log."""
        try:
            return self._log.stat().st_size
        except OSError:
            return 0

    def close(self) -> None:
        """Write the log back, close the file and let another write."""
        with suppress(sqlite3.Error):  # what is committed is in the log anyway
            self._connection.close()
        self._lock.release()
