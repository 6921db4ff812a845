"""Positions: what is held, at what price, and which stop rests at the venue since when.

Fills make positions, not intents: a position is the sum of its fills, and never turns to the other side.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from tickwise.errors import JournalImpossible
from tickwise.journal.entries import (
    Adopted,
    Entry,
    Filled,
    ForeignSeen,
    Reduced,
    StopIntent,
    StopSet,
    TradeBooked,
)
from tickwise.journal.folds.orders import OrderRow
from tickwise.journal.folds.rows import Fold, Rows
from tickwise.journal.folds.sessions import lane_of
from tickwise.journal.schema import Row, table_of


class PositionRow(Row, frozen=True):
    """A position. Prices in ticks, units signed, money in millionths.

    `entry_value / entry_units` is the mean entry price, `exit_value / exit_units` the mean exit price. `stop`
    and `target` rest at the venue, 0 where none does; `protected_ts` is since when a stop has, `stop_wanted`
    the stop last decided on. `venue_position` is what the venue calls it.
    """

    position: str
    seq: int
    session: str
    order: str
    lane: int
    bot: str
    strategy: str
    instrument: str
    account: str
    pocket: str
    is_adopted: bool
    units: int
    entry_units: int
    entry_value: int
    opened_ts: int
    changed_ts: int
    is_open: bool = True
    stop: int = 0
    target: int = 0
    protected_ts: int = 0
    stop_wanted: int = 0
    stop_refused: str = ""
    exit_units: int = 0
    exit_value: int = 0
    closed_ts: int = 0
    gross: int = 0
    commission: int = 0
    financing: int = 0
    pnl: int = 0
    reason: str = ""
    venue_position: str = ""


class ForeignRow(Row, frozen=True):
    """A position or order at the venue that is not ours; `units` 0 is gone or adopted."""

    account: str
    venue_id: str
    seq: int
    instrument: str
    units: int
    price: int
    seen_ts: int
    adopted_as: str


table_of("positions", PositionRow, ("position",), indexed=("seq", "is_open"))
table_of("foreign_positions", ForeignRow, ("account", "venue_id"))


def _filled(rows: Rows, entry: Filled, seq: int) -> tuple[PositionRow]:
    """Open a position, or add to it."""
    was = rows.get(PositionRow, entry.position)
    if was is not None and was.is_open:
        return (_added(was, entry),)
    if entry.added:
        raise JournalImpossible(f"position {entry.position} was added to and is not open")
    named = rows.get(OrderRow, entry.order) if entry.order else None
    said = _named(rows, entry.lane) if named is None else _of_order(named)
    opened = _opened(rows, entry, seq, entry.order, said)
    return (replace(opened, commission=entry.commission, pnl=-entry.commission),)


def _added(was: PositionRow, entry: Filled) -> PositionRow:
    """Give a position with one more fill of its own side."""
    if not entry.added:
        raise JournalImpossible(f"position {entry.position} was opened and is open already")
    if was.units * entry.units <= 0:
        raise JournalImpossible(f"position {entry.position} of {was.units} was added to by {entry.units}")
    return replace(
        was,
        units=was.units + entry.units,
        entry_units=was.entry_units + entry.units,
        entry_value=was.entry_value + entry.units * entry.price,
        commission=was.commission + entry.commission,
        pnl=was.pnl - entry.commission,
        changed_ts=entry.ts,
        **_resting(was, entry.ts, entry.stop or was.stop, entry.target or was.target),
    )


def _opened(rows: Rows, entry: Filled | Adopted, seq: int, order: str, said: dict[str, Any]) -> PositionRow:
    """Give a new position."""
    return PositionRow(
        position=entry.position,
        seq=seq,
        session=rows.session,
        order=order,
        lane=entry.lane,
        is_adopted=isinstance(entry, Adopted),
        units=entry.units,
        entry_units=entry.units,
        entry_value=entry.units * entry.price,
        stop=entry.stop,
        target=entry.target,
        protected_ts=entry.ts if entry.stop else 0,
        opened_ts=entry.ts,
        changed_ts=entry.ts,
        venue_position=entry.venue_id if isinstance(entry, Adopted) else entry.venue_position,
        **said,
    )


def _of_order(order: OrderRow) -> dict[str, Any]:
    """Give whose position it is, as its order says."""
    names = ("bot", "strategy", "instrument", "account", "pocket")
    return {name: getattr(order, name) for name in names}


def _named(rows: Rows, lane: int) -> dict[str, Any]:
    """Give whose position it is, as its lane says."""
    found = lane_of(rows, lane)
    names = ("bot", "strategy", "instrument", "account", "pocket")
    return {name: getattr(found, name) for name in names}


def _resting(was: PositionRow, ts: int, stop: int, target: int) -> dict[str, int]:
    """Give stop and target as they rest now, and since when there is a stop at all."""
    protected_ts = (was.protected_ts or ts) if stop else 0
    return {"stop": stop, "target": target, "protected_ts": protected_ts}


def _reduced(rows: Rows, entry: Reduced, seq: int) -> tuple[PositionRow]:
    """Take from a position; it closes when nothing is left."""
    was = rows.get(PositionRow, entry.position)
    if was is None or not was.is_open:
        raise JournalImpossible(f"position {entry.position} was reduced and is not open")
    left = was.units - entry.units
    if entry.units * was.units <= 0 or left * was.units < 0:
        raise JournalImpossible(f"position {entry.position} of {was.units} was reduced by {entry.units}")
    is_open = left != 0
    resting = _resting(was, entry.ts, was.stop, was.target) if is_open else _resting(was, entry.ts, 0, 0)
    return (
        replace(
            was,
            units=left,
            is_open=is_open,
            exit_units=was.exit_units + entry.units,
            exit_value=was.exit_value + entry.units * entry.price,
            gross=was.gross + entry.gross,
            commission=was.commission + entry.commission,
            financing=was.financing + entry.financing,
            pnl=was.pnl + entry.gross - entry.commission + entry.financing,
            changed_ts=entry.ts,
            closed_ts=0 if is_open else entry.ts,
            reason=entry.reason,
            **resting,
        ),
    )


def _stop_wanted(rows: Rows, entry: StopIntent, seq: int) -> tuple[PositionRow]:
    """Note a better stop that was decided on."""
    was = rows.need(PositionRow, entry.position)
    return (replace(was, stop_wanted=entry.stop),)


def _stop_set(rows: Rows, entry: StopSet, seq: int) -> tuple[PositionRow, ...]:
    """Note what rests at the venue, or that a change was refused and all stays as it was."""
    was = rows.need(PositionRow, entry.position)
    if not was.is_open:
        return ()
    if entry.refused:
        return (replace(was, stop_refused=entry.refused),)
    resting = _resting(was, entry.ts, entry.stop, entry.target)
    return (replace(was, stop_refused="", changed_ts=entry.ts, **resting),)


def _foreign(rows: Rows, entry: ForeignSeen, seq: int) -> tuple[ForeignRow]:
    """Note what is at the venue and not ours."""
    was = rows.get(ForeignRow, entry.account, entry.venue_id)
    return (
        ForeignRow(
            account=entry.account,
            venue_id=entry.venue_id,
            seq=seq,
            instrument=entry.instrument,
            units=entry.units,
            price=entry.price,
            seen_ts=was.seen_ts if was is not None else entry.ts,
            adopted_as="",
        ),
    )


def _adopted(rows: Rows, entry: Adopted, seq: int) -> tuple[Row, ...]:
    """Open a position of ours from one that was foreign, or go on with one of an earlier session."""
    was = rows.get(PositionRow, entry.position)
    said = _named(rows, entry.lane)
    if was is not None and was.is_open:
        if entry.was_foreign:
            raise JournalImpossible(f"position {entry.position} was adopted and is open already")
        resting = _resting(was, entry.ts, entry.stop, entry.target)
        now = {"session": rows.session, "lane": entry.lane, "units": entry.units}
        return (replace(was, venue_position=entry.venue_id, **now, **said, **resting),)
    opened = _opened(rows, entry, seq, "", said)
    foreign = rows.get(ForeignRow, said["account"], entry.venue_id)
    if foreign is None:
        return (opened,)
    return (opened, replace(foreign, seq=seq, units=0, adopted_as=entry.position))


def _traded(rows: Rows, entry: TradeBooked, seq: int) -> tuple[PositionRow, ...]:
    """Keep why the whole position was left, as the core says it."""
    was = rows.get(PositionRow, entry.position)
    return () if was is None else (replace(was, reason=entry.reason),)


FOLDS: dict[type[Entry], Fold] = {
    Filled: _filled,
    Reduced: _reduced,
    StopIntent: _stop_wanted,
    StopSet: _stop_set,
    ForeignSeen: _foreign,
    Adopted: _adopted,
    TradeBooked: _traded,
}
"""What each kind of entry does to positions."""
