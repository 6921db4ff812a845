"""An option contract: what it is on, what it promises, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from tickwise.core.options.black import CALL, PUT
from tickwise.market_data.calendars.clock_changes import zone_named
from tickwise.market_data.calendars.local_time import NEW_YORK
from tickwise.market_data.options.occ import OccSymbol, parse_occ

YEAR_NS = 365 * 86_400 * 1_000_000_000
"""A year of option pricing: 365 days of calendar time, as the published greeks of chains count it too."""

MULTIPLIER = 100
"""Shares a standard contract delivers, or times the index it pays."""

UNDERLYING: Mapping[str, str] = MappingProxyType({"NDXP": "NDX", "RUTW": "RUT", "SPXW": "SPX", "VIXW": "VIX"})
"""What roots are on that are not named after it: the weekly and evening-settled ones of indices."""

SETTLED_AT_OPENING = frozenset({"NDX", "RUT", "SPX", "VIX"})
"""Roots settled by the opening prices of the day of expiry; every other root runs to the close."""

EUROPEAN = frozenset({"NDX", "RUT", "SPX", "VIX", "XSP"})
"""Underlyings whose options are exercised at expiry only; options on shares and funds at any time."""

OPENING, CLOSING = time(9, 30), time(16, 0)
SATURDAY = 5


class OptionContract(NamedTuple):
    """One listed option, described by its symbol."""

    symbol: OccSymbol
    underlying: str
    """The share, fund or index: SPX for the root SPXW."""
    right: int
    """+1 for a call, -1 for a put."""
    strike_thousandths: int
    expiry: date
    expires_ts: int
    """The last moment it is worth more than exercise, nanoseconds since 1970 UTC."""
    multiplier: int | None
    """Units of the underlying for one contract; None where an adjustment changed what is delivered: the
    symbol does not say to what, and such contracts are not traded here."""

    @property
    def strike(self) -> Decimal:
        """The strike in the currency, exactly."""
        return Decimal(self.strike_thousandths) / 1000

    @property
    def is_european(self) -> bool:
        """Whether it is exercised at expiry only; where not, a formula's price is the least it is worth."""
        return self.underlying in EUROPEAN

    def years_left(self, ts: int) -> float:
        """Give the time from `ts` (nanoseconds UTC) to expiry in years; 0 from then on."""
        return max(self.expires_ts - ts, 0) / YEAR_NS


def contract_of(symbol: OccSymbol | str) -> OptionContract:
    """Describe the contract of a symbol. Raises DataError where a text is none."""
    occ = parse_occ(symbol) if isinstance(symbol, str) else symbol
    return OptionContract(
        symbol=occ,
        underlying=UNDERLYING.get(occ.letters, occ.letters),
        right=CALL if occ.right == "C" else PUT,
        strike_thousandths=occ.strike_thousandths,
        expiry=occ.expiry,
        expires_ts=_expires_ts(occ),
        multiplier=MULTIPLIER if occ.is_standard else None,
    )


def new_york_ts(day: date, clock: time) -> int:
    """Give a time of day in New York as nanoseconds since 1970 UTC."""
    return round(datetime.combine(day, clock, zone_named(NEW_YORK)).timestamp()) * 1_000_000_000


def _expires_ts(occ: OccSymbol) -> int:
    """Say when it ends. Until February 2015 monthly contracts bore the Saturday after their last Friday."""
    day = occ.expiry - timedelta(days=1) if occ.expiry.weekday() == SATURDAY else occ.expiry
    return new_york_ts(day, OPENING if occ.root in SETTLED_AT_OPENING else CLOSING)
