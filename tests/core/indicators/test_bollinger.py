"""The Bollinger bands against exact sums, TA-Lib, talipp and themselves uncompiled."""

from __future__ import annotations

from math import isqrt, sqrt
from pathlib import Path

import numpy as np
import pytest
import talib
from hypothesis import given
from hypothesis import strategies as st
from indicator_oracles import LAW, assert_same, for_python, plain, read_bars, run_window, walk
from talipp.indicators import BB

from tickwise.core.indicators import bollinger
from tickwise.core.indicators.bollinger import EMPTY, Bands, Bollinger

bollinger_next = for_python(bollinger.bollinger_next)
bollinger_value = for_python(bollinger.bollinger_value)


def exact(window: list[int]) -> Bollinger:
    """The state of a window summed anew in whole numbers."""
    apart = [price - window[-1] for price in window]
    return Bollinger(len(window), window[-1], sum(apart), sum(each * each for each in apart))


def test_two_prices_four_ticks_apart_have_a_deviation_of_two_ticks() -> None:
    state = run_window(bollinger_next, EMPTY, np.array([900, 200, 208]), 2)[-1]
    assert state == Bollinger(2, 208, -8, 64)
    assert bollinger_value(state, 1.5, 2) == Bands(99.0, 102.0, 105.0)


def test_before_the_window_is_full_it_reads_as_nan() -> None:
    assert np.isnan(bollinger_value(EMPTY, 2.0, 20)).all()
    assert np.isnan(bollinger_value(exact([10, 20, 30]), 2.0, 4)).all()


def test_it_stays_exact_up_to_the_range_it_promises() -> None:
    prices = [0, 150_000_000] * 20
    state = run_window(bollinger_next, EMPTY, np.array(prices), 20)[-1]
    assert state == exact(prices[-20:])
    assert 20 * state.squares - state.total**2 < 2**63
    assert isqrt(2**63) > 20 * 150_000_000
    assert bollinger_value(state, 1.0, 20) == Bands(0.0, 37_500_000.0, 75_000_000.0)


@pytest.mark.parametrize("name", ["eurusd", "xauusd"])
@pytest.mark.parametrize("period", [5, 20])
def test_on_real_bars_it_is_talibs(real_data: Path, name: str, period: int) -> None:
    close = read_bars(real_data, name).close
    states = run_window(bollinger_next, EMPTY, close, period)
    ours = np.array([bollinger_value(state, 2.0, period) for state in states])
    upper, middle, lower = talib.BBANDS(close * 0.5, period, 2.0, 2.0)
    assert_same(ours, np.array([lower, middle, upper]).T, atol=0.02)
    sums = np.lib.stride_tricks.sliding_window_view(close * 0.5, period)
    assert_same(ours[period - 1 :, 2] - ours[period - 1 :, 1], 2.0 * sums.std(axis=1), atol=1e-9)


def test_on_real_bars_it_is_talipps(real_data: Path) -> None:
    close = read_bars(real_data, "eurusd").close
    states = run_window(bollinger_next, EMPTY, close, 20)
    ours = [bollinger_value(state, 2.0, 20) for state in states[19:]]
    theirs = BB(20, 2.0, input_values=(close * 0.5).tolist())
    assert_same(ours, [(v.lb, v.cb, v.ub) for v in list(theirs)[19:]], atol=1e-6)


@LAW
@given(walk(-5_000, 5_000), st.integers(1, 30), st.floats(0.0, 5.0))
def test_one_by_one_equals_the_window_summed_anew_to_the_last_bit(
    prices: list[int], period: int, width: float
) -> None:
    states = run_window(bollinger_next, EMPTY, np.array(prices), period)
    windows = [prices[max(0, end - period) : end] for end in range(1, len(prices) + 1)]
    assert states == [exact(window) for window in windows]
    for state, window in list(zip(states, windows, strict=True))[period - 1 :]:
        bands = bollinger_value(state, width, period)
        total, squares = sum(window), sum(price * price for price in window)
        apart = width * 0.5 * sqrt(period * squares - total * total) / period
        assert_same(bands, [0.5 * total / period + side * apart for side in (-1, 0, 1)], rtol=1e-12)
        assert bands.lower <= bands.middle <= bands.upper


@LAW
@given(walk(), st.integers(1, 30))
def test_compiled_plain_and_zeroed_are_the_same(prices: list[int], period: int) -> None:
    compiled = run_window(bollinger_next, EMPTY, np.array(prices), period)
    assert compiled == run_window(plain(bollinger_next), EMPTY, np.array(prices), period)
    bands = [bollinger_value(state, 2.0, period) for state in compiled]
    assert_same(bands, [plain(bollinger_value)(state, 2.0, period) for state in compiled])
