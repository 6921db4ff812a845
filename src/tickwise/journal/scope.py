"""Sessions that are told of together: those of one realm (`folds.sessions.realm_of`), and their entries.

A journal may hold sessions on tapes beside those at a venue, and a tape may be played many times: their
trades, orders and money are never added up, and their times overlap. So whoever shows what happened asks for
a scope first. Times within one session go forward.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, func, select

from tickwise.errors import JournalError
from tickwise.journal.entries import Entry
from tickwise.journal.entry_readings import PAGE, entries_after
from tickwise.journal.folds.sessions import SessionRow
from tickwise.journal.readings import session, sessions
from tickwise.journal.schema import TABLES, R, StoredEntry

_ENTRIES = TABLES[StoredEntry]


class Span(NamedTuple):
    """The entries of one session: [first, end) by their numbers."""

    session: str
    first: int
    end: int


class Scope(NamedTuple):
    """Sessions that belong together, newest first, and where their entries stand."""

    last: SessionRow
    spans: tuple[Span, ...]
    until_ts: int
    """When the newest entry was written, by the clock of its session; nanoseconds UTC."""

    @property
    def sessions(self) -> tuple[str, ...]:
        """Name the sessions, newest first."""
        return tuple(span.session for span in self.spans)

    @property
    def is_on_tape(self) -> bool:
        """Whether a tape was played, so that nothing of it is at any venue."""
        return self.last.venue.startswith("tape:")


def scope_of(connection: Connection, name: str = "") -> Scope | None:
    """Give the scope of the last session, with all others of its realm; of one by name, that one alone.

    None where the journal holds no session. Raises JournalError for a name that none has.
    """
    every = sessions(connection, limit=PAGE)
    last = session(connection, name)
    if last is None:
        if name:
            there = ", ".join(row.session for row in every[:5]) or "none"
            raise JournalError(f"no session {name} in this journal; the newest are {there}")
        return None
    spans = _spans(connection, every)
    mine = [last] if name else [row for row in every if row.realm == last.realm]
    found = tuple(spans[row.session] for row in mine)
    return Scope(last, found, _ts_of(connection, spans[last.session].end - 1))


def _spans(connection: Connection, newest_first: list[SessionRow]) -> dict[str, Span]:
    """Find where each session's entries end: where the next one's begin."""
    end = (connection.scalar(select(func.max(_ENTRIES.c.seq))) or 0) + 1
    found: dict[str, Span] = {}
    for row in newest_first:
        found[row.session] = Span(row.session, row.seq, end)
        end = row.seq
    return found


def _ts_of(connection: Connection, seq: int) -> int:
    return int(connection.scalar(select(_ENTRIES.c.ts).where(_ENTRIES.c.seq == seq)) or 0)


def first_since(connection: Connection, span: Span, ts: int) -> int:
    """Give the number of a session's first entry at or after a time, its end where there is none."""
    low, high = span.first, span.end
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if _ts_of(connection, middle) < ts else (low, middle)
    return low


def entries_within(
    connection: Connection, scope: Scope, since_ts: int = 0, kinds: tuple[str, ...] = ()
) -> Iterator[tuple[int, Entry]]:
    """Give the entries of a scope from a time on, oldest first; of some kinds or of all."""
    for span in reversed(scope.spans):
        after = (first_since(connection, span, since_ts) if since_ts else span.first) - 1
        while page := entries_after(connection, after, kinds=kinds, limit=PAGE):
            yield from (each for each in page if each[0] < span.end)
            after = page[-1][0]
            if after >= span.end - 1:
                break


def rows_within(
    connection: Connection,
    kind: type[R],
    scope: Scope,
    *,
    since_ts: int = 0,
    time: str = "ts",
    limit: int = 0,
    **said: Any,
) -> list[R]:
    """Give the rows of a scope, newest first, at most `limit` of them (0 is all).

    `time` is the column that `since_ts` is about; `said` are columns with what must stand in them, None and
    "" for anything.
    """
    table = TABLES[kind]
    wanted: Select[Any] = select(table).where(table.c.session.in_(scope.sessions))
    if since_ts:
        wanted = wanted.where(table.c[time] >= since_ts)
    for name, value in said.items():
        if value not in (None, ""):
            wanted = wanted.where(table.c[name] == value)
    wanted = wanted.order_by(table.c.seq.desc())
    return [kind(*found) for found in connection.execute(wanted.limit(limit) if limit else wanted)]
