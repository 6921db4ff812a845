"""HistData, FXCM and Lean files become tapes equal to those prepared from them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tickwise.errors import DataError
from tickwise.market_data.importers import format_of, import_file, open_any
from tickwise.market_data.tape import MISSING, BarTape, Tape, TapeInstrument

AssertSame = Callable[[Tape, Tape], None]
EVENING = 1_577_916_000_065_000_000  # 2020-01-01 22:00:00.065 UTC


def test_histdata_is_five_hours_behind(tmp_path: Path) -> None:
    path = tmp_path / "DAT_ASCII_EURUSD_T_202001.csv"
    path.write_text("20200101 170000065,1.121200,1.121720,0\n20200701 170000065,1.121200,1.121720,0\n")
    assert format_of(path) == "histdata"
    tape = import_file(path, tmp_path / "tape.parquet")
    assert tape.instruments == (TapeInstrument("EUR_USD", "0.00001"),)
    assert tape.read().bid.tolist() == [112120, 112120]
    assert tape.read().ts.tolist() == [EVENING, EVENING + 182 * 86_400 * 10**9]


def test_histdata_names_its_bad_row(tmp_path: Path) -> None:
    path = tmp_path / "eurusd.csv"
    path.write_text("20200101 170000065,1.121200,1.121720,0\n20201301 170000065,1.121200,1.121720,0\n")
    with pytest.raises(DataError, match=r"row 2 \(counted from 1\): ts is empty or cannot be read"):
        import_file(path, tmp_path / "tape.parquet")


def test_real_histdata_equals_the_prepared_ticks(
    real_data: Path, tmp_path: Path, assert_same: AssertSame
) -> None:
    raw = real_data / "raw/histdata_ascii_ticks_eurusd_20200101.csv"
    tape = import_file(raw, tmp_path / "tape.parquet")
    assert tape.rows == 9500
    assert_same(tape, open_any(real_data / "quotes/eurusd_histdata_20200101.parquet"))


def candles(folder: Path, side: str, *rows: str) -> Path:
    path = folder / f"gbpusd-m1-{side}-2012.csv"
    path.write_text("\n".join(["timestamp,open,high,low,close", *rows]) + "\n")
    return path


def test_fxcm_sides_are_joined_whichever_is_given(tmp_path: Path) -> None:
    bid = candles(
        tmp_path, "bid", "2012-02-01 00:00:00+00:00,1.1,1.2,1.0,1.1", "2012-02-01 00:01:00+00:00,1,1,1,1"
    )
    with pytest.raises(DataError, match=r"its other side gbpusd-m1-ask-2012\.csv is not beside it"):
        import_file(bid, tmp_path / "tape.parquet")
    ask = candles(
        tmp_path, "ask", "2012-02-01 00:00:00+00:00,1.3,1.4,1.2,1.3", "2012-02-01 00:02:00+00:00,1,1,1,1"
    )
    for given in (bid, ask):
        tape = import_file(given, tmp_path / "tape.parquet", force=True)
        assert isinstance(tape, BarTape)
        assert tape.frame_s == 60
        assert tape.source == "FXCM gbpusd-m1-bid-2012.csv gbpusd-m1-ask-2012.csv"
        assert tape.read().bid_close.tolist() == [110000, 100000, MISSING]
        assert tape.read().ask_close.tolist() == [130000, MISSING, 100000]


def test_a_candle_file_of_no_side_is_an_ordinary_csv(tmp_path: Path) -> None:
    path = candles(tmp_path, "mid", "2012-02-01 00:00:00+00:00,1.1,1.2,1.0,1.1")
    assert format_of(path) == "csv"
    with pytest.raises(DataError, match="neither bid nor ask in its name"):
        import_file(path, tmp_path / "tape.parquet", fmt="fxcm")


def test_real_fxcm_candles_equal_the_prepared_bars(
    real_data: Path, tmp_path: Path, assert_same: AssertSame
) -> None:
    tape = import_file(real_data / "raw/fxcm_gbpusd_m1_bid_2012.csv", tmp_path / "tape.parquet")
    assert tape.rows == 30_117
    assert_same(tape, open_any(real_data / "bars/gbpusd_fxcm_m1_201202.parquet"))


def day(folder: Path, path: str, *rows: str) -> Path:
    where = folder / path
    where.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(where, "w") as packed:
        packed.writestr("day.csv", "\n".join(rows) + "\n")
    return where


def test_lean_counts_from_the_midnight_of_its_venue(tmp_path: Path) -> None:
    midnight = 1_399_161_600 * 10**9  # 2014-05-04
    for venue, hours in (("oanda", 0), ("fxcm", 5)):
        path = day(
            tmp_path, f"forex/{venue}/tick/eurusd/20140504_quote.zip", "1.5,1.1,1.2", "86399999,1.1,1.2"
        )
        quotes = import_file(path, tmp_path / f"{venue}.parquet").read()
        start = midnight + hours * 3600 * 10**9
        assert (quotes.ts - start).tolist() == [1_500_000, 86_399_999_000_000]
    unknown = day(tmp_path, "forex/acme/tick/eurusd/20140504_quote.zip", "1,1.1,1.2")
    with pytest.raises(DataError, match="the clock of acme is not known here: give --zone"):
        import_file(unknown, tmp_path / "acme.parquet")
    assert (
        import_file(unknown, tmp_path / "acme.parquet", zone="+01:00").first_ts
        == midnight - 3_599_999 * 10**6
    )


def test_lean_folders_are_read_day_after_day(tmp_path: Path) -> None:
    folder = "forex/oanda/minute/eurusd"
    day(tmp_path, f"{folder}/20140505_quote.zip", "0,1.3,1.3,1.3,1.3,0,1.4,1.4,1.4,1.4,0")
    day(tmp_path, f"{folder}/20140504_quote.zip", "60000,1.1,1.1,1.1,1.1,0,1.2,1.2,1.2,1.2,0")
    tape = import_file(tmp_path / folder, tmp_path / "tape.parquet")
    assert isinstance(tape, BarTape)
    assert tape.frame_s == 60
    assert tape.read().bid_open.tolist() == [110000, 130000]
    day(tmp_path, "forex/oanda/tick/eurusd/20140504_quote.zip", "1,1.1,1.2")
    with pytest.raises(DataError, match="days of several instruments or resolutions"):
        import_file(tmp_path, tmp_path / "more.parquet")


def test_lean_refuses_what_it_cannot_place(tmp_path: Path) -> None:
    out = tmp_path / "tape.parquet"
    with pytest.raises(DataError, match="the path does not say what it holds"):
        import_file(day(tmp_path, "20140504_quote.zip", "1,1.1,1.2"), out)
    with pytest.raises(DataError, match="20141304 is no day of the calendar"):
        import_file(day(tmp_path, "oanda/tick/eurusd/20141304_quote.zip", "1,1.1,1.2"), out)
    torn = day(tmp_path, "oanda/tick/eurusd/20140504_quote.zip", "1,1.1,1.2")
    torn.write_bytes(b"nothing of the kind")
    with pytest.raises(DataError, match="cannot be unpacked"):
        import_file(torn, out)
    with zipfile.ZipFile(torn, "w") as packed:
        packed.writestr("a.csv", "")
        packed.writestr("b.csv", "")
    with pytest.raises(DataError, match="2 files in it"):
        import_file(torn, out)


@pytest.mark.parametrize(
    ("raw", "prepared", "rows"),
    [
        ("forex/fxcm/tick/eurusd/20140504", "quotes/eurusd_fxcm_20140501_0509", 8025),
        ("forex/oanda/tick/eurusd/20140504", "quotes/eurusd_oanda_20140501_0509", 1164),
        ("cfd/oanda/tick/xauusd/20140504", "quotes/xauusd_oanda_20140501_0509", 9889),
        ("forex/oanda/minute/eurusd/20140505", "bars/eurusd_oanda_m1_20140501_0509", 1350),
        ("cfd/oanda/minute/xauusd/20140505", "bars/xauusd_oanda_m1_20140501_0509", 1389),
    ],
)
def test_real_lean_days_equal_the_prepared_tapes(
    real_data: Path, tmp_path: Path, raw: str, prepared: str, rows: int, assert_same: AssertSame
) -> None:
    tape = import_file(real_data / f"raw/lean/{raw}_quote.zip", tmp_path / "tape.parquet")
    assert tape.rows == rows
    assert_same(tape, open_any(real_data / f"{prepared}.parquet"))


def test_real_seconds_become_bars_of_a_second(real_data: Path, tmp_path: Path) -> None:
    raw = real_data / "raw/lean/forex/fxcm/second/eurusd/20140504_quote.zip"
    tape = import_file(raw, tmp_path / "tape.parquet")
    assert isinstance(tape, BarTape)
    assert (tape.frame_s, tape.rows) == (1, 3409)
