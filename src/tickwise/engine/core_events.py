"""What an entry of the journal is to the core: pure, so that a replay gives the core what the engine gave."""

from __future__ import annotations

from typing import Any, NamedTuple

from numpy.typing import NDArray

from tickwise.core import events as e
from tickwise.engine.book import Book
from tickwise.engine.names import REASON_CODES, REJECT_CODES, Names
from tickwise.engine.standing import is_paused
from tickwise.journal import entries as j
from tickwise.session.live import new_event

Event = NDArray[Any]

OWN_ORDER = "own_order"
"""The reason of a position that the core's own order closed: the core knows which."""


class Before(NamedTuple):
    """What the book said of an entry's order before it took the entry."""

    unknown: int = 0
    """How many orders of its instrument had an unknown end."""
    is_current: bool = False
    """Whether its lane waited for it, to enter or to leave. The end of any other is nothing to the core."""


def before(entry: j.Entry, book: Book) -> Before:
    """Look at the book before it takes an entry."""
    name = _order_of(entry)
    order = book.orders.get(name)
    if order is None:
        return Before()
    if order.is_exit:
        position = book.positions.get(order.position)
        is_current = position is not None and position.leaving == name and not position.is_stray
    else:
        is_current = book.awaited.get(order.lane) == name
    return Before(book.unknown_on(order.instrument), is_current)


def events_of(entry: j.Entry, names: Names, book: Book, was: Before) -> list[Event]:
    """Give the events an entry is to the core, in order; most entries are none.

    `book` has taken the entry already; `was` is what it said before. Of the book only what comes from entries
    that were taken in, and from what the core decided, may be asked here: a replay knows nothing else.
    """
    make = _MAKERS.get(type(entry))
    found = make(entry, names, book, was) if make else []
    return found + _unknown_changed(entry, names, book, was)


def _order_of(entry: j.Entry) -> str:
    """Name the order that an entry is about; "" where it is about none."""
    about_orders = j.Unknown | j.Filled | j.Reduced | j.Ended | j.Denied | j.Accepted
    return entry.order if isinstance(entry, about_orders) else ""


def _unknown_changed(entry: j.Entry, names: Names, book: Book, was: Before) -> list[Event]:
    order = book.orders.get(_order_of(entry))
    if order is None or book.unknown_on(order.instrument) == was.unknown:
        return []
    now = book.unknown_on(order.instrument)
    return [new_event(e.UNKNOWN_ORDERS, entry.ts, market=names.market(order.instrument), units=now)]


def _filled(entry: j.Filled, names: Names, book: Book, was: Before) -> list[Event]:
    if entry.by == "core":
        return []
    if entry.position in book.strays:
        return [*_of_none(entry, names, 0 if entry.added else 1), *_balance_of(entry, names, book)]
    return [
        new_event(
            e.ENTRY_FILLED,
            entry.ts,
            lane=entry.lane,
            units=entry.units,
            price=entry.price,
            stop=entry.stop,
            target=entry.target,
            commission=entry.commission,
            balance=book.balance_after(entry),
        )
    ]


def _of_none(entry: j.Filled | j.Reduced | j.Adopted, names: Names, open_by: int) -> list[Event]:
    """Count a position that no lane holds, where those are counted that are not ours."""
    if not open_by:
        return []
    account, market = names.account(entry.account), names.market(entry.instrument)
    return [new_event(e.FOREIGN, entry.ts, market=market, account=account, units=open_by)]


def _balance_of(entry: j.Filled | j.Reduced, names: Names, book: Book) -> list[Event]:
    """Take the balance that a fill says."""
    if not entry.balance:
        return []
    account = names.account(entry.account)
    return [new_event(e.BALANCE, entry.ts, account=account, balance=book.balance_after(entry))]


def _reduced(entry: j.Reduced, names: Names, book: Book, was: Before) -> list[Event]:
    if entry.by == "core":
        return []
    if entry.position in book.strays:
        gone = -1 if entry.position not in book.positions else 0
        return [*_of_none(entry, names, gone), *_balance_of(entry, names, book)]
    reason = 0 if entry.reason == OWN_ORDER else REASON_CODES[entry.reason]
    return [
        new_event(
            e.REDUCED,
            entry.ts,
            lane=entry.lane,
            units=entry.units,
            price=entry.price,
            reason=reason,
            earned=entry.gross,
            money=entry.financing,
            commission=entry.commission,
            balance=book.balance_after(entry),
        )
    ]


def _ended(entry: j.Ended, names: Names, book: Book, was: Before) -> list[Event]:
    if entry.by == "core" or not was.is_current:
        return []
    kind = e.EXIT_ENDED if entry.is_exit else e.ENTRY_ENDED
    reason = REJECT_CODES.get(entry.reason, REJECT_CODES["other"])
    return [new_event(kind, entry.ts, lane=entry.lane, reason=reason)]


def _denied(entry: j.Denied, names: Names, book: Book, was: Before) -> list[Event]:
    if not was.is_current:
        return []
    kind = e.EXIT_ENDED if entry.is_exit else e.ENTRY_ENDED
    return [new_event(kind, entry.ts, lane=entry.lane, reason=REJECT_CODES["denied"])]


def _unknown(entry: j.Unknown, names: Names, book: Book, was: Before) -> list[Event]:
    """An order to leave that may be decided anew has ended to the core, whatever became of it."""
    if not (entry.again and was.is_current):
        return []
    return [new_event(e.EXIT_ENDED, entry.ts, lane=entry.lane, reason=REJECT_CODES["client_request"])]


