"""The average true range against TA-Lib, talipp, a batch formula and itself uncompiled."""

from __future__ import annotations

from math import isnan
from pathlib import Path

import numpy as np
import pytest
import talib
from hypothesis import given
from hypothesis import strategies as st
from indicator_oracles import (
    LAW,
    assert_same,
    bar_walk,
    for_python,
    plain,
    read_bars,
    run,
    smoothed,
    true_ranges,
)
from talipp.indicators import ATR
from talipp.ohlcv import OHLCV

from tickwise.core.indicators import atr
from tickwise.core.indicators.atr import EMPTY, Atr

atr_next = for_python(atr.atr_next)
atr_value = for_python(atr.atr_value)

Rows = list[tuple[float, float, float]]


def test_it_begins_with_the_first_range_and_counts_a_gap_as_range() -> None:
    first = atr_next(EMPTY, 110.0, 100.0, 104.0, 14)
    assert first == Atr(1, 10.0, 104.0)
    assert atr_next(first, 140.0, 130.0, 131.0, 13) == Atr(2, 10.0 + (36.0 - 10.0) / 13, 131.0)


def test_nothing_seen_reads_as_nan() -> None:
    assert isnan(atr_value(EMPTY))
    assert isnan(atr_value(Atr(0, 0.0, 0.0)))


@pytest.mark.parametrize("name", ["eurusd", "xauusd"])
@pytest.mark.parametrize("period", [7, 14])
def test_on_real_bars_it_is_talibs_with_the_same_seed(real_data: Path, name: str, period: int) -> None:
    high, low, close = read_bars(real_data, name).ticks
    ours = [atr_value(atr) for atr in run(atr_next, EMPTY, zip(high, low, close, strict=True), period)]
    standing = (np.concatenate([np.full(period, side[0]), side]) for side in (high, low, close))
    assert_same(ours, talib.ATR(*standing, period)[period:], rtol=1e-12)


def test_on_real_bars_it_meets_talipp_once_the_other_seed_is_forgotten(real_data: Path) -> None:
    rows = list(zip(*read_bars(real_data, "eurusd").ticks, strict=True))
    ours = [atr_value(atr) for atr in run(atr_next, EMPTY, rows, 14)]
    theirs = ATR(14, input_values=[OHLCV(close, high, low, close) for high, low, close in rows])
    assert_same(ours[600:], list(theirs)[600:], rtol=1e-12)


@LAW
@given(bar_walk(), st.integers(1, 30))
def test_one_by_one_equals_the_batch_formula_and_is_never_negative(rows: Rows, period: int) -> None:
    ours = [atr_value(atr) for atr in run(atr_next, EMPTY, rows, period)]
    assert_same(ours, smoothed(true_ranges(*np.array(rows).T), 1.0 / period), rtol=1e-12, atol=1e-9)
    assert min(ours) >= 0.0


@LAW
@given(bar_walk(), st.integers(1, 30))
def test_compiled_plain_and_zeroed_are_the_same(rows: Rows, period: int) -> None:
    compiled = run(atr_next, EMPTY, rows, period)
    assert compiled == run(plain(atr_next), EMPTY, rows, period)
    assert compiled == run(atr_next, Atr(0, 0.0, 0.0), rows, period)
