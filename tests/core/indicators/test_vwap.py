"""The volume-weighted average price against talipp, a batch sum and itself uncompiled."""

from __future__ import annotations

from math import isnan
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st
from indicator_oracles import LAW, assert_same, for_python, plain, run
from talipp.indicators import VWAP
from talipp.ohlcv import OHLCV

from tickwise.core.indicators import vwap
from tickwise.core.indicators.vwap import EMPTY, Vwap

typical_price = for_python(vwap.typical_price)
vwap_next = for_python(vwap.vwap_next)
vwap_value = for_python(vwap.vwap_value)

DAY_NS = 86_400_000_000_000

trades = st.lists(st.tuples(st.integers(1, 300_000), st.integers(0, 10_000)), min_size=1, max_size=100)


def test_a_price_with_three_times_the_volume_weighs_three_times() -> None:
    both = vwap_next(vwap_next(EMPTY, 100.0, 1.0), 104.0, 3.0)
    assert both == Vwap(412.0, 4.0)
    assert vwap_value(both) == 103.0


def test_without_volume_it_reads_as_nan() -> None:
    assert isnan(vwap_value(EMPTY))
    assert isnan(vwap_value(vwap_next(EMPTY, 100.0, 0.0)))


def test_begun_anew_each_day_it_is_talipps_of_that_day(real_data: Path) -> None:
    table = pq.read_table(real_data / "bars" / "aapl_usa_m1_20140605_0609.parquet")
    columns = [table[name].to_numpy() for name in ("open", "high", "low", "close", "volume")]
    day = table["ts"].to_numpy() // DAY_NS
    assert len(np.unique(day)) > 1
    for one in np.unique(day):
        bars = list(zip(*(column[day == one].tolist() for column in columns), strict=True))
        rows = [(typical_price(high, low, close), volume) for _, high, low, close, volume in bars]
        ours = [vwap_value(vwap) for vwap in run(vwap_next, EMPTY, rows)]
        theirs = VWAP(input_values=[OHLCV(*bar) for bar in bars])
        assert_same(ours, list(theirs), rtol=1e-12)


@LAW
@given(trades)
def test_one_by_one_equals_the_batch_sum_within_the_prices(rows: list[tuple[int, int]]) -> None:
    ticks = [(0.5 * price, float(volume)) for price, volume in rows]
    price, volume = np.array(ticks).T
    ours = np.array([vwap_value(vwap) for vwap in run(vwap_next, EMPTY, ticks)])
    known = np.cumsum(volume) > 0.0
    assert np.isnan(ours).tolist() == (~known).tolist()
    assert_same(ours[known], np.cumsum(price * volume)[known] / np.cumsum(volume)[known])
    assert (ours[known] >= price.min() * (1 - 1e-12)).all()
    assert (ours[known] <= price.max() * (1 + 1e-12)).all()


@LAW
@given(trades)
def test_compiled_and_plain_are_the_same(rows: list[tuple[int, int]]) -> None:
    ticks = [(0.5 * price, float(volume)) for price, volume in rows]
    compiled = run(vwap_next, EMPTY, ticks)
    assert compiled == run(plain(vwap_next), EMPTY, ticks)
    assert compiled == run(vwap_next, Vwap(0.0, 0.0), ticks)
