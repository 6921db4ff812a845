"""Numbers and times as they stand on the wire, and back.

Prices are whole points (the last digit an instrument shows), units whole steps (the smallest part of a
unit it trades), money decimals of four places, times nanoseconds UTC. On the wire all of these are text.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from functools import lru_cache

SECOND = 1_000_000_000
"""Nanoseconds."""

CENT = Decimal("0.0001")
"""What money is rounded to, whatever the account's currency."""

FACTOR = Decimal("0.0000000001")
"""What a conversion factor is rounded to, so that a client can compute with what it was told."""

ZERO = Decimal("0.0000")


class Instant:
    """A time on its way to the wire: which of the two forms it takes is the reader's to say."""

    __slots__ = ("ns",)

    def __init__(self, ns: int) -> None:
        self.ns = ns

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Instant) and other.ns == self.ns

    def __hash__(self) -> int:
        return hash(self.ns)

    def __repr__(self) -> str:
        return f"Instant({rfc3339(self.ns)})"


@lru_cache(maxsize=4096)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def rfc3339(ns: int) -> str:
    """Write a time as `2026-01-05T14:30:00.123456789Z`."""
    seconds, rest = divmod(ns, SECOND)
    return f"{_second(seconds)}.{rest:09d}Z"


def unix(ns: int) -> str:
    """Write a time as `1767623400.123456789`."""
    seconds, rest = divmod(ns, SECOND)
    return f"{seconds}.{rest:09d}"


RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?(Z|z|[+-]\d\d:?\d\d)?"
)
UNIX = re.compile(r"(\d{1,11})(?:\.(\d{1,9})\d*)?")


def parse_time(text: str) -> int:
    """Read either form; a time without a zone is UTC. Raise ValueError for anything else."""
    if found := UNIX.fullmatch(text):
        return int(found[1]) * SECOND + int((found[2] or "").ljust(9, "0"))
    found = RFC3339.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no time")
    zone = UTC
    if found[8] and found[8] not in "Zz":
        sign = -1 if found[8][0] == "-" else 1
        zone = timezone(sign * timedelta(hours=int(found[8][1:3]), minutes=int(found[8][-2:])))
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    at = datetime(year, month, day, hour, minute, second, tzinfo=zone)
    return int(at.timestamp()) * SECOND + int((found[7] or "").ljust(9, "0"))


@lru_cache(maxsize=65536)
def fixed(whole: int, places: int) -> str:
    """Write `whole` x 10^-places without an exponent, all places shown."""
    if places <= 0:
        return str(whole * 10**-places)
    sign = "-" if whole < 0 else ""
    front, back = divmod(abs(whole), 10**places)
    return f"{sign}{front}.{back:0{places}d}"


def trimmed(text: str) -> str:
    """Leave out trailing zeros, as the server sometimes does: `1.20180` becomes `1.2018`."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def whole(amount: Decimal, places: int) -> int:
    """Give an amount in units of 10^-places; raise ValueError where it has more decimals."""
    scaled = amount.scaleb(places)
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} has more than {places} decimals")
    return int(scaled)


def decimal(text: object) -> Decimal:
    """Read a number from the wire; raise ValueError for anything that is no finite number."""
    if isinstance(text, bool) or not isinstance(text, str | int | Decimal):
        raise ValueError(f"{text!r} is no number")
    try:
        read = Decimal(text.strip() if isinstance(text, str) else text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is no number") from None
    if not read.is_finite() or abs(read) >= Decimal("1e15"):
        raise ValueError(f"{text!r} is out of bounds")
    return read


def money(amount: Decimal) -> Decimal:
    """Round an amount of the account's currency to four places, half to even."""
    return amount.quantize(CENT, ROUND_HALF_EVEN)
