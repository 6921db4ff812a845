"""What happened in a scope since a time, and how things stand: one reading for whoever tells a person.

Counts of evaluations are exact from the second in which the time lies. Switches, connections, positions and
orders are as they stand now. Money is realised: ended trades, and what open positions have given back so far.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from tickwise.core.outcome import TABLE
from tickwise.journal import readings
from tickwise.journal.entries import Counted
from tickwise.journal.folds.accounts import AccountRow
from tickwise.journal.folds.connections import ConnectionRow
from tickwise.journal.folds.orders import OrderRow
from tickwise.journal.folds.positions import ForeignRow, PositionRow
from tickwise.journal.folds.sessions import SessionLane
from tickwise.journal.folds.switches import SwitchRow
from tickwise.journal.folds.trades import TradeRow
from tickwise.journal.folds.trading_day import trading_day
from tickwise.journal.scope import Scope, entries_within, rows_within

_NAMES = {row.code: row.name for row in TABLE}
_ORDER = {row.name: place for place, row in enumerate(TABLE)}


class DayMoney(NamedTuple):
    """A trading day: trades that ended on it and what was realised, in millionths."""

    day: str
    trades: int
    pnl: int


class Overview(NamedTuple):
    """What happened from `since_ts` to `until_ts` (nanoseconds UTC), and how things stand."""

    scope: Scope
    since_ts: int
    until_ts: int
    lanes: Sequence[SessionLane]
    outcomes: Mapping[str, int]
    """Evaluations by the outcome in which they ended, in the order of the chain."""
    missed: Mapping[str, int]
    """Signals by the gate that refused them."""
    trades: Sequence[TradeRow]
    days: Sequence[DayMoney]
    positions: Sequence[PositionRow]
    """Positions that are open."""
    working: Sequence[OrderRow]
    """Orders that may still become something."""
    foreign: Sequence[ForeignRow]
    switches: Sequence[SwitchRow]
    """Switches that are on."""
    connections: Sequence[ConnectionRow]
    lost_days: Sequence[AccountRow]
    """Accounts that lost the trading day on which the newest entry was written."""

    @property
    def unknown(self) -> list[OrderRow]:
        """Orders of which nobody knows what became."""
        return [order for order in self.working if order.status == "unknown"]

    @property
    def unprotected(self) -> list[PositionRow]:
        """Open positions for which no stop rests at the venue."""
        return [position for position in self.positions if not position.stop]


def overview_of(connection: Connection, scope: Scope, since_ts: int = 0) -> Overview:
    """Read what happened; without a time since the scope's last session began."""
    whole = since_ts == 0
    since = scope.last.opened_ts if whole else since_ts
    mine = scope._replace(spans=scope.spans[:1]) if whole else scope
    outcomes, missed = counted(connection, mine, since_ts)
    trades = rows_within(connection, TradeRow, mine, since_ts=since_ts, time="exit_ts")
    positions = rows_within(connection, PositionRow, scope, is_open=True)
    return Overview(
        scope,
        since,
        scope.until_ts,
        readings.lanes(connection, scope.last.session),
        outcomes,
        missed,
        trades,
        _days(trades, positions),
        positions,
        rows_within(connection, OrderRow, scope, is_working=True),
        [] if scope.is_on_tape else readings.foreign_positions(connection),
        [row for row in readings.switches(connection, scope.last.realm) if row.on and _stands(row, scope)],
        [row for row in readings.connections(connection) if _is_of(row.seq, scope)],
        _lost(connection, scope),
    )


def counted(connection: Connection, scope: Scope, since_ts: int = 0) -> tuple[dict[str, int], dict[str, int]]:
    """Give evaluations by their outcome, and signals by the gate that refused them, in the chain's order."""
    outcomes: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    if since_ts:
        for _, entry in entries_within(connection, scope, since_ts, ("counted",)):
            assert isinstance(entry, Counted)
            _add(outcomes, entry.counts)
            _add(missed, entry.missed)
    else:
        for row in (each for name in scope.sessions for each in readings.counters(connection, name)):
            outcomes[row.outcome] += row.count
            missed[row.outcome] += row.missed
    return _in_order(outcomes), _in_order(missed)


def _add(total: Counter[str], counts: Sequence[tuple[int, int, int]]) -> None:
    """Add counts by lane and outcome code."""
    for _lane, code, count in counts:
        total[_NAMES.get(code, str(code))] += count


def _in_order(counts: Counter[str]) -> dict[str, int]:
    """Put counts into the order of the chain; what did not occur is left out."""
    names = sorted((name for name in counts if counts[name]), key=lambda name: _ORDER.get(name, len(_ORDER)))
    return {name: counts[name] for name in names}


def _days(trades: Sequence[TradeRow], positions: Sequence[PositionRow]) -> list[DayMoney]:
    """Sum what was realised by trading day, newest first."""
    ended: Counter[str] = Counter(row.day for row in trades)
    pnl: Counter[str] = Counter()
    for trade in trades:
        pnl[trade.day] += trade.pnl
    for position in positions:
        pnl[trading_day(position.changed_ts)] += position.pnl
    return [DayMoney(day, ended[day], pnl[day]) for day in sorted({**ended, **pnl}, reverse=True)]


def _stands(row: SwitchRow, scope: Scope) -> bool:
    """Tell whether a switch has not ended by itself."""
    return row.until_ts == 0 or row.until_ts > scope.until_ts


def _is_of(seq: int, scope: Scope) -> bool:
    return any(span.first <= seq < span.end for span in scope.spans)


def _lost(connection: Connection, scope: Scope) -> list[AccountRow]:
    today = trading_day(scope.until_ts)
    return [row for row in readings.accounts(connection, scope.last.realm) if row.lost_day == today]
