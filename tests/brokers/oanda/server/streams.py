"""The two streams: what waits to be sent on a connection, and the heartbeat between."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable
from typing import Any

from aiohttp import web

from brokers.oanda.api import shown
from brokers.oanda.api.http import PriceStream, TransactionStream, encoded
from brokers.oanda.faults import Faults, Subject
from brokers.oanda.server import garbled
from brokers.oanda.text import Instant
from brokers.oanda.truth.account import Account, Transaction
from brokers.oanda.truth.broker import Broker
from brokers.oanda.truth.prices import Quote

HEARTBEAT_S = 5.0
WINDOW_S = 0.25
"""Within this time one price of an instrument is sent, the last."""

WAITING_MAX = 10_000
"""Lines that may wait for a slow reader; then the connection is cut."""

CUT = b""
"""Stands in the queue where the connection is to be cut."""


class Stream:
    """Lines for one connection, sent as fast as it takes them."""

    kind = ""

    def __init__(
        self, asked: PriceStream | TransactionStream, broker: Broker, faults: Faults, now: Callable[[], int]
    ) -> None:
        self.is_unix = asked.is_unix
        self.headers = asked.headers
        self.broker = broker
        self.faults = faults
        self.now = now
        self.ended = False
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[bytes] = deque()
        self._some = asyncio.Event()
        self._none = asyncio.Event()
        self._none.set()
        self._timers: dict[asyncio.TimerHandle, None] = {}
        self._beat: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Start the heartbeat."""
        self._beat = self._loop.call_later(HEARTBEAT_S, self._heartbeat)

    def end(self) -> None:
        """Send nothing more and let the sender return."""
        self.ended = True
        for timer in (self._beat, *self._timers):
            if timer:
                timer.cancel()
        self._timers.clear()
        self._some.set()
        self._none.set()

    def later(self, seconds: float, what: Callable[[], None]) -> None:
        """Do something after a while, unless the stream has ended by then."""

        def run() -> None:
            self._timers.pop(timer, None)
            what()

        timer = self._loop.call_later(seconds, run)
        self._timers[timer] = None

    def heartbeat(self) -> dict[str, Any]:
        return {"type": "HEARTBEAT", "time": Instant(self.now())}

    def _heartbeat(self) -> None:
        self._beat = self._loop.call_later(HEARTBEAT_S, self._heartbeat)
        self.tell(self.heartbeat())

    def tell(self, what: Any) -> None:
        """Put one line into the queue."""
        self.push(encoded(what, self.is_unix) + b"\n")

    def push(self, line: bytes) -> None:
        """Put a line that is written already into the queue, unless a fault has other plans."""
        if self.ended:
            return
        subject = Subject(stream=self.kind)
        if self.faults.strike("silent_stream", subject):
            return
        if self.faults.strike("cut_stream", subject) or len(self._waiting) >= WAITING_MAX:
            line = CUT
        self._waiting.append(line)
        self._some.set()
        self._none.clear()

    def cut(self) -> None:
        """Cut the connection after what already waits."""
        self._waiting.append(CUT)
        self._some.set()

    async def drained(self) -> None:
        """Wait until nothing waits any more."""
        await self._none.wait()

    async def send(self, response: web.StreamResponse, transport: asyncio.Transport) -> None:
        """Send lines until the stream ends or the connection does."""
        try:
            while not self.ended:
                if not self._waiting:
                    self._none.set()
                    self._some.clear()
                    await self._some.wait()
                    continue
                line = self._waiting.popleft()
                subject = Subject(stream=self.kind)
                if line is CUT:
                    break
                if self.faults.strike("cut_mid_line", subject):
                    await response.write(line[: len(line) // 2])
                    break
                if self.faults.strike("one_byte_chunks", subject):
                    for place in range(len(line)):
                        await response.write(line[place : place + 1])
                else:
                    await response.write(line)
            else:
                return
            transport.close()
        finally:
            self.end()


class Prices(Stream):
    """Prices of some instruments, at most four a second of each unless every one is wanted."""

    kind = "prices"

    def __init__(self, asked: PriceStream, broker: Broker, faults: Faults, now: Callable[[], int]) -> None:
        super().__init__(asked, broker, faults, now)
        self.instruments = frozenset(asked.instruments)
        self.snapshot = asked.snapshot
        self._order = asked.instruments
        self._dropped: set[str] = set()
        self._sent_s: dict[str, float] = {}
        self._held: dict[str, Quote] = {}

    def begin(self) -> None:
        super().begin()
        quotes = self.broker.prices.quotes
        for name in self._order:
            if self.snapshot and name in quotes:
                self._send(quotes[name])

    def offer(self, quote: Quote) -> None:
        """Take a price: send it now, or hold it until its window is over."""
        name = quote.instrument.name
        if name not in self.instruments or name in self._dropped:
            return
        if self.broker.manners.every_price:
            self._send(quote)
            return
        since = self._loop.time() - self._sent_s.get(name, -1.0)
        if name in self._held:
            self._held[name] = quote
        elif since >= WINDOW_S:
            self._send(quote)
        else:
            self._held[name] = quote
            self.later(WINDOW_S - since, lambda: self._send(self._held.pop(name)))

    def _send(self, quote: Quote) -> None:
        name = quote.instrument.name
        self._sent_s[name] = self._loop.time()
        subject = Subject(stream=self.kind, instrument=name)
        if self.faults.strike("drop_instrument", subject):
            self._dropped.add(name)
        elif late := self.faults.strike("late_price", subject):
            told = shown.price(self.broker, quote)
            self.later(late.args.get("delay_s", 1.0), lambda: self.tell(told))
        elif not self.faults.strike("stall_prices", subject):
            self._tell(shown.price(self.broker, quote), subject)

    def _tell(self, told: dict[str, Any], subject: Subject) -> None:
        line = encoded(told, self.is_unix) + b"\n"
        if spoilt := self.faults.strike("garble_price", subject):
            how = spoilt.args.get("how") or self.faults.choice("garble_price", garbled.NAMES)
            line = garbled.garbled(json.loads(line), how)
        self.push(line)
        if doubled := self.faults.strike("double_price", subject):
            for _ in range(doubled.args.get("copies", 1)):
                self.push(line)


class Transactions(Stream):
    """The transactions of one account."""

    kind = "transactions"

    def __init__(
        self,
        asked: TransactionStream,
        account: Account,
        broker: Broker,
        faults: Faults,
        now: Callable[[], int],
    ) -> None:
        super().__init__(asked, broker, faults, now)
        self.account = account
        self._swapped: Transaction | None = None

    def begin(self) -> None:
        super().begin()
        self.tell(self.heartbeat())

    def heartbeat(self) -> dict[str, Any]:
        last = str(self.account.state.last_id)
        return {"type": "HEARTBEAT", "lastTransactionID": last, "time": Instant(self.now())}

    def offer(self, transaction: Transaction) -> None:
        """Take a transaction as it is written."""
        subject = Subject(stream=self.kind, type=transaction["type"])
        if self.faults.strike("lose_transaction", subject):
            return
        if late := self.faults.strike("late_transaction", subject):
            self.later(late.args.get("delay_s", 5.0), lambda: self.tell(transaction))
            return
        if self._swapped is None and self.faults.strike("reorder_transactions", subject):
            self._swapped = transaction
            return
        self.tell(transaction)
        if doubled := self.faults.strike("double_transaction", subject):
            for _ in range(doubled.args.get("copies", 1)):
                self.tell(transaction)
        if self._swapped is not None:
            held, self._swapped = self._swapped, None
            self.tell(held)
