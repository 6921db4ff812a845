"""What is odd about a tape is counted, and nothing is mended."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickwise.market_data import tape as tapes
from tickwise.market_data.check import Findings, Gap, check
from tickwise.market_data.importers import open_any
from tickwise.market_data.tape import MISSING, BarChunk, QuoteChunk, tape_of

EUR_USD = [("EUR_USD", "0.00001")]
SECOND = 1_000_000_000


def found(bid: list[int], ask: list[int], ts: list[float] | None = None, **more: Any) -> Findings:
    """Check quotes a second apart, or at these seconds."""
    seconds = ts if ts is not None else range(len(bid))
    stamps = np.array([round(each * SECOND) for each in seconds])
    chunk = QuoteChunk(stamps, np.array(bid, np.int32), np.array(ask, np.int32), **more)
    return check(tape_of(chunk, EUR_USD)).instruments[0]


def test_a_clean_tape_has_nothing_odd() -> None:
    assert found([100, 101, 102], [110, 112, 112]) == Findings(
        symbol="EUR_USD",
        rows=3,
        first_ts=0,
        last_ts=2 * SECOND,
        step_ms_median=1000.0,
        gaps=0,
        gap_longest_s=1.0,
        crossed=0,
        locked=0,
        one_sided=0,
        unpriced=0,
        duplicates=0,
        late=0,
        out_of_order=0,
        outliers=0,
        misshapen=0,
        zero_spread_share=0.0,
        spread_ticks_median=10.0,
        spread_pips_median=1.0,
        gaps_longest=(),
    )


def test_crossed_and_locked_quotes_are_told_apart() -> None:
    one = found([100, 100, 100, 100], [99, 100, 101, 102])
    assert (one.crossed, one.locked, one.zero_spread_share, one.spread_ticks_median) == (1, 1, 0.25, 0.5)


def test_a_missing_side_is_counted_and_takes_no_part_in_the_spread() -> None:
    one = found([100, MISSING, 100, MISSING], [102, 102, MISSING, MISSING])
    assert (one.one_sided, one.unpriced, one.crossed, one.spread_ticks_median) == (2, 1, 0, 2.0)
    bare = found([MISSING], [MISSING])
    assert (bare.zero_spread_share, bare.spread_ticks_median, bare.spread_pips_median) == (None, None, None)
    assert bare.step_ms_median is None


def test_a_duplicate_has_the_same_event_time_and_prices() -> None:
    assert found([1, 1, 1, 2], [3, 3, 3, 3], ts=[0, 0, 1, 1]).duplicates == 1
    events = np.array([5, 5, 5, 6])
    assert found([1, 1, 2, 2], [3, 3, 3, 3], ts_event=events).duplicates == 1


def test_an_event_older_than_the_latest_above_is_late() -> None:
    events = np.array([10, 30, 20, 25, 30, 31])
    one = found([1, 2, 3, 4, 5, 6], [9] * 6, ts_event=events)
    assert (one.late, one.out_of_order) == (2, 0)


def test_a_gap_is_a_silence_longer_than_asked_for() -> None:
    chunk = QuoteChunk(np.array([0, 60, 120, 1000, 1400]) * SECOND, *[np.ones(5, np.int32)] * 2)
    one = check(tape_of(chunk, EUR_USD), gap_s=60).instruments[0]
    assert (one.gaps, one.gap_longest_s) == (2, 880.0)
    assert one.gaps_longest == (Gap(120 * SECOND, 880.0), Gap(1000 * SECOND, 400.0))


def test_ten_of_the_longest_gaps_are_listed() -> None:
    ts = np.cumsum([400 + k for k in range(15)]).tolist()
    one = found([1] * 15, [1] * 15, ts)
    assert (one.gaps, one.gap_longest_s) == (14, 414.0)
    assert [gap.seconds for gap in one.gaps_longest] == [414.0 - k for k in range(10)]


def test_an_outlier_jumps_and_comes_back() -> None:
    calm = [1000, 1001, 1002, 1001, 1000, 1001, 1002, 1001]
    spike, step = [*calm, 1500, 1001, *calm], [*calm, 1500, 1501, 1500]
    assert found(spike, [each + 2 for each in spike]).outliers == 1
    assert found(step, [each + 2 for each in step]).outliers == 0
    chunk = QuoteChunk(np.arange(len(spike)), np.array(spike, np.int32), np.array(spike, np.int32))
    assert check(tape_of(chunk, EUR_USD), outlier_scale=1000).instruments[0].outliers == 0


def test_bars_are_checked_at_their_closes_and_for_their_shape() -> None:
    column = np.array([100, 101, 102], np.int32)
    high = np.array([105, 100, 105], np.int32)  # the second bar closes above its high
    bars = BarChunk(np.array([0, 60, 600]) * SECOND, column, high, column, column, *[column + 2] * 4)
    one = check(tape_of(bars, EUR_USD, frame_s=60)).instruments[0]
    assert (one.misshapen, one.gaps, one.gap_longest_s, one.spread_ticks_median) == (1, 1, 480.0, 2.0)


def test_each_instrument_has_its_own_findings() -> None:
    two = [("EUR_USD", "0.00001"), ("ACME", "0.01")]
    ts, place = np.array([0, 1, 2, 1000]) * SECOND, np.array([0, 1, 0, 1], np.int16)
    chunk = QuoteChunk(ts, np.array([1, 9, 1, 9], np.int32), np.array([3, 8, 3, 8], np.int32), place)
    one, other = check(tape_of(chunk, two)).instruments
    assert (one.rows, one.gaps, one.crossed, one.duplicates, one.spread_pips_median) == (2, 0, 0, 0, 0.2)
    assert (other.rows, other.gaps, other.crossed, other.spread_pips_median) == (2, 1, 2, None)


def test_rows_out_of_order_are_reported_where_they_are_kept(tmp_path: Path) -> None:
    ts = 1_700_000_000 * SECOND + np.array([0, 2, 1, 3])
    columns = {"ts": ts, "bid": [1.1, 1.1, None, 1.1], "ask": [1.2] * 4}
    pq.write_table(pa.table(columns), tmp_path / "eurusd.parquet")
    one = check(open_any(tmp_path / "eurusd.parquet", faulty="keep")).instruments[0]
    assert (one.rows, one.out_of_order, one.late, one.one_sided) == (4, 1, 1, 1)


def test_the_report_is_a_table_and_a_mapping() -> None:
    chunk = QuoteChunk(np.array([0, 500]) * SECOND, np.array([1, 1], np.int32), np.array([1, 2], np.int32))
    report = check(tape_of(chunk, EUR_USD, source="here"))
    table = dict(report.rows())
    assert table["symbol"] == "EUR_USD"
    assert table["first"] == "1970-01-01 00:00:00.000Z"
    assert table["zero spread share"] == "50.0%"
    assert table["spread median (pips)"] == "0.05"
    assert table["gap 1"] == "500.0 s after 1970-01-01 00:00:00.000Z"
    plain = json.loads(json.dumps(report.to_dict()))
    assert (plain["kind"], plain["source"], plain["gap_s"]) == ("quotes", "here", 300.0)
    assert plain["instruments"][0]["gaps_longest"] == [{"after_ts": 0, "seconds": 500.0}]


@settings(max_examples=60, deadline=None)
@given(data=st.data(), rows=st.integers(1, 30), chunk_rows=st.integers(1, 10))
def test_the_report_is_the_same_whatever_the_chunks(data: st.DataObject, rows: int, chunk_rows: int) -> None:
    def column(values: st.SearchStrategy[int]) -> np.ndarray[Any, Any]:
        return np.array(data.draw(st.lists(values, min_size=rows, max_size=rows)))

    price = st.sampled_from([MISSING, 100, 101, 102, 300])
    chunk = QuoteChunk(
        np.cumsum(column(st.sampled_from([0, SECOND, 400 * SECOND]))),
        column(price).astype(np.int32),
        column(price).astype(np.int32),
        column(st.integers(0, 1)).astype(np.int16),
        column(st.integers(0, 5)),
    )
    tape = tape_of(chunk, [("EUR_USD", "0.00001"), ("USD_JPY", "0.001")])
    whole = check(tape)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tapes.QuoteTape, "chunks", by(chunk_rows, tapes.QuoteTape.chunks))
        assert asdict(check(tape)) == asdict(whole)


def by(rows: int, chunks: Callable[..., Any]) -> Callable[..., Any]:
    return lambda tape: chunks(tape, rows)


@pytest.mark.parametrize(
    "name",
    [
        "btcusdt_binance_spot_20240809",
        "eurusd_dukascopy_20190204",
        "eurusd_fxcm_20140501_0509",
        "eurusd_oanda_20140501_0509",
        "xauusd_oanda_20140501_0509",
    ],
)
def test_real_tapes_are_as_odd_as_their_manifest_says(real_data: Path, name: str) -> None:
    listed = json.loads((real_data / "manifest.json").read_text())
    wanted = next(each for each in listed if each["file"] == f"quotes/{name}.parquet")
    tape = open_any(real_data / wanted["file"])
    one = check(tape).instruments[0]
    assert (one.rows, one.crossed, one.locked) == (
        wanted["rows"],
        wanted["crossed_quotes"],
        wanted["locked_quotes"],
    )
    assert one.gaps == wanted["gaps_over_5min"]
    assert one.gap_longest_s == pytest.approx(wanted["longest_gap_s"], abs=0.06)
    assert one.step_ms_median == pytest.approx(wanted["median_step_ms"], rel=1e-3)
    tick = float(tape.instruments[0].tick)
    assert one.spread_ticks_median == pytest.approx(wanted["median_spread"] / tick)
    assert (one.late, one.out_of_order, one.one_sided) == (0, 0, 0)
