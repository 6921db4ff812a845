"""A journal's database as a stranger sees it: what stands in it, and how it is tampered with."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from tickwise.journal.database import run_once
from tickwise.journal.entries import Entry
from tickwise.journal.entry_readings import all_entries
from tickwise.journal.folds import FOLDED
from tickwise.journal.schema import KEYS, TABLES, Row


def entries_of(place: str | Path) -> list[Entry]:
    """Give every entry of a journal."""
    return run_once(place, lambda connection: [entry for _, entry in all_entries(connection)])


def tables_of(place: str | Path) -> dict[type[Row], list[Row]]:
    """Give every row that was folded, by table and key."""

    def read(connection: Connection) -> dict[type[Row], list[Row]]:
        return {kind: sorted_rows(connection, kind) for kind in FOLDED}

    return run_once(place, read)


def sorted_rows(connection: Connection, kind: type[Row]) -> list[Row]:
    """Give the rows of a table by their key, in Python's order of texts."""
    rows = [kind(*found) for found in connection.execute(select(TABLES[kind]))]
    return sorted(rows, key=lambda row: tuple(getattr(row, name) for name in KEYS[kind]))


def tampered(place: str | Path, sql: str, *values: Any) -> None:
    """Change a journal's database behind its back."""
    if "://" not in str(place):
        connection = sqlite3.connect(place)
        with connection:
            connection.execute(sql, values)
        connection.close()
        return
    import asyncpg

    for at in range(len(values)):
        sql = sql.replace("?", f"${at + 1}", 1)

    async def say() -> None:
        connection = await asyncpg.connect(place)
        await connection.execute(sql, *values)
        await connection.close()

    asyncio.run(say())
