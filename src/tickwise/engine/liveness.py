"""Which streams live, and for which instruments: a state machine over what came and when, without a clock.

A heartbeat says that the stream lives, not that there are prices. Streams never vouch for each other: each
has a machine of its own. An instrument is silent when no quote came for longer than its own quotes lead one
to expect, counted while its market is open and its stream lives.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

SECOND = 1_000_000_000

Condition: TypeAlias = Literal["live", "silent", "dead"]
"""Live; silent for too long though connected; or not connected."""

GAPS_KEPT = 256
"""Gaps between quotes that are remembered: about a minute of a busy instrument, an hour of a quiet one."""

GAPS_BETWEEN = 32
"""Gaps after which the slowest ones are looked for again; sorting them on each quote would cost more."""

SLOW = 0.99
"""The share of the gaps that are shorter than a slow one."""


class Turn(NamedTuple):
    """A stream, or one instrument of it, became live or ceased to be."""

    stream: str
    instrument: str
    """"" for the whole stream."""
    condition: Condition
    why: str

    @property
    def live(self) -> bool:
        """Whether it lives now."""
        return self.condition == "live"


class Limits(NamedTuple):
    """How long silence may last, nanoseconds."""

    stream_ns: int = 10 * SECOND
    """Without anything at all on a stream."""
    instrument_ns: int = 10 * SECOND
    """Without a quote, where an instrument is quoted often; quiet ones get `times` their slow gap."""
    times: float = 5.0
    instrument_ns_max: int = 120 * SECOND
    """Without a quote, however quiet an instrument is."""


@dataclass
class _Quoted:
    """What is known of one instrument's quotes."""

    last: int = -1
    """When the last one came; -1 where none did."""
    since: int = -1
    """Since when one is waited for: the market's opening or the stream's; -1 while neither is known."""
    condition: Condition = "live"
    gaps: list[int] = field(default_factory=list)
    slow_ns: int = 0
    """A slow gap of its own."""
    counted: int = 0


class Liveness:
    """The state of one stream and of its instruments."""

    def __init__(self, stream: str, instruments: tuple[str, ...] = (), limits: Limits | None = None) -> None:
        """Begin with nothing connected: not live until something came."""
        self.stream, self._limits = stream, limits or Limits()
        self._condition: Condition = "dead"
        self._last = 0
        self._quoted = {instrument: _Quoted() for instrument in instruments}

    @property
    def is_live(self) -> bool:
        """Whether the stream lives."""
        return self._condition == "live"

    def something(self, now: int) -> list[Turn]:
        """Hear of anything on the stream at `now`: a heartbeat, a quote, a change.

        A stream that comes back to life says so of itself alone: what was silent on it before is told again.
        """
        self._last = now
        if self.is_live:
            return []
        self._condition = "live"
        return [self._turn("", "live", "the stream brings something"), *self._still_silent()]

    def quote(self, instrument: str, now: int) -> list[Turn]:
        """Hear of a quote of an instrument."""
        turns = self.something(now)
        quoted = self._quoted.setdefault(instrument, _Quoted())
        if quoted.since >= 0 and quoted.last >= quoted.since:
            self._count(quoted, now - quoted.last)
        quoted.last = now
        if quoted.condition != "live":
            quoted.condition = "live"
            turns = [each for each in turns if each.instrument != instrument]
            turns.append(self._turn(instrument, "live", "quoted again"))
        return turns

    def broken(self, why: str) -> list[Turn]:
        """Hear that the stream's connection ended."""
        return self._ceased("dead", why)

    def silence(self, now: int, open_instruments: tuple[str, ...]) -> list[Turn]:
        """Look at the time: what is silent for too long is told. Only open markets are expected to quote."""
        if not self.is_live:
            return []
        if now - self._last > self._limits.stream_ns:
            return self._ceased("silent", f"nothing came for {(now - self._last) / SECOND:.1f} s")
        turns: list[Turn] = []
        for instrument, quoted in self._quoted.items():
            if instrument in open_instruments:
                turns += self._waited(instrument, quoted, now)
            else:
                quoted.since = -1
        return turns

    def patience(self, instrument: str) -> int:
        """How long an instrument may be silent, by its own slow gaps between quotes; nanoseconds."""
        quoted, limits = self._quoted.get(instrument), self._limits
        own = round(limits.times * quoted.slow_ns) if quoted else 0
        return max(limits.instrument_ns, min(own, limits.instrument_ns_max))

    def condition(self, instrument: str = "") -> Condition:
        """Tell how the stream is, or an instrument on it: what a dead stream carries is dead."""
        quoted = self._quoted.get(instrument)
        return quoted.condition if quoted and self.is_live else self._condition

    def _ceased(self, condition: Condition, why: str) -> list[Turn]:
        """Let the stream cease to live; nothing is waited for on it meanwhile."""
        was_live, self._condition = self.is_live, condition
        for quoted in self._quoted.values():
            quoted.since = -1
        return [self._turn("", condition, why)] if was_live else []

    def _waited(self, instrument: str, quoted: _Quoted, now: int) -> list[Turn]:
        """Look how long an instrument of an open market has been waited for."""
        if quoted.since < 0:
            quoted.since = now
        silent_since = max(quoted.since, quoted.last)
        if quoted.condition != "live" or now - silent_since <= self.patience(instrument):
            return []
        quoted.condition = "silent"
        seconds = (now - silent_since) / SECOND
        return [self._turn(instrument, "silent", f"no quote for {seconds:.1f} s, the stream lives")]

    def _still_silent(self) -> list[Turn]:
        """Tell again which instruments are silent: whoever hears that the stream lives believes it of all."""
        why = "no quote since it fell silent"
        return [self._turn(name, "silent", why) for name, q in self._quoted.items() if q.condition != "live"]

    def _turn(self, instrument: str, condition: Condition, why: str) -> Turn:
        return Turn(self.stream, instrument, condition, why)

    def _count(self, quoted: _Quoted, gap: int) -> None:
        """Remember a gap of an open market, and now and then look for the slow ones anew."""
        if len(quoted.gaps) < GAPS_KEPT:
            quoted.gaps.append(gap)
        else:
            quoted.gaps[quoted.counted % GAPS_KEPT] = gap
        quoted.counted += 1
        if quoted.counted % GAPS_BETWEEN == 0:
            quoted.slow_ns = sorted(quoted.gaps)[int(SLOW * (len(quoted.gaps) - 1))]
