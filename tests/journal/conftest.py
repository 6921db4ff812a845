"""Places for journals: a SQLite file, and a Postgres database where TICKWISE_TEST_POSTGRES names a server."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from tickwise.errors import JournalError
from tickwise.journal.writer import ThreadedJournal

EMPTY = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid();
DROP SCHEMA public CASCADE;
CREATE SCHEMA public;
"""
"""Ends whoever is still there, and leaves nothing behind."""


def said_to_server(url: str, sql: str) -> None:
    """Say something to a Postgres server."""
    import asyncpg

    async def say() -> None:
        connection = await asyncpg.connect(url)
        await connection.execute(sql)
        await connection.close()

    asyncio.run(say())


@pytest.fixture(scope="session")
def postgres_database() -> Iterator[str]:
    """Give the URL of a database of this process's own, or skip."""
    server = os.environ.get("TICKWISE_TEST_POSTGRES")
    if not server:
        pytest.skip("no Postgres here: set TICKWISE_TEST_POSTGRES to its URL (.ci/postgres starts one)")
    name = f"tickwise_test_{os.getpid()}"
    said_to_server(server, f"CREATE DATABASE {name}")
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    said_to_server(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres(postgres_database: str) -> str:
    """Give the URL of a database with nothing in it, or skip."""
    said_to_server(postgres_database, EMPTY)
    return postgres_database


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give a place where no journal is yet: the same tests hold in both kinds of database."""
    if request.param == "sqlite":
        return str(tmp_path / "journal.db")
    return str(request.getfixturevalue("postgres"))


@pytest.fixture
def threaded(place: str) -> Iterator[Callable[[], ThreadedJournal]]:
    """Open the journal of the place, as often as a test asks; what is left open is closed."""
    opened: list[ThreadedJournal] = []

    def open_it(**said: object) -> ThreadedJournal:
        opened.append(ThreadedJournal(place, owner="a test", ts=1, **said))  # type: ignore[arg-type]
        return opened[-1]

    yield open_it
    for journal in opened:
        try:
            journal.close()
        except JournalError:
            continue
