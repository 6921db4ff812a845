"""Entries of what the core decided: intents, signals, refusals, counts, trades."""

from __future__ import annotations

from typing import Literal

from tickwise.journal.entry import Entry


class Intent(Entry, frozen=True, tag="intent"):
    """An entry was decided: durable before its bytes leave. `stop` and `target` are distances in ticks."""

    order: str
    lane: int
    bot: str
    strategy: str
    instrument: str
    account: str
    pocket: str
    units: int
    bid: int
    ask: int
    price: int
    stop: int
    target: int
    bound: int
    spread: int
    score: float
    risk: int
    value: int


class ExitIntent(Entry, frozen=True, tag="exit_intent"):
    """Leaving a position, in whole or in part, was decided; `units` are signed: what is to be traded."""

    order: str
    position: str
    lane: int
    bot: str
    instrument: str
    account: str
    units: int
    price: int
    reason: str


class StopIntent(Entry, frozen=True, tag="stop_intent"):
    """A better stop was decided, as a price."""

    position: str
    lane: int
    bot: str
    instrument: str
    account: str
    stop: int
    reason: str


class SignalSeen(Entry, frozen=True, tag="signal"):
    """A signal that every gate allowed, of a bot that sends no orders; its dedupe key is unique."""

    key: str
    lane: int
    bot: str
    strategy: str
    instrument: str
    account: str
    units: int
    bid: int
    ask: int


class Refused(Entry, frozen=True, tag="refused"):
    """The first refusal of a lane is another one than before; how often the last one stood since."""

    lane: int
    bot: str
    instrument: str
    account: str
    gate: str
    before: str
    count_before: int
    signal: bool = False


class Counted(Entry, frozen=True, tag="counted"):
    """Evaluations since the last such entry, by lane and outcome: (lane, outcome code, count)."""

    counts: tuple[tuple[int, int, int], ...]
    missed: tuple[tuple[int, int, int], ...] = ()


class DayLost(Entry, frozen=True, tag="day_lost"):
    """The account's day is lost: no entries until `day_loss_resume` says so."""

    account: str
    equity: int
    floor: int


class SwitchTripped(Entry, frozen=True, tag="switch_tripped"):
    """The core opened a breaker of an instrument or the kill switch of an account, by counted failures."""

    switch: Literal["breaker", "kill"]
    account: str
    instrument: str
    failures: int
    until: int


class TradeBooked(Entry, frozen=True, tag="trade"):
    """From flat to flat. `exit_value` over `exit_units` is the mean exit price in ticks."""

    position: str
    lane: int
    bot: str
    strategy: str
    instrument: str
    account: str
    pocket: str
    side: int
    units: int
    decided_ts: int
    entry_ts: int
    entry_price: int
    exit_ts: int
    exit_value: int
    exit_units: int
    reason: str
    gross: int
    commission: int
    financing: int
    pnl: int
    risk: int
    stop: int
    target: int
    best: int
    worst: int
    spread: int
    score: float
    state: str
    latency: int
