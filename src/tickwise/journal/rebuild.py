"""Rebuild: the tables thrown away and folded again out of the entries; they come out the same."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from tickwise.journal.chain import Progress, Written, read_entry
from tickwise.journal.folds import FOLDED, FOLDS_VERSION, fold
from tickwise.journal.folds.rows import Key, Rows, key_of
from tickwise.journal.schema import TABLES, Row
from tickwise.journal.store import Store

PAGE = 5_000
"""Entries, or rows, read and written at a time: memory stays bounded."""


class Rebuilt(NamedTuple):
    """What a rebuild found."""

    entries: int
    differed: tuple[str, ...]
    """Tables whose rows were not what the entries say; none where all was well."""


def refold(store: Store, progress: Progress | None = None) -> Rebuilt:
    """Throw every folded table away and fold the entries again, in one transaction.

    Raises JournalImpossible where an entry cannot follow from those before it: the tables stay as they were.
    """
    with store.transaction(synced=True):
        was = {kind: _digest(store, kind) for kind in FOLDED}
        state = store.state()
        store.clear(FOLDED)
        rows = Rows(store.row)
        for page in _pages(store):
            for written in page:
                entry = read_entry(written.body, written.version)
                fold(rows, entry, written.body, written.seq)
            store.put(rows.take())
            if progress is not None:
                progress(page[-1].seq, state.seq)
        differed = tuple(TABLES[kind].name for kind in FOLDED if _digest(store, kind) != was[kind])
        done = store.set_state(replace(state, session=rows.session, folds=FOLDS_VERSION), state.seq)
        assert done, "nobody else writes while the tables are folded anew"
    return Rebuilt(state.seq, tuple(sorted(differed)))


def _pages(store: Store) -> Iterator[list[Written]]:
    """Give every entry in its order, some at a time."""
    after = 0
    while page := store.entries(after, PAGE):
        yield page
        after = page[-1].seq


def _digest(store: Store, kind: type[Row]) -> bytes:
    """Digest every row of a table, in the order of its key."""
    total = sha256()
    after: Key | None = None
    while page := store.rows(kind, after, PAGE):
        for row in page:
            total.update(msgspec.msgpack.encode(row))
        after = key_of(page[-1])
    return total.digest()
