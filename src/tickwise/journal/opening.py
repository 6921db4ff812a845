"""A journal opened to be written: its lock taken, its file or database made ready, its end checked."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from tickwise.errors import JournalError, JournalUnwritable
from tickwise.journal import anchor
from tickwise.journal.chain import Progress
from tickwise.journal.commits import Commits, check_end
from tickwise.journal.lock import FileLock, is_held
from tickwise.journal.place import Place, place_of
from tickwise.journal.sqlite_file import make_ready
from tickwise.journal.sqlite_store import LOCK_SUFFIX, SqliteStore
from tickwise.journal.store import Disconnected, Store


class Opened(NamedTuple):
    """A journal that this process alone writes."""

    store: Store
    commits: Commits
    anchor: Path | None
    """Where its end is noted; none for a database that is no file."""


def opened(where: str | Path | None, owner: str, ts: int, progress: Progress | None = None) -> Opened:
    """Open a journal to write it; `owner` and `ts` are noted for whoever finds it taken.

    Raises JournalBusy where somebody writes it, JournalDamaged, JournalUnwritable or JournalVersion where it
    cannot be written. `progress` is told where tables must be folded anew.
    """
    place = place_of(where)
    store = store_of(place, owner)
    beside = None if place.url is not None else anchor.anchor_of(place.file)
    try:
        with store.transaction(synced=False):
            check_end(store)
            if beside is not None:
                anchor.check(store, beside)
        return Opened(store, Commits(store, owner, ts, progress), beside)
    except Disconnected as error:
        store.close()
        raise JournalUnwritable(f"{place.says}: the connection broke while it was opened") from error
    except JournalError:
        store.close()
        raise


def store_of(place: Place, owner: str) -> Store:
    """Take the writer's lock of a place and open it."""
    if place.url is None:
        return _sqlite(place.file, owner)
    try:
        from tickwise.journal.postgres_store import PostgresStore
    except ModuleNotFoundError as error:
        raise JournalUnwritable(
            f"{place.says}: Postgres needs one more package: pip install 'tickwise[postgres]'"
        ) from error
    return PostgresStore(place)


def is_written(place: Place) -> bool | None:
    """Tell whether a process writes a journal now; None for a server, of which no file tells."""
    return None if place.url is not None else is_held(_lock_of(place.file))


def _lock_of(path: Path) -> Path:
    return path.with_name(path.name + LOCK_SUFFIX)


def _sqlite(path: Path, owner: str) -> SqliteStore:
    """Take the lock beside a file, make it ready and open it."""
    lock = FileLock(_lock_of(path), owner)
    try:
        make_ready(path)
        return SqliteStore(path, lock)
    except JournalError:
        lock.release()
        raise
