"""What is said to a database about one table, in the SQL that SQLite and Postgres share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from tickwise.journal.schema import KEYS, TABLES, Row


class Statements:
    """The statements of one table, written once; `mark` gives the place of the n-th value, from 1."""

    def __init__(self, kind: type[Row], mark: Callable[[int], str]) -> None:
        """Write the statements of a kind of row."""
        table = TABLES[kind]
        names = [f'"{column.name}"' for column in table.columns]
        keys = [f'"{name}"' for name in KEYS[kind]]
        listed, key = ", ".join(names), ", ".join(keys)
        changed = ", ".join(f"{name}=excluded.{name}" for name in names if name not in keys)
        known = " AND ".join(f"{name}={mark(at)}" for at, name in enumerate(keys, 1))
        here, limit = f'FROM "{table.name}"', f"ORDER BY {key} LIMIT"
        marks = [mark(at) for at in range(1, len(names) + 1)]
        self._kind = kind
        self._bools = [at for at, each in enumerate(msgspec.structs.fields(kind)) if each.type is bool]
        self.insert = f'INSERT INTO "{table.name}" ({listed}) VALUES ({", ".join(marks)})'
        self.upsert = f"{self.insert} ON CONFLICT ({key}) DO UPDATE SET {changed}"
        self.find = f"SELECT {listed} {here} WHERE {known}"
        self.first = f"SELECT {listed} {here} {limit} {mark(1)}"
        behind = f"({key}) > ({', '.join(marks[: len(keys)])})"
        self.after = f"SELECT {listed} {here} WHERE {behind} {limit} {mark(len(keys) + 1)}"
        self.clear = f"DELETE {here}"

    def read(self, found: tuple[Any, ...]) -> Row:
        """Give the row that values are; SQLite keeps what is true or false as numbers."""
        if not self._bools:
            return self._kind(*found)
        values = list(found)
        for at in self._bools:
            values[at] = bool(values[at])
        return self._kind(*values)


def all_statements(mark: Callable[[int], str]) -> dict[type[Row], Statements]:
    """Give the statements of every table."""
    return {kind: Statements(kind, mark) for kind in TABLES}
