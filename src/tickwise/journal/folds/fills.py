"""Fills: every execution once, whoever told of it and how often."""

from __future__ import annotations

from tickwise.errors import JournalImpossible
from tickwise.journal.entries import Entry, Filled, Reduced
from tickwise.journal.folds.orders import OrderRow
from tickwise.journal.folds.positions import PositionRow
from tickwise.journal.folds.rows import Fold, Rows
from tickwise.journal.schema import Row, table_of


class FillRow(Row, frozen=True):
    """An execution. `units` are signed as traded, `price` in ticks, money in millionths.

    `decided_price` is the price the order was decided at, 0 where the venue filled its own stop or target;
    `latency_ns` is from the decision to the fill as the engine saw it, 0 where nobody measured.
    """

    account: str
    execution: str
    seq: int
    ts: int
    session: str
    order: str
    position: str
    lane: int
    bot: str
    strategy: str
    instrument: str
    pocket: str
    is_exit: bool
    units: int
    price: int
    decided_price: int
    gross: int
    commission: int
    financing: int
    balance: int
    mark: int
    latency_ns: int
    reason: str


table_of("fills", FillRow, ("account", "execution"), indexed=("seq",))


def _filled(rows: Rows, entry: Filled, seq: int) -> tuple[FillRow]:
    """Note a fill that entered."""
    return (_fill(rows, entry, seq, entry.units, latency_ns=entry.latency),)


def _reduced(rows: Rows, entry: Reduced, seq: int) -> tuple[FillRow]:
    """Note a fill that left."""
    return (_fill(rows, entry, seq, -entry.units, latency_ns=0),)


def _fill(rows: Rows, entry: Filled | Reduced, seq: int, units: int, *, latency_ns: int) -> FillRow:
    """Give the row of a fill; an execution that is there already would be counted twice."""
    position = rows.need(PositionRow, entry.position)
    order = rows.get(OrderRow, entry.order) if entry.order else None
    execution = _execution(rows, entry, seq)
    if rows.get(FillRow, position.account, execution) is not None:
        raise JournalImpossible(f"execution {execution} in {position.account} was filled already")
    is_exit = isinstance(entry, Reduced)
    is_ours = order is not None and order.is_exit == is_exit
    return FillRow(
        account=position.account,
        execution=execution,
        seq=seq,
        ts=entry.ts,
        session=rows.session,
        order=entry.order,
        position=entry.position,
        lane=entry.lane,
        bot=position.bot,
        strategy=position.strategy,
        instrument=position.instrument,
        pocket=position.pocket,
        is_exit=is_exit,
        units=units,
        price=entry.price,
        decided_price=order.price if order is not None and is_ours else 0,
        gross=entry.gross if isinstance(entry, Reduced) else 0,
        commission=entry.commission,
        financing=entry.financing if isinstance(entry, Reduced) else 0,
        balance=entry.balance,
        mark=entry.mark,
        latency_ns=latency_ns,
        reason=entry.reason if isinstance(entry, Reduced) else "",
    )


def _execution(rows: Rows, entry: Filled | Reduced, seq: int) -> str:
    """Name an execution: the venue's name is the account's for ever, the core counts anew each session."""
    if not entry.execution:
        return f"entry {seq}"
    return f"{rows.session} {entry.execution}" if entry.by == "core" else entry.execution


FOLDS: dict[type[Entry], Fold] = {Filled: _filled, Reduced: _reduced}
"""What each kind of entry does to fills."""
