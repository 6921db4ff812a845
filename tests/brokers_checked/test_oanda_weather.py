"""Bad weather at the local OANDA: the same for the same seed, of every kind, and its books stay right."""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import oanda_laws
import pytest
from asked_world import MONDAY
from served import FAILURES, Served, played

from brokers.oanda.tape import drawn
from brokers.oanda.weather import CHANCES, SPELLS_PER_HOUR, Weather, forecast

STRUCK_BY_SPELL = {
    "stall": "stall_prices",
    "silence": "silent_stream",
    "storm": "refuse",
    "cut": "cut_stream",
}


class Trader:
    """A client without prudence: it opens, closes and reads at random, and connects again when cut."""

    def __init__(self, at: Served, seed: int) -> None:
        self.at = at
        self.chance = random.Random(f"{seed}:trader")
        self.heard: list[Any] = []
        self.failures = 0

    async def trade(self, minutes: float) -> None:
        at, ends = self.at, self.at.loop.time() + 60 * minutes
        self.heard = [at.prices(), at.transactions()]
        while at.loop.time() < ends:
            await asyncio.sleep(self.chance.uniform(0.5, 8))
            try:
                await self._act()
            except FAILURES:
                self.failures += 1
            for place, again in enumerate((at.prices, at.transactions)):
                if self.heard[place].task.done():
                    self.heard[place] = again()

    async def _act(self) -> None:
        chance, at = self.chance, self.at
        match chance.choice(("open", "open", "close", "orders", "since", "summary")):
            case "open":
                stop = {"distance": f"0.00{chance.randint(100, 900)}"}
                units = chance.choice((-1, 1)) * chance.randint(1, 9000)
                await at.order(str(units), timeout_s=5, stopLossOnFill=stop)
            case "close" if at.account.state.open:
                trade = chance.choice(sorted(at.account.state.open))
                await at.ask("PUT", f"/trades/{trade}/close", {"units": "ALL"}, timeout_s=5)
            case "since":
                await at.ask("GET", f"/transactions/sinceid?id={chance.randint(0, 50)}", timeout_s=5)
            case "orders":
                await at.ask("GET", "/orders?state=ALL", timeout_s=5)
            case _:
                await at.ask("GET", "/summary", timeout_s=5)


def stormy(seed: int, minutes: float = 10) -> tuple[str, Counter[str]]:
    """Trade through a seed's weather; give a digest of all that happened, and how often each fault struck."""

    async def story(at: Served) -> tuple[str, Counter[str]]:
        server = at.server
        rows = drawn(random.Random(f"{seed}:market"), MONDAY, per_second=1.0)
        playing = at.loop.create_task(server.play(rows))
        weather = Weather(server, seed)
        weather.begin()
        trader = Trader(at, seed)
        await trader.trade(minutes)
        await weather.stop()
        await asyncio.sleep(125)
        struck = Counter(server.faults.hits)
        for path in ("/summary", "/openTrades", "/transactions/sinceid?id=0"):
            assert (await at.ask("GET", path))[0] == 200
        assert (await at.order("1"))[0] == 201
        assert server.faults.hits == struck
        oanda_laws.check(server.broker, at.account)
        playing.cancel()
        told = [at.account.transactions, trader.failures, [heard.lines for heard in trader.heard]]
        told += [(each.at, each.target, each.body, each.faults, each.status) for each in server.exchanges]
        return hashlib.sha256(repr(told).encode()).hexdigest(), struck

    return played(story, seed=seed)  # type: ignore[no-any-return]


def test_one_seed_is_one_story() -> None:
    first, struck = stormy(3)
    assert (first, struck) == stormy(3)
    assert first != stormy(4)[0]
    assert struck.total() > 3


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_kind_of_fault_comes_sooner_or_later() -> None:
    struck: Counter[str] = Counter()
    for seed in range(100, 160):
        struck += stormy(seed, 20)[1]
    spells = {STRUCK_BY_SPELL.get(name, name) for name in SPELLS_PER_HOUR}
    named = {
        "half_open": "never_answer",
        "revoked": "revoke",
        "user": "user_opens",
        "closeout": "margin_closeout",
    }
    wanted = {*CHANCES, *(named.get(name, name) for name in spells), "user_closes", "user_cancels", "deposit"}
    assert sorted(wanted - set(struck)) == []


@pytest.mark.slow
def test_one_seed_is_one_story_in_every_process() -> None:
    code = "import test_oanda_weather as here; print(here.stormy(5, 5)[0])"
    folder = Path(__file__).parent
    paths = os.pathsep.join((str(folder), str(folder.parent)))
    told = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": paths, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "4242")
    ]
    assert told[0] == told[1]


def test_a_forecast_is_drawn_whole_from_its_seed() -> None:
    assert forecast(7) == forecast(7)
    many = [forecast(seed) for seed in range(400)]
    assert 20 <= sum(each.is_brutal for each in many) <= 60
    assert {name for each in many for name, *_ in each.chances} == set(CHANCES)
    assert {name for each in many for name, _ in each.spells} == set(SPELLS_PER_HOUR)
