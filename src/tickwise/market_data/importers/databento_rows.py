"""Databento's records turned into rows of a tape: times, exact ticks, and what is faulty about them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tickwise.errors import DataError
from tickwise.market_data.chunks import MISSING, TICKS_MAX, BarChunk, Chunk, QuoteChunk, chunk_from
from tickwise.market_data.importers import grid
from tickwise.market_data.importers.databento_file import (
    PRICE_UNIT,
    UNDEFINED_PRICE,
    UNDEFINED_TS,
    Shape,
)
from tickwise.market_data.importers.wish import Faulty

SIDES = ("bid", "ask")
PARTS = ("open", "high", "low", "close")
DIGITS_MAX = 9

Mask = NDArray[np.bool_]


def times_of(records: NDArray[Any], shape: Shape) -> NDArray[np.int64]:
    """Give when each record could be known, for a bar when it opens; -1 where the file does not say."""
    return records["ts_event" if shape.frame_s else "ts_recv"].astype(np.int64)


def prices_of(shape: Shape) -> tuple[str, ...]:
    """Name the columns of prices."""
    return PARTS if shape.frame_s else SIDES


def digits_of(records: NDArray[Any], shape: Shape, digits: int) -> int:
    """Count the decimals that all prices have, at least `digits`: 2 for 4.35."""
    for name in prices_of(shape):
        raw = records[name]
        known = raw[raw != UNDEFINED_PRICE]
        while digits < DIGITS_MAX and (known % 10 ** (DIGITS_MAX - digits) != 0).any():
            digits += 1
    return digits


@dataclass
class Rows:
    """Turns blocks of records into chunks, and remembers the latest time of those before."""

    shape: Shape
    ticks: tuple[str, ...]
    """The tick of each instrument, in the order of the tape."""
    faulty: Faulty
    last_ts: int = -1

    def __post_init__(self) -> None:
        """Count each tick in Databento's unit."""
        self._steps = np.array([int(Decimal(tick) * PRICE_UNIT) for tick in self.ticks], np.int64)

    def chunk(
        self, records: NDArray[Any], instruments: NDArray[np.int16], numbers: NDArray[np.int64], path: Path
    ) -> Chunk:
        """Make a chunk of records; `numbers` are their places in the file, for a refusal.

        They are put in order of time, equal times in the order of the file. Raises DataError where a record
        is faulty and such are refused.
        """
        ts = times_of(records, self.shape)
        if (ts[1:] < ts[:-1]).any():
            order = np.argsort(ts, kind="stable")
            records, instruments, numbers, ts = records[order], instruments[order], numbers[order], ts[order]
        columns, faults = self._priced(records, instruments)
        faults = {"ts": ts < max(self.last_ts, 0), **faults}
        if any(bad.any() for bad in faults.values()):
            if self.faulty == "refuse":
                raise self._refusal(records, instruments, numbers, ts, faults, path)
            kept = ts >= 0 if self.faulty == "keep" else ~np.logical_or.reduce(list(faults.values()))
            columns = {name: column[kept] for name, column in columns.items()}
            ts, instruments, records = ts[kept], instruments[kept], records[kept]
        if len(ts):
            self.last_ts = max(self.last_ts, int(ts[-1]))
        if self.shape.frame_s:
            return _bars(ts, columns, records)
        return self._quotes(ts, columns, instruments, records)

    def _priced(
        self, records: NDArray[Any], instruments: NDArray[np.int16]
    ) -> tuple[dict[str, NDArray[np.int32]], dict[str, Mask]]:
        """Count prices in ticks, and mark those that are no positive whole number of them."""
        step: Any = self._steps[0] if len(set(self.ticks)) == 1 else self._steps[instruments]
        columns, faults = {}, {}
        for name in prices_of(self.shape):
            raw = records[name]
            whole = raw // step
            absent = raw == UNDEFINED_PRICE
            if name in SIDES:  # nothing is bid: zero for nobody is no price
                absent |= (raw == 0) & (records[f"{name}_size"] == 0)
            bad = ~absent & ((whole * step != raw) | (whole <= 0) | (whole > TICKS_MAX))
            columns[name] = np.where(absent | bad, MISSING, whole).astype(np.int32)
            faults[name] = bad
        if self.shape.frame_s:
            faults["bar"] = _misshapen(columns)
        return columns, faults

    def _quotes(
        self,
        ts: NDArray[np.int64],
        columns: dict[str, NDArray[np.int32]],
        instruments: NDArray[np.int16],
        records: NDArray[Any],
    ) -> Chunk:
        more: dict[str, NDArray[Any]] = {"bid_size": records["bid_size"], "ask_size": records["ask_size"]}
        if not self.shape.is_sampled:
            event = records["ts_event"]
            more["ts_event"] = np.where(event == UNDEFINED_TS, ts, event.astype(np.int64))
        if len(self.ticks) > 1:
            more["instrument"] = instruments
        return chunk_from(QuoteChunk, {"ts": ts, **columns, **more})

    def _refusal(
        self,
        records: NDArray[Any],
        instruments: NDArray[np.int16],
        numbers: NDArray[np.int64],
        ts: NDArray[np.int64],
        faults: dict[str, Mask],
        path: Path,
    ) -> DataError:
        """Say of the first faulty record which it is, what is wrong with it, and what to do."""
        at = min(int(np.argmax(bad)) for bad in faults.values() if bad.any())
        name = next(name for name, bad in faults.items() if bad[at])
        if name == "bar":
            why = "has its open or its close outside its high and low: mend it"
        elif name == "ts":
            why = (
                f"{ts[at]} is before {self.last_ts} of a block above: sort the records by time"
                if ts[at] >= 0
                else "is undefined: mend it"
            )
        else:
            why = grid.why_not(int(records[name][at]) / PRICE_UNIT, self.ticks[int(instruments[at])])
        return DataError(
            f"{path}: record {numbers[at] + 1} (counted from 1): {name} {why}, "
            "or leave such records out with --faulty drop on import"
        )


def _bars(ts: NDArray[np.int64], columns: dict[str, NDArray[np.int32]], records: NDArray[Any]) -> Chunk:
    """Make bars of trades: both sides alike."""
    both = {f"{side}_{part}": columns[part] for side in SIDES for part in PARTS}
    return chunk_from(BarChunk, {"ts": ts, **both, "volume": records["volume"]})


def _misshapen(columns: dict[str, NDArray[np.int32]]) -> Mask:
    """Mark bars whose open or close lies outside their high and low."""
    start, high, low, end = (columns[part] for part in PARTS)
    known = np.minimum(np.minimum(start, high), np.minimum(low, end)) != MISSING
    return np.asarray(known & ((np.maximum(start, end) > high) | (np.minimum(start, end) < low)))
