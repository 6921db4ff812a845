"""CSV files of any columns become tapes, or the message names the columns and the row."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickwise.errors import DataError
from tickwise.market_data import duck
from tickwise.market_data.importers import import_file, text
from tickwise.market_data.importers.delimited import columns_from
from tickwise.market_data.tape import BarTape, Tape

MOMENT = 1_546_300_800_123_456_789  # 2019-01-01 00:00:00.123456789 UTC


def imported(tmp_path: Path, lines: str, name: str = "eurusd.csv", **more: object) -> Tape:
    (tmp_path / name).write_text(lines)
    return import_file(tmp_path / name, tmp_path / "tape.parquet", **more)  # type: ignore[arg-type]


def test_a_plain_file_needs_no_words(tmp_path: Path) -> None:
    tape = imported(tmp_path, "ts,bid,ask\n1546300800000000000,1.1,1.10002\n1546300800000000001,1.1,1.2\n")
    quotes = tape.read()
    assert tape.instruments == (("EUR_USD", "0.00001"),)
    assert tape.source == "eurusd.csv"
    assert quotes.ts.tolist() == [1546300800000000000, 1546300800000000001]
    assert quotes.bid.tolist() == [110000, 110000]
    assert quotes.ask.tolist() == [110002, 120000]


def test_usual_names_are_understood_in_any_order_and_case(tmp_path: Path) -> None:
    head = "Gmt time;AskPrice;Bid Price;Ask_Volume;<BIDVOLUME>;other\n"
    quotes = imported(tmp_path, head + "2019-01-01 00:00:01;1.2;1.1;7;5;x\n").read()
    assert (quotes.bid[0], quotes.ask[0]) == (110000, 120000)
    assert (quotes.bid_size[0], quotes.ask_size[0]) == (5, 7)


def test_columns_may_be_told(tmp_path: Path) -> None:
    told = columns_from("ts=When, bid=They pay,ask=They want")
    lines = "ask,When,They pay,They want\n9,1546300800,1.1,1.2\n"
    assert imported(tmp_path, lines, columns=told).read().ask.tolist() == [120000]
    with pytest.raises(DataError, match=r"no column Then: the columns are ask, When, They pay, They want"):
        imported(tmp_path, lines, columns={"ts": "Then"}, force=True)
    with pytest.raises(DataError, match="a tape has no price: choose among ts, ts_event, bid, ask"):
        columns_from("price=c")
    with pytest.raises(DataError, match="columns: bid says nothing"):
        columns_from("ts=a,bid")


def test_a_file_without_header_is_told_by_place(tmp_path: Path) -> None:
    lines = "x,1546300800,1.1,1.2\ny,1546300801,1.1,1.3\n"
    with pytest.raises(DataError, match="no column of times: the columns are 1, 2, 3, 4"):
        imported(tmp_path, lines)
    tape = imported(tmp_path, lines, columns={"ts": "2", "bid": "3", "ask": "4"})
    assert tape.read().ask.tolist() == [120000, 130000]


def test_bars_come_in_too(tmp_path: Path) -> None:
    rows = "1546300800,1.1,1.2,1.0,1.15,3\n1546300860,1.15,1.2,1.1,1.2,4.5\n"
    tape = imported(tmp_path, "time,open,high,low,close,volume\n" + rows)
    assert isinstance(tape, BarTape)
    assert tape.frame_s == 60
    assert tape.read().bid_low.tolist() == [100000, 110000]
    assert tape.read().volume.tolist() == [3.0, 4.5]


@pytest.mark.parametrize(
    ("written", "more", "ts"),
    [
        ("1546300800", {}, MOMENT // 10**9 * 10**9),
        ("1546300800.123456789", {}, MOMENT),
        ("1546300800123", {}, MOMENT // 10**6 * 10**6),
        ("1546300800123.456789", {}, MOMENT),
        ("1546300800123456", {}, MOMENT // 10**3 * 10**3),
        ("1546300800123456789", {}, MOMENT),
        ("2019-01-01T00:00:00.123456789Z", {}, MOMENT),
        ("2019-01-01 00:00:00.123456789", {}, MOMENT),
        ("2019-01-01T02:30:00.123456789+02:30", {}, MOMENT),
        ("2018-12-31 19:00:00.123456789-0500", {}, MOMENT),
        ("2018-12-31 19:00:00.123456789 -05", {"zone": "+09:00"}, MOMENT),
        ("2018-12-31 19:00:00.123456789", {"zone": "-05:00"}, MOMENT),
        ("2019-01-01 09:00:00.123456789", {"zone": "UTC+9"}, MOMENT),
        ("2019-01-01", {}, MOMENT // 10**9 * 10**9),
        ("20190101 020000123", {"ts_unit": "%Y%m%d %H%M%S%g", "zone": "+02:00"}, MOMENT // 10**6 * 10**6),
        ("2019.01.01 00:00:00", {"ts_unit": "%Y.%m.%d %H:%M:%S"}, MOMENT // 10**9 * 10**9),
        ("1000", {"ts_unit": "s"}, 1000 * 10**9),
    ],
)
def test_a_time_is_the_same_moment_however_it_is_written(
    tmp_path: Path, written: str, more: dict[str, str], ts: int
) -> None:
    assert imported(tmp_path, f"ts,bid,ask\n{written},1.1,1.2\n", **more).first_ts == ts


@given(ns=st.integers(-(10**18), 4 * 10**18), minutes=st.integers(-14 * 60, 14 * 60), stated=st.booleans())
def test_any_moment_of_any_zone_is_read_to_the_nanosecond(ns: int, minutes: int, stated: bool) -> None:
    local = ns + minutes * 60 * 10**9
    sign, (hours, rest) = "-+"[minutes >= 0], divmod(abs(minutes), 60)
    zone = f"{sign}{hours:02d}:{rest:02d}"
    with duck.connected() as connection:
        clock = connection.execute(f"SELECT make_timestamp_ns({local})::VARCHAR").fetchall()[0][0]
        sql = text.moment("moment", "iso", None if stated else zone)
        query = f"SELECT {sql} FROM (SELECT {duck.text(clock + zone * stated)} AS moment)"
        assert connection.execute(query).fetchall() == [(ns,)]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1546300801,1.1,", "row 2 (counted from 1 below the header): ask is NaN, empty or no number"),
        ('1546300801,"1,1",1.2', "row 2 (counted from 1 below the header): bid is NaN, empty or no number"),
        ("1546300801,nan,1.2", "row 2 (counted from 1 below the header): bid is NaN, empty or no number"),
        ("1546300801,0,1.2", "row 2 (counted from 1 below the header): bid is 0, and a price is positive"),
        ("1546300801,-1,1.2", "row 2 (counted from 1 below the header): bid is -1, and a price is positive"),
        ("noon,1.1,1.2", "row 2 (counted from 1 below the header): ts is empty or cannot be read as a time"),
        ("1546300799,1.1,1.2", "ts 1546300799000000000 is before 1546300800000000000 of the row above"),
        ("1546300801,1.1", "cannot be read as a table"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_made(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(DataError, match=re.escape(message)) as refusal:
        imported(tmp_path, f"ts,bid,ask\n1546300800,1.1,1.2\n{line}\n")
    assert str(refusal.value).startswith(str(tmp_path / "eurusd.csv"))
    assert "\n" not in str(refusal.value)
    assert [path.name for path in tmp_path.iterdir()] == ["eurusd.csv"]


def test_bad_rows_may_be_left_out(tmp_path: Path) -> None:
    lines = "ts,bid,ask\n1546300800,1.1,1.2\n1546300801,?,1.2\n1546300802,1.1,1.3\n"
    tape = imported(tmp_path, lines, faulty="drop")
    assert tape.read().ask.tolist() == [120000, 130000]


def test_wrong_columns_are_answered_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the columns are ts, bid: quotes need ts, bid, ask"):
        imported(tmp_path, "ts,bid,price\n1546300800,1.1,1.2\n")
    with pytest.raises(DataError, match="no column of times: the columns are when, bid, ask"):
        imported(tmp_path, "when,bid,ask\n1546300800,1.1,1.2\n")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the file is empty"):
        imported(tmp_path, "\n\n")
    with pytest.raises(DataError, match="it has columns and no rows"):
        imported(tmp_path, "ts,bid,ask\n")


def test_units_and_zones_that_mean_nothing_are_refused(tmp_path: Path) -> None:
    lines = "ts,bid,ask\n2019-01-01 00:00:00,1.1,1.2\n"
    with pytest.raises(DataError, match="zone New York: give the offset of the file's clock from UTC"):
        imported(tmp_path, lines, zone="New York")
    with pytest.raises(DataError, match="ts unit hours: choose one of s, ms, us, ns, iso"):
        imported(tmp_path, lines, ts_unit="hours")


def test_a_packed_file_is_read_as_it_is(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "eurusd.csv.gz", "wt") as packed:
        packed.write("ts,bid,ask\n1546300800,1.1,1.2\n")
    tape = import_file(tmp_path / "eurusd.csv.gz", tmp_path / "tape.parquet")
    assert tape.read().bid.tolist() == [110000]


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "eurusd.csv").write_bytes(b"\xff\xfe\x00\x80" * 10)
    with pytest.raises(DataError, match="cannot be read as text"):
        import_file(tmp_path / "eurusd.csv", tmp_path / "tape.parquet")


def test_real_quotes_survive_a_detour_through_csv(real_data: Path, tmp_path: Path) -> None:
    source = real_data / "quotes" / "eurusd_oanda_20140501_0509.parquet"
    with duck.connected() as connection:
        connection.execute(f"COPY (SELECT * FROM '{source}') TO '{tmp_path}/eurusd.csv'")
    tape = import_file(tmp_path / "eurusd.csv", tmp_path / "tape.parquet")
    direct = import_file(source, tmp_path / "direct.parquet")
    for one, other in zip(tape.read(), direct.read(), strict=True):
        assert one.tolist() == other.tolist()
