"""Medians by counting are the medians of the whole."""

from __future__ import annotations

import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickwise.market_data.tally import Tally, rounded


@given(parts=st.lists(st.lists(st.integers(-50, 50)), max_size=5))
def test_the_median_is_that_of_all_parts_together(parts: list[list[int]]) -> None:
    tally = Tally()
    for part in parts:
        tally.add(np.array(part, np.int64))
    values = [value for part in parts for value in part]
    assert tally.total == len(values)
    assert tally.median() == (statistics.median(values) if values else None)


@given(values=st.lists(st.integers(0, 10**18), min_size=1))
def test_rounding_keeps_four_digits(values: list[int]) -> None:
    coarse = rounded(np.array(values))
    for value, kept in zip(values, coarse.tolist(), strict=True):
        assert kept == pytest.approx(value, rel=1 / 1999)
        assert len(str(kept).rstrip("0")) <= 4 or value < 10_000
