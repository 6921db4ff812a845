"""What OANDA writes, as far as we read it: one struct for each kind of object.

Fields we do not name are passed over, and a kind or a reason we do not know is data like any other: newer
servers send more. Numbers stay text here; `exact` and `times` read them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec

from tickwise.venues.oanda.exact import Malformed, shown

T = TypeVar("T")

_CAPITALS = {"id": "ID", "ids": "IDs", "pl": "PL", "vwap": "VWAP"}


def _wire_name(name: str) -> str:
    """Write a field's name as OANDA does: `last_transaction_id` is lastTransactionID."""
    first, *others = name.split("_")
    return first + "".join(_CAPITALS.get(part, part.capitalize()) for part in others)


class Wire(msgspec.Struct, rename=_wire_name, frozen=True):
    """An object on the wire."""


# Prices.


class Tier(Wire, frozen=True):
    """A price and the units offered at it; the best tier stands first."""

    price: str
    liquidity: int | float | str = 0


class PriceLine(Wire, frozen=True):
    """A line of the stream of prices: a price, or a heartbeat."""

    type: str = ""
    time: str | None = None
    instrument: str = ""
    tradeable: bool | None = None
    status: str = ""
    bids: tuple[Tier, ...] = ()
    asks: tuple[Tier, ...] = ()


# Transactions.


class Extensions(Wire, frozen=True):
    """What a client hangs on an order or a trade."""

    id: str | None = None
    tag: str | None = None
    comment: str | None = None


class TradePart(Wire, frozen=True):
    """A trade that a fill opened, reduced or closed."""

    trade_id: str
    units: str
    price: str | None = None
    realized_pl: str | None = None
    financing: str | None = None
    client_extensions: Extensions | None = None


class TradeClose(Wire, frozen=True):
    """The trade that an order to close is of; `units` is ALL or a number."""

    trade_id: str = ""
    units: str = ""


class Transaction(Wire, frozen=True):
    """Any transaction, and the heartbeat of their stream: every field that some kind of them has."""

    type: str
    id: str = ""
    time: str | None = None
    reason: str | None = None
    order_id: str | None = None
    client_order_id: str | None = None
    client_extensions: Extensions | None = None
    instrument: str | None = None
    units: str | None = None
    requested_units: str | None = None
    price: str | None = None
    distance: str | None = None
    full_vwap: str | None = msgspec.field(name="fullVWAP", default=None)
    pl: str | None = None
    financing: str | None = None
    commission: str | None = None
    guaranteed_execution_fee: str | None = None
    dividend_adjustment: str | None = None
    amount: str | None = None
    account_balance: str | None = None
    funding_reason: str | None = None
    trade_id: str | None = None
    trade_close: TradeClose | None = None
    trade_opened: TradePart | None = None
    trade_reduced: TradePart | None = None
    trades_closed: tuple[TradePart, ...] | None = None
    reject_reason: str | None = None
    replaced_by_order_id: str | None = None
    last_transaction_id: str | None = None


class TransactionsPage(Wire, frozen=True):
    """Transactions since a mark, and the account's last mark."""

    last_transaction_id: str
    transactions: tuple[Transaction, ...]


# Accounts and instruments.


class AccountName(Wire, frozen=True):
    """An account of a token."""

    id: str
    mt4_account_id: int | str | None = msgspec.field(name="mt4AccountID", default=None)


class AccountsReply(Wire, frozen=True):
    """The accounts of a token."""

    accounts: tuple[AccountName, ...]


class TradeOfAccount(Wire, frozen=True):
    """An open trade."""

    id: str
    instrument: str
    price: str
    current_units: str
    open_time: str | None = None
    client_extensions: Extensions | None = None


class OrderOfAccount(Wire, frozen=True):
    """An order that works."""

    id: str
    type: str
    instrument: str | None = None
    units: str | None = None
    trade_id: str | None = None
    price: str | None = None
    distance: str | None = None
    client_extensions: Extensions | None = None


class Account(Wire, frozen=True):
    """An account whole; without its trades or orders it is not, which is no empty list."""

    id: str
    currency: str
    balance: str
    margin_used: str
    margin_available: str
    hedging_enabled: bool
    trades: tuple[TradeOfAccount, ...]
    orders: tuple[OrderOfAccount, ...]


class AccountReply(Wire, frozen=True):
    """An account whole, as of its last transaction."""

    account: Account
    last_transaction_id: str


class InstrumentOfAccount(Wire, frozen=True):
    """What an account may trade, and in which steps."""

    name: str
    pip_location: int
    display_precision: int
    trade_units_precision: int
    minimum_trade_size: str
    maximum_order_units: str
    margin_rate: str


class InstrumentsReply(Wire, frozen=True):
    """The instruments of an account."""

    instruments: tuple[InstrumentOfAccount, ...]


# Bars.


class Prices(Wire, frozen=True):
    """One side of a bar."""

    o: str
    h: str
    l: str  # noqa: E741  the venue's own word
    c: str


class BarOfInstrument(Wire, frozen=True):
    """A bar; `time` is when it opens."""

    time: str
    complete: bool
    volume: int = 0
    bid: Prices | None = None
    ask: Prices | None = None


class BarsReply(Wire, frozen=True):
    """A page of bars."""

    instrument: str
    granularity: str
    bars: tuple[BarOfInstrument, ...] = msgspec.field(name="candles")


class Complaint(Wire, frozen=True):
    """What the venue says where it refuses; either part may be absent."""

    error_code: str | None = None
    error_message: str | None = None


def reader(kind: type[T], where: str) -> Callable[[bytes], T]:
    """Give the function that reads this kind of object out of bytes; it raises Malformed."""
    decoder = msgspec.json.Decoder(kind)

    def read(raw: bytes) -> T:
        try:
            return decoder.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Malformed(f"{shown(bytes(raw[:80]))} cannot be read: {error}", where) from None

    return read


price_line = reader(PriceLine, "stream of prices")
transaction_line = reader(Transaction, "stream of transactions")
transaction_body = reader(Transaction, "transaction")
transactions_page = reader(TransactionsPage, "transactions")
accounts_reply = reader(AccountsReply, "accounts")
account_reply = reader(AccountReply, "account")
instruments_reply = reader(InstrumentsReply, "instruments")
bars_reply = reader(BarsReply, "bars")
complaint = reader(Complaint, "refusal")
