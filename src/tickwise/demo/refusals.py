"""Find out, quote by quote, which signals were refused, and which gate keeps a bot waiting.

The session counts every evaluation in its one outcome; what moved between two quotes is what happened. A
gate's reading comes from `Session.explain` at that quote.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tickwise.core import outcome as o
from tickwise.core.outcome import TABLE
from tickwise.core.types import FLAT, MINUTE
from tickwise.demo.events import Event, Refused, Resumes, Waits
from tickwise.session.session import GateReading, Session

Counts = NDArray[np.int64]

LASTING = frozenset(
    int(place)
    for place in (
        *(o.PAUSED, o.HALTED, o.CONNECTION, o.SESSION, o.TIME_OF_DAY, o.ROLLOVER, o.HOLIDAY, o.EXPIRY),
        *(o.NEWS, o.CALENDAR_STALE, o.BREAKER, o.DAY_LOSS, o.POCKET_LOSS, o.KILL_SWITCH, o.BALANCE),
        *(o.MARKET_STATE, o.WARMING_UP),
    )
)
"""Gates that hold for a while: worth telling even without a signal."""

OF_ORDER = frozenset(
    int(place)
    for place in (
        *(o.UNITS_CAP, o.VALUE_CAP, o.PRICE_BAND, o.DAY_LOSS, o.POCKET_LOSS, o.MARGIN, o.SCORE, o.COST),
        *(o.DENIED_SIZE, o.DENIED_STOP),
    )
)
"""Gates that judge an order: what they refuse was always a signal."""

TELL_AGAIN_NS, TELL_LASTING_AGAIN_NS = 5 * int(MINUTE), 30 * int(MINUTE)
"""The same gate refusing signals of the same bot is told this often, with the number of signals since."""


@dataclass
class Told:
    """When a gate's refusals of a lane's signals were last told, and how many there were since."""

    ts: int | None = None
    signals: int = 0


@dataclass
class Watch:
    """One lane as last seen: the lasting gate it waits for, or -1, and what was told of each gate."""

    waits_for: int = -1
    told: dict[int, Told] = field(default_factory=dict)


@dataclass
class Refusals:
    """Compares a session's counts from quote to quote."""

    session: Session
    counts: Counts = field(init=False)
    missed: Counts = field(init=False)
    watches: list[Watch] = field(init=False)

    def __post_init__(self) -> None:
        self.look()
        self.watches = [Watch() for _ in self.session.lanes]

    def look(self) -> None:
        """Take the counts as they stand."""
        self.counts = self.session.counts().copy()
        self.missed = self.session.counts("missed").copy()

    def since_last(self, ts: int) -> Iterator[Event]:
        """Tell what the quote at `ts`, just fed, was refused, and who waits or may trade again."""
        counts, missed = self.counts, self.missed
        self.look()
        refused = self.missed - missed
        judged = self.counts - counts - refused
        for k, watch in enumerate(self.watches):
            for place in self._signals(k, refused[k], judged[k]):
                yield from self._refused(k, watch, place, ts)
            yield from self._waiting(k, watch, ts)

    def reading(self, k: int, place: int, ts: int) -> GateReading:
        """Give what the gate at `place` of the table reads; of one not asked any more, only words."""
        row = TABLE[place]
        for gate in self.session.explain(k, ts).gates:
            if gate.code == row.code:
                return gate
        return GateReading(row.code, row.name, "", float("nan"), float("nan"), True, None, row.says)

    def _signals(self, k: int, refused: Counts, judged: Counts) -> list[int]:
        """Name the places of the table that refused a signal of this lane."""
        standing = int(self.session.records.lanes["standing"][k])
        places = np.flatnonzero(refused > 0).tolist()
        places += [place for place in np.flatnonzero(judged > 0).tolist() if place in OF_ORDER - {standing}]
        return sorted(places)

    def _refused(self, k: int, watch: Watch, place: int, ts: int) -> Iterator[Event]:
        told = watch.told.setdefault(place, Told())
        told.signals += 1
        pause = TELL_LASTING_AGAIN_NS if place in LASTING else TELL_AGAIN_NS
        if told.ts is None or ts - told.ts >= pause:
            yield Refused(ts, k, self.reading(k, place, ts), told.signals)
            watch.told[place] = Told(ts)

    def _waiting(self, k: int, watch: Watch, ts: int) -> Iterator[Event]:
        lane = self.session.records.lanes[k]
        if lane["side"] != FLAT:
            return
        standing = int(lane["standing"])
        waits_for = standing if standing in LASTING else -1
        if waits_for == watch.waits_for:
            return
        was, watch.waits_for = watch.waits_for, waits_for
        if waits_for >= 0:
            yield Waits(ts, k, self.reading(k, waits_for, ts))
        else:
            yield Resumes(ts, k, TABLE[was].name)
