"""The laws of tapes: what holds of every chunk, whoever brings it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tickwise.errors import DataError
from tickwise.market_data.chunks import C, QuoteChunk, TapeInstrument, chunk_from, dtype_of, present
from tickwise.market_data.layout import Kind


def instruments_of(pairs: Sequence[tuple[str, str]], kind: Kind) -> tuple[TapeInstrument, ...]:
    """Check what a tape's prices count: at least one instrument, positive ticks, no symbol twice."""
    listed = tuple(TapeInstrument(str(symbol), _plain(str(tick), symbol)) for symbol, tick in pairs)
    if not listed or (kind == "bars" and len(listed) > 1):
        wanted = "exactly one" if kind == "bars" else "at least one"
        raise DataError(f"a tape of {kind} with {len(listed)} instruments: give {wanted}")
    if len({each.symbol for each in listed}) < len(listed):
        raise DataError(f"an instrument stands twice among {', '.join(each.symbol for each in listed)}")
    return listed


def _plain(tick: str, symbol: str) -> str:
    """Write a tick without exponent and without zeros at its end; raise DataError where it is none."""
    try:
        number = Decimal(tick)
    except InvalidOperation:
        number = Decimal(-1)
    if not number.is_finite() or number <= 0:
        raise DataError(f"{symbol}: the tick {tick!r} is not a positive decimal number such as 0.00001")
    return f"{number.normalize():f}"


def lawful(chunk: C, instruments: int, where: str, last_ts: int | None = None, row: int = 0) -> C:
    """Give the chunk in contiguous columns of the right types.

    `where` names the tape in messages, `instruments` counts what it holds, `last_ts` is the time of the
    row before, `row` how many rows stand before. Raises DataError where a law is broken.
    """
    columns = {name: _typed(getattr(chunk, name), name, where) for name in present(chunk)}
    whole = chunk_from(type(chunk), columns)
    rows = len(whole.ts)
    for name, column in columns.items():
        if column.shape != (rows,):
            raise DataError(f"{where}: the column {name} has shape {column.shape} beside {rows} times")
    check_order(whole.ts, where, last_ts, row)
    if isinstance(whole, QuoteChunk):
        _check_instruments(whole, instruments, where, row)
    return whole


def _typed(column: ArrayLike, name: str, where: str) -> NDArray[Any]:
    values = np.asarray(column)
    wanted = dtype_of(name)
    if wanted is not np.float64 and values.dtype.kind not in "iu":
        raise DataError(f"{where}: the column {name} holds {values.dtype}, where integers are wanted")
    typed = values.astype(wanted, copy=False)
    if wanted is np.int32 and values.dtype.itemsize > 4 and not np.array_equal(typed, values):
        raise DataError(f"{where}: the column {name} holds prices of more ticks than an int32 can hold")
    return typed


def check_order(ts: NDArray[np.int64], where: str, last_ts: int | None, row: int) -> None:
    """Raise DataError where a time is before the one above it, with the row and both times."""
    if last_ts is not None and len(ts) and ts[0] < last_ts:
        raise DataError(_back_in_time(where, row + 1, int(ts[0]), last_ts))
    back = np.flatnonzero(ts[1:] < ts[:-1])
    if len(back):
        at = int(back[0]) + 1
        raise DataError(_back_in_time(where, row + at + 1, int(ts[at]), int(ts[at - 1])))


def _back_in_time(where: str, row: int, ts: int, before: int) -> str:
    return (
        f"{where}: row {row} (counted from 1): ts {ts} is before {before} of the row above: "
        "sort the rows by time"
    )


def _check_instruments(chunk: QuoteChunk, instruments: int, where: str, row: int) -> None:
    places = chunk.instrument
    if instruments > 1 and len(places) < len(chunk.ts):
        raise DataError(f"{where}: {instruments} instruments, and the column `instrument` is empty: fill it")
    wrong = np.flatnonzero((places < 0) | (places >= instruments))
    if len(wrong):
        at = int(wrong[0])
        raise DataError(f"{where}: row {row + at + 1}: instrument {places[at]} of a list of {instruments}")
