"""Four hours of OANDA's quotes at the local OANDA: what the backtest decides, to the cent."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cli.commands import EXAMPLES, typed
from engine.oanda_world import ACCOUNT, World
from tickwise.config.bot import BotConfig
from tickwise.config.load import load_bot
from tickwise.engine.names import REASON_NAMES
from tickwise.engine.replay import replay
from tickwise.journal import entries as j
from tickwise.journal.inline import InlineJournal
from tickwise.market_data.importers import open_any
from tickwise.market_data.tape import tape_of
from tickwise.research.backtest import Result, backtest

TAPE = "quotes/eurusd_oanda_20140501_0509.parquet"
SINCE = datetime(2014, 5, 6, 12, tzinfo=UTC)
UNTIL = datetime(2014, 5, 6, 16, tzinfo=UTC)
AT_ONCE = {"fills.latency_ms": "0", "fills.slippage_pips": "0"}
"""The local broker fills at the price it shows, at once."""


def four_hours(real_data: Path) -> Any:
    whole = open_any(real_data / TAPE, None, None)
    since, until = (round(each.timestamp()) * 1_000_000_000 for each in (SINCE, UNTIL))
    chunk = whole.read(since, until)
    return tape_of(chunk, [(each.symbol, str(each.tick)) for each in whole.instruments])


def session_of(bot: BotConfig, tape: Any, folder: Path) -> World:
    async def go() -> World:
        async with World([bot], tape, folder) as world:
            for at in range(tape.rows):
                await world.step(at)
        return world

    return asyncio.run(go())


@pytest.fixture(scope="module")
def traded(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, World]:
    tape = four_hours(real_data)
    bot = load_bot(EXAMPLES / "fastscalp_paper.toml", {**AT_ONCE, "gates.spread_pips_max": "2.0"})
    return backtest(bot, tape), session_of(bot, tape, tmp_path_factory.mktemp("traded"))


@pytest.mark.slow
@pytest.mark.timeout(600)
class TestWithARetailCap:
    def test_every_trade_is_the_backtests_and_there_are_at_least_100(self, traded: Any) -> None:
        result, world = traded
        trades = world.journal.of(j.TradeBooked)
        ours = [(each.side, each.entry_ts, each.entry_price, each.exit_ts, each.reason) for each in trades]
        names = ("side", "entry_ts", "entry_price", "exit_ts", "reason")
        theirs = zip(*(result.raw_trades[name].tolist() for name in names), strict=True)
        assert ours == [(*each[:4], REASON_NAMES[each[4]]) for each in theirs]
        assert len(ours) >= 100

    def test_the_counters_are_the_backtests(self, traded: Any) -> None:
        result, world = traded
        assert world.engine.live.session.outcomes() == result.outcomes

    def test_every_intent_left_once_with_its_stop_and_its_outcome_is_written_down(self, traded: Any) -> None:
        _, world = traded
        intents = world.journal.of(j.Intent)
        leaving = [each.order for each in world.journal.of(j.Intent, j.ExitIntent)]
        assert [each.order for each in world.journal.of(j.Sent)] == leaving
        filled = [each.order for each in world.journal.of(j.Filled)]
        refused = [each.order for each in world.journal.of(j.Ended) if each.reason != "filled"]
        assert sorted({*filled, *refused}) == sorted(each.order for each in intents)
        made = [each for each in world.account.since(0) if each["type"] == "MARKET_ORDER"]
        entries = [each for each in made if each.get("tradeClose") is None]
        assert all("stopLossOnFill" in each for each in entries)
        assert len(entries) == len(intents)

    def test_the_money_is_the_brokers_to_the_cent(self, traded: Any) -> None:
        _, world = traded
        ours = int(world.engine.live.session.records.accounts[0]["balance"])
        assert f"{ours / 1e6:.2f}" == f"{world.account.state.balance:.2f}"
        booked = sum(each.pnl for each in world.journal.of(j.TradeBooked))
        assert f"{booked / 1e6:.2f}" == f"{world.account.state.balance - 100_000:.2f}"

    def test_the_session_replays_to_equal_decisions(self, traded: Any) -> None:
        _, world = traded
        found = replay(world.opened, world.journal.entries, world.folder / "w1.tape", "tw-")
        assert (found.difference, found.tape_problem, found.ended_early) == ("", "", "")
        assert found.is_equal
        assert ACCOUNT in world.engine.names.accounts


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_fastscalps_own_cap_sends_nothing_and_the_first_line_says_why(
    real_data: Path, tmp_path: Path
) -> None:
    world = session_of(load_bot(EXAMPLES / "fast_scalp.toml", AT_ONCE), four_hours(real_data), tmp_path)
    assert world.journal.of(j.Intent, j.Sent) == []
    assert not [each for each in world.server.exchanges if each.method in ("POST", "PUT")]
    journal = InlineJournal(tmp_path / "journal.db", owner="a test", ts=1)
    for entry in (world.opened, *world.journal.entries):
        journal.append(entry)
    journal.close()
    first = typed("summary", "--db", tmp_path / "journal.db").out.splitlines()[0]
    assert first.startswith("0 trades: ")
    assert "ended at spread" in first
