"""The real engine, venue and journal at the local OANDA over a bad network: a seed's hour, checked.

The engine runs as production does (`run_at_venue`), as a process of the simulated world: it is killed
between any two steps and started again on what its journal kept. When the faults are over it must come back
by itself; then the whole run is held against every invariant there is.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import tempfile
from itertools import takewhile
from pathlib import Path
from typing import Any

from brokers.oanda.faults import Faults
from brokers.oanda.manners import Manners
from brokers.oanda.server.clocks import LoopClock
from brokers.oanda.server.local import REST, STREAM, LocalOanda
from brokers.oanda.tape import drawn
from brokers.oanda.text import SECOND
from brokers.oanda.truth.broker import Broker
from brokers.oanda.weather import Forecast, Weather
from checker import oanda
from checker.case import Case, Rules
from checker.check import SHOWN, check, found_in
from checker.invariants import Violation
from checker.world import Row, Stored
from sim.chance import between
from sim.faults import Phases
from sim.heard import Heard
from sim.network_faults import NETWORK_FAULTS
from sim.oanda_process import ACCOUNT, PROCESS_FAULTS, REST_PORT, START, START_LATE, STREAM_PORT, Process
from sim.requests_seen import RequestsSeen
from sim.world import World
from tickwise.engine.run_venue import Running
from tickwise.journal import entries as j
from tickwise.journal.chain import read_entry

logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # every broken connection is one

DIGITS = {"EUR_USD": oanda.Digits(5), "USD_JPY": oanda.Digits(3)}
STREAMS = ("start", "prices", f"changes of {ACCOUNT}")
MENU = {**NETWORK_FAULTS, **PROCESS_FAULTS}

QUOTES_PER_S = 1.0
PHASES = Phases(60.0, 3360.0, 180.0)
"""One hour: a minute to begin, 56 minutes of faults, and three in which all comes back."""

SHORT = Phases(10.0, 300.0, 180.0)
"""Five minutes of one kind of fault."""

DAY_STARTS = (START + 27_000 * SECOND, START + 113_400 * SECOND)
"""When New York's trading days turn: 17:00 there, 22:00 UTC in January."""


class Venue:
    """The local OANDA of a seed with its market and weather, and what its network lets us see."""

    def __init__(self, world: World, process: Process, forecast: Forecast | None) -> None:
        self.world, self.process = world, process
        broker = Broker(manners=Manners(charges_financing=False))
        broker.advance(process.began)
        self.account = broker.open_account(ACCOUNT, now=process.began)
        clock, seed = LoopClock(world.loop, process.began), world.plan.seed
        self.server = LocalOanda(broker, clock, faults=Faults(seed))
        self.weather = Weather(self.server, seed, forecast)
        self.requests, self.heard = RequestsSeen(world.now), Heard(process.now)
        world.network.taps.append(self.requests)
        world.network.hears.append(self.heard)

    async def open(self) -> None:
        """Serve, quote, and let the weather come and go."""
        loop, phases = self.world.loop, self.world.plan.phases
        await self.server.listen("127.0.0.1", REST_PORT, REST)
        await self.server.listen("127.0.0.1", STREAM_PORT, STREAM)
        end = self.process.began + int((phases.end_s + 180.0) * SECOND)
        chance, each = self.world.chance.stream("market"), QUOTES_PER_S / len(DIGITS)
        market = drawn(chance, self.process.began, list(DIGITS), per_second=each)
        self.playing = loop.create_task(self.server.play(takewhile(lambda row: row.ts < end, market)))
        loop.call_at(phases.warm_up_s, self.weather.begin)
        loop.call_at(phases.calm_at_s, lambda: loop.create_task(self.weather.stop()))

    async def close(self) -> None:
        """Stop quoting and serving."""
        self.playing.cancel()
        await self.server.close()

    def case(self, rows: tuple[Row, ...], stored: tuple[Stored, ...], quiet: tuple[int, ...]) -> Case:
        """Give the run as it is checked."""
        process, world = self.process, self.world
        began, calm_ns = process.began, round(world.plan.phases.calm_at_s * SECOND)
        reader = oanda.Truth(ACCOUNT, DIGITS, lambda said: said["time"].ns, self.heard.marks)
        truth = reader.read(self.account.transactions)
        return Case(
            rows,
            tuple(sorted(truth, key=lambda each: each.ts)),
            _asked(self.requests, truth, began),
            RULES,
            quiet=quiet,
            durable=tuple(process.durable),
            stops=tuple(process.stops),
            connects=tuple(began + round(at * SECOND) for at in world.network.connects),
            calm_ts=began + calm_ns,
            end_ts=process.now(),
            stored=stored,
            leases=process.holds(),
            rolls=_rolls(process),
            heard={name: tuple(times) for name, times in self.heard.times.items()},
        )


