"""Configs are swapped whole while a session runs, and everything that has become of it goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from engine.order_world import FoldedJournal
from engine.test_paper_session import BOTS, Listed
from oracles.bots import quiet
from oracles.tapes import chunk_of, tape
from tickwise.config.bot import BotConfig
from tickwise.config.engine import EngineConfig
from tickwise.config.reload import Change, Configs
from tickwise.engine.answers import ENTRY
from tickwise.engine.clock import TapeTime
from tickwise.engine.commands import Ended
from tickwise.engine.engine import Engine
from tickwise.engine.opening import core_of, names_of, session_opened
from tickwise.engine.paper import PaperDesk
from tickwise.engine.past import Session, goes_on
from tickwise.engine.recovery import recovered
from tickwise.engine.reloading import Reloader
from tickwise.engine.remaking import Remaking
from tickwise.engine.replay import replay
from tickwise.engine.snapshots import Snapshots
from tickwise.journal import entries as j
from tickwise.journal.folds.sessions import SessionRow
from tickwise.market_data.recording import Recorder

QUOTES = tape(chunk_of(31, 4_000))


class Run:
    """A session on paper that is fed row by row and may be reloaded between two rows."""

    def __init__(self, folder: Path, bots: list[BotConfig]) -> None:
        since, until = QUOTES.first_ts, QUOTES.last_ts
        live = core_of(bots, QUOTES.instruments, since, until, "exchange")
        self.opened = session_opened(
            live, bots, QUOTES.instruments, session="r1", venue="paper", environment="paper",
            since=since, until=until, tape=folder / "r1.tape",
        )  # fmt: skip
        self.folder, self.journal, self.time = folder, Listed(), TapeTime()
        self.recorder = Recorder(folder / "r1.tape", QUOTES.instruments)
        names = names_of(self.opened, "tw-")
        engine = Engine(live, names, self.journal, self.recorder, self.time, Snapshots(folder, "r1", 500))
        engine.desk = PaperDesk(engine)
        engine.remake = self.remaking = Remaking(self.opened)
        self.engine = engine
        self.reloader = Reloader(engine, self.remaking)
        self.rows = QUOTES.read()
        self.at = 0

    def feed(self, until: int) -> None:
        for at in range(self.at, until):
            self.time.ns = int(self.rows.ts[at])
            self.engine.quote(0, int(self.rows.ts_event[at]), int(self.rows.bid[at]), int(self.rows.ask[at]))
        self.at = until

    def to_a_position(self, bot: str) -> None:
        while not self.holds(bot):
            self.feed(self.at + 1)

    def holds(self, bot: str) -> bool:
        lanes = self.engine.names.lanes
        return any(lanes[each.lane].bot == bot for each in self.engine.book.positions.values())

    def reload(self, bots: list[BotConfig]) -> Ended:
        change = Change(Configs({bot.name: bot for bot in bots}, EngineConfig(), {}), added=("something",))
        return self.reloader.take(change, "a test", "tester")

    def close(self) -> list[j.Entry]:
        self.engine.close("over")
        return self.journal.entries

    def replayed(self) -> None:
        found = replay(self.opened, self.close(), self.folder / "r1.tape", "tw-")
        assert (found.difference, found.tape_problem, found.ended_early) == ("", "", "")
        assert found.is_equal


def changed(bot: BotConfig, **said: Any) -> BotConfig:
    return bot.model_copy(update=said)


def test_a_reload_that_changes_nothing_that_decides_changes_no_decision(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    plain, other = Run(tmp_path / "a", BOTS), Run(tmp_path / "b", BOTS)
    plain.feed(4_000)
    for until in (700, 1_900, 2_500, 4_000):
        other.feed(until)
        assert (
            other.reload([changed(bot, owner=f"somebody at {until}") for bot in BOTS]).status == "SUCCEEDED"
        )
    assert other.engine.live.session.decision_digest == plain.engine.live.session.decision_digest
    assert other.engine.live.session.outcomes() == plain.engine.live.session.outcomes()
    other.replayed()


def test_a_bot_that_is_gone_keeps_its_position_until_it_has_left_and_opens_no_other(tmp_path: Path) -> None:
    run = Run(tmp_path, BOTS)
    run.to_a_position("late")
    assert run.reload(BOTS[:1]).status == "SUCCEEDED"
    assert "late/EUR_USD" in run.journal.entries[-1].exit_only  # type: ignore[attr-defined]
    entered = [each.bot for each in run.journal.entries if isinstance(each, j.Intent)].count("late")
    run.feed(4_000)
    assert [each.bot for each in run.journal.entries if isinstance(each, j.Intent)].count("late") == entered
    assert not run.holds("late")
    run.replayed()


def test_a_bot_that_is_gone_and_holds_nothing_is_gone(tmp_path: Path) -> None:
    run = Run(tmp_path, BOTS)
    run.feed(5)
    assert run.reload(BOTS[:1]).status == "SUCCEEDED"
    assert [lane.bot for lane in run.engine.names.lanes] == [BOTS[0].name]
    run.feed(4_000)
    run.replayed()


def test_a_new_bot_and_a_new_limit_hold_from_the_next_quote_on(tmp_path: Path) -> None:
    run = Run(tmp_path, BOTS[:1])
    run.feed(1_000)
    none = BOTS[0].gates.model_copy(update={"spread_pips_max": 0.0})
    third = quiet("fast_scalp", name="third", params={"threshold_pips": 0.2, "range_floor_pips": 0.4})
    assert run.reload([third, changed(BOTS[0], gates=none)]).status == "SUCCEEDED"
    before = [each.bot for each in run.journal.entries if isinstance(each, j.Intent)].count(BOTS[0].name)
    run.feed(4_000)
    intents = [each.bot for each in run.journal.entries if isinstance(each, j.Intent)]
    assert intents.count(BOTS[0].name) == before
    assert intents.count("third") > 3
    run.replayed()


def test_an_instrument_the_session_did_not_begin_with_is_refused_whole(tmp_path: Path) -> None:
    run = Run(tmp_path, BOTS)
    run.feed(10)
    written = len(run.journal.entries)
    ended = run.reload([changed(BOTS[0], instruments=("EUR_USD", "GBP_USD")), BOTS[1]])
    assert ended.status == "FAILED"
    assert "GBP_USD: new to this session" in ended.says
    assert len(run.journal.entries) == written


def cut_off(run: Run) -> SessionRow:
    """Give the row of a session that was begun and not closed."""
    (row,) = FoldedJournal([run.opened]).all(SessionRow)
    assert isinstance(row, SessionRow)
    return row


def opened_of(bots: list[BotConfig]) -> j.SessionOpened:
    """Give the entry that would open a session of some bots now."""
    since, until = QUOTES.first_ts, QUOTES.last_ts
    live = core_of(bots, QUOTES.instruments, since, until, "exchange")
    return session_opened(
        live, bots, QUOTES.instruments, session="r2", venue="paper", environment="paper",
        since=since, until=until, tape=Path("r2.tape"),
    )  # fmt: skip


def test_what_a_reload_took_out_and_only_leaves_is_not_looked_for_by_a_restart(tmp_path: Path) -> None:
    run = Run(tmp_path, BOTS)
    run.to_a_position("late")
    run.reload(BOTS[:1])

    def goes_on_with(*bots: BotConfig) -> bool:
        return goes_on(cut_off(run), opened_of(list(bots)), Session(run.opened, run.journal.entries))

    for until in (run.at, 4_000):
        run.feed(until)
        assert goes_on_with(BOTS[0])
        assert not goes_on_with(*BOTS)
        assert not goes_on_with(BOTS[1])
        assert not goes_on_with(changed(BOTS[0], owner="another"))
    assert not run.holds("late")


def test_a_restart_does_not_go_on_where_the_code_of_a_bot_that_only_leaves_is_another(tmp_path: Path) -> None:
    run = Run(tmp_path, BOTS)
    run.to_a_position("late")
    run.reload(BOTS[:1])
    reloaded = run.journal.entries[-1]
    assert isinstance(reloaded, j.Reloaded)
    for digest, goes in ((reloaded.code_digest, True), ("another", False)):
        then = Session(run.opened, [msgspec.structs.replace(reloaded, code_digest=digest)])
        assert goes_on(cut_off(run), opened_of(BOTS[:1]), then) is goes


def lane_of(run: Run, bot: str) -> tuple[int, int, float]:
    """Give what the core has of a bot's lane: paused, only leaving, its weight."""
    place = [row.bot for row in run.engine.names.lanes].index(bot)
    lane = run.engine.live.session.records.lanes[place]
    return int(lane["paused"]), int(lane["exit_only"]), float(lane["weight"])


