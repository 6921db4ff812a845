"""Whether an order may exist at all. What fails here is rejected (400) and never becomes an order."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from brokers.oanda.instruments import Instrument
from brokers.oanda.truth.account import Account
from brokers.oanda.truth.exits import drafted
from brokers.oanda.truth.prices import NoConversion
from brokers.oanda.truth.records import (
    ENTRY_TYPES,
    EXIT_FIELDS,
    ExitTerms,
    Extensions,
    Order,
    Request,
    Trade,
)

if TYPE_CHECKING:
    from brokers.oanda.truth.broker import Broker

CLIENT_TEXT_MAX = 128
"""Characters of a client's id, tag and comment; one more is refused."""

TIMES_IN_FORCE = {
    "MARKET": ("FOK", "IOC"),
    "LIMIT": ("GTC", "GTD", "GFD", "FOK", "IOC"),
    "STOP": ("GTC", "GTD", "GFD", "FOK", "IOC"),
    "MARKET_IF_TOUCHED": ("GTC", "GTD", "GFD"),
}
EXIT_TIMES_IN_FORCE = ("GTC", "GTD", "GFD")


class Rejected(Exception):
    """The order is rejected; the message is the reason's name on the wire."""

    @property
    def reason(self) -> str:
        return str(self.args[0])


def demand(condition: bool, reason: str) -> None:
    """Raise Rejected with this reason unless the condition holds."""
    if not condition:
        raise Rejected(reason)


def points(value: Decimal | None, instrument: Instrument, what: str) -> int:
    """Read a price or a distance; `what` begins the reasons, `PRICE` or `TAKE_PROFIT_ON_FILL_PRICE`."""
    demand(value is not None, f"{what}_MISSING")
    assert value is not None
    demand(value > 0, f"{what}_INVALID")
    try:
        return instrument.points(value)
    except ValueError:
        raise Rejected(f"{what}_PRECISION_EXCEEDED") from None


def check_account(account: Account) -> None:
    for lock in ("ACCOUNT_LOCKED", "ACCOUNT_ORDER_CREATION_LOCKED"):
        demand(lock not in account.locks, lock)


def check_market(broker: Broker, account: Account, request: Request) -> Instrument:
    """Give the order's instrument, once it is known and has a price."""
    demand(request.instrument is not None, "INSTRUMENT_MISSING")
    assert request.instrument is not None
    instrument = broker.instruments[request.instrument]
    quote = broker.prices.quotes.get(instrument.name)
    demand(quote is not None, "INSTRUMENT_PRICE_UNKNOWN")
    assert quote is not None
    try:
        broker.prices.middle(instrument.quote, account.currency)
    except NoConversion:
        raise Rejected("INSTRUMENT_PRICE_UNKNOWN") from None
    halted = request.type == "MARKET" and not quote.tradeable
    demand(not (halted and broker.manners.halted == "reject"), "INSTRUMENT_NOT_TRADEABLE")
    return instrument


def check_units(broker: Broker, units: Decimal | None, instrument: Instrument) -> int:
    """Give signed steps."""
    demand(units is not None, "UNITS_MISSING")
    assert units is not None
    demand(units != 0, "UNITS_INVALID")
    try:
        steps = instrument.steps(units)
    except ValueError:
        raise Rejected("UNITS_PRECISION_EXCEEDED") from None
    minimum = "UNITS_MINIMUM_NOT_MET" if broker.manners.corrects_spelling else "UNITS_MIMIMUM_NOT_MET"
    demand(abs(units) >= instrument.minimum_units, minimum)
    demand(abs(units) <= instrument.maximum_order_units, "UNITS_LIMIT_EXCEEDED")
    return steps


def check_time_in_force(tif: str, gtd: int | None, allowed: tuple[str, ...], now: int, prefix: str) -> None:
    """Check how long an order stands. `prefix` is empty or begins the reasons of a block."""
    whole = prefix or "TIME_IN_FORCE_"
    demand(tif in allowed, f"{prefix}TIME_IN_FORCE_INVALID")
    if tif == "GTD":
        demand(gtd is not None, f"{whole}GTD_TIMESTAMP_MISSING")
        assert gtd is not None
        demand(gtd > now, f"{whole}GTD_TIMESTAMP_IN_PAST")


def check_extensions(extensions: Extensions, prefix: str) -> None:
    """Check what a client wrote; `prefix` is `CLIENT_ORDER_`, `CLIENT_TRADE_` or a block's."""
    if extensions.id is not None:
        demand(0 < len(extensions.id) <= CLIENT_TEXT_MAX, f"{prefix}ID_INVALID")
    for name, text in (("TAG", extensions.tag), ("COMMENT", extensions.comment)):
        demand(text is None or len(text) <= CLIENT_TEXT_MAX, f"{prefix}{name}_INVALID")


