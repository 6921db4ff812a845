"""A local OANDA with one account, and a venue that speaks to it over a real socket."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, NamedTuple, TypeVar

from oanda_words import ACCOUNT

from brokers.oanda.api.call import Token as BrokersToken
from brokers.oanda.manners import Manners
from brokers.oanda.server.clocks import TapeClock
from brokers.oanda.server.local import REST, STREAM, LocalOanda
from brokers.oanda.truth.account import Account
from brokers.oanda.truth.broker import Broker
from sim.chance import Chance
from sim.loop import SimLoop
from sim.net import Network
from sim.running import run as sim_run
from tickwise.venues.oanda.client import Client, Timeouts, Token
from tickwise.venues.oanda.hosts import hosts_of
from tickwise.venues.oanda.venue import OandaVenue
from tickwise.venues.venue import Change, EntryOrder, ExitOrder, Heartbeat, StopOrder

T = TypeVar("T")

CANARY = "canary-7f3a9c1e5b2d4860"
START = 1_767_623_400_000_000_000
"""Monday 2026-01-05 14:30 UTC."""
SECOND = 1_000_000_000
OPEN = ("EUR_USD", "USD_JPY")
PATIENT = Timeouts()


class World(NamedTuple):
    """The broker, what serves it, its account, and our venue."""

    broker: Broker
    server: LocalOanda
    account: Account
    venue: OandaVenue

    def writes(self) -> list[str]:
        """Give every order-changing request that the broker read, as method and last part of its path."""
        return [
            f"{each.method} {each.target.rsplit('/', 1)[1]}"
            for each in self.server.exchanges
            if each.method != "GET"
        ]


def middle() -> float:
    """Give no chance at all: half of every stretch."""
    return 0.5


def client_to(rest: int, stream: int, token: str = CANARY, **said: Any) -> Client:
    """Make a client of a venue on this machine: requests go to one port, streams to the other."""
    hosts = hosts_of("practice", f"http://127.0.0.1:{rest}", f"http://127.0.0.1:{stream}")
    return Client(hosts, Token(token), middle, **said)


@asynccontextmanager
async def world(
    manners: Manners | None = None, timeouts: Timeouts = PATIENT, fill: Any = "FOK", **account: Any
) -> AsyncIterator[World]:
    """Open a broker with one account and quoted instruments, and a venue on it."""
    broker = Broker(manners=manners)
    held = broker.open_account(ACCOUNT, now=START, **account)
    server = LocalOanda(broker, TapeClock(START), tokens={CANARY: BrokersToken()})
    server.price("EUR_USD", "1.10000", "1.10012", START)
    server.price("USD_JPY", "150.000", "150.010", START)
    ports = await server.listen(serves=REST), await server.listen(serves=STREAM)
    venue = OandaVenue(client_to(*ports, timeouts=timeouts), [ACCOUNT], fill)
    try:
        yield World(broker, server, held, venue)
    finally:
        await venue.close()
        await server.close()


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a test's coroutine in a world of its own: virtual time, and a network in memory."""

    async def in_a_network(loop: SimLoop) -> T:
        Network(loop, Chance(1))
        return await main

    return sim_run(in_a_network)


def entry(order: str = "bot-1", units: int = 1_000, **changed: Any) -> EntryOrder:
    """Give an entry as the core would decide it at the opening prices."""
    side = 1 if units > 0 else -1
    price = 110_012 if units > 0 else 110_000
    said: dict[str, Any] = {
        "order": order,
        "account": ACCOUNT,
        "instrument": "EUR_USD",
        "units": units,
        "stop": 300,
        "target": 100,
        "target_price": price + side * 100,
        "bound": price + side * 20,
        "tag": "fast",
    }
    return EntryOrder(**{**said, **changed})


def leave(trade: str, order: str = "bot-1-x1", units: int = 0) -> ExitOrder:
    """Give an order to leave a trade."""
    return ExitOrder(order, ACCOUNT, "EUR_USD", trade, units)


def set_stop(trade: str, stop: int = 0, target: int = 0) -> StopOrder:
    """Give a change of a trade's stop and target."""
    return StopOrder("bot-1", ACCOUNT, "EUR_USD", trade, stop, target)


async def opened(at: World, order: str = "bot-1", units: int = 1_000) -> str:
    """Send an entry and give the venue's number of the trade it opened."""
    answer = await at.venue.send(at.venue.encode_entry(entry(order, units)))
    assert isinstance(answer, tuple), answer
    return next(change.venue_position for change in answer if hasattr(change, "venue_position"))


async def following(at: World) -> AsyncIterator[Change | Heartbeat]:
    """Follow the account's changes, from behind the heartbeat with which that stream begins."""
    stream = at.venue.changes(ACCOUNT)
    assert isinstance(await anext(stream), Heartbeat)
    return stream


async def take(stream: AsyncIterator[T], count: int) -> list[T]:
    """Give the next few things of a stream."""
    return [await anext(stream) for _ in range(count)]


def kinds(changes: Any) -> list[str]:
    """Give the kinds of changes, for a story in one line."""
    assert isinstance(changes, tuple | list), changes
    return [type(change).__name__ for change in changes]


def one(changes: Any, kind: type[Change]) -> Any:
    """Give the one change of a kind."""
    (found,) = [change for change in changes if isinstance(change, kind)]
    return found
