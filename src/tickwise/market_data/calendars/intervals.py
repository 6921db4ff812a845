"""Sorted, disjoint spans of UTC time: what every calendar becomes before a run.

A span is [start, end) in nanoseconds since 1970-01-01 UTC. The laws (sorted, disjoint, touching
spans merged, none empty) hold for every `Intervals` there is, so a reader may walk the array with
one index and the digest of two equal sets of instants is the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Int64s: TypeAlias = NDArray[np.int64]

FAR_PAST = 0
"""The first instant a calendar may name: 1970-01-01 UTC."""

FAR_FUTURE = 2**62
"""The end of a span without end: the year 2116; differences of two instants fit in int64."""


@dataclass(frozen=True, eq=False, slots=True)
class Intervals:
    """Spans of time as an int64 array of shape (n, 2), rows [start, end) in nanoseconds UTC.

    The array is read-only. A row that breaks the laws is our own mistake and an assertion;
    `Intervals.of` takes spans in any order, overlapping, touching or empty.
    """

    bounds: Int64s

    def __post_init__(self) -> None:
        bounds = np.array(self.bounds, dtype=np.int64, order="C")
        assert bounds.ndim == 2, "intervals are rows of start and end"
        assert bounds.shape[1] == 2, "an interval has a start and an end"
        assert np.all(np.diff(bounds.ravel()) > 0), "intervals are sorted, disjoint, merged and not empty"
        bounds.setflags(write=False)
        object.__setattr__(self, "bounds", bounds)

    @classmethod
    def of(cls, starts: ArrayLike, ends: ArrayLike) -> Intervals:
        """Merge spans given as two equally long columns of nanoseconds UTC; empty spans vanish."""
        first = np.asarray(starts, dtype=np.int64).ravel()
        last = np.asarray(ends, dtype=np.int64).ravel()
        kept = first < last
        first, last = first[kept], last[kept]
        if first.size == 0:
            return cls.none()
        order = np.argsort(first, kind="stable")
        first, reach = first[order], np.maximum.accumulate(last[order])
        opens = np.concatenate(([True], first[1:] > reach[:-1]))
        closes = np.concatenate((opens[1:], [True]))
        return cls(np.column_stack((first[opens], reach[closes])))

    @classmethod
    def none(cls) -> Intervals:
        """Give the empty set of instants."""
        return cls(np.empty((0, 2), dtype=np.int64))

    @property
    def starts(self) -> Int64s:
        """Starts in nanoseconds UTC, ascending, shape (n,)."""
        return self.bounds[:, 0]

    @property
    def ends(self) -> Int64s:
        """Ends in nanoseconds UTC, ascending, shape (n,); the end is outside its span."""
        return self.bounds[:, 1]

    def union(self, *others: Intervals) -> Intervals:
        """Give the instants that are in this set or in any other."""
        every = np.concatenate((self.bounds, *(other.bounds for other in others)))
        return Intervals.of(every[:, 0], every[:, 1])

    def complement(self, since: int, until: int) -> Intervals:
        """Give the instants of [since, until) that are not in this set."""
        inside = self.clip(since, until)
        return Intervals.of(np.append(since, inside.ends), np.append(inside.starts, until))

    def intersection(self, other: Intervals) -> Intervals:
        """Give the instants that are in both sets."""
        if len(self) == 0 or len(other) == 0:
            return Intervals.none()
        since = int(min(self.starts[0], other.starts[0]))
        until = int(max(self.ends[-1], other.ends[-1]))
        outside = self.complement(since, until).union(other.complement(since, until))
        return outside.complement(since, until)

    def clip(self, since: int, until: int) -> Intervals:
        """Give the part of this set within [since, until)."""
        assert since <= until, "a span ends no earlier than it starts"
        cut = np.clip(self.bounds, since, until)
        return Intervals(cut[cut[:, 0] < cut[:, 1]])

    def contains(self, ts: int) -> bool:
        """Say whether one instant is in the set: a start is inside, an end is outside."""
        row = int(np.searchsorted(self.starts, ts, side="right")) - 1
        return row >= 0 and ts < int(self.ends[row])

    def contains_each(self, ts: ArrayLike) -> NDArray[np.bool_]:
        """Say for each instant of an array of nanoseconds UTC whether it is in the set."""
        instants = np.asarray(ts, dtype=np.int64)
        if len(self) == 0:
            return np.zeros(instants.shape, dtype=np.bool_)
        row = np.searchsorted(self.starts, instants, side="right") - 1
        return (row >= 0) & (instants < self.ends[np.maximum(row, 0)])

    def next_from(self, ts: int) -> tuple[int, int]:
        """Give the span that holds ts, or else the next one; (FAR_FUTURE, FAR_FUTURE) after the last."""
        row = int(np.searchsorted(self.ends, ts, side="right"))
        if row == len(self):
            return FAR_FUTURE, FAR_FUTURE
        return int(self.starts[row]), int(self.ends[row])

    def total_ns(self) -> int:
        """Add up the lengths of all spans, in nanoseconds."""
        return int(np.sum(self.ends - self.starts))

    def __len__(self) -> int:
        return int(self.bounds.shape[0])

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter([(start, end) for start, end in self.bounds.tolist()])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Intervals) and np.array_equal(self.bounds, other.bounds)

    def __hash__(self) -> int:
        return hash(self.bounds.tobytes())


def union_of(sets: Iterable[Intervals]) -> Intervals:
    """Give the instants that are in any of the sets; the empty set when there are none."""
    return Intervals.none().union(*sets)


def digest(*intervals: Intervals) -> str:
    """Sum up a row of calendars in a SHA-256, as hex, so that a run can journal what it obeyed.

    The order of the calendars counts, and each is preceded by its number of spans, so that no two
    different rows of calendars give the same bytes. Numbers are little-endian int64 everywhere.
    """
    sha = hashlib.sha256()
    for one in intervals:
        sha.update(len(one).to_bytes(8, "little"))
        sha.update(one.bounds.astype("<i8").tobytes())
    return sha.hexdigest()
