"""The average directional index against TA-Lib, talipp, a batch formula and itself uncompiled."""

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
    Floats,
    assert_same,
    bar_walk,
    for_python,
    plain,
    read_bars,
    run,
    smoothed,
    wilder,
)
from talipp.indicators import ADX
from talipp.ohlcv import OHLCV

from tickwise.core.indicators import adx
from tickwise.core.indicators.adx import EMPTY, Adx

adx_next = for_python(adx.adx_next)
adx_value = for_python(adx.adx_value)

Rows = list[tuple[float, float, float]]


def ranges(rows: Rows) -> list[tuple[float, float]]:
    return [(high, low) for high, low, _ in rows]


def batch(high: Floats, low: Floats, period: int) -> Floats:
    """TA-Lib's seeding written out: sums of period - 1 movements, smoothed sums, then a Wilder mean."""
    rise, fall = np.maximum(np.diff(high), 0.0), np.maximum(-np.diff(low), 0.0)
    sides = []
    for moved in (np.where(rise > fall, rise, 0.0), np.where(fall > rise, fall, 0.0)):
        seed = moved[: period - 1].sum()
        sums = smoothed(np.concatenate([[seed], moved[period - 1 :] * period]), 1.0 / period)
        sides.append(sums[1:])
    plus, minus = sides
    both = np.where(plus + minus > 0.0, plus + minus, 1.0)
    out = np.full(len(high), np.nan)
    out[period:] = wilder(100.0 * abs(plus - minus) / both, period)
    return out


def test_a_straight_rise_reads_one_hundred_as_soon_as_it_is_ready() -> None:
    rising = [(float(high), float(high - 10)) for high in range(100, 108)]
    index = [adx_value(adx, 4) for adx in run(adx_next, EMPTY, rising, 4)]
    assert_same(index, [float("nan")] * 7 + [100.0])


def test_bars_that_never_moved_read_as_zero() -> None:
    assert adx_value(run(adx_next, EMPTY, [(5.0, 3.0)] * 8, 4)[-1], 4) == 0.0


def test_nothing_seen_reads_as_nan() -> None:
    assert isnan(adx_value(EMPTY, 14))


@pytest.mark.parametrize("name", ["eurusd", "xauusd"])
@pytest.mark.parametrize("period", [7, 14])
def test_on_real_bars_it_is_talibs_from_the_first_reading(real_data: Path, name: str, period: int) -> None:
    high, low, close = read_bars(real_data, name).ticks
    ours = [adx_value(adx, period) for adx in run(adx_next, EMPTY, zip(high, low, strict=True), period)]
    assert_same(ours, talib.ADX(high, low, close, period), atol=1e-9)


def test_on_real_bars_it_meets_talipp_once_the_other_seed_is_forgotten(real_data: Path) -> None:
    rows = list(zip(*read_bars(real_data, "eurusd").ticks, strict=True))
    ours = [adx_value(adx, 14) for adx in run(adx_next, EMPTY, ranges(rows), 14)]
    theirs = ADX(14, 14, input_values=[OHLCV(close, high, low, close) for high, low, close in rows])
    assert_same(ours[600:], [value.adx for value in list(theirs)[600:]], atol=1e-9)


@LAW
@given(bar_walk(), st.integers(2, 20))
def test_one_by_one_equals_the_batch_formula_within_bounds(rows: Rows, period: int) -> None:
    ours = np.array([adx_value(adx, period) for adx in run(adx_next, EMPTY, ranges(rows), period)])
    if len(rows) > period:
        high, low, _ = np.array(rows).T
        assert_same(ours, batch(high, low, period), atol=1e-6)
    ready = 2 * period - 1
    assert np.isnan(ours).tolist() == [bar < ready for bar in range(len(rows))]
    assert ((ours[ready:] >= 0.0) & (ours[ready:] <= 100.0)).all()


@LAW
@given(bar_walk(), st.integers(1, 20))
def test_compiled_plain_and_zeroed_are_the_same(rows: Rows, period: int) -> None:
    compiled = run(adx_next, EMPTY, ranges(rows), period)
    assert compiled == run(plain(adx_next), EMPTY, ranges(rows), period)
    assert compiled == run(adx_next, Adx(0, 0.0, 0.0, 0.0, 0.0, 0.0), ranges(rows), period)
