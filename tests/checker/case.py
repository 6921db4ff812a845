"""A run as it is checked: what it was told to keep to, what is known of it, and when the checker may look."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, NamedTuple

from checker.world import FOREVER, SECOND, Asked, Happened, Row, Stored
from tickwise.journal import entries as j


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that may be open, on its way or unknown in a scope; "" is each name of it, 0 is no cap."""

    scope: Literal["house", "account", "instrument", "bot"]
    name: str = ""
    units_max: int = 0
    count_max: int = 0


@dataclass(frozen=True, slots=True)
class Rules:
    """What a session was told to keep to. 0 and empty mean that there is no such rule."""

    caps: tuple[Cap, ...] = ()
    send_max: int = 1
    """How often an intent may be sent: 2 where the broker was tested to drop the second."""
    whole_closes_once: bool = False
    """Whether a second request to close a position whole finds nothing left to close at the broker."""
    lateness_ns: int = 120 * SECOND
    """The longest the broker takes to act on a request."""
    foreign_ns: int = 5 * SECOND
    bare_ns_max: int = 0
    """The longest a position may have no stop at the broker and not be left, known or not."""
    bare_alarm_ns: int = SECOND
    """By when a person hears of a position without a stop, from when it could be known."""
    bare_flat_ns: int = 5 * SECOND
    """By when a position without a stop is flat, from when it could be known."""
    bare_again_ns: int = 180 * SECOND
    """By when leaving such a position is asked for again: the bound of lateness, and the longest rest."""
    day_loss_max: int = 0
    slippage_ticks: int = 0
    """The allowance for slippage beyond a stop."""
    tick_value: Mapping[str, Fraction] = field(default_factory=dict)
    """Millionths of the account's currency for a tick of one unit, by instrument, at the worst rate."""
    day_starts: tuple[int, ...] = ()
    """When trading days begin."""
    streams: tuple[str, ...] = ()
    """The streams that must live for an entry, as the journal calls them."""
    closed: tuple[tuple[str, int, int], ...] = ()
    """When an instrument may not be entered: its name ("" is all), since, until."""
    calendar_age_ns: int = 0
    """How old the economic calendar may be."""
    quote_age_ns: int = 0
    deadline_ns: int = 0
    band_ticks: int = 0
    """How far a price may jump before another one confirms it."""
    requests_per_s: int = 0
    requests_per_min: int = 0
    connections_per_s: int = 0
    kept_fraction: float = 0.3
    """The part of the budget that is kept for what reduces risk."""
    amplified_max: float = 1.2
    repeat_max: int = 0
    repeat_ns: int = 0
    """Entries of one bot in so long a time, after which it is disabled."""
    exit_delay_ns: int = 2 * SECOND
    """The longest an order that reduces risk waits before it leaves."""
    exit_again_ns: int = 10 * SECOND
    """By when an exit that could not leave is asked for again."""
    live_hosts: tuple[str, ...] = ()
    looser: Mapping[str, int] = field(default_factory=dict)
    """Settings by their path in a config: +1 where more is looser, -1 where less is."""
    ready_ns: int = 60 * SECOND
    terminal_ns: int = 120 * SECOND
    quiet_ns: int = 0
    """By when after the faults nothing is on its way and our books are the broker's."""
    heard_ns: Mapping[str, int] = field(default_factory=dict)
    """The longest for which an entry may be decided though a stream brought nothing, by stream."""
    cash_tolerance: int = 0
    """Millionths by which sums of money may differ: half a minor unit where the broker rounds."""


class Stop(NamedTuple):
    """A process ended; what it had not made durable is gone."""

    ts: int
    durable_seq: int


class Lease(NamedTuple):
    """A process held an account from a time until another."""

    since: int
    until: int
    owner: str
    token: int


class Frames(NamedTuple):
    """What became of the frames of one source: each was one of these."""

    source: str
    received: int
    used: int
    duplicate: int = 0
    late: int = 0
    invalid: int = 0
    conflated: int = 0
    sent: int = 0
    """How many the broker sent, 0 where that is not known."""


@dataclass(frozen=True, slots=True)
class Case:
    """A run to be checked. What is None or empty is not known, and what needs it is not checked."""

    journal: tuple[Row, ...]
    truth: tuple[Happened, ...] | None = None
    requests: tuple[Asked, ...] = ()
    rules: Rules = field(default_factory=Rules)
    quiet: tuple[int, ...] = ()
    """Moments at which no fault was active and nothing on its way for thirty seconds."""
    durable: tuple[tuple[int, int], ...] = ()
    """(time, seq): from then on all entries up to the number are on disk."""
    stops: tuple[Stop, ...] = ()
    connects: tuple[int, ...] = ()
    """When new connections were begun."""
    outages: tuple[tuple[int, int], ...] = ()
    calm_ts: int = 0
    """When the faults were over; 0 where the run has no such phase."""
    end_ts: int = 0
    stored: tuple[Stored, ...] = ()
    anchor: tuple[int, bytes] | None = None
    """A head of the chain that was noted elsewhere."""
    leases: tuple[Lease, ...] = ()
    tokens: tuple[tuple[int, int], ...] = ()
    """(seq, token) of each write to the journal."""
    rolls: tuple[int, ...] | None = None
    """When the core began a trading day."""
    frames: tuple[Frames, ...] = ()
    heard: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """When bytes of each stream came, in order."""
    traces: tuple[str, ...] = ()
    """Hashes of runs of the same seed."""
    is_valid: Callable[[str], bool] = lambda text: True
    """Tells whether the text of a config is valid as it stands."""

    def happened(self, *kinds: type) -> Iterator[Happened]:
        """Give what happened at the broker, of some kinds, in order; nothing where that is not known."""
        return (each for each in self.truth or () if isinstance(each, kinds))

    def due(self, known: int, span: int) -> int:
        """Give when something was due that could be known at a time.

        Where the process ended before, the next one has as long from when it held its books first.
        """
        for stop in sorted(self.stops):
            if stop.ts <= known + span:
                agreed = (
                    row.entry.ts
                    for row in self.journal
                    if isinstance(row.entry, j.Reconciled) and row.entry.ts > stop.ts
                )
                known = max(known, next(agreed, FOREVER))
        return min(known + span, FOREVER)
