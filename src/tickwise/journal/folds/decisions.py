"""Decisions: to open, to ignore and why, to leave, to move a stop; one row each, in their order."""

from __future__ import annotations

from tickwise.journal.entries import Entry, ExitIntent, Intent, Refused, SignalSeen, StopIntent
from tickwise.journal.folds.rows import Fold, Rows
from tickwise.journal.folds.signals import SIGNAL_ONLY
from tickwise.journal.schema import Row, table_of


class DecisionRow(Row, frozen=True):
    """A decision. `action` is open, ignore, leave or move_stop; `reason` says why it was not "open".

    An ignored signal names the gate that refused it; `order` and `position` are "" where there is none.
    """

    seq: int
    ts: int
    event: int
    session: str
    lane: int
    bot: str
    instrument: str
    account: str
    action: str
    reason: str
    order: str
    position: str
    units: int
    price: int


table_of("decisions", DecisionRow, ("seq",))

_Decided = Intent | SignalSeen | Refused | ExitIntent | StopIntent


def _decision(rows: Rows, entry: _Decided, seq: int, action: str, reason: str) -> DecisionRow:
    """Give the row of a decision; what the entry does not say is "" or 0."""
    price = entry.stop if isinstance(entry, StopIntent) else getattr(entry, "price", 0)
    return DecisionRow(
        seq=seq,
        ts=entry.ts,
        event=entry.event,
        session=rows.session,
        lane=entry.lane,
        bot=entry.bot,
        instrument=entry.instrument,
        account=entry.account,
        action=action,
        reason=reason,
        order=getattr(entry, "order", ""),
        position=getattr(entry, "position", ""),
        units=getattr(entry, "units", 0),
        price=price,
    )


def _opened(rows: Rows, entry: Intent, seq: int) -> tuple[DecisionRow]:
    return (_decision(rows, entry, seq, "open", ""),)


def _ignored(rows: Rows, entry: SignalSeen, seq: int) -> tuple[DecisionRow]:
    return (_decision(rows, entry, seq, "ignore", SIGNAL_ONLY),)


def _refused(rows: Rows, entry: Refused, seq: int) -> tuple[DecisionRow, ...]:
    return (_decision(rows, entry, seq, "ignore", entry.gate),) if entry.signal else ()


def _left(rows: Rows, entry: ExitIntent, seq: int) -> tuple[DecisionRow]:
    return (_decision(rows, entry, seq, "leave", entry.reason),)


def _stop_moved(rows: Rows, entry: StopIntent, seq: int) -> tuple[DecisionRow]:
    return (_decision(rows, entry, seq, "move_stop", entry.reason),)


FOLDS: dict[type[Entry], Fold] = {
    Intent: _opened,
    SignalSeen: _ignored,
    Refused: _refused,
    ExitIntent: _left,
    StopIntent: _stop_moved,
}
"""What each kind of entry does to decisions."""
