"""What a foreign Parquet file holds: its columns under our names, its span, its tick and its frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from tickwise.errors import DataError
from tickwise.market_data import duck
from tickwise.market_data.importers import grid
from tickwise.market_data.layout import Kind
from tickwise.market_data.symbols import increments_of

SIDES = ("bid", "ask")
PARTS = ("open", "high", "low", "close")
BAR_PRICES = tuple(f"{side}_{part}" for side, part in product(SIDES, PARTS))
SIZES = ("bid_size", "ask_size")

NO_TIME = -(2**63)
"""How a missing time comes out of a query: the least int64."""

SAMPLE_ROWS = 10_000
"""How many rows are looked at before a customary tick, or the length of the bars, is believed."""


@dataclass(frozen=True)
class Schema:
    """Where a foreign file keeps the columns of a chunk: SQL for each, by our name."""

    path: Path
    shown: str
    """The file as the reader of a message knows it."""
    kind: Kind
    times: Mapping[str, str]
    prices: Mapping[str, str]
    floats: Mapping[str, str]

    @property
    def rows(self) -> str:
        """Say in SQL: the file."""
        return f"read_parquet({duck.file(self.path)}, file_row_number = true)"

    @property
    def selected(self) -> str:
        """Say in SQL: all columns, with NULL as NaN or `NO_TIME`."""
        times = [f"coalesce({sql}, {NO_TIME}) AS {name}" for name, sql in self.times.items()]
        doubles = {**self.prices, **self.floats}.items()
        return ", ".join(times + [f"coalesce({sql}, 'nan'::DOUBLE) AS {name}" for name, sql in doubles])


@dataclass(frozen=True)
class Span:
    """How much a file holds."""

    rows: int
    first_ts: int
    """The least time, nanoseconds since 1970 UTC."""
    last_ts: int
    """The greatest time, nanoseconds since 1970 UTC."""


def schema_of(
    connection: duckdb.DuckDBPyConnection, path: Path, renamed: Mapping[str, str], shown: str
) -> Schema:
    """Find the columns of quotes, or else of bars; `renamed` gives the file's name of a column by ours.

    Raises DataError where they are neither, naming those there are.
    """
    described = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({duck.file(path)})").fetchall()
    types = {str(row[0]): str(row[1]) for row in described}
    lacking = [column for column in renamed.values() if column not in types]
    if lacking:
        raise DataError(f"{shown}: no column {', '.join(lacking)}: the columns are {', '.join(types)}")
    found = {name: name for name in types} | dict(renamed)
    if {"strike", "expiry"} <= set(found):
        raise DataError(f"{shown}: an option chain, many contracts in one table: a tape holds quotes or bars")
    kind, prices = _prices(found, types, shown)
    others = ("ts", "ts_event", *SIZES) if kind == "quotes" else ("ts", "volume")
    times = {name: _time(found[name], types, shown) for name in others if name[:2] == "ts" and name in found}
    floats = {name: _number(found[name], types) for name in others if name[:2] != "ts" and name in found}
    return Schema(path, shown, kind, times, prices, floats)


def _prices(found: Mapping[str, str], types: Mapping[str, str], shown: str) -> tuple[Kind, Mapping[str, str]]:
    if {"ts", *SIDES} <= set(found):
        return "quotes", {name: _number(found[name], types) for name in SIDES}
    if {"ts", *BAR_PRICES} <= set(found):
        return "bars", {name: _number(found[name], types) for name in BAR_PRICES}
    if {"ts", *PARTS} <= set(found):
        return "bars", {name: _number(found[name.partition("_")[2]], types) for name in BAR_PRICES}
    raise DataError(
        f"{shown}: the columns are {', '.join(types)}: quotes need ts, bid, ask; bars need ts and "
        "bid_open .. ask_close, or ts and open, high, low, close"
    )


def _number(column: str, types: Mapping[str, str]) -> str:
    """Say in SQL: a column as doubles. A float32 goes by its shortest decimal, which is what was meant."""
    named = duck.name(column)
    return (
        f"try_cast({named}::VARCHAR AS DOUBLE)"
        if types[column] == "FLOAT"
        else f"try_cast({named} AS DOUBLE)"
    )


def _time(column: str, types: Mapping[str, str], shown: str) -> str:
    stored = types[column]
    if stored.startswith("TIMESTAMP"):
        return f"epoch_ns({duck.name(column)})"
    if "INT" in stored:
        return f"{duck.name(column)}::BIGINT"
    raise DataError(
        f"{shown}: the column {column} holds {stored}: "
        "times are int64 nanoseconds since 1970 UTC, or timestamps"
    )


def span_of(connection: duckdb.DuckDBPyConnection, schema: Schema) -> Span:
    """Count the rows and find the first and last time.

    Raises DataError where there is no row, or none with a time.
    """
    ts = schema.times["ts"]
    found = connection.execute(f"SELECT count(*), min({ts}), max({ts}) FROM {schema.rows}").fetchone()
    rows, first_ts, last_ts = found or (0, None, None)
    if not rows:
        raise DataError(f"{schema.shown}: it has columns and no rows: there is nothing to replay")
    if first_ts is None:
        raise DataError(f"{schema.shown}: the column ts is empty in every row")
    return Span(int(rows), int(first_ts), int(last_ts))


def refuse_other_units(span: Span, schema: Schema) -> None:
    """Raise DataError where the times are no nanoseconds.

    Taken for another unit they lie in the years 1990 to 2100, and are too near each other for nanoseconds.
    """
    ts, step = span.first_ts, (span.last_ts - span.first_ts) / span.rows
    for unit, second in (("seconds", 1), ("milliseconds", 10**3), ("microseconds", 10**6)):
        if 631_152_000 <= ts / second < 4_102_444_800 and step < 10**5 * second:
            raise DataError(
                f"{schema.shown}: ts {ts} looks like {unit}, where nanoseconds are wanted: "
                "multiply the column"
            )


def without_silent_volume(connection: duckdb.DuckDBPyConnection, schema: Schema) -> Schema:
    """Forget a volume that is not known in any row."""
    volume = schema.floats.get("volume")
    if volume is None:
        return schema
    known = f"{volume} IS NOT NULL AND NOT isnan({volume})"
    some = connection.execute(f"SELECT 1 FROM {schema.rows} WHERE {known} LIMIT 1").fetchone()
    return schema if some else replace(schema, floats={})


def tick_of(connection: duckdb.DuckDBPyConnection, schema: Schema, symbol: str) -> tuple[str, str]:
    """Choose a tick and say why: the customary one if most of the first prices fall on it, else a decimal.

    Of decimals, the coarsest that all but a thousandth of the prices fall on, or up to three more digits
    where every price then does. Raises DataError where there is none.
    """
    custom = increments_of(symbol)
    sample = f"{schema.rows} LIMIT {SAMPLE_ROWS}"
    if custom and _strays(connection, schema, sample, custom.tick) <= grid.CUSTOM_STRAYS_MAX:
        return custom.tick, f"tick {custom.tick} by custom of {symbol}"

    def share(digits: int) -> float:
        return _strays(connection, schema, schema.rows, grid.tick_with(digits))

    coarse = next((each for each in range(grid.DIGITS_MAX + 1) if share(each) <= grid.STRAYS_MAX), None)
    if coarse is None:
        raise DataError(
            f"{schema.shown}: the prices fall on no grid of {grid.DIGITS_MAX} decimals: give --tick"
        )
    finer = range(coarse, coarse + grid.DIGITS_MORE + 1)
    tick = grid.tick_with(next((each for each in finer if not share(each)), coarse))
    return tick, f"tick {tick} guessed from the prices"


def _strays(connection: duckdb.DuckDBPyConnection, schema: Schema, rows: str, tick: str) -> float:
    """Give the largest share of finite positive prices, over the columns, that lie off a tick's grid."""
    scale = repr(grid.scale_of(tick))
    off = f"abs(x * {scale} - round(x * {scale})) > {grid.OFF_GRID_MAX}"
    shares = []
    for price in schema.prices.values():
        counted = f"CASE WHEN isfinite(x) AND x > 0 THEN ({off})::INTEGER END"
        query = f"SELECT avg({counted}) FROM (SELECT {price} AS x FROM {rows})"
        shares.append((connection.execute(query).fetchone() or (None,))[0] or 0.0)
    return max(shares)


def frame_of(connection: duckdb.DuckDBPyConnection, schema: Schema) -> tuple[int, str]:
    """Choose the length of the bars in seconds and say why: the commonest step between them."""
    query = f"SELECT {schema.times['ts']} AS ts FROM {schema.rows} LIMIT {SAMPLE_ROWS}"
    frame_s = _commonest_step_s(np.asarray(connection.execute(query).fetchnumpy()["ts"]))
    return frame_s, f"bars of {frame_s} s from the commonest step between them"


def _commonest_step_s(ts: NDArray[np.int64]) -> int:
    steps = np.diff(ts)
    lengths, counts = np.unique(steps[steps > 0], return_counts=True)
    return max(1, round(int(lengths[np.argmax(counts)]) / 1e9)) if len(lengths) else 60
