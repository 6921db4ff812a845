"""Files of Databento as tapes: exact ticks, the right times and names, and damage that is not passed over."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import databento_dbn as dbn
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market_data.importers.dbn_made import (
    DAY_NS,
    LAYOUTS,
    MONDAY,
    NONE,
    SPY_690,
    SPY_700,
    Names,
    file_of,
    metadata,
    quotes,
    records,
)
from tickwise.errors import DataError
from tickwise.market_data.chunks import MISSING, TapeInstrument
from tickwise.market_data.importers import databento_file, import_file
from tickwise.market_data.importers.databento_file import DbnFile, Interval
from tickwise.market_data.importers.databento_names import EPOCH, UNNAMED
from tickwise.market_data.importers.databento_names import Names as Known
from tickwise.market_data.tape import Tape

CENT = 10_000_000
CALL = TapeInstrument("SPY260116C00690000", "0.01")
ONE: Names = {SPY_690: [(0, 1), (1, 1)]}
TWO: Names = {SPY_690: [(0, 1), (1, 2)], SPY_700: [(0, 2), (1, 1)]}
"""The numbers of two contracts, which change places on Tuesday."""

PARTS = ("open", "high", "low", "close")

Import = Callable[..., Tape]


@pytest.fixture
def imported(tmp_path: Path) -> Import:
    """Import a file or folder, or records that are first written to one."""

    def ran(what: Any, names: Names = ONE, schema: str = "mbp-1", **wishes: Any) -> Tape:
        path = what
        if not isinstance(what, Path):
            path = file_of(tmp_path / f"made.{schema}.dbn", schema, what, names)
        return import_file(path, tmp_path / "tape.parquet", force=True, **wishes)

    return ran


def test_a_quote_is_in_exact_ticks_at_the_time_it_was_seen(imported: Import) -> None:
    tape = imported(
        quotes("mbp-1", [MONDAY + 5000, MONDAY + 6000], [435 * CENT, 436 * CENT], [437 * CENT] * 2)
    )
    rows = tape.read()
    assert tape.instruments == (CALL,)
    assert tape.source == "Databento OPRA.PILLAR mbp-1"
    assert tape.notes == ("tick 0.01 of SPY260116C00690000 guessed from the prices",)
    assert rows.ts.tolist() == [MONDAY + 5000, MONDAY + 6000]
    assert rows.ts_event.tolist() == [MONDAY + 4000, MONDAY + 5000]
    assert (rows.bid.tolist(), rows.ask.tolist()) == ([435, 436], [437, 437])
    assert (rows.bid_size.tolist(), rows.ask_size.tolist()) == ([10.0, 10.0], [20.0, 20.0])


@pytest.mark.parametrize("schema", ["cbbo-1s", "cbbo-1m", "bbo-1s", "bbo-1m"])
def test_a_sampled_quote_does_not_bear_the_time_of_the_last_trade(imported: Import, schema: str) -> None:
    rows = imported(quotes(schema, [MONDAY], [CENT], [2 * CENT]), schema=schema).read()
    assert (rows.ts.tolist(), len(rows.ts_event)) == ([MONDAY], 0)


@pytest.mark.parametrize("schema", ["tbbo", "tcbbo", "cmbp-1", "mbp-10"])
def test_every_other_schema_of_quotes_bears_its_own_time(imported: Import, schema: str) -> None:
    made = quotes(schema, [MONDAY, MONDAY + 9], [CENT] * 2, [2 * CENT] * 2)
    made["ts_event"][1] = dbn.UNDEF_TIMESTAMP
    rows = imported(made, schema=schema).read()
    assert rows.ts_event.tolist() == [MONDAY - 1000, MONDAY + 9]


def test_a_side_that_nobody_quotes_stays_missing(imported: Import) -> None:
    made = quotes("cbbo-1s", [MONDAY + k for k in range(4)], [NONE, CENT, 0, NONE], [CENT, NONE, CENT, NONE])
    made["bid_sz_00"][2] = 0
    rows = imported(made, schema="cbbo-1s").read()
    assert rows.bid.tolist() == [MISSING, 1, MISSING, MISSING]
    assert rows.ask.tolist() == [1, MISSING, 1, MISSING]


def test_a_number_means_what_its_day_says(imported: Import) -> None:
    ts = [MONDAY, MONDAY + 1, MONDAY + DAY_NS, MONDAY + DAY_NS + 1]
    tape = imported(quotes("mbp-1", ts, [CENT] * 4, [2 * CENT] * 4, [1, 2, 1, 2]), TWO)
    rows = tape.read()
    assert [tape.instruments[place].symbol for place in rows.instrument] == [
        "SPY260116C00690000",
        "SPY260116C00700000",
        "SPY260116C00700000",
        "SPY260116C00690000",
    ]


def test_records_are_put_in_order_of_time_and_equal_times_keep_theirs(imported: Import) -> None:
    ts = [MONDAY + 3, MONDAY + 1, MONDAY + 3, MONDAY + 1]
    made = quotes("mbp-1", ts, [k * CENT for k in (1, 2, 3, 4)], [9 * CENT] * 4)
    assert imported(made).read().bid.tolist() == [2, 4, 1, 3]


@settings(deadline=None, max_examples=40, derandomize=True)
@given(
    prices=st.lists(
        st.tuples(st.integers(1, 2**31 - 1), st.one_of(st.just(NONE), st.integers(1, 2**31 - 1))),
        min_size=1,
        max_size=30,
    ),
    digits=st.integers(2, 9),
    packed=st.booleans(),
    block_bytes=st.integers(1, 500),
)
def test_no_price_is_rounded_and_the_size_of_a_block_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory,
    prices: list[tuple[int, int]],
    digits: int,
    packed: bool,
    block_bytes: int,
) -> None:
    folder = tmp_path_factory.mktemp("exact")
    unit = 10 ** (9 - digits)
    bid = [price * unit for price, _ in prices]
    ask = [price if price == NONE else price * unit for _, price in prices]
    made = quotes("cmbp-1", [MONDAY + k for k in range(len(prices))], bid, ask)
    path = file_of(folder / f"made.dbn{'.zst' if packed else ''}", "cmbp-1", made, ONE)
    tick = f"{10**-digits:.{digits}f}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(databento_file, "BLOCK_BYTES", block_bytes)
        patch.setattr(databento_file, "PACKED_BYTES", block_bytes)
        rows = import_file(path, folder / "tape.parquet", tick=tick).read()
    assert rows.ts.tolist() == [MONDAY + k for k in range(len(prices))]
    assert rows.bid.tolist() == [price for price, _ in prices]
    assert rows.ask.tolist() == [MISSING if price == NONE else price for _, price in prices]


@settings(deadline=None, max_examples=20, derandomize=True)
@given(st.integers(0, 2**32 - 1), st.integers(2, 60_000))
def test_every_number_finds_its_name_however_many_there_are(seed: int, count: int) -> None:
    chance = np.random.default_rng(seed)
    numbers = np.unique(chance.integers(0, 2**32, count, dtype=np.uint64)).astype(np.uint32)
    until = date.fromordinal(EPOCH + 3)
    some = [Interval(int(number), date(1970, 1, 1), until, f"S{number}") for number in numbers[::3].tolist()]
    names = Known([DbnFile(Path("made"), "", "mbp-1", tuple(some), 0, 0)])
    for _ in range(3):
        asked = chance.choice(numbers, 500)
        days = chance.integers(0, 5, 500)
        places = names.places(asked, days * DAY_NS)
        named = set(numbers[::3].tolist())
        wanted = [
            f"S{number}" if number in named and day < 3 else None
            for number, day in zip(asked.tolist(), days.tolist(), strict=True)
        ]
        assert [None if place == UNNAMED else names.symbols[place] for place in places] == wanted


def test_bars_have_both_sides_alike_and_open_when_they_open(imported: Import) -> None:
    made = records(
        "ohlcv-1m",
        {
            "ts_event": [MONDAY, MONDAY + 60 * 10**9],
            "instrument_id": [1, 1],
            "open": [100 * CENT, 103 * CENT],
            "high": [105 * CENT, 103 * CENT],
            "low": [99 * CENT, 101 * CENT],
            "close": [103 * CENT, 101 * CENT],
            "volume": [7, 8],
        },
    )
    tape = imported(made, schema="ohlcv-1m")
    rows = tape.read()
    assert (tape.kind, tape.instruments) == ("bars", (CALL,))
    assert tape.kind == "bars"
    assert tape.frame_s == 60
    assert rows.ts.tolist() == [MONDAY, MONDAY + 60 * 10**9]
    sides = [getattr(rows, f"{side}_{part}").tolist() for side in ("bid", "ask") for part in PARTS]
    assert sides == [[100, 103], [105, 103], [99, 101], [103, 101]] * 2
    assert rows.volume.tolist() == [7.0, 8.0]


def test_a_span_and_one_of_several_contracts_can_be_chosen(imported: Import) -> None:
    ts = [MONDAY + k for k in range(6)]
    made = quotes("mbp-1", ts, [k * CENT for k in range(1, 7)], [9 * CENT] * 6, [1, 2, 1, 2, 1, 2])
    span = imported(made, TWO, since=MONDAY + 1, until=MONDAY + 5)
    assert span.read().bid.tolist() == [2, 3, 4, 5]
    for asked in (SPY_700, "SPY260116C00700000"):
        one = imported(made, TWO, instrument=asked, since=MONDAY + 2)
        assert one.instruments == (CALL._replace(symbol="SPY260116C00700000"),)
        assert one.read().bid.tolist() == [4, 6]


def test_the_only_instrument_may_be_given_another_name(imported: Import) -> None:
    made = quotes("mbp-1", [MONDAY], [CENT], [2 * CENT])
    assert imported(made, instrument="SPY_CALL", tick="0.005").instruments == (("SPY_CALL", "0.005"),)
    assert imported(made, {}, instrument="SPY_CALL").instruments == (("SPY_CALL", "0.01"),)


def definition(symbol: str, number: int, increment: int) -> bytes:
    """Write the record of a definition of Monday."""
    made = dbn.InstrumentDefMsg(
        publisher_id=30,
        instrument_id=number,
        ts_event=MONDAY,
        ts_recv=MONDAY,
        min_price_increment=increment,
        display_factor=10**9,
        raw_symbol=symbol,
        asset="SPY",
        security_type="OOF",
        instrument_class=dbn.InstrumentClass.CALL,
        security_update_action=dbn.SecurityUpdateAction.ADD,
        min_lot_size_round_lot=1,
        raw_instrument_id=number,
        strike_price=690 * 10**9,
    )
    return bytes(made)


def test_a_folder_has_days_in_order_with_names_and_ticks_from_definitions(
    imported: Import, tmp_path: Path
) -> None:
    folder = tmp_path / "days"
    folder.mkdir()
    late = quotes("mbp-1", [MONDAY + 90], [50 * CENT], [55 * CENT], 1)
    early = quotes("mbp-1", [MONDAY + 10, MONDAY + 11], [40 * CENT, 7 * CENT], [45 * CENT, 8 * CENT], [1, 2])
    file_of(folder / "a.dbn", "mbp-1", late, {})
    file_of(folder / "b.dbn.zst", "mbp-1", early, {})
    defined = definition(SPY_690, 1, 5 * CENT) + definition(SPY_700, 2, NONE)
    (folder / "c.dbn").write_bytes(metadata("definition", {}) + defined)
    tape = imported(folder)
    bids = tape.read().bid.tolist()
    (folder / "c.dbn").write_bytes(metadata("definition", {}) + defined[:-1])
    with pytest.raises(DataError, match=r"c\.dbn: it ends within record 2: it was cut off"):
        imported(folder)
    assert tape.instruments == (("SPY260116C00690000", "0.05"), ("SPY260116C00700000", "0.01"))
    assert tape.notes == ("tick 0.01 of SPY260116C00700000 guessed from the prices",)
    assert bids == [8, 7, 10]


def test_the_sending_time_behind_each_record_is_stepped_over(imported: Import, tmp_path: Path) -> None:
    plain = quotes("mbp-1", [MONDAY, MONDAY + 1], [CENT, 2 * CENT], [3 * CENT] * 2)
    columns = {name: plain[name] for name in plain.dtype.names or ()}
    made = records("mbp-1", columns, tail_bytes=8)
    path = file_of(tmp_path / "sent.dbn", "mbp-1", made, ONE, ts_out=True)
    assert imported(path).read().bid.tolist() == [1, 2]


GOOD = quotes("mbp-1", [MONDAY + k for k in range(50)], [CENT] * 50, [2 * CENT] * 50)


@pytest.mark.parametrize(
    ("name", "cut", "why"),
    [
        ("a.dbn", -1, "it ends within record 50, 79 of 80 bytes are there: it was cut off"),
        ("a.dbn", -79, "it ends within record 50, 1 of 80 bytes are there: it was cut off"),
        ("a.dbn", 150, "it ends within its metadata: it was cut off"),
        ("a.dbn", 5, "it ends within its metadata: it was cut off"),
        ("a.dbn", 0, "it ends within its metadata: it was cut off"),
        ("a.dbn.zst", -1, "its packed data has no end after byte"),
        ("a.dbn.zst", -40, "it was cut off; fetch it again"),
        ("a.dbn.zst", 60, "it was cut off; fetch it again"),
    ],
)
def test_a_file_that_was_cut_off_is_refused_with_the_place(
    imported: Import, tmp_path: Path, name: str, cut: int, why: str
) -> None:
    path = file_of(tmp_path / name, "mbp-1", GOOD, ONE)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(DataError) as refused:
        imported(path)
    assert why in str(refused.value)
    assert str(path) in str(refused.value)
    assert not (tmp_path / "tape.parquet").exists()


def test_bytes_that_are_no_records_are_refused(imported: Import, tmp_path: Path) -> None:
    path = file_of(tmp_path / "a.dbn", "mbp-1", GOOD, ONE)
    whole = bytearray(path.read_bytes())
    start = len(metadata("mbp-1", ONE))
    whole[start + 80 * 7 + 1] = 193
    path.write_bytes(whole)
    with pytest.raises(DataError, match=r"record 8 .* is of type 193 .* and mbp-1 has type 1"):
        imported(path)
    path.write_bytes(b"DBN\xff" + (120).to_bytes(4, "little") + bytes(120))
    with pytest.raises(DataError, match="its metadata cannot be read"):
        imported(path)
    path.write_bytes(b"DBN\x03" + b"\xff" * 200)
    with pytest.raises(DataError, match=r"it speaks of 4,294,967,303 bytes of metadata: it is damaged"):
        imported(path)
    path.write_bytes(b"ts,bid,ask\n1,2,3\n")
    with pytest.raises(DataError, match="no file of Databento: it does not begin with DBN"):
        imported(path)
    packed = tmp_path / "b.dbn.zst"
    packed.write_bytes(b"\x28\xb5\x2f\xfd" + bytes(range(60)))
    with pytest.raises(DataError, match=r"b\.dbn\.zst: "):
        imported(packed)


@pytest.mark.parametrize(
    ("column", "value", "why", "kept"),
    [
        ("bid_px_00", CENT + 1, "bid 0.010000001 is not a whole number of ticks of 0.01", True),
        ("ask_px_00", -CENT, "ask is -0.01, and a price is positive", True),
        ("bid_px_00", 2**31 * CENT, "is more ticks of 0.01 than an int32 can hold", True),
        ("ts_recv", dbn.UNDEF_TIMESTAMP, "ts is undefined", False),
    ],
)
def test_a_faulty_record_is_refused_kept_as_missing_or_dropped(
    imported: Import, column: str, value: int, why: str, kept: bool
) -> None:
    made = GOOD.copy()
    made[column][10] = value
    names: Names = {SPY_690: [(0, 1), (-20_459, 1)]}
    with pytest.raises(DataError) as refused:
        imported(made, names, tick="0.01")
    assert "record 11 (counted from 1)" in str(refused.value)
    assert why in str(refused.value)
    assert imported(made, names, tick="0.01", faulty="drop").rows == 49
    assert imported(made, names, tick="0.01", faulty="keep").rows == (50 if kept else 49)


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ("trades", "fetch tbbo, the same trades with their quotes"),
        ("mbo", "it has single orders"),
        ("definition", "put it in one folder with the quotes it describes"),
        ("statistics", "it has settlements and open interest"),
    ],
)
def test_a_schema_without_quotes_says_what_to_fetch(
    imported: Import, tmp_path: Path, schema: str, why: str
) -> None:
    path = tmp_path / "a.dbn"
    path.write_bytes(metadata(schema, ONE))
    with pytest.raises(DataError, match=why):
        imported(path)


def test_what_no_tape_can_be_made_of_says_why(imported: Import, tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"record 1 .* what instrument 1 is on 2026-01-05: put the definition"
    ):
        imported(GOOD, {})
    two = quotes("mbp-1", [MONDAY, MONDAY + 1], [CENT] * 2, [2 * CENT] * 2, [1, 2])
    with pytest.raises(DataError, match=r"record 1 .* what instrument 1 is on"):
        imported(two, {}, instrument="SPY")
    with pytest.raises(
        DataError, match=r"no QQQ among its 2 instruments: SPY260116C00690000, SPY260116C00700000"
    ):
        imported(two, TWO, instrument="QQQ")
    with pytest.raises(DataError, match="no record of what was asked for"):
        imported(GOOD, since=MONDAY + 50)
    with pytest.raises(DataError, match="no record of what was asked for"):
        imported(GOOD[:0])
    with pytest.raises(DataError, match=r"a tick of 0\.0000000001 is finer than the file's prices"):
        imported(GOOD, tick="0.0000000001")
    bars = records("ohlcv-1m", {"ts_event": [MONDAY] * 2, "instrument_id": [1, 2], "open": [CENT] * 2})
    for part in ("high", "low", "close"):
        bars[part] = CENT
    with pytest.raises(DataError, match=r"bars of 2 instruments .* choose it with --instrument"):
        imported(bars, TWO, "ohlcv-1m")
    assert imported(bars, TWO, "ohlcv-1m", instrument="SPY260116C00700000").rows == 1
    bars["high"] = CENT // 2
    with pytest.raises(DataError, match="its open or its close outside its high and low"):
        imported(bars, TWO, "ohlcv-1m", instrument=SPY_690, tick="0.005")


def test_files_that_do_not_belong_together_are_refused(imported: Import, tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    file_of(folder / "a.dbn", "mbp-1", GOOD, ONE)
    file_of(folder / "b.dbn", "tbbo", quotes("tbbo", [MONDAY], [CENT], [CENT]), ONE)
    with pytest.raises(DataError, match=r"files of several schemas \(mbp-1, tbbo\)"):
        imported(folder)
    file_of(folder / "b.dbn", "mbp-1", GOOD, ONE)
    with pytest.raises(DataError, match=r"b\.dbn: record 1 .* ts .* is before .* of a block above"):
        imported(folder)
    assert imported(folder, faulty="drop").rows == 51


def test_without_the_extra_the_reader_says_how_to_get_it(
    imported: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "databento_dbn", None)
    with pytest.raises(DataError, match=r"install it with `pip install 'tickwise\[databento\]'`"):
        imported(GOOD)


def test_every_layout_is_databentos() -> None:
    """The offsets this importer reads at are those of the official package."""
    for schema, (message, rtype) in LAYOUTS.items():
        if schema == "trades":
            continue
        shape = databento_file.SHAPES[schema]
        official = np.dtype([(name, kind) for name, kind in message._dtypes])
        assert (shape.rtype, shape.dtype.itemsize) == (rtype, official.itemsize)
        theirs = {"bid": "bid_px_00", "ask": "ask_px_00", "bid_size": "bid_sz_00", "ask_size": "ask_sz_00"}
        for name in shape.dtype.names or ():
            ours, given = shape.dtype.fields or {}, official.fields or {}
            assert ours[name][:2] == given[theirs.get(name, name)][:2], (schema, name)
