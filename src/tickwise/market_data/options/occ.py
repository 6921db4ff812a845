"""Option symbols as the Options Clearing Corporation writes them: root, expiry, right and strike in one.

`SPY   260116C00690000` is root SPY padded to six places, 16 January 2026, a call, strike 690.000: 21 places,
as OPRA and Databento write it. Venues leave the padding out: `SPY260116C00690000`. The last fifteen places
are fixed, so a symbol is read from the right. Source: OCC, "Options Symbology Initiative", 2010.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Literal, NamedTuple

from tickwise.errors import DataError

Right = Literal["C", "P"]

ROOT_PLACES = 6
TAIL_PLACES = 15
STRIKE_MAX = 99_999_999
"""The highest strike in thousandths: eight digits."""

_ROOT = re.compile(r"(?P<flex>[0-9]?)(?P<letters>[A-Z]+)(?P<adjusted>[0-9]?)")
_TAIL = re.compile(r"[0-9]{6}[CP][0-9]{8}", re.ASCII)

EXAMPLE = "write it like SPY260116C00690000: root, yymmdd, C or P, strike in thousandths with eight digits"


class OccSymbol(NamedTuple):
    """An option symbol, taken apart."""

    root: str
    """One to six capitals; a digit at the end of an adjusted contract, one in front of a FLEX contract."""
    expiry: date
    right: Right
    strike_thousandths: int
    """The strike in thousandths of the currency: 690000 is 690."""

    @property
    def compact(self) -> str:
        """Write it without padding, as venues do."""
        return f"{self.root}{self._tail}"

    @property
    def padded(self) -> str:
        """Write it in 21 places, as OPRA does."""
        return f"{self.root:<{ROOT_PLACES}}{self._tail}"

    @property
    def letters(self) -> str:
        """The root without the digits of an adjustment or of a FLEX contract."""
        found = _ROOT.fullmatch(self.root)
        assert found, self.root
        return found["letters"]

    @property
    def is_standard(self) -> bool:
        """Whether the root bears no digit: a digit means an adjusted deliverable or flexible terms."""
        return self.letters == self.root

    @property
    def _tail(self) -> str:
        return f"{self.expiry:%y%m%d}{self.right}{self.strike_thousandths:08d}"


def occ_symbol(root: str, expiry: date, right: str, strike_thousandths: int) -> OccSymbol:
    """Put a symbol together. Raises DataError where its parts cannot be written as one."""
    if len(root) > ROOT_PLACES or not _ROOT.fullmatch(root):
        raise DataError(
            f"option root {root!r}: one to six capitals, with at most a digit before or after them"
        )
    if not 2000 <= expiry.year <= 2099:
        raise DataError(f"option expiry {expiry}: a symbol can say the years 2000 to 2099")
    if right not in ("C", "P"):
        raise DataError(f"option right {right!r}: C is a call, P is a put")
    if not 0 < strike_thousandths <= STRIKE_MAX:
        raise DataError(f"option strike of {strike_thousandths} thousandths: 0.001 to 99999.999 is possible")
    return OccSymbol(root, expiry, "C" if right == "C" else "P", strike_thousandths)


def parse_occ(text: str) -> OccSymbol:
    """Read a symbol, padded or not. Raises DataError that says which part is wrong."""
    root, tail = text[:-TAIL_PLACES].rstrip(" "), text[-TAIL_PLACES:]
    if len(text) > ROOT_PLACES + TAIL_PLACES or text != text.upper() or not _TAIL.fullmatch(tail):
        raise DataError(f"option symbol {text!r}: {_why_not(text)}")
    year, month, day = 2000 + int(tail[:2]), int(tail[2:4]), int(tail[4:6])
    try:
        expiry = date(year, month, day)
    except ValueError:
        raise DataError(f"option symbol {text!r}: {tail[:6]} is no day of the calendar (yymmdd)") from None
    try:
        return occ_symbol(root, expiry, tail[6], int(tail[7:]))
    except DataError as error:
        raise DataError(f"option symbol {text!r}: {error}") from None


def _why_not(text: str) -> str:
    if len(text) > ROOT_PLACES + TAIL_PLACES:
        return f"{len(text)} places, and a symbol has 21 at most; {EXAMPLE}"
    if text != text.upper():
        return f"symbols are in capitals: {text.upper()}"
    return EXAMPLE
