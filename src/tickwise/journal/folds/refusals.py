"""Refusals: which gate says no to each lane now, and every time that another one began to."""

from __future__ import annotations

from tickwise.journal.entries import Entry, Refused
from tickwise.journal.folds.rows import Fold, Rows
from tickwise.journal.schema import Row, table_of


class RefusalRow(Row, frozen=True):
    """The first refusal of a lane became `gate`; `before` had stood for `count_before` evaluations."""

    seq: int
    ts: int
    event: int
    session: str
    lane: int
    bot: str
    instrument: str
    account: str
    gate: str
    before: str
    count_before: int
    had_signal: bool


class GateRow(Row, frozen=True):
    """What stands before a lane now: the gate that refuses first, and since when."""

    session: str
    lane: int
    seq: int
    since_ts: int
    bot: str
    instrument: str
    account: str
    gate: str


table_of("refusals", RefusalRow, ("seq",))
table_of("gates_now", GateRow, ("session", "lane"))


def _refused(rows: Rows, entry: Refused, seq: int) -> tuple[Row, ...]:
    """Note that another gate refuses first."""
    lane = (entry.lane, entry.bot, entry.instrument, entry.account)
    changed = (entry.gate, entry.before, entry.count_before, entry.signal)
    return (
        RefusalRow(seq, entry.ts, entry.event, rows.session, *lane, *changed),
        GateRow(rows.session, entry.lane, seq, entry.ts, *lane[1:], entry.gate),
    )


FOLDS: dict[type[Entry], Fold] = {Refused: _refused}
"""What each kind of entry does to refusals."""
