"""The real engine and the real OANDA venue against the local OANDA in virtual time, with whatever goes wrong.

Time is the loop's: waiting two minutes costs nothing, and every run is the same. A test quotes a spread of
seven ticks where it wants to buy and of nine where it wants to sell. `assert_whole` is what must hold after
any story: the books are the broker's, the money is, every order took lawful ways and left once, and the
session replays to equal decisions.
"""

from __future__ import annotations

import asyncio
import json
import random
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from brokers.oanda.manners import Manners
from brokers.oanda.server.clocks import LoopClock
from brokers.oanda.server.local import REST, STREAM, Exchange, LocalOanda
from brokers.oanda.truth.broker import Broker
from oracles.bots import quiet
from sim.chance import Chance
from sim.loop import SimLoop
from sim.net import Network
from sim.running import run as sim_run
from tickwise.config.bot import BotConfig
from tickwise.engine.answers import ENTRY
from tickwise.engine.book import Book
from tickwise.engine.carry import carry_over
from tickwise.engine.clock import LoopTime
from tickwise.engine.engine import Engine
from tickwise.engine.opening import core_of, names_of, session_opened
from tickwise.engine.past import Past
from tickwise.engine.recovery import recovered
from tickwise.engine.replay import replay
from tickwise.engine.snapshots import Snapshots
from tickwise.engine.venue_session import Manner, VenueSession
from tickwise.journal import entries as j
from tickwise.journal.chain import canonical
from tickwise.journal.folds import fold
from tickwise.journal.folds.order_states import ENDED
from tickwise.journal.folds.orders import OrderRow
from tickwise.journal.folds.positions import PositionRow
from tickwise.journal.folds.rows import Rows
from tickwise.market_data.chunks import TapeInstrument
from tickwise.market_data.recording import Recorder
from tickwise.venues.oanda.budget import Share
from tickwise.venues.oanda.client import Client, Timeouts, Token
from tickwise.venues.oanda.hosts import hosts_of
from tickwise.venues.oanda.venue import OandaVenue

T = TypeVar("T")

ACCOUNT = "101-001-1234567-001"
SYMBOL = "EUR_USD"
START = 1_767_623_400_000_000_000
"""Monday 2026-01-05 14:30 UTC."""
SECOND = 1_000_000_000
DAY = 86_400 * SECOND
MID = 110_000
WIDE, BUY, SELL = 12, 7, 9
"""Spreads in ticks: of no meaning, of a wish to buy, of a wish to sell."""

BY_SPREAD = Path(__file__).parents[1] / "oracles" / "strategies" / "by_spread.py"

NO_PAST = Past(0, None, (), (), (), {}, (), ())


def bot(name: str = "asked", **tables: Any) -> BotConfig:
    """Give a bot that enters where the spread says so: 10,000 units, a stop of 20 pips, a target of 10."""
    made = quiet(str(BY_SPREAD), name=name, **tables)
    return made.model_copy(update={"accounts": (ACCOUNT,)})


class FoldedJournal:
    """A journal in memory that folds each entry as it is written: an order's unlawful way raises here.

    `hold` keeps entries off the disk until `release`.
    """

    def __init__(self, entries: Iterable[j.Entry] = ()) -> None:
        self.entries: list[j.Entry] = []
        self.changes: dict[Any, Any] = {}
        self.rows = Rows(lambda kind, key: self.changes.get(kind, {}).get(key), kept_max=2**62)
        self._on_disk = asyncio.Event()
        self._on_disk.set()
        for entry in entries:
            self.append(entry)

    def append(self, entry: j.Entry) -> int:
        self.entries.append(entry)
        fold(self.rows, entry, canonical(entry), len(self.entries))
        return len(self.entries)

    async def durable(self, seq: int) -> None:
        await asyncio.sleep(0)
        await self._on_disk.wait()

    def hold(self) -> None:
        self._on_disk.clear()

    def release(self) -> None:
        self._on_disk.set()

    def of(self, *kinds: type[j.Entry]) -> list[Any]:
        """Give the entries of some kinds, in order."""
        return [each for each in self.entries if isinstance(each, kinds)]

    def all(self, kind: type[Any]) -> list[Any]:
        """Give every row of a table."""
        for named, rows in self.rows.take().items():
            self.changes.setdefault(named, {}).update(rows)
        return [row for _, row in sorted(self.changes.get(kind, {}).items())]


