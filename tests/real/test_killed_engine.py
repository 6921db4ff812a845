"""kill -9 of the real process at every named point and at random: no order twice, no position lost."""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brokers.oanda.manners import Manners
from brokers.oanda.server.clocks import LoopClock
from brokers.oanda.server.local import LocalOanda
from brokers.oanda.truth.broker import Broker
from engine.test_run_venue import ACCOUNT
from real.engine_process import POINTS
from tickwise.engine.past import session_of
from tickwise.engine.replay import replay
from tickwise.journal import entries as j
from tickwise.journal.command_key import key_path, read_key
from tickwise.journal.commands import enqueue
from tickwise.journal.database import open_database, run_once
from tickwise.journal.entry_readings import verify_chain
from tickwise.journal.place import place_of

BYTECODE = {
    "PYTHONDONTWRITEBYTECODE": "",
    "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "tickwise-killed-bytecode"),
}
"""What is imported is compiled once, as the command sees to by itself."""
SCRIPT = Path(__file__).with_name("engine_process.py")


class Place:
    """A broker that stays while engines die."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.db = folder, folder / "journal.db"
        self.ready: list[float] = []

    async def __aenter__(self) -> Place:
        loop = asyncio.get_running_loop()
        self.clock = LoopClock(loop, time.time_ns())
        broker = Broker(manners=Manners(every_price=True, closes_on_weekends=False, charges_financing=False))
        self.account = broker.open_account(ACCOUNT, now=self.clock.now())
        self.server = LocalOanda(broker, self.clock)
        self.base = f"http://127.0.0.1:{await self.server.listen()}"
        self._market = loop.create_task(self._prices())
        return self

    async def __aexit__(self, *error: object) -> None:
        self._market.cancel()
        await self.server.close()

    async def _prices(self) -> None:
        draws, mid = np.random.default_rng(5), 110_000.0
        while True:
            mid += draws.normal(0, 4)
            bid = Decimal(round(mid)) / 100_000
            self.server.price("EUR_USD", bid, bid + Decimal("0.00003"))
            await asyncio.sleep(0.02)

    async def start(self, point: str, times: int) -> asyncio.subprocess.Process:
        """Start an engine and wait until it is live, or dead."""
        begun = time.monotonic()
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(SCRIPT), str(self.folder), self.base, point, str(times),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            env={**os.environ, **BYTECODE, "PYTHONPATH": str(Path(__file__).parents[1])},
        )  # fmt: skip
        assert process.stdout is not None
        said = await asyncio.wait_for(process.stdout.readline(), 60)
        if said == b"live\n":
            self.ready.append(time.monotonic() - begun)
        return process

    async def ask(self, verb: str, **said: Any) -> None:
        """Ask for something and do not wait."""
        now = time.time_ns()
        async with open_database(self.db) as database:
            key = read_key(key_path(place_of(self.db)))
            await database.write(
                lambda c: enqueue(
                    c, key, actor="tester", verb=verb, arguments=json.dumps(said), created_ts=now,
                    deadline_ts=now + 5_000_000_000,
                )
            )  # fmt: skip

    async def kill_at(self, point: str, times: int, rest_s: float) -> None:
        """Let one engine run until it dies at a point, or is killed after a while."""
        process = await self.start(point, times)
        if point in ("in_command", "in_flatten"):
            await asyncio.sleep(0.3)
            await self.ask("resume" if point == "in_command" else "flatten", reason="a test")
        try:
            await asyncio.wait_for(process.wait(), rest_s)
        except TimeoutError:
            process.kill()
        _, errors = await process.communicate()
        assert process.returncode == -9, errors.decode()[-2_000:]

    async def settle(self) -> None:
        """Run one engine in peace until nothing is unknown, then end it in order.

        The market stands still first: a target that fills while the engine ends is the next one's to see.
        """
        process = await self.start("none", 0)
        await self.ask("resume", reason="the test goes on")
        await asyncio.sleep(3.0)
        self._market.cancel()
        await asyncio.sleep(2.0)
        process.terminate()
        _, errors = await process.communicate()
        assert process.returncode == 0, errors.decode()[-2_000:]


def entries_of(folder: Path) -> tuple[j.SessionOpened, list[j.Entry]]:
    session = session_of(folder / "journal.db")
    assert session is not None
    return session.opened, session.entries


def check(place: Place) -> None:
    """Hold the journal against the broker's own truth."""
    opened, entries = entries_of(place.folder)
    created = [t for t in place.account.since(0) if t["type"] == "MARKET_ORDER" and "clientExtensions" in t]
    names = [t["clientExtensions"]["id"] for t in created]
    assert len(names) == len(set(names)), "an intent became two orders"
    intended = {each.order for each in entries if isinstance(each, j.Intent)}
    assert set(names) <= intended, "an order left that stands in no journal"
    sent = [each.order for each in entries if isinstance(each, j.Sent)]
    assert len(sent) == len(set(sent)), "an order was sent twice"
    held = {str(trade.id): trade.units for trade in place.account.state.trades() if trade.units}
    ours: dict[str, int] = {}
    for each in entries:
        if isinstance(each, j.Filled):
            ours[each.venue_position] = ours.get(each.venue_position, 0) + each.units
        elif isinstance(each, j.Reduced):
            ours[each.venue_position] -= each.units
    assert {name: units for name, units in ours.items() if units} == held
    found = replay(opened, entries, Path(opened.tape), "qr-fast-")
    assert (found.difference, found.tape_problem) == ("", "")
    assert found.is_equal


def chain_holds(place: Place) -> None:
    verdict = run_once(place.db, verify_chain)
    assert verdict.holds, verdict


@pytest.mark.slow
@pytest.mark.parametrize("point", [*POINTS, "random"])
def test_a_killed_engine_loses_nothing_and_doubles_nothing(point: str, tmp_path: Path) -> None:
    draws = random.Random(point)

    async def scene() -> Place:
        async with Place(tmp_path) as place:
            for _ in range(12):
                rest = draws.uniform(0.1, 4.0) if point == "random" else 4.0
                await place.kill_at(point, draws.randint(1, 3), rest)
                if point == "in_flatten":
                    process = await place.start("none", 0)
                    await place.ask("resume", reason="a test")
                    await asyncio.sleep(1.5)
                    process.kill()
                    await process.communicate()
            await place.settle()
        return place

    place = asyncio.run(scene())
    check(place)
    chain_holds(place)
    assert place.ready, "no engine lived; benchmarks/recovery.py times how soon one does"
