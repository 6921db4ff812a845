"""The tape an engine writes while it runs: what it saw, in the order in which it saw it.

A recording is one file that only grows: a line of JSON that says which instruments its prices count, then
rows of `ROW`, one for each quote, each timer and each price out of a venue's history. Every row has the
number of its event, the same count that the journal's entries carry, so that the two together are everything
an engine was given. A row half written by a process that was killed is left out. Parquet tapes, which
research reads, are made of recordings when they are whole.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tickwise.errors import DataError
from tickwise.market_data.chunks import QuoteChunk, TapeInstrument

ROW = np.dtype(
    [
        ("event", "<i8"),
        ("ts", "<i8"),
        ("ts_event", "<i8"),
        ("bid", "<i4"),
        ("ask", "<i4"),
        ("bid_units", "<f4"),
        ("ask_units", "<f4"),
        ("instrument", "<i2"),
        ("kind", "<i2"),
        ("spare", "<i4"),
    ]
)
"""One event: times in nanoseconds UTC (`ts` when it was seen), prices in ticks, sizes in units."""

QUOTE = 0
TIMER = 1
HISTORY = 2
"""Kinds of row. History is what was read of earlier bars, so that strategies need not wait: no quote was."""

RECORDING = "tickwise recording 1"
"""What the first line calls itself."""

ROWS_KEPT = 4096
"""Rows that wait in memory at most before they are handed to the operating system."""


class Block(NamedTuple):
    """Rows one after another: their first event, how many, and their SHA-256."""

    first: int
    rows: int
    digest: str


class Recorder:
    """Writes a recording; goes on where an earlier one was cut off."""

    def __init__(self, path: Path, instruments: tuple[TapeInstrument, ...]) -> None:
        """Open or begin the file. Raises DataError where it holds other instruments or cannot be written."""
        self.path = path
        self._rows = np.zeros(ROWS_KEPT, ROW)
        self._count = 0
        self._digest, self._in_block, self._first = hashlib.sha256(), 0, 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
            self._begin(instruments)
        except OSError as error:
            raise DataError(
                f"{path}: cannot be written ({error.strerror}): mend that, or set another folder"
            ) from None

    def _begin(self, instruments: tuple[TapeInstrument, ...]) -> None:
        size = os.fstat(self._file).st_size
        if size == 0:
            os.write(self._file, _head(instruments))
            return
        start, held = _head_of(self.path)
        if held != instruments:
            raise DataError(f"{self.path}: holds other instruments than this session; move it away")
        os.ftruncate(self._file, start + (size - start) // ROW.itemsize * ROW.itemsize)

    def quote(
        self,
        event: int,
        ts: int,
        ts_event: int,
        bid: int,
        ask: int,
        instrument: int,
        bid_units: float = 0.0,
        ask_units: float = 0.0,
    ) -> None:
        """Add a quote."""
        self._add((event, ts, ts_event, bid, ask, bid_units, ask_units, instrument, QUOTE, 0))

    def history(self, event: int, ts: int, ts_event: int, bid: int, ask: int, instrument: int) -> None:
        """Add a price out of a venue's history."""
        self._add((event, ts, ts_event, bid, ask, 0.0, 0.0, instrument, HISTORY, 0))

    def timer(self, event: int, ts: int) -> None:
        """Add a timer."""
        self._add((event, ts, ts, 0, 0, 0.0, 0.0, -1, TIMER, 0))

    def _add(self, row: tuple[Any, ...]) -> None:
        if self._count == ROWS_KEPT:
            self.flush()
        self._rows[self._count] = row
        self._count += 1

    def flush(self) -> None:
        """Hand what waits to the operating system: it outlives the process from then on.

        Raises DataError where the disk is full or gone: then nothing of it counts as seen.
        """
        if self._count == 0:
            return
        rows = self._rows[: self._count].tobytes()
        if self._in_block == 0:
            self._first = int(self._rows["event"][0])
        try:
            _write_whole(self._file, rows)
        except OSError as error:
            raise DataError(f"{self.path}: cannot be written ({error.strerror})") from None
        self._digest.update(rows)
        self._in_block += self._count
        self._count = 0

    def block(self) -> Block | None:
        """Hand over what waits, and give the block of all rows since the last one; None where none are."""
        self.flush()
        if self._in_block == 0:
            return None
        block = Block(self._first, self._in_block, self._digest.hexdigest())
        self._digest, self._in_block = hashlib.sha256(), 0
        return block

    def close(self) -> None:
        """Hand over what waits and close the file."""
        self.flush()
        os.close(self._file)


def _write_whole(file: int, rows: bytes) -> None:
    """Write every byte; `os.write` may write a part."""
    view = memoryview(rows)
    while view:
        view = view[os.write(file, view) :]


def _head(instruments: tuple[TapeInstrument, ...]) -> bytes:
    said = {"format": RECORDING, "instruments": [each._asdict() for each in instruments]}
    return json.dumps(said).encode() + b"\n"


def _head_of(path: Path) -> tuple[int, tuple[TapeInstrument, ...]]:
    """Read the first line: where the rows start, and the instruments."""
    with path.open("rb") as file:
        line = file.readline(1_000_000)
    try:
        said = json.loads(line)
        if said["format"] != RECORDING:
            raise ValueError
        return len(line), tuple(TapeInstrument(**each) for each in said["instruments"])
    except (ValueError, KeyError, TypeError):
        raise DataError(f"{path}: no recording of Tickwise, or its first line was changed") from None


class Recording:
    """A recording that is read."""

    def __init__(self, path: Path) -> None:
        """Open it. Raises DataError where there is none, or it is no recording."""
        if not path.is_file():
            raise DataError(f"{path}: no such recording")
        self.path = path
        self._start, self.instruments = _head_of(path)
        self._rows: NDArray[Any] = np.zeros(0, ROW)
        self._events: NDArray[np.int64] = np.zeros(0, np.int64)

    def rows(self, since_event: int = 0) -> NDArray[Any]:
        """Give every whole row whose event is at least `since_event`, as a view of the file."""
        count = (self.path.stat().st_size - self._start) // ROW.itemsize
        if count != len(self._rows):
            self._rows = np.asarray(np.memmap(self.path, ROW, "r", self._start, (count,)))
            self._events = np.array(self._rows["event"])  # of its own: a column of rows is searched slowly
        return self._rows[int(np.searchsorted(self._events, since_event)) :]

    def digest_of(self, first: int, rows: int) -> str:
        """SHA-256 of a block of rows that begins with the event `first`; "" where it is not whole."""
        part = self.rows(first)[:rows]
        return hashlib.sha256(part.tobytes()).hexdigest() if len(part) == rows else ""

    def quotes(self) -> Iterator[QuoteChunk]:
        """Give its quotes as a tape has them, in chunks."""
        rows = self.rows()
        for start in range(0, len(rows), 1 << 20):
            part = rows[start : start + (1 << 20)]
            part = part[part["kind"] == QUOTE]
            yield QuoteChunk(
                np.array(part["ts"]),
                np.array(part["bid"]),
                np.array(part["ask"]),
                np.array(part["instrument"]) if len(self.instruments) > 1 else np.zeros(0, np.int16),
                np.array(part["ts_event"]),
                np.array(part["bid_units"], np.float64),
                np.array(part["ask_units"], np.float64),
            )
