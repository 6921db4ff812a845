"""Readings: what the tables and the entries say, for whoever shows it. They change nothing.

Each is a function of SQLAlchemy's connection, to be run with `Database.read`. Lists come newest first unless
they are pages of a cursor, and are never longer than `limit`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, func, select

from tickwise.journal.entry_readings import PAGE, seq_at, state
from tickwise.journal.folds.accounts import AccountDay, AccountRow
from tickwise.journal.folds.audit import AuditRow
from tickwise.journal.folds.command_runs import CommandRun
from tickwise.journal.folds.connections import ConnectionRow
from tickwise.journal.folds.counters import CountRow
from tickwise.journal.folds.daily import DailyRow
from tickwise.journal.folds.decisions import DecisionRow
from tickwise.journal.folds.fills import FillRow
from tickwise.journal.folds.orders import OrderRow
from tickwise.journal.folds.positions import ForeignRow, PositionRow
from tickwise.journal.folds.refusals import GateRow, RefusalRow
from tickwise.journal.folds.sessions import SessionConfig, SessionInstrument, SessionLane, SessionRow
from tickwise.journal.folds.signals import SignalRow
from tickwise.journal.folds.switches import SwitchRow
from tickwise.journal.folds.trades import TradeRow
from tickwise.journal.schema import KEYS, TABLES, R

LIMIT = 100
"""Rows a list has unless more are asked for."""


def _rows(connection: Connection, kind: type[R], wanted: Select[Any]) -> list[R]:
    return [kind(*found) for found in connection.execute(wanted)]


def _newest(connection: Connection, kind: type[R], limit: int, before: int, **said: Any) -> list[R]:
    """Give the newest rows by their entry's number; `before` goes on where the last list ended."""
    table = TABLES[kind]
    wanted = select(table).order_by(table.c.seq.desc()).limit(limit)
    if before:
        wanted = wanted.where(table.c.seq < before)
    for name, value in said.items():
        if value not in (None, ""):
            wanted = wanted.where(table.c[name] == value)
    return _rows(connection, kind, wanted)


def _whole(connection: Connection, kind: type[R], **said: Any) -> list[R]:
    """Give every row of a small table, by its key."""
    table = TABLES[kind]
    wanted = select(table).order_by(*(table.c[name] for name in KEYS[kind]))
    for name, value in said.items():
        if value not in (None, ""):
            wanted = wanted.where(table.c[name] == value)
    return _rows(connection, kind, wanted)


def orders(
    connection: Connection,
    *,
    working: bool | None = None,
    instrument: str = "",
    bot: str = "",
    limit: int = 0,
    before: int = 0,
) -> list[OrderRow]:
    """Give orders, newest first; with `working` those that may still become something, or have ended.

    Without a limit it is `LIMIT`, but orders that work are given whole: none of them may be overlooked.
    """
    limit = limit or (PAGE if working else LIMIT)
    said = {"is_working": working, "instrument": instrument, "bot": bot}
    return _newest(connection, OrderRow, limit, before, **said)


def order(connection: Connection, name: str) -> OrderRow | None:
    """Give one order by its id."""
    return next(iter(_whole(connection, OrderRow, order=name)), None)


def open_positions(connection: Connection) -> list[PositionRow]:
    """Give the positions that are open, newest first."""
    return _newest(connection, PositionRow, PAGE, 0, is_open=True)


def positions(connection: Connection, *, limit: int = LIMIT, before: int = 0) -> list[PositionRow]:
    """Give positions, newest first."""
    return _newest(connection, PositionRow, limit, before)


def foreign_positions(connection: Connection) -> list[ForeignRow]:
    """Give what is at the venue and not ours."""
    return [row for row in _whole(connection, ForeignRow) if row.units]


def fills(connection: Connection, *, limit: int = LIMIT, before: int = 0) -> list[FillRow]:
    """Give fills, newest first."""
    return _newest(connection, FillRow, limit, before)


def trades_since(
    connection: Connection, since: int = 0, until: int = 2**63 - 1, *, limit: int = LIMIT
) -> list[TradeRow]:
    """Give the trades that ended in [since, until), newest first."""
    table = TABLES[TradeRow]
    ended = table.c.exit_ts
    wanted = select(table).where(ended >= since, ended < until).order_by(ended.desc(), table.c.seq.desc())
    return _rows(connection, TradeRow, wanted.limit(limit))


def signals(
    connection: Connection, *, instrument: str = "", bot: str = "", limit: int = LIMIT, before: int = 0
) -> list[SignalRow]:
    """Give signals with what was decided about each, newest first."""
    return _newest(connection, SignalRow, limit, before, instrument=instrument, bot=bot)


