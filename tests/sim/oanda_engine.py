"""The real engine, venue and journal at the local OANDA over a bad network: a seed's hour, checked.

The engine runs as production does (`run_at_venue`), as a process of the simulated world: it is killed
between any two steps and started again on what its journal kept. When the faults are over it must come back
by itself; then the whole run is held against every invariant there is.
"""

from __future__ import annotations

import asyncio
import logging
import random
import re
import sqlite3
import tempfile
from collections.abc import Callable
from contextvars import copy_context
from itertools import takewhile
from pathlib import Path
from typing import Any, TypeVar

from brokers.oanda.faults import Faults
from brokers.oanda.manners import Manners
from brokers.oanda.server.clocks import LoopClock
from brokers.oanda.server.local import REST, STREAM, LocalOanda
from brokers.oanda.tape import drawn
from brokers.oanda.text import SECOND
from brokers.oanda.truth.broker import Broker
from brokers.oanda.weather import Weather
from checker import oanda
from checker.case import Case, Rules, Stop
from checker.check import check
from checker.world import Quoted, Row, Stored
from oracles.bots import quiet
from sim.connection import Connection
from sim.faults import Fault, Kind
from sim.link import Direction
from sim.loop import OWNER
from sim.network_faults import NETWORK_FAULTS
from sim.requests_seen import RequestsSeen
from sim.world import World
from tickwise.config.engine_file import engine_of
from tickwise.engine.answers import ENTRY
from tickwise.engine.clock import LoopTime
from tickwise.engine.home import home_of
from tickwise.engine.past import past_of, session_of
from tickwise.engine.run_venue import Parts, Running, run_at_venue
from tickwise.journal import entries as j
from tickwise.journal.chain import read_entry
from tickwise.journal.inline import InlineJournal
from tickwise.venues.oanda.client import Client, Token
from tickwise.venues.oanda.hosts import hosts_of
from tickwise.venues.oanda.venue import OandaVenue
from tickwise.venues.venue import VenueError

T = TypeVar("T")

logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # every broken connection is one

START = 1_767_623_400_000_000_000
"""Monday 2026-01-05 14:30 UTC."""

ACCOUNT = "101-001-1234567-001"
REST_PORT, STREAM_PORT = 8001, 8002
BY_SPREAD = Path(__file__).with_name("by_spread.py")
DIGITS = {"EUR_USD": oanda.Digits(5), "USD_JPY": oanda.Digits(3)}
STREAMS = ("start", "prices", f"changes of {ACCOUNT}")
TRANSACTION = re.compile(rb'"id":"(\d+)"')

KILLED = Kind(("",), (1.0, 60.0), per_hour=0.5, begin=lambda world, fault: _strike(world, fault))
MENU = {**NETWORK_FAULTS, "kill": KILLED}


def _strike(world: World, fault: Fault) -> None:
    process = world.things.get("process")
    if process is not None:
        process.kill(down_s=fault.lasts_s)


def outside(loop: asyncio.AbstractEventLoop, read: Callable[[], T]) -> T:
    """Read files as a process does before its loop begins: with a loop of its own, in no virtual time."""
    asyncio._set_running_loop(None)
    try:
        return read()
    finally:
        asyncio._set_running_loop(loop)
        asyncio.set_event_loop(loop)


class Noted(InlineJournal):
    """The journal, with a note of when what was on disk."""

    def __init__(self, process: Process) -> None:
        super().__init__(process.config.database, owner="a simulation", ts=process.now())
        self._process = process

    async def durable(self, seq: int) -> None:
        await super().durable(seq)
        self._process.durable.append((self._process.now(), seq))


