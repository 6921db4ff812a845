"""Medians and high quantiles, each with how many rows it rests on; too few rows give none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil
from typing import NamedTuple

NEEDED = {50: 5, 90: 10, 99: 100}
"""Rows a percentile needs, so that it is not the largest of a handful: one in a hundred needs a hundred."""


class Figure(NamedTuple):
    """One measure of many orders; what too few rows would say is None."""

    rows: int
    median: float | None
    p90: float | None
    p99: float | None


def percentile(ordered: Sequence[float], percent: int) -> float | None:
    """Give the smallest value that so many percent do not exceed; None where `NEEDED` are not there."""
    if len(ordered) < NEEDED[percent]:
        return None
    return ordered[ceil(len(ordered) * percent / 100) - 1]


def figure_of(values: Iterable[float | None]) -> Figure:
    """Sum up what is known of some values."""
    known = sorted(each for each in values if each is not None)
    return Figure(len(known), *(percentile(known, each) for each in NEEDED))
