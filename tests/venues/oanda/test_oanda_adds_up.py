"""Through bad weather: whatever is lost, doubled, late or cut, what is told adds up to the broker's truth."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import pytest
from oanda_local import CANARY, OPEN, START, client_to, entry, leave, run, set_stop
from oanda_words import ACCOUNT

from brokers.oanda.api.call import Token as BrokersToken
from brokers.oanda.faults import Faults
from brokers.oanda.manners import Manners
from brokers.oanda.server.clocks import LoopClock
from brokers.oanda.server.local import REST, STREAM, LocalOanda
from brokers.oanda.truth.broker import Broker
from tickwise.venues.oanda.memory import LEFT_UNKNOWN
from tickwise.venues.oanda.venue import OandaVenue
from tickwise.venues.venue import (
    Change,
    Heartbeat,
    MoneyMoved,
    NoReply,
    OrderFilled,
    PositionReduced,
    VenueError,
)

WEATHER: tuple[tuple[str, float, dict[str, Any]], ...] = (
    ("drop_reply", 0.1, {}),
    ("drop_request", 0.1, {"how": "close"}),
    ("error_after", 0.1, {"status": 502}),
    ("delay_reply", 0.05, {"delay_s": 8.0}),
    ("reject", 0.05, {}),
    ("cancel", 0.05, {}),
    ("partial_fill", 0.2, {"fraction": 0.4}),
    ("lose_transaction", 0.1, {}),
    ("double_transaction", 0.1, {"copies": 2}),
    ("reorder_transactions", 0.2, {}),
    ("late_transaction", 0.1, {"delay_s": 3.0}),
    ("cut_mid_line", 0.02, {}),
    ("cut_stream", 0.02, {}),
    ("one_byte_chunks", 0.1, {}),
    ("refuse", 0.1, {"status": 503}),
    ("lag", 0.1, {"lag_s": 2.0}),
)


class Story:
    """A trader who goes on through everything, and the notes of all that the venue told."""

    def __init__(self, seed: int, server: LocalOanda, venue: OandaVenue) -> None:
        self.chance = random.Random(seed)
        self.server, self.venue = server, venue
        self.account = server.broker.accounts[ACCOUNT]
        self.told: list[Change] = []
        self.sent: Counter[str] = Counter()
        self.lost = 0
        self.mark = 0

    async def follow(self) -> None:
        """Follow the stream, again and again."""
        while True:
            with suppress(VenueError):
                async for seen in self.venue.changes(ACCOUNT):
                    if not isinstance(seen, Heartbeat):
                        self.told.append(seen)
            await asyncio.sleep(0.5)

    async def sweep(self) -> None:
        """Ask for what was missed, every now and then."""
        while True:
            await asyncio.sleep(4.0)
            with suppress(VenueError):
                missed, self.mark = await self.venue.changes_since(ACCOUNT, self.mark)
                self.told += missed
                if self.chance.random() < 0.5:
                    await self.venue.account(ACCOUNT)

    async def trade(self, steps: int) -> None:
        """Enter, leave, move stops; now and then a person does something too."""
        for number in range(steps):
            await asyncio.sleep(self.chance.uniform(0.1, 1.0))
            self.server.price("EUR_USD", 110_000 + number % 7, 110_012 + number % 7)
            act = self.chance.random()
            trades = sorted(self.account.state.open)
            if act < 0.5 or not trades:
                await self.send(self.venue.encode_entry(self.an_entry(number)))
            elif act < 0.75:
                trade = self.chance.choice(trades)
                part = self.chance.choice((0, 0, abs(self.account.state.open[trade].units) // 2))
                await self.send(self.venue.encode_exit(leave(str(trade), f"x{number}", part)))
            elif act < 0.85:
                moved = set_stop(str(self.chance.choice(trades)), 109_000 + number)
                await self.send(self.venue.encode_stop(moved))
            elif act < 0.95:
                self.server.hands.closes(self.account, self.chance.choice(trades))
            else:
                self.server.hands.deposits(self.account, 5)

    def an_entry(self, number: int) -> Any:
        """Decide an entry, on either side."""
        units = self.chance.choice((-1, 1)) * self.chance.randint(100, 5_000)
        return entry(f"e{number}", units, bound=0, target_price=0)

    async def send(self, request: Any) -> None:
        """Send once, and note what came of it."""
        self.sent[request.order] += request.verb != "set_stop"
        answer = await self.venue.send(request)
        self.lost += isinstance(answer, NoReply)
        if isinstance(answer, tuple):
            self.told += answer


def by_execution(changes: Iterable[Change]) -> dict[str, OrderFilled | PositionReduced]:
    """Give the fills by their execution: the same one was told in the same words wherever that matters."""
    found: dict[str, OrderFilled | PositionReduced] = {}
    for change in changes:
        if isinstance(change, OrderFilled | PositionReduced):
            known = found.setdefault(change.execution, change)
            same = ("units", "price", "commission", "balance", "venue_position", "instrument", "mark")
            assert [getattr(known, name) for name in same] == [getattr(change, name) for name in same]
    return found


@pytest.mark.parametrize("seed", range(6))
def test_what_is_told_adds_up_to_what_the_broker_did(seed: int) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        broker = Broker(manners=Manners(page_max=20))
        held = broker.open_account(ACCOUNT, now=START, hedging=seed % 2 == 1)
        server = LocalOanda(
            broker, LoopClock(loop, START), tokens={CANARY: BrokersToken()}, faults=Faults(seed)
        )
        server.price("EUR_USD", "1.10000", "1.10012")
        ports = await server.listen(serves=REST), await server.listen(serves=STREAM)
        venue = OandaVenue(client_to(*ports), [ACCOUNT], "IOC")
        await venue.open(OPEN[:1])
        story = Story(seed, server, venue)
        for name, likely, how in WEATHER:
            server.faults.add(name, times=None, chance=likely, **how)
        tasks = [loop.create_task(story.follow()), loop.create_task(story.sweep())]
        await story.trade(60)
        server.faults.clear()
        await asyncio.sleep(10.0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        truth, _ = await venue.changes_since(ACCOUNT, 0)
        check(story, truth, held)
        await venue.close()
        await server.close()

    run(main())


def check(story: Story, truth: tuple[Change, ...], held: Any) -> None:
    """Hold what was told against the broker's own books."""
    fills = by_execution([*truth, *story.told])
    assert story.lost > 3
    assert len(fills) > 20
    assert fills.keys() == by_execution(truth).keys() >= by_execution(story.told).keys()
    units: Counter[str] = Counter()
    for fill in sorted(fills.values(), key=lambda each: each.mark):
        units[fill.venue_position] += fill.units * (1 if isinstance(fill, OrderFilled) else -1)
        if isinstance(fill, PositionReduced) and fill.left != LEFT_UNKNOWN:
            assert fill.left == units[fill.venue_position]
    assert {name: left for name, left in units.items() if left} == {
        str(number): trade.units for number, trade in held.state.open.items()
    }
    earned = sum(
        each.gross + each.financing if isinstance(each, PositionReduced) else 0 for each in fills.values()
    )
    costs = sum(each.commission for each in fills.values())
    moved = sum(each.amount for each in truth if isinstance(each, MoneyMoved))
    assert moved + earned - costs == int(held.state.balance * 1_000_000)
    ours = [each for each in truth if isinstance(each, OrderFilled) and each.order]
    assert {each.order for each in ours} <= story.sent.keys()
    assert set(story.sent.values()) == {0, 1} or set(story.sent.values()) == {1}
    posted = Counter(
        each.body for each in story.server.exchanges if each.method == "POST" and each.acted_at is not None
    )
    assert set(posted.values()) == {1}
