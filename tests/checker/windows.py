"""Counting in stretches of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def most_in(times: Iterable[int], span: int, limit: int) -> Iterator[tuple[int, int]]:
    """Give when more than `limit` of the times lie in a stretch of `span`, and how many: each burst once."""
    ordered = sorted(times)
    first, in_burst = 0, False
    for at, ts in enumerate(ordered):
        while ordered[first] <= ts - span:
            first += 1
        count = at - first + 1
        if count > limit and not in_burst:
            yield ts, count
        in_burst = count > limit


def largest_in(times: Iterable[int], span: int) -> int:
    """Give the most times that lie in any stretch of `span`."""
    ordered = sorted(times)
    first = most = 0
    for at, ts in enumerate(ordered):
        while ordered[first] <= ts - span:
            first += 1
        most = max(most, at - first + 1)
    return most