class Stopped(AssertionError):
    """A process ended by itself, for a law of its own; `found` is what the checker says of the run so far."""

    def __init__(self, law: BaseException, found: list[Violation]) -> None:
        super().__init__("\n".join((f"{type(law).__name__}: {law}", *map(str, found[:SHOWN]))))
        self.found = tuple(found)


async def oanda_engine(world: World) -> dict[str, int]:
    """Run an engine through a seed's faults, and check the run."""
    return await _checked(world, None)


async def lost_reply(world: World) -> dict[str, int]:
    """Run an engine whose entries are accepted and whose replies are lost, two of three."""
    how = world.chance.stream("lost reply").choice(("reset", "close"))
    return await _checked(world, _always(("drop_reply", 2 / 3, {**ENTRIES, "how": how})))


async def read_too_early(world: World) -> dict[str, int]:
    """Run an engine whose entries are acted on late, one of two, by a venue whose lists lag."""
    draw = world.chance.stream("too early")
    late = {**ENTRIES, "delay_s": between(draw, 5.5, 110.0)}
    lag = {"times": None, "path": "sinceid", "lag_s": between(draw, 0.2, 1.9)}
    return await _checked(world, _always(("delay_acceptance", 0.5, late), ("lag", 0.5, lag)))


ENTRIES: dict[str, Any] = {"times": None, "method": "POST"}


def _always(*chances: tuple[str, float, dict[str, Any]]) -> Forecast:
    return Forecast(is_brutal=False, chances=chances, spells=())


async def _checked(world: World, forecast: Forecast | None) -> dict[str, int]:
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        return await _hour(world, Path(folder), forecast)


async def _hour(world: World, folder: Path, forecast: Forecast | None) -> dict[str, int]:
    process = Process(world, folder)
    venue = Venue(world, process, forecast)
    await venue.open()
    await asyncio.sleep(2.0)
    process.start()
    if process.began == START_LATE:
        world.loop.create_task(process.watch_days())
    world.things["process"] = process
    world.things["venue"] = venue
    process.waiting = world.loop.create_task(world.faults(world.plan.phases.end_s - 60.0))
    await asyncio.gather(process.waiting, return_exceptions=True)
    _raise_failure(process, venue)
    process.pause(True)
    quiet = await _quiet(process, venue.account, world.plan.phases.end_s + 120.0)
    _raise_failure(process, venue)
    rows, stored = _kept(process)
    case = venue.case(rows, stored, quiet)
    await venue.close()
    world.seen.update({f"oanda {name}": times for name, times in venue.server.faults.hits.items()})
    _count(world, rows)
    check(case)
    return dict(world.seen)


RULES = Rules(
    streams=STREAMS,
    deadline_ns=2 * SECOND,
    requests_per_s=60,
    connections_per_s=1,
    bare_ns_max=600 * SECOND,
    whole_closes_once=True,
    day_starts=DAY_STARTS,
    heard_ns={"prices": 12 * SECOND, "transactions": 22 * SECOND},
    quiet_ns=300 * SECOND,
)


def _rolls(process: Process) -> tuple[int, ...] | None:
    """Give when trading days began; None where no process ran that could begin one in time."""
    down = [stop for stop in process.stops for day in DAY_STARTS if stop.ts <= day < stop.ts + 120 * SECOND]
    return None if down or process.began != START_LATE else tuple(process.rolls)


def _raise_failure(process: Process, venue: Venue) -> None:
    """Raise what ended a process by itself."""
    if process.failed is not None:
        raise Stopped(process.failed, found_in(venue.case(*_kept(process), ()))) from process.failed


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


def _asked(seen: RequestsSeen, truth: list[Any], began: int) -> tuple[Any, ...]:
    instruments = {each.trade: each.instrument for each in truth if hasattr(each, "execution")}
    return tuple(
        oanda.asked(
            began + round(each.at_s * SECOND), each.method, each.target, each.body, DIGITS,
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


oanda_engine.said = {"menu": MENU, "phases": PHASES}  # type: ignore[attr-defined]
for _alone in (lost_reply, read_too_early):
    _alone.said = {"menu": {}, "phases": SHORT}  # type: ignore[attr-defined]
