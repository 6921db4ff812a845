"""The last hop: what is about to leave is read back from its bytes and held against what was decided.

Other code than wrote the bytes reads them. An entry that says anything but the intent, that would fill
outside the price band, that passes a hard cap, or that something has forbidden since it was decided does not
leave. Orders that reduce risk meet no cap.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from tickwise.engine.names import Names
from tickwise.journal import entries as j
from tickwise.session.session import Records
from tickwise.venues.venue import EntryOrder, ExitOrder, Request, StopOrder, Venue


@dataclass(frozen=True)
class Caps:
    """Hard limits of one order, beyond every limit of a bot."""

    units_max: int = 0
    """Unit steps; 0 is no cap."""
    value_max: int = 0
    """Millionths of the account's currency; 0 is no cap."""
    band_fraction: float = 0.05
    """How far the bound may lie from the last mid, as a part of it."""
    deadline_ns: int = 2_000_000_000
    """How old a decision may be when its bytes leave, nanoseconds."""
    repeats_max: int = 0
    """Entries of one bot within `repeats_ns` that switch it off until a person says go on; 0 is never."""
    repeats_ns: int = 60_000_000_000


class Market(NamedTuple):
    """The last quote, in ticks."""

    bid: int
    ask: int


def stopped_since(records: Records, names: Names, lane: int, intent: j.Intent) -> str:
    """Say what forbids an entry that was decided: no entry leaves after a halt. "" where nothing does."""
    if lane < 0:
        return "its bot is gone since it was decided"
    house, bot = records.houses[0], records.lanes[lane]
    account = records.accounts[names.account(intent.account)]
    market = records.markets[names.market(intent.instrument)]
    facts = (
        ("everything was paused", house["paused"]),
        (f"account {intent.account} was killed", account["killed"]),
        (f"account {intent.account} was halted", account["halted"]),
        (f"account {intent.account} lost its day", account["day_lost"]),
        (f"{intent.instrument} was paused", market["paused"]),
        (f"a stream of {intent.instrument} died", market["disconnected"]),
        (f"an order on {intent.instrument} became unknown", market["unknown_orders"]),
        (f"{intent.bot} was paused", bot["paused"]),
        (f"{intent.bot} only leaves positions", bot["exit_only"]),
    )
    return next((f"{what} since it was decided" for what, is_so in facts if int(is_so)), "")


def entry_problem(order: EntryOrder, caps: Caps, market: Market, value: int, age_ns: int) -> str:
    """Say why an entry may not leave, whatever its bytes say; "" where it may. `value` is in millionths."""
    if age_ns > caps.deadline_ns:
        return f"decided {age_ns / 1e9:.1f} s ago: the quote it was decided on is gone"
    if caps.units_max and abs(order.units) > caps.units_max:
        return f"{abs(order.units)} units, above the hard cap of {caps.units_max}"
    if caps.value_max and abs(value) > caps.value_max:
        return f"worth {abs(value) / 1e6:.2f}, above the hard cap of {caps.value_max / 1e6:.2f}"
    return _bound_problem(order, caps, market) if order.bound else ""


def _bound_problem(order: EntryOrder, caps: Caps, market: Market) -> str:
    """Say where the worst price of an entry makes no sense in this market."""
    mid = (market.bid + market.ask) / 2
    if mid > 0 and abs(order.bound - mid) > caps.band_fraction * mid:
        return f"a bound of {order.bound} ticks, far from the market at {mid:.0f}"
    side = 1 if order.units > 0 else -1
    price = market.ask if side > 0 else market.bid
    if price > 0 and side * (price - order.bound) > 0:
        return f"the market at {price} ticks has passed its bound of {order.bound}"
    return ""


def written(order: EntryOrder | ExitOrder | StopOrder, venue: Venue) -> tuple[Request | None, str]:
    """Write an order for the wire and read it back; give its bytes, or say why they may not leave."""
    if isinstance(order, EntryOrder) and order.stop <= 0:
        return None, "an entry without a stop"
    try:
        request = _encoded(order, venue)
    except ValueError as error:
        return None, f"it cannot be written: {error}"
    try:
        parsed: Any = venue.parse(request)
    except ValueError as error:
        return None, f"the bytes cannot be read back: {error}"
    return (request, "") if parsed == order else (None, f"the bytes say {parsed}, decided was {order}")


def _encoded(order: EntryOrder | ExitOrder | StopOrder, venue: Venue) -> Request:
    """Write an order for the wire. Raises ValueError."""
    if isinstance(order, EntryOrder):
        return venue.encode_entry(order)
    return venue.encode_exit(order) if isinstance(order, ExitOrder) else venue.encode_stop(order)
