"""Dukascopy's .bi5 files: LZMA over big-endian records, an hour of ticks or a day of one-minute candles.

Ticks, 20 bytes: milliseconds of the hour, ask and bid in points (uint32), ask and bid size in millions
(float32). Candles, 24 bytes: seconds of the day, open, close, low, high in points, volume in millions.
The path tells the time, UTC: `EURUSD/2019/01/04/08h_ticks.bi5` is 08:00 of 4 FEBRUARY 2019, for its months
count from 0. A folder is read hour after hour; an empty file is an hour without ticks.

Candles are of one side: `BID_candles_min_1.bi5`. Where `ASK_candles_min_1.bi5` is not beside it, the bid
stands for both.
"""

from __future__ import annotations

import lzma
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tickwise.errors import DataError
from tickwise.market_data.chunks import TICKS_MAX, BarChunk, Chunk, QuoteChunk, TapeInstrument, chunk_from
from tickwise.market_data.importers.schema import PARTS, SIDES
from tickwise.market_data.importers.wish import Incoming, Wish
from tickwise.market_data.symbols import CURRENCIES, METALS, QUOTED_IN_HUNDREDTHS, symbol_of

TICK = np.dtype([("ms", ">u4"), ("ask", ">u4"), ("bid", ">u4"), ("ask_size", ">f4"), ("bid_size", ">f4")])
CANDLE = np.dtype(
    [("s", ">u4"), ("open", ">u4"), ("close", ">u4"), ("low", ">u4"), ("high", ">u4"), ("volume", ">f4")]
)
SIZE_UNIT = 1_000_000
"""Sizes and volumes are stored in millions of the base currency."""

_DAY = r"(?P<symbol>[^/]+)/(?P<year>\d{4})/(?P<month>\d\d)/(?P<day>\d\d)/"
_TICKS = re.compile(_DAY + r"(?P<hour>\d\d)h_ticks\.bi5$")
_CANDLES = re.compile(_DAY + r"BID_candles_min_1\.bi5$")


class Block(NamedTuple):
    """One file and what its path says."""

    start: int
    """When its clock begins, nanoseconds since 1970 UTC."""
    path: Path
    symbol: str


@contextmanager
def read(path: Path, wish: Wish) -> Iterator[Incoming]:
    """Open an hour of ticks, a day of candles, or a folder of one instrument, for import.

    In a folder that has both, the ticks are taken.
    """
    ticks = _blocks(path, _TICKS)
    blocks = ticks or _blocks(path, _CANDLES)
    if not blocks:
        raise DataError(
            f"{path}: the path does not say when it was: it must end like EURUSD/2019/01/04/08h_ticks.bi5 "
            "or EURUSD/2019/01/04/BID_candles_min_1.bi5, the month counted from 0"
        )
    named = {block.symbol for block in blocks}
    if len(named) > 1:
        raise DataError(f"{path}: files of {', '.join(sorted(named))}: give the folder of one instrument")
    symbol = wish.instrument or symbol_of(blocks[0].symbol)
    point = _point(symbol, wish, path)
    tick = wish.tick or point
    factor = _factor(point, tick, path)
    chunks: Iterator[Chunk] = _hours(blocks, factor) if ticks else _days(blocks, factor)
    source = f"Dukascopy {blocks[0].path.name} of {len(blocks)} files"
    instruments = (TapeInstrument(symbol, tick),)
    yield Incoming("quotes" if ticks else "bars", instruments, 0 if ticks else 60, source, 0, chunks)


def _blocks(path: Path, pattern: re.Pattern[str]) -> list[Block]:
    """List the files whose paths fit, in order of time."""
    files = path.rglob("*.bi5") if path.is_dir() else [path]
    found = [(file, pattern.search(file.absolute().as_posix())) for file in files]
    return sorted(_block(file, match) for file, match in found if match)


