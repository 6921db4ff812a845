"""The core of a session made anew: after its configs were swapped, and after a calendar of news was read.

Everything it is made of stands in the journal: the configs in the entry that opened the session or in the
last that reloaded it, the calendars in the entries that refreshed them. So a replay and a restart make the
same cores at the same events, whatever stands in any file by then.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from tickwise.engine.opening import core_from
from tickwise.journal import entries as j
from tickwise.market_data.calendars.refresh import Refreshed, refreshed
from tickwise.session.calendars import UNKNOWN, News
from tickwise.session.live import LiveSession

Changing: TypeAlias = j.Reloaded | j.CalendarRefreshed
"""What may make another core of a session."""

OF_ALL = ""
"""The calendar of every bot that names no file of its own."""


class Remaking:
    """What a session's core is made of, followed entry by entry."""

    def __init__(self, opened: j.SessionOpened) -> None:
        """Begin with the session's first entry."""
        self.opened = opened
        """The session's first entry."""
        self.begin_again()

    def begin_again(self) -> None:
        """Forget everything but the first entry."""
        opened = self.opened
        self.made = opened
        """The first entry, as if the session were opened with what it is made of now."""
        self.known: dict[str, News] = {OF_ALL: UNKNOWN} if opened.news else {}
        """The calendars as they are known, by where they come from."""
        self._read: dict[str, Refreshed] = {}

    def __call__(self, entry: Changing) -> LiveSession | None:
        """Give the core a session goes on with after an entry; None where it is as before."""
        return self.core() if self.follow(entry) else None

    def follow(self, entry: Changing) -> bool:
        """Take an entry into account; tell whether the core is another one by it."""
        if isinstance(entry, j.Reloaded):
            self.made = _reloaded(self.made, entry)
            return True
        read = refreshed(
            entry.source, entry.raw.encode(), entry.fetched_ts, self._read.get(entry.source), entry.error
        )
        self._read[entry.source] = read
        if read.error:
            return False
        name = OF_ALL if entry.source == self.made.news else entry.source
        self.known[name] = News(read.events, entry.until)
        self.made = msgspec.structs.replace(
            self.made, calendar_since=entry.calendar_since, calendar_until=entry.calendar_until
        )
        return True

    def read(self, source: str) -> Refreshed | None:
        """Give the last reading of a calendar."""
        return self._read.get(source)

    def core(self) -> LiveSession:
        """Make the core. Raises DataError where this Tickwise would not decide as the session did."""
        return core_from(self.made, self.known)


def _reloaded(made: j.SessionOpened, entry: j.Reloaded) -> j.SessionOpened:
    return msgspec.structs.replace(
        made,
        configs=entry.configs,
        lanes=entry.lanes,
        code_digest=entry.code_digest,
        calendar_since=entry.calendar_since,
        calendar_until=entry.calendar_until,
    )
