"""Chains out of Databento's definitions and statistics: the contracts of a day, with their open interest.

OPRA sends the open interest of the evening before in the morning, once for each exchange, all alike; the
latest stands. There are neither prices nor greeks in these files.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np

from tickwise.errors import DataError
from tickwise.market_data.importers.databento_file import (
    DEFINITION,
    STATISTICS,
    decoded,
    files_within,
    open_dbn,
)
from tickwise.market_data.importers.databento_names import UNNAMED, Names
from tickwise.market_data.options.contract import contract_of
from tickwise.market_data.options.universe import Listing

CLEARED_VOLUME, OPEN_INTEREST = 6, 9
"""Kinds of statistics, as Databento numbers them."""

DELETED = 2
UNDEFINED_QUANTITY = 2**63 - 1


def read_dbn_chain(path: Path, underlying: str = "", day: date | None = None) -> list[Listing]:
    """Read the contracts of a file of definitions or statistics, or of a folder with both.

    Raises DataError where there are none, of the underlying and on the day if these are given.
    """
    files = [open_dbn(each) for each in (files_within(path) if path.is_dir() else [path])]
    files = [file for file in files if file.schema in (DEFINITION, STATISTICS)]
    if not files:
        raise DataError(f"{path}: no chain of options: give definitions or statistics of Databento")
    names = Names(files)
    found: dict[tuple[date, str], dict[int, float]] = {}
    for file in files:
        for record in decoded(file.path):
            _take(record, names, found)
    wanted = underlying.upper()
    listings = [
        listing
        for (seen, symbol), values in sorted(found.items())
        if day is None or seen == day
        for listing in _listed(symbol, seen, values)
        if not wanted or listing.contract.underlying == wanted
    ]
    if not listings:
        raise DataError(f"{path}: no contract of OPRA of what was asked for in it")
    return listings


def _take(record: Any, names: Names, found: dict[tuple[date, str], dict[int, float]]) -> None:
    """Note a definition, or what a statistic says of a contract on its day."""
    if not hasattr(record, "ts_recv"):
        return
    ts = np.array([record.ts_recv], np.uint64).astype(np.int64)
    (place,) = names.places(np.array([record.instrument_id]), ts)
    if place == UNNAMED:
        return
    day = datetime.fromtimestamp(int(ts[0]) // 10**9, UTC).date()
    values = found.setdefault((day, names.symbols[place]), {})
    kind = int(getattr(record, "stat_type", 0))
    if kind in (CLEARED_VOLUME, OPEN_INTEREST):
        values.pop(kind, None)
        if int(record.update_action) != DELETED and record.quantity != UNDEFINED_QUANTITY:
            values[kind] = float(record.quantity)


def _listed(symbol: str, day: date, values: dict[int, float]) -> Iterator[Listing]:
    """Give the listing of an option's symbol; nothing for what is none of OPRA's."""
    try:
        contract = contract_of(symbol)
    except DataError:
        return
    volume, held = values.get(CLEARED_VOLUME), values.get(OPEN_INTEREST)
    yield Listing(contract, day, None, volume, held, None, None, None)
