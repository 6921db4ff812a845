"""Spans of time as people type them: 90s, 10m, 1.5h, 2d."""

from __future__ import annotations

import re

from tickwise.errors import ConfigError

_UNITS = {"ms": 0.001, "s": 1.0, "": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86_400.0}


def seconds_of(text: str) -> float:
    """Give the seconds of a span. Raises ConfigError for text that is none."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([a-z]*)", text.strip().lower())
    if found is None or found[2] not in _UNITS:
        raise ConfigError(f"{text!r} is no span of time: write it like 90s, 10m, 1.5h or 2d")
    return float(found[1]) * _UNITS[found[2]]
