"""A session at a venue while it runs: streams come in, time passes, the book is held against the venue's.

Entries are off until every stream lives and the account has been read whole: each stream that does not live
is a fact of the core, and its gate refuses. What breaks is started again by itself; entries come back when
the streams do and everything that happened meanwhile has been taken in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tickwise.engine.answers import ENTRY, Intake
from tickwise.engine.desk import VenueDesk
from tickwise.engine.engine import Engine
from tickwise.engine.evidence import Patience
from tickwise.engine.last_hop import Caps
from tickwise.engine.liveness import Limits, Liveness
from tickwise.engine.price_stream import Missed, PriceManner, PriceStream, connection, turned
from tickwise.engine.protection import Grace, Protection
from tickwise.engine.reconcile import Reconciler
from tickwise.engine.supervise import Chance, Nursery, Rest
from tickwise.journal import entries as j
from tickwise.venues.venue import (
    Heartbeat,
    LineSkipped,
    Venue,
    VenueError,
    WrongAccess,
)

START = "start"
"""The stream that lives once every account has been read whole."""


@dataclass(frozen=True)
class Manner:
    """How often a session looks, and how long it is patient."""

    sweep_s: float = 5.0
    look_s: float = 45.0
    timer_s: float = 0.25
    guard_s: float = 0.25
    silence_s: float = 1.0
    reads_failed_max: int = 3
    changes_silence_ns: int = 20_000_000_000
    """How long the stream of an account may bring nothing; `limits` are those of the prices."""
    settle_s: float = 15.0
    """How long the end of a session waits for replies to what is on its way."""
    finish_s: float = 5.0
    """How long it waits for commands that are about to end."""
    limits: Limits = field(default_factory=Limits)
    patience: Patience = field(default_factory=Patience)
    caps: Caps = field(default_factory=Caps)
    grace: Grace = field(default_factory=Grace)
    rest: Rest = field(default_factory=Rest)
    read_rest: Rest = field(default_factory=lambda: Rest(first_s=1.0, factor=2.5))
    """What reads rest: in no minute of an outage they are more than a fifth above those of a calm one."""


class _Reader:
    """What is known of reading one account."""

    def __init__(self, name: str, dead: bool, failures_max: int) -> None:
        self.stream = f"reads of {name}"
        self.doubted, self.to_look = asyncio.Event(), asyncio.Event()
        self.is_read = False
        self.failures = failures_max if dead else 0


class VenueSession:
    """The tasks of one engine at one venue."""

    def __init__(
        self,
        engine: Engine,
        venue: Venue,
        manner: Manner,
        chance: Chance,
        is_open: Callable[[str, int], bool] = lambda instrument, ts: True,
        told: Callable[[str, BaseException], None] = lambda name, error: None,
        missed: Missed | None = None,
    ) -> None:
        """Serve an engine; `is_open` tells whether an instrument's market is open at a time (ns UTC)."""
        self.engine, self.venue, self.manner = engine, venue, manner
        self.nursery = Nursery(chance, told, (VenueError,))
        self.intake = Intake(engine, self.look_at)
        self.desk = VenueDesk(engine, venue, self.intake, self.nursery, manner.caps, self.doubt)
        engine.desk = self.desk
        self.protection = Protection(engine, self.desk, self.look_at, manner.grace)
        accounts, dead = engine.names.accounts, engine.book.dead
        self._reconcilers = {
            name: Reconciler(engine, venue, self.intake, name, manner.patience) for name in accounts
        }
        self._readers = {
            name: _Reader(name, bool(dead.get(f"reads of {name}")), manner.reads_failed_max)
            for name in accounts
        }
        of_prices = PriceManner(manner.timer_s, manner.silence_s, manner.limits, manner.rest)
        self.prices = PriceStream(engine, venue, of_prices, is_open, missed)
        of_changes = Limits(manner.changes_silence_ns)
        self._changes = {name: Liveness(f"changes of {name}", (), of_changes) for name in accounts}

    async def run(self) -> None:
        """Run until `nursery.end` is called or a law of ours breaks, which raises."""
        self._begin()
        nursery, rest = self.nursery, self.manner.rest
        for account in self.engine.names.accounts:
            nursery.keep(f"changes of {account}", partial(self._follow, account), rest)
            nursery.keep(f"sweep of {account}", partial(self._sweeping, account), self.manner.read_rest)
            nursery.keep(f"look at {account}", partial(self._looking, account), self.manner.read_rest)
        self.prices.keep_in(nursery)
        nursery.keep("silence of changes", self._silence, rest)
        nursery.keep("protection", self._guard, rest)
        try:
            await nursery.until_ended()
            await self._settle()
        finally:
            await nursery.stop()

    async def _settle(self) -> None:
        """Open nothing more, wait for the replies to what is on its way, and take in what came of it."""
        self._connection(START, "", False, "the session ends")
        try:
            async with asyncio.timeout(self.manner.settle_s):
                await self.desk.until_settled()
                for reconciler in self._reconcilers.values():
                    await reconciler.sweep()
        except (VenueError, TimeoutError):
            pass  # what is not known stays so in the journal, and the next start asks again
        await self.nursery.until_done(self.manner.finish_s)

    def doubt(self, account: str) -> None:
        """Let the changes of an account be asked for at once."""
        self._readers[account].doubted.set()

    def look_at(self, account: str) -> None:
        """Let an account be read whole at once."""
        self._readers[account].to_look.set()

    def _begin(self) -> None:
        """Nothing lives yet."""
        self.prices.begin()
        for stream in (START, *(each.stream for each in self._changes.values())):
            self._connection(stream, "", False, "starting")
        self._leave_what_was_to_be_left()

    def _leave_what_was_to_be_left(self) -> None:
        """Ask again for exits that were never sent: the next price, which would, may be long in coming."""
        for held in list(self.engine.book.positions.values()):
            if held.unsent_for and not held.leaving and not held.is_stray and not held.is_ordered:
                reason, lane = held.unsent_for, held.lane
                self.engine.take(j.Ordered(**ENTRY, lane=lane, reason=reason, actor="engine"))

    def _connection(self, stream: str, instrument: str, live: bool, why: str) -> None:
        connection(self.engine, stream, instrument, live, why)

    # Changes.

    async def _follow(self, account: str) -> None:
        """Follow the stream of an account's changes; what it missed before it lived is swept first."""
        liveness = self._changes[account]
        try:
            async for seen in self.venue.changes(account):
                if not liveness.is_live:
                    await self._reconcilers[account].sweep()
                if isinstance(seen, LineSkipped):
                    self.doubt(account)
                    continue
                turned(self.engine, liveness.something(self.engine.time.now_ns()))
                if not isinstance(seen, Heartbeat):
                    self.intake.take(seen)
                elif seen.mark > self.engine.book.known_mark(account):
                    self.doubt(account)  # it knows of more than we were told: something was missed
        except VenueError as error:
            turned(self.engine, liveness.broken(str(error)))
            raise
        turned(self.engine, liveness.broken("the venue ended the stream"))

    # Looking.

    async def _sweeping(self, account: str) -> None:
        """Sweep every few seconds, and at once after a doubt."""
        reader = self._readers[account]
        while True:
            await _first_of(reader.doubted, self.manner.sweep_s)
            reader.doubted.clear()
            await self._read(account, reader.doubted, self._reconcilers[account].sweep())

    async def _looking(self, account: str) -> None:
        """Read the account whole, at the start and every now and then; the first time lets entries on."""
        reader = self._readers[account]
        while True:
            reader.to_look.clear()
            await self._read(account, reader.to_look, self._reconcilers[account].look())
            reader.is_read = True
            if self.engine.book.dead.get(START) and all(each.is_read for each in self._readers.values()):
                self._connection(START, "", True, "every account was read whole")
            await _first_of(reader.to_look, self.manner.look_s)

    async def _read(self, account: str, again: asyncio.Event, reading: Coroutine[Any, Any, Any]) -> None:
        """Await a read; several that fail in a row mean that the venue's word is not to be had.

        A read that failed is made again as soon as its task goes on.
        """
        reader, most = self._readers[account], self.manner.reads_failed_max
        try:
            await reading
        except VenueError as error:
            again.set()
            before, reader.failures = reader.failures, reader.failures + 1
            if isinstance(error, WrongAccess):
                reader.failures = max(reader.failures, most)
            if before < most <= reader.failures:
                self._connection(reader.stream, "", False, str(error))
                self.engine.note_now(j.Alarm(**ENTRY, level="critical", what="no_reads", says=str(error)))
            raise
        if reader.failures >= most:
            self._connection(reader.stream, "", True, "the venue answers again")
        reader.failures = 0

    # Time.

    async def _silence(self) -> None:
        """Look whether the stream of an account's changes brings nothing."""
        while True:
            await asyncio.sleep(self.manner.silence_s)
            for liveness in self._changes.values():
                turned(self.engine, liveness.silence(self.engine.time.now_ns(), ()))

    async def _guard(self) -> None:
        while True:
            await asyncio.sleep(self.manner.guard_s)
            self.protection.look()


async def _first_of(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, at most so long."""
    timer = asyncio.get_running_loop().call_later(seconds, event.set)
    try:
        await event.wait()
    finally:
        timer.cancel()
