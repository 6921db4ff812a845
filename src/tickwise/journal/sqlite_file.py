"""A SQLite file made ready to be a journal: created, or checked to be one, and its schema brought to date."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from tickwise.errors import JournalDamaged
from tickwise.journal.faults import journal_error
from tickwise.journal.migrate import bring_to_date
from tickwise.journal.place import WAIT_S
from tickwise.journal.schema import APPLICATION_ID


def engine_of(path: Path, mode: str) -> Engine:
    """Give SQLAlchemy's engine on a file, to read ("ro"), to write ("rw") or to make it too ("rwc").

    Transactions are SQLite's own, so a change of the schema is stored whole or not at all; one that may write
    takes the right to at once, and waits for it.
    """

    def opened() -> sqlite3.Connection:
        uri = f"{path.as_uri()}?mode={mode}"
        return sqlite3.connect(uri, uri=True, timeout=WAIT_S, isolation_level=None, check_same_thread=False)

    engine = create_engine("sqlite://", creator=opened, poolclass=NullPool)
    begin = "BEGIN" if mode == "ro" else "BEGIN IMMEDIATE"

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def make_ready(path: Path) -> None:
    """Make the file, or bring its schema to date; whoever calls holds the writer's lock.

    Raises JournalDamaged for a file that is no journal, JournalVersion for one of a newer Tickwise.
    """
    where = str(path)
    with _told(where):
        engine = engine_of(path, "rwc")
        try:
            with engine.connect() as connection:
                _be_ours(connection.connection.dbapi_connection, where)
            with engine.begin() as connection:
                bring_to_date(connection, where)
        finally:
            engine.dispose()


def _be_ours(connection: Any, where: str) -> None:
    """Mark an empty file as ours; a file that holds something and bears another mark is somebody else's."""
    (mark,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if mark == APPLICATION_ID:
        return
    if tables:
        raise JournalDamaged(f"{where}: a SQLite file of another program; name another file")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")


@contextmanager
def _told(where: str) -> Iterator[None]:
    """Turn what SQLite and SQLAlchemy raise into errors of ours."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise journal_error(error, where) from error
