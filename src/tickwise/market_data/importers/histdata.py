"""HistData.com ASCII ticks: `YYYYMMDD HHMMSSmmm,bid,ask,volume`, no header.

Its clock is Eastern Standard Time all year, five hours behind UTC, without daylight saving (the site's
file specification; the payrolls of 2014-05-02 lie at 12:30 UTC so and only so). The volume is always 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tickwise.market_data.importers import text
from tickwise.market_data.importers.wish import Incoming, Wish, incoming

ZONE = "-05:00"
CLOCK = "%Y%m%d %H%M%S%g"
LINE = re.compile(r"\d{8} \d{9},[\d.]+,[\d.]+,\d+")
COLUMNS = ("clock", "bid", "ask", "volume")


def is_one(path: Path) -> bool:
    """Tell whether a text file begins as these do."""
    return bool(LINE.fullmatch(text.first_lines(path, 1)[0]))


@contextmanager
def read(path: Path, wish: Wish) -> Iterator[Incoming]:
    """Open a file of ticks for import."""
    rows = text.table(path, COLUMNS, ",", header=False)
    ts = text.moment("clock", CLOCK, wish.zone or ZONE)
    select = f"SELECT {ts} AS ts, {text.number('bid')} AS bid, {text.number('ask')} AS ask FROM {rows}"
    with text.staged(path, select, wish, "counted from 1") as tape:
        yield incoming(tape, f"HistData {path.name}")