@pytest.mark.parametrize("switch", ["pause", "exit_only"])
def test_a_bot_whose_file_goes_and_comes_back_is_switched_off_and_weighed_as_before(
    tmp_path: Path, switch: Any
) -> None:
    run = Run(tmp_path, BOTS)
    run.feed(5)
    run.engine.take(
        j.Switched(**ENTRY, switch=switch, scope="bot", name="late", on=True, reason="odd", actor="me")
    )
    run.engine.take(j.Fact(**ENTRY, bot="late", name="weight", value=0.25, source="me"))
    stands = (int(switch == "pause"), int(switch == "exit_only"), 0.25)
    assert lane_of(run, "late") == stands
    assert run.reload(BOTS[:1]).status == "SUCCEEDED"
    assert run.reload(BOTS).status == "SUCCEEDED"
    assert lane_of(run, "late") == stands
    assert lane_of(run, BOTS[0].name) == (0, 0, 1.0)
    run.feed(2_000)
    run.recorder.flush()
    left = list(run.journal.entries)
    journal, snapshots = Listed(), Snapshots(tmp_path, "r1", 500)
    journal.entries = list(left)
    again = recovered(run.opened, left, journal, run.recorder, snapshots, TapeTime(), "tw-").engine
    assert again.book == run.engine.book
    assert again.live.session.decision_digest == run.engine.live.session.decision_digest
    run.feed(4_000)
    assert [each.bot for each in run.journal.entries if isinstance(each, j.Intent)].count("late") == 0
    run.replayed()


@pytest.mark.parametrize("cut", [0.5, 0.95])
def test_a_session_that_was_reloaded_and_cut_off_goes_on(tmp_path: Path, cut: float) -> None:
    run = Run(tmp_path, BOTS)
    run.feed(1_500)
    run.reload([changed(bot, owner="another") for bot in BOTS[::-1]])
    run.feed(3_000)
    left = run.journal.entries[: int(len(run.journal.entries) * cut)]
    journal, time = Listed(), TapeTime()
    journal.entries = list(left)
    snapshots = Snapshots(tmp_path, "r1", 500)
    again = recovered(run.opened, left, journal, run.recorder, snapshots, time, "tw-").engine
    again.desk = PaperDesk(again)
    assert [row.bot for row in again.names.lanes] == [row.bot for row in run.engine.names.lanes]
    assert again.live.session.decision_digest == run.engine.live.session.decision_digest
    assert {name: vars(p) for name, p in again.book.positions.items()} == {
        name: vars(p) for name, p in run.engine.book.positions.items()
    }
