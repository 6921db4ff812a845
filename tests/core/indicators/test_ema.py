"""The exponential moving average against TA-Lib, talipp, a batch formula and itself uncompiled."""

from __future__ import annotations

from math import isnan
from pathlib import Path

import numpy as np
import pytest
import talib
from hypothesis import given
from hypothesis import strategies as st
from indicator_oracles import LAW, assert_same, for_python, plain, read_bars, run, smoothed, walk
from talipp.indicators import EMA

from tickwise.core.indicators import ema
from tickwise.core.indicators.ema import EMPTY, Ema

ema_next = for_python(ema.ema_next)
ema_value = for_python(ema.ema_value)


def test_the_first_price_is_the_first_average_and_the_next_moves_it_by_its_weight() -> None:
    first = ema_next(EMPTY, 100.0, 9)
    assert first == Ema(1, 100.0)
    assert ema_next(first, 110.0, 9) == Ema(2, 102.0)


def test_nothing_seen_reads_as_nan() -> None:
    assert isnan(ema_value(EMPTY))
    assert isnan(ema_value(Ema(0, 0.0)))


@pytest.mark.parametrize("name", ["eurusd", "xauusd"])
@pytest.mark.parametrize("period", [9, 21, 50])
def test_on_real_bars_it_is_talibs_with_the_same_seed(real_data: Path, name: str, period: int) -> None:
    close = read_bars(real_data, name).ticks[2]
    ours = [ema_value(ema) for ema in run(ema_next, EMPTY, close, period)]
    standing = np.full(period - 1, close[0])  # the mean it begins with is then the first price
    assert_same(ours, talib.EMA(np.concatenate([standing, close]), period)[period - 1 :], rtol=1e-12)


def test_on_real_bars_it_meets_talipp_once_the_other_seed_is_forgotten(real_data: Path) -> None:
    close = read_bars(real_data, "eurusd").ticks[2]
    ours = [ema_value(ema) for ema in run(ema_next, EMPTY, close, 21)]
    theirs = EMA(21, input_values=close.tolist())
    assert_same(ours[600:], list(theirs)[600:], rtol=1e-12)


@LAW
@given(walk(), st.integers(1, 30))
def test_one_by_one_equals_the_batch_formula(prices: list[int], period: int) -> None:
    ticks = 0.5 * np.array(prices)
    ours = [ema_value(ema) for ema in run(ema_next, EMPTY, ticks, period)]
    assert_same(ours, smoothed(ticks, 2.0 / (period + 1.0)), rtol=1e-12)
    assert not np.isnan(ours).any()


@LAW
@given(walk(), st.integers(1, 30))
def test_compiled_plain_and_zeroed_are_the_same(prices: list[int], period: int) -> None:
    ticks = [0.5 * price for price in prices]
    compiled = run(ema_next, EMPTY, ticks, period)
    assert compiled == run(plain(ema_next), EMPTY, ticks, period)
    assert compiled == run(ema_next, Ema(0, 0.0), ticks, period)
