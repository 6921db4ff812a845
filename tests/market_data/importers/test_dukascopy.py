"""Dukascopy's packed hours and days become tapes."""

from __future__ import annotations

import lzma
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tickwise.errors import DataError
from tickwise.market_data.importers import import_file, open_any
from tickwise.market_data.importers.dukascopy import CANDLE, TICK
from tickwise.market_data.tape import Tape, TapeInstrument

FEBRUARY_4 = 1_549_238_400 * 10**9
DAY = "EURUSD/2019/01/04"
RAW = f"raw/dukascopy/{DAY}"


def put(path: Path, records: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(lzma.compress(records.tobytes(), format=lzma.FORMAT_ALONE) if len(records) else b"")
    return path


def hour(*rows: tuple[float, ...]) -> np.ndarray:
    return np.array(list(rows), TICK)


def test_an_hour_starts_where_its_path_says(tmp_path: Path) -> None:
    ticks = hour((0, 113460, 113456, 1.5, 0.75), (3_599_999, 113461, 113457, 5.7, 0.0))
    path = put(tmp_path / DAY / "23h_ticks.bi5", ticks)
    tape = import_file(path, tmp_path / "tape.parquet")
    quotes = tape.read()
    assert tape.instruments == (TapeInstrument("EUR_USD", "0.00001"),)
    assert (quotes.ts - FEBRUARY_4).tolist() == [23 * 3600 * 10**9, (24 * 3600 * 1000 - 1) * 10**6]
    assert (quotes.bid.tolist(), quotes.ask.tolist()) == ([113456, 113457], [113460, 113461])
    assert (quotes.bid_size.tolist(), quotes.ask_size.tolist()) == ([750_000, 0], [1_500_000, 5_700_000])


def test_a_folder_is_read_in_order_of_time_and_empty_hours_are_passed(tmp_path: Path) -> None:
    for name, rows in (("09", [(1, 3, 2, 0, 0)]), ("10", []), ("08", [(1, 2, 1, 0, 0)])):
        put(tmp_path / DAY / f"{name}h_ticks.bi5", hour(*rows))
    put(tmp_path / "EURUSD/2018/11/31/23h_ticks.bi5", hour((1, 9, 8, 0, 0)))
    seen: list[tuple[int, int]] = []
    tape = import_file(tmp_path, tmp_path / "tape.parquet", progress=lambda *done: seen.append(done))
    assert tape.read().bid.tolist() == [8, 1, 2]
    assert tape.first_ts == 1_546_297_200_001_000_000  # 2018-12-31 23:00:00.001
    assert seen == [(1, 0), (2, 0), (3, 0), (3, 0)]


def test_the_point_of_a_pair_in_yen_is_a_thousandth(tmp_path: Path) -> None:
    path = put(tmp_path / "USDJPY/2019/01/04/08h_ticks.bi5", hour((1, 110_002, 110_000, 1, 1)))
    assert import_file(path, tmp_path / "a.parquet").instruments == (TapeInstrument("USD_JPY", "0.001"),)
    fine = import_file(path, tmp_path / "b.parquet", tick="0.0001")
    assert fine.read().bid.tolist() == [1_100_000]
    with pytest.raises(DataError, match=r"points of 0\.001, and a tick of 0\.003 does not divide them"):
        import_file(path, tmp_path / "c.parquet", tick="0.003")


def test_a_point_nobody_knows_must_be_given(tmp_path: Path) -> None:
    path = put(tmp_path / "ACME/2019/01/04/08h_ticks.bi5", hour((1, 12, 10, 1, 1)))
    with pytest.raises(
        DataError, match="what one point of ACME is worth is not known here: give it as --tick"
    ):
        import_file(path, tmp_path / "tape.parquet")
    assert import_file(path, tmp_path / "tape.parquet", tick="0.01").read().bid.tolist() == [10]


def test_candles_of_both_sides_make_bars(tmp_path: Path) -> None:
    bid = np.array([(0, 10, 11, 9, 12, 5.5), (60, 11, 11, 11, 11, 0)], CANDLE)
    ask = np.array([(0, 20, 21, 19, 22, 5.5), (60, 21, 21, 21, 21, 0)], CANDLE)
    path = put(tmp_path / DAY / "BID_candles_min_1.bi5", bid)
    alone = import_file(path, tmp_path / "alone.parquet").read()
    assert [int(column[0]) for column in alone[1:9]] == [10, 12, 9, 11] * 2
    put(tmp_path / DAY / "ASK_candles_min_1.bi5", ask)
    both = import_file(path, tmp_path / "both.parquet").read()
    assert [int(column[0]) for column in both[1:9]] == [10, 12, 9, 11, 20, 22, 19, 21]
    assert (both.ts - FEBRUARY_4).tolist() == [0, 60 * 10**9]
    assert both.volume.tolist() == [5.5, 0.0]
    put(tmp_path / DAY / "ASK_candles_min_1.bi5", ask[:1])
    with pytest.raises(DataError, match="its minutes are not those of BID_candles_min_1"):
        import_file(path, tmp_path / "odd.parquet")


def test_what_cannot_be_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "tape.parquet"
    stray = put(tmp_path / "08h_ticks.bi5", hour((1, 2, 1, 0, 0)))
    with pytest.raises(DataError, match="the path does not say when it was"):
        import_file(stray, out)
    with pytest.raises(DataError, match="no day of the calendar; its month counts from 0"):
        import_file(put(tmp_path / "EURUSD/2019/12/04/08h_ticks.bi5", hour((1, 2, 1, 0, 0))), out)
    torn = put(tmp_path / DAY / "08h_ticks.bi5", hour((1, 2, 1, 0, 0)))
    torn.write_bytes(b"nothing of the kind")
    with pytest.raises(DataError, match="cannot be unpacked"):
        import_file(torn, out)
    torn.write_bytes(lzma.compress(b"x" * 21))
    with pytest.raises(DataError, match="21 bytes are no whole number of records of 20"):
        import_file(torn, out)
    with pytest.raises(DataError, match=r"row 2 \(counted from 1\): a price of 0 points"):
        import_file(put(torn, hour((1, 2, 1, 0, 0), (2, 0, 1, 0, 0))), out)
    put(tmp_path / "GBPUSD/2019/01/04/08h_ticks.bi5", hour((1, 2, 1, 0, 0)))
    shutil.rmtree(tmp_path / "EURUSD/2019/12")
    with pytest.raises(DataError, match="files of EURUSD, GBPUSD: give the folder of one instrument"):
        import_file(tmp_path, out)
    assert not out.exists()


@pytest.mark.parametrize("name", ["08h_ticks.bi5", "15h_ticks.bi5"])
def test_real_hours_equal_the_prepared_ticks(
    real_data: Path, tmp_path: Path, name: str, assert_same: Callable[[Tape, Tape], None]
) -> None:
    tape = import_file(real_data / RAW / name, tmp_path / "tape.parquet")
    wanted = open_any(real_data / "quotes/eurusd_dukascopy_20190204.parquet")
    start = FEBRUARY_4 + int(name[:2]) * 3600 * 10**9
    assert tape.rows == len(wanted.read(start, start + 3600 * 10**9).ts) > 10_000
    assert_same(tape, wanted)


def test_real_candles_equal_the_prepared_bars(
    real_data: Path, tmp_path: Path, assert_same: Callable[[Tape, Tape], None]
) -> None:
    tape = import_file(real_data / RAW / "BID_candles_min_1.bi5", tmp_path / "tape.parquet")
    assert tape.rows == 1440
    assert_same(tape, open_any(real_data / "bars/eurusd_dukascopy_m1_bid_20190204.parquet"))
