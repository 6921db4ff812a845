"""Bad weather drawn from a seed: which faults there are in a run, how strong, and when they come in spells.

Most weathers are mild, one in ten is brutal. Each kind of spell draws from a generator of its own, so that
one more of them changes nothing of the others, and nothing of the market.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from brokers.oanda.server.local import LocalOanda

BRUTAL_SHARE = 0.1
WRITES: dict[str, Any] = {"times": None, "method": "POST"}
ANY: dict[str, Any] = {"times": None}

CHANCES: dict[str, tuple[dict[str, Any], Callable[[random.Random], dict[str, Any]]]] = {
    "drop_reply": (ANY, lambda chance: {"how": chance.choice(("reset", "close"))}),
    "drop_request": (ANY, lambda chance: {"how": chance.choice(("reset", "close"))}),
    "delay_reply": (ANY, lambda chance: {"delay_s": chance.uniform(0.2, 20.0)}),
    "delay_acceptance": (WRITES, lambda chance: {"delay_s": chance.uniform(1.0, 120.0)}),
    "never_answer": (ANY, lambda chance: {}),
    "error_after": (WRITES, lambda chance: {"status": chance.choice((500, 502, 503, 504))}),
    "refuse": (ANY, lambda chance: {"status": chance.choice((429, 503))}),
    "lag": (ANY, lambda chance: {"lag_s": chance.uniform(0.1, 3.0)}),
    "reject": (WRITES, lambda chance: {"reason": "INTERNAL_SERVER_ERROR"}),
    "cancel": (
        WRITES,
        lambda chance: {
            "reason": chance.choice(("INSUFFICIENT_LIQUIDITY", "INSTRUMENT_BID_HALTED", "MARKET_HALTED"))
        },
    ),
    "partial_fill": (WRITES, lambda chance: {"fraction": round(chance.uniform(0.1, 0.9), 2)}),
    "lose_transaction": (ANY, lambda chance: {"types": ("ORDER_FILL",)}),
    "double_transaction": (ANY, lambda chance: {"copies": chance.randint(1, 4)}),
    "reorder_transactions": (ANY, lambda chance: {}),
    "late_transaction": (ANY, lambda chance: {"delay_s": chance.uniform(0.1, 10.0)}),
    "cut_mid_line": (ANY, lambda chance: {}),
    "cut_stream": (ANY, lambda chance: {}),
    "one_byte_chunks": (ANY, lambda chance: {}),
    "one_byte_writes": (ANY, lambda chance: {}),
    "drop_instrument": (ANY, lambda chance: {}),
    "double_price": (ANY, lambda chance: {"copies": chance.randint(1, 3)}),
    "late_price": (ANY, lambda chance: {"delay_s": chance.uniform(0.3, 90.0)}),
    "garble_price": (ANY, lambda chance: {}),
    "refuse_connection": (ANY, lambda chance: {}),
    "dead_connection": (ANY, lambda chance: {}),
}
"""Faults that may be there all the time: what they strike, and how their strength is drawn."""

RARER = {
    "drop_instrument": 0.02,
    "cut_mid_line": 0.05,
    "cut_stream": 0.05,
    "late_price": 0.2,
    "garble_price": 0.1,
    "delay_acceptance": 0.5,
}
"""By how much rarer than the others some are, for they are drawn on every line or last long."""

SPELLS_PER_HOUR = {
    "storm": 4.0,
    "stall": 4.0,
    "silence": 4.0,
    "cut": 6.0,
    "lag": 4.0,
    "half_open": 2.0,
    "revoked": 0.5,
    "halt": 2.0,
    "gap": 2.0,
    "spike": 4.0,
    "widen": 4.0,
    "user": 6.0,
    "closeout": 0.3,
}
"""What comes in spells, and how often in a mild hour."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What one seed brings."""

    is_brutal: bool
    chances: tuple[tuple[str, float, dict[str, Any]], ...]
    spells: tuple[tuple[str, float], ...]
    """Kinds of spells with their mean distance in seconds."""


def forecast(seed: int) -> Forecast:
    """Draw which faults there are, and how strong: about half of them, in every mixture."""
    chance = random.Random(f"{seed}:forecast")
    is_brutal = chance.random() < BRUTAL_SHARE
    strength = 10.0 if is_brutal else 1.0
    chances = []
    for name, (strikes, strength_of) in CHANCES.items():
        args = {**strikes, **strength_of(chance)}
        likely = chance.uniform(0.002, 0.02) * strength * RARER.get(name, 1.0)
        if chance.random() < 0.5:
            chances.append((name, likely, args))
    spells = [
        (name, 3600.0 / (often * strength))
        for name, often in SPELLS_PER_HOUR.items()
        if chance.random() < 0.5
    ]
    return Forecast(is_brutal, tuple(chances), tuple(spells))


