"""What can happen to a bot, as the demo tells it: values, not yet sentences.

`ts` is nanoseconds UTC, `lane` the place of the bot's lane in the session; levels are ticks, money millionths
of the account's currency.
"""

from __future__ import annotations

from typing import NamedTuple

from tickwise.session.session import GateReading


class Opened(NamedTuple):
    """An entry filled. `units` are signed; `score` is the signal's."""

    ts: int
    lane: int
    units: int
    price: int
    stop: int
    target: int
    score: float


class NotFilled(NamedTuple):
    """The venue did not fill an entry; `reason` is one of `tickwise.core.types.REJECTS`."""

    ts: int
    lane: int
    units: int
    reason: int


class StopMoved(NamedTuple):
    """The stop of a position was moved; `reason` is one of `tickwise.core.types.REASONS`."""

    ts: int
    lane: int
    reason: int
    stop: int
    price: int


class Closed(NamedTuple):
    """A trade ended. `side` is that of its entry, `gain` is in ticks, `held_ns` in nanoseconds."""

    ts: int
    lane: int
    side: int
    units: int
    reason: int
    exit_price: float
    gain: float
    pnl: int
    held_ns: int


class Refused(NamedTuple):
    """A signal met a gate that said no; `signals` counts those since the last time this was told."""

    ts: int
    lane: int
    reading: GateReading
    signals: int


class Waits(NamedTuple):
    """A gate that holds for a while began to refuse, whether there is a signal or not."""

    ts: int
    lane: int
    reading: GateReading


class Resumes(NamedTuple):
    """The gate that refused for a while lets the bot trade again."""

    ts: int
    lane: int
    gate: str


class DayLost(NamedTuple):
    """The account lost as much as a day may cost."""

    ts: int
    lane: int


class Tripped(NamedTuple):
    """Failed orders opened a switch; `which` is BREAKER_TRIPPED or KILL_TRIPPED of `tickwise.core.types`."""

    ts: int
    lane: int
    which: int


Event = Opened | NotFilled | StopMoved | Closed | Refused | Waits | Resumes | DayLost | Tripped
