"""What a fold reads and changes: rows by their key, looked up once and written together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, TypeAlias, cast

from tickwise.errors import JournalImpossible
from tickwise.journal.schema import KEYS, TABLES, R, Row

Key: TypeAlias = tuple[int | str, ...]
Fetch: TypeAlias = Callable[[type[Row], Key], Row | None]
"""Looks a row up where rows are stored."""

Changes: TypeAlias = dict[type[Row], dict[Key, Row]]
"""Rows that are new or other than stored, the newest of each key."""

Fold: TypeAlias = Callable[["Rows", Any, int], Sequence[Row]]
"""Gives the rows that an entry with its number changes: a pure function of the entry and rows it looks up."""

KEPT_MAX = 20_000
"""Rows kept in memory; beyond that all are forgotten and looked up again."""


_KEY_OF: dict[type[Row], Callable[[Row], Any]] = {}


def key_of(row: Row) -> Key:
    """Give the key of a row."""
    kind = type(row)
    get = _KEY_OF.get(kind)
    if get is None:
        get = _KEY_OF[kind] = attrgetter(*KEYS[kind])
    key = get(row)
    return key if isinstance(key, tuple) else (key,)


class Rows:
    """Rows by key: those changed and not yet stored, those looked up before, and those stored.

    `session` is the session that entries now belong to.
    """

    def __init__(self, fetch: Fetch, session: str = "", kept_max: int = KEPT_MAX) -> None:
        self._fetch = fetch
        self._kept_max = kept_max
        self._known: dict[type[Row], dict[Key, Row | None]] = {}
        self._changed: Changes = {}
        self.session = session

    def get(self, kind: type[R], *key: int | str) -> R | None:
        """Give the row of a key as it is after all entries so far, or None."""
        changed = self._changed.get(kind)
        if changed is not None and key in changed:
            return cast(R, changed[key])
        known = self._known.setdefault(kind, {})
        if key not in known:
            known[key] = self._fetch(kind, key)
        return cast("R | None", known[key])

    def need(self, kind: type[R], *key: int | str) -> R:
        """Give a row that an entry takes for granted; raises JournalImpossible where there is none."""
        row = self.get(kind, *key)
        if row is None:
            raise JournalImpossible(f"nothing in {TABLES[kind].name} has the key {', '.join(map(repr, key))}")
        return row

    def put(self, row: Row) -> None:
        """Note a new or changed row."""
        kind = type(row)
        key = key_of(row)
        self._changed.setdefault(kind, {})[key] = row
        known = self._known.get(kind)
        if known is not None:
            known[key] = row

    def take(self) -> Changes:
        """Hand over what has changed since the last time, to be stored."""
        changed, self._changed = self._changed, {}
        if sum(len(each) for each in self._known.values()) > self._kept_max:
            self._known = {}
        return changed