class OrderWorld:
    """A broker, the engine at it, and a market that a test moves."""

    environment: Any = "practice"
    answering: Any = "venue"
    share = Share()

    def __init__(
        self,
        loop: SimLoop,
        network: Network,
        folder: Path,
        bots: Iterable[BotConfig],
        manner: Manner,
        manners: Manners,
        account: dict[str, Any],
        fill: Any,
        timeouts: Timeouts,
        start: int,
    ) -> None:
        self.start, self.session_name, self.sessions = start, "", 0
        self.loop, self.network, self.folder, self.bots = loop, network, folder, list(bots)
        self.manner, self.timeouts, self.fill = manner, timeouts, fill
        self.clock = LoopClock(loop, start)
        self.time = LoopTime(loop, start)
        self.broker = Broker(manners=manners)
        self.account = self.broker.open_account(ACCOUNT, now=start, **account)
        self.server = LocalOanda(self.broker, self.clock)
        self.faults = self.server.faults
        self.mid, self.is_quoting = MID, True
        self.told: list[tuple[str, str]] = []
        self.symbols = list(dict.fromkeys(symbol for each in self.bots for symbol in each.instruments))

    # Beginning, stopping, dying.

    async def open(self) -> None:
        """Serve, quote, and let the engine come up until entries are allowed."""
        self.ports = await self.server.listen(serves=REST), await self.server.listen(serves=STREAM)
        for symbol in self.symbols:
            self.quote(symbol=symbol)
        self.market = self.loop.create_task(self._market())
        await self.begin()

    async def begin(self) -> None:
        """Open a new session."""
        await self._reach()
        rows = [TapeInstrument(each, self.venue.terms(each).tick) for each in self.symbols]
        since, until = self.start - DAY, self.start + 10 * DAY
        live = core_of(self.bots, rows, since, until, self.answering)
        self.sessions += 1
        self.first_exchange = len(self.server.exchanges)
        self.session_name = f"w{self.sessions}"
        self.opened = session_opened(
            live, self.bots, rows, session=self.session_name, venue="oanda",
            environment=self.environment, since=since, until=until, tape=self.tape,
        )  # fmt: skip
        self.journal = FoldedJournal([self.opened])
        recorder, names = Recorder(self.tape, rows), names_of(self.opened, "tw-")
        self.engine = Engine(live, names, self.journal, recorder, self.time, self._snapshots())
        self.engine.ts = self.time.now_ns()
        await self._carry()
        await self._run()

    async def _carry(self) -> None:
        for account in self.engine.names.accounts:
            carry_over(self.engine, await self.venue.account(account), NO_PAST)

    @property
    def tape(self) -> Path:
        return self.folder / f"{self.session_name}.tape"

    def _snapshots(self) -> Snapshots:
        return Snapshots(self.folder, self.session_name, 5_000)

    async def _reach(self) -> None:
        rest, stream = (f"http://127.0.0.1:{port}" for port in self.ports)
        client = Client(
            hosts_of("practice", rest, stream), Token("local-token"), random.Random(1).random,
            timeouts=self.timeouts, share=self.share,
        )  # fmt: skip
        self.venue = OandaVenue(client, [ACCOUNT], self.fill)
        await self.venue.open(self.symbols)

    async def _run(self) -> None:
        self.session = self._session()
        self.running = self.loop.create_task(self.session.run())
        await asyncio.sleep(0.001)  # until it has said that nothing lives yet
        await self.until(lambda: self.allows_entries)
        await self.passes(1.1)  # the next connection may be opened then

    def _session(self) -> Any:
        return VenueSession(self.engine, self.venue, self.manner, random.Random(2), told=self._was_told)

    def _was_told(self, name: str, error: BaseException) -> None:
        self.told.append((name, str(error)))

    async def stop(self) -> None:
        """End the session in order."""
        self.session.nursery.end()
        await self.running
        await self.venue.close()
        self.engine.recorder.close()

    async def die(self) -> None:
        """End the process between two steps, with all its sockets and nothing tidied."""
        if self.running.done():
            return
        self.running.cancel()
        await asyncio.gather(self.running, return_exceptions=True)
        await self.venue.close()
        self.engine.recorder.close()

    async def recover(self) -> None:
        """Start again where the journal ends."""
        await self._reach()
        rows = tuple(TapeInstrument(row.symbol, row.tick) for row in self.opened.instruments)
        recorder = Recorder(self.tape, rows)
        left = self.journal.entries
        self.journal = FoldedJournal(left)
        again = recovered(self.opened, left[1:], self.journal, recorder, self._snapshots(), self.time, "tw-")
        self.engine = again.engine
        await self._run()

    # The market and time.

    async def _market(self) -> None:
        """Quote a spread of no meaning, again and again."""
        while True:
            await asyncio.sleep(1.0)
            if self.is_quoting:
                for symbol in self.symbols:
                    self.quote(symbol=symbol)

    def quote(self, spread: int = WIDE, symbol: str = SYMBOL, mid: int | None = None) -> None:
        """Quote: `mid` is the bid, in ticks of a hundred-thousandth, and stays until another is given."""
        self.mid = self.mid if mid is None else mid
        self.server.price(symbol, self.mid, self.mid + spread, self.clock.now())

    async def passes(self, seconds: float) -> None:
        """Let time pass."""
        await asyncio.sleep(seconds)
        self._alive()

    async def passes_alone(self, seconds: float) -> None:
        """Let time pass while no session runs."""
        assert self.running.done(), "a session runs"
        await asyncio.sleep(seconds)

    def _alive(self) -> None:
        if self.running.done():
            self.running.result()
            raise AssertionError("the session has ended")

    async def until(self, held: Callable[[], bool], seconds: float = 30.0) -> None:
        """Wait until something holds."""
        end = self.loop.time() + seconds
        while not held():
            self._alive()
            assert self.loop.time() < end, ("waited in vain", self.told, self.session.nursery.names())
            await asyncio.sleep(0.01)

    async def ask(self, spread: int, symbol: str = SYMBOL, mid: int | None = None) -> str:
        """Quote a wish; give the id of the order that came of it, or "" where none did."""
        before = len(self.intents)
        await asyncio.sleep(0.01)  # no two quotes at one moment
        self.quote(spread, symbol, mid)
        await asyncio.sleep(0.02)
        made = self.intents[before:]
        return made[0].order if made else ""

    async def buys(self, **said: Any) -> str:
        """Have the bot buy, and wait for the position; give its name."""
        return await self._enters(BUY, **said)

    async def sells(self, **said: Any) -> str:
        """Have the bot sell, and wait for the position; give its name."""
        return await self._enters(SELL, **said)

    async def _enters(self, spread: int, **said: Any) -> str:
        order = await self.ask(spread, **said)
        assert order, "the bot did not enter"
        await self.until(lambda: order in self.book.positions and self.book.positions[order].stop > 0)
        return order

    # What there is.

    @property
    def book(self) -> Book:
        return self.engine.book

    @property
    def intents(self) -> list[j.Intent]:
        return self.journal.of(j.Intent)

    @property
    def lanes(self) -> Any:
        return self.engine.live.session.records.lanes

    @property
    def allows_entries(self) -> bool:
        """Whether no stream is dead for any instrument."""
        dead = [self.book.dead_streams(symbol) for symbol in self.symbols]
        return bool(self.book.dead) and not any(dead)

    def state(self, order: str) -> str:
        """Give the state of an order as the book has it."""
        return self.book.orders[order].state

    def trades(self) -> dict[str, int]:
        """Give the broker's open trades: their numbers, and their units."""
        return {str(each.id): int(each.units) for each in self.account.state.open.values()}

    def stops(self) -> dict[str, int]:
        """Give the stop that rests at the broker for each of its trades, in ticks; 0 is none."""
        pending = self.account.state.pending
        return {
            str(each.id): int(pending[each.stop_loss].price or 0) if each.stop_loss else 0
            for each in self.account.state.open.values()
        }

    def sent(self, verb: str = "", order: str = "") -> list[Exchange]:
        """Give the order-changing requests of this session that the broker read."""
        return [
            each
            for each in self.server.exchanges[self.first_exchange :]
            if each.method != "GET" and verb in ("", verb_of(each)) and order in ("", order_of(each))
        ]

    async def rest(self) -> None:
        """End every fault and wait until nothing is on its way."""
        await come_to_rest(self)

    def check(self) -> None:
        """Hold against each other what must agree."""
        assert_whole(self)

    def take(self, entry: j.Entry) -> None:
        """Give the engine something."""
        self.engine.take(entry)

    def switch(self, switch: Any, scope: Any = "house", name: str = "", on: bool = True) -> None:
        """Turn a switch, as a person would."""
        self.take(
            j.Switched(**ENTRY, switch=switch, scope=scope, name=name, on=on, reason="said so", actor="me")
        )


