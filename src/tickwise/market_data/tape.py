"""The tape: recorded quotes or bars, written and read in chunks, in a file or in memory.

A tape larger than memory replays in bounded memory: a chunk is a range of rows, and DuckDB opens only
the row groups it touches. Within a tape time never goes back; equal times are kept in their order.
Crossed and locked quotes are kept too: admission is the core's.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Literal, Protocol, Self, overload

import numpy as np

from tickwise.errors import DataError
from tickwise.market_data import duck
from tickwise.market_data.chunks import (
    MISSING,
    BarChunk,
    C,
    C_co,
    Chunk,
    QuoteChunk,
    TapeInstrument,
    chunk_from,
    cut,
    joined,
    kept,
    present,
)
from tickwise.market_data.laws import instruments_of, lawful
from tickwise.market_data.layout import Kind, Label, as_read, as_stored, copy_to, label_of

__all__ = [
    "MISSING",
    "BarChunk",
    "BarTape",
    "Chunk",
    "QuoteChunk",
    "QuoteTape",
    "Rows",
    "Tape",
    "TapeInstrument",
    "TapeWriter",
    "existing",
    "labelled",
    "open_tape",
    "tape_from",
    "tape_of",
]

CHUNK_ROWS = 1_000_000
"""Rows of a chunk unless asked otherwise: 16 MB of quotes, long enough that opening a range costs nothing."""

PART_ROWS = 1_000_000
"""Rows a writer keeps in memory before it puts them on disk."""


class Rows(Protocol[C_co]):
    """Where a tape's rows lie: a reader of ranges, opened once for each pass over the tape."""

    def opened(self) -> AbstractContextManager[Reader[C_co]]:
        """Open the rows for one pass."""
        ...


class Reader(Protocol[C_co]):
    """One pass over the rows of a tape, from the front to the back."""

    def row_at(self, ts: int) -> int:
        """Count the rows before the first whose `ts` is at or after this one."""
        ...

    def range(self, start: int, stop: int) -> C_co:
        """Give rows `start` to `stop` (left out)."""
        ...


@dataclass(frozen=True)
class _TapeOf(Generic[C]):
    """A tape of one kind of chunk: what it is, and its rows on demand."""

    label: Label
    _rows: Rows[C] = field(repr=False)
    path: Path | None = None
    """The file; None where the tape lies in memory."""
    notes: tuple[str, ...] = ()
    """What was guessed on opening, one claim each: `tick 0.00001 of EUR_USD from the table`."""

    @property
    def instruments(self) -> tuple[TapeInstrument, ...]:
        """What the prices count; a chunk's `instrument` column is a place in here."""
        return self.label.instruments

    @property
    def rows(self) -> int:
        """How many rows the tape has."""
        return self.label.rows

    @property
    def first_ts(self) -> int:
        """The time of the first row, nanoseconds since 1970 UTC."""
        return self.label.first_ts

    @property
    def last_ts(self) -> int:
        """The time of the last row, nanoseconds since 1970 UTC."""
        return self.label.last_ts

    @property
    def source(self) -> str:
        """Where the rows come from, in the words of whoever wrote the tape."""
        return self.label.source

    def chunks(
        self, rows: int = CHUNK_ROWS, since: int | None = None, until: int | None = None
    ) -> Iterator[C]:
        """Give the rows from `since` on and before `until` (nanoseconds UTC), at most `rows` at a time."""
        if rows < 1:
            raise DataError(f"a chunk of {rows} rows: ask for at least one")
        with self._rows.opened() as reader:
            start = 0 if since is None else reader.row_at(since)
            stop = self.rows if until is None else reader.row_at(until)
            for first in range(start, stop, rows):
                yield reader.range(first, min(first + rows, stop))

    def read(self, since: int | None = None, until: int | None = None) -> C:
        """Give the rows from `since` on and before `until` as one chunk; it may be empty."""
        found = list(self.chunks(CHUNK_ROWS, since, until))
        if found:
            return joined(found)
        with self._rows.opened() as reader:
            return reader.range(0, 0)


@dataclass(frozen=True)
class QuoteTape(_TapeOf[QuoteChunk]):
    """A tape of quotes, of one instrument or of several."""

    kind: Literal["quotes"] = "quotes"


@dataclass(frozen=True)
class BarTape(_TapeOf[BarChunk]):
    """A tape of bars of one instrument and one length."""

    kind: Literal["bars"] = "bars"

    @property
    def frame_s(self) -> int:
        """The length of a bar in seconds."""
        return self.label.frame_s


Tape = QuoteTape | BarTape


