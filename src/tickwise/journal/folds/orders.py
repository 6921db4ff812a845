"""Orders: what was asked for, what the venue said, when, and how far it came."""

from __future__ import annotations

from msgspec.structs import replace

from tickwise.errors import JournalImpossible
from tickwise.journal.entries import (
    Accepted,
    Denied,
    Ended,
    Entry,
    Evidence,
    ExitIntent,
    Filled,
    Intent,
    Reduced,
    Sent,
    Unknown,
)
from tickwise.journal.folds.order_states import ACCEPTED_BEFORE, ENDED, ended, filled, moved
from tickwise.journal.folds.rows import Fold, Rows
from tickwise.journal.schema import Row, table_of


class OrderRow(Row, frozen=True):
    """An order. Prices in ticks, units signed, money in millionths; mean fill price: `fill_value / filled`.

    `bid` and `ask` are the quote it was decided on (0 where it leaves a position); `stop` and `target` are
    distances, `bound` the worst price it may fill at. A time that has not come is 0.
    """

    order: str
    seq: int
    session: str
    lane: int
    bot: str
    instrument: str
    account: str
    is_exit: bool
    units: int
    price: int
    decided_ts: int
    is_working: bool = True
    status: str = "intended"
    reason: str = ""
    strategy: str = ""
    pocket: str = ""
    position: str = ""
    bid: int = 0
    ask: int = 0
    stop: int = 0
    target: int = 0
    bound: int = 0
    score: float = 0.0
    risk: int = 0
    value: int = 0
    filled: int = 0
    fill_value: int = 0
    commission: int = 0
    sent_ts: int = 0
    accepted_ts: int = 0
    unknown_ts: int = 0
    filled_ts: int = 0
    ended_ts: int = 0
    payload: str = ""
    venue_order: str = ""
    mark: int = 0
    policy: str = ""
    says: str = ""
    evidence: str = ""


table_of("orders", OrderRow, ("order",), indexed=("seq", "is_working"))


def _intended(rows: Rows, entry: Intent, seq: int) -> tuple[OrderRow]:
    """Begin an order to enter."""
    was = _begun(rows, entry, seq, is_exit=False)
    names = ("strategy", "pocket", "bid", "ask", "stop", "target", "bound", "score", "risk", "value")
    return (replace(was, **{name: getattr(entry, name) for name in names}),)


def _exit_intended(rows: Rows, entry: ExitIntent, seq: int) -> tuple[OrderRow]:
    """Begin an order to leave."""
    was = _begun(rows, entry, seq, is_exit=True)
    return (replace(was, position=entry.position, reason=entry.reason),)


def _begun(rows: Rows, entry: Intent | ExitIntent, seq: int, *, is_exit: bool) -> OrderRow:
    """Give what every order has when it is decided on."""
    moved(entry.order, _status(rows, entry.order), "intended")
    return OrderRow(
        order=entry.order,
        seq=seq,
        session=rows.session,
        lane=entry.lane,
        bot=entry.bot,
        instrument=entry.instrument,
        account=entry.account,
        is_exit=is_exit,
        units=entry.units,
        price=entry.price,
        decided_ts=entry.ts,
    )


def _status(rows: Rows, order: str) -> str:
    was = rows.get(OrderRow, order)
    return "" if was is None else was.status


def _sent(rows: Rows, entry: Sent, seq: int) -> tuple[OrderRow, ...]:
    """Note that the bytes of an order left; a stop that is set and a cancel are no order of their own."""
    if entry.verb in ("set_stop", "cancel"):
        return ()
    status = moved(entry.order, _status(rows, entry.order), "sent")
    was = rows.need(OrderRow, entry.order)
    return (replace(was, status=status, sent_ts=entry.ts, payload=entry.payload, mark=entry.mark),)


def _denied(rows: Rows, entry: Denied, seq: int) -> tuple[OrderRow, ...]:
    """End an order that the last hop did not let out."""
    status = ended(entry.order, _status(rows, entry.order), "denied")
    return (_closed(rows, entry, status, "denied", entry.why),)


def _accepted(rows: Rows, entry: Accepted, seq: int) -> tuple[OrderRow, ...]:
    """Note that the venue has the order; said after a fill or an end, it only adds the venue's name of it."""
    was = _known(rows, entry.order)
    named = replace(was, accepted_ts=was.accepted_ts or entry.ts, venue_order=entry.venue_order)
    if was.status in ACCEPTED_BEFORE:
        return (named,)
    status = moved(entry.order, was.status, "accepted")
    return (replace(named, status=status, is_working=True, ended_ts=0, mark=entry.mark),)