def verb_of(exchange: Exchange) -> str:
    """Say what a request asked for: `enter`, `leave` or `set_stop`."""
    if exchange.method == "POST":
        return "enter"
    return "leave" if exchange.target.endswith("/close") else "set_stop"


def order_of(exchange: Exchange) -> str:
    """Give our id in an entry, "" elsewhere."""
    if exchange.method != "POST":
        return ""
    return str(json.loads(exchange.body)["order"]["clientExtensions"]["id"])


def play(
    story: Callable[[OrderWorld], Coroutine[Any, Any, T]],
    *bots: BotConfig,
    manner: Manner | None = None,
    manners: Manners | None = None,
    account: dict[str, Any] | None = None,
    fill: Any = "FOK",
    timeouts: Timeouts | None = None,
    start: int = START,
    whole: bool = True,
    kind: type[OrderWorld] = OrderWorld,
) -> T:
    """Run a story in a world of its own; at its end everything must be whole."""

    async def main(loop: SimLoop) -> T:
        network = Network(loop, Chance(1))
        with tempfile.TemporaryDirectory() as folder:
            world = kind(
                loop, network, Path(folder), bots or (bot(),), manner or Manner(),
                manners or Manners(every_price=True, charges_financing=False), account or {}, fill,
                timeouts or Timeouts(), start,
            )  # fmt: skip
            await world.open()
            try:
                result = await story(world)
                if whole:
                    await world.rest()
                    world.check()
            finally:
                world.market.cancel()
                await world.die()
            await world.server.close()
            return result

    return sim_run(main)


