"""Parquet files of another make open as tapes, or say in one line why not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickwise.errors import DataError
from tickwise.market_data.importers import open_any
from tickwise.market_data.importers.grid import tick_with, ticks_of
from tickwise.market_data.tape import MISSING, BarTape, QuoteTape, TapeInstrument, TapeWriter

START = 1_700_000_000_000_000_000
Writer = Callable[..., Path]
Columns = Callable[..., dict[str, Any]]


def bars(**changed: Any) -> dict[str, Any]:
    """Columns of three bars of a minute, both sides alike."""
    opens = np.array([1.1, 1.1001, 1.1002])
    columns = {"ts": START + np.arange(3) * 60_000_000_000, "open": opens, "high": opens + 0.0002}
    return columns | {"low": opens - 0.0001, "close": opens + 0.0001} | changed


def test_prices_become_whole_ticks(parquet: Writer, good: Columns) -> None:
    tape = open_any(parquet(good()))
    assert isinstance(tape, QuoteTape)
    assert tape.instruments == (TapeInstrument("EUR_USD", "0.00001"),)
    assert tape.notes == ("instrument EUR_USD from the name of the file", "tick 0.00001 by custom of EUR_USD")
    assert (tape.rows, tape.first_ts, tape.last_ts) == (5, START, START + 4_000_000_000)
    quotes = tape.read()
    assert quotes.bid.tolist() == [113456, 113457, 113455, 113456, 113458]
    assert quotes.ask.tolist() == [113468, 113469, 113467, 113468, 113470]
    assert [len(column) for column in quotes[3:]] == [0, 0, 0, 0]


def test_sizes_and_event_times_come_along(parquet: Writer, good: Columns) -> None:
    ts_event = START + np.arange(5)
    columns = good(bid_size=np.arange(5), ask_size=[None, 1.0, 2.0, 3.0, 4.0], ts_event=ts_event)
    quotes = open_any(parquet(columns)).read()
    assert quotes.ts_event.tolist() == ts_event.tolist()
    assert quotes.bid_size.tolist() == [0, 1, 2, 3, 4]
    assert np.isnan(quotes.ask_size[0])


def test_single_precision_means_its_shortest_decimal(parquet: Writer, good: Columns) -> None:
    prices = np.array([1300.151, 1300.152, 1299.999, 1301.5, 1302.25], np.float32)
    quotes = open_any(parquet(good(bid=prices, ask=prices), "xauusd.parquet")).read()
    assert quotes.bid.tolist() == [1300151, 1300152, 1299999, 1301500, 1302250]


def test_crossed_and_locked_quotes_are_kept(parquet: Writer, good: Columns) -> None:
    quotes = open_any(parquet(good(ask=[1.13456, 1.1, 1.2, 1.2, 1.2]))).read()
    assert quotes.ask.tolist() == [113456, 110000, 120000, 120000, 120000]


def test_chunks_and_slices_are_those_of_any_tape(parquet: Writer, good: Columns) -> None:
    tape = open_any(parquet(good()))
    assert [chunk.bid.tolist() for chunk in tape.chunks(2)] == [[113456, 113457], [113455, 113456], [113458]]
    assert tape.read(START + 1_000_000_000, START + 3_000_000_000).bid.tolist() == [113457, 113455]


def test_timestamps_of_a_data_frame_are_nanoseconds(parquet: Writer, good: Columns) -> None:
    moments = [datetime.fromtimestamp(START // 10**9 + k, UTC) for k in range(5)]
    naive = [moment.replace(tzinfo=None) for moment in moments]
    for column in (moments, naive):
        assert open_any(parquet(good(ts=column))).read().ts.tolist() == [START + k * 10**9 for k in range(5)]


def test_bars_of_both_sides_are_taken_before_their_mids(parquet: Writer) -> None:
    sides = {f"bid_{part}": bars()[part] for part in ("open", "high", "low", "close")}
    sides |= {f"ask_{part}": bars()[part] + 0.0001 for part in ("open", "high", "low", "close")}
    half_ticks = {part: bars()[part] + 0.000005 for part in ("open", "high", "low", "close")}
    tape = open_any(parquet({"ts": bars()["ts"]} | half_ticks | sides | {"volume": [None, None, None]}))
    assert isinstance(tape, BarTape)
    assert tape.frame_s == 60
    read = tape.read()
    assert read.bid_open.tolist() == [110000, 110010, 110020]
    assert read.ask_close.tolist() == [110020, 110030, 110040]
    assert len(read.volume) == 0


def test_bars_of_one_price_stand_for_both_sides(parquet: Writer) -> None:
    read = open_any(parquet(bars(volume=[1.0, 2.5, 0.0]))).read()
    assert read.bid_high.tolist() == read.ask_high.tolist() == [110020, 110030, 110040]
    assert read.volume.tolist() == [1.0, 2.5, 0.0]


def test_a_side_of_a_bar_without_any_price_is_missing(parquet: Writer) -> None:
    sides = {
        f"{side}_{part}": bars()[part].tolist() for side in ("bid", "ask") for part in bars() if part != "ts"
    }
    for part in ("open", "high", "low", "close"):
        sides[f"ask_{part}"][1] = None
    tape = open_any(parquet({"ts": bars()["ts"]} | sides))
    assert tape.read().ask_low.tolist() == [109990, MISSING, 110010]
    sides["ask_low"][1] = 1.1
    with pytest.raises(DataError, match=r"row 2 .*: ask_open is NaN, empty or no number"):
        open_any(parquet({"ts": bars()["ts"]} | sides)).read()


def test_a_bar_that_cannot_be_is_refused(parquet: Writer) -> None:
    with pytest.raises(DataError, match=r"row 2 .*: bar has its open or its close outside its high and low"):
        open_any(parquet(bars(high=[1.1002, 1.1, 1.1004]))).read()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"bid": [1.1, None, 1.1, 1.1, 1.1]}, "row 2 (counted from 1): bid is NaN, empty or no number"),
        ({"ask": [1.2, 1.2, np.nan, 1.2, 1.2]}, "row 3 (counted from 1): ask is NaN, empty or no number"),
        ({"ask": [1.2, 1.2, np.inf, 1.2, 1.2]}, "row 3 (counted from 1): ask is infinite"),
        ({"bid": [1.1, 1.1, 1.1, 0.0, 1.1]}, "row 4 (counted from 1): bid is 0, and a price is positive"),
        ({"bid": [-1.1, 1.1, 1.1, 1.1, 1.1]}, "row 1 (counted from 1): bid is -1.1, and a price is positive"),
        (
            {"ask": [1.2, 1.2, 1.2, 1.2, 1.123456]},
            "row 5 (counted from 1): ask 1.123456 is not a whole number of ticks of 0.00001",
        ),
        (
            {"ask": [1.2, 1.2, 1.2, 1.2, 30_000.0]},
            "row 5 (counted from 1): ask 30000 is more ticks of 0.00001 than an int32 can hold",
        ),
        (
            {"ts": START + np.array([0, 2, 1, 3, 4])},
            f"row 3 (counted from 1): ts {START + 1} is before {START + 2} of the row above: sort the rows",
        ),
        (
            {"ts": [START, START, None, START, START]},
            "row 3 (counted from 1): ts is empty or cannot be read as a time",
        ),
    ],
)
def test_the_first_faulty_row_is_named(
    parquet: Writer, good: Columns, changed: dict[str, Any], message: str
) -> None:
    path = parquet(good(**changed))
    for rows in (1, 2, 100):
        with pytest.raises(DataError, match=re.escape(f"{path}: {message}")) as refusal:
            list(open_any(path).chunks(rows))
        assert "\n" not in str(refusal.value)


def test_faulty_rows_may_be_dropped_or_kept_as_missing(parquet: Writer, good: Columns) -> None:
    path = parquet(good(bid=[1.1, None, 1.1, 0.0, 1.1], ts=START + np.array([0, 1, 2, 3, 1])))
    dropped = open_any(path, faulty="drop").read()
    assert (dropped.ts - START).tolist() == [0, 2]
    kept = open_any(path, faulty="keep").read()
    assert kept.bid.tolist() == [110000, MISSING, 110000, MISSING, 110000]
    assert (kept.ts - START).tolist() == [0, 1, 2, 3, 1]


def test_the_instrument_and_the_tick_may_be_given(parquet: Writer, good: Columns) -> None:
    fine = open_any(parquet(good(), "some.parquet"), "EUR_USD", "0.000000001")
    assert fine.instruments == (TapeInstrument("EUR_USD", "0.000000001"),)
    assert fine.notes == ()
    assert fine.read().bid[0] == 1_134_560_000
    with pytest.raises(DataError, match=r"is more ticks of 0.0000000001 than an int32 can hold"):
        open_any(parquet(good()), tick="1e-10").read()
    with pytest.raises(DataError, match="the tick 'x' is not a positive decimal number"):
        open_any(parquet(good()), tick="x")


def test_a_tick_nobody_knows_is_guessed_from_the_prices(parquet: Writer, good: Columns) -> None:
    whole = open_any(parquet(good(bid=np.arange(5) + 100.0, ask=np.arange(5) + 100.5), "acme.parquet"))
    assert whole.instruments == (TapeInstrument("ACME", "0.1"),)
    assert whole.notes[1] == "tick 0.1 guessed from the prices"
    wild = parquet(good(bid=np.pi * np.arange(1, 6), ask=np.e * np.arange(1, 6)), "acme.parquet")
    with pytest.raises(DataError, match="the prices fall on no grid of 9 decimals: give --tick"):
        open_any(wild)


def test_one_stray_price_does_not_set_the_grid(parquet: Writer) -> None:
    bid = np.full(5000, 1.25)
    bid[4000] = 1.123456789
    path = parquet({"ts": START + np.arange(5000), "bid": bid, "ask": np.full(5000, 1.26)}, "acme.parquet")
    with pytest.raises(
        DataError, match=r"row 4001 .*: bid 1.123456789 is not a whole number of ticks of 0.01"
    ):
        open_any(path).read()


def test_a_custom_that_does_not_fit_gives_way_to_the_prices(parquet: Writer, good: Columns) -> None:
    prices = np.arange(5) * 0.000251 + 1.100001
    fine = good(bid=prices, ask=prices)
    assert open_any(parquet(fine)).notes[1] == "tick 0.000001 guessed from the prices"


def test_wrong_columns_are_answered_with_those_there_are(parquet: Writer, good: Columns) -> None:
    columns = good()
    columns["offer"] = columns.pop("ask")
    with pytest.raises(
        DataError, match="the columns are ts, bid, offer: quotes need ts, bid, ask; bars need"
    ):
        open_any(parquet(columns))
    with pytest.raises(DataError, match="an option chain"):
        open_any(parquet(good(strike=[1.0] * 5, expiry=["2020-01-01"] * 5)))
    with pytest.raises(DataError, match="the column ts holds DOUBLE: times are int64"):
        open_any(parquet(good(ts=np.arange(5.0))))


@pytest.mark.parametrize(("unit", "name"), [(1, "seconds"), (1000, "milliseconds"), (10**6, "microseconds")])
def test_times_in_another_unit_are_seen(parquet: Writer, good: Columns, unit: int, name: str) -> None:
    ts = START // 10**9 * unit + np.arange(5) * unit
    with pytest.raises(DataError, match=f"looks like {name}, where nanoseconds are wanted"):
        open_any(parquet(good(ts=ts)))


def test_times_near_1970_are_nanoseconds(parquet: Writer, good: Columns) -> None:
    assert open_any(parquet(good(ts=np.arange(1, 6) * 10**9))).first_ts == 10**9


def test_an_empty_table_is_refused(parquet: Writer, good: Columns) -> None:
    path = parquet({name: column[:0] for name, column in good().items()})
    with pytest.raises(DataError, match="it has columns and no rows"):
        open_any(path)


def test_a_file_that_is_no_parquet_or_not_there_is_refused(tmp_path: Path) -> None:
    csv = tmp_path / "eurusd.csv"
    csv.write_text("ts,bid,ask\n")
    with pytest.raises(DataError, match="not a Parquet file: make a tape of it with `tickwise data import`"):
        open_any(csv)
    with pytest.raises(DataError, match=r"there is no such file; the nearest is .*eurusd\.csv"):
        open_any(tmp_path / "eurusd.parquet")
    with pytest.raises(DataError, match="not a Parquet file"):
        open_any(tmp_path)


def test_a_tape_of_ours_is_opened_as_it_is(parquet: Writer, good: Columns, tmp_path: Path) -> None:
    foreign = open_any(parquet(good()))
    with TapeWriter(tmp_path / "tape.parquet", foreign.instruments, source="here") as writer:
        writer.append(foreign.read())
    tape = open_any(tmp_path / "tape.parquet", "EUR_USD", "1e-5")
    assert (tape.source, tape.notes, tape.read().bid.tolist()) == ("here", (), foreign.read().bid.tolist())
    with pytest.raises(DataError, match="a tape of EUR_USD, and USD_JPY was asked for"):
        open_any(tmp_path / "tape.parquet", "USD_JPY")
    with pytest.raises(DataError, match=r"a tape in ticks of 0.00001, and 0.001 was asked for"):
        open_any(tmp_path / "tape.parquet", tick="0.001")


@given(ticks=st.lists(st.integers(1, 2**31 - 1), min_size=1), digits=st.integers(0, 9))
def test_every_price_on_the_grid_is_its_ticks(ticks: list[int], digits: int) -> None:
    prices = np.array([float(f"{tick}e-{digits}") for tick in ticks])
    whole, bad = ticks_of(prices, tick_with(digits))
    assert whole.tolist() == ticks
    assert not bad.any()


@pytest.mark.parametrize("folder", ["quotes", "bars"])
def test_every_shared_file_opens_with_all_its_rows(real_data: Path, folder: str) -> None:
    listed = json.loads((real_data / "manifest.json").read_text())
    wanted = {each["file"]: each["rows"] for each in listed if each["file"].startswith(f"{folder}/")}
    tapes = {name: open_any(real_data / name) for name in wanted}
    assert {name: sum(len(chunk.ts) for chunk in tape.chunks()) for name, tape in tapes.items()} == wanted


def test_the_crossed_quotes_of_fxcm_are_all_there(real_data: Path) -> None:
    quotes = open_any(real_data / "quotes" / "eurusd_fxcm_20140501_0509.parquet").read()
    assert len(quotes.ts) == 675_401
    assert int((quotes.bid > quotes.ask).sum()) == 69_354
    assert int((quotes.bid == quotes.ask).sum()) == 82_118
