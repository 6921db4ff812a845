"""The real engine and the real OANDA venue against the local OANDA, over HTTP on this machine, in step.

One price at a time: the next one is sent when the engine has taken the last and nothing is on its way.
"""

from __future__ import annotations

import asyncio
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from brokers.oanda.manners import Manners
from brokers.oanda.market import Row
from brokers.oanda.server.clocks import TapeClock
from brokers.oanda.server.local import LocalOanda
from brokers.oanda.truth.broker import Broker
from tickwise.config.bot import BotConfig
from tickwise.engine.answers import ENTRY
from tickwise.engine.engine import Engine
from tickwise.engine.liveness import Limits
from tickwise.engine.opening import core_of, names_of, session_opened
from tickwise.engine.snapshots import Snapshots
from tickwise.engine.venue_session import Manner, VenueSession
from tickwise.journal import entries as j
from tickwise.market_data.recording import Recorder
from tickwise.venues.oanda.client import Client, Token
from tickwise.venues.oanda.hosts import hosts_of
from tickwise.venues.oanda.venue import OandaVenue

ACCOUNT = "101-001-1234567-001"


class BrokerTime:
    """The engine's time is the broker's."""

    def __init__(self, clock: TapeClock) -> None:
        self._clock = clock

    def now_ns(self) -> int:
        return self._clock.now()


class Listed:
    """A journal in a list, on disk at once."""

    def __init__(self) -> None:
        self.entries: list[j.Entry] = []

    def append(self, entry: j.Entry) -> int:
        self.entries.append(entry)
        return len(self.entries)

    async def durable(self, seq: int) -> None:
        await asyncio.sleep(0)

    def of(self, *kinds: type[j.Entry]) -> list[Any]:
        return [each for each in self.entries if isinstance(each, kinds)]


class World:
    """A broker, an engine, and the steps of both."""

    def __init__(self, bots: list[BotConfig], tape: Any, folder: Path, manner: Manner | None = None) -> None:
        self.bots = [bot.model_copy(update={"accounts": (ACCOUNT,)}) for bot in bots]
        patient = Manner(limits=Limits(1 << 60, 1 << 60), changes_silence_ns=1 << 60)
        self.tape, self.folder, self.manner = tape, folder, manner or patient

    async def __aenter__(self) -> World:
        chunk = self.tape.read()
        self.chunk = chunk
        self.clock = TapeClock(int(chunk.ts[0]) - 1_000_000)
        manners = Manners(every_price=True, closes_on_weekends=False, charges_financing=False)
        broker = Broker(manners=manners)
        self.account = broker.open_account(ACCOUNT, balance=100_000, now=self.clock.now())
        self.broker = broker
        self.server = LocalOanda(broker, self.clock)
        port = await self.server.listen()
        await self._start(port)
        return self

    async def _start(self, port: int) -> None:
        tape, base = self.tape, f"http://127.0.0.1:{port}"
        client = Client(hosts_of("practice", base, base), Token("local-token"), random.Random(1).random)
        self.venue = OandaVenue(client, [ACCOUNT])
        await self.venue.open([each.symbol for each in tape.instruments])
        live = core_of(self.bots, tape.instruments, tape.first_ts, tape.last_ts, "venue")
        self.opened = session_opened(
            live, self.bots, tape.instruments, session="w1", venue="oanda", environment="practice",
            since=tape.first_ts, until=tape.last_ts, tape=self.folder / "w1.tape",
        )  # fmt: skip
        self.journal = Listed()
        recorder = Recorder(self.folder / "w1.tape", tape.instruments)
        names = names_of(self.opened, "tw-")
        snapshots = Snapshots(self.folder, "w1", every=5_000)
        self.engine = Engine(live, names, self.journal, recorder, BrokerTime(self.clock), snapshots)
        self.session = VenueSession(self.engine, self.venue, self.manner, random.Random(2), told=self._told)
        self.told: list[tuple[str, str]] = []
        self.running = asyncio.get_running_loop().create_task(self.session.run())
        await self.until(lambda: not self.engine.book.dead.get("start", {""}))
        await self.until(lambda: not self.engine.book.dead.get(f"changes of {ACCOUNT}", {""}))

    def _told(self, name: str, error: BaseException) -> None:
        self.told.append((name, str(error)))

    async def __aexit__(self, *error: object) -> None:
        self.session.nursery.end()
        await asyncio.gather(self.running)
        self.engine.close("the test is over")
        await self.venue.close()
        await self.server.close()

    async def until(self, held: Any, seconds: float = 60.0) -> None:
        """Wait until something holds."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while not held():
            if self.running.done():
                self.running.result()
            assert loop.time() < end, f"waited in vain: {self.stands()}"
            await asyncio.sleep(0.0005)

    def stands(self) -> str:
        """Say how things stand, for who waits in vain."""
        marks = f"mark {self.known_mark()} of {self.account.state.last_id}"
        return f"{self.quotes_seen()} quotes, {marks}, tasks {self.session.nursery.names()}, told {self.told}"

    def price(self, at: int) -> None:
        """Let the broker quote row `at` of the tape."""
        chunk = self.chunk
        place = int(chunk.instrument[at]) if len(chunk.instrument) else 0
        on_tape = self.tape.instruments[place]
        tick = Decimal(on_tape.tick)
        bid, ask = int(chunk.bid[at]) * tick, int(chunk.ask[at]) * tick
        self.server.price(on_tape.symbol, bid, ask, int(chunk.ts[at]))

    async def step(self, at: int) -> None:
        """Quote one row, and wait until everything that follows from it has happened."""
        taken = int(self.quotes_seen())
        self.price(at)
        await self.until(lambda: self.quotes_seen() > taken)
        await self.quiet()

    async def quiet(self) -> None:
        """Wait until nothing is on its way and the engine knows all the broker does."""
        await self.until(
            lambda: not any(name.startswith(("send", "stop")) for name in self.session.nursery.names())
        )
        await self.until(lambda: self.known_mark() >= self.account.state.last_id)

    def known_mark(self) -> int:
        """The broker's last transaction that the engine has taken in."""
        book = self.engine.book
        return book.known_mark(ACCOUNT)

    def quotes_seen(self) -> int:
        """Quotes the core was given, refused ones too."""
        names = ("n", "crossed", "non_positive", "late", "duplicate", "out_of_band")
        return sum(int(np.asarray(self.engine.live.session.records.markets[name]).sum()) for name in names)

    def take(self, entry: j.Entry) -> None:
        """Give the engine something."""
        self.engine.take(entry)


__all__ = ["ACCOUNT", "ENTRY", "Row", "World"]
