"""The market as the broker sees it: the last quote of each instrument, its depth, and conversions."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from brokers.oanda.instruments import Instrument
from brokers.oanda.text import FACTOR

DEPTH = 1_000_000
"""Units that stand at a price unless the feed says otherwise."""


class Tier(NamedTuple):
    """A price and the units available at it or better, counted from the best."""

    price: int
    units: int


@dataclass(frozen=True, slots=True)
class Quote:
    """One instrument's prices at a time, in points. A side without tiers has nobody to trade with."""

    instrument: Instrument
    ts: int
    bids: tuple[Tier, ...]
    asks: tuple[Tier, ...]
    bid: int
    """The best bid, or the last one known where the side is empty."""
    ask: int
    tradeable: bool = True
    bid_halted: bool = False
    ask_halted: bool = False
    bid_reduces_only: bool = False
    ask_reduces_only: bool = False

    def side(self, direction: int) -> int:
        """Give the price a buyer (above zero) or a seller meets."""
        return self.ask if direction > 0 else self.bid

    @property
    def closeout_bid(self) -> int:
        return self.bids[-1].price if self.bids else self.bid

    @property
    def closeout_ask(self) -> int:
        return self.asks[-1].price if self.asks else self.ask


class Walked(NamedTuple):
    """What an order of some size finds: how many steps, at which average, or why none."""

    steps: int
    price: int
    """Rounded to the point against the client."""
    vwap: Decimal
    """The exact average, in price units."""
    short_of: str
    """Why not all of it: empty, `INSUFFICIENT_LIQUIDITY` or `BOUNDS_VIOLATION`."""


def walk(quote: Quote, units: int, bound: int | None = None, *, deep: bool = False) -> Walked:
    """Take liquidity from the best price on, for signed steps, up to a bound.

    `deep` says that the last tier within the bound has no end: exits of trades always find somebody.
    """
    direction = 1 if units > 0 else -1
    scale = 10**quote.instrument.units_precision
    wanted, taken, value = abs(units), 0, 0
    within = [
        tier
        for tier in (quote.asks if direction > 0 else quote.bids)
        if bound is None or direction * tier.price <= direction * bound
    ]
    for place, tier in enumerate(within):
        room = wanted if deep and place == len(within) - 1 else tier.units * scale
        part = max(0, min(wanted, room) - taken)
        taken += part
        value += part * tier.price
    bounded = len(within) < len(quote.asks if direction > 0 else quote.bids)
    short_of = "" if taken == wanted else "BOUNDS_VIOLATION" if bounded else "INSUFFICIENT_LIQUIDITY"
    if not taken:
        return Walked(0, 0, Decimal(0), short_of)
    price = -(-value // taken) if direction > 0 else value // taken
    vwap = (Decimal(value) / taken).scaleb(-quote.instrument.display_precision)
    return Walked(taken, price, vwap, short_of)


class NoConversion(LookupError):
    """A currency cannot be turned into the account's: no quote of a pair that joins them has come."""


class Prices:
    """The last quote of every instrument."""

    def __init__(self) -> None:
        self.quotes: dict[str, Quote] = {}

    def factor(self, currency: str, home: str, *, gain: bool) -> Decimal:
        """Give the factor that turns an amount into the account's currency.

        A gain is sold at the worse price, a loss bought at the worse price. Without a pair of the two
        currencies the way goes over USD. Raises NoConversion.
        """
        if currency == home:
            return Decimal(1)
        direct = self._pair(currency, home, gain=gain)
        if direct is None and "USD" not in (currency, home):
            first, second = self._pair(currency, "USD", gain=gain), self._pair("USD", home, gain=gain)
            direct = None if first is None or second is None else first * second
        if direct is None:
            raise NoConversion(f"no quote turns {currency} into {home}")
        return direct.quantize(FACTOR, ROUND_HALF_EVEN)

    def middle(self, currency: str, home: str) -> Decimal:
        """Give the factor between that of a gain and that of a loss."""
        gain, loss = (self.factor(currency, home, gain=each) for each in (True, False))
        return ((gain + loss) / 2).quantize(FACTOR, ROUND_HALF_EVEN)

    def rough(self, currency: str, home: str) -> float:
        """Give about the same in quick arithmetic, for what is looked at on every price."""
        if currency == home:
            return 1.0
        if quote := self.quotes.get(f"{currency}_{home}"):
            return quote.bid * 10.0**-quote.instrument.display_precision
        if quote := self.quotes.get(f"{home}_{currency}"):
            return 10.0**quote.instrument.display_precision / quote.ask
        return self.rough(currency, "USD") * self.rough("USD", home)

    def _pair(self, currency: str, home: str, *, gain: bool) -> Decimal | None:
        if quote := self.quotes.get(f"{currency}_{home}"):
            points = quote.bid if gain else quote.ask
            return Decimal(points).scaleb(-quote.instrument.display_precision)
        if quote := self.quotes.get(f"{home}_{currency}"):
            points = quote.ask if gain else quote.bid
            return 1 / Decimal(points).scaleb(-quote.instrument.display_precision)
        return None
