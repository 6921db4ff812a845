"""FXCM one-minute candles: a CSV of bid prices and one of ask prices, `timestamp,open,high,low,close`.

The two files differ in their names by one word, `bid` or `ask`; either may be given. A minute that only one
of them has is kept, with the other side missing. Its ticks, as Lean keeps them, are read by `lean`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tickwise.errors import DataError
from tickwise.market_data.importers import text
from tickwise.market_data.importers.schema import PARTS, SIDES
from tickwise.market_data.importers.wish import Incoming, Wish, incoming

HEADER = ("timestamp", *PARTS)
_SIDE = re.compile(r"(?<![a-z])(bid|ask)(?![a-z])", re.IGNORECASE)


def is_one(path: Path) -> bool:
    """Tell whether a CSV is one side of such a pair."""
    header = text.first_lines(path, 1)[0].replace(" ", "").lower().split(",")
    return tuple(header) == HEADER and bool(_SIDE.search(path.stem))


@contextmanager
def read(path: Path, wish: Wish) -> Iterator[Incoming]:
    """Open a pair of candle files for import; either of the two is given."""
    found = {side: _of_side(path, side) for side in SIDES}
    lines = text.first_lines(path)
    unit = wish.ts_unit or text.unit_of(lines[-1].partition(",")[0].strip())
    ts = text.moment("timestamp", unit, wish.zone)
    halves = []
    for side, file in found.items():
        prices = ", ".join(f"{text.number(part)} AS {side}_{part}" for part in PARTS)
        halves.append(f"(SELECT {ts} AS ts, {prices} FROM {text.table(file, HEADER, ',', header=True)})")
    select = f"SELECT * FROM {halves[0]} FULL JOIN {halves[1]} USING (ts) ORDER BY ts"
    with text.staged(path, select, wish, "counted from 1 in order of time") as tape:
        yield incoming(tape, " ".join(["FXCM", *(file.name for file in found.values())]))


def _of_side(path: Path, side: str) -> Path:
    """Give the file of one side, beside the one that was given."""
    if not _SIDE.search(path.stem):
        raise DataError(f"{path}: neither bid nor ask in its name: FXCM candles come as a pair of files")
    other = path.with_name(_SIDE.sub(side, path.stem) + path.suffix)
    if not other.exists():
        raise DataError(f"{path}: its other side {other.name} is not beside it: put both in one folder")
    return other
