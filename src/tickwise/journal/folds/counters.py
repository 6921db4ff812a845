"""Counters: how often evaluations ended in each outcome, by trading day and lane; they add up to all."""

from __future__ import annotations

from functools import cache

from msgspec.structs import replace

from tickwise.journal.entries import Counted, Entry
from tickwise.journal.folds.rows import Fold, Rows
from tickwise.journal.folds.sessions import lane_of
from tickwise.journal.folds.trading_day import trading_day
from tickwise.journal.schema import Row, table_of


class CountRow(Row, frozen=True):
    """Evaluations of a lane on a trading day that ended in an outcome, and signals that it cost."""

    session: str
    day: str
    lane: int
    code: int
    outcome: str
    bot: str
    instrument: str
    account: str
    count: int = 0
    missed: int = 0


table_of("outcome_counts", CountRow, ("session", "day", "lane", "code"))


@cache
def _outcomes() -> dict[int, str]:
    """Give the names of outcomes by code; the core is asked only once something was counted."""
    from tickwise.core.outcome import TABLE

    return {row.code: row.name for row in TABLE}


def _counted(rows: Rows, entry: Counted, seq: int) -> tuple[CountRow, ...]:
    """Add the counts since the last such entry."""
    day = trading_day(entry.ts)
    found: dict[tuple[int, int], CountRow] = {}
    for lane, code, count in entry.counts:
        was = found.get((lane, code)) or _row(rows, day, lane, code)
        found[lane, code] = replace(was, count=was.count + count)
    for lane, code, count in entry.missed:
        was = found.get((lane, code)) or _row(rows, day, lane, code)
        found[lane, code] = replace(was, missed=was.missed + count)
    return tuple(found.values())


def _row(rows: Rows, day: str, lane: int, code: int) -> CountRow:
    """Give a counter as it is so far."""
    key = (rows.session, day, lane, code)
    was = rows.get(CountRow, *key)
    if was is not None:
        return was
    named = lane_of(rows, lane)
    return CountRow(*key, _outcomes().get(code, str(code)), named.bot, named.instrument, named.account)


FOLDS: dict[type[Entry], Fold] = {Counted: _counted}
"""What each kind of entry does to counters."""
