"""Daily profit and loss: what every trading day of a session brought, by account, bot, strategy, instrument.

Money belongs to the day on which it was filled, as the account sees it; a trade belongs to the day on which
it ended. The sums over all days agree.
"""

from __future__ import annotations

from msgspec.structs import replace

from tickwise.journal.entries import Entry, Filled, Reduced, TradeBooked
from tickwise.journal.folds.positions import PositionRow
from tickwise.journal.folds.rows import Fold, Rows
from tickwise.journal.folds.trading_day import trading_day
from tickwise.journal.schema import Row, table_of


class DailyRow(Row, frozen=True):
    """One trading day of a session, of one bot's strategy on an instrument in an account; in millionths.

    `pnl` is gross less commission plus financing of the day's fills; trades are won above zero.
    """

    session: str
    day: str
    account: str
    bot: str
    strategy: str
    instrument: str
    fills: int = 0
    trades: int = 0
    wins: int = 0
    losses: int = 0
    gross: int = 0
    commission: int = 0
    financing: int = 0
    pnl: int = 0


table_of("daily_pnl", DailyRow, ("session", "day", "account", "bot", "strategy", "instrument"))


def _day(rows: Rows, ts: int, row: PositionRow | TradeBooked) -> DailyRow:
    """Give the row of a moment's day as it is so far."""
    key = (rows.session, trading_day(ts), row.account, row.bot, row.strategy, row.instrument)
    return rows.get(DailyRow, *key) or DailyRow(*key)


def _filled(rows: Rows, entry: Filled, seq: int) -> tuple[DailyRow]:
    """Book the commission of a fill that entered."""
    was = _day(rows, entry.ts, rows.need(PositionRow, entry.position))
    return (
        replace(
            was,
            fills=was.fills + 1,
            commission=was.commission + entry.commission,
            pnl=was.pnl - entry.commission,
        ),
    )


def _reduced(rows: Rows, entry: Reduced, seq: int) -> tuple[DailyRow]:
    """Book what a fill that left brought."""
    was = _day(rows, entry.ts, rows.need(PositionRow, entry.position))
    return (
        replace(
            was,
            fills=was.fills + 1,
            gross=was.gross + entry.gross,
            commission=was.commission + entry.commission,
            financing=was.financing + entry.financing,
            pnl=was.pnl + entry.gross - entry.commission + entry.financing,
        ),
    )


def _traded(rows: Rows, entry: TradeBooked, seq: int) -> tuple[DailyRow]:
    """Count a trade; its money was booked with its fills."""
    was = _day(rows, entry.exit_ts, entry)
    wins, losses = was.wins + (entry.pnl > 0), was.losses + (entry.pnl < 0)
    return (replace(was, trades=was.trades + 1, wins=wins, losses=losses),)


FOLDS: dict[type[Entry], Fold] = {Filled: _filled, Reduced: _reduced, TradeBooked: _traded}
"""What each kind of entry does to the days."""
