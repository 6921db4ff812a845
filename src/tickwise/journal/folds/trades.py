"""Trades: from flat to flat, as the core booked them."""

from __future__ import annotations

from tickwise.journal.entries import Entry, TradeBooked
from tickwise.journal.folds.rows import Fold, Rows
from tickwise.journal.folds.trading_day import trading_day
from tickwise.journal.schema import Row, table_of


class TradeRow(Row, frozen=True):
    """A trade. Prices in ticks, money in millionths; the mean exit price is `exit_value / exit_units`.

    `day` is the trading day of its exit; `best` and `worst` are the best and worst prices it saw.
    """

    seq: int
    day: str
    session: str
    position: str
    lane: int
    bot: str
    strategy: str
    instrument: str
    account: str
    pocket: str
    side: int
    units: int
    decided_ts: int
    entry_ts: int
    entry_price: int
    exit_ts: int
    exit_value: int
    exit_units: int
    reason: str
    gross: int
    commission: int
    financing: int
    pnl: int
    risk: int
    stop: int
    target: int
    best: int
    worst: int
    spread: int
    score: float
    state: str
    latency: int


table_of("trades", TradeRow, ("seq",), indexed=("exit_ts",))

_SAME = TradeRow.__struct_fields__[3:]


def _booked(rows: Rows, entry: TradeBooked, seq: int) -> tuple[TradeRow]:
    """Note a trade."""
    same = {name: getattr(entry, name) for name in _SAME}
    return (TradeRow(seq=seq, day=trading_day(entry.exit_ts), session=rows.session, **same),)


FOLDS: dict[type[Entry], Fold] = {TradeBooked: _booked}
"""What each kind of entry does to trades."""
