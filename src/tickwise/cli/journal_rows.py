"""Lists of the journal as plain values: prices and money as decimals, times as text, names for numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection

from tickwise.cli.since import since_of
from tickwise.core.types import MILLION
from tickwise.errors import JournalError
from tickwise.journal import readings
from tickwise.journal.database import run_once
from tickwise.journal.export import time_text
from tickwise.journal.folds.orders import OrderRow
from tickwise.journal.folds.positions import PositionRow
from tickwise.journal.folds.sessions import SessionInstrument
from tickwise.journal.folds.signals import SignalRow
from tickwise.journal.folds.trades import TradeRow
from tickwise.journal.overview import counted
from tickwise.journal.schema import Row
from tickwise.journal.scope import Scope, rows_within, scope_of

NOTHING: Mapping[str, Any] = {}


class Wish(NamedTuple):
    """Which rows of a list are asked for."""

    session: str = ""
    since: str = ""
    bot: str = ""
    instrument: str = ""
    limit: int = 20
    only: Mapping[str, Any] = NOTHING


class Terms:
    """What prices and units count, by session and instrument."""

    def __init__(self, connection: Connection, scope: Scope) -> None:
        """Read what the sessions of a scope said."""
        self._known: dict[tuple[str, str], SessionInstrument] = {
            (name, each.instrument): each
            for name in scope.sessions
            for each in readings.instruments(connection, name)
        }

    def price(self, row: Any, ticks: float) -> float | None:
        """Give a price or a distance; None for 0, which is none."""
        return float(Decimal(str(ticks)) * Decimal(self._of(row).tick)) if ticks else None

    def mean(self, row: Any, value: int, units: int) -> float | None:
        """Give the mean price of units times ticks over units, to a tenth of a tick."""
        return self.price(row, round(value / units, 1)) if units else None

    def units(self, row: Any, steps: int) -> float | int:
        """Give units; whole ones as a whole number."""
        found = Decimal(steps) * Decimal(self._of(row).unit_step)
        return int(found) if found == found.to_integral_value() else float(found)

    def _of(self, row: Any) -> SessionInstrument:
        return self._known[row.session, row.instrument]


def scope_in(connection: Connection, session: str) -> Scope:
    """Give a scope. Raises JournalError where the journal holds no session."""
    scope = scope_of(connection, session)
    if scope is None:
        raise JournalError("this journal holds no session yet; `tickwise run` makes one")
    return scope


def listed(where: str | Path | None, what: str, wish: Wish) -> dict[str, Any]:
    """Give a list with what stands around it, as plain values. Raises a TickwiseError."""
    return run_once(where, lambda connection: _listed(connection, what, wish))


def _listed(connection: Connection, what: str, wish: Wish) -> dict[str, Any]:
    scope = scope_in(connection, wish.session)
    since = since_of(wish.since, scope.until_ts) if wish.since else 0
    kind, time, plain = LISTS[what]
    terms = Terms(connection, scope)
    rows = rows_within(
        connection,
        kind,
        scope,
        since_ts=since,
        time=time,
        bot=wish.bot,
        instrument=wish.instrument,
        **wish.only,
    )
    found: dict[str, Any] = {
        "sessions": list(scope.sessions),
        "currency": scope.last.currency,
        "since": time_text(since or _began(connection, scope)),
        "until": time_text(scope.until_ts),
        "count": len(rows),
        what: [plain(row, terms) for row in rows[: wish.limit]],
    }
    if what == "trades":
        found["net_pnl"] = sum(row.pnl for row in rows) / int(MILLION)  # type: ignore[attr-defined]
    if what == "signals":
        found["refused"] = counted(connection, scope, since)[1]
    return found


def _began(connection: Connection, scope: Scope) -> int:
    """Give when the oldest session of a scope was opened."""
    oldest = readings.session(connection, scope.sessions[-1])
    return oldest.opened_ts if oldest is not None else 0


def plain_signal(row: SignalRow, terms: Terms) -> dict[str, Any]:
    """Write a signal."""
    return {
        "time": time_text(row.ts),
        "session": row.session,
        "bot": row.bot,
        "instrument": row.instrument,
        "account": row.account,
        "units": terms.units(row, row.units),
        "bid": terms.price(row, row.bid),
        "ask": terms.price(row, row.ask),
        "stop_distance": terms.price(row, row.stop),
        "target_distance": terms.price(row, row.target),
        "score": row.score,
        "decision": row.decision,
        "reason": row.reason,
        "order": row.order,
        "key": row.key,
    }


def plain_order(row: OrderRow, terms: Terms) -> dict[str, Any]:
    """Write an order."""
    return {
        "order": row.order,
        "session": row.session,
        "bot": row.bot,
        "instrument": row.instrument,
        "account": row.account,
        "leaves": row.position if row.is_exit else "",
        "units": terms.units(row, row.units),
        "price": terms.price(row, row.price),
        "bound": terms.price(row, row.bound),
        "status": row.status,
        "is_working": row.is_working,
        "reason": row.reason,
        "says": row.says,
        "filled": terms.units(row, row.filled),
        "fill_price": terms.mean(row, row.fill_value, row.filled),
        "decided": time_text(row.decided_ts),
        "sent": time_text(row.sent_ts),
        "accepted": time_text(row.accepted_ts),
        "unknown": time_text(row.unknown_ts),
        "filled_at": time_text(row.filled_ts),
        "ended": time_text(row.ended_ts),
        "venue_order": row.venue_order,
        "evidence": row.evidence,
    }


def plain_position(row: PositionRow, terms: Terms) -> dict[str, Any]:
    """Write a position."""
    return {
        "position": row.position,
        "session": row.session,
        "bot": row.bot,
        "instrument": row.instrument,
        "account": row.account,
        "is_open": row.is_open,
        "is_adopted": row.is_adopted,
        "units": terms.units(row, row.units or row.entry_units),
        "entry_price": terms.mean(row, row.entry_value, row.entry_units),
        "exit_price": terms.mean(row, row.exit_value, row.exit_units),
        "stop": terms.price(row, row.stop),
        "target": terms.price(row, row.target),
        "protected_since": time_text(row.protected_ts),
        "stop_refused": row.stop_refused,
        "opened": time_text(row.opened_ts),
        "closed": time_text(row.closed_ts),
        "realised": row.pnl / int(MILLION),
        "reason": row.reason,
    }


def plain_trade(row: TradeRow, terms: Terms) -> dict[str, Any]:
    """Write a trade."""
    money = {name: getattr(row, name) / int(MILLION) for name in ("gross", "commission", "financing", "pnl")}
    return {
        "position": row.position,
        "session": row.session,
        "day": row.day,
        "bot": row.bot,
        "instrument": row.instrument,
        "account": row.account,
        "units": terms.units(row, row.side * row.units),
        "entered": time_text(row.entry_ts),
        "entry_price": terms.price(row, row.entry_price),
        "left": time_text(row.exit_ts),
        "exit_price": terms.mean(row, row.exit_value, row.exit_units),
        "reason": row.reason,
        **money,
        "r": row.pnl / row.risk if row.risk else None,
        "stop": terms.price(row, row.stop),
        "target": terms.price(row, row.target),
        "best": terms.price(row, row.best),
        "worst": terms.price(row, row.worst),
        "state": row.state,
        "latency_ms": row.latency / 1e6,
    }


LISTS: Mapping[str, tuple[type[Row], str, Callable[[Any, Terms], dict[str, Any]]]] = {
    "signals": (SignalRow, "ts", plain_signal),
    "orders": (OrderRow, "decided_ts", plain_order),
    "positions": (PositionRow, "opened_ts", plain_position),
    "trades": (TradeRow, "exit_ts", plain_trade),
}
"""For each list: its rows, the time that counts, and how a row is written."""
