"""Numbers as a report writes them: thousands apart, a sign where it says something, a dash for nothing."""

from __future__ import annotations

from math import isfinite

from tickwise.core.types import DAY, HOUR, MINUTE, SECOND
from tickwise.research.ledger import duration

NOTHING = "\u2013"
"""What stands where there is nothing to tell."""


def number(value: float | None, digits: int = 2) -> str:
    """Write a number; whole ones without decimals."""
    if value is None or not isfinite(value):
        return NOTHING
    return f"{value:,}" if isinstance(value, int) else f"{value:,.{digits}f}"


def signed(value: float | None, digits: int = 2) -> str:
    """Write a number with its sign; what rounds to zero has none."""
    if value is None or not isfinite(value):
        return NOTHING
    shown = f"{value:+,.{digits}f}"
    return shown if any(digit in shown for digit in "123456789") else shown[1:]


def counted(count: int, name: str) -> str:
    """Write how many there are of something: `1 trade`, `2 trades`."""
    return f"{count:,} {name}{'' if count == 1 else 's'}"


def percent(share: float | None, digits: int = 1) -> str:
    """Write a share of one as percent."""
    return NOTHING if share is None or not isfinite(share) else f"{100 * share:.{digits}f} %"


def seconds(value: float | None) -> str:
    """Write a span given in seconds."""
    return NOTHING if value is None or not isfinite(value) else duration(value * int(SECOND))


def span(seconds: int) -> str:
    """Write the length of a bar: `5 s`, `1 min`, `4 h`, `1 d`."""
    for unit, name in () if seconds == 0 else ((int(DAY), "d"), (int(HOUR), "h"), (int(MINUTE), "min")):
        each = unit // int(SECOND)
        if seconds % each == 0:
            return f"{seconds // each} {name}"
    return f"{seconds} s"
