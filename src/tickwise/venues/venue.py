"""What the engine asks of a venue, and the words a venue answers in.

A venue speaks in whole ticks, signed whole unit steps, millionths of the account's currency and nanoseconds
UTC; its own words die in its codec. Every change the venue knows of has a `mark`, a whole number that grows:
OANDA's transaction id. What was seen before is recognised by it, and what was missed is asked for by it.

An order is sent once. `send` gives what the venue answered, or `NoReply` where nobody knows: no reply, a
reply
that cannot be read, or one that says the venue failed. It never sends again by itself, and it raises nothing
but a broken law.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Literal, Protocol, TypeAlias

import msgspec


class InstrumentTerms(msgspec.Struct, frozen=True):
    """What the venue says of an instrument. Decimal numbers as text; units in unit steps."""

    symbol: str
    tick: str
    pip: str
    unit_step: str
    units_min: int
    units_max: int
    margin_rate: str
    stop_distance_min: int = 0
    """The nearest stop or target the venue takes, in ticks."""
    tradeable: bool = True


class Request(msgspec.Struct, frozen=True):
    """One order-changing request, ready for the wire: made by `encode_*`, parsed again at the last hop."""

    verb: Literal["enter", "leave", "set_stop", "cancel"]
    order: str
    """Our id of the order; of the position where a stop is set."""
    account: str
    method: str
    path: str
    body: bytes
    leaves_within_s: float = 0.0
    """Seconds within which its bytes leave, or do not leave at all; 0 is at any time."""


class EntryOrder(msgspec.Struct, frozen=True):
    """An entry as the core decided it. Prices in ticks; `stop` and `target` are distances from the fill."""

    order: str
    account: str
    instrument: str
    units: int
    stop: int
    target: int
    target_price: int
    """The target as a price, counted from the quote it was decided on; 0 is none."""
    bound: int
    """The worst price at which it may fill; 0 is no bound."""
    tag: str = ""
    """Shown at the venue beside the order: the bot's name."""


class ExitOrder(msgspec.Struct, frozen=True):
    """Leave a position: `units` unsigned, 0 is all of it. `venue_position` is the venue's id of it."""

    order: str
    account: str
    instrument: str
    venue_position: str
    units: int


class StopOrder(msgspec.Struct, frozen=True):
    """Set the stop and the target that rest at the venue, as prices in ticks; 0 leaves it as it is."""

    position: str
    account: str
    instrument: str
    venue_position: str
    stop: int
    target: int = 0


# What streams and replies bring.


class QuoteSeen(msgspec.Struct, frozen=True):
    """A price: `ts_event` is the venue's time. A side without a price is `market_data.chunks.MISSING`."""

    instrument: str
    ts_event: int
    bid: int
    ask: int
    bid_size: float = 0.0
    ask_size: float = 0.0
    tradeable: bool = True


class BarSeen(msgspec.Struct, frozen=True):
    """A bar of a venue's history: `ts` is when it opens, prices are ticks."""

    instrument: str
    ts: int
    bid_open: int
    bid_high: int
    bid_low: int
    bid_close: int
    ask_open: int
    ask_high: int
    ask_low: int
    ask_close: int
    volume: int
    is_complete: bool
    """False where the bar is still running."""


class Heartbeat(msgspec.Struct, frozen=True):
    """The stream lives; it says nothing of prices. `mark` is the venue's last, 0 where it does not say."""

    stream: str
    ts_event: int
    mark: int = 0


class LineSkipped(msgspec.Struct, frozen=True):
    """A line of a stream could not be read; `instrument` is "" where it does not say which.

    It is no sign of life of the stream: what it said is not known.
    """

    stream: str
    instrument: str
    says: str


class OrderAccepted(msgspec.Struct, frozen=True):
    """The venue has the order."""

    account: str
    mark: int
    ts_event: int
    order: str
    venue_order: str


class OrderFilled(msgspec.Struct, frozen=True):
    """An entry filled, whole or in part. `order` is our id, "" where the order is not ours."""

    account: str
    mark: int
    ts_event: int
    order: str
    venue_order: str
    instrument: str
    execution: str
    venue_position: str
    units: int
    price: int
    commission: int
    balance: int


class PositionReduced(msgspec.Struct, frozen=True):
    """A position was left in whole or in part, by whomever: `units` signed as the position was.

    `order` is our id of the exit where it is ours, `entry_order` our id of the entry it ends where known.
    """

    account: str
    mark: int
    ts_event: int
    order: str
    entry_order: str
    instrument: str
    execution: str
    venue_position: str
    units: int
    price: int
    left: int
    """Signed units that stay open; where not known, -(2**62)."""
    cause: Literal["target", "stop", "trailing", "own_order", "manual", "margin", "other"]
    gross: int
    commission: int
    financing: int
    balance: int


class OrderEnded(msgspec.Struct, frozen=True):
    """An order ended without a fill, or the rest of it did."""

    account: str
    mark: int
    ts_event: int
    order: str
    venue_order: str
    status: Literal["rejected", "cancelled", "expired"]
    reason: str
    """One of `REASONS`."""
    policy: Literal["retry_later", "resize", "give_up"]
    says: str
    """The venue's own word."""
    is_exit: bool = False


class ProtectionSet(msgspec.Struct, frozen=True):
    """The stop or target resting for a position changed: None is as before, 0 is none any more."""

    account: str
    mark: int
    ts_event: int
    venue_position: str
    stop: int | None = None
    target: int | None = None
    refused: str = ""


