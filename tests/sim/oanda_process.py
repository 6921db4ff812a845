"""An engine as a process of the simulated world: started, killed between any two steps, started again.

What befalls a process beside its network is here too: a kill, a pause by a person, a second start.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextvars import copy_context
from pathlib import Path
from typing import Any, TypeVar

from brokers.oanda.text import SECOND
from checker.case import Lease, Stop
from oracles.bots import quiet
from sim.faults import Fault, Kind
from sim.loop import OWNER
from sim.world import World
from tickwise.config.engine_file import engine_of
from tickwise.engine.answers import ENTRY
from tickwise.engine.clock import LoopTime
from tickwise.engine.home import home_of
from tickwise.engine.past import past_of, session_of
from tickwise.engine.run_venue import Parts, Running, run_at_venue
from tickwise.errors import JournalBusy
from tickwise.journal import entries as j
from tickwise.journal.inline import FLUSH_NS, InlineJournal
from tickwise.venues.oanda.client import Client, Token
from tickwise.venues.oanda.hosts import hosts_of
from tickwise.venues.oanda.venue import OandaVenue
from tickwise.venues.venue import VenueError

T = TypeVar("T")

START = 1_767_623_400_000_000_000
"""Monday 2026-01-05 14:30 UTC."""

START_LATE = START + 26_700 * SECOND
"""Monday 21:55 UTC: New York's trading day turns five minutes later."""

LATE_EACH = 8
"""Each so manyth seed begins late."""

ACCOUNT = "101-001-1234567-001"
REST_PORT, STREAM_PORT = 8001, 8002
BY_SPREAD = Path(__file__).with_name("by_spread.py")

BOTS = (("short", "EUR_USD", 20), ("long", "EUR_USD", 90), ("yen", "USD_JPY", 45))
"""The bots: name, instrument, and the seconds for which each holds a position. Two share an instrument."""

KILLS_EACH = 5
"""Each so manyth seed has the kill switch that counted failures trip; it ends the trading of an hour."""


def start_of(seed: int) -> int:
    """Give when a seed begins, nanoseconds UTC."""
    return START_LATE if seed % LATE_EACH == LATE_EACH - 1 else START


def outside(loop: asyncio.AbstractEventLoop, read: Callable[[], T]) -> T:
    """Read files as a process does before its loop begins: with a loop of its own, in no virtual time."""
    asyncio._set_running_loop(None)
    try:
        return read()
    finally:
        asyncio._set_running_loop(loop)
        asyncio.set_event_loop(loop)


class Noted(InlineJournal):
    """The journal with a note of when what was on disk; what gathers is committed as soon as by a thread."""

    def __init__(self, process: Process) -> None:
        super().__init__(process.config.database, owner="a simulation", ts=process.now())
        self._process = process
        self._is_due = False

    def append(self, entry: j.Entry) -> int:
        """Write an entry, and see that it does not stay in memory for long."""
        seq = super().append(entry)
        if self._gathered and not self._is_due:
            self._is_due = True
            self._process.world.loop.call_later(FLUSH_NS / SECOND, self._flush)
        return seq

    def _flush(self) -> None:
        self._is_due = False
        if self._gathered and not self._dead and self._failed is None:
            self._commit(synced=False)

    async def durable(self, seq: int) -> None:
        await super().durable(seq)
        self._process.durable.append((self._process.now(), seq))