def check_terms(
    broker: Broker, kind: str, terms: ExitTerms, instrument: Instrument, now: int, on_fill: bool
) -> None:
    """Check an exit's terms, on fill or on a trade that stands."""
    prefix = f"{kind}_ON_FILL_" if on_fill else ""
    both = f"{kind}_{'ON_FILL' if on_fill else 'ORDER'}_PRICE_AND_DISTANCE_BOTH_"
    distance = f"{prefix}DISTANCE" if on_fill and kind == "STOP_LOSS" else f"{prefix}PRICE_DISTANCE"
    if kind == "TRAILING_STOP_LOSS":
        found = points(terms.distance, instrument, distance)
        demand(found >= instrument.trailing_pips_min * instrument.pip_points, f"{distance}_MINIMUM_NOT_MET")
        demand(found <= instrument.trailing_pips_max * instrument.pip_points, f"{distance}_MAXIMUM_EXCEEDED")
    elif kind == "TAKE_PROFIT" and terms.distance is None:
        points(terms.price, instrument, f"{prefix}PRICE")
    else:
        demand(terms.price is None or terms.distance is None, f"{both}SPECIFIED")
        demand(terms.price is not None or terms.distance is not None, f"{both}MISSING")
        if terms.price is not None:
            points(terms.price, instrument, f"{prefix}PRICE")
        else:
            points(terms.distance, instrument, distance)
    demand(not terms.guaranteed, f"{kind}_{'ON_FILL' if on_fill else 'ORDER'}_GUARANTEED_NOT_ALLOWED")
    check_time_in_force(terms.tif, terms.gtd, EXIT_TIMES_IN_FORCE, now, prefix)
    check_extensions(terms.extensions, f"{prefix}CLIENT_ORDER_")


def check_free_id(account: Account, client_id: str | None, replacing: Order | None) -> None:
    """Check that no other pending order carries a client's id."""
    held = account.client_order(client_id) if client_id is not None else None
    free = held is None or (replacing is not None and held.id == replacing.id)
    demand(free, "CLIENT_ORDER_ID_ALREADY_EXISTS")


def judged(
    broker: Broker, account: Account, request: Request, now: int, replacing: Order | None = None
) -> Order:
    """Give the order a request makes, its id still to come. Raises Rejected."""
    check_account(account)
    if request.type in ENTRY_TYPES:
        return judged_entry(broker, account, request, now, replacing)
    return judged_exit(broker, account, request, now, replacing)


def judged_entry(
    broker: Broker, account: Account, request: Request, now: int, replacing: Order | None
) -> Order:
    instrument = check_market(broker, account, request)
    steps = check_units(broker, request.units, instrument)
    price = None if request.type == "MARKET" else points(request.price, instrument, "PRICE")
    bound = None
    if request.price_bound is not None and request.type != "LIMIT":
        bound = points(request.price_bound, instrument, "PRICE_BOUND")
    tif = request.tif or ("FOK" if request.type == "MARKET" else "GTC")
    check_time_in_force(tif, request.gtd, TIMES_IN_FORCE[request.type], now, "")
    check_extensions(request.extensions, "CLIENT_ORDER_")
    check_extensions(request.trade_extensions, "CLIENT_TRADE_")
    check_free_id(account, request.extensions.id, replacing)
    blocks = (
        ("TAKE_PROFIT", request.take_profit),
        ("STOP_LOSS", request.stop_loss),
        ("TRAILING_STOP_LOSS", request.trailing_stop),
    )
    for kind, terms in blocks:
        if terms:
            check_terms(broker, kind, terms, instrument, now, on_fill=True)
    demand(not request.wants_guaranteed_stop, "GUARANTEED_STOP_LOSS_ON_FILL_NOT_ALLOWED")
    ids = [terms.extensions.id for _, terms in blocks if terms and terms.extensions.id is not None]
    demand(len(ids) == len(set(ids)), "ORDERS_ON_FILL_DUPLICATE_CLIENT_ORDER_IDS")
    room = len(account.state.pending) < broker.manners.pending_orders_max
    demand(request.type == "MARKET" or room, "PENDING_ORDERS_ALLOWED_EXCEEDED")
    quote = broker.prices.quotes[instrument.name]
    return Order(
        0,
        request.type,
        now,
        instrument.name,
        steps,
        price,
        bound,
        tif=tif,
        gtd=request.gtd if tif == "GTD" else None,
        position_fill=request.position_fill,
        trigger=request.trigger,
        extensions=broker.kept(request.extensions),
        trade_extensions=broker.kept(request.trade_extensions),
        take_profit=request.take_profit,
        stop_loss=request.stop_loss,
        trailing_stop=request.trailing_stop,
        initial_price=quote.side(steps) if request.type == "MARKET_IF_TOUCHED" else None,
    )


def named_trade(account: Account, request: Request) -> Trade:
    """Find the open trade that an exit names, by id, by the client's id, or by both."""
    demand(request.trade_id is not None or request.client_trade_id is not None, "TRADE_ID_UNSPECIFIED")
    by_id = by_client = None
    if request.trade_id is not None:
        known = request.trade_id.isdecimal()
        by_id = account.state.open.get(int(request.trade_id)) if known else None
        demand(by_id is not None, "TRADE_DOESNT_EXIST")
    if request.client_trade_id is not None:
        by_client = account.client_trade(request.client_trade_id)
        demand(by_client is not None, "TRADE_DOESNT_EXIST")
    same = by_id is None or by_client is None or by_id.id == by_client.id
    demand(same, "TRADE_IDENTIFIER_INCONSISTENCY")
    found = by_id or by_client
    assert found is not None
    return found


def judged_exit(
    broker: Broker, account: Account, request: Request, now: int, replacing: Order | None
) -> Order:
    trade = named_trade(account, request)
    instrument = broker.instruments[trade.instrument]
    terms = ExitTerms(
        request.price,
        request.distance,
        request.tif or "GTC",
        request.gtd,
        request.trigger,
        request.guaranteed,
        request.extensions,
    )
    check_terms(broker, request.type, terms, instrument, now, on_fill=False)
    check_free_id(account, request.extensions.id, replacing)
    standing = getattr(trade, EXIT_FIELDS[request.type])
    free = standing is None or (replacing is not None and replacing.id == standing)
    demand(free, f"{request.type}_ORDER_ALREADY_EXISTS")
    return drafted(broker, trade, request.type, terms, now)
