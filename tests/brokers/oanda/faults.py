"""What goes wrong, on demand or by chance. Every fault has a name, and how often it struck is counted.

A fault is added with `add`, by the name of a row of FAULTS. It strikes what fits its `method`, `path`,
`types`, `instruments` and `stream`; `times` is how often at most, `chance` how likely each time, `seconds`
how long it is there at all. Each name draws from a generator of its own, so that one fault more changes no
other's draws.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from brokers.oanda.api.http import Asked
from brokers.oanda.server.clocks import Clock
from brokers.oanda.text import SECOND
from brokers.oanda.truth.orders import FREE, Forced

FAULTS = {
    # of a connection
    "refuse_connection": "it is reset as soon as it is made",
    "dead_connection": "it is accepted, and nothing on it is ever read or answered",
    "one_byte_writes": "what is sent on it leaves byte by byte",
    # of a request
    "never_answer": "it is read, not acted on, and the connection stays open in silence",
    "drop_request": "the connection is cut before it is acted on (`how`: reset or close)",
    "refuse": "it gets a `status` such as 429 or 503 and is not acted on",
    "revoke": "it gets 401, as if the token had been revoked",
    "delay_acceptance": "it is acted on only after `delay_s`, whether anybody still waits or not",
    "delay_reply": "it is acted on at once and answered after `delay_s`",
    "drop_reply": "it is acted on, and the connection is cut instead of an answer (`how`)",
    "error_after": "it is acted on, and gets a `status` of 500 or more",
    "lag": "what it reads is `lag_s` old",
    "reject": "the order in it is rejected with `reason` (400)",
    "cancel": "the order in it is made and cancelled with `reason` (201)",
    "partial_fill": "the market order in it fills a `fraction` at most",
    # of a stream
    "lose_transaction": "it is not sent",
    "double_transaction": "it is sent again, `copies` times more",
    "reorder_transactions": "it is sent after the next one",
    "late_transaction": "it is sent after `delay_s`",
    "stall_prices": "prices are not sent while heartbeats go on",
    "double_price": "it is sent again, `copies` times more",
    "late_price": "it is sent after `delay_s`, behind newer ones",
    "garble_price": "it is spoilt (`how`, one of server/garbled.py; drawn without)",
    "drop_instrument": "an instrument is sent no more on this connection",
    "silent_stream": "nothing is sent at all, the connection stays open",
    "cut_stream": "the connection is cut instead of a line (`how`)",
    "cut_mid_line": "the connection is cut in the middle of a line",
    "one_byte_chunks": "a line is sent in chunks of one byte",
    # of the market and the account; these are acts of the server, counted like the others
    "halt": "an instrument cannot be traded",
    "gap": "an instrument's price jumps and stays there",
    "spike": "one price of an instrument is far off",
    "widen": "an instrument's spread grows",
    "truncate": "a tag or a comment is cut short, as the broker's manners say",
    "user_closes": "the user closes a trade by hand",
    "user_opens": "the user opens a trade by hand",
    "user_cancels": "the user cancels an order by hand, a stop too",
    "deposit": "the user puts money in or takes it out",
    "margin_closeout": "the broker closes everything",
}


@dataclass(slots=True)
class Fault:
    """One fault that may strike."""

    name: str
    times: int | None = 1
    chance: float = 1.0
    ends: int | None = None
    method: str | None = None
    path: str | None = None
    """A part of the path."""
    types: tuple[str, ...] = ()
    """Types of transactions."""
    instruments: tuple[str, ...] = ()
    stream: str | None = None
    """`prices` or `transactions`."""
    args: dict[str, Any] = field(default_factory=dict)

    def fits(self, now: int, subject: Subject) -> bool:
        """Tell whether it may strike this, chance aside."""
        return (
            self.times != 0
            and (self.ends is None or now < self.ends)
            and self.method in (None, subject.method)
            and (self.path is None or self.path in subject.path)
            and (not self.types or subject.type in self.types)
            and (not self.instruments or subject.instrument in self.instruments)
            and self.stream in (None, subject.stream)
        )


@dataclass(frozen=True, slots=True)
class Subject:
    """What a fault may strike: a request, a transaction or a price on a stream, a connection."""

    method: str = ""
    path: str = ""
    type: str = ""
    instrument: str = ""
    stream: str = ""


@dataclass(slots=True)
class Plan:
    """What will go wrong with one request."""

    names: list[str] = field(default_factory=list)
    hangs: bool = False
    cut_before: str | None = None
    refused: int | None = None
    delay_before_s: float = 0.0
    lag_s: float = 0.0
    forced: Forced = FREE
    delay_after_s: float = 0.0
    cut_after: str | None = None
    error_after: int | None = None


class Faults:
    """Everything that may go wrong at one broker."""

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self.clock: Clock | None = None
        self.hits: Counter[str] = Counter()
        self._live: dict[str, list[Fault]] = {}
        self._chance: dict[str, random.Random] = {}

    def add(
        self,
        name: str,
        *,
        times: int | None = 1,
        chance: float = 1.0,
        seconds: float | None = None,
        method: str | None = None,
        path: str | None = None,
        types: tuple[str, ...] = (),
        instruments: tuple[str, ...] = (),
        stream: str | None = None,
        **args: Any,
    ) -> Fault:
        """Let a fault be there from now on; what `args` means stands in FAULTS."""
        assert name in FAULTS, f"no fault is called {name}"
        ends = None
        if seconds is not None:
            assert self.clock is not None, "a fault that ends needs the server's clock"
            ends = self.clock.now() + round(seconds * SECOND)
        fault = Fault(name, times, chance, ends, method, path, types, instruments, stream, args)
        self._live.setdefault(name, []).append(fault)
        return fault

    def clear(self, *names: str) -> None:
        """Take faults away: those named, or all."""
        for name in names or tuple(self._live):
            self._live.pop(name, None)

    def strike(self, name: str, subject: Subject) -> Fault | None:
        """Draw whether a fault strikes; count it if it does."""
        live = self._live.get(name)
        if not live:
            return None
        now = self.clock.now() if self.clock else 0
        for fault in live:
            if fault.fits(now, subject) and (fault.chance >= 1 or self._draw(name) < fault.chance):
                if fault.times is not None:
                    fault.times -= 1
                self.hits[name] += 1
                return fault
        return None

    def choice(self, name: str, among: Sequence[str]) -> str:
        """Draw one of several for a fault, from its own generator."""
        return among[int(self._draw(name) * len(among))]

    def _draw(self, name: str) -> float:
        if name not in self._chance:
            self._chance[name] = random.Random(f"{self.seed}:{name}")
        return self._chance[name].random()

    def plan(self, asked: Asked) -> Plan:
        """Say what will go wrong with a request."""
        subject = Subject(method=asked.method, path=asked.path)
        plan = Plan()

        def struck(name: str) -> dict[str, Any] | None:
            fault = self.strike(name, subject)
            if fault is not None:
                plan.names.append(name)
            return None if fault is None else fault.args

        if struck("never_answer") is not None:
            plan.hangs = True
            return plan
        if (args := struck("delay_acceptance")) is not None:
            plan.delay_before_s = args.get("delay_s", 60.0)
        if (args := struck("drop_request")) is not None:
            plan.cut_before = args.get("how", "reset")
            return plan
        if (args := struck("refuse")) is not None:
            plan.refused = args.get("status", 503)
            return plan
        if struck("revoke") is not None:
            plan.refused = 401
            return plan
        if (args := struck("lag")) is not None:
            plan.lag_s = args.get("lag_s", 0.5)
        plan.forced = self._forced(asked, struck)
        if (args := struck("delay_reply")) is not None:
            plan.delay_after_s = args.get("delay_s", 5.0)
        if (args := struck("drop_reply")) is not None:
            plan.cut_after = args.get("how", "reset")
        elif (args := struck("error_after")) is not None:
            plan.error_after = args.get("status", 500)
        return plan

    @staticmethod
    def _forced(asked: Asked, struck: Any) -> Forced:
        if asked.method == "GET" or not asked.path.endswith(("/orders", "/close")):
            return FREE
        if (args := struck("reject")) is not None:
            return Forced(reject=args.get("reason", "INTERNAL_SERVER_ERROR"))
        if (args := struck("cancel")) is not None:
            return Forced(cancel=args.get("reason", "INSUFFICIENT_LIQUIDITY"))
        if (args := struck("partial_fill")) is not None:
            return Forced(fill_fraction=Decimal(str(args.get("fraction", "0.5"))))
        return FREE