def tape_from(label: Label, rows: Rows[Any], path: Path | None = None, notes: tuple[str, ...] = ()) -> Tape:
    """Make the tape a label speaks of, over whatever gives its rows."""
    kind = QuoteTape if label.kind == "quotes" else BarTape
    return kind(label, rows, path, notes)


def open_tape(path: str | os.PathLike[str]) -> Tape:
    """Open a tape that Tickwise wrote; raise DataError where there is none.

    Parquet files of another make are opened by `importers.open_any`.
    """
    where = existing(path)
    tape = labelled(where)
    if tape is None:
        raise DataError(f"{where}: Parquet, but no tape of Tickwise: make one with `tickwise data import`")
    return tape


def labelled(path: Path) -> Tape | None:
    """Open a tape if the Parquet file at this path bears the label of one; else give None."""
    with duck.told(path, "cannot be read as Parquet"), duck.connected() as connection:
        label = label_of(connection, path)
        query = f"SELECT name FROM parquet_schema({duck.file(path)}) WHERE type IS NOT NULL"
        columns = tuple(row[0] for row in connection.execute(query).fetchall())
    return tape_from(label, _FileRows(path, _kind_of(label), columns), path) if label else None


def existing(path: str | os.PathLike[str]) -> Path:
    """Give the path of something that is there.

    Raises DataError where it is not, naming the file beside it whose name is nearest.
    """
    where = Path(path)
    if where.exists():
        return where
    if not where.parent.is_dir():
        raise DataError(f"{where}: there is no such file, nor a folder {where.parent}: check the path")
    names = sorted(each.name for each in where.parent.iterdir())
    near = get_close_matches(where.name, names, n=1, cutoff=0.0)
    hint = f"the nearest is {where.parent / near[0]}" if near else f"the folder {where.parent} is empty"
    raise DataError(f"{where}: there is no such file; {hint}")


def _kind_of(label: Label) -> type[QuoteChunk] | type[BarChunk]:
    return QuoteChunk if label.kind == "quotes" else BarChunk


@dataclass(frozen=True)
class _FileRows(Generic[C]):
    """The rows of a Parquet file of ours."""

    path: Path
    kind: type[C]
    columns: tuple[str, ...]

    @contextmanager
    def opened(self) -> Iterator[_FileReader[C]]:
        with duck.told(self.path, "cannot be read as a tape"), duck.connected() as connection:
            yield _FileReader(connection, self)


@dataclass(frozen=True)
class _FileReader(Generic[C]):
    """One pass over a Parquet file of ours: each range is a query that opens only its row groups."""

    connection: Any
    rows: _FileRows[C]

    def row_at(self, ts: int) -> int:
        query = f"SELECT count(*) FROM read_parquet({duck.file(self.rows.path)}) WHERE ts < {int(ts)}"
        return int(self.connection.execute(query).fetchone()[0])

    def range(self, start: int, stop: int) -> C:
        columns = ", ".join(as_read(column) for column in self.rows.columns)
        query = (
            f"SELECT {columns} FROM read_parquet({duck.file(self.rows.path)}, file_row_number = true) "
            f"WHERE file_row_number >= {start} AND file_row_number < {stop}"
        )
        return chunk_from(self.rows.kind, self.connection.execute(query).fetchnumpy())


@dataclass(frozen=True)
class _ArrayRows(Generic[C]):
    """The rows of a chunk in memory; it is its own reader."""

    chunk: C

    @contextmanager
    def opened(self) -> Iterator[Self]:
        yield self

    def row_at(self, ts: int) -> int:
        return int(np.searchsorted(self.chunk.ts, ts, side="left"))

    def range(self, start: int, stop: int) -> C:
        return cut(self.chunk, start, stop)


@overload
def tape_of(chunk: QuoteChunk, instruments: Sequence[tuple[str, str]], *, source: str = ...) -> QuoteTape: ...


@overload
def tape_of(
    chunk: BarChunk, instruments: Sequence[tuple[str, str]], *, source: str = ..., frame_s: int = ...
) -> BarTape: ...


def tape_of(
    chunk: Chunk, instruments: Sequence[tuple[str, str]], *, source: str = "memory", frame_s: int = 60
) -> Tape:
    """Make a tape of columns in memory; `instruments` are (symbol, tick as text) pairs.

    Raises DataError where columns differ in length, time goes back, or there is no row.
    """
    kind: Kind = "quotes" if isinstance(chunk, QuoteChunk) else "bars"
    listed = instruments_of(instruments, kind)
    checked = lawful(chunk, len(listed), "the tape in memory")
    if not len(checked.ts):
        raise DataError("the tape in memory has no rows: give at least one")
    frame_s = frame_s if kind == "bars" else 0
    label = Label(kind, listed, source, len(checked.ts), int(checked.ts[0]), int(checked.ts[-1]), frame_s)
    return tape_from(label, _ArrayRows(checked))


