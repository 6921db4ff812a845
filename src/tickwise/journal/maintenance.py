"""A journal looked after: its chain followed from the first entry, its tables thrown away and folded again.

For a command line; where an event loop runs, call them from a thread.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tickwise.errors import JournalDamaged, JournalUnwritable
from tickwise.journal import anchor
from tickwise.journal.chain import EMPTY, Progress, Verdict
from tickwise.journal.database import run_once
from tickwise.journal.entry_readings import verify_chain
from tickwise.journal.faults import journal_error
from tickwise.journal.opening import store_of
from tickwise.journal.place import Place, place_of
from tickwise.journal.rebuild import Rebuilt, refold
from tickwise.journal.sqlite_store import connected
from tickwise.journal.store import Disconnected


def verified(where: str | Path | None = None, progress: Progress | None = None) -> Verdict:
    """Follow the chain of a journal to its end, its last commit and its anchor; name the first bad entry.

    Works beside a running writer. Raises JournalDamaged where the database itself is damaged.
    """
    place = place_of(where)
    noted = None if place.url is not None else anchor.noted(anchor.anchor_of(place.file))
    verdict = run_once(where, lambda connection: verify_chain(connection, EMPTY, noted, progress))
    if place.url is None:
        _check_pages(place)
    return verdict


def _check_pages(place: Place) -> None:
    """Let SQLite look at every page of its file; raises JournalDamaged where one is not as it should be."""
    try:
        connection = connected(place.file, "ro")
        try:
            (says,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise journal_error(error, place.says) from error
    if says != "ok":
        raise JournalDamaged(
            f"{place.says}: {says.splitlines()[-1]}; the entries hold: `tickwise journal rebuild`"
        )


def rebuilt(where: str | Path | None = None, *, owner: str, progress: Progress | None = None) -> Rebuilt:
    """Fold a journal's tables anew out of its entries; tell which were not what the entries say.

    Raises JournalBusy where somebody writes the journal, JournalDamaged where its chain does not hold,
    JournalImpossible where an entry cannot follow from those before it; the tables then stay as they were.
    """
    place = place_of(where)
    try:
        store = store_of(place, owner)
        try:
            verdict = run_once(where, lambda connection: verify_chain(connection, progress=progress))
            if not verdict.holds:
                raise JournalDamaged(f"{place.says}: {verdict.says}; its tables were left as they are")
            return refold(store, progress)
        finally:
            store.close()
    except Disconnected as error:
        raise JournalUnwritable(f"{place.says}: the connection broke; the tables are as they were") from error
