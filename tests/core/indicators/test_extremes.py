"""The ends of a stretch of bars against the smallest and the largest of a list."""

from __future__ import annotations

import pytest
from frames import frame_of
from hypothesis import given
from hypothesis import strategies as st
from indicator_oracles import LAW, for_python

from tickwise.core.indicators import extremes
from tickwise.core.indicators.extremes import Extremes
from tickwise.core.layout import BARS_KEPT

extremes_of = for_python(extremes.extremes_of)

THREE = [(100.0, 104.0), (97.5, 103.0), (101.0, 109.0)]

bars = st.lists(
    st.tuples(st.integers(190, 210), st.integers(0, 20)).map(lambda row: (row[0] / 2, (row[0] + row[1]) / 2)),
    min_size=1,
    max_size=2 * BARS_KEPT,
)


@pytest.mark.parametrize(
    ("first", "count", "ends"),
    [(0, 3, (97.5, 109.0)), (1, 2, (97.5, 104.0)), (0, 1, (101.0, 109.0)), (2, 1, (100.0, 104.0))],
)
def test_it_begins_so_many_bars_back_and_goes_further_back(
    first: int, count: int, ends: tuple[float, float]
) -> None:
    assert extremes_of(frame_of(THREE), first, count, 1) == Extremes(*ends)
    assert extremes_of(frame_of(THREE), first, count, -1) == Extremes(-ends[1], -ends[0])


@LAW
@given(bars, st.integers(0, 200), st.integers(1, 200))
def test_they_are_the_least_low_and_the_greatest_high(
    ranges: list[tuple[float, float]], first: int, count: int
) -> None:
    kept = min(len(ranges), BARS_KEPT)
    first = min(first, kept - 1)
    count = min(count, kept - first)
    inside = ranges[::-1][first : first + count]
    found = Extremes(min(low for low, _ in inside), max(high for _, high in inside))
    assert extremes_of(frame_of(ranges), first, count, 1) == found
