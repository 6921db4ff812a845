"""What a tape promises: what goes in comes out, in order, in any chunks, in bounded memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickwise.errors import DataError
from tickwise.market_data.tape import (
    MISSING,
    BarChunk,
    Chunk,
    QuoteChunk,
    TapeInstrument,
    TapeWriter,
    open_tape,
    tape_of,
)

EUR_USD = [("EUR_USD", "0.00001")]
TWO = [("EUR_USD", "0.00001"), ("USD_JPY", "0.001")]
SECOND = 1_000_000_000


def quotes(ts: list[int], bid: list[int] | None = None, ask: list[int] | None = None) -> QuoteChunk:
    bids = np.asarray(bid if bid is not None else range(1000, 1000 + len(ts)), np.int32)
    asks = np.asarray(ask, np.int32) if ask is not None else bids + np.int32(2)
    return QuoteChunk(np.asarray(ts, np.int64), bids, asks)


def bars(rows: int) -> BarChunk:
    prices = [np.arange(1000 + k, 1000 + k + rows, dtype=np.int32) for k in range(8)]
    return BarChunk(np.arange(rows, dtype=np.int64) * 60 * SECOND, *prices, np.arange(rows) / 2)


def same(one: Chunk, other: Chunk) -> bool:
    return type(one) is type(other) and all(
        a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
        for a, b in zip(one, other, strict=True)
    )


def cut(chunk: Chunk, start: int, stop: int) -> Any:
    return type(chunk)(*(column[start:stop] for column in chunk))


def written(path: Path, *chunks: Chunk, instruments: list[tuple[str, str]] = EUR_USD, **more: Any) -> Path:
    with TapeWriter(path, instruments, **more) as writer:
        for chunk in chunks:
            writer.append(chunk)
    return path


@st.composite
def any_quotes(draw: Callable[..., Any]) -> QuoteChunk:
    """Quotes with every mix of columns: equal times, crossed, locked and one-sided quotes among them."""
    rows = draw(st.integers(1, 40))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    price = st.sampled_from([MISSING, 1, 2, 113_456, 2**31 - 1])
    bid, ask = (draw(st.lists(price, min_size=rows, max_size=rows)) for _ in range(2))
    ts = 1_700_000_000 * SECOND + np.cumsum(rng.integers(0, 3, rows)) * draw(st.sampled_from([1, SECOND]))
    columns = quotes(list(ts), bid, ask)._asdict()
    if draw(st.booleans()):
        columns["instrument"] = rng.integers(0, 2, rows).astype(np.int16)
    if draw(st.booleans()):
        columns["ts_event"] = rng.integers(-(2**62), 2**62, rows)
    if draw(st.booleans()):
        columns["bid_size"] = np.where(rng.random(rows) < 0.3, np.nan, rng.random(rows))
    return QuoteChunk(**columns)


@settings(max_examples=40, deadline=None)
@given(chunk=any_quotes(), written_by=st.integers(1, 50), read_by=st.integers(1, 50))
def test_what_is_written_is_read_whatever_the_chunks(
    tmp_path_factory: pytest.TempPathFactory, chunk: QuoteChunk, written_by: int, read_by: int
) -> None:
    path = tmp_path_factory.mktemp("tape") / "two.parquet"
    instruments = TWO if len(chunk.instrument) else EUR_USD
    parts = [cut(chunk, at, at + written_by) for at in range(0, len(chunk.ts), written_by)]
    tape = open_tape(written(path, *parts, instruments=instruments, source="drawn"))
    read = list(tape.chunks(read_by))
    assert all(len(part.ts) == read_by for part in read[:-1])
    assert same(tape.read(), chunk)
    assert same(QuoteChunk(*(np.concatenate(column) for column in zip(*read, strict=True))), chunk)
    assert tape.instruments == tuple(TapeInstrument(*each) for each in instruments)
    assert (tape.kind, tape.rows, tape.source) == ("quotes", len(chunk.ts), "drawn")
    assert (tape.first_ts, tape.last_ts) == (chunk.ts[0], chunk.ts[-1])


@settings(max_examples=40, deadline=None)
@given(data=st.data(), chunk=any_quotes(), rows=st.integers(1, 50), in_memory=st.booleans())
def test_since_and_until_are_a_slice(
    tmp_path_factory: pytest.TempPathFactory,
    data: st.DataObject,
    chunk: QuoteChunk,
    rows: int,
    in_memory: bool,
) -> None:
    near = st.sampled_from(chunk.ts.tolist()).flatmap(lambda ts: st.integers(ts - 2, ts + 2))
    since, until = data.draw(st.none() | near), data.draw(st.none() | near)
    start = 0 if since is None else int(np.searchsorted(chunk.ts, since))
    stop = len(chunk.ts) if until is None else int(np.searchsorted(chunk.ts, until))
    instruments = TWO if len(chunk.instrument) else EUR_USD
    if in_memory:
        tape = tape_of(chunk, instruments)
    else:
        path = tmp_path_factory.mktemp("tape") / "cut.parquet"
        tape = open_tape(written(path, chunk, instruments=instruments))
    wanted = cut(chunk, start, max(start, stop))
    assert same(tape.read(since, until), wanted) or not len(wanted.ts)
    got = [part.ts for part in tape.chunks(rows, since, until)]
    assert np.array_equal(np.concatenate([np.empty(0, np.int64), *got]), wanted.ts)


def test_bars_are_written_and_read_with_their_frame(tmp_path: Path) -> None:
    path = written(tmp_path / "bars.parquet", cut(bars(7), 0, 3), cut(bars(7), 3, 7), kind="bars", frame_s=60)
    tape = open_tape(path)
    assert tape.kind == "bars"
    assert tape.frame_s == 60
    assert same(tape.read(), bars(7))


def test_bars_without_a_volume_have_an_empty_column(tmp_path: Path) -> None:
    silent = bars(3)._replace(volume=np.empty(0))
    path = written(tmp_path / "bars.parquet", silent, kind="bars", frame_s=300)
    assert len(open_tape(path).read().volume) == 0


def test_columns_are_contiguous_and_typed_wherever_the_tape_lies(tmp_path: Path) -> None:
    wide = QuoteChunk(np.arange(6)[::2], np.arange(1, 4), np.arange(2, 5))  # strided times, int64 prices
    for tape in (tape_of(wide, EUR_USD), open_tape(written(tmp_path / "a.parquet", wide))):
        read = tape.read()
        assert [column.dtype for column in read[:3]] == [np.int64, np.int32, np.int32]
        assert all(column.flags.c_contiguous for column in read)


def test_the_file_says_what_it_is_to_any_reader(tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", quotes([5, 6], bid=[MISSING, 7]), source="a test")
    rows = duckdb.sql(f"SELECT ts, bid, ask FROM '{path}'").fetchall()
    assert rows == [(5, None, MISSING + 2), (6, 7, 9)]
    label = duckdb.sql(f"SELECT decode(value) FROM parquet_kv_metadata('{path}')").fetchall()
    assert json.loads(label[0][0]) == {
        "layout": 1,
        "kind": "quotes",
        "instruments": [{"symbol": "EUR_USD", "tick": "0.00001"}],
        "source": "a test",
        "rows": 2,
        "first_ts": 5,
        "last_ts": 6,
        "frame_s": 0,
    }


def test_a_tape_takes_few_bytes_a_quote(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    rows = 200_000
    bid = (113_000 + np.cumsum(rng.integers(-3, 4, rows))).astype(np.int32)
    ts = np.cumsum(rng.integers(1, 500, rows)) * 1_000_000
    walk = QuoteChunk(ts, bid, bid + rng.integers(1, 20, rows, np.int32))
    path = written(tmp_path / "walk.parquet", walk)
    query = f"SELECT DISTINCT encodings, compression FROM parquet_metadata('{path}')"
    assert duckdb.sql(query).fetchall() == [("DELTA_BINARY_PACKED", "ZSTD")]
    assert path.stat().st_size / rows < 4.5  # the chunk in memory is 16 bytes a quote


def test_a_path_with_the_letters_of_a_pattern_is_one_file(tmp_path: Path) -> None:
    written(tmp_path / "a1.parquet", quotes([1]))
    path = written(tmp_path / "a[1]*'s.parquet", quotes([5, 6]))
    assert open_tape(path).read().ts.tolist() == [5, 6]


def test_time_may_stand_still_but_not_go_back(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"row 3 \(counted from 1\): ts 4 is before 5 of the row above"):
        written(tmp_path / "a.parquet", quotes([5, 5, 4]))
    with pytest.raises(DataError, match=r"row 3 .*: ts 4 is before 5"):
        written(tmp_path / "a.parquet", quotes([5, 5]), quotes([4]))
    with pytest.raises(DataError, match=r"row 2 .*: ts 1 is before 2"):
        tape_of(quotes([2, 1]), EUR_USD)
    assert os.listdir(tmp_path) == []


def test_nothing_is_left_when_the_writing_fails(tmp_path: Path) -> None:
    def fail() -> None:
        with TapeWriter(tmp_path / "a.parquet", EUR_USD) as writer:
            writer.append(quotes([1]))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert os.listdir(tmp_path) == []


def test_nothing_is_written_over_without_force(tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", quotes([1]))
    with pytest.raises(DataError, match="it is there already: choose another name, or give --force"):
        written(path, quotes([2]))
    assert open_tape(path).read().ts.tolist() == [1]
    assert open_tape(written(path, quotes([2]), force=True)).read().ts.tolist() == [2]
    assert os.listdir(tmp_path) == ["a.parquet"]


def test_an_empty_tape_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no rows were written"):
        written(tmp_path / "a.parquet", quotes([]))
    with pytest.raises(DataError, match="has no rows"):
        tape_of(quotes([]), EUR_USD)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("chunk", "instruments", "message"),
    [
        (quotes([1, 2])._replace(bid=np.array([1], np.int32)), EUR_USD, r"the column bid has shape \(1,\)"),
        (quotes([1])._replace(bid=np.array([1.5])), EUR_USD, "the column bid holds float64"),
        (quotes([1])._replace(ask=np.array([2**31])), EUR_USD, "more ticks than an int32"),
        (quotes([1]), TWO, "2 instruments, and the column `instrument` is empty"),
        (quotes([1])._replace(instrument=np.array([2], np.int16)), TWO, "instrument 2 of a list of 2"),
        (quotes([1]), [], "quotes with 0 instruments"),
        (bars(1), TWO, "bars with 2 instruments: give exactly one"),
        (quotes([1]), [("EUR_USD", "0.00001")] * 2, "stands twice"),
        (quotes([1]), [("EUR_USD", "-1")], "the tick '-1' is not a positive decimal"),
        (quotes([1]), [("EUR_USD", "five")], "the tick 'five' is not a positive decimal"),
    ],
)
def test_what_breaks_a_law_of_tapes_is_refused(
    chunk: Chunk, instruments: list[tuple[str, str]], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        tape_of(chunk, instruments)


def test_columns_do_not_change_half_way(tmp_path: Path) -> None:
    stamped = quotes([2])._replace(ts_event=np.array([2]))
    with pytest.raises(DataError, match="columns ts, bid, ask, ts_event after rows of ts, bid, ask"):
        written(tmp_path / "a.parquet", quotes([1]), stamped)
    with pytest.raises(DataError, match="a BarChunk for a tape of quotes"):
        written(tmp_path / "a.parquet", bars(1))


def test_a_missing_file_names_its_nearest_neighbour(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"there is no such file; the folder .* is empty"):
        open_tape(tmp_path / "eurusd.parquet")
    written(tmp_path / "eurusd_2019.parquet", quotes([1]))
    written(tmp_path / "zzz.parquet", quotes([1]))
    with pytest.raises(
        DataError, match=r"eurusd_2091\.parquet: there is no such file; the nearest is .*2019"
    ):
        open_tape(tmp_path / "eurusd_2091.parquet")
    with pytest.raises(DataError, match="nor a folder"):
        open_tape(tmp_path / "no" / "eurusd.parquet")


def test_a_file_of_another_make_is_refused_in_one_line(tmp_path: Path) -> None:
    letter = tmp_path / "letter.parquet"
    letter.write_text("Dear tape")
    with pytest.raises(DataError, match="cannot be read as Parquet") as refusal:
        open_tape(letter)
    assert "\n" not in str(refusal.value)
    duckdb.sql("SELECT 1 AS ts").write_parquet(str(tmp_path / "other.parquet"))
    with pytest.raises(DataError, match="Parquet, but no tape of Tickwise"):
        open_tape(tmp_path / "other.parquet")


def test_a_tape_of_a_later_layout_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "later.parquet"
    duckdb.sql(f"COPY (SELECT 1 AS ts) TO '{path}' (KV_METADATA {{tickwise: '{{\"layout\": 99}}'}})")
    with pytest.raises(DataError, match="a tape of layout 99, and this Tickwise reads layout 1"):
        open_tape(path)


PEAK = """
import sys
import numpy as np
from tickwise.market_data.tape import QuoteChunk, TapeWriter, open_tape
path, chunks, rows = sys.argv[1], int(sys.argv[2]), 200_000
step = np.random.default_rng(1).integers(0, 10**9, rows)
price = np.random.default_rng(2).integers(100_000, 120_000, rows).astype(np.int32)
with TapeWriter(path, [("EUR_USD", "0.00001")]) as writer:
    ts = np.cumsum(step)
    for k in range(chunks):
        writer.append(QuoteChunk(ts, price, price + np.int32(2)))
        ts += ts[-1] - ts[0] + 1
assert sum(len(chunk.ts) for chunk in open_tape(path).chunks(rows)) == chunks * rows
status = open("/proc/self/status").read()
print(int(status.split("VmHWM:")[1].split()[0]) // 1024)
"""


def peak_mib(path: Path, chunks: int) -> int:
    run = [sys.executable, "-c", PEAK, str(path), str(chunks)]
    return int(subprocess.run(run, check=True, capture_output=True, text=True).stdout)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
def test_a_tape_of_many_chunks_is_written_and_read_in_the_memory_of_one(tmp_path: Path) -> None:
    few, many = peak_mib(tmp_path / "few.parquet", 5), peak_mib(tmp_path / "many.parquet", 100)
    # Twenty million quotes are 320 MB in memory; the longer tape may cost a few row groups more.
    assert many - few < 100, f"{few} MiB for 1 million quotes, {many} MiB for 20 million"
