"""What is traded: its tick, pip and unit step, its currencies, hours and margin.

Increments are the customary ones: OANDA's `displayPrecision` and `pipLocation` for currencies, metals and
indices, cents for coins and shares. Margin rates are what a retail client is asked for: ESMA's decision
2018/796 (one part in 30 of major pairs, in 20 of other pairs, gold and indices, in 10 of other metals, in
2 of coins), Regulation T (one half) for shares. A venue may ask for more; a config can say so.

Decimal numbers stand as text, so that nothing is lost before it is turned into whole ticks and steps.
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from tickwise.errors import ConfigError

ASSET_CLASSES = ("fx", "metal", "crypto", "equity", "index", "option")
"""The kinds of instrument; presets are made for one of them."""

MARKETS = ("fx", "metals", "crypto", "us_equity")
"""The kinds of opening hours; the calendars know the rules of each."""

CURRENCIES = frozenset(
    {"AUD", "BRL", "CAD", "CHF", "CNH", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS", "INR", "JPY"}
    | {"KRW", "MXN", "NOK", "NZD", "PLN", "RUB", "SAR", "SEK", "SGD", "THB", "TRY", "TWD", "USD", "ZAR"}
)
MAJORS = frozenset({"CAD", "CHF", "EUR", "GBP", "JPY", "USD"})
"""Currencies whose pairs with each other ESMA calls major."""

METALS = frozenset({"XAG", "XAU", "XPD", "XPT"})
COINS = frozenset({"BTC", "ETH"})
STABLE_COINS = frozenset({"BUSD", "USDC", "USDT"})
QUOTED_IN_HUNDREDTHS = frozenset({"HUF", "JPY", "THB"})
"""Currencies of which one unit is worth about a cent: their pairs have a pip of 0.01."""


class Instrument(NamedTuple):
    """One instrument, described. Units in the core are whole numbers of `unit_step`."""

    symbol: str
    """As the house writes it: EUR_USD."""
    tick: str
    """The smallest price increment, in the quote currency."""
    pip_ticks: int
    """Ticks in a pip."""
    unit_step: str
    """The smallest change of a quantity: 1 euro, 0.001 bitcoin."""
    units_min: str
    """The smallest order."""
    units_default: str
    """The quantity of a bot that names none: a tenth of a lot of a pair, a hundredth of one of a metal."""
    multiplier: int
    """What one unit is worth at a price of 1: 100 shares for an option, else 1."""
    base: str
    quote: str
    asset_class: str
    """One of ASSET_CLASSES."""
    market: str
    """One of MARKETS: whose opening hours it keeps."""
    margin_rate: float
    """Margin as a fraction of the position's value."""

    @property
    def price_decimals(self) -> int:
        """Decimals with which a price is shown."""
        return max(0, -int(Decimal(self.tick).as_tuple().exponent))

    @property
    def pip(self) -> Decimal:
        """The pip as a price."""
        return Decimal(self.tick) * self.pip_ticks

    def tick_money(self) -> float:
        """Millionths of the quote currency that one tick of one unit step is worth; rounded at most once."""
        return float(Decimal(self.tick) * Decimal(self.unit_step) * self.multiplier * 1_000_000)


def at_tick(instrument: Instrument, tick: str) -> Instrument:
    """Describe the same instrument with prices counted in another tick, as a tape may count them.

    Raises ConfigError where the pip is not a whole number of such ticks.
    """
    ticks = instrument.pip / Decimal(tick)
    if ticks != int(ticks):
        raise ConfigError(
            f"{instrument.symbol}: its pip {instrument.pip.normalize():f} is not a whole number of ticks of "
            f"{tick}: correct the tick, or say pip and tick under [instrument.{instrument.symbol}]"
        )
    return instrument._replace(tick=tick, pip_ticks=int(ticks))


def instrument_named(symbol: str) -> Instrument | None:
    """Find an instrument by its name, also written EURUSD, EUR/USD or eur-usd; None where it is not known.

    Any two currencies make a pair and any metal is known in any currency, listed or not.
    """
    name = _written(symbol)
    if name in CATALOGUE:
        return CATALOGUE[name]
    base, _, quote = name.partition("_")
    if base in COINS and quote in CURRENCIES | STABLE_COINS:
        return _coin(name)
    if base == quote or quote not in CURRENCIES:
        return None
    if base in CURRENCIES:
        return _pair(name)
    return _metal(name) if base in METALS else None


def _written(symbol: str) -> str:
    """Write a name as the house does: capitals, and a line between the two parts of a pair."""
    name = symbol.upper().replace("/", "_").replace("-", "_")
    if "_" in name or name in CATALOGUE:
        return name
    halves = [f"{name[:at]}_{name[at:]}" for at in range(3, len(name) - 2)]
    return next((half for half in halves if instrument_named(half)), name)


def _pair(symbol: str) -> Instrument:
    """Describe two currencies: five digits, or three where the quote currency is small; a lot is 100,000."""
    base, _, quote = symbol.partition("_")
    tick = "0.001" if quote in QUOTED_IN_HUNDREDTHS else "0.00001"
    margin_rate = 0.0333 if {base, quote} <= MAJORS else 0.05
    return Instrument(symbol, tick, 10, "1", "1", "10000", 1, base, quote, "fx", "fx", margin_rate)


def _metal(symbol: str) -> Instrument:
    """Describe a metal by the ounce; a lot is 5,000 ounces of silver and 100 of the others."""
    base, _, quote = symbol.partition("_")
    tick, hundredth_lot = ("0.00001", "50") if base == "XAG" else ("0.001", "1")
    margin_rate = 0.05 if base == "XAU" else 0.1
    return Instrument(
        symbol, tick, 10, "1", "1", hundredth_lot, 1, base, quote, "metal", "metals", margin_rate
    )


def _coin(symbol: str) -> Instrument:
    """Describe a coin in cents; its pip is one unit of the quote currency."""
    base, _, quote = symbol.partition("_")
    return Instrument(symbol, "0.01", 100, "0.001", "0.001", "0.01", 1, base, quote, "crypto", "crypto", 0.5)


def _index(symbol: str) -> Instrument:
    """Describe an index of United States shares; it keeps the hours of its future, those of metals."""
    base, _, quote = symbol.partition("_")
    return Instrument(symbol, "0.1", 10, "0.1", "0.1", "1", 1, base, quote, "index", "metals", 0.05)


def _share(symbol: str) -> Instrument:
    """Describe a share of the United States; its pip is its tick, a cent."""
    return Instrument(symbol, "0.01", 1, "1", "1", "1", 1, symbol, "USD", "equity", "us_equity", 0.5)


CATALOGUE: Mapping[str, Instrument] = MappingProxyType(
    {
        made.symbol: made
        for made in (
            *map(_pair, ("EUR_USD", "GBP_USD", "USD_JPY", "USD_CHF", "AUD_USD", "NZD_USD", "USD_CAD")),
            *map(_pair, ("EUR_GBP", "EUR_JPY", "GBP_JPY", "EUR_CHF", "EUR_AUD", "AUD_JPY", "CHF_JPY")),
            *map(_metal, ("XAU_USD", "XAG_USD")),
            *map(_coin, ("BTC_USD", "ETH_USD", "BTC_USDT", "ETH_USDT", "BTC_USDC", "ETH_USDC")),
            *map(_index, ("SPX500_USD", "NAS100_USD", "US30_USD")),
            *map(_share, ("SPY", "QQQ", "AAPL", "AMZN", "GOOG", "GOOGL", "META", "MSFT", "NVDA", "TSLA")),
        )
    }
)
"""The usual instruments by symbol."""