class Process:
    """An engine that is started, killed and started again."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.began = start_of(world.plan.seed)
        document = {"db": str(folder / "journal.db"), "venue": {"name": "oanda", "account": ACCOUNT}}
        self.config = engine_of(document)
        kills = 5 if world.plan.seed % KILLS_EACH == 0 else 0
        self.bots = [
            quiet(
                str(BY_SPREAD), name=name, instruments=[instrument], account={"kill_failures": kills},
                exits={"time_stop_s": held_s}, market={"grid_ms": 1000}, gates={"spacing_s": 5},
            )
            for name, instrument, held_s in BOTS
        ]  # fmt: skip
        self._world = copy_context()
        self.owner: object = None
        self.journal: Noted | None = None
        self.running: Running | None = None
        self.durable: list[tuple[int, int]] = []
        self.stops: list[Stop] = []
        self.leases: list[Lease] = []
        """Who held the account, ended ones; `holds` gives the one that stands too."""
        self.rolls: list[int] = []
        self._days: int | None = None
        self._since = 0
        self.starts = 0
        self.failed: BaseException | None = None
        self.waiting: asyncio.Task[None] | None = None
        """Whoever waits for the faults to be over: cancelled where a law of ours breaks before."""

    def now(self) -> int:
        """Give the time of the world, nanoseconds UTC."""
        return self.began + round(self.world.now() * SECOND)

    def start(self) -> None:
        """Begin a process: read what the journal kept, and run."""
        owner = f"process {self.starts + 1}"
        loop = self.world.loop
        past, last = outside(loop, lambda: (past_of(self.config.database), session_of(self.config.database)))
        inside = copy_context()
        inside.run(OWNER.set, owner)
        journal = inside.run(Noted, self)
        if self.journal is not None:
            self.leases.append(Lease(self._since, self.now() + SECOND, str(self.owner), self.starts))
        self.starts, self.owner, self.journal, self._since = self.starts + 1, owner, journal, self.now()
        unfinished = last if past.last and not past.last.closed_ts else None
        task = loop.create_task(self._run(past, unfinished, journal), context=inside)
        task.add_done_callback(self._ended, context=self._world)

    def start_second(self) -> None:
        """Try to begin another process on the same account while one runs: it is refused."""
        if self.journal is None:
            return
        try:
            self.start()
        except JournalBusy:
            self.world.seen["second start refused"] += 1

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Hear that a process ended by itself: an error is a broken law, and ends the run."""
        if not task.cancelled() and (error := task.exception()) is not None:
            self.failed = self.failed or error
            if self.journal is not None:
                self.stops.append(Stop(self.now(), self.journal.head.seq))
            if self.waiting is not None:
                self.waiting.cancel()

    async def _run(self, past: Any, last: Any, journal: Noted) -> None:
        base = [f"http://127.0.0.1:{port}" for port in (REST_PORT, STREAM_PORT)]
        seed = f"{self.world.plan.seed}/{self.starts}"
        client = Client(hosts_of("practice", *base), Token("local-token"), random.Random(seed).random)
        venue = OandaVenue(client, [ACCOUNT])
        time = LoopTime(self.world.loop, self.now())
        parts = Parts(
            self.bots, self.config, venue, past, last, home_of(self.config), time, random.Random(seed),
            self._told,
        )  # fmt: skip
        try:
            await run_at_venue(parts, journal, None, None, self._begun)
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

    async def watch_days(self) -> None:
        """Note when the core begins a trading day."""
        while True:
            await asyncio.sleep(0.5)
            if self.running is not None:
                days = int(self.running.engine.live.session.records.houses[0]["day"])
                if self._days is not None and days > self._days:
                    self.rolls.append(self.now())
                self._days = days

    def pause(self, on: bool) -> None:
        """Pause everything as a person would, or let it go on."""
        if self.running is not None:
            self.running.engine.take(
                j.Switched(
                    **ENTRY, switch="pause", scope="house", name="", on=on, reason="a person", actor="me"
                )
            )

    def kill(self, down_s: float) -> None:
        """End the process between two steps; start it again after a while."""
        if self.journal is None:
            return
        self.journal.crash()
        self.stops.append(Stop(self.now(), self.journal.head.seq))
        self.leases.append(Lease(self._since, self.now() + 1, str(self.owner), self.starts))
        self.journal, self.running = None, None
        self.world.kill(self.owner)
        self.world.loop.call_later(down_s, self.start, context=self._world)

    def holds(self) -> tuple[Lease, ...]:
        """Give who held the account, and when, until now."""
        return (*self.leases, Lease(self._since, self.now() + SECOND, str(self.owner), self.starts))


def _process(world: World) -> Any:
    return world.things.get("process")


def _strike(world: World, fault: Fault) -> None:
    if (process := _process(world)) is not None:
        process.kill(down_s=fault.lasts_s)


def _pause(world: World, fault: Fault) -> None:
    if (process := _process(world)) is not None:
        process.pause(True)


def _resume(world: World, fault: Fault) -> None:
    if (process := _process(world)) is not None:
        process.pause(False)


def _second(world: World, fault: Fault) -> None:
    if (process := _process(world)) is not None:
        process.start_second()


PROCESS_FAULTS = {
    "kill": Kind(("",), (1.0, 60.0), per_hour=0.5, begin=_strike),
    "pause": Kind(("",), (5.0, 300.0), per_hour=0.5, begin=_pause, end=_resume),
    "second start": Kind(("",), per_hour=0.25, begin=_second),
}
"""What befalls a process beside its network."""
