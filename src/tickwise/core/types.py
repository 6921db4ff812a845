"""The words of the core: the small values its functions hand to each other.

Times are int64 nanoseconds UTC. Prices are whole ticks; a mid is kept as bid + ask, in half-ticks, so that it
is whole too. Distances a strategy speaks of are float64 ticks. Money is int64 millionths of an account's
currency.
"""

from typing import Annotated, NamedTuple, TypeAlias, TypeVar

from tickwise.core.compiled import constant

NEVER = constant(2**62)
"""A time that does not come."""

SECOND = constant(1_000_000_000)
MINUTE = constant(60 * SECOND)
HOUR = constant(60 * MINUTE)
DAY = constant(24 * HOUR)

FLAT = constant(0)
LONG = constant(1)
SHORT = constant(-1)
WAITING = constant(2)
"""Sides of a lane: out, bought, sold, or an entry on its way."""

MILLION = constant(1_000_000)


class Quote(NamedTuple):
    """A bid and an ask, in ticks, at the time they were seen."""

    ts: int
    bid: int
    ask: int


class Bar(NamedTuple):
    """A closed bar of the mid: `ts` is its open; prices are float64 ticks; `spread` its mean spread in
    ticks.
    """

    ts: int
    open: float
    high: float
    low: float
    close: float
    spread: float
    quotes: int


class Reading(NamedTuple):
    """What a gate measured and allowed; the verdict cannot change before `until`, but for an event."""

    value: float
    limit: float
    allows: bool
    until: int


class Signal(NamedTuple):
    """What a strategy wants: side +1, -1 or 0; stop and target as distances in ticks, 0 for the exits'."""

    side: int
    score: float
    stop: float
    target: float


NO_WISH = Signal(0, 0.0, 0.0, 0.0)
"""The signal of a strategy that wants nothing."""

T = TypeVar("T", int, float)

AtLeast: TypeAlias = Annotated[T, "at least"]
"""A param of which a signal needs at least so much: a larger one only takes signals away. Of a range of them
the smallest finds every candidate, so a sweep looks once and judges each."""

AtMost: TypeAlias = Annotated[T, "at most"]
"""A param of which a signal needs at most so much: a smaller one only takes signals away."""


class Corridor(NamedTuple):
    """Two prices and a time: inside them nothing can happen to a position."""

    low: int
    high: int
    due: int


# Why a position was left, or an order ended. Codes are lasting: they enter the digest.
TARGET = constant(1)
STOP = constant(2)
TIME = constant(3)
SOFT_STOP = constant(4)
TRAILING = constant(5)
BREAK_EVEN = constant(6)
PARTIAL = constant(7)
SESSION_END = constant(8)
UNREALISED_LOSS = constant(9)
FLATTEN = constant(10)
DAY_LOSS_FLATTEN = constant(11)
TAPE_END = constant(12)
COMMAND = constant(13)
UNPROTECTED = constant(14)
MANUAL = constant(16)  # from here on: said by a venue, never asked of the simulated exchange
MARGIN_CLOSEOUT = constant(17)
AT_VENUE = constant(18)

REASONS = {
    TARGET: "target",
    STOP: "stop",
    TIME: "time",
    SOFT_STOP: "soft_stop",
    TRAILING: "trailing",
    BREAK_EVEN: "break_even",
    PARTIAL: "partial",
    SESSION_END: "session_end",
    UNREALISED_LOSS: "unrealised_loss",
    FLATTEN: "flatten",
    DAY_LOSS_FLATTEN: "day_loss",
    TAPE_END: "tape_end",
    COMMAND: "command",
    UNPROTECTED: "unprotected",
    MANUAL: "manual",
    MARGIN_CLOSEOUT: "margin",
    AT_VENUE: "at_venue",
}

# What happened to an entry order that did not fill.
REJECTED_BOUND = constant(1)
REJECTED_VENUE = constant(2)
REJECTED_STOP = constant(3)
FAULTS = constant(20)

REJECTS = {
    REJECTED_BOUND: "price_bound",
    REJECTED_VENUE: "venue",
    REJECTED_STOP: "stop_reached",
    4: "liquidity",
    5: "market_closed",
    6: "halted",
    7: "client_request",
    8: "time_in_force",
    9: "stop_distance",
    10: "gone",
    FAULTS: "never_received",
    21: "denied",
    22: "margin",
    23: "units",
    24: "price_format",
    25: "fifo",
    26: "limit_of_orders",
    27: "duplicate",
    28: "account_locked",
    29: "instrument",
    31: "rate_limit",
    32: "not_authorised",
    33: "venue_error",
    34: "other",
}
"""Why an order ended. From `FAULTS` on, and where the simulated venue refuses, something is wrong that
another order would meet again: such failures count towards the kill switch. The rest is the market's doing.
"""

BREAKER_TRIPPED = constant(1)
KILL_TRIPPED = constant(2)

SWITCHES = {BREAKER_TRIPPED: "breaker", KILL_TRIPPED: "kill_switch"}
"""Which switch failed orders opened."""

# States of the market.
UNKNOWN = constant(0)
RANGE = constant(1)
TREND = constant(2)
VOLATILE = constant(3)
DEAD = constant(4)

STATES = {UNKNOWN: "unknown", RANGE: "range", TREND: "trend", VOLATILE: "volatile", DEAD: "dead"}
"""The states of the market by number; unknown until the classifier has seen enough bars."""

MARKET_STATES = len(STATES)
