"""Entries folded in memory, as the oracle of the tables."""

from __future__ import annotations

from collections.abc import Iterable

from tickwise.journal.chain import canonical
from tickwise.journal.entries import Entry
from tickwise.journal.folds import FOLDED, fold
from tickwise.journal.folds.rows import Rows
from tickwise.journal.schema import R, Row


class Folded:
    """All rows of the tables after some entries."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.rows = Rows(lambda kind, key: None, kept_max=2**62)
        for seq, entry in enumerate(entries, 1):
            fold(self.rows, entry, canonical(entry), seq)
        self.changes = self.rows.take()

    def all(self, kind: type[R]) -> list[R]:
        """Give the rows of one kind, by their key."""
        found = self.changes.get(kind, {})
        return [row for _, row in sorted(found.items())]  # type: ignore[misc]

    def one(self, kind: type[R]) -> R:
        """Give the only row of a kind."""
        (row,) = self.all(kind)
        return row

    def tables(self) -> dict[type[Row], list[Row]]:
        """Give every row of every table."""
        return {kind: self.all(kind) for kind in FOLDED}


def folded(*entries: Entry) -> Folded:
    """Fold some entries."""
    return Folded(entries)
