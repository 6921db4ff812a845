"""A stretch of a tape in memory: columns of quotes, or columns of bars."""

# No postponed annotations here: a chunk's fields are columns, and their types are read.

from collections.abc import Iterable
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

MISSING = -(2**31)
"""The price, in ticks, of a side that was not quoted: the least int32, which admission refuses."""

TICKS_MAX = 2**31 - 1
"""The highest price, in ticks, a tape can hold (int32)."""

NO_INTS: NDArray[np.int64] = np.empty(0, np.int64)
"""The column a tape does not have, where times stand."""

NO_TICKS: NDArray[np.int32] = np.empty(0, np.int32)
"""The column a tape does not have, where prices stand."""

NO_INDEX: NDArray[np.int16] = np.empty(0, np.int16)
"""The column a tape does not have, where instruments stand."""

NO_FLOATS: NDArray[np.float64] = np.empty(0, np.float64)
"""The column a tape does not have, where sizes and volumes stand."""


class TapeInstrument(NamedTuple):
    """What a tape's prices count: the instrument and its smallest price increment."""

    symbol: str
    """As the house writes it: EUR_USD."""
    tick: str
    """A decimal number as text, in the quote currency: 0.00001."""


class QuoteChunk(NamedTuple):
    """Quotes in order of time. Every column has n rows, or none where the tape lacks it."""

    ts: NDArray[np.int64]
    """When each quote was seen (`ts_recv`), nanoseconds since 1970 UTC, never decreasing."""
    bid: NDArray[np.int32]
    """Ticks; `MISSING` where that side was not quoted."""
    ask: NDArray[np.int32]
    """Ticks; `MISSING` where that side was not quoted."""
    instrument: NDArray[np.int16] = NO_INDEX
    """Place in the tape's instruments; empty where there is one."""
    ts_event: NDArray[np.int64] = NO_INTS
    """When each quote happened, nanoseconds since 1970 UTC; empty: at `ts`."""
    bid_size: NDArray[np.float64] = NO_FLOATS
    """Units offered at the bid; NaN where not known."""
    ask_size: NDArray[np.float64] = NO_FLOATS
    """Units offered at the ask; NaN where not known."""


class BarChunk(NamedTuple):
    """Bars of one instrument in order of time. Prices are ticks, `MISSING` where a side had no quote."""

    ts: NDArray[np.int64]
    """When each bar OPENS, nanoseconds since 1970 UTC."""
    bid_open: NDArray[np.int32]
    bid_high: NDArray[np.int32]
    bid_low: NDArray[np.int32]
    bid_close: NDArray[np.int32]
    ask_open: NDArray[np.int32]
    ask_high: NDArray[np.int32]
    ask_low: NDArray[np.int32]
    ask_close: NDArray[np.int32]
    volume: NDArray[np.float64] = NO_FLOATS
    """As the source counts it; empty where the source says nothing, NaN where it skips a bar."""


Chunk = QuoteChunk | BarChunk
C = TypeVar("C", bound=QuoteChunk | BarChunk)
C_co = TypeVar("C_co", bound=QuoteChunk | BarChunk, covariant=True)

DTYPES: dict[str, type[np.generic]] = {
    "ts": np.int64,
    "ts_event": np.int64,
    "instrument": np.int16,
    "bid_size": np.float64,
    "ask_size": np.float64,
    "volume": np.float64,
}
"""The type of each column; every other column is a price in int32 ticks."""


def dtype_of(column: str) -> type[np.generic]:
    """Name the NumPy type of a column of either kind of chunk."""
    return DTYPES.get(column, np.int32)


def present(chunk: Chunk) -> tuple[str, ...]:
    """Name the columns a chunk has; of an empty chunk, those no tape is without."""
    return tuple(
        name for name in chunk._fields if len(getattr(chunk, name)) or name not in chunk._field_defaults
    )


def cut(chunk: C, start: int, stop: int) -> C:
    """Give rows `start` to `stop` (left out) of a chunk, as views of the same memory."""
    return _made(type(chunk), (column[start:stop] for column in chunk))


def kept(chunk: C) -> C:
    """Copy a chunk into memory of its own."""
    return _made(type(chunk), (column.copy() for column in chunk))


def joined(chunks: Iterable[C]) -> C:
    """Put chunks of one tape end to end in new memory; there must be at least one."""
    some = list(chunks)
    if len(some) == 1:
        return some[0]
    return _made(type(some[0]), (np.concatenate(columns) for columns in zip(*some, strict=True)))


def chunk_from(kind: type[C], columns: dict[str, NDArray[Any]]) -> C:
    """Make a chunk of named columns, each contiguous and of its own type; absent ones stay empty."""
    typed = {name: np.ascontiguousarray(column, dtype_of(name)) for name, column in columns.items()}
    return _made(kind, (typed.get(name, kind._field_defaults.get(name)) for name in kind._fields))


def _made(kind: type[C], columns: Iterable[Any]) -> C:
    make: Any = kind._make  # mypy does not follow a NamedTuple's constructor through a type variable
    return cast("C", make(columns))
