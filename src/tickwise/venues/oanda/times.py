"""Times of the wire, RFC 3339 with nine decimals, as nanoseconds UTC and back."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from tickwise.venues.oanda.exact import Malformed, shown, steps_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z", re.ASCII)
NS = 1_000_000_000
TS_MAX = 2**63 - 1


def ts_of(text: str | None, where: str) -> int:
    """Read a time as nanoseconds since 1970 UTC; an absent one, or "0", is 0.

    Takes `2026-01-05T14:30:00.123456789Z`, and the venue's other format, "1767623400.123456789".
    """
    if not text or text == "0":
        return 0
    if "T" not in text:
        return _bounded(steps_of(text, 9, where), text, where)
    match = _RFC3339.fullmatch(text)
    if not match:
        raise Malformed(f"{shown(text)} is no time in UTC", where)
    fraction = (match[2] or "").ljust(9, "0")
    return _bounded(_seconds(match[1], where) * NS + int(fraction), text, where)


@lru_cache(maxsize=64)
def _seconds(text: str, where: str) -> int:
    """Give the seconds since 1970 of a time without fraction; many quotes share a second."""
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise Malformed(f"{shown(text)} is no time", where) from None
    return (moment - _EPOCH) // _SECOND


def _bounded(ts: int, text: str, where: str) -> int:
    """Give a time back where it is after 1970 and fits in an int64."""
    if not 0 < ts <= TS_MAX:
        raise Malformed(f"{shown(text)} is out of all bounds", where)
    return ts


def written_ts(ts: int) -> str:
    """Write nanoseconds UTC as RFC 3339 with nine decimals."""
    moment = _EPOCH + timedelta(seconds=ts // NS)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{ts % NS:09d}Z"
