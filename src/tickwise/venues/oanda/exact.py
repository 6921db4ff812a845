"""Decimal numbers of the wire as whole numbers and back, exactly.

A price, a quantity and an amount of money stand on the wire as decimal text. They become whole counts of a
step of `10 ** -decimals`: ticks, unit steps, millionths. No float is on the way, so nothing is lost.
"""

from __future__ import annotations

MONEY_DECIMALS = 6
"""Money is counted in millionths of the account's currency."""

DIGITS_MAX = 18
"""Digits before the point, and after it, that a number may have: an int64 has nineteen."""


class Malformed(ValueError):
    """Text or bytes that cannot be meant: what, and where it stood."""

    def __init__(self, what: str, where: str) -> None:
        super().__init__(f"{where}: {what}")
        self.what = what
        self.where = where


def shown(text: object) -> str:
    """Quote what was read, cut to a length that fits in a message."""
    quoted = repr(text)
    return quoted if len(quoted) <= 60 else f"{quoted[:56]} ...'"


def steps_of(text: str, decimals: int, where: str) -> int:
    """Read a decimal number as whole steps of `10 ** -decimals`; Malformed where it lies between two."""
    sign, whole, rest = _parts(text, where)
    if rest[decimals:].strip("0"):
        raise Malformed(f"{shown(text)} has more than {decimals} decimals", where)
    return sign * int(whole + rest[:decimals].ljust(decimals, "0"))


def nearest_steps(text: str, decimals: int, where: str) -> int:
    """Read a decimal number as the nearest whole step; halfway goes to the even one.

    For averages over several tiers of a book and for money, which the venue may give finer than we count.
    """
    sign, whole, rest = _parts(text, where)
    cut = rest[decimals:]
    steps = int(whole + rest[:decimals].ljust(decimals, "0"))
    half = "5".ljust(len(cut), "0")
    up = cut > half or (cut == half and steps % 2 == 1)
    return sign * (steps + (1 if cut and up else 0))


def money_of(text: str | None, where: str) -> int:
    """Read an amount in millionths; Malformed where it is absent."""
    return nearest_steps(text or "", MONEY_DECIMALS, where)


def cost_of(text: str | None, where: str) -> int:
    """Read an amount in millionths; an absent one is zero."""
    return nearest_steps(text, MONEY_DECIMALS, where) if text else 0


def written(steps: int, decimals: int) -> str:
    """Write whole steps as a decimal number with just so many decimals."""
    sign = "-" if steps < 0 else ""
    digits = str(abs(steps)).rjust(decimals + 1, "0")
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}" if decimals else f"{sign}{digits}"


def _parts(text: str, where: str) -> tuple[int, str, str]:
    """Split a number into its sign, the digits before the point and those after it."""
    unsigned = text.removeprefix("-")
    whole, point, rest = unsigned.partition(".")
    digits = whole + rest
    if not (whole and digits.isascii() and digits.isdigit() and (rest or not point)):
        raise Malformed(f"{shown(text)} is no decimal number", where)
    if len(whole) > DIGITS_MAX or len(rest) > DIGITS_MAX:
        raise Malformed(f"{shown(text)} is out of all bounds", where)
    return (-1 if text.startswith("-") else 1), whole, rest
