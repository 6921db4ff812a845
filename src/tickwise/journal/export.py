"""Signals and trades as CSV: prices in the instrument's own decimals, money in whole units, times in UTC.

Rows are written as they are read, so a journal of any length fits in memory.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import TextIO

from sqlalchemy import Connection, select

from tickwise.errors import JournalDamaged
from tickwise.journal.folds.sessions import SessionInstrument
from tickwise.journal.folds.signals import SignalRow
from tickwise.journal.folds.trades import TradeRow
from tickwise.journal.schema import TABLES, R

Told = Callable[[int], None]
"""Told how many rows are written."""

PAGE = 2_000

MEAN_DIGITS = 3
"""Digits beyond the tick with which a mean of prices is written."""

_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)

SIGNAL_COLUMNS = (
    "time", "session", "bot", "strategy", "instrument", "account", "side", "units", "bid", "ask",
    "stop_distance", "target_distance", "score", "decision", "reason", "order", "key",
)  # fmt: skip

TRADE_COLUMNS = (
    "day", "session", "bot", "strategy", "instrument", "account", "pocket", "side", "units", "decided",
    "entered", "entry_price", "left", "exit_price", "reason", "gross", "commission", "financing", "pnl",
    "risk", "stop", "target", "best", "worst", "spread", "score", "state", "latency_ms", "position",
)  # fmt: skip


def time_text(ts: int) -> str:
    """Write nanoseconds UTC as ISO 8601 with nine digits: 2026-01-05T15:00:00.000000000Z; "" for none."""
    if ts == 0:
        return ""
    seconds, rest = divmod(ts, 1_000_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09}Z"


def decimal_text(millionths: int) -> str:
    """Write millionths, of money or of a time, as a decimal: two digits behind the point, more if it has."""
    whole = f"{Decimal(millionths).scaleb(-6, _EXACT):.6f}".rstrip("0")
    whole, _, rest = whole.partition(".")
    return f"{whole}.{rest:0<2}"


def scaled_text(count: int, step: str) -> str:
    """Write a whole number of steps, ticks or unit steps, as the decimal it stands for."""
    return f"{_EXACT.multiply(Decimal(count), Decimal(step)):f}"


def price_text(ticks: int, tick: str) -> str:
    """Write a price or a distance; "" for 0, which is none."""
    return scaled_text(ticks, tick) if ticks else ""


def mean_price_text(value: int, units: int, tick: str) -> str:
    """Write a sum of units times ticks over units as a price, rounded to a thousandth of a tick."""
    if units == 0:
        return ""
    fine = _EXACT.scaleb(Decimal(tick), -MEAN_DIGITS)
    mean = _EXACT.divide(_EXACT.multiply(Decimal(value), Decimal(tick)), Decimal(units))
    steps = _EXACT.to_integral_value(_EXACT.divide(mean, fine))
    exact = f"{_EXACT.multiply(steps, fine):f}"
    digits = len(tick.partition(".")[2])
    whole, _, rest = exact.partition(".")
    return f"{whole}.{rest.rstrip('0'):0<{digits}}".rstrip(".")


class _Terms:
    """What prices and units count, by session and instrument."""

    def __init__(self, connection: Connection) -> None:
        table = TABLES[SessionInstrument]
        found = [SessionInstrument(*each) for each in connection.execute(select(table))]
        self._known = {(each.session, each.instrument): each for each in found}

    def of(self, row: SignalRow | TradeRow) -> SessionInstrument:
        """Give the terms a row was written under."""
        try:
            return self._known[row.session, row.instrument]
        except KeyError:
            raise JournalDamaged(
                f"session {row.session} says nothing of {row.instrument}: `tickwise journal rebuild`"
            ) from None


def export_signals(
    connection: Connection, file: TextIO, since: int = 0, until: int = 2**63 - 1, told: Told | None = None
) -> int:
    """Write the signals of [since, until) as CSV, oldest first; give how many there are."""
    terms, writer = _Terms(connection), csv.writer(file, lineterminator="\n")
    writer.writerow(SIGNAL_COLUMNS)
    rows = (row for row in _all(connection, SignalRow, "ts", since, until))
    return _written(writer, (_signal(row, terms.of(row)) for row in rows), told)


def export_trades(
    connection: Connection, file: TextIO, since: int = 0, until: int = 2**63 - 1, told: Told | None = None
) -> int:
    """Write the trades that ended in [since, until) as CSV, oldest first; give how many there are."""
    terms, writer = _Terms(connection), csv.writer(file, lineterminator="\n")
    writer.writerow(TRADE_COLUMNS)
    rows = _all(connection, TradeRow, "exit_ts", since, until)
    return _written(writer, (_trade(row, terms.of(row)) for row in rows), told)


def _written(writer: object, lines: Iterator[tuple[str, ...]], told: Told | None) -> int:
    """Write lines, and tell how far it has come."""
    count = 0
    for line in lines:
        writer.writerow(line)  # type: ignore[attr-defined]
        count += 1
        if told is not None and count % PAGE == 0:
            told(count)
    if told is not None:
        told(count)
    return count


def _all(connection: Connection, kind: type[R], column: str, since: int, until: int) -> Iterator[R]:
    """Give the rows of a span in the order of their entries, some at a time."""
    table, after = TABLES[kind], 0
    time = table.c[column]
    while True:
        wanted = select(table).where(table.c.seq > after, time >= since, time < until)
        page = [kind(*found) for found in connection.execute(wanted.order_by(table.c.seq).limit(PAGE))]
        if not page:
            return
        yield from page
        after = page[-1].seq  # type: ignore[attr-defined]


def _signal(row: SignalRow, terms: SessionInstrument) -> tuple[str, ...]:
    return (
        time_text(row.ts),
        row.session,
        row.bot,
        row.strategy,
        row.instrument,
        row.account,
        "buy" if row.units > 0 else "sell",
        scaled_text(abs(row.units), terms.unit_step),
        scaled_text(row.bid, terms.tick),
        scaled_text(row.ask, terms.tick),
        price_text(row.stop, terms.tick),
        price_text(row.target, terms.tick),
        f"{row.score:g}",
        row.decision,
        row.reason,
        row.order,
        row.key,
    )


def _trade(row: TradeRow, terms: SessionInstrument) -> tuple[str, ...]:
    prices = (row.stop, row.target, row.best, row.worst)
    money = (row.gross, row.commission, row.financing, row.pnl, row.risk)
    return (
        row.day,
        row.session,
        row.bot,
        row.strategy,
        row.instrument,
        row.account,
        row.pocket,
        "buy" if row.side > 0 else "sell",
        scaled_text(row.units, terms.unit_step),
        time_text(row.decided_ts),
        time_text(row.entry_ts),
        scaled_text(row.entry_price, terms.tick),
        time_text(row.exit_ts),
        mean_price_text(row.exit_value, row.exit_units, terms.tick),
        row.reason,
        *(decimal_text(each) for each in money),
        *(price_text(each, terms.tick) for each in prices),
        scaled_text(row.spread, terms.tick),
        f"{row.score:g}",
        row.state,
        decimal_text(row.latency),
        row.position,
    )
