"""Whole sessions on live prices of the local OANDA, in virtual time: on paper, or with orders.

The market has been quoting for a while when a session begins, so there is a past to read.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from brokers.oanda.manners import Manners
from brokers.oanda.server.clocks import LoopClock
from brokers.oanda.server.local import REST, STREAM, LocalOanda
from brokers.oanda.truth.broker import Broker
from engine.order_world import ACCOUNT, NO_PAST, START, FoldedJournal
from sim.chance import Chance
from sim.loop import SimLoop
from sim.net import Network
from sim.running import run as sim_run
from tickwise.config.bot import BotConfig
from tickwise.config.engine_file import engine_of
from tickwise.engine.clock import LoopTime
from tickwise.engine.economic_calendar import Fetch
from tickwise.engine.home import home_of
from tickwise.engine.past import Past, Session
from tickwise.engine.replay import Found, replay
from tickwise.engine.run_paper import PaperParts, run_on_paper
from tickwise.engine.run_venue import Parts, run_at_venue
from tickwise.engine.running import Running
from tickwise.journal import entries as j
from tickwise.journal.folds.order_states import ENDED
from tickwise.journal.folds.orders import OrderRow
from tickwise.journal.folds.sessions import SessionRow
from tickwise.venues.oanda.client import Client, Reader, Token
from tickwise.venues.oanda.hosts import hosts_of
from tickwise.venues.oanda.prices import OandaPrices
from tickwise.venues.oanda.venue import OandaVenue

T = TypeVar("T")

SYMBOL = "EUR_USD"
MINUTE = 60_000_000_000


class Live:
    """A session that runs, and what it wrote."""

    def __init__(self, running: Running, journal: FoldedJournal) -> None:
        self.running, self.journal, self.engine = running, journal, running.engine
        self.dies = False
        """Whether it is cut off at the end instead of ended in order."""

    @property
    def lives(self) -> bool:
        """Whether no stream is dead for the instrument."""
        book = self.engine.book
        return bool(book.dead) and not book.dead_streams(SYMBOL)

    def replayed(self) -> Found:
        """Take the session again from its journal and its tape."""
        opened = self.journal.entries[0]
        assert isinstance(opened, j.SessionOpened)
        return replay(opened, self.journal.entries[1:], Path(opened.tape), "qr-fast-")


class LiveWorld:
    """A broker whose market goes on while sessions come and go."""

    def __init__(self, loop: SimLoop, folder: Path, settings: dict[str, Any]) -> None:
        self.loop, self.folder = loop, folder
        self.network = Network(loop, Chance(1))
        self.clock = LoopClock(loop, START)
        manners = Manners(every_price=True, charges_financing=False)
        self.broker = Broker(manners=manners)
        self.account = self.broker.open_account(ACCOUNT, now=START)
        self.server = LocalOanda(self.broker, self.clock)
        self.is_quoting = True
        self.settings = {
            "db": str(folder / "journal.db"),
            "venue": {"name": "oanda", "account": ACCOUNT},
            **settings,
        }
        self.told: list[tuple[str, str]] = []

    async def open(self) -> None:
        self.ports = await self.server.listen(serves=REST), await self.server.listen(serves=STREAM)
        self.market = self.loop.create_task(self._market())

    async def close(self) -> None:
        self.market.cancel()
        await self.server.close()

    async def _market(self) -> None:
        """Quote about once a second, for ever, and never at the turn of a second."""
        draws, mid = random.Random(8), 110_000.0
        while True:
            await asyncio.sleep(0.97)
            mid += draws.gauss(0, 5)
            bid = Decimal(round(mid)) / 100_000
            if self.is_quoting:
                self.server.price(SYMBOL, bid, bid + Decimal("0.00003"))

    def minutes(self, count: int) -> list[tuple[int, ...]]:
        """Give the broker's own last whole minutes: open, high, low and close of the mid, in half-ticks."""
        now = self.clock.now() // MINUTE * MINUTE
        found = self.broker.candles.between(SYMBOL, "M1", now - 2 * count * MINUTE, now)
        return [tuple(each.mid) for each in found][-count:]

    async def passes(self, minutes: float) -> None:
        """Let time pass."""
        await asyncio.sleep(60 * minutes)

    async def until(self, held: Callable[[], bool], seconds: float = 60.0) -> None:
        """Wait until something holds."""
        end = self.loop.time() + seconds
        while not held():
            assert self.loop.time() < end, ("waited in vain", self.told)
            await asyncio.sleep(0.01)

    @asynccontextmanager
    async def on_paper(
        self,
        bots: Sequence[BotConfig],
        fetch: Fetch | None = None,
        left: list[j.Entry] | None = None,
        observe: Callable[[j.Entry], None] = lambda entry: None,
    ) -> AsyncIterator[Live]:
        """Run a session on paper; `left` are the entries of one that was cut off."""
        rest, stream = self._addresses
        source = OandaPrices(Reader(hosts_of("practice", rest, stream), *self._access), ACCOUNT)
        config = engine_of(self.settings)
        journal, last, past = FoldedJournal(left or ()), None, NO_PAST
        if left and isinstance(left[0], j.SessionOpened):
            last, past = Session(left[0], left[1:]), NO_PAST._replace(last=journal.all(SessionRow)[-1])
        parts = PaperParts(
            bots, config, source, past, last, home_of(config), LoopTime(self.loop, self.clock.now()),
            random.Random(3), self._hear, fetch=fetch, observe=observe,
        )  # fmt: skip
        async with self._running(
            journal, lambda log, begun: run_on_paper(parts, log, None, None, begun)
        ) as live:
            yield live

    @asynccontextmanager
    async def at_the_venue(
        self, bots: Sequence[BotConfig], fetch: Fetch | None = None, left: list[j.Entry] | None = None
    ) -> AsyncIterator[Live]:
        """Run a session whose orders go to the broker; `left` are the entries of one before."""
        venue = OandaVenue(Client(hosts_of("practice", *self._addresses), *self._access), [ACCOUNT])
        config = engine_of(self.settings)
        journal = FoldedJournal(left or ())
        past, last = taken_over(journal)
        parts = Parts(
            bots, config, venue, past, last, home_of(config), LoopTime(self.loop, self.clock.now()),
            random.Random(3), self._hear, fetch=fetch,
        )  # fmt: skip
        async with self._running(
            journal, lambda log, begun: run_at_venue(parts, log, None, None, begun)
        ) as live:
            yield live

    @asynccontextmanager
    async def _running(
        self, journal: FoldedJournal, work: Callable[[FoldedJournal, Any], Awaitable[Running]]
    ) -> AsyncIterator[Live]:
        begun: asyncio.Future[Running] = self.loop.create_future()
        task = asyncio.ensure_future(work(journal, begun.set_result))
        await asyncio.wait({task, begun}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        live = Live(begun.result(), journal)
        yield live
        if live.dies:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            live.running.recorder.close()
        else:
            live.running.session.nursery.end()
            await task

    @property
    def _addresses(self) -> tuple[str, str]:
        rest, stream = (f"http://127.0.0.1:{port}" for port in self.ports)
        return rest, stream

    @property
    def _access(self) -> tuple[Token, Any]:
        return Token("local-token"), random.Random(1).random

    def _hear(self, name: str, error: BaseException) -> None:
        self.told.append((name, str(error)))


def taken_over(journal: FoldedJournal) -> tuple[Past, Session | None]:
    """Give what a journal says to the next session, with the orders that have no known end."""
    opened = journal.entries[0] if journal.entries else None
    if not isinstance(opened, j.SessionOpened):
        return NO_PAST, None
    doubtful = tuple(each for each in journal.all(OrderRow) if each.status not in ENDED)
    past = NO_PAST._replace(sessions=1, last=journal.all(SessionRow)[-1], doubtful=doubtful)
    return past, Session(opened, journal.entries[1:])


def play(story: Callable[[LiveWorld], Coroutine[Any, Any, T]], **settings: Any) -> T:
    """Run a story in a world of its own."""

    async def main(loop: SimLoop) -> T:
        with tempfile.TemporaryDirectory() as folder:
            world = LiveWorld(loop, Path(folder), settings)
            await world.open()
            try:
                return await story(world)
            finally:
                await world.close()

    return sim_run(main)