def _stop_set(entry: j.StopSet, names: Names, book: Book, was: Before) -> list[Event]:
    position = book.positions.get(entry.position)
    if position is None or position.is_stray:
        return []
    return [new_event(e.STOP_SET, entry.ts, lane=entry.lane, stop=entry.stop, target=entry.target)]


def _foreign(entry: j.ForeignSeen, names: Names, book: Book, was: Before) -> list[Event]:
    if entry.instrument not in names.places:
        return []
    return [
        new_event(
            e.FOREIGN,
            entry.ts,
            market=names.market(entry.instrument),
            account=names.account(entry.account),
            units=entry.open_by,
        )
    ]


def _adopted(entry: j.Adopted, names: Names, book: Book, was: Before) -> list[Event]:
    if entry.position in book.strays:
        return [] if entry.was_foreign else _of_none(entry, names, 1)
    given = new_event(
        e.ADOPTED,
        entry.ts,
        lane=entry.lane,
        units=entry.units,
        price=entry.price,
        stop=entry.stop,
        target=entry.target,
    )
    return [*_of_none(entry, names, -1 if entry.was_foreign else 0), given]


_BALANCES = {"opening": e.OPENING, "deposit": e.DEPOSIT, "financing": e.FINANCING}
"""The venue's word for the balance is the core's; `correction` is all else, and moves nothing besides."""


def _balance(entry: j.BalanceSeen, names: Names, book: Book, was: Before) -> list[Event]:
    kind = _BALANCES.get(entry.why, e.BALANCE)
    return [
        new_event(
            kind,
            entry.ts,
            account=names.account(entry.account),
            balance=book.balance_after(entry),
            money=entry.day_start if entry.why == "opening" else entry.flow,
            units=int(entry.day_lost),
        )
    ]


def _connection(entry: j.Connection, names: Names, book: Book, was: Before) -> list[Event]:
    concerned = [entry.instrument] if entry.instrument else list(names.places)
    return [
        new_event(e.DISCONNECTED, entry.ts, market=names.market(each), units=book.dead_streams(each))
        for each in concerned
        if each in names.places
    ]


def _stands(book: Book, kind: int, account: str) -> int:
    """Tell whether a halt or a kill stands for an account: its own, or that of everything."""
    switches = ("kill",) if kind == e.KILL else ("halt", "flatten")
    scopes = (("house", ""), ("account", account))
    return int(any((switch, *scope) in book.switches for switch in switches for scope in scopes))


def _switched(entry: j.Switched, names: Names, book: Book, was: Before) -> list[Event]:
    on = int(entry.on)
    if entry.scope == "house":
        kind = {"pause": e.PAUSE_HOUSE, "halt": e.HALT, "flatten": e.HALT, "kill": e.KILL}[entry.switch]
        if kind == e.PAUSE_HOUSE:
            return [new_event(kind, entry.ts, units=on)]
        held = [_stands(book, kind, name) for name in names.accounts]
        return [new_event(kind, entry.ts, account=at, units=on) for at, on in enumerate(held)]
    if entry.switch == "pause" and entry.scope in ("bot", "account"):
        lanes = names.lanes_of(**{entry.scope: entry.name})
        paused = [(lane, int(is_paused(names.lanes[lane], book.switches))) for lane in lanes]
        return [new_event(e.PAUSE_LANE, entry.ts, lane=lane, units=on) for lane, on in paused]
    if entry.scope == "account":
        kind = {"halt": e.HALT, "kill": e.KILL, "day": e.RESUME_DAY}[entry.switch]
        if kind != e.RESUME_DAY:
            on = _stands(book, kind, entry.name)
        return [new_event(kind, entry.ts, account=names.account(entry.name), units=on)]
    if entry.scope == "instrument" and entry.switch == "pause":
        return [new_event(e.PAUSE_MARKET, entry.ts, market=names.market(entry.name), units=on)]
    lanes = names.lanes_of(**{entry.scope: entry.name})
    return [new_event(e.EXIT_ONLY, entry.ts, lane=lane, units=on) for lane in lanes]


def _ordered(entry: j.Ordered, names: Names, book: Book, was: Before) -> list[Event]:
    if entry.position:
        return []
    return [new_event(e.LEAVE, entry.ts, lane=entry.lane, reason=REASON_CODES[entry.reason])]


def _fact(entry: j.Fact, names: Names, book: Book, was: Before) -> list[Event]:
    if entry.name != "weight":
        return []
    lanes = names.lanes_of(bot=entry.bot)
    return [new_event(e.WEIGHT, entry.ts, lane=lane, value=entry.value) for lane in lanes]


def _failure(entry: j.Failure, names: Names, book: Book, was: Before) -> list[Event]:
    if entry.lane < 0:
        return []
    return [new_event(e.FAILED, entry.ts, lane=entry.lane, reason=REJECT_CODES["venue_error"])]


_MAKERS: dict[type[j.Entry], Any] = {
    j.Filled: _filled,
    j.Reduced: _reduced,
    j.Ended: _ended,
    j.Denied: _denied,
    j.Unknown: _unknown,
    j.StopSet: _stop_set,
    j.ForeignSeen: _foreign,
    j.Adopted: _adopted,
    j.BalanceSeen: _balance,
    j.Connection: _connection,
    j.Switched: _switched,
    j.Ordered: _ordered,
    j.Fact: _fact,
    j.Failure: _failure,
}
