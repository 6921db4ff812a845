"""A whole session at the local OANDA in real time: journal on disk, commands by the table, restarts."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brokers.oanda.manners import Manners
from brokers.oanda.server.clocks import LoopClock
from brokers.oanda.server.local import LocalOanda
from brokers.oanda.truth.broker import Broker
from oracles.bots import quiet
from tickwise.config.engine import EngineConfig
from tickwise.config.engine_file import engine_of
from tickwise.engine.clock import LoopTime
from tickwise.engine.home import home_of
from tickwise.engine.past import past_of, session_of
from tickwise.engine.replay import replay
from tickwise.engine.run_venue import Parts, Running, run_at_venue
from tickwise.journal import entries as j
from tickwise.journal.command_key import CommandKey, key_path, read_key
from tickwise.journal.commands import command_of, enqueue
from tickwise.journal.database import Database, open_database
from tickwise.journal.place import place_of
from tickwise.journal.writer import ThreadedJournal
from tickwise.venues.oanda.client import Client, Token
from tickwise.venues.oanda.hosts import hosts_of
from tickwise.venues.oanda.venue import OandaVenue

ACCOUNT = "101-001-1234567-001"
MONDAY = 1_772_442_000 * 1_000_000_000
"""2026-03-02 09:00 UTC: the market is open for days."""

BOT = quiet(
    "fast_scalp",
    name="quick",
    params={"threshold_pips": 0.2, "range_floor_pips": 0.4},
    exits={"target_pips": 30.0, "stop_pips": 40.0, "soft_stop_pips": 0.0},
    market={"grid_ms": 1000},
)


def config_in(folder: Path, **more: Any) -> EngineConfig:
    document = {
        "db": str(folder / "journal.db"),
        "venue": {"name": "oanda", "account": ACCOUNT},
        "reconcile": {"changes_s": 0.5, "account_s": 1.0},
        **more,
    }
    return engine_of(document)


class Place:
    """A broker that goes on while engines come and go."""

    def __init__(self, folder: Path) -> None:
        self.config = config_in(folder)
        self.folder = folder

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Place]:
        loop = asyncio.get_running_loop()
        clock = LoopClock(loop, MONDAY)
        broker = Broker(manners=Manners(every_price=True))
        self.account = broker.open_account(ACCOUNT, now=clock.now())
        self.server = LocalOanda(broker, clock)
        port = await self.server.listen()
        self.base = f"http://127.0.0.1:{port}"
        self.clock = clock
        market = loop.create_task(self._market())
        try:
            yield self
        finally:
            market.cancel()
            await self.server.close()

    async def _market(self) -> None:
        draws, mid = np.random.default_rng(5), 110_000.0
        while True:
            mid += draws.normal(0, 3)
            bid = Decimal(round(mid)) / 100_000
            self.server.price("EUR_USD", bid, bid + Decimal("0.00003"))
            await asyncio.sleep(0.01)

    def parts(self, past: Any, last: Any) -> Parts:
        client = Client(
            hosts_of("practice", self.base, self.base), Token("local-token"), random.Random(1).random
        )
        time = LoopTime(asyncio.get_running_loop(), self.clock.now())
        venue = OandaVenue(client, [ACCOUNT])
        chance = random.Random(3)
        told: list[tuple[str, BaseException]] = []
        self.told = told
        return Parts(
            [BOT], self.config, venue, past, last, home_of(self.config), time, chance,
            lambda name, error: told.append((name, error)),
        )  # fmt: skip

    async def engine(self, do: Any, *, crash: bool = False) -> Running:
        """Run an engine until `do` has done what it does; then stop it, in order or not at all."""
        past = await asyncio.to_thread(past_of, self.config.database, "oanda practice")
        last = await asyncio.to_thread(session_of, self.config.database) if past.last else None
        parts = self.parts(past, last)
        key = read_key(key_path(place_of(self.config.database)))
        journal = ThreadedJournal(self.config.database, owner="a test", ts=parts.time.now_ns())
        begun: asyncio.Future[Running] = asyncio.get_running_loop().create_future()
        async with open_database(self.config.database) as database:
            work = run_at_venue(parts, journal, database, key, begun.set_result)
            task = asyncio.get_running_loop().create_task(work)
            done, _ = await asyncio.wait({task, begun}, return_when=asyncio.FIRST_COMPLETED)
            if task in done:
                task.result()
            running = begun.result()
            try:
                await asyncio.wait_for(do(running, database, key), 60)
                if crash:
                    task.cancel()
                    await asyncio.gather(task, return_exceptions=True)
                    running.recorder.close()
                else:
                    await command(running, database, key, "stop")
                    await task
            finally:
                task.cancel()
                journal.close()
        return running


async def command(running: Running, database: Database, key: CommandKey, verb: str, **said: Any) -> Any:
    """Ask for something and wait for its end."""
    now = running.engine.time.now_ns()
    asked = await database.write(
        lambda c: enqueue(
            c, key, actor="tester", verb=verb, arguments=json.dumps(said), created_ts=now,
            deadline_ts=now + 10_000_000_000,
        )
    )  # fmt: skip
    while True:
        found = await database.read(lambda c: command_of(c, asked.id))
        assert found is not None
        if found.status not in ("PENDING", "RUNNING"):
            return found
        await asyncio.sleep(0.05)


async def until(held: Any) -> None:
    while not held():
        await asyncio.sleep(0.01)


def go(folder: Path, scene: Any) -> Any:
    async def play() -> Any:
        async with Place(folder).open() as place:
            return await scene(place)

    return asyncio.run(play())


async def to_a_position(running: Running, *_: Any) -> None:
    await until(lambda: running.engine.book.positions)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def test_a_flatten_leaves_every_position_and_nothing_opens_until_resumed(folder: Path) -> None:
    async def scene(place: Place) -> None:
        async def do(running: Running, database: Database, key: CommandKey) -> None:
            await to_a_position(running)
            done = await command(running, database, key, "flatten")
            assert (done.status, json.loads(done.result)["says"]) == ("SUCCEEDED", "1 position left, flat")
            assert [trade.id for trade in place.account.state.trades() if trade.units] == []
            intents = len([o for o in running.engine.book.orders.values() if not o.is_exit])
            await asyncio.sleep(1.0)
            assert len([o for o in running.engine.book.orders.values() if not o.is_exit]) == intents
            assert (await command(running, database, key, "resume")).status == "FAILED"
            done = await command(running, database, key, "resume", reason="looked at it")
            assert done.status == "SUCCEEDED"
            await to_a_position(running)

        await place.engine(do)

    go(folder, scene)


def test_a_session_that_was_ended_replays_and_the_next_one_takes_its_position_over(folder: Path) -> None:
    async def scene(place: Place) -> tuple[str, str]:
        first = await place.engine(to_a_position)
        (held,) = first.engine.book.positions.values()

        async def do(running: Running, *_: Any) -> None:
            await until(lambda: "start" in running.engine.book.dead and not running.engine.book.dead["start"])
            (now,) = running.engine.book.positions.values()
            assert (now.id, now.units, now.venue_position) == (held.id, held.units, held.venue_position)
            lane = running.engine.live.session.records.lanes[now.lane]
            assert int(lane["position"]["units"]) == held.units

        second = await place.engine(do)
        return first.engine.names.session, second.engine.names.session

    first, second = go(folder, scene)
    assert first != second
    for name in (first, second):
        session = session_of(folder / "journal.db", name)
        assert session is not None
        found = replay(session.opened, session.entries, Path(session.opened.tape), "qr-fast-")
        assert (found.difference, found.tape_problem, found.ended_early) == ("", "", "")
        assert found.is_equal


def test_a_session_that_was_cut_off_goes_on_as_itself(folder: Path) -> None:
    async def scene(place: Place) -> list[str]:
        names = []
        for _ in range(3):
            running = await place.engine(to_a_position, crash=True)
            names.append(running.engine.names.session)
        last = await place.engine(to_a_position)
        return [*names, last.engine.names.session]

    names = go(folder, scene)
    assert len(set(names)) == 1
    session = session_of(folder / "journal.db", names[0])
    assert session is not None
    assert sum(isinstance(each, j.SessionRecovered) for each in session.entries) == 3
    found = replay(session.opened, session.entries, Path(session.opened.tape), "qr-fast-")
    assert (found.difference, found.tape_problem, found.ended_early) == ("", "", "")
    assert found.is_equal