class Process:
    """An engine that is started, killed and started again."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        document = {"db": str(folder / "journal.db"), "venue": {"name": "oanda", "account": ACCOUNT}}
        self.config = engine_of(document)
        self.bots = [
            quiet(
                str(BY_SPREAD), name="asked",
                exits={"time_stop_s": 45}, market={"grid_ms": 1000}, gates={"spacing_s": 5},
            )
        ]  # fmt: skip
        self._world = copy_context()
        self.owner: object = None
        self.journal: Noted | None = None
        self.running: Running | None = None
        self.durable: list[tuple[int, int]] = []
        self.stops: list[Stop] = []
        self.starts = 0
        self.failed: BaseException | None = None
        self.waiting: asyncio.Task[None] | None = None
        """Whoever waits for the faults to be over: cancelled where a law of ours breaks before."""

    def now(self) -> int:
        """Give the time of the world, nanoseconds UTC."""
        return START + round(self.world.now() * SECOND)

    def start(self) -> None:
        """Begin a process: read what the journal kept, and run."""
        self.starts += 1
        self.owner = f"process {self.starts}"
        loop = self.world.loop
        past, last = outside(loop, lambda: (past_of(self.config.database), session_of(self.config.database)))
        inside = copy_context()
        inside.run(OWNER.set, self.owner)
        self.journal = inside.run(Noted, self)
        unfinished = last if past.last and not past.last.closed_ts else None
        task = loop.create_task(self._run(past, unfinished), context=inside)
        task.add_done_callback(self._ended, context=self._world)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Hear that a process ended by itself: an error is a broken law, and ends the run."""
        if not task.cancelled() and (error := task.exception()) is not None:
            self.failed = error
            if self.waiting is not None:
                self.waiting.cancel()

    async def _run(self, past: Any, last: Any) -> None:
        base = [f"http://127.0.0.1:{port}" for port in (REST_PORT, STREAM_PORT)]
        seed = f"{self.world.plan.seed}/{self.starts}"
        client = Client(hosts_of("practice", *base), Token("local-token"), random.Random(seed).random)
        venue = OandaVenue(client, [ACCOUNT])
        time = LoopTime(self.world.loop, self.now())
        parts = Parts(
            self.bots, self.config, venue, past, last, home_of(self.config), time, random.Random(seed),
            self._told,
        )  # fmt: skip
        assert self.journal is not None
        try:
            await run_at_venue(parts, self.journal, None, None, self._begun)
        except VenueError as error:
            self.world.trace.feed("could not begin", str(error))
            self.world.seen["could not begin"] += 1
            await venue.close()
            self.kill(down_s=5.0)

    def _begun(self, running: Running) -> None:
        self.running = running
        self.world.seen["began"] += 1

    def _told(self, name: str, error: BaseException) -> None:
        self.world.trace.feed("told", name, str(error))

    def kill(self, down_s: float) -> None:
        """End the process between two steps; start it again after a while."""
        if self.journal is None:
            return
        self.journal.crash()
        self.stops.append(Stop(self.now(), self.journal.head.seq))
        self.journal, self.running = None, None
        self.world.kill(self.owner)
        self.world.loop.call_later(down_s, self.start, context=self._world)


class Visible:
    """When each of the broker's changes first reached the client by a stream."""

    def __init__(self, now: Callable[[], int]) -> None:
        self.now = now
        self.marks: dict[int, int] = {}

    def __call__(self, connection: Connection, direction: Direction, data: bytes) -> None:
        if direction == "down" and connection.link.name == "transactions":
            for found in TRANSACTION.finditer(data):
                self.marks.setdefault(int(found[1]), self.now())


async def oanda_engine(world: World) -> dict[str, int]:
    """Run an engine through a seed's faults, and check the run."""
    with tempfile.TemporaryDirectory() as folder:
        return await _hour(world, Path(folder))


async def _hour(world: World, folder: Path) -> dict[str, int]:
    loop, phases = world.loop, world.plan.phases
    process = Process(world, folder)
    broker = Broker(manners=Manners(charges_financing=False))
    broker.advance(START)
    account = broker.open_account(ACCOUNT, now=START)
    server = LocalOanda(broker, LoopClock(loop, START), faults=Faults(world.plan.seed))
    await server.listen("127.0.0.1", REST_PORT, REST)
    await server.listen("127.0.0.1", STREAM_PORT, STREAM)
    requests, visible = RequestsSeen(world.now), Visible(process.now)
    world.network.taps.append(requests)
    world.network.hears.append(visible)
    end = START + int((phases.end_s + 180.0) * SECOND)
    market = drawn(world.chance.stream("market"), START, ["EUR_USD"])
    playing = loop.create_task(server.play(takewhile(lambda row: row.ts < end, market)))
    weather = Weather(server, world.plan.seed)
    loop.call_at(phases.warm_up_s, weather.begin)
    loop.call_at(phases.calm_at_s, lambda: loop.create_task(weather.stop()))
    await asyncio.sleep(2.0)
    process.start()
    world.things["process"] = process
    process.waiting = loop.create_task(world.faults(phases.end_s - 60.0))
    await asyncio.gather(process.waiting, return_exceptions=True)
    if process.failed is not None:
        raise process.failed
    _pause(process)
    quiet = await _quiet(process, account, phases.end_s + 120.0)
    if process.failed is not None:
        raise process.failed
    rows, stored = _kept(process)
    times = {"id": lambda said: said["time"].ns}
    truth = oanda.Truth(ACCOUNT, DIGITS, times["id"], visible.marks).read(account.transactions)
    case = Case(
        rows,
        tuple(sorted(truth, key=lambda each: each.ts)),
        _asked(requests, truth),
        RULES,
        quiet=quiet,
        durable=tuple(process.durable),
        stops=tuple(process.stops),
        connects=tuple(START + round(at * SECOND) for at in world.network.connects),
        calm_ts=START + round(phases.calm_at_s * SECOND),
        end_ts=process.now(),
        stored=stored,
    )
    playing.cancel()
    await server.close()
    _count(world, rows)
    world.things["case"] = case
    check(case)
    return dict(world.seen)


