"""One way in for every format: seen by itself, nothing written over, told as it goes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tickwise.errors import DataError
from tickwise.market_data.importers import FORMATS, format_of, import_file, open_any
from tickwise.market_data.tape import open_tape


def test_every_format_is_seen_by_itself(real_data: Path) -> None:
    raw = real_data / "raw"
    seen = {
        "quotes/eurusd_oanda_20140501_0509.parquet": "parquet",
        "raw/histdata_ascii_ticks_eurusd_20200101.csv": "histdata",
        "raw/fxcm_gbpusd_m1_ask_2012.csv": "fxcm",
        "raw/dukascopy": "dukascopy",
        "raw/dukascopy/EURUSD/2019/01/04/08h_ticks.bi5": "dukascopy",
        "dbn/dbn-crate/test_data.mbp-1.v1.dbn.zst": "databento",
        "dbn/dbn-crate/test_data.mbp-1.dbz": "databento",
        "dbn/nautilus/options_catalog": "databento",
        "raw/lean/forex": "lean",
        "raw/lean/forex/oanda/tick/eurusd/20140504_quote.zip": "lean",
        "raw/lean/option/usa/universes/goog/20151222.csv": "csv",
    }
    assert {name: format_of(real_data / name) for name in seen} == seen
    assert set(FORMATS) == {*seen.values(), "oanda", "recording"}  # neither is published anywhere
    with pytest.raises(DataError, match=r"a folder with neither \.bi5, _quote\.zip nor \.dbn files"):
        format_of(raw / "lean" / "option" / "usa" / "universes")


def test_a_foreign_parquet_becomes_a_tape_that_opens_as_one(
    parquet: Callable[..., Path], good: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    seen: list[tuple[int, int]] = []
    foreign = parquet(good())
    out = tmp_path / "tape.parquet"
    tape = import_file(foreign, out, progress=lambda *done: seen.append(done))
    assert tape.notes == open_any(foreign).notes
    assert seen == [(5, 5)]
    assert open_tape(out).read().bid.tolist() == open_any(foreign).read().bid.tolist()
    again = import_file(out, tmp_path / "again.parquet")
    assert again.read().ask.tolist() == tape.read().ask.tolist()


def test_nothing_is_written_over_without_force(
    parquet: Callable[..., Path], good: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    out = tmp_path / "tape.parquet"
    out.write_text("precious")
    with pytest.raises(
        DataError, match=r"tape\.parquet: it is there already: choose another name, or give --force"
    ):
        import_file(parquet(good()), out)
    assert out.read_text() == "precious"
    assert import_file(parquet(good()), out, force=True).rows == 5


def test_a_wrong_format_or_file_is_one_line(
    parquet: Callable[..., Path], good: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    with pytest.raises(
        DataError, match="xls: no such format: choose one of csv, databento, dukascopy, fxcm, histdata, lean"
    ):
        import_file(parquet(good()), tmp_path / "tape.parquet", fmt="xls")
    with pytest.raises(
        DataError, match=r"eurusd\.parquett: there is no such file; the nearest is .*eurusd\.parquet"
    ):
        import_file(tmp_path / "eurusd.parquett", tmp_path / "tape.parquet")
    with pytest.raises(DataError, match="there is no folder"):
        import_file(parquet(good()), tmp_path / "no" / "tape.parquet")
    (tmp_path / "note.parquet").write_text("PAR1 and nothing more")
    with pytest.raises(DataError, match=r"note\.parquet: cannot be read as Parquet"):
        import_file(tmp_path / "note.parquet", tmp_path / "tape.parquet")


def test_a_span_of_time_can_be_chosen_of_any_format(
    parquet: Callable[..., Path], good: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    columns = good()
    whole = import_file(parquet(columns), tmp_path / "whole.parquet").read()
    since, until = int(whole.ts[1]), int(whole.ts[4])
    part = import_file(parquet(columns), tmp_path / "part.parquet", since=since, until=until)
    assert part.read().ts.tolist() == whole.ts[1:4].tolist()
    with pytest.raises(DataError, match="no rows were written"):
        import_file(parquet(columns), tmp_path / "none.parquet", until=int(whole.ts[0]))
