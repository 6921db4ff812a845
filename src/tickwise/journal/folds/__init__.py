"""The folds: orders, positions, trades, counts and all else a person is shown, read out of the entries.

Each file is one reading: its rows, its table, and what each kind of entry does to them. The writer applies
them in the transaction that stores the entries, so the tables are always those of the last entry; thrown away
and folded again they are the same.
"""

from __future__ import annotations

from tickwise.errors import JournalImpossible
from tickwise.journal.chain import read_entry
from tickwise.journal.entries import ENTRIES_VERSION, KINDS, Entry
from tickwise.journal.folds import (
    accounts,
    audit,
    command_runs,
    connections,
    counters,
    daily,
    decisions,
    fills,
    orders,
    positions,
    refusals,
    sessions,
    signals,
    switches,
    trades,
)
from tickwise.journal.folds.rows import Fold, Rows
from tickwise.journal.schema import TABLES, JournalState, Row, StoredCommand, StoredEntry

FOLDS_VERSION = 2
"""Version of the folds; tables that another one wrote are folded again when a writer opens the journal."""

IN_TURN = (
    sessions,
    orders,
    positions,
    fills,
    trades,
    daily,
    accounts,
    signals,
    decisions,
    refusals,
    counters,
    switches,
    connections,
    command_runs,
    audit,
)
"""The folds in the order in which an entry meets them; later ones look at rows of earlier ones."""

FOLDED: tuple[type[Row], ...] = tuple(
    row for row in TABLES if row not in (StoredEntry, JournalState, StoredCommand)
)
"""Every kind of row that follows from the entries alone."""

_BY_KIND: dict[type[Entry], tuple[Fold, ...]] = {
    kind: tuple(each.FOLDS[kind] for each in IN_TURN if kind in each.FOLDS) for kind in KINDS
}

_NUL, _SHOWN = b"\\u0000", b"\\ufffd"
"""Postgres takes no NUL in a text; what a venue or a calendar sent with one is folded with U+FFFD."""


def fold(rows: Rows, entry: Entry, body: bytes, seq: int) -> None:
    """Let an entry change the rows; raises JournalImpossible where it cannot follow from those before it."""
    if _NUL in body:
        entry = read_entry(body.replace(_NUL, _SHOWN), ENTRIES_VERSION)
    try:
        for each in _BY_KIND[type(entry)]:
            for row in each(rows, entry, seq):
                rows.put(row)
    except JournalImpossible as error:
        raise JournalImpossible(f"entry {seq}: {error}") from error
