"""CSV and its kin: any columns, any delimiter, times in any unit.

A header names the columns; the usual names are understood, others are given as `{"ts": "Time", "bid": "B"}`.
Without a header the columns are named 1, 2, 3 ... from the left.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tickwise.errors import DataError
from tickwise.market_data.importers import text
from tickwise.market_data.importers.schema import BAR_PRICES, PARTS, SIDES, SIZES
from tickwise.market_data.importers.wish import Incoming, Wish, incoming

TIMES = ("ts", "ts_event")
NUMBERS = (*SIDES, *SIZES, *BAR_PRICES, *PARTS, "volume")

USUAL = {
    "ts": ("ts", "timestamp", "time", "datetime", "gmttime", "date"),
    "bid": ("bid", "bidprice"),
    "ask": ("ask", "askprice"),
    "bid_size": ("bidsize", "bidvolume"),
    "ask_size": ("asksize", "askvolume"),
    "volume": ("volume", "vol"),
}
"""What files call our columns, in small letters without blanks, dashes and brackets."""


def columns_from(written: str) -> dict[str, str]:
    """Read `ts=Time,bid=Bid price,ask=Ask price`: our name, then the file's.

    Raises DataError where a part is no such pair or our name is none of a tape's columns.
    """
    pairs = [part.partition("=") for part in written.split(",") if part.strip()]
    for name, equals, column in pairs:
        if not equals or not column.strip():
            raise DataError(f"columns: {name} says nothing: write ts=Time,bid=Bid,ask=Ask")
    return _known({name.strip(): column.strip() for name, _, column in pairs})


@contextmanager
def read(path: Path, wish: Wish) -> Iterator[Incoming]:
    """Open a text file of quotes or bars for import."""
    lines = text.first_lines(path)
    delimiter = text.delimiter_of(lines[0])
    top, *below = csv.reader(lines, delimiter=delimiter)
    header = not any(_is_number(cell) for cell in top)
    names = [cell.strip() for cell in top] if header else [str(place) for place in range(1, len(top) + 1)]
    found = _found(names, wish.columns, path)
    first = dict(zip(names, (below or [[]])[0] if header else top, strict=False))
    unit = wish.ts_unit or text.unit_of(first.get(found["ts"], "").strip())
    rows = text.table(path, names, delimiter, header=header)
    counted = "counted from 1 below the header" if header else "counted from 1"
    plain = replace(wish, columns={})
    with text.staged(path, f"SELECT {_selected(found, unit, wish.zone)} FROM {rows}", plain, counted) as tape:
        yield incoming(tape, path.name)


def _selected(found: Mapping[str, str], unit: str, zone: str | None) -> str:
    times = [f"{text.moment(found[name], unit, zone)} AS {name}" for name in TIMES if name in found]
    numbers = [f"{text.number(found[name])} AS {name}" for name in NUMBERS if name in found]
    return ", ".join(times + numbers)


def _found(names: Sequence[str], told: Mapping[str, str], path: Path) -> dict[str, str]:
    """Find our columns among the file's: those told, then those with a usual name."""
    lacking = [column for column in told.values() if column not in names]
    if lacking:
        raise DataError(f"{path}: no column {', '.join(lacking)}: the columns are {', '.join(names)}")
    plain = {re.sub(r"[^a-z0-9]", "", name.lower()): name for name in reversed(names)}
    usual = {ours: USUAL.get(ours, (ours.replace("_", ""),)) for ours in (*TIMES, *NUMBERS)}
    seen = {ours: plain[each] for ours, some in usual.items() for each in reversed(some) if each in plain}
    found = seen | _known(told)
    if "ts" not in found:
        raise DataError(
            f"{path}: no column of times: the columns are {', '.join(names)}: "
            "say which is which with --columns ts=...,bid=...,ask=..."
        )
    return found


def _known(columns: Mapping[str, str]) -> dict[str, str]:
    strange = [name for name in columns if name not in (*TIMES, *NUMBERS)]
    if strange:
        known = ", ".join((*TIMES, *NUMBERS))
        raise DataError(f"columns: a tape has no {', '.join(strange)}: choose among {known}")
    return dict(columns)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
