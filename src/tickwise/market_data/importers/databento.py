"""Databento's DBN files: quotes and bars of exchanges, as tapes in exact ticks.

A quote is stamped with `ts_recv`, when it could be known: for sampled quotes (cbbo-1m, bbo-1s ...) that is
the end of the interval, and their `ts_event`, the time of the last trade, is left out: it is not the
quote's. The quote of tbbo and tcbbo is the one before the trade. A bar is stamped with its opening, and
has both sides alike.

Prices are whole numbers of 1e-9 and are divided without rounding. A side without a price stays missing.
Every file is read twice in blocks: once for instruments, tick and count, once for the rows.
A folder may hold files of several days of one schema, and definition files that give symbols and ticks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tickwise.errors import DataError
from tickwise.market_data.chunks import Chunk, TapeInstrument
from tickwise.market_data.importers import grid
from tickwise.market_data.importers.databento_file import (
    DEFINITION,
    PRICE_UNIT,
    DbnFile,
    begins_as_one,
    files_within,
    open_dbn,
)
from tickwise.market_data.importers.databento_names import SYMBOLS_MAX, UNNAMED, Names, house_symbol
from tickwise.market_data.importers.databento_rows import Rows, digits_of, times_of
from tickwise.market_data.importers.wish import Incoming, Wish
from tickwise.market_data.laws import instruments_of
from tickwise.market_data.layout import Kind

DIGITS_MIN = 2
"""The coarsest tick that is guessed is a cent, also where all prices happen to be whole."""


def is_one(path: Path) -> bool:
    """Tell whether a file is Databento's."""
    return begins_as_one(path)


def holds_some(folder: Path) -> bool:
    """Tell whether a folder has files of Databento."""
    return bool(files_within(folder))


@contextmanager
def read(path: Path, wish: Wish) -> Iterator[Incoming]:
    """Open a file, or a folder of files, for import.

    Raises DataError where no tape can be made of them, or nothing is left of what was asked for.
    """
    files = [open_dbn(each) for each in (files_within(path) if path.is_dir() else [path])]
    quoting = [file for file in files if file.schema != DEFINITION] or files
    schemas = sorted({file.schema for file in quoting})
    if len(schemas) > 1:
        raise DataError(f"{path}: files of several schemas ({', '.join(schemas)}): give a folder of one")
    shape = quoting[0].shape
    picked = _Picked(path, Names(files), wish)
    scanned = [each for each in (_scan(file, picked) for file in quoting) if each.rows]
    scanned.sort(key=lambda each: each.first_ts)
    if not scanned:
        raise DataError(f"{path}: no record of what was asked for: there is nothing to import")
    kind: Kind = "bars" if shape.frame_s else "quotes"
    instruments, notes = _instruments(scanned, picked)
    rows = Rows(shape, tuple(each.tick for each in instruments), wish.faulty)
    yield Incoming(
        kind,
        instruments_of(instruments, kind),
        shape.frame_s,
        f"Databento {quoting[0].dataset} {quoting[0].schema}",
        sum(each.rows for each in scanned),
        _chunks(scanned, picked, rows),
        notes,
    )


@dataclass
class _Picked:
    """Which records are wanted, and the place of each one's instrument."""

    path: Path
    names: Names
    wish: Wish
    places: dict[int, int] = field(default_factory=dict)
    """The tape's place of an instrument by its place among the names."""

    def __post_init__(self) -> None:
        """See whether the instrument that was asked for chooses among several, or names the only one."""
        known, asked = self.names.known, self.wish.instrument
        self.only = house_symbol(asked) if asked and house_symbol(asked) in known else None
        if asked and self.only is None and len(known) > 1:
            some = ", ".join(sorted(known)[:5])
            raise DataError(f"{self.path}: no {asked} among its {len(known)} instruments: {some} ...")

    def of(self, file: DbnFile) -> Iterator[tuple[NDArray[np.int64], NDArray[Any], NDArray[np.int32]]]:
        """Give wanted records in blocks, with their numbers in the file and the places of their names."""
        since, until = self.wish.since, self.wish.until
        for before, records in file.blocks():
            ts = times_of(records, file.shape)
            if until is not None and len(ts) and ts.min() >= until:
                return
            wanted = np.ones(len(ts), np.bool_)
            if since is not None:
                wanted &= ts >= since
            if until is not None:
                wanted &= ts < until
            if not wanted.all():
                records, ts = records[wanted], ts[wanted]
            numbers = before + np.flatnonzero(wanted)
            places = self._named(file, records, ts, numbers)
            if self.only is not None:
                mine = places == self.names.place_of(self.only)
                if not mine.all():
                    numbers, records, places = numbers[mine], records[mine], places[mine]
            yield numbers, records, places

    def _named(
        self, file: DbnFile, records: NDArray[Any], ts: NDArray[np.int64], numbers: NDArray[np.int64]
    ) -> NDArray[np.int32]:
        """Give the places of the records' names. Raises DataError where nothing names one."""
        places = self.names.places(records["instrument_id"], ts)
        without = np.flatnonzero(places == UNNAMED)
        if not len(without):
            return places
        if self.wish.instrument and self.names.name_only(records["instrument_id"], self.wish.instrument):
            return self.names.places(records["instrument_id"], ts)
        at = int(without[0])
        day = np.datetime64(int(ts[at]), "ns").astype("datetime64[D]")
        raise DataError(
            f"{file.path}: record {numbers[at] + 1} (counted from 1): nothing says what instrument "
            f"{records['instrument_id'][at]} is on {day}: put the definition file of that day beside it, or "
            "give --instrument where there is one only"
        )


