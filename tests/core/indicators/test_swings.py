"""Swing points by hand and against a plain search."""

from __future__ import annotations

from math import inf

import pytest
from frames import frame_of
from hypothesis import given
from hypothesis import strategies as st
from indicator_oracles import LAW, for_python

from tickwise.core.indicators import swings

swing_distance = for_python(swings.swing_distance)

VALLEY = [(105.0, 110.0), (103.0, 110.0), (100.0, 110.0), (102.0, 110.0), (104.0, 110.0)]
"""A swing low at 100 with two bars on each side."""

NOW = (101.0, 110.0)

bars = st.lists(st.integers(180, 220).map(lambda low: (low / 2, low / 2 + 1)), min_size=8, max_size=120)


def test_a_valley_is_a_level_once_its_right_side_has_closed() -> None:
    assert swing_distance(frame_of([*VALLEY, NOW]), 101.5, 1, 5, 2) == 1.5
    assert swing_distance(frame_of([*VALLEY[:-1], NOW]), 101.5, 1, 4, 2) == inf


def test_the_bar_that_tries_the_level_is_no_neighbour() -> None:
    assert swing_distance(frame_of([*VALLEY, (90.0, 110.0)]), 99.0, 1, 5, 2) == 1.0


def test_of_two_equal_lows_side_by_side_the_older_is_the_level() -> None:
    twins = [(105.0, 110.0), (100.0, 110.0), (100.0, 110.0), (105.0, 110.0), NOW]
    assert swing_distance(frame_of(twins), 100.0, 1, 4, 1) == 0.0
    assert swing_distance(frame_of([(100.0, 110.0), *twins[1:]]), 100.0, 1, 4, 1) == inf


def test_a_seller_looks_at_peaks() -> None:
    peak = [(90.0, -low) for low, _ in [(-105.0, 0), (-110.0, 0), (-104.0, 0)]]
    assert swing_distance(frame_of([*peak, (90.0, 100.0)]), -109.0, -1, 3, 1) == 1.0
    assert swing_distance(frame_of([*peak, (90.0, 100.0)]), 109.0, 1, 3, 1) == inf


def plainly(lows: list[float], price: float, count: int, width: int) -> float:
    """Look at each bar with its whole neighbourhood among the bars before the newest."""
    before = lows[:-1][-count:]
    found = [inf]
    for k in range(width, len(before) - width):
        older, newer = before[k - width : k], before[k + 1 : k + 1 + width]
        if min(older) > before[k] and min(newer) >= before[k]:
            found.append(abs(price - before[k]))
    return min(found)


@pytest.mark.parametrize("width", [1, 2, 3])
@LAW
@given(ranges=bars, price=st.integers(180, 220), count=st.integers(7, 119))
def test_it_is_the_nearest_of_a_plain_search(
    width: int, ranges: list[tuple[float, float]], price: int, count: int
) -> None:
    count = min(count, len(ranges) - 1)
    lows = [low for low, _ in ranges]
    assert swing_distance(frame_of(ranges), price / 2, 1, count, width) == plainly(
        lows, price / 2, count, width
    )