RULES = Rules(
    streams=STREAMS,
    deadline_ns=2 * SECOND,
    requests_per_s=60,
    connections_per_s=1,
    bare_ns_max=600 * SECOND,
    whole_closes_once=True,
)


def _pause(process: Process) -> None:
    """Let nothing be opened any more."""
    assert process.running is not None, "the engine is up when the faults have been over for long"
    engine = process.running.engine
    engine.take(
        j.Switched(**ENTRY, switch="pause", scope="house", name="", on=True, reason="the end", actor="me")
    )


async def _quiet(process: Process, account: Any, end_s: float) -> tuple[int, ...]:
    """Wait until nothing is on its way, and give the moment; none where that does not come in time."""
    while process.world.now() < end_s and process.failed is None and process.running is not None:
        if _rests(process.running, account.state.last_id):
            before = account.state.last_id
            await asyncio.sleep(7.0)
            if account.state.last_id == before and _rests(process.running, before):
                return (process.now(),)
        await asyncio.sleep(1.0)
    return ()


def _rests(running: Running | None, last: int) -> bool:
    """Tell whether the engine knows of all the broker's changes and waits for none."""
    if running is None:
        return False
    book = running.engine.book
    return not book.open_orders() and book.known_mark(ACCOUNT) >= last


def _kept(process: Process) -> tuple[tuple[Row, ...], tuple[Stored, ...]]:
    """End the process, and read the journal as its file holds it."""
    process.world.kill(process.owner)
    if process.journal is not None:
        process.journal.close()
    with sqlite3.connect(process.config.database) as database:
        found = database.execute(
            "SELECT seq, kind, ts, event, version, body, digest FROM entries ORDER BY seq"
        ).fetchall()
    stored = tuple(Stored(*row) for row in found)
    return tuple(Row(each.seq, read_entry(each.body, each.version)) for each in stored), stored


def _asked(seen: RequestsSeen, truth: list[Any]) -> tuple[Any, ...]:
    instruments = {each.trade: each.instrument for each in truth if hasattr(each, "execution")}
    return tuple(
        oanda.asked(
            START + round(each.at_s * SECOND), each.method, each.target, each.body, DIGITS,
            host=each.host.partition(":")[0], owner=str(each.owner),
            instrument_of=lambda trade: instruments.get(trade, ""),
        )
        for each in seen.requests
    )  # fmt: skip


def _count(world: World, rows: tuple[Row, ...]) -> None:
    """Count what a set of seeds must have met."""
    doubted: set[str] = set()
    for row in rows:
        name = type(row.entry).__name__
        if name in ("Intent", "ExitIntent", "Filled", "Reduced", "Unknown", "Denied", "SessionRecovered"):
            world.seen[name] += 1
        match row.entry:
            case j.Unknown(order=order):
                doubted.add(order)
            case j.Filled(order=order) if order in doubted:
                world.seen["unknown that later filled"] += 1
            case j.Ended(order=order, status=status) if order in doubted:
                world.seen[f"unknown that was {status}"] += 1


oanda_engine.said = {"menu": MENU}  # type: ignore[attr-defined]
__all__ = ["MENU", "Quoted", "oanda_engine"]
