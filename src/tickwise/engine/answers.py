"""What a venue tells, as entries of the journal: each change once, whoever brings it.

The reply to an order, the stream of changes, the sweep after a doubt and a restart all bring the same changes
of an account. A change is known by its mark; what was taken in before is passed over. What is not ours is
foreign: counted and shown, never managed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from tickwise.engine.book import Book, Key, OrderState, PositionState
from tickwise.engine.core_events import OWN_ORDER
from tickwise.engine.engine import Engine
from tickwise.engine.names import Names
from tickwise.journal import entries as j
from tickwise.venues import venue as v

CAUSES = {
    "target": "target",
    "stop": "stop",
    "trailing": "trailing",
    "own_order": "at_venue",
    "manual": "manual",
    "margin": "margin",
    "other": "at_venue",
}
"""Why a position was left, by what the venue says caused it. An order of ours that was not to leave it is the
venue's doing: it nets what is bought against what is sold.
"""

ENTRY: dict[str, Any] = {"ts": 0, "event": 0}
"""The stamp of an entry before the engine takes it."""

NOTED = (j.Evidence, j.Alarm)
"""Entries that are nothing to the core."""

ENDED = ("filled", "cancelled", "rejected", "expired", "denied")
"""States that an order leaves by a fill alone."""


def key_of(change: v.Change) -> Key:
    """Name a change of an account so that it is recognised whoever brings it."""
    match change:
        case v.OrderFilled():
            return "filled", change.mark, change.venue_position
        case v.PositionReduced():
            return "reduced", change.mark, change.venue_position
        case v.OrderAccepted():
            return "accepted", change.mark, change.venue_order
        case v.OrderEnded():
            return "ended", change.mark, change.order
        case v.ProtectionSet():
            return "protection", change.mark, change.venue_position
        case v.MoneyMoved():
            return "money", change.mark, ""
        case _:
            return "noted", change.mark, ""


class Intake:
    """Takes changes of accounts in, each once."""

    def __init__(self, engine: Engine, look: Callable[[str], None] = lambda account: None) -> None:
        """Give an engine what is new; `look` is told the account of an order that is not ours."""
        self._engine, self._look = engine, look

    def take(self, change: v.Change) -> bool:
        """Take a change in; False where it was known already."""
        book, key = self._engine.book, key_of(change)
        if book.has_taken(change.account, key):
            return False
        book.took(change.account, key)
        for entry in entries_of(change, book, self._engine.names, self._engine.time.now_ns()):
            if isinstance(entry, NOTED):
                self._engine.note_now(entry)
            else:
                self._engine.take(entry)
        if isinstance(change, v.OrderAccepted) and _ours(change.order, book) is None:
            self._look(change.account)
        return True


def entries_of(change: v.Change, book: Book, names: Names, now: int) -> list[j.Entry]:
    """Write a change down, in our words; nothing where it moves nothing of ours. `now` is nanoseconds UTC."""
    match change:
        case v.OrderAccepted():
            return _accepted(change, book, names)
        case v.OrderFilled():
            return _filled(change, book, names, now)
        case v.PositionReduced():
            return _reduced(change, book)
        case v.OrderEnded():
            return _ended(change, book)
        case v.ProtectionSet():
            return _protection(change, book)
        case v.MoneyMoved():
            return _money(change)
        case _:
            return []


def _ours(order: str, book: Book) -> OrderState | None:
    """Find an order of ours that may have left: one that was denied did not."""
    found = book.orders.get(order)
    return None if found is None or found.state == "denied" else found


def _found(order: OrderState, mark: int, what: str) -> list[j.Entry]:
    """Say why an order is unknown no longer, where it was."""
    if order.state != "unknown":
        return []
    says = f"the venue's change {mark}: {what}"
    return [
        j.Evidence(
            **ENTRY, order=order.id, lane=order.lane, found=True, since=order.mark, until=mark, says=says
        )
    ]


def _accepted(change: v.OrderAccepted, book: Book, names: Names) -> list[j.Entry]:
    order = _ours(change.order, book)
    if order is None:
        return second_program(change.order, change.account, book, names)
    accepted = j.Accepted(**ENTRY, order=change.order, venue_order=change.venue_order, mark=change.mark)
    return [*_found(order, change.mark, "accepted"), accepted]


def _filled(change: v.OrderFilled, book: Book, names: Names, now: int) -> list[j.Entry]:
    order = _ours(change.order, book)
    if order is None:
        return [*_order_gone(change.venue_order, book), *_not_ours(change, book, names)]
    position = _position_name(change, order, book)
    filled = j.Filled(
        **ENTRY,
        by="venue",
        order=change.order,
        position=position,
        execution=change.execution,
        lane=order.lane,
        units=change.units,
        price=change.price,
        stop=0,
        target=0,
        commission=change.commission,
        balance=change.balance,
        mark=change.mark,
        added=position in book.positions,
        latency=now - order.decided_ts,
        instrument=change.instrument,
        account=change.account,
        venue_position=change.venue_position,
    )
    return [*_found(order, change.mark, "filled"), filled, *_late(order, position, book)]


def _position_name(change: v.OrderFilled, order: OrderState, book: Book) -> str:
    """Name the position of a fill by its order; what the venue keeps as another position has another name."""
    is_same = book.at_venue.get((change.account, change.venue_position)) == change.order
    return change.order if order.filled == 0 or is_same else f"{change.order}-{change.venue_position}"


def _late(order: OrderState, position: str, book: Book) -> list[j.Entry]:
    """Tell a person of a fill that nobody waited for any more."""
    if position in book.positions or book.awaited.get(order.lane) == order.id:
        return []
    says, is_free = f"{order.id} was {order.state} and filled after all", book.is_free(order.lane)
    goes = "its lane takes it over" if is_free else "no lane holds it, so it is left at once"
    level: Literal["warning", "critical"] = "warning" if is_free else "critical"
    return [j.Alarm(**ENTRY, level=level, what="late_fill", says=f"{says}; {goes}")]


def _not_ours(change: v.OrderFilled, book: Book, names: Names) -> list[j.Entry]:
    """Count a position nobody here asked for; one that bears our mark means a second program trades here."""
    known = book.foreign.get(change.venue_position)
    units = change.units + (known.units if known else 0)
    seen = j.ForeignSeen(
        **ENTRY,
        venue_id=change.venue_position,
        account=change.account,
        instrument=change.instrument,
        units=units,
        price=change.price,
        open_by=0 if known else 1,
        mark=change.mark,
    )
    cost = -change.commission
    paid = _balance(change, cost) if cost else []
    return [seen, *paid, *second_program(change.order, change.account, book, names)]


def second_program(order: str, account: str, book: Book, names: Names) -> list[j.Entry]:
    """Halt an account in which something bears our mark that this journal does not know."""
    if not names.is_ours(order) or ("halt", "account", account) in book.switches:
        return []
    says = f"order {order} bears our mark but is not in this journal: a second program trades here"
    return halted(account, "second_program", says)


def halted(account: str, what: str, says: str) -> list[j.Entry]:
    """Stop opening in an account until a person says otherwise."""
    return [
        j.Switched(
            **ENTRY, switch="halt", scope="account", name=account, on=True, reason=says, actor="engine"
        ),
        j.Alarm(**ENTRY, level="critical", what=what, says=says),
    ]


def _order_gone(venue_order: str, book: Book) -> list[j.Entry]:
    """Count a foreign order no more: it was filled, or it ended."""
    known = book.foreign_orders.get(venue_order)
    if known is None:
        return []
    return [
        j.ForeignSeen(
            **ENTRY,
            venue_id=known.venue_id,
            account=known.account,
            instrument=known.instrument,
            units=0,
            price=0,
            open_by=-1,
            is_order=True,
        )
    ]


def _reduced(change: v.PositionReduced, book: Book) -> list[j.Entry]:
    position = book.position_at(change.account, change.venue_position)
    if position is None:
        return _foreign_reduced(change, book)
    exit_order = _leaving(book, position, change)
    side = 1 if position.units > 0 else -1
    units = side * min(abs(change.units), abs(position.units))
    reduced = j.Reduced(
        **ENTRY,
        by="venue",
        order=exit_order.id if exit_order else "",
        position=position.id,
        execution=change.execution,
        lane=position.lane,
        units=units,
        price=change.price,
        reason=OWN_ORDER if exit_order else CAUSES[change.cause],
        gross=change.gross,
        commission=change.commission,
        financing=change.financing,
        balance=change.balance,
        mark=change.mark,
        left=position.units - units,
        instrument=change.instrument,
        account=change.account,
        venue_position=change.venue_position,
    )
    found = _found(exit_order, change.mark, "left the position") if exit_order else []
    return [*found, reduced, *_called(change, book)]


def _leaving(book: Book, position: PositionState, change: v.PositionReduced) -> OrderState | None:
    """Find our order that left a position: the one that is named, or where none is, one on its way.

    OANDA's request to close a trade carries no id of ours.
    """
    named = book.orders.get(change.order)
    if named is not None:
        return named if named.is_exit and named.position == position.id else None
    if change.order or change.cause not in ("manual", "own_order"):
        return None
    on_its_way = (each for each in book.open_orders() if each.position == position.id and each.is_exit)
    return next((each for each in on_its_way if each.state != "intended"), None)


def _called(change: v.PositionReduced, book: Book) -> list[j.Entry]:
    """Halt an account that the venue closes because its margin does not suffice."""
    if change.cause != "margin" or ("halt", "account", change.account) in book.switches:
        return []
    says = f"the venue closed {change.venue_position} of {change.account} for want of margin"
    return halted(change.account, "margin_closeout", says)


def _foreign_reduced(change: v.PositionReduced, book: Book) -> list[j.Entry]:
    """Follow a position that is not ours; one we never heard of was opened and left since.

    The balance that it leaves is the account's all the same.
    """
    entries = _balance(change, change.gross - change.commission + change.financing)
    known = book.foreign.get(change.venue_position)
    if known is None:
        return entries
    side = 1 if known.units > 0 else -1
    left = known.units - side * min(abs(change.units), abs(known.units))
    seen = j.ForeignSeen(
        **ENTRY,
        venue_id=known.venue_id,
        account=known.account,
        instrument=known.instrument,
        units=left,
        price=known.price,
        open_by=-1 if left == 0 else 0,
        mark=change.mark,
    )
    return [seen, *entries]


def _balance(change: v.OrderFilled | v.PositionReduced, earned: int) -> list[j.Entry]:
    """Take what a foreign position earned or cost: it is no trade of ours, and the account's money."""
    return [
        j.BalanceSeen(
            **ENTRY,
            account=change.account,
            balance=change.balance,
            flow=earned,
            why="correction",
            mark=change.mark,
        )
    ]


def _ended(change: v.OrderEnded, book: Book) -> list[j.Entry]:
    order = _ours(change.order, book)
    if order is None:
        return _order_gone(change.venue_order, book)
    if order.state in ENDED:
        return []
    ended = j.Ended(
        **ENTRY,
        by="venue",
        order=change.order,
        lane=order.lane,
        status=change.status,
        reason=change.reason,
        policy=change.policy,
        says=change.says,
        is_exit=order.is_exit,
        mark=change.mark,
        account=change.account,
    )
    return [*_found(order, change.mark, change.status), ended]


def _protection(change: v.ProtectionSet, book: Book) -> list[j.Entry]:
    position = book.position_at(change.account, change.venue_position)
    if position is None:
        return []
    return [
        j.StopSet(
            **ENTRY,
            position=position.id,
            lane=position.lane,
            stop=position.stop if change.stop is None else change.stop,
            target=position.target if change.target is None else change.target,
            refused=change.refused,
            mark=change.mark,
        )
    ]


def _money(change: v.MoneyMoved) -> list[j.Entry]:
    return [
        j.BalanceSeen(
            **ENTRY,
            account=change.account,
            balance=change.balance,
            flow=change.amount,
            why=change.why,
            mark=change.mark,
        )
    ]
