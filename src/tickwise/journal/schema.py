"""The tables of the journal's database, the same in SQLite and Postgres.

A table follows from a struct: its fields are the columns, in their order. Every column has a value: a text
that is not there is "", a time that has not come is 0. Times are nanoseconds UTC.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.types import TypeEngine

REVISION = "0001"
"""The newest revision in `migrations/versions`: what this version of Tickwise reads and writes."""

VERSION_TABLE = "tickwise_version"
"""Where the revision stands: a name of our own, so that another program may share the database."""

APPLICATION_ID = 0x5449434B
"""Marks a SQLite file as ours ("TICK"), so that another program's file is not taken for a journal."""

METADATA = MetaData()

_COLUMNS: dict[Any, TypeEngine[Any]] = {
    int: BigInteger().with_variant(Integer(), "sqlite"),
    float: Double(),
    str: Text(),
    bool: Boolean(),
    bytes: LargeBinary(),
}


class Row(msgspec.Struct, frozen=True):
    """A row of a table: what a person or a program is given when it reads one."""


R = TypeVar("R", bound=Row)

TABLES: dict[type[Row], Table] = {}
"""The table of each kind of row."""

KEYS: dict[type[Row], tuple[str, ...]] = {}
"""The fields that make the key of each kind of row; they come first."""


def table_of(name: str, row: type[Row], key: tuple[str, ...], indexed: tuple[str, ...] = ()) -> Table:
    """Make the table of a kind of row: its primary key, and columns by which it is searched.

    A table with a key that is no single number is laid out by that key in SQLite, which saves a second tree.
    """
    fields = msgspec.structs.fields(row)
    assert row.__struct_fields__[: len(key)] == key, f"{name}: the key comes first"
    columns = [
        Column(
            each.name, _COLUMNS[each.type], primary_key=each.name in key, nullable=False, autoincrement=False
        )
        for each in fields
    ]
    by_number = len(key) == 1 and next(each.type for each in fields if each.name == key[0]) is int
    table = Table(name, METADATA, *columns, sqlite_with_rowid=by_number)
    for each in indexed:
        Index(f"{name}_{each}", table.c[each])
    TABLES[row], KEYS[row] = table, key
    return table


class StoredEntry(Row, frozen=True):
    """An entry of the journal as it is stored (`chain.Written` has the same fields)."""

    seq: int
    kind: str
    ts: int
    event: int
    version: int
    body: bytes
    digest: bytes


class JournalState(Row, frozen=True):
    """The one row that every commit changes: who may write, where the journal ends, how it was folded."""

    id: int
    token: int
    """The number of the writer; each new one takes the next, and an older one can commit no more."""
    owner: str
    since_ts: int
    seq: int
    digest: bytes
    session: str
    """The session that entries without a name of it belong to."""
    folds: int
    """The version of the folds that wrote the tables."""
    commits: int
    """How many there were; a commit without entries is one too, and reaches the disk."""


class StoredCommand(Row, frozen=True):
    """A command somebody asked for, signed, and what became of it."""

    id: str
    key: str
    actor: str
    verb: str
    arguments: str
    created_ts: int
    deadline_ts: int
    signature: str
    status: str
    claimed_by: str
    claimed_ts: int
    ended_ts: int
    result: str


entries = table_of("entries", StoredEntry, ("seq",))
journal = table_of("journal", JournalState, ("id",))
Index("entries_kind", entries.c.kind, entries.c.seq)
commands = table_of("commands", StoredCommand, ("id",), indexed=("status",))
Index("commands_key_once", commands.c.key, unique=True)
