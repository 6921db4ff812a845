"""A long session that is cut off, its journal and tape written by the engine itself on drawn quotes.

Orders are answered at once, at the price they were decided on, with the entries that a venue's answers
become. The spread is too wide every other quote, so that most of the entries are refusals and counts, as they
are in a long session; each trade writes nine. The end lies half an interval of snapshots behind the last one,
so a restart has as much to take again as it has on average.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import measure
from tickwise.config import BotConfig
from tickwise.config.engine import EngineConfig
from tickwise.config.engine_file import engine_of
from tickwise.engine.answers import ENTRY
from tickwise.engine.clock import TapeTime
from tickwise.engine.engine import Engine
from tickwise.engine.home import home_of
from tickwise.engine.news import span_at
from tickwise.engine.opening import core_of, names_of, session_opened
from tickwise.engine.run_venue import at_account
from tickwise.engine.snapshots import Snapshots
from tickwise.journal import entries as j
from tickwise.journal.inline import InlineJournal
from tickwise.market_data.chunks import TapeInstrument
from tickwise.market_data.recording import Recorder

ACCOUNT = "101-001-1234567-001"
SYMBOL = "EUR_USD"
INSTRUMENTS = (TapeInstrument(SYMBOL, "0.00001"),)
STEP_NS = 500_000_000
ENTRY_NS = 300_000_000
"""How much of the session's time an entry takes up, about."""

TICK_MONEY = 10
"""Millionths of a dollar that one unit earns with a tick of 0.00001."""


def config_in(folder: Path, **more: object) -> EngineConfig:
    """Give the settings of an engine whose journal and tapes lie in a folder, with `more` tables."""
    venue = {"name": "oanda", "account": ACCOUNT}
    return engine_of({"db": str(folder / "journal.db"), "venue": venue, **more})


def bot() -> BotConfig:
    """Give a bot that is in and out every few seconds, and closed by time where nothing else does it."""
    quick = {"params.threshold_pips": 0.2, "params.range_floor_pips": 0.4, "exits.time_stop_s": 5}
    return measure.bot("reference_w1.toml", quick)


class AtOnce:
    """A desk whose venue fills every order at once, and stops and targets where the price reaches them."""

    def __init__(self, engine: Engine) -> None:
        """Serve an engine; what was decided waits until its quote is taken."""
        self._engine = engine
        self._decided: deque[j.Intent | j.ExitIntent] = deque()
        self._balance = 100_000_000_000

    def entering(self, intent: j.Intent, seq: int) -> None:
        """Remember an entry."""
        self._decided.append(intent)

    def leaving(self, intent: j.ExitIntent, seq: int) -> None:
        """Remember an order to leave."""
        self._decided.append(intent)

    def moving(self, intent: j.StopIntent, seq: int) -> None:
        """No bot of this benchmark moves a stop."""
        raise AssertionError(intent)

    def answered(self, decision: object) -> None:
        """Nothing: the answers are given here."""

    def answer(self, bid: int, ask: int) -> None:
        """Fill what was decided, and close what the price has reached."""
        while self._decided:
            intent = self._decided.popleft()
            if isinstance(intent, j.Intent):
                self._fill(intent)
            else:
                self._reduce(intent.position, intent.order, intent.price, intent.reason)
        for held in list(self._engine.book.positions.values()):
            side, price = (1, bid) if held.units > 0 else (-1, ask)
            if side * (price - held.stop) <= 0:
                self._reduce(held.id, "", price, "stop")
            elif side * (price - held.target) >= 0:
                self._reduce(held.id, "", held.target, "target")

    def _sent(self, order: str, verb: str) -> str:
        number = self._engine.book.sends + 1
        self._engine.note(j.Sent(**ENTRY, order=order, payload="ab" * 32, mark=0, number=number, verb=verb))
        return str(number)

    def _fill(self, intent: j.Intent) -> None:
        number, side = self._sent(intent.order, "enter"), 1 if intent.units > 0 else -1
        self._engine.take(j.Accepted(**ENTRY, order=intent.order, venue_order=number, mark=0))
        self._engine.take(
            j.Filled(
                **ENTRY, by="venue", order=intent.order, position=intent.order, execution=number,
                lane=intent.lane, units=intent.units, price=intent.price,
                stop=intent.price - side * intent.stop, target=intent.price + side * intent.target,
                commission=0, balance=self._balance, instrument=intent.instrument, account=intent.account,
                venue_position=number,
            )
        )  # fmt: skip

    def _reduce(self, position: str, order: str, price: int, reason: str) -> None:
        held = self._engine.book.positions.get(position)
        if held is None:
            return
        number = self._sent(order, "leave") if order else f"{held.venue_position}c"
        gross = held.units * (price - held.price) * TICK_MONEY
        self._balance += gross
        self._engine.take(
            j.Reduced(
                **ENTRY, by="venue", order=order, position=position, execution=number, lane=held.lane,
                units=held.units, price=price, reason=reason, gross=gross, commission=0,
                balance=self._balance, instrument=held.instrument, account=held.account,
                venue_position=held.venue_position,
            )
        )  # fmt: skip


def quotes(since: int) -> Iterator[tuple[int, int, int]]:
    """Give (time, bid, ask) without end: a walk whose spread is too wide every other quote."""
    draws, mid = np.random.default_rng(7), 110_000.0
    while True:
        for at, step in enumerate(draws.normal(0, 3, 4_096).tolist()):
            mid += step - (mid - 110_000) / 1_000
            since += STEP_NS
            bid = round(mid)
            yield since, bid, bid + (2 if at % 2 else 20)


def written(folder: Path, entries: int, now: int) -> int:
    """Write a session of at least so many entries, cut off shortly before `now`; give how many they are."""
    config, first = config_in(folder), now - entries * ENTRY_NS
    bots, home = at_account([bot()], ACCOUNT), home_of(config)
    since, until = span_at(first)
    until = max(until, now)
    live, name = core_of(bots, INSTRUMENTS, since, until, "venue"), f"{first // 10**9:x}-1"
    opened = session_opened(
        live, bots, INSTRUMENTS, session=name, venue="oanda", environment="practice", since=since,
        until=until, tape=home.tape(name),
    )  # fmt: skip
    journal = InlineJournal(config.database, owner="a benchmark", ts=first, flush_ns=10**18)
    recorder, time = Recorder(home.tape(name), INSTRUMENTS), TapeTime(first)
    states = Snapshots(home.states, name, config.snapshot_events)
    engine = Engine(live, names_of(opened, config.orders.prefix), journal, recorder, time, states)
    engine.desk = desk = AtOnce(engine)
    engine.ts = first
    engine.note(opened)
    half = config.snapshot_events // 2
    for ts, bid, ask in quotes(first):
        time.ns = ts
        engine.quote(0, ts, bid, ask)
        desk.answer(bid, ask)
        is_half_way = states.is_due(engine.event + half)
        if journal.head.seq >= entries and is_half_way and not engine.book.positions:
            break
    recorder.flush()
    journal.close()
    recorder.close()
    return journal.head.seq
