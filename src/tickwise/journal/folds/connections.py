"""Connections: which stream, and which instrument of it, is live, and since when."""

from __future__ import annotations

from tickwise.journal.entries import Connection, Entry
from tickwise.journal.folds.rows import Fold, Rows
from tickwise.journal.schema import Row, table_of


class ConnectionRow(Row, frozen=True):
    """A stream as it was last; `instrument` is "" for the stream itself."""

    stream: str
    instrument: str
    seq: int
    is_live: bool
    since_ts: int
    why: str


table_of("connections", ConnectionRow, ("stream", "instrument"))


def _changed(rows: Rows, entry: Connection, seq: int) -> tuple[ConnectionRow]:
    """Note that a stream became live or ceased to be."""
    return (ConnectionRow(entry.stream, entry.instrument, seq, entry.live, entry.ts, entry.why),)


FOLDS: dict[type[Entry], Fold] = {Connection: _changed}
"""What each kind of entry does to connections."""
