"""Whether the engine still writes: with an account at a venue it does at least every 45 seconds."""

from __future__ import annotations

from sqlalchemy import Connection, select

from tickwise.journal.folds.sessions import SessionRow
from tickwise.journal.readings import session
from tickwise.journal.schema import TABLES, StoredEntry
from tickwise.notify.notice import SILENT, SPEAKS, Notice

SILENT_NS = 180_000_000_000
"""Silence that is told, nanoseconds: four times the engine's own longest pause between two entries."""

_ENTRIES = TABLES[StoredEntry]


class Watch:
    """Tells once that nothing is written, and once that it is again."""

    def __init__(self) -> None:
        """Begin with an engine that writes."""
        self._is_silent = False

    def look(self, connection: Connection, now: int) -> Notice | None:
        """Look at the newest entry of a session that is open, at a venue; nanoseconds UTC."""
        row = session(connection)
        since = connection.scalar(select(_ENTRIES.c.ts).order_by(_ENTRIES.c.seq.desc()).limit(1)) or 0
        was, self._is_silent = self._is_silent, _is_watched(row) and now - since >= SILENT_NS
        if self._is_silent and not was:
            says = f"{row.session if row else ''} has written nothing for {(now - since) // 1_000_000_000} s"
            return Notice(SILENT, f"{says}: the engine is gone, hangs, or cannot reach its venue", now)
        if was and not self._is_silent:
            return Notice(SPEAKS, "the journal goes on, or the session was ended in order", now)
        return None


def _is_watched(row: SessionRow | None) -> bool:
    """Tell whether a session writes whatever the market does; on paper nothing happens while it is shut."""
    return row is not None and not row.closed_ts and row.environment != "paper"
