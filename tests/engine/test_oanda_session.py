"""The engine at the local OANDA decides what the backtest does, order for order.

Only a target may fill better there than in a backtest, which fills it at its own price.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from engine.oanda_world import ACCOUNT, World
from oracles.bots import w1_bot
from oracles.tapes import chunk_of, tape
from tickwise.engine.names import REASON_NAMES
from tickwise.engine.replay import replay
from tickwise.journal import entries as j
from tickwise.research.backtest import backtest

COUNT = 1_500


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Any:
    quotes = tape(chunk_of(31, COUNT, odd=False, move=4))
    folder = tmp_path_factory.mktemp("oanda")

    async def go() -> World:
        async with World([w1_bot()], quotes, folder) as world:
            for at in range(COUNT):
                await world.step(at)
        return world

    return quotes, asyncio.run(go())


def test_the_session_decides_what_the_backtest_does(ran: Any) -> None:
    quotes, world = ran
    result = backtest([w1_bot()], quotes)
    trades = world.journal.of(j.TradeBooked)
    ours = [(each.side, each.entry_ts, each.entry_price, each.exit_ts, each.reason) for each in trades]
    names = ("side", "entry_ts", "entry_price", "exit_ts", "reason")
    theirs = zip(*(result.raw_trades[name].tolist() for name in names), strict=True)
    assert ours == [(*each[:4], REASON_NAMES[each[4]]) for each in theirs]
    assert len(trades) > 20
    assert world.engine.live.session.outcomes() == result.outcomes


def test_every_order_was_written_before_it_left_and_left_once(ran: Any) -> None:
    _, world = ran
    intents = [each.order for each in world.journal.of(j.Intent, j.ExitIntent)]
    assert [each.order for each in world.journal.of(j.Sent)] == intents
    posts = [each for each in world.server.exchanges if each.method in ("POST", "PUT")]
    assert len(posts) == len(intents) + len(world.journal.of(j.StopIntent))


def test_the_money_is_the_brokers_to_the_cent(ran: Any) -> None:
    _, world = ran
    ours = int(world.engine.live.session.records.accounts[0]["balance"])
    assert f"{ours / 1e6:.2f}" == f"{world.account.state.balance:.2f}"


def test_the_session_replays_to_equal_decisions(ran: Any) -> None:
    _, world = ran
    found = replay(world.opened, world.journal.entries, world.folder / "w1.tape", "tw-")
    assert (found.difference, found.tape_problem, found.ended_early) == ("", "", "")
    assert found.is_equal
    assert ACCOUNT in world.engine.names.accounts