class Weather:
    """Lets a forecast come over a server, until it is told to stop."""

    def __init__(self, server: LocalOanda, seed: int, drawn: Forecast | None = None) -> None:
        self.server = server
        self.seed = seed
        self.forecast = drawn or forecast(seed)
        self._tasks: list[asyncio.Task[None]] = []

    def begin(self) -> None:
        """Let the faults be there, and the spells come."""
        for name, likely, args in self.forecast.chances:
            self.server.faults.add(name, chance=likely, **args)
        for name, distance_s in self.forecast.spells:
            self._tasks.append(self.server.loop.create_task(self._spells(name, distance_s)))

    async def stop(self) -> None:
        """Let the sky clear: no fault remains, every instrument trades again."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        self.server.faults.clear()
        self.server.market.calm()

    async def _spells(self, name: str, distance_s: float) -> None:
        chance = random.Random(f"{self.seed}:spell:{name}")
        spell: Callable[[random.Random], Awaitable[None]] = getattr(self, f"_{name}")
        while True:
            await asyncio.sleep(chance.expovariate(1.0 / distance_s))
            await spell(chance)

    async def _storm(self, chance: random.Random) -> None:
        status, likely = chance.choice((429, 503)), chance.uniform(0.5, 1.0)
        seconds = chance.uniform(5, 60)
        self.server.faults.add("refuse", times=None, chance=likely, seconds=seconds, status=status)

    async def _stall(self, chance: random.Random) -> None:
        self.server.faults.add("stall_prices", times=None, seconds=chance.uniform(5, 90))

    async def _silence(self, chance: random.Random) -> None:
        kind = chance.choice(("prices", "transactions"))
        self.server.faults.add("silent_stream", times=None, seconds=chance.uniform(5, 60), stream=kind)

    async def _cut(self, chance: random.Random) -> None:
        self.server.cut(chance.choice(("prices", "transactions", None)))

    async def _lag(self, chance: random.Random) -> None:
        seconds, lag_s = chance.uniform(1, 30), chance.uniform(0.2, 10)
        self.server.faults.add("lag", times=None, seconds=seconds, lag_s=lag_s)

    async def _half_open(self, chance: random.Random) -> None:
        self.server.faults.add("never_answer", times=None, seconds=chance.uniform(1, 20))

    async def _revoked(self, chance: random.Random) -> None:
        self.server.faults.add("revoke", times=None, seconds=chance.uniform(5, 60))

    async def _halt(self, chance: random.Random) -> None:
        quoted = sorted(self.server.broker.prices.quotes)
        if quoted:
            name = chance.choice(quoted)
            self.server.market.halt(name)
            self.server.publish()
            await asyncio.sleep(chance.uniform(5, 120))
            self.server.market.resume(name)

    async def _gap(self, chance: random.Random) -> None:
        quoted = sorted(self.server.broker.prices.quotes)
        if quoted:
            name = chance.choice(quoted)
            pip = self.server.broker.instruments[name].pip_points
            self.server.market.gap(name, round(chance.gauss(0, 40) * pip))

    async def _spike(self, chance: random.Random) -> None:
        quoted = sorted(self.server.broker.prices.quotes)
        if quoted:
            name = chance.choice(quoted)
            points = self.server.broker.prices.quotes[name].bid
            self.server.market.spike(name, round(points * chance.choice((-0.05, 0.05))))

    async def _widen(self, chance: random.Random) -> None:
        quoted = sorted(self.server.broker.prices.quotes)
        if quoted:
            name = chance.choice(quoted)
            quote = self.server.broker.prices.quotes[name]
            self.server.market.widen(name, round((quote.ask - quote.bid) * chance.uniform(3, 12)))
            await asyncio.sleep(chance.uniform(5, 120))
            self.server.market.widen(name, 0)

    async def _user(self, chance: random.Random) -> None:
        account = self.server.broker.accounts[chance.choice(sorted(self.server.broker.accounts))]
        quoted = sorted(self.server.broker.prices.quotes)
        act, hands = chance.choice(("close", "open", "stop", "deposit")), self.server.hands
        trades = sorted(account.state.open)
        stopped = [number for number in trades if account.state.open[number].stop_loss is not None]
        if act == "close" and trades:
            hands.closes(account, chance.choice(trades))
        elif act == "open" and quoted:
            hands.opens(account, chance.choice(quoted), chance.choice((-1, 1)) * chance.randint(1, 5000))
        elif act == "stop" and stopped:
            hands.removes_stop(account, chance.choice(stopped))
        elif act == "deposit":
            hands.deposits(account, chance.randint(-500, 1000))

    async def _closeout(self, chance: random.Random) -> None:
        name = chance.choice(sorted(self.server.broker.accounts))
        self.server.hands.margin_closeout(self.server.broker.accounts[name])
