"""Moments that people type where something begins: a time, or a span before the end of what there is."""

from __future__ import annotations

import re

from tickwise.cli.times import seconds_of
from tickwise.research.moment import moment_of

_SPAN = re.compile(r"\d+(\.\d+)?\s*[a-z]+")


def since_of(text: str, end_ts: int) -> int:
    """Give nanoseconds UTC: `5m` is so long before `end_ts`, anything else a time. Raises ConfigError."""
    if _SPAN.fullmatch(text.strip().lower()):
        return end_ts - round(seconds_of(text) * 1_000_000_000)
    return moment_of(text)
