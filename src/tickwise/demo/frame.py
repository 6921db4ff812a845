"""A frame: everything one picture of the demo says, as plain values and finished words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Mark(Enum):
    """The verdict of a stage of gates."""

    ALLOWS = "allows"
    REFUSES = "refuses"
    FIRST = "first"
    """It refuses, and it is the first that does: the refusal that counts."""
    QUIET = "quiet"
    """The signal stage with no signal: nothing is asked of it."""
    HOLDS = "holds"
    """The position stage while the bot holds what it may: it would refuse another entry."""


class Tone(Enum):
    """How a line of the log is meant."""

    PLAIN = "plain"
    WON = "won"
    LOST = "lost"
    REFUSED = "refused"


@dataclass(frozen=True)
class Header:
    """What runs, and when in its market."""

    seed: int
    day: str
    clock: str
    speed: str
    is_paused: bool


@dataclass(frozen=True)
class Market:
    """One instrument: prices as text, and its last mids, oldest first, in half-ticks."""

    instrument: str
    bid: str
    ask: str
    spread: str
    state: str
    quotes: tuple[int, ...]
    minutes: tuple[int, ...]


@dataclass(frozen=True)
class Stage:
    """One of the seven stages of gates: its name, its verdict and what it reads."""

    name: str
    mark: Mark
    says: str


@dataclass(frozen=True)
class Position:
    """What a bot holds; `share` tells how far the price is from the nearest stop (0) to the target (1).

    The nearest stop is the engine's own where there is one; `stop` is the one that rests at the venue.
    """

    what: str
    entry: str
    stop: str
    soft_stop: str
    target: str
    gain: str
    held: str
    is_winning: bool
    share: float


@dataclass(frozen=True)
class Bot:
    """One bot: its board of gates, what it does at this moment, and how it went so far."""

    name: str
    what: str
    verdict: str
    is_refused: bool
    stages: tuple[Stage, ...]
    position: Position | None
    last_trade: str
    result: str


@dataclass(frozen=True)
class Account:
    """The account: money as text, equity in millionths by time."""

    day: str
    is_up: bool
    equity: str
    trades: str
    curve: tuple[int, ...]


@dataclass(frozen=True)
class Line:
    """One line of the log."""

    clock: str
    bot: str
    says: str
    tone: Tone


@dataclass(frozen=True)
class Outcome:
    """How many evaluations of each bot ended in an outcome, and how many signals it cost."""

    name: str
    evaluations: tuple[int, ...]
    missed: int


@dataclass(frozen=True)
class Frame:
    """One picture."""

    header: Header
    markets: tuple[Market, ...]
    bots: tuple[Bot, ...]
    account: Account
    log: tuple[Line, ...]
    funnel: tuple[Outcome, ...]
    evaluations: int
    missed: int
    footer: tuple[str, ...]