def _block(path: Path, match: re.Match[str]) -> Block:
    fields = match.groupdict()
    year, month, day, hour = (int(fields.get(name, "0")) for name in ("year", "month", "day", "hour"))
    try:
        start = datetime(year, month + 1, day, hour, tzinfo=UTC)
    except ValueError as error:
        raise DataError(f"{path}: no day of the calendar; its month counts from 0: 00 is January") from error
    return Block(int(start.timestamp()) * 10**9, path, fields["symbol"])


def _point(symbol: str, wish: Wish, path: Path) -> str:
    """Give what one count of price is worth, by Dukascopy's table of instruments: mostly 0.00001."""
    base, _, quoted = symbol.partition("_")
    if base in METALS or quoted in (*QUOTED_IN_HUNDREDTHS, "CZK", "RUB"):
        return "0.001"
    if base in CURRENCIES and quoted in CURRENCIES:
        return "0.00001"
    if base in ("BTC", "ETH"):
        return "0.1"
    if wish.tick is None:
        raise DataError(f"{path}: what one point of {symbol} is worth is not known here: give it as --tick")
    return wish.tick


def _factor(point: str, tick: str, path: Path) -> int:
    """Give how many ticks one point is."""
    factor = Decimal(point) / Decimal(tick)
    if factor != int(factor) or factor < 1:
        raise DataError(
            f"{path}: its prices count points of {point}, and a tick of {tick} does not divide them"
        )
    return int(factor)


def _hours(blocks: list[Block], factor: int) -> Iterator[QuoteChunk]:
    for block in blocks:
        rows = _rows(block.path, TICK)
        ts = block.start + rows["ms"].astype(np.int64) * 1_000_000
        bid, ask = (_ticks(rows[side], factor, block.path) for side in SIDES)
        bid_size, ask_size = (_sizes(rows[f"{side}_size"]) for side in SIDES)
        yield QuoteChunk(ts, bid, ask, bid_size=bid_size, ask_size=ask_size)


def _days(blocks: list[Block], factor: int) -> Iterator[BarChunk]:
    for block in blocks:
        bid = _rows(block.path, CANDLE)
        other = block.path.with_name(block.path.name.replace("BID", "ASK"))
        ask = _rows(other, CANDLE) if other.exists() else bid
        if not np.array_equal(bid["s"], ask["s"]):
            raise DataError(f"{other}: its minutes are not those of {block.path.name}: fetch both again")
        columns: dict[str, NDArray[Any]] = {
            f"{side}_{part}": _ticks(rows[part], factor, block.path)
            for side, rows in zip(SIDES, (bid, ask), strict=True)
            for part in PARTS
        }
        columns["ts"] = block.start + bid["s"].astype(np.int64) * 1_000_000_000
        columns["volume"] = bid["volume"]
        yield chunk_from(BarChunk, columns)


def _rows(path: Path, record: np.dtype[Any]) -> NDArray[Any]:
    """Unpack a file into its records."""
    packed = path.read_bytes()
    try:
        unpacked = lzma.decompress(packed) if packed else b""
    except lzma.LZMAError as error:
        raise DataError(f"{path}: cannot be unpacked ({error}): fetch it again") from error
    if len(unpacked) % record.itemsize:
        raise DataError(f"{path}: {len(unpacked)} bytes are no whole number of records of {record.itemsize}")
    return np.frombuffer(unpacked, record)


def _ticks(points: NDArray[Any], factor: int, path: Path) -> NDArray[np.int32]:
    ticks = points.astype(np.int64) * factor
    wrong = np.flatnonzero((ticks <= 0) | (ticks > TICKS_MAX))
    if len(wrong):
        at = int(wrong[0])
        raise DataError(
            f"{path}: row {at + 1} (counted from 1): a price of {points[at]} points cannot be kept"
        )
    return ticks.astype(np.int32)


def _sizes(millions: NDArray[Any]) -> NDArray[np.float64]:
    """Give sizes in units; a float32 cannot say more than whole units of a thousand or more of them."""
    units = millions.astype(np.float64) * SIZE_UNIT
    return np.where(units >= 1000, np.rint(units), units)
