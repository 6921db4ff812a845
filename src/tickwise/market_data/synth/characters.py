"""How each synthetic instrument behaves: price, tick, daily movement, spread, pace of its quotes.

Figures are round numbers of the order seen in 2024; spreads of a retail venue are those of OANDA's tapes,
those of an ECN of Dukascopy's (median 3 ticks of EUR/USD on 2019-02-04, 12 at OANDA in May 2014).
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from tickwise.errors import ConfigError
from tickwise.market_data.calendars.names import unknown_name


class Character(NamedTuple):
    """What one instrument is like."""

    symbol: str
    """As the house writes it: EUR_USD. The parts name the currencies whose news moves it."""
    tick: str
    """The smallest price increment, as text, in the quote currency."""
    market: str
    """The kind of market whose hours it keeps: fx, metals, crypto."""
    price: float
    """Where the first hour begins, and what the price slowly returns to; quote currency."""
    day_fraction: float
    """Standard deviation of a day's move, as a fraction of the price."""
    dollar_share: float
    """Correlation with the dollar's weakness, -1 to 1: this much of each move is common to all."""
    spread_ticks: float
    """Mean spread while London deals."""
    spread_unevenness: float
    """Standard deviation of the spread from one dealer's quote to the next, as a fraction of it."""
    quotes_per_s: float
    """Pace of quotes when London and New York deal, a second."""


_ECN_UNEVENNESS, _RETAIL_UNEVENNESS = 0.55, 0.2


def _row(
    symbol: str,
    tick: str,
    market: str,
    price: float,
    day_fraction: float,
    dollar_share: float,
    spreads_ticks: tuple[float, float],
    quotes_per_s: float,
) -> dict[str, Character]:
    """Write one row of the table: an instrument in each profile; spreads of an ECN, then a retail venue."""
    shared = (symbol, tick, market, price, day_fraction, dollar_share)
    ecn, retail = spreads_ticks
    return {
        "ecn": Character(*shared, ecn, _ECN_UNEVENNESS, quotes_per_s),
        "retail": Character(*shared, retail, _RETAIL_UNEVENNESS, quotes_per_s),
    }


_ROWS = (
    _row("EUR_USD", "0.00001", "fx", 1.10, 0.0045, 0.75, (2.2, 12.0), 3.2),
    _row("GBP_USD", "0.00001", "fx", 1.27, 0.0055, 0.70, (4.0, 16.0), 3.0),
    _row("USD_JPY", "0.001", "fx", 150.0, 0.0055, -0.60, (2.5, 13.0), 3.0),
    _row("XAU_USD", "0.001", "metals", 2_000.0, 0.0095, 0.40, (120.0, 290.0), 3.6),
    _row("BTC_USD", "0.01", "crypto", 60_000.0, 0.025, 0.15, (150.0, 2_000.0), 3.6),
)

PROFILES: Mapping[str, Mapping[str, Character]] = MappingProxyType(
    {name: MappingProxyType({row[name].symbol: row[name] for row in _ROWS}) for name in ("ecn", "retail")}
)
"""The instruments of each profile: an ECN's tight and uneven spreads, a retail venue's wide and even ones."""


def characters_of(instruments: Iterable[str | Character], profile: str = "ecn") -> tuple[Character, ...]:
    """Look up instruments by symbol; a Character of the caller's own stands for itself.

    Raises ConfigError for a profile or symbol that is not known, naming the nearest one, and where there are
    none or one stands twice.
    """
    if profile not in PROFILES:
        raise unknown_name("profile of the synthetic market", profile, PROFILES)
    known = PROFILES[profile]
    found = []
    for instrument in instruments:
        if isinstance(instrument, str) and instrument not in known:
            raise unknown_name("instrument of the synthetic market", instrument, known)
        found.append(known[instrument] if isinstance(instrument, str) else instrument)
    if not found:
        raise ConfigError(f"a synthetic market of no instruments: choose from {', '.join(known)}")
    if len({each.symbol for each in found}) < len(found):
        raise ConfigError(f"an instrument stands twice in {', '.join(each.symbol for each in found)}")
    return tuple(found)
