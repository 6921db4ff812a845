"""The relative strength index against TA-Lib, talipp, a batch formula and itself uncompiled."""

from __future__ import annotations

from math import isnan
from pathlib import Path

import numpy as np
import pytest
import talib
from hypothesis import given
from hypothesis import strategies as st
from indicator_oracles import LAW, assert_same, for_python, plain, read_bars, run, walk, wilder
from talipp.indicators import RSI

from tickwise.core.indicators import rsi
from tickwise.core.indicators.rsi import EMPTY, Rsi

rsi_next = for_python(rsi.rsi_next)
rsi_value = for_python(rsi.rsi_value)


def test_three_rises_of_two_and_one_fall_of_two_read_seventy_five() -> None:
    states = run(rsi_next, EMPTY, [10.0, 12.0, 14.0, 12.0, 14.0], 4)
    assert states[-1] == Rsi(5, 14.0, 1.5, 0.5)
    assert [rsi_value(rsi, 4) for rsi in states[3:]] == [pytest.approx(float("nan"), nan_ok=True), 75.0]


def test_prices_that_never_moved_read_as_fifty() -> None:
    assert rsi_value(run(rsi_next, EMPTY, [7.0] * 5, 4)[-1], 4) == 50.0


def test_nothing_seen_reads_as_nan() -> None:
    assert isnan(rsi_value(EMPTY, 14))


@pytest.mark.parametrize("name", ["eurusd", "xauusd"])
@pytest.mark.parametrize("period", [7, 14])
def test_on_real_bars_it_is_talibs_from_the_first_reading(real_data: Path, name: str, period: int) -> None:
    close = read_bars(real_data, name).ticks[2]
    ours = [rsi_value(rsi, period) for rsi in run(rsi_next, EMPTY, close, period)]
    assert_same(ours, talib.RSI(close, period), atol=1e-9)


def test_on_real_bars_it_meets_talipp_once_the_other_seed_is_forgotten(real_data: Path) -> None:
    close = read_bars(real_data, "eurusd").ticks[2]
    ours = [rsi_value(rsi, 14) for rsi in run(rsi_next, EMPTY, close, 14)]
    assert_same(ours[600:], list(RSI(14, input_values=close.tolist()))[600:], atol=1e-9)


@LAW
@given(walk(), st.integers(1, 30))
def test_one_by_one_equals_the_batch_formula_within_bounds(prices: list[int], period: int) -> None:
    ticks = 0.5 * np.array(prices)
    ours = np.array([rsi_value(rsi, period) for rsi in run(rsi_next, EMPTY, ticks, period)])
    change = np.diff(ticks)
    gain, loss = wilder(np.maximum(change, 0.0), period), wilder(np.maximum(-change, 0.0), period)
    with np.errstate(invalid="ignore"):
        index = np.where(gain + loss == 0.0, 50.0, 100.0 * gain / (gain + loss))
    settled = gain + loss > 1e-6
    assert_same(ours[1:][settled], index[settled], atol=1e-6)
    assert np.isnan(ours).tolist() == [seen < period for seen in range(len(prices))]
    assert ((ours[period:] >= 0.0) & (ours[period:] <= 100.0)).all()


@LAW
@given(walk(), st.integers(1, 30))
def test_compiled_plain_and_zeroed_are_the_same(prices: list[int], period: int) -> None:
    ticks = [0.5 * price for price in prices]
    compiled = run(rsi_next, EMPTY, ticks, period)
    assert compiled == run(plain(rsi_next), EMPTY, ticks, period)
    assert compiled == run(rsi_next, Rsi(0, 0.0, 0.0, 0.0), ticks, period)
    index = [rsi_value(rsi, period) for rsi in compiled]
    assert_same(index, [plain(rsi_value)(rsi, period) for rsi in compiled])
