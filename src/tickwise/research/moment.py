"""Moments as people write them, turned into nanoseconds UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import numpy as np

from tickwise.errors import ConfigError

Moment = int | str | datetime | np.datetime64
"""Nanoseconds since 1970 UTC, ISO text, or a datetime; without a zone UTC is meant."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FRACTION = re.compile(r"(\d\d:?\d\d:?\d\d)[.,](\d{1,9})(?!\d)")
_NANOSECONDS = re.compile(r"\d{15,19}")
"""A number so long is nanoseconds; a shorter one is a date, such as 20190204."""


def moment_of(moment: Moment) -> int:
    """Give nanoseconds since 1970 UTC. Raises ConfigError for text that is no time."""
    if isinstance(moment, (int, np.integer)):
        return int(moment)
    if isinstance(moment, np.datetime64):
        return int(moment.astype("datetime64[ns]").astype(np.int64))
    if isinstance(moment, datetime):
        return _since_epoch(moment)
    return _read(moment.strip())


def _read(text: str) -> int:
    """Read ISO text with a fraction of up to nine digits, or nanoseconds."""
    if _NANOSECONDS.fullmatch(text):
        return int(text)
    found = _FRACTION.search(text)
    plain = text if found is None else text[: found.end(1)] + text[found.end() :]
    nanos = 0 if found is None else int(found[2].ljust(9, "0"))
    try:
        return _since_epoch(datetime.fromisoformat(plain)) + nanos
    except ValueError:
        raise ConfigError(
            f"{text!r} is no time: write it like 2019-02-04, 2019-02-04T13:30:00 (UTC is meant) "
            "or 2019-02-04T13:30:00.250-05:00"
        ) from None


def _since_epoch(moment: datetime) -> int:
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (zoned - _EPOCH) // timedelta(microseconds=1) * 1_000