def _unknown(rows: Rows, entry: Unknown, seq: int) -> tuple[OrderRow, ...]:
    """Note that nobody knows what became of the order."""
    status = moved(entry.order, _status(rows, entry.order), "unknown")
    was = rows.need(OrderRow, entry.order)
    return (replace(was, status=status, unknown_ts=was.unknown_ts or entry.ts, says=entry.why),)


def _evidence(rows: Rows, entry: Evidence, seq: int) -> tuple[OrderRow, ...]:
    """Keep why an order is unknown no longer."""
    was = rows.need(OrderRow, entry.order)
    found = "found" if entry.found else "not found"
    return (replace(was, evidence=f"{found} from mark {entry.since} to {entry.until}: {entry.says}"),)


def _filled(rows: Rows, entry: Filled, seq: int) -> tuple[OrderRow, ...]:
    """Add a fill to an order that enters; a fill without an order of ours is the position's alone."""
    if not entry.order:
        return ()
    was = _known(rows, entry.order)
    _left_unknown_by_the_venue(was, entry.by, is_word=bool(entry.execution))
    held = replace(was, position=entry.position, mark=max(was.mark, entry.mark))
    return (_filled_by(entry, _with_fill(held, entry.ts, entry.units, entry.price, entry.commission)),)


def _reduced(rows: Rows, entry: Reduced, seq: int) -> tuple[OrderRow, ...]:
    """Add a fill to an order that leaves; a stop or target that the venue filled is no order of ours."""
    was = rows.get(OrderRow, entry.order) if entry.order else None
    if was is None or not was.is_exit:
        return ()
    _left_unknown_by_the_venue(was, entry.by, is_word=bool(entry.execution))
    held = replace(was, mark=max(was.mark, entry.mark))
    return (_filled_by(entry, _with_fill(held, entry.ts, -entry.units, entry.price, entry.commission)),)


def _ended(rows: Rows, entry: Ended, seq: int) -> tuple[OrderRow, ...]:
    """End an order, or what is left of it."""
    if not entry.order:
        return ()
    was = _known(rows, entry.order)
    _left_unknown_by_the_venue(was, entry.by, is_word=entry.mark > 0 or bool(was.evidence))
    if entry.status == "never_received" and not was.evidence:
        raise JournalImpossible(f"order {entry.order} was called never received without evidence")
    status = ended(entry.order, was.status, entry.status)
    row = _closed(rows, entry, status, entry.reason, entry.says)
    return (replace(row, policy=entry.policy, mark=max(was.mark, entry.mark)),)


def _known(rows: Rows, order: str) -> OrderRow:
    """Give an order that was intended; anything else was never written down before it happened."""
    was = rows.get(OrderRow, order)
    if was is None:
        raise JournalImpossible(f"order {order} was answered and never intended")
    return was


def _left_unknown_by_the_venue(was: OrderRow, by: str, *, is_word: bool) -> None:
    """Hold that an order leaves `unknown` by the venue's word or by evidence, never by a guess of ours."""
    if was.status == "unknown" and (by == "core" or not is_word):
        raise JournalImpossible(f"order {was.order} is unknown, and was ended without evidence")


def _with_fill(was: OrderRow, ts: int, units: int, price: int, commission: int) -> OrderRow:
    """Add signed units at a price, and move the order on."""
    total = was.filled + units
    status = filled(was.order, was.status, is_whole=abs(total) >= abs(was.units))
    is_working = status not in ENDED
    return replace(
        was,
        status=status,
        is_working=is_working,
        filled=total,
        fill_value=was.fill_value + units * price,
        commission=was.commission + commission,
        filled_ts=ts,
        ended_ts=0 if is_working else was.ended_ts or ts,
    )


def _filled_by(entry: Filled | Reduced, now: OrderRow) -> OrderRow:
    """End an order that the core's own exchange filled in part: there the rest is cancelled at once."""
    if entry.by != "core" or now.status != "partly_filled":
        return now
    says = "the simulated exchange filled a part and cancelled the rest"
    return replace(now, status="cancelled", is_working=False, ended_ts=entry.ts, says=says)


def _closed(rows: Rows, entry: Denied | Ended, status: str, reason: str, says: str) -> OrderRow:
    """Give an order's row after its end."""
    was = rows.need(OrderRow, entry.order)
    return replace(was, status=status, is_working=False, ended_ts=entry.ts, reason=reason, says=says)


FOLDS: dict[type[Entry], Fold] = {
    Intent: _intended,
    ExitIntent: _exit_intended,
    Sent: _sent,
    Denied: _denied,
    Accepted: _accepted,
    Unknown: _unknown,
    Evidence: _evidence,
    Filled: _filled,
    Reduced: _reduced,
    Ended: _ended,
}
"""What each kind of entry does to orders."""