def signals_since(connection: Connection, since: int, *, limit: int = LIMIT) -> list[SignalRow]:
    """Give the signals at or after a time, newest first."""
    first = seq_at(connection, since)
    table = TABLES[SignalRow]
    wanted = select(table).where(table.c.seq >= first, table.c.ts >= since).order_by(table.c.seq.desc())
    return _rows(connection, SignalRow, wanted.limit(limit))


def decisions(
    connection: Connection, *, bot: str = "", action: str = "", limit: int = LIMIT, before: int = 0
) -> list[DecisionRow]:
    """Give decisions, newest first."""
    return _newest(connection, DecisionRow, limit, before, bot=bot, action=action)


def refusals(
    connection: Connection, *, bot: str = "", instrument: str = "", limit: int = LIMIT, before: int = 0
) -> list[RefusalRow]:
    """Give the times at which another gate began to refuse, newest first."""
    return _newest(connection, RefusalRow, limit, before, bot=bot, instrument=instrument)


def gates_now(connection: Connection, session: str = "") -> list[GateRow]:
    """Give the gate that refuses each lane now, of the session that is written unless another is named."""
    return _whole(connection, GateRow, session=session or state(connection).session)


def counters(connection: Connection, session: str = "", day: str = "") -> list[CountRow]:
    """Give how often evaluations ended in each outcome, by day and lane."""
    return _whole(connection, CountRow, session=session or state(connection).session, day=day)


def daily_pnl(connection: Connection, day: str = "", account: str = "", session: str = "") -> list[DailyRow]:
    """Give what trading days of sessions brought, by account, bot, strategy and instrument."""
    return _whole(connection, DailyRow, day=day, account=account, session=session)


def accounts(connection: Connection, realm: str = "") -> list[AccountRow]:
    """Give the accounts as they were last seen; of one realm (`folds.sessions.realm_of`) or of all."""
    return _whole(connection, AccountRow, realm=realm)


def account_days(connection: Connection, account: str = "", realm: str = "") -> list[AccountDay]:
    """Give the trading days of accounts: balances, flow, and whether they were lost."""
    return _whole(connection, AccountDay, account=account, realm=realm)


def switches(connection: Connection, realm: str = "") -> list[SwitchRow]:
    """Give every switch that was ever set, as it stands; of one realm or of all."""
    return _whole(connection, SwitchRow, realm=realm)


def connections(connection: Connection) -> list[ConnectionRow]:
    """Give the streams as they were last told of."""
    return _whole(connection, ConnectionRow)


def audit(connection: Connection, *, limit: int = LIMIT, before: int = 0) -> list[AuditRow]:
    """Give who did what, newest first."""
    return _newest(connection, AuditRow, limit, before)


def command_runs(connection: Connection, *, limit: int = LIMIT, before: int = 0) -> list[CommandRun]:
    """Give the commands the engine took up, newest first."""
    return _newest(connection, CommandRun, limit, before)


def sessions(connection: Connection, *, limit: int = LIMIT, before: int = 0) -> list[SessionRow]:
    """Give sessions, newest first."""
    return _newest(connection, SessionRow, limit, before)


def session(connection: Connection, name: str = "") -> SessionRow | None:
    """Give a session by its name, or the one that is written now."""
    return next(iter(_whole(connection, SessionRow, session=name or state(connection).session)), None)


class StrategyResult(msgspec.Struct, frozen=True):
    """What one bot's strategy brought, over all its instruments and accounts; money in millionths."""

    bot: str
    strategy: str
    trades: int
    wins: int
    losses: int
    gross: int
    commission: int
    financing: int
    pnl: int


def strategies(connection: Connection, names: Sequence[str], since_day: str = "") -> list[StrategyResult]:
    """Give what strategies brought in some sessions, from a trading day on; the best first."""
    table = TABLES[DailyRow]
    by = [table.c.bot, table.c.strategy]
    sums = [func.sum(table.c[name]) for name in StrategyResult.__struct_fields__[2:]]
    wanted = select(*by, *sums).where(table.c.session.in_(names), table.c.day >= since_day).group_by(*by)
    found = [StrategyResult(*row[:2], *map(int, row[2:])) for row in connection.execute(wanted)]
    return sorted(found, key=lambda row: (-row.pnl, row.bot, row.strategy))


def lanes(connection: Connection, name: str) -> list[SessionLane]:
    """Give the lanes of a session by their numbers."""
    return _whole(connection, SessionLane, session=name)


def instruments(connection: Connection, name: str) -> list[SessionInstrument]:
    """Give what prices and units of a session's instruments count."""
    return _whole(connection, SessionInstrument, session=name)


def configs(connection: Connection, name: str) -> list[SessionConfig]:
    """Give the configs of a session as they stand."""
    return _whole(connection, SessionConfig, session=name)
