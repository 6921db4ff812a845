"""What the journal says of earlier sessions, read before a new one begins or an old one goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from tickwise.journal import entries as j
from tickwise.journal import readings
from tickwise.journal.database import open_database, run_once
from tickwise.journal.entry_readings import all_entries
from tickwise.journal.folds.accounts import AccountDay
from tickwise.journal.folds.orders import OrderRow
from tickwise.journal.folds.positions import PositionRow
from tickwise.journal.folds.sessions import SessionRow
from tickwise.journal.folds.switches import SwitchRow


class Past(NamedTuple):
    """What a starting engine must know."""

    sessions: int
    last: SessionRow | None
    positions: tuple[PositionRow, ...]
    """Positions that are open by the journal."""
    switches: tuple[SwitchRow, ...]
    """Switches that a person or the engine turned on and nobody lifted."""
    days: tuple[AccountDay, ...]
    marks: Mapping[str, int]
    """The venue's last change that is known to be taken in whole, by account."""
    venue_positions: Mapping[str, str]
    """What the venue calls each position, by our name."""
    doubtful: tuple[OrderRow, ...]
    """Orders of which nobody knows what became of them."""
    armings: tuple[j.Armed, ...]


class Session(NamedTuple):
    """A session as the journal holds it."""

    opened: j.SessionOpened
    entries: list[j.Entry]


def past_of(where: str | Path | None) -> Past:
    """Read what the journal says; one that is not there is made. Raises JournalError."""

    async def read() -> Past:
        async with open_database(where, make=True) as database:
            return await database.read(_past)

    return asyncio.run(read())


def _past(connection: Connection) -> Past:
    found = readings.sessions(connection, limit=1_000_000)
    switches = tuple(row for row in readings.switches(connection) if row.on)
    return Past(
        len(found),
        readings.session(connection),
        tuple(readings.open_positions(connection)),
        switches,
        tuple(readings.account_days(connection)),
        _marks(connection),
        _venue_positions(connection),
        _doubtful(connection, found),
        tuple(e for _, e in all_entries(connection, kinds=("armed",)) if isinstance(e, j.Armed)),
    )


def _doubtful(connection: Connection, sessions: Sequence[SessionRow]) -> tuple[OrderRow, ...]:
    """Give the orders at venues without a known end; one on paper ends with its session."""
    on_paper = {row.session: row.environment == "paper" for row in sessions}
    working = readings.orders(connection, working=True)
    return tuple(order for order in working if not on_paper[order.session])


def _venue_positions(connection: Connection) -> dict[str, str]:
    found: dict[str, str] = {}
    for _, entry in all_entries(connection, kinds=("filled", "adopted")):
        if isinstance(entry, j.Filled):
            found[entry.position] = entry.venue_position
        elif isinstance(entry, j.Adopted):
            found[entry.position] = entry.venue_id
    return found


def _marks(connection: Connection) -> dict[str, int]:
    found: dict[str, int] = {}
    for _, entry in all_entries(connection, kinds=("reconciled",)):
        if isinstance(entry, j.Reconciled):
            found[entry.account] = entry.mark
    return found


def session_of(where: str | Path | None, name: str = "") -> Session | None:
    """Read a session whole, the last one where no name is given; None where there is none."""

    def read(connection: Connection) -> Session | None:
        row = readings.session(connection, name)
        return None if row is None else _entries_of(connection, row)

    return run_once(where, read)


def _entries_of(connection: Connection, row: SessionRow) -> Session:
    """Gather a session's entries: from the one that opened it to the one that opens the next."""
    entries: list[j.Entry] = []
    opened: j.SessionOpened | None = None
    for _, entry in all_entries(connection, row.seq - 1):
        if isinstance(entry, j.SessionOpened):
            if opened is not None:
                break
            opened = entry
        else:
            entries.append(entry)
    assert opened is not None, f"session {row.session} has no first entry"
    return Session(opened, entries)


def goes_on(last: SessionRow | None, opened: j.SessionOpened, then: Session | None) -> bool:
    """Tell whether a session that was cut off is the one that is to be opened now: nothing it is made of is
    another.
    """
    if last is None or last.closed_ts or then is None:
        return False
    reloads = [each for each in then.entries if isinstance(each, j.Reloaded)]
    made = then.opened if not reloads else reloads[-1]
    same = ("venue", "environment", "instruments", "layout", "news")
    return all(getattr(then.opened, name) == getattr(opened, name) for name in same) and all(
        getattr(made, name) == getattr(opened, name) for name in ("configs", "lanes", "code_digest")
    )


def names_of_sessions(rows: Sequence[SessionRow]) -> tuple[str, ...]:
    """Name sessions, for a person."""
    return tuple(row.session for row in rows)
