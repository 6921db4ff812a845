"""A journal's database opened beside its writer: to read, and to ask the engine for something.

What is to be done is a function of SQLAlchemy's connection, run inside one transaction. In SQLite it runs at
once, in the caller's thread; in Postgres it runs over asyncpg while the caller's event loop goes on. One
`Database` belongs to one event loop.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from tickwise.errors import JournalUnwritable, JournalVersion
from tickwise.journal.faults import journal_error
from tickwise.journal.migrate import bring_to_date_alone, check_revision
from tickwise.journal.opening import store_of
from tickwise.journal.place import WAIT_S, Place, place_of
from tickwise.journal.sqlite_file import engine_of

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

T = TypeVar("T")

STATEMENT_MS_MAX = 60_000
"""The longest a statement may take in Postgres, in milliseconds."""


class Database:
    """An open database: SQLite with one engine to read and one to write, or Postgres with a pool."""

    def __init__(self, place: Place) -> None:
        """Prepare to connect; nothing is opened yet."""
        self.place = place
        self._reading: Engine | None = None
        self._writing: Engine | None = None
        self._pool: AsyncEngine | None = None
        if place.url is None:
            self._reading = engine_of(place.file, "ro")
            self._writing = engine_of(place.file, "rw")
        else:
            self._pool = _pool(place)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Do something that reads, on one unchanging view; raises a JournalError where it cannot be done."""
        return await self._done(work, self._reading, is_read=True)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Do something that may write, whole or not at all; raises a JournalError where it cannot be done."""
        return await self._done(work, self._writing, is_read=False)

    async def _done(self, work: Callable[[Connection], T], engine: Engine | None, *, is_read: bool) -> T:
        try:
            if engine is not None:
                with engine.begin() as connection:
                    return work(connection)
            assert self._pool is not None
            async with self._pool.connect() as opened:
                if is_read:
                    level = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
                    await opened.execution_options(**level)
                async with opened.begin():
                    return await opened.run_sync(work)
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            raise journal_error(error, self.place.says) from error

    async def close(self) -> None:
        """Close every connection."""
        for engine in (self._reading, self._writing):
            if engine is not None:
                engine.dispose()
        if self._pool is not None:
            await self._pool.dispose()


def _pool(place: Place) -> AsyncEngine:
    """Give the engine of a Postgres database; it is imported here, for SQLite starts sooner without it."""
    from sqlalchemy.ext.asyncio import create_async_engine

    settings = {"application_name": "tickwise", "statement_timeout": str(STATEMENT_MS_MAX)}
    try:
        return create_async_engine(
            place.address,
            pool_size=4,
            pool_pre_ping=True,
            connect_args={"timeout": WAIT_S, "server_settings": settings},
        )
    except ModuleNotFoundError as error:
        raise JournalUnwritable(
            f"{place.says}: Postgres needs one more package: pip install 'tickwise[postgres]'"
        ) from error


@asynccontextmanager
async def open_database(where: str | Path | None = None, *, make: bool = False) -> AsyncIterator[Database]:
    """Open the database of a journal by its path or URL (`place.place_of`).

    With `make` one that is not there is made, and an older one brought to date, where nobody writes it.
    Raises JournalVersion where the schema is not this version's, and JournalError.
    """
    database = Database(place_of(where))
    try:
        if make:
            await _make(database)
        await _check(database)
        yield database
    finally:
        await database.close()


async def _check(database: Database) -> None:
    """See that the schema is the one we know."""
    place = database.place
    if place.url is None and not place.file.exists():
        raise JournalUnwritable(f"{place.says}: there is no journal here; `tickwise run` makes one")
    await database.read(lambda connection: check_revision(connection, place.says))


async def _make(database: Database) -> None:
    """Make the database or bring it to date, unless it is; who does holds the writer's lock."""
    place = database.place
    try:
        await _check(database)
    except (JournalVersion, JournalUnwritable):
        if place.url is None:
            store_of(place, "making it ready").close()
        else:
            await database.write(lambda connection: bring_to_date_alone(connection, place.says))


def run_once(where: str | Path | None, work: Callable[[Connection], T]) -> T:
    """Read something from a journal, from where no event loop runs: a command line, a report."""

    async def read() -> T:
        async with open_database(where) as database:
            return await database.read(work)

    return asyncio.run(read())
