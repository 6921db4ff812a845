"""The MACD against TA-Lib, talipp, a batch formula and itself uncompiled."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import talib
from hypothesis import given
from hypothesis import strategies as st
from indicator_oracles import LAW, assert_same, for_python, plain, read_bars, run, smoothed, walk
from talipp.indicators import MACD

from tickwise.core.indicators import macd
from tickwise.core.indicators.macd import EMPTY, Macd, MacdLines

macd_next = for_python(macd.macd_next)
macd_value = for_python(macd.macd_value)

periods = st.tuples(st.integers(1, 10), st.integers(1, 20), st.integers(1, 10))


def test_a_rise_lifts_the_line_above_its_signal() -> None:
    states = run(macd_next, EMPTY, [100.0, 112.0], 2, 5, 3)
    assert states == [Macd(1, 100.0, 100.0, 0.0), Macd(2, 108.0, 104.0, 2.0)]
    assert macd_value(states[-1]) == MacdLines(4.0, 2.0, 2.0)


def test_nothing_seen_reads_as_nan() -> None:
    assert np.isnan(macd_value(EMPTY)).all()
    assert np.isnan(macd_value(Macd(0, 0.0, 0.0, 0.0))).all()


@pytest.mark.parametrize("name", ["eurusd", "xauusd"])
def test_on_real_bars_it_is_talibs_with_the_same_seed(real_data: Path, name: str) -> None:
    close = read_bars(real_data, name).ticks[2]
    ours = np.array([macd_value(state) for state in run(macd_next, EMPTY, close, 12, 26, 9)])
    standing = np.full(33, close[0])
    theirs = np.array(talib.MACD(np.concatenate([standing, close]), 12, 26, 9)).T[33:]
    assert_same(ours, theirs, atol=1e-8)
    assert_same(ours[600:], np.array(talib.MACD(close, 12, 26, 9)).T[600:], atol=1e-8)


def test_on_real_bars_it_meets_talipp_once_the_other_seed_is_forgotten(real_data: Path) -> None:
    close = read_bars(real_data, "eurusd").ticks[2]
    ours = [macd_value(state) for state in run(macd_next, EMPTY, close, 12, 26, 9)]
    theirs = MACD(12, 26, 9, input_values=close.tolist())
    assert_same(ours[600:], [(v.macd, v.signal, v.histogram) for v in list(theirs)[600:]], atol=1e-7)


@LAW
@given(walk(), periods)
def test_one_by_one_equals_the_batch_formula(prices: list[int], chosen: tuple[int, int, int]) -> None:
    ticks = 0.5 * np.array(prices)
    ours = np.array([macd_value(state) for state in run(macd_next, EMPTY, ticks, *chosen)])
    fast, slow, signal = (2.0 / (period + 1.0) for period in chosen)
    line = smoothed(ticks, fast) - smoothed(ticks, slow)
    trail = smoothed(line, signal)
    assert_same(ours, np.array([line, trail, line - trail]).T, atol=1e-7)


@LAW
@given(walk(), periods)
def test_compiled_plain_and_zeroed_are_the_same(prices: list[int], chosen: tuple[int, int, int]) -> None:
    ticks = [0.5 * price for price in prices]
    compiled = run(macd_next, EMPTY, ticks, *chosen)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(macd, "ema_next", plain(for_python(macd.ema_next)))  # it calls another indicator
        assert compiled == run(plain(macd_next), EMPTY, ticks, *chosen)
    assert compiled == run(macd_next, Macd(0, 0.0, 0.0, 0.0), ticks, *chosen)
