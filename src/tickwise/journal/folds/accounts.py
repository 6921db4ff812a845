"""Accounts: the venue's balance, what flowed in and out, and how the last reconciliation ended."""

from __future__ import annotations

from msgspec.structs import replace

from tickwise.journal.entries import BalanceSeen, DayLost, Entry, Filled, Reconciled, Reduced, Switched
from tickwise.journal.folds.positions import PositionRow
from tickwise.journal.folds.rows import Fold, Rows
from tickwise.journal.folds.sessions import realm_now
from tickwise.journal.folds.trading_day import trading_day
from tickwise.journal.schema import Row, table_of


class AccountRow(Row, frozen=True):
    """An account as it was last seen; money in millionths.

    `mark` is the venue's last change that was heard of, `reconciled_mark` the one up to which all was. `flow`
    is the sum of deposits, withdrawals and financing. `differences` are the last reconciliation's, one a
    line, "" where all agreed. A realm is `sessions.realm_of`.
    """

    realm: str
    account: str
    seq: int = 0
    session: str = ""
    balance: int = 0
    flow: int = 0
    mark: int = 0
    balance_ts: int = 0
    reconciled_ts: int = 0
    reconciled_mark: int = 0
    differences: str = ""
    lost_day: str = ""
    """The last trading day that was lost, "" where a person resumed it since."""


class AccountDay(Row, frozen=True):
    """A trading day of an account: its balance at first and last sight, flow, and whether it was lost."""

    realm: str
    day: str
    account: str
    balance_first: int = 0
    balance_last: int = 0
    flow: int = 0
    is_lost: bool = False
    lost_ts: int = 0
    equity: int = 0
    """The equity that lost the day, and the floor it fell to; 0 where the day was not lost."""
    floor: int = 0


table_of("accounts", AccountRow, ("realm", "account"))
table_of("account_days", AccountDay, ("realm", "day", "account"))


def _account(rows: Rows, account: str) -> AccountRow:
    key = (realm_now(rows), account)
    return rows.get(AccountRow, *key) or AccountRow(*key)


def _day(rows: Rows, ts: int, account: str) -> AccountDay:
    key = (realm_now(rows), trading_day(ts), account)
    return rows.get(AccountDay, *key) or AccountDay(*key)


def _balance(rows: Rows, entry: BalanceSeen, seq: int) -> tuple[Row, ...]:
    """Note a balance, and what flowed."""
    return _seen(rows, entry.account, entry.ts, seq, entry.balance, entry.flow, entry.mark)


def _filled(rows: Rows, entry: Filled | Reduced, seq: int) -> tuple[Row, ...]:
    """Note the balance that came with a fill, where one did."""
    if not entry.balance:
        return ()
    account = rows.need(PositionRow, entry.position).account
    return _seen(rows, account, entry.ts, seq, entry.balance, 0, entry.mark)


def _seen(rows: Rows, account: str, ts: int, seq: int, balance: int, flow: int, mark: int) -> tuple[Row, ...]:
    """Give account and day with a balance."""
    was, day = _account(rows, account), _day(rows, ts, account)
    now = replace(
        was,
        seq=seq,
        session=rows.session,
        balance=balance,
        flow=was.flow + flow,
        mark=max(was.mark, mark),
        balance_ts=ts,
    )
    first = day.balance_first or balance
    return (now, replace(day, balance_first=first, balance_last=balance, flow=day.flow + flow))


def _reconciled(rows: Rows, entry: Reconciled, seq: int) -> tuple[Row, ...]:
    """Note how ours and the venue's agreed."""
    was = _account(rows, entry.account)
    now = replace(was, seq=seq, session=rows.session, mark=max(was.mark, entry.mark))
    said = "\n".join(entry.differences)
    return (replace(now, reconciled_ts=entry.ts, reconciled_mark=entry.mark, differences=said),)


def _lost(rows: Rows, entry: DayLost, seq: int) -> tuple[Row, ...]:
    """Note that the day is lost."""
    was, day = _account(rows, entry.account), _day(rows, entry.ts, entry.account)
    return (
        replace(was, seq=seq, session=rows.session, lost_day=day.day),
        replace(day, is_lost=True, lost_ts=entry.ts, equity=entry.equity, floor=entry.floor),
    )


def _resumed(rows: Rows, entry: Switched, seq: int) -> tuple[Row, ...]:
    """Note that a person ended a lost day before its time."""
    if entry.switch != "day":
        return ()
    return (replace(_account(rows, entry.name), seq=seq, session=rows.session, lost_day=""),)


FOLDS: dict[type[Entry], Fold] = {
    BalanceSeen: _balance,
    Filled: _filled,
    Reduced: _filled,
    Reconciled: _reconciled,
    DayLost: _lost,
    Switched: _resumed,
}
"""What each kind of entry does to accounts."""
