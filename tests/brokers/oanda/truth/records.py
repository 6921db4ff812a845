"""What an account holds: orders, trades, what each instrument earned. Records are replaced, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from brokers.oanda.text import ZERO, Instant

ENTRY_TYPES = ("MARKET", "LIMIT", "STOP", "MARKET_IF_TOUCHED")
EXIT_TYPES = ("TAKE_PROFIT", "STOP_LOSS", "TRAILING_STOP_LOSS")
"""Orders that hang on a trade and close it."""


@dataclass(frozen=True, slots=True)
class Extensions:
    """What a client wrote on an order or a trade."""

    id: str | None = None
    tag: str | None = None
    comment: str | None = None

    def __bool__(self) -> bool:
        return any(part is not None for part in (self.id, self.tag, self.comment))

    def to_wire(self) -> dict[str, str] | None:
        named = (("id", self.id), ("tag", self.tag), ("comment", self.comment))
        return {name: value for name, value in named if value is not None} or None

    def changed(self, by: Extensions) -> Extensions:
        """Give these with what the other names put in their place."""
        return Extensions(
            self.id if by.id is None else by.id,
            self.tag if by.tag is None else by.tag,
            self.comment if by.comment is None else by.comment,
        )


NO_EXTENSIONS = Extensions()


@dataclass(frozen=True, slots=True)
class ExitTerms:
    """The terms of an exit as a client asks for it: on fill, on a trade, or alone. Prices as text allows."""

    price: Decimal | None = None
    distance: Decimal | None = None
    tif: str = "GTC"
    gtd: int | None = None
    trigger: str = "DEFAULT"
    guaranteed: bool = False
    extensions: Extensions = NO_EXTENSIONS

    def to_wire(self, kind: str) -> dict[str, Any]:
        """Write the terms as an `...OnFill` block."""
        block: dict[str, Any] = {
            "price": None if self.price is None else format(self.price, "f"),
            "distance": None if self.distance is None else format(self.distance, "f"),
            "timeInForce": self.tif,
            "gtdTime": None if self.gtd is None else Instant(self.gtd),
            "triggerCondition": None if self.trigger == "DEFAULT" else self.trigger,
            "guaranteed": True if self.guaranteed and kind == "STOP_LOSS" else None,
            "clientExtensions": self.extensions.to_wire(),
        }
        return {name: value for name, value in block.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Request:
    """An order as a client asks for it, read but not yet judged."""

    type: str
    instrument: str | None = None
    units: Decimal | None = None
    price: Decimal | None = None
    price_bound: Decimal | None = None
    distance: Decimal | None = None
    tif: str | None = None
    gtd: int | None = None
    position_fill: str = "DEFAULT"
    trigger: str = "DEFAULT"
    guaranteed: bool = False
    extensions: Extensions = NO_EXTENSIONS
    trade_extensions: Extensions = NO_EXTENSIONS
    take_profit: ExitTerms | None = None
    stop_loss: ExitTerms | None = None
    trailing_stop: ExitTerms | None = None
    wants_guaranteed_stop: bool = False
    trade_id: str | None = None
    client_trade_id: str | None = None
    echo: dict[str, Any] | None = None
    """The fields as they came, for the transaction that rejects them."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order of the account. Units are signed steps, prices and distances points.

    Those of an exit are what closed its trade when it was made; what it would close now, its trade knows.
    """

    id: int
    type: str
    created: int
    instrument: str
    units: int = 0
    price: int | None = None
    price_bound: int | None = None
    distance: int | None = None
    tif: str = "GTC"
    gtd: int | None = None
    position_fill: str = "DEFAULT"
    trigger: str = "DEFAULT"
    guaranteed: bool = False
    extensions: Extensions = NO_EXTENSIONS
    trade_extensions: Extensions = NO_EXTENSIONS
    take_profit: ExitTerms | None = None
    stop_loss: ExitTerms | None = None
    trailing_stop: ExitTerms | None = None
    trade_id: int | None = None
    client_trade_id: str | None = None
    closes: tuple[str, dict[str, Any]] | None = None
    """What a market order of a close is for: the key on the wire and what stands under it."""
    state: str = "PENDING"
    filled_by: int | None = None
    filled_at: int | None = None
    opened: int | None = None
    reduced: int | None = None
    closed: tuple[int, ...] = ()
    cancelled_by: int | None = None
    cancelled_at: int | None = None
    replaces: int | None = None
    replaced_by: int | None = None
    trailing_value: int | None = None
    initial_price: int | None = None
    """The price a market-if-touched order waits from."""

    @property
    def done_by(self) -> int:
        """Give the last transaction that changed a finished order."""
        return max(self.filled_by or 0, self.cancelled_by or 0)

    @property
    def is_exit(self) -> bool:
        return self.type in EXIT_TYPES


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade: opened once, closed in one or several pieces."""

    id: int
    instrument: str
    price: int
    opened: int
    initial_units: int
    units: int
    initial_margin: Decimal
    extensions: Extensions = NO_EXTENSIONS
    realized: Decimal = ZERO
    financing: Decimal = ZERO
    closed_value: int = 0
    """Sum of steps closed times the price in points, for the average price of closing."""
    closed_by: tuple[int, ...] = ()
    closed_at: int | None = None
    take_profit: int | None = None
    stop_loss: int | None = None
    trailing_stop: int | None = None

    @property
    def side(self) -> int:
        return 1 if self.initial_units > 0 else -1

    @property
    def is_open(self) -> bool:
        return self.units != 0

    def exits(self) -> tuple[int, ...]:
        """Give the ids of the orders that hang on it."""
        return tuple(
            each for each in (self.take_profit, self.stop_loss, self.trailing_stop) if each is not None
        )


EXIT_FIELDS = {
    "TAKE_PROFIT": "take_profit",
    "STOP_LOSS": "stop_loss",
    "TRAILING_STOP_LOSS": "trailing_stop",
}
"""The field of a trade in which an exit's id stands."""


@dataclass(frozen=True, slots=True)
class Earned:
    """What one side of an instrument brought since the account was opened."""

    pl: Decimal = ZERO
    resettable_pl: Decimal = ZERO
    financing: Decimal = ZERO