async def come_to_rest(world: OrderWorld, seconds: float = 200.0) -> None:
    """End every fault and wait until nothing is on its way and nothing is unknown."""
    world.faults.clear()
    world.is_quoting = True
    world.journal.release()
    await world.passes(1.0)
    await world.until(
        lambda: not world.book.open_orders() and known_mark(world) >= world.account.state.last_id, seconds
    )
    await world.passes(7.0)


def known_mark(world: OrderWorld) -> int:
    """Give the broker's last transaction that the engine has taken in."""
    return world.book.known_mark(ACCOUNT)


def assert_whole(world: OrderWorld) -> None:
    """Hold the books against the broker, and the session against itself."""
    assert world.server.failures == []
    assert_positions(world)
    assert_orders(world)
    assert_money(world)
    assert_replays(world)


def assert_positions(world: OrderWorld) -> None:
    """What we hold is what the broker holds, in the book, in the core and in the journal's tables."""
    book = world.book
    ours = {each.venue_position: each.units for each in book.positions.values()}
    foreign = {each.venue_id: each.units for each in book.foreign.values()}
    assert not ours.keys() & foreign.keys()
    assert {**ours, **foreign} == world.trades()
    stops = world.stops()
    assert {name: stops[name] for name in ours} == {
        each.venue_position: each.stop for each in book.positions.values()
    }
    rows = {each.position: each.units for each in world.journal.all(PositionRow) if each.is_open}
    assert rows == {each.id: each.units for each in book.positions.values()}
    held: Counter[int] = Counter()
    for each in book.positions.values():
        if not each.is_stray:
            held[each.lane] += each.units
    for at in range(len(world.lanes)):
        lane = world.lanes[at]
        units = int(lane["position"]["units"]) if lane["side"] in (1, -1) else 0
        assert (at, units) == (at, held[at])
        assert lane["side"] in (0, 1, -1), f"lane {at} still waits for an order"
    for symbol in world.symbols:
        market = world.engine.live.session.records.markets[world.engine.names.market(symbol)]
        assert int(market["unknown_orders"]) == book.unknown_on(symbol)


