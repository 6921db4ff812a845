"""The rolling volume-weighted average price against a sum of its window, to the last bit."""

from __future__ import annotations

from fractions import Fraction
from math import isnan

from hypothesis import given
from hypothesis import strategies as st
from indicator_oracles import LAW, for_python, plain, run

from tickwise.core.indicators import rolling_vwap
from tickwise.core.indicators.rolling_vwap import EMPTY, RollingVwap
from tickwise.core.types import Bar

rolling_vwap_next = for_python(rolling_vwap.rolling_vwap_next)
rolling_vwap_value = for_python(rolling_vwap.rolling_vwap_value)


def bar(high: float, low: float, close: float, quotes: int) -> Bar:
    return Bar(0, low, high, low, close, 1.0, quotes)


bars = st.lists(
    st.builds(
        lambda low, rise, more, quotes: bar((low + rise + more) / 2, low / 2, (low + rise) / 2, quotes),
        st.integers(2_600_000, 2_700_000),
        st.integers(0, 500),
        st.integers(0, 500),
        st.integers(0, 2_000),
    ),
    min_size=1,
    max_size=90,
)


def states(rows: list[Bar], period: int) -> list[RollingVwap]:
    """Run a window, handing it what leaves."""
    leaving = [rows[0]] * period + rows
    return run(rolling_vwap_next, EMPTY, list(zip(rows, leaving, strict=False)), period)


def test_a_bar_with_three_times_the_quotes_weighs_three_times_and_the_oldest_goes() -> None:
    first, second, third = bar(103.0, 97.0, 100.0, 1), bar(107.0, 101.0, 104.0, 3), bar(90.0, 90.0, 90.0, 1)
    found = [rolling_vwap_value(each) for each in states([first, second, third], 2)]
    assert found == [100.0, 103.0, 100.5]


def test_nothing_seen_and_nothing_traded_read_as_nan() -> None:
    assert isnan(rolling_vwap_value(EMPTY))
    assert isnan(rolling_vwap_value(states([bar(100.0, 100.0, 100.0, 0)], 3)[-1]))


@LAW
@given(bars, st.integers(1, 60))
def test_one_by_one_is_the_exact_sum_of_the_window(rows: list[Bar], period: int) -> None:
    for place, state in enumerate(states(rows, period)):
        window = rows[max(0, place + 1 - period) : place + 1]
        volume = sum(each.quotes for each in window)
        thrice = sum(Fraction(each.high + each.low + each.close) * each.quotes for each in window)
        assert state == RollingVwap(len(window), int(2 * thrice), volume)
        assert volume == 0 or rolling_vwap_value(state) == float(thrice / 3 / volume)


@LAW
@given(bars, st.integers(1, 60))
def test_compiled_and_plain_are_the_same(rows: list[Bar], period: int) -> None:
    last = states(rows, period)[-1]
    assert repr(rolling_vwap_value(last)) == repr(plain(rolling_vwap_value)(last))
