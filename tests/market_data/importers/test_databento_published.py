"""Published files of Databento: each is read as its own decoder reads it, or refused with the reason."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import databento_dbn as dbn
import numpy as np
import pytest

from market_data.importers.dbn_made import MONDAY, decoded, file_of, quotes
from tickwise.errors import DataError
from tickwise.market_data.chunks import MISSING
from tickwise.market_data.importers import databento, import_file
from tickwise.market_data.importers.databento_names import house_symbol
from tickwise.market_data.importers.wish import Wish
from tickwise.market_data.tape import Tape

CENTS = 10_000_000
SAMPLED = ("cbbo-1s", "cbbo-1m", "bbo-1s", "bbo-1m")

REASONS = {
    "it describes instruments": 15,
    "it has trades": 9,
    "the format before DBN": 9,
    "it has single orders": 8,
    "it has settlements": 6,
    "no record of what was asked for": 4,
    "bars of 2 instruments": 2,
    "it has auction imbalances": 1,
    "it has halts": 1,
    "Databento's mixed": 1,
}
"""Why published files are refused, and how many for each reason."""


def every_file(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.db*") if path.is_file())


def official(path: Path) -> list[tuple[Any, ...]]:
    """Give the rows a tape must have, from the records of Databento's own decoder, in ticks of 0.01."""
    head, *found = decoded(path)
    names = {
        (span["symbol"], day): house_symbol(symbol)
        for symbol, spans in head.mappings.items()
        for span in spans
        for day in range(span["start_date"].toordinal(), span["end_date"].toordinal())
    }
    rows = []
    for place, each in enumerate(found):
        is_bar = isinstance(each, dbn.OHLCVMsg)
        ts = each.ts_event if is_bar else each.ts_recv
        symbol = names[str(each.instrument_id), 719_163 + ts // (86_400 * 10**9)]
        if is_bar:
            prices = [each.open, each.high, each.low, each.close]
            rows.append((ts, place, symbol, *map(ticks, prices * 2), float(each.volume)))
        else:
            best = each.levels[0] if isinstance(each.levels, list) else each.levels
            event = () if str(head.schema) in SAMPLED else (each.ts_event,)
            sizes = (float(best.bid_sz), float(best.ask_sz))
            rows.append((ts, place, symbol, ticks(best.bid_px), ticks(best.ask_px), *event, *sizes))
    rows.sort(key=lambda row: row[:2])
    return [(row[0], *row[2:]) for row in rows]


def ticks(price: int) -> int:
    """Count a price in cents, exactly."""
    whole, rest = divmod(price, CENTS)
    assert price == dbn.UNDEF_PRICE or rest == 0
    return MISSING if price == dbn.UNDEF_PRICE else whole


def held(tape: Tape) -> list[tuple[Any, ...]]:
    """Give the rows of a tape as `official` does."""
    rows = tape.read()
    places = getattr(rows, "instrument", ())
    names = [tape.instruments[place].symbol for place in places] or [tape.instruments[0].symbol] * len(
        rows.ts
    )
    columns = [
        column.tolist() for name, column in rows._asdict().items() if len(column) and name != "instrument"
    ]
    return [(row[0], name, *row[1:]) for name, row in zip(names, zip(*columns, strict=True), strict=True)]


def test_every_published_file_is_read_as_databento_reads_it_or_refused(
    real_data: Path, tmp_path: Path
) -> None:
    counts = {
        each["file"]: each["rows"]
        for each in json.loads((real_data / "manifest.json").read_text())
        if each["file"].startswith("dbn/")
    }
    reasons = dict.fromkeys(REASONS, 0)
    read = 0
    for path in every_file(real_data / "dbn"):
        try:
            tape = import_file(path, tmp_path / "tape.parquet", tick="0.01", force=True)
        except DataError as error:
            reasons[next(reason for reason in REASONS if reason in str(error))] += 1
            continue
        assert held(tape) == official(path), path
        assert tape.rows == counts[path.relative_to(real_data).as_posix()]
        read += 1
    assert read == 68
    assert reasons == REASONS


def test_definitions_beside_the_quotes_give_their_ticks(real_data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "futures"
    folder.mkdir()
    for name in ("futures_definition", "futures_bbo-1m_2024-05-09T09-55_2024-05-09T10-05"):
        path = real_data / "dbn" / "nautilus" / "options_catalog" / f"{name}.dbn.zst"
        (folder / path.name).symlink_to(path)
    tape = import_file(folder, tmp_path / "tape.parquet")
    assert tape.rows == 20
    assert tape.instruments == (("ESM4", "0.25"), ("NQM4", "0.25"))
    assert tape.notes == ()


def peak_bytes(path: Path) -> int:
    """Import a file without writing it; give the most memory that was held."""
    tracemalloc.start()
    with databento.read(path, Wish()) as coming:
        rows = sum(len(chunk.ts) for chunk in coming.chunks)
        assert rows == coming.rows
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["dbn", "dbn.zst"])
def test_a_long_file_needs_no_more_memory_than_a_short_one(tmp_path: Path, ending: str) -> None:
    peaks = []
    for count in (300_000, 3_000_000):
        ts = MONDAY + np.arange(count, dtype=np.int64) * 20_000
        bid = 100 * CENTS + np.arange(count) % 50 * CENTS
        made = quotes("mbp-1", ts, bid, bid + CENTS)  # type: ignore[arg-type]
        path = file_of(tmp_path / f"{count}.{ending}", "mbp-1", made, {"SPY   260116C00690000": [(0, 1)]})
        del made
        peaks.append(peak_bytes(path))
    assert peaks[1] < 1.2 * peaks[0]
    assert peaks[1] < 100_000_000
