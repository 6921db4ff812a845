"""Counts of evaluations for the journal: who is refused by another gate than before, and how often what was.

The core counts every evaluation in its one outcome. After a quote the counts of the instrument's lanes are
held against those of the quote before: that tells the outcome of each lane's last evaluation without a word
from the core.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tickwise.core import outcome as o
from tickwise.core.layout import FRAME, LANE, MARKET
from tickwise.core.step import ON_QUOTE
from tickwise.engine.decisions import CODES, PLACE_NAMES
from tickwise.engine.names import Names
from tickwise.journal import entries as j
from tickwise.session.session import Records

NONE_YET = -1


class Tally:
    """What was counted up to the last entry, and the last refusal of each lane."""

    def __init__(self, records: Records, names: Names) -> None:
        """Begin with the counts as they stand."""
        self._names = names
        self._counts: NDArray[np.int64] = np.asarray(records.lanes["counts"])
        self._missed: NDArray[np.int64] = np.asarray(records.lanes["missed"])
        self._watches = _watches_of(records)
        self._seen = self._counts.copy()
        self._written = self._counts.copy()
        self._written_missed = self._missed.copy()
        self._last = np.full(len(self._counts), NONE_YET)
        self._since = np.zeros(len(self._counts), np.int64)

    def moved(self, places: Mapping[int, int], records: Records, names: Names) -> Tally:
        """Give the tally of a session whose lanes stand elsewhere: what was remembered goes with each lane.

        `places` gives the new place of each old lane that goes on.
        """
        tally = Tally(records, names)
        for mine, theirs in zip(self._parts(), tally._parts(), strict=True):
            for at, to in places.items():
                theirs[to] = mine[at]
        tally._go_on()
        return tally

    def state(self) -> tuple[bytes, ...]:
        """Give what it remembers, as bytes."""
        return tuple(part.tobytes() for part in self._parts())

    def put_back(self, state: Sequence[bytes]) -> None:
        """Put back what was remembered."""
        for part, held in zip(self._parts(), state, strict=True):
            part[:] = np.frombuffer(held, part.dtype).reshape(part.shape)
        self._go_on()

    def _parts(self) -> tuple[NDArray[Any], ...]:
        for watch in (each for market in self._watches for each in market):
            self._settle(watch)
        return self._seen, self._written, self._written_missed, self._last, self._since

    def _settle(self, watch: _Watch) -> None:
        """Take over what a watch saw while its lane's outcome stayed the same."""
        if watch.seen >= 0:
            self._seen[watch.lane, self._last[watch.lane]] = watch.seen
        self._since[watch.lane] = watch.since

    def _go_on(self) -> None:
        """Let each watch begin with what is remembered."""
        for watch in (each for market in self._watches for each in market):
            lane, place = watch.lane, int(self._last[watch.lane])
            watch.since = int(self._since[lane])
            watch.closed = -1
            watch.aim(place, int(self._seen[lane, place]) if place != NONE_YET else -1)

    def changes(self, market: int, ts: int, event: int) -> list[j.Refused]:
        """Give the lanes of a market whose last evaluation ended in another refusal than the one before."""
        found = []
        for watch in self._watches[market]:
            if not watch.is_same():
                refused = self._look(watch, ts, event)
                if refused is not None:
                    found.append(refused)
        return found

    def _look(self, watch: _Watch, ts: int, event: int) -> j.Refused | None:
        """Look at all counts of a lane; give its refusal where that is another than before."""
        self._settle(watch)
        lane = watch.lane
        now, seen = self._counts[lane], self._seen[lane]
        grown = now - seen
        place = int(grown.argmax())
        if grown[place] <= 0:
            return None
        seen[:] = now
        before, count = int(self._last[lane]), watch.since
        watch.since = 1 if place != before else count + 1
        self._last[lane] = place
        watch.aim(place, int(now[place]))
        if place == before or not _is_refusal(place):
            return None
        return self._refused(lane, place, before, count, ts, event)

    def _refused(self, lane: int, place: int, before: int, count: int, ts: int, event: int) -> j.Refused:
        row = self._names.lanes[lane]
        return j.Refused(
            ts=ts,
            event=event,
            lane=lane,
            bot=row.bot,
            instrument=row.instrument,
            account=row.account,
            gate=PLACE_NAMES[place],
            before=PLACE_NAMES[before] if before != NONE_YET else "",
            count_before=count,
        )

    def since_written(self, ts: int, event: int) -> j.Counted | None:
        """Give what was counted since this was asked last; None where nothing was."""
        counts = _grown(self._counts, self._written)
        if not counts:
            return None
        return j.Counted(ts=ts, event=event, counts=counts, missed=_grown(self._missed, self._written_missed))


class _Watch:
    """One lane's count of the outcome it last ended in: looked at after each quote, so in a moment.

    A lane that is asked on each quote was asked once; where its last outcome was counted, that was it. One
    that is asked at closed bars was asked where a bar has closed.
    """

    __slots__ = ("_at", "_bar_at", "_cells", "_count_at", "_market_cells", "closed", "lane", "seen", "since")

    def __init__(self, records: Records, lane: int) -> None:
        market, frame = (int(records.lanes[name][lane]) for name in ("instrument", "trigger"))
        self._cells, self._market_cells = _cells(records.lanes), _cells(records.markets)
        self._count_at = lane * (LANE.itemsize // 8) + _offset(LANE, "counts")
        self._bar_at = -1
        if frame != ON_QUOTE:
            inside = frame * (FRAME.itemsize // 8) + _offset(FRAME, "closed")
            self._bar_at = market * (MARKET.itemsize // 8) + _offset(MARKET, "frames") + inside
        self.lane, self.since, self.closed = lane, 0, -1
        self.aim(NONE_YET, -1)

    def aim(self, place: int, seen: int) -> None:
        """Watch the count of an outcome, which is `seen` now; none where that is below zero."""
        self._at, self.seen = self._count_at + max(place, 0), seen

    def is_same(self) -> bool:
        """Tell whether the lane was asked nothing, or ended as it did before; counts the latter."""
        if self._bar_at >= 0:
            closed = self._market_cells[self._bar_at]
            was, self.closed = self.closed, closed
            return closed == was
        count = self._cells[self._at]
        if count <= self.seen or self.seen < 0:
            return False
        self.seen = count
        self.since += 1
        return True


def _watches_of(records: Records) -> list[list[_Watch]]:
    """Make a watch for each lane, by its market."""
    return [
        [_Watch(records, lane) for lane in range(int(market["lane_first"]), int(market["lane_end"]))]
        for market in np.asarray(records.markets)
    ]


def _cells(records: NDArray[Any]) -> memoryview:
    """Give records as whole numbers of eight bytes, each read at once."""
    return records.view(np.int64).data


def _offset(record: np.dtype[Any], name: str) -> int:
    fields = record.fields
    assert fields is not None
    return fields[name][1] // 8


def _is_refusal(place: int) -> bool:
    return place < o.NO_SIGNAL or o.NO_SIGNAL < place < o.INTENT


def _grown(now: NDArray[np.int64], written: NDArray[np.int64]) -> tuple[tuple[int, int, int], ...]:
    """Give by how much counts grew, as (lane, outcome code, count), and take them for written."""
    grown = now - written
    lanes, places = grown.nonzero()
    if not len(lanes):
        return ()
    written[:] = now
    counts = grown[lanes, places].tolist()
    codes = (CODES[place] for place in places.tolist())
    return tuple(zip(lanes.tolist(), codes, counts, strict=True))
