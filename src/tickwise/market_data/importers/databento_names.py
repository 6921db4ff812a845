"""What the numbers in Databento's records mean: the symbol of a day, and its smallest price increment.

The number of an instrument is that of a day: OPRA gives its numbers anew. So a record is named by its number
and its UTC date, as the metadata of its file says, or a definition file beside it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tickwise.errors import DataError
from tickwise.market_data.importers.databento_file import (
    DEFINITION,
    PRICE_UNIT,
    UNDEFINED_PRICE,
    DbnFile,
    Interval,
    decoded,
)
from tickwise.market_data.options.occ import parse_occ

DAY_NS = 86_400 * 1_000_000_000
EPOCH = date(1970, 1, 1).toordinal()
UNNAMED = -1
SLOT_BITS = 18
SLOT_SHIFT = np.uint64(64 - SLOT_BITS)
MIX = np.uint64(0x9E3779B97F4A7C15)
"""2^64 divided by the golden ratio: multiplying by it spreads neighbours (Knuth, volume 3, 6.4)."""

NO_KEY = -1
SYMBOLS_MAX = 2**15 - 1
"""A tape numbers its instruments in 16 bits."""


class Names:
    """Symbols in the order in which they were first seen, and the place of each record's."""

    def __init__(self, files: Iterable[DbnFile]) -> None:
        """Gather what files say of their numbers; definition files also say increments."""
        self.symbols: list[str] = []
        self.increments: dict[str, str] = {}
        self._spans: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
        self._places: dict[int, int] = {}
        self._alone: tuple[int, str] | None = None
        self._forget_slots()
        for file in files:
            for interval in file.intervals:
                self._add(interval)
            if file.schema == DEFINITION:
                self._define(file.path)

    @property
    def known(self) -> frozenset[str]:
        """Every symbol the files speak of, whether a record bears it or not."""
        return frozenset(symbol for spans in self._spans.values() for _, _, symbol in spans)

    def place_of(self, symbol: str) -> int:
        """Give the place of a symbol; UNNAMED where no record has borne it yet."""
        return self.symbols.index(symbol) if symbol in self.symbols else UNNAMED

    def name_only(self, instrument_ids: NDArray[Any], symbol: str) -> bool:
        """Name the only instrument of files that name none; tell whether that is what they are."""
        numbers = {int(number) for number in np.unique(instrument_ids)}
        if self._alone is None and not self.known and len(numbers) == 1:
            self._alone = (numbers.pop(), symbol)
            self.symbols.append(symbol)
            self._places.clear()
            self._forget_slots()
        return self._alone is not None and numbers <= {self._alone[0]}

    def places(self, instrument_ids: NDArray[Any], ts: NDArray[np.int64]) -> NDArray[np.int32]:
        """Give the place of each record's symbol in `symbols`; UNNAMED where nothing says it."""
        keys = (ts // DAY_NS << 32) | instrument_ids.astype(np.int64)
        slots = (keys.astype(np.uint64) * MIX) >> SLOT_SHIFT
        places: NDArray[np.int32] = self._slot_places[slots]
        strange = np.flatnonzero(self._slot_keys[slots] != keys)
        if len(strange):
            unique, first, which = np.unique(keys[strange], return_index=True, return_inverse=True)
            found = np.array([self._place(int(key)) for key in unique], np.int32)
            places[strange] = found[which]
            mine = slots[strange[first]]
            free = self._slot_keys[mine] == NO_KEY
            self._slot_keys[mine[free]], self._slot_places[mine[free]] = unique[free], found[free]
        return places

    def _forget_slots(self) -> None:
        """Empty the table that finds a place without sorting: a slot for a number and day, by their mix."""
        self._slot_keys = np.full(1 << SLOT_BITS, NO_KEY, np.int64)
        self._slot_places = np.full(1 << SLOT_BITS, UNNAMED, np.int32)

    def _place(self, key: int) -> int:
        if key not in self._places:
            day, number = key >> 32, key & 0xFFFF_FFFF
            spans = self._spans.get(number, ())
            symbol = next((symbol for since, until, symbol in spans if since <= day < until), None)
            if self._alone is not None and number == self._alone[0]:
                symbol = self._alone[1]
            if symbol is not None and symbol not in self.symbols:
                self.symbols.append(symbol)
            self._places[key] = UNNAMED if symbol is None else self.symbols.index(symbol)
        return self._places[key]

    def _add(self, interval: Interval) -> None:
        since, until = (day.toordinal() - EPOCH for day in (interval.since, interval.until))
        self._spans[interval.instrument_id].append((since, until, house_symbol(interval.symbol)))

    def _define(self, path: Path) -> None:
        """Read a definition file; raise DataError where it is damaged."""
        for record in decoded(path):
            if not hasattr(record, "raw_symbol"):
                continue
            symbol = house_symbol(str(record.raw_symbol))
            day = int(record.ts_recv) // DAY_NS
            self._spans[int(record.instrument_id)].append((day, day + 1, symbol))
            increment = int(record.min_price_increment)
            if 0 < increment < UNDEFINED_PRICE:
                self.increments[symbol] = f"{Decimal(increment) / PRICE_UNIT:f}"


def house_symbol(symbol: str) -> str:
    """Write a symbol as the house does: an option's without the padding of OPRA."""
    if len(symbol) != 21:
        return symbol
    try:
        return parse_occ(symbol).compact
    except DataError:
        return symbol
