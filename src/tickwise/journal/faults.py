"""What a database complains of, said to a person: one line, what was wrong, where, and what to do."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError

from tickwise.errors import (
    JournalBusy,
    JournalDamaged,
    JournalError,
    JournalUnwritable,
)
from tickwise.journal.place import WAIT_S

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT)
_FORBIDDEN = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH)


_POSTGRES = {
    "28": (JournalUnwritable, "refuses this user or password"),
    "3D": (JournalUnwritable, "has no such database: create it first"),
    "42501": (JournalUnwritable, "does not let this user do that"),
    "25006": (JournalUnwritable, "is read-only"),
    "53100": (JournalUnwritable, "has no space left"),
    "53": (JournalUnwritable, "has no more connections or memory to give"),
    "55P03": (JournalBusy, "is held by somebody else"),
    "40": (JournalBusy, "gave way to somebody else's transaction"),
}


def journal_error(error: Exception, where: str) -> JournalError:
    """Give the error of ours that says what a database's error or the system's means, at a place."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(cause, where)
    if isinstance(cause, OSError):
        return JournalUnwritable(f"{where}: cannot be reached: {cause}")
    state = state_of(error)
    for begins, (kind, says) in _POSTGRES.items():
        if state.startswith(begins):
            return kind(f"{where} {says} ({_line(cause)})")
    return JournalError(f"{where}: {_line(cause)}")


def state_of(error: Exception) -> str:
    """Give the five letters with which Postgres names an error; "" where it said nothing."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return str(getattr(cause, "sqlstate", None) or "")


def _of_sqlite(error: sqlite3.Error, where: str) -> JournalError:
    """Say what SQLite's code means."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _BUSY:
        return JournalBusy(
            f"{where}: another process has held the database for more than {WAIT_S:g} s; find and end it"
        )
    if code in _DAMAGED:
        return JournalDamaged(
            f"{where}: not a journal, or damaged ({error}); "
            "it was left as it is: put a copy back, or name another file"
        )
    if code in _FORBIDDEN:
        return JournalUnwritable(f"{where}: cannot be opened or written ({error}); mind who may write there")
    if code == sqlite3.SQLITE_FULL:
        return JournalUnwritable(f"{where}: no space left on its disk; free some and start again")
    if code == sqlite3.SQLITE_IOERR:
        return JournalUnwritable(f"{where}: its disk failed ({error})")
    return JournalError(f"{where}: {_line(error)}")


def _line(error: BaseException) -> str:
    """Give an error's first line."""
    return str(error).strip().split("\n", 1)[0] or type(error).__name__
