"""Readings of the entries themselves: pages of them, all of them, and whether their chain holds.

Each is a function of SQLAlchemy's connection, to be run with `Database.read`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, func, select, text

from tickwise.journal.chain import EMPTY, Head, Progress, Verdict, Written, read_entry, verify
from tickwise.journal.entries import Entry
from tickwise.journal.schema import TABLES, JournalState, StoredEntry

LIMIT = 100
"""Entries a page has unless more are asked for."""

PAGE = 10_000
"""Rows fetched at a time where many are read."""

_ENTRIES = TABLES[StoredEntry]


def state(connection: Connection) -> JournalState:
    """Give the journal's one row: who writes, and where it ends."""
    return JournalState(*connection.execute(select(TABLES[JournalState])).one())


def entries_after(
    connection: Connection, after: int = 0, *, kinds: tuple[str, ...] = (), limit: int = LIMIT
) -> list[tuple[int, Entry]]:
    """Give a page of entries with their numbers, in their order, after one; of some kinds or of all."""
    wanted = select(_ENTRIES.c.seq, _ENTRIES.c.body, _ENTRIES.c.version).where(_ENTRIES.c.seq > after)
    if kinds:
        wanted = wanted.where(_ENTRIES.c.kind.in_(kinds))
    found = connection.execute(wanted.order_by(_ENTRIES.c.seq).limit(limit))
    return [(seq, read_entry(bytes(body), version)) for seq, body, version in found]


def entries_but(
    connection: Connection, after: int, until: int, without: tuple[str, ...]
) -> Iterator[tuple[int, Entry]]:
    """Give every entry after one and up to another, in order, but those of some kinds."""
    at = _ENTRIES.c
    wanted = select(at.seq, at.body, at.version).where(at.kind.not_in(without), at.seq <= until)
    while page := connection.execute(wanted.where(at.seq > after).order_by(at.seq).limit(PAGE)).all():
        yield from ((seq, read_entry(bytes(body), version)) for seq, body, version in page)
        after = page[-1][0]


def all_entries(
    connection: Connection, after: int = 0, *, kinds: tuple[str, ...] = ()
) -> Iterator[tuple[int, Entry]]:
    """Give every entry after one, in order, some thousands in memory at a time."""
    while page := entries_after(connection, after, kinds=kinds, limit=PAGE):
        yield from page
        after = page[-1][0]


def seq_at(connection: Connection, ts: int) -> int:
    """Give the number of the first entry at or after a time, one more than the last where there is none.

    Entries are in the order of time but where the clock was set back; the number is found by halving.
    """
    low, high = 1, (connection.scalar(select(func.max(_ENTRIES.c.seq))) or 0) + 1
    while low < high:
        middle = (low + high) // 2
        found = connection.scalar(select(_ENTRIES.c.ts).where(_ENTRIES.c.seq == middle))
        low, high = (middle + 1, high) if found is not None and found < ts else (low, middle)
    return low


def verify_chain(
    connection: Connection, since: Head = EMPTY, anchor: Head | None = None, progress: Progress | None = None
) -> Verdict:
    """Follow the chain of a whole journal, and hold its end against the last commit and an anchor.

    Names the first bad entry; memory stays bounded.
    """
    now = state(connection)
    end = Head(now.seq, now.digest)
    verdict = verify(_written(connection, since.seq), since, end, progress)
    if not verdict.holds or anchor is None:
        return verdict
    if anchor.seq > end.seq:
        says = f"the journal ends at entry {end.seq}, but {anchor.seq} were noted beside it"
        return Verdict(verdict.head, end.seq + 1, "cut", says)
    noted = connection.scalar(select(_ENTRIES.c.digest).where(_ENTRIES.c.seq == anchor.seq))
    if anchor.seq and bytes(noted or b"") != anchor.digest:
        says = f"entry {anchor.seq} is another than the one noted beside the journal"
        return Verdict(verdict.head, anchor.seq, "altered", says)
    return verdict


def _written(connection: Connection, after: int) -> Iterator[tuple[Any, ...]]:
    """Give stored entries as they are, page by page; nothing is made of a value on the way."""
    wanted = text(
        f"SELECT {', '.join(Written._fields)} FROM entries WHERE seq > :after ORDER BY seq LIMIT {PAGE}"
    )
    while page := connection.execute(wanted, {"after": after}).fetchall():
        yield from page
        after = page[-1][0]