class MoneyMoved(msgspec.Struct, frozen=True):
    """The balance changed by something that is no trade: `amount` is below zero where it fell.

    A withdrawal is a deposit of less than nothing; `financing` is what positions cost or earn by being held;
    a correction is anything else.
    """

    account: str
    mark: int
    ts_event: int
    amount: int
    balance: int
    why: Literal["deposit", "financing", "correction"]
    says: str = ""
    """The venue's own word."""


class Noted(msgspec.Struct, frozen=True):
    """A change that moves nothing of ours; its mark counts all the same."""

    account: str
    mark: int
    ts_event: int
    says: str


Change: TypeAlias = (
    OrderAccepted | OrderFilled | PositionReduced | OrderEnded | ProtectionSet | MoneyMoved | Noted
)
"""What a venue tells of an account; each has a `mark`. One transaction may be several changes."""

REASONS = (
    "price_bound",
    "stop_reached",
    "stop_distance",
    "margin",
    "liquidity",
    "market_closed",
    "halted",
    "units",
    "price_format",
    "fifo",
    "limit_of_orders",
    "duplicate",
    "account_locked",
    "instrument",
    "gone",
    "time_in_force",
    "rate_limit",
    "not_authorised",
    "venue_error",
    "client_request",
    "other",
)
"""Why an order ended, in our words, whatever the venue."""


class NoReply(msgspec.Struct, frozen=True):
    """Nobody knows what became of a request: why not. Unknown is not no."""

    why: str


class Refusal(msgspec.Struct, frozen=True):
    """The venue refused a request with proof that nothing was done, and recorded no change."""

    reason: str
    policy: Literal["retry_later", "resize", "give_up"]
    says: str


Answer: TypeAlias = "tuple[Change, ...] | Refusal | NoReply"
"""What came of one request that was sent."""


class VenuePosition(msgspec.Struct, frozen=True):
    """A position the venue holds; `order` is our id of its entry, "" where it is foreign."""

    venue_position: str
    order: str
    instrument: str
    units: int
    price: int
    stop: int
    target: int
    opened_ts: int


class VenueOrder(msgspec.Struct, frozen=True):
    """An order that works at the venue and protects no position; `order` is our id or ""."""

    venue_order: str
    order: str
    instrument: str
    units: int


class AccountView(msgspec.Struct, frozen=True):
    """An account whole, as of `mark`."""

    account: str
    currency: str
    balance: int
    margin_used: int
    margin_available: int
    hedging: bool
    mark: int
    positions: tuple[VenuePosition, ...]
    orders: tuple[VenueOrder, ...]


class VenueError(Exception):
    """A read from the venue failed: it is not known, which is neither yes nor no."""


class WrongAccess(VenueError):
    """The venue refuses the token or the account: trying again does not help."""


class PriceSource(Protocol):
    """Where prices come from: quotes, their terms and their history, and nothing that could send an order."""

    name: str

    async def open(self, instruments: Sequence[str]) -> None:
        """Connect, and learn the terms of the instruments. Raises WrongAccess and VenueError."""
        ...

    async def close(self) -> None:
        """End every connection."""
        ...

    def terms(self, instrument: str) -> InstrumentTerms:
        """Give the terms of an instrument, as `open` learnt them."""
        ...

    def quotes(self, instruments: Sequence[str]) -> AsyncIterator[QuoteSeen | LineSkipped | Heartbeat]:
        """Stream prices and heartbeats until the stream breaks, which raises VenueError."""
        ...

    def bars(self, instrument: str, granularity: str, since: int, until: int) -> AsyncIterator[BarSeen]:
        """Read bars that open from `since` to before `until`, nanoseconds UTC, oldest first.

        `granularity` is S5 for five seconds, M1 for a minute. Intervals without a price have no bar.
        """
        ...


class Venue(PriceSource, Protocol):
    """A broker, or paper. Reads raise VenueError; `send` does not."""

    environment: Literal["paper", "practice", "live"]
    leaves_once: bool
    """Whether leaving a position a second time finds nothing to leave, and can turn nothing around."""

    async def account(self, account: str) -> AccountView:
        """Read an account whole: balance, positions and orders as of one mark."""
        ...

    async def changes_since(self, account: str, mark: int) -> tuple[tuple[Change, ...], int]:
        """Read every change after a mark, in order; give them and the venue's last mark."""
        ...

    def changes(self, account: str) -> AsyncIterator[Change | LineSkipped | Heartbeat]:
        """Stream the account's changes and heartbeats until the stream breaks, which raises VenueError."""
        ...

    def encode_entry(self, order: EntryOrder) -> Request:
        """Write an entry for the wire."""
        ...

    def encode_exit(self, order: ExitOrder) -> Request:
        """Write an order to leave for the wire."""
        ...

    def encode_stop(self, order: StopOrder) -> Request:
        """Write a change of stop or target for the wire."""
        ...

    def parse(self, request: Request) -> EntryOrder | ExitOrder | StopOrder:
        """Read a request back, by other code than wrote it: what the last hop holds against the intent.

        `stop` of an entry comes back as the distance that stands on the wire.
        """
        ...

    async def send(self, request: Request) -> Answer:
        """Send a request once, and tell what came of it."""
        ...