class TapeWriter:
    """Writes a tape in chunks of any length and in bounded memory; the file appears whole or not at all.

    A block of a million rows goes to a part file beside the tape; at the end the parts are copied into
    one file, which takes the tape's name in one move. An error inside the `with` block leaves nothing.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        instruments: Sequence[tuple[str, str]],
        *,
        kind: Kind = "quotes",
        frame_s: int = 0,
        source: str = "",
        force: bool = False,
    ) -> None:
        """Prepare a tape of `instruments`, (symbol, tick as text) pairs; bars also need `frame_s`, seconds.

        Raises DataError where the file is there and `force` is not given, or its folder is not.
        """
        self.path = Path(path)
        self.rows = 0
        self.instruments = instruments_of(instruments, kind)
        self._kind: Kind = kind
        self._frame_s = frame_s
        self._source = source
        self._force = force
        self._first_ts: int | None = None
        self._last_ts: int | None = None
        self._columns: tuple[str, ...] = ()
        self._waiting: list[Chunk] = []
        self._waiting_rows = 0
        self._parts: list[Path] = []
        if (kind == "bars") != (frame_s > 0):
            raise DataError(f"{self.path}: a tape of {kind} with bars of {frame_s} s")
        self._refuse_overwriting()
        if not self.path.parent.is_dir():
            raise DataError(f"{self.path}: there is no folder {self.path.parent}: make it first")
        self._scratch = Path(tempfile.mkdtemp(prefix=f".{self.path.name}.", dir=self.path.parent))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._finish()
        finally:
            shutil.rmtree(self._scratch, ignore_errors=True)

    def append(self, chunk: Chunk) -> None:
        """Add rows at the end; raise DataError where they break the order of time or change the columns."""
        if isinstance(chunk, QuoteChunk) != (self._kind == "quotes"):
            raise DataError(f"{self.path}: a {type(chunk).__name__} for a tape of {self._kind}")
        if not len(chunk.ts):
            return
        checked = lawful(chunk, len(self.instruments), str(self.path), self._last_ts, self.rows)
        columns = present(checked)
        if self._columns and columns != self._columns:
            were = ", ".join(self._columns)
            raise DataError(f"{self.path}: columns {', '.join(columns)} after rows of {were}")
        self._columns = columns
        if self._first_ts is None:
            self._first_ts = int(checked.ts[0])
        self._last_ts = int(checked.ts[-1])
        self.rows += len(checked.ts)
        # The rows wait here while their owner may use the memory again: so they are copied.
        self._wait(kept(checked))

    def _wait(self, chunk: Chunk) -> None:
        self._waiting.append(chunk)
        self._waiting_rows += len(chunk.ts)
        if self._waiting_rows >= PART_ROWS:
            part = self._scratch / f"{len(self._parts):06d}.parquet"
            self._write_waiting(part, None)
            self._parts.append(part)

    def _write_waiting(self, path: Path, label: Label | None) -> None:
        block = joined(self._waiting)
        columns = {name: getattr(block, name) for name in self._columns}
        self._waiting, self._waiting_rows = [], 0
        with duck.told(self.path, "cannot be written"), duck.connected() as connection:
            connection.register("block", columns)
            selected = ", ".join(as_stored(name) for name in self._columns)
            connection.execute(copy_to(f"SELECT {selected} FROM block", path, label))

    def _finish(self) -> None:
        if self._first_ts is None or self._last_ts is None:
            raise DataError(f"{self.path}: no rows were written: an empty tape is not made")
        span = (self._first_ts, self._last_ts)
        label = Label(self._kind, self.instruments, self._source, self.rows, *span, self._frame_s)
        whole = self._scratch / "tape.parquet"
        if self._parts and self._waiting:
            self._parts.append(self._scratch / f"{len(self._parts):06d}.parquet")
            self._write_waiting(self._parts[-1], None)
        if self._parts:
            self._merge(whole, label)
        else:
            self._write_waiting(whole, label)
        self._refuse_overwriting()
        os.replace(whole, self.path)

    def _merge(self, whole: Path, label: Label) -> None:
        parts = ", ".join(duck.file(part) for part in self._parts)
        with duck.told(self.path, "cannot be written"), duck.connected(threads=1) as connection:
            connection.execute(copy_to(f"SELECT * FROM read_parquet([{parts}])", whole, label))

    def _refuse_overwriting(self) -> None:
        if self.path.exists() and not self._force:
            raise DataError(f"{self.path}: it is there already: choose another name, or give --force")
