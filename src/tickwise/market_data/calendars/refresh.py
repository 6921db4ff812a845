"""A calendar of scheduled news that is read again and again: what is known after each reading.

The last good reading stands while its source is down or gives nonsense, and for a day at most: after that
nothing is known, and what is not known is blocked. An item that moved between two readings of one week is
kept at both times, for the source contradicted itself and either may be true.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from tickwise.errors import ConfigError
from tickwise.market_data.calendars.news import NewsItem, known_span
from tickwise.market_data.calendars.news_files import parse_news

BYTES_MAX = 5_000_000
"""A week of news is a tenth of a megabyte; what is larger is something else."""

ERROR_LENGTH_MAX = 300


class Refreshed(NamedTuple):
    """What one reading gave, and what is known after it."""

    source: str
    raw: str
    """The text as it came; "" where none came or it was no text."""
    events: tuple[NewsItem, ...]
    """What is known, in time order: of this reading, or of the last good one where this has an error."""
    fetched_ts: int
    """When it was read, nanoseconds UTC."""
    error: str = ""
    """Why it is not a good reading, one line; "" where it is."""
    good_ts: int = 0
    """When the last good reading was made, nanoseconds UTC; 0 where there was none."""

    @property
    def digest(self) -> str:
        """SHA-256 of the text, as hex."""
        return hashlib.sha256(self.raw.encode()).hexdigest()

    def known_at(self, ts: int, stale_ns: int) -> tuple[NewsItem, ...]:
        """Give what is still known at a time: nothing once the last good reading is older than `stale_ns`.

        A calendar of no items blocks every moment: the gate `calendar_stale` fails closed.
        """
        return self.events if self.good_ts and ts - self.good_ts < stale_ns else ()


def refreshed(
    source: str, content: bytes, fetched_ts: int, was: Refreshed | None = None, error: str = ""
) -> Refreshed:
    """Give what is known after a reading: of its bytes, or of why there are none.

    It depends on nothing else, so that a replay of the readings gives what was known at each time.
    """
    kept = was.events if was else ()
    good_ts = was.good_ts if was else 0
    if not error and len(content) > BYTES_MAX:
        error, content = f"{source}: longer than {BYTES_MAX:_} bytes", b""
    try:
        raw = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raw, error = "", error or f"{source}: byte {wrong.start} is not UTF-8"
    if not error:
        try:
            items = parse_news(source, raw)
            if items:
                return Refreshed(source, raw, _with_moved(items, kept), fetched_ts, "", fetched_ts)
            error = f"{source}: no item stands in it"
        except ConfigError as wrong:
            error = str(wrong)
    return Refreshed(source, raw, kept, fetched_ts, " ".join(error.split())[:ERROR_LENGTH_MAX], good_ts)


def _with_moved(items: tuple[NewsItem, ...], kept: tuple[NewsItem, ...]) -> tuple[NewsItem, ...]:
    """Add the items of earlier readings that fall in the weeks this one knows, and no others.

    An item beyond them would make the calendar look as if it knew more than was read.
    """
    since, until = known_span(items)
    return tuple(sorted({*items, *(each for each in kept if since <= each.ts < until)}))
