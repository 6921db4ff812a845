"""Parquet files of another make: prices as decimal numbers, turned into ticks as they are read.

Quotes have the columns `ts, bid, ask` (and `bid_size, ask_size, ts_event` where known); bars have `ts`,
the OPEN of the bar, and `bid_open .. bid_close, ask_open .. ask_close`, or `open, high, low, close` for
both sides alike; `volume` where known. Times are int64 nanoseconds UTC or a timestamp.

Where bars have both, the mid prices are passed over: half of them lie between two ticks. A side of a bar
that has no price at all is kept as missing; a side of a quote is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, NamedTuple

import duckdb
import numpy as np
from numpy.typing import NDArray

from tickwise.errors import DataError
from tickwise.market_data import duck
from tickwise.market_data.chunks import MISSING, BarChunk, C, QuoteChunk, chunk_from
from tickwise.market_data.importers import grid
from tickwise.market_data.importers.schema import (
    BAR_PRICES,
    NO_TIME,
    PARTS,
    SIDES,
    Schema,
    frame_of,
    refuse_other_units,
    schema_of,
    span_of,
    tick_of,
    without_silent_volume,
)
from tickwise.market_data.importers.wish import Faulty, Incoming, Wish, incoming
from tickwise.market_data.laws import instruments_of
from tickwise.market_data.layout import Label
from tickwise.market_data.symbols import symbol_of
from tickwise.market_data.tape import Tape, tape_from


class Original(NamedTuple):
    """The file that a Parquet file of ours is only a copy of."""

    path: Path
    counted: str
    """How its rows are numbered in messages."""


@contextmanager
def read(path: Path, wish: Wish) -> Iterator[Incoming]:
    """Open a foreign Parquet file for import."""
    yield incoming(open_foreign(path, wish), path.name)


def open_foreign(path: Path, wish: Wish, original: Original | None = None) -> Tape:
    """Open a Parquet file of decimal prices as a tape; rows are checked as they are read.

    Of a copy that an importer made, messages speak of the original, and its times are nanoseconds for sure.
    Raises DataError where the columns are wrong, there is no row, or no tick fits.
    """
    shown, counted = original or (path, "counted from 1")
    symbol = wish.instrument or symbol_of(path.stem)
    notes = [] if wish.instrument else [f"instrument {symbol} from the name of the file"]
    with duck.told(path, "cannot be read as Parquet"), duck.connected() as connection:
        schema = without_silent_volume(connection, schema_of(connection, path, wish.columns, str(shown)))
        span = span_of(connection, schema)
        if original is None:
            refuse_other_units(span, schema)
        tick, frame_s = wish.tick, 0
        if tick is None:
            tick, why = tick_of(connection, schema, symbol)
            notes.append(why)
        if schema.kind == "bars":
            frame_s, why = frame_of(connection, schema)
            notes.append(why)
    instruments = instruments_of([(symbol, tick)], schema.kind)
    label = Label(schema.kind, instruments, path.name, span.rows, span.first_ts, span.last_ts, frame_s)
    kind = QuoteChunk if schema.kind == "quotes" else BarChunk
    rows = _ForeignRows(schema, kind, instruments[0].tick, wish.faulty, counted)
    return tape_from(label, rows, path, tuple(notes))


@dataclass(frozen=True)
class _ForeignRows(Generic[C]):
    """The rows of a Parquet file of decimal prices."""

    schema: Schema
    kind: type[C]
    tick: str
    faulty: Faulty
    counted: str

    @contextmanager
    def opened(self) -> Iterator[_ForeignReader[C]]:
        with duck.told(self.schema.path, "cannot be read as Parquet"), duck.connected() as connection:
            yield _ForeignReader(connection, self)


@dataclass
class _ForeignReader(Generic[C]):
    """One pass over a foreign file, which remembers the latest time it saw."""

    connection: duckdb.DuckDBPyConnection
    rows: _ForeignRows[C]
    last_ts: int = NO_TIME

    def row_at(self, ts: int) -> int:
        schema = self.rows.schema
        query = f"SELECT count(*) FROM {schema.rows} WHERE {schema.times['ts']} < {int(ts)}"
        found = self.connection.execute(query).fetchone()
        return int(found[0]) if found else 0

    def range(self, start: int, stop: int) -> C:
        schema = self.rows.schema
        query = (
            f"SELECT {schema.selected} FROM {schema.rows} "
            f"WHERE file_row_number >= {start} AND file_row_number < {stop}"
        )
        columns = self._screened(self.connection.execute(query).fetchnumpy(), start)
        if len(columns["ts"]):
            self.last_ts = max(self.last_ts, int(columns["ts"].max()))
        return chunk_from(self.rows.kind, columns)

    def _screened(self, fetched: dict[str, NDArray[Any]], start: int) -> dict[str, NDArray[Any]]:
        """Turn prices into ticks and deal with faulty rows as asked."""
        ticks, faults = {}, {"ts": _late(fetched["ts"], self.last_ts)}
        for name in self.rows.schema.prices:
            ticks[name], faults[name] = grid.ticks_of(fetched[name], self.rows.tick)
        if self.rows.kind is BarChunk:
            _forgive_silent_sides(fetched, faults)
            faults["bar"] = _misshapen(ticks)
        columns = fetched | ticks
        if not any(bad.any() for bad in faults.values()):
            return columns
        if self.rows.faulty == "refuse":
            raise self._refusal(fetched, faults, start)
        dropped = fetched["ts"] == NO_TIME
        if self.rows.faulty == "drop":
            dropped = np.logical_or.reduce(list(faults.values()))
        return {name: column[~dropped] for name, column in columns.items()}

    def _refusal(
        self, fetched: dict[str, NDArray[Any]], faults: dict[str, NDArray[np.bool_]], start: int
    ) -> DataError:
        """Say of the first faulty row which it is, what is wrong with it, and what to do."""
        at = min(int(np.argmax(bad)) for bad in faults.values() if bad.any())
        name = next(name for name, bad in faults.items() if bad[at])
        if name == "ts":
            why = _why_not_time(int(fetched["ts"][at]), int(fetched["ts"][at - 1]) if at else self.last_ts)
        elif name == "bar":
            why = "has its open or its close outside its high and low: mend it"
        else:
            why = grid.why_not(float(fetched[name][at]), self.rows.tick)
        return DataError(
            f"{self.rows.schema.shown}: row {start + at + 1} ({self.rows.counted}): {name} {why}, "
            "or leave such rows out with --faulty drop on import"
        )


def _late(ts: NDArray[np.int64], last_ts: int) -> NDArray[np.bool_]:
    """Mark the times that are missing or before one above them."""
    latest = np.maximum.accumulate(np.concatenate((np.array([last_ts]), ts)))
    return np.asarray((ts < latest[:-1]) | (ts == NO_TIME))


def _why_not_time(ts: int, before: int) -> str:
    if ts == NO_TIME:
        return "is empty or cannot be read as a time: mend it"
    return f"{ts} is before {before} of the row above: sort the rows by time"


def _forgive_silent_sides(fetched: dict[str, NDArray[Any]], faults: dict[str, NDArray[np.bool_]]) -> None:
    """Take no offence at a side of a bar that has no price at all."""
    for names in (BAR_PRICES[:4], BAR_PRICES[4:]):
        silent = np.logical_and.reduce([np.isnan(fetched[name]) for name in names])
        for name in names:
            faults[name] &= ~silent


def _misshapen(ticks: dict[str, NDArray[np.int32]]) -> NDArray[np.bool_]:
    """Mark bars whose open or close lies outside their high and low."""
    wrong = np.zeros(len(ticks["bid_open"]), np.bool_)
    for side in SIDES:
        start, high, low, end = (ticks[f"{side}_{part}"] for part in PARTS)
        known = np.minimum(np.minimum(start, high), np.minimum(low, end)) != MISSING
        wrong |= known & ((np.maximum(start, end) > high) | (np.minimum(start, end) < low))
    return wrong