def assert_orders(world: OrderWorld) -> None:
    """Every order ended lawfully, was written before it left, and left at most once."""
    rows = world.journal.all(OrderRow)
    assert {each.order: each.status for each in rows if each.status not in ENDED} == {}
    assert {each.id: each.state for each in world.book.orders.values() if each.state not in ENDED} == {}
    entries = Counter(order_of(each) for each in world.sent("enter"))
    assert set(entries.values()) <= {1}, entries
    assert set(entries) <= {each.order for each in world.intents}
    marks = world.journal.of(j.Sent)
    for verb in ("enter", "leave", "set_stop"):
        assert len(world.sent(verb)) <= sum(each.verb == verb for each in marks), verb
    assert [each.number for each in marks] == list(range(1, len(marks) + 1))
    decided = [each.order for each in world.journal.of(j.Intent, j.ExitIntent)]
    left = [each.order for each in marks if each.verb != "set_stop"]
    assert len(left) == len(set(left))
    assert set(left) <= set(decided)


def assert_money(world: OrderWorld) -> None:
    """The balance is the broker's to the cent, and so is what the trades of the journal add up to."""
    record = world.engine.live.session.records.accounts[0]
    assert f"{int(record['balance']) / 1e6:.2f}" == f"{world.account.state.balance:.2f}"
    earned = sum(each.pnl for each in world.journal.all(PositionRow))
    closed = sum(each.pnl for each in world.journal.of(j.TradeBooked))
    strays = sum(
        each.pnl
        for each in world.journal.all(PositionRow)
        if each.is_open or each.position in world.book.strays
    )
    assert earned == closed + strays


def assert_replays(world: OrderWorld) -> None:
    """The session comes out of its own journal and tape again."""
    world.engine.recorder.flush()
    found = replay(world.opened, world.journal.entries[1:], world.tape, "tw-")
    assert (found.difference, found.tape_problem, found.ended_early) == ("", "", "")
    assert found.decision_digest == world.engine.live.session.decision_digest


async def gathered(*each: Awaitable[T]) -> list[T]:
    """Await some things at once."""
    return list(await asyncio.gather(*each))


def lane_of(world: OrderWorld, at: int = 0) -> Any:
    """Give a lane's record."""
    return np.asarray(world.lanes)[at]


__all__ = ["ACCOUNT", "BUY", "ENTRY", "SECOND", "SELL", "START", "SYMBOL", "OrderWorld", "bot", "play"]