@dataclass
class _Scanned:
    """What one reading of a file found among the wanted records."""

    file: DbnFile
    rows: int = 0
    first_ts: int = 0
    digits: int = DIGITS_MIN
    places: set[int] = field(default_factory=set)


def _scan(file: DbnFile, picked: _Picked) -> _Scanned:
    """Read a file for what it holds. Raises DataError where it is damaged or of a schema without quotes."""
    found = _Scanned(file)
    for _, records, places in picked.of(file):
        if len(records):
            first_ts = int(times_of(records, file.shape).min())
            found.first_ts = min(found.first_ts, first_ts) if found.rows else first_ts
            found.rows += len(records)
            found.places |= set(np.flatnonzero(np.bincount(places)).tolist())
            if picked.wish.tick is None:
                found.digits = digits_of(records, file.shape, found.digits)
    return found


def _instruments(
    scanned: list[_Scanned], picked: _Picked
) -> tuple[tuple[TapeInstrument, ...], tuple[str, ...]]:
    """Choose the tape's instruments and their ticks, and say what was guessed.

    Raises DataError where there are too many, or a tick is finer than the prices.
    """
    places = sorted(set().union(*(each.places for each in scanned)))
    if len(places) > SYMBOLS_MAX:
        raise DataError(f"{picked.path}: {len(places)} instruments, {SYMBOLS_MAX} at most: ask for fewer")
    symbols = [picked.names.symbols[place] for place in places]
    picked.places.update({place: at for at, place in enumerate(places)})
    if scanned[0].file.shape.frame_s and len(symbols) > 1:
        some = ", ".join(symbols[:5])
        raise DataError(
            f"{picked.path}: bars of {len(symbols)} instruments ({some}), and a tape has bars of one: "
            "choose it with --instrument"
        )
    shown = symbols
    if picked.wish.instrument and picked.only is None and len(symbols) == 1:
        shown = [picked.wish.instrument]
    if picked.wish.tick is not None:
        tick = picked.wish.tick
        _check_tick(tick, picked.path)
        return tuple(TapeInstrument(name, tick) for name in shown), ()
    guessed = grid.tick_with(max(each.digits for each in scanned))
    ticks = [picked.names.increments.get(symbol) for symbol in symbols]
    lacking = [name for name, tick in zip(shown, ticks, strict=True) if tick is None]
    more = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
    notes = (f"tick {guessed} of {lacking[0]}{more} guessed from the prices",) if lacking else ()
    return tuple(
        TapeInstrument(name, tick or guessed) for name, tick in zip(shown, ticks, strict=True)
    ), notes


def _check_tick(tick: str, path: Path) -> None:
    """Raise DataError where a tick is no positive whole number of Databento's unit."""
    instruments_of([(path.name, tick)], "quotes")
    units = Decimal(tick) * PRICE_UNIT
    if units != int(units):
        raise DataError(f"{path}: a tick of {tick} is finer than the file's prices, which have nine decimals")


def _chunks(scanned: list[_Scanned], picked: _Picked, rows: Rows) -> Iterator[Chunk]:
    places = np.zeros(max(picked.places) + 1, np.int16)
    for place, at in picked.places.items():
        places[place] = at
    for each in scanned:
        for numbers, records, named in picked.of(each.file):
            if len(records):
                yield rows.chunk(records, places[named], numbers, each.file.path)
