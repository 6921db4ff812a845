"""Whoever asks gets what the tables say: newest first, a page at a time, and nothing that is not his."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection

from oracles.entries_drawn import drawn_entries
from oracles.entries_made import LANES, MONDAY, made
from oracles.folding import Folded
from tickwise.journal import readings as r
from tickwise.journal.chain import kind_of
from tickwise.journal.database import open_database, run_once
from tickwise.journal.entries import Alarm, Entry, SessionOpened
from tickwise.journal.entry_readings import all_entries, entries_after, seq_at, state
from tickwise.journal.folds.audit import AuditRow
from tickwise.journal.folds.daily import DailyRow
from tickwise.journal.folds.orders import OrderRow
from tickwise.journal.folds.positions import ForeignRow, PositionRow
from tickwise.journal.folds.refusals import GateRow
from tickwise.journal.folds.sessions import SessionRow
from tickwise.journal.folds.signals import SignalRow
from tickwise.journal.folds.trades import TradeRow
from tickwise.journal.writer import ThreadedJournal

ENTRIES = drawn_entries(31, 600)
FOLDED = Folded(ENTRIES)


def kept(place: str, entries: list[Entry] = ENTRIES) -> None:
    """Write a journal and close it."""
    journal = ThreadedJournal(place, owner="t", ts=1)
    for entry in entries:
        journal.append(entry)
    journal.close()


def newest(rows: list[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: -row.seq)


def test_readings_are_what_was_folded(place: str) -> None:
    kept(place)
    now = ENTRIES[-1].ts

    def check(connection: Connection) -> None:
        read: list[tuple[Any, Any]] = [
            (r.orders(connection, limit=9_999), newest(FOLDED.all(OrderRow))),
            (
                r.orders(connection, working=True, bot="fast", limit=9_999),
                newest([row for row in FOLDED.all(OrderRow) if row.is_working and row.bot == "fast"]),
            ),
            (r.order(connection, "nothing"), None),
            (r.open_positions(connection), newest([row for row in FOLDED.all(PositionRow) if row.is_open])),
            (r.positions(connection, limit=9_999), newest(FOLDED.all(PositionRow))),
            (r.foreign_positions(connection), [row for row in FOLDED.all(ForeignRow) if row.units]),
            (r.signals(connection, limit=9_999), newest(FOLDED.all(SignalRow))),
            (r.audit(connection, limit=9_999), newest(FOLDED.all(AuditRow))),
            (
                r.gates_now(connection),
                [row for row in FOLDED.all(GateRow) if row.session == FOLDED.rows.session],
            ),
            (r.sessions(connection, limit=9_999), newest(FOLDED.all(SessionRow))),
            (
                r.trades_since(connection, limit=9_999),
                sorted(FOLDED.all(TradeRow), key=lambda row: (-row.exit_ts, -row.seq)),
            ),
        ]
        for got, expected in read:
            assert got == expected
        last = r.session(connection)
        assert last is not None
        assert last.session == state(connection).session
        assert [lane.bot for lane in r.lanes(connection, last.session)] == [lane.bot for lane in LANES]
        assert len(r.instruments(connection, last.session)) == 2
        assert sorted(row.bot for row in r.configs(connection, last.session)) == ["fast", "slow"]
        assert r.trades_since(connection, now + 1) == []
        assert sum(row.count for row in r.counters(connection)) > 0

    run_once(place, check)


@pytest.mark.parametrize(
    "reading",
    [r.fills, r.decisions, r.refusals, r.command_runs, r.orders, r.positions, r.signals, r.audit, r.sessions],
)
def test_a_list_goes_on_where_the_last_one_ended(place: str, reading: Callable[..., list[Any]]) -> None:
    kept(place)

    def page_through(connection: Connection) -> list[Any]:
        rows: list[Any] = []
        while page := reading(connection, limit=4, before=rows[-1].seq if rows else 0):
            assert len(page) <= 4
            rows += page
        return rows

    rows = run_once(place, page_through)
    assert rows == run_once(place, partial(reading, limit=9_999))
    assert len(rows) > 4


def test_small_tables_are_read_whole(place: str) -> None:
    kept(place)
    whole = (r.daily_pnl, r.accounts, r.account_days, r.switches, r.connections)
    assert all(run_once(place, reading) for reading in whole)
    day = run_once(place, r.daily_pnl)[0]
    same = {"day": day.day, "account": day.account, "session": day.session}
    found = run_once(place, partial(r.daily_pnl, **same))
    assert {(row.day, row.account, row.session) for row in found} == {tuple(same.values())}
    for reading in (r.accounts, r.account_days, r.switches):
        assert run_once(place, partial(reading, realm="paper paper")) == run_once(place, reading)
        assert run_once(place, partial(reading, realm="oanda live")) == []


def test_strategies_are_shown_the_best_first(place: str) -> None:
    kept(place)
    names = [row.session for row in FOLDED.all(SessionRow)][:2]
    first = FOLDED.all(DailyRow)[3].day
    days = [row for row in FOLDED.all(DailyRow) if row.session in names and row.day >= first]
    found = run_once(place, partial(r.strategies, names=names, since_day=first))
    assert {(row.bot, row.strategy): (row.trades, row.pnl) for row in found} == {
        (bot, strategy): (
            sum(row.trades for row in days if (row.bot, row.strategy) == (bot, strategy)),
            sum(row.pnl for row in days if (row.bot, row.strategy) == (bot, strategy)),
        )
        for bot, strategy in {(row.bot, row.strategy) for row in days}
    }
    assert [row.pnl for row in found] == sorted((row.pnl for row in found), reverse=True)
    assert run_once(place, partial(r.strategies, names=[])) == []


def test_entries_come_in_pages_after_a_number(place: str) -> None:
    kept(place)
    page = run_once(place, partial(entries_after, after=10, limit=5))
    assert page == [(seq, ENTRIES[seq - 1]) for seq in range(11, 16)]
    intents = run_once(place, partial(entries_after, kinds=("intent", "trade"), limit=9_999))
    assert intents == [
        (seq, each) for seq, each in enumerate(ENTRIES, 1) if kind_of(each) in ("intent", "trade")
    ]
    assert run_once(place, partial(entries_after, after=600)) == []


def test_all_entries_are_read_some_at_a_time(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(place)
    monkeypatch.setattr("tickwise.journal.entry_readings.PAGE", 7)
    found = run_once(place, lambda connection: list(all_entries(connection, after=3)))
    assert found == list(enumerate(ENTRIES, 1))[3:]


def test_a_moment_is_found_by_halving(place: str) -> None:
    kept(place)

    def check(connection: Connection) -> None:
        for seq in (1, 2, 300, 599, 600):
            first = next(at for at, each in enumerate(ENTRIES, 1) if each.ts >= ENTRIES[seq - 1].ts)
            assert seq_at(connection, ENTRIES[seq - 1].ts) == first
        assert seq_at(connection, 0) == 1
        assert seq_at(connection, ENTRIES[-1].ts + 1) == 601

    run_once(place, check)


def test_signals_since_a_moment(place: str) -> None:
    kept(place)
    middle = ENTRIES[300].ts
    found = run_once(place, partial(r.signals_since, since=middle, limit=9_999))
    assert found == newest([row for row in FOLDED.all(SignalRow) if row.ts >= middle])


def test_an_empty_journal_reads_as_nothing(place: str) -> None:
    kept(place, [])
    assert run_once(place, r.orders) == []
    assert run_once(place, r.session) is None
    assert run_once(place, partial(seq_at, ts=5)) == 1


def test_a_reader_sees_one_moment_while_the_writer_goes_on(place: str) -> None:
    journal = ThreadedJournal(place, owner="t", ts=1)

    async def read_and_write() -> None:
        await journal.durable(journal.append(made(SessionOpened)))
        async with open_database(place) as database:

            def twice(connection: Connection) -> tuple[int, int]:
                before = state(connection).seq
                journal.append(made(Alarm, ts=MONDAY, level="warning", what="", says=""))
                while journal.head.seq < 2:
                    pass
                return before, state(connection).seq

            assert await database.read(twice) == (1, 1)
            assert (await database.read(state)).seq == 2

    asyncio.run(read_and_write())
    journal.close()
