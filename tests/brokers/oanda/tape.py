"""Tapes for the local market: drawn from a seed, or read from a Parquet file of quotes."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb

from brokers.oanda.instruments import Instrument
from brokers.oanda.market import Row
from brokers.oanda.text import SECOND

STARTS = {
    "AUD_USD": 66_000,
    "EUR_USD": 110_000,
    "GBP_USD": 127_000,
    "USD_CHF": 88_000,
    "USD_JPY": 150_000,
    "XAU_USD": 2_400_000,
}
"""Points at which a drawn market begins."""

ROWS_AT_ONCE = 50_000


def drawn(
    chance: random.Random,
    start_ns: int,
    instruments: Iterable[str] = ("EUR_USD", "USD_JPY"),
    *,
    per_second: float = 2.0,
    step_points: float = 1.5,
    spread_points: int = 8,
) -> Iterator[Row]:
    """Give an endless market: prices walk, spreads breathe, and rows come at random times."""
    names = list(instruments)
    middles = {name: float(STARTS.get(name, 100_000)) for name in names}
    ts = start_ns
    while True:
        ts += round(chance.expovariate(per_second * len(names)) * SECOND)
        name = chance.choice(names)
        middles[name] += chance.gauss(0.0, step_points)
        spread = max(1, round(spread_points * chance.uniform(0.7, 1.6)))
        bid = round(middles[name]) - spread // 2
        yield Row(ts, name, bid, bid + spread)


def read(path: Path, instrument: Instrument) -> Iterator[Row]:
    """Give the quotes of a Parquet file with columns `ts`, `bid` and `ask`.

    Times are nanoseconds UTC. Prices are doubles, or whole ticks of the size that the file's own label
    names; quotes that lack a side are left out.
    """
    with duckdb.connect() as connection:
        points = _tick(connection, path) * 10**instrument.display_precision
        rows = connection.execute(
            "SELECT ts, bid, ask FROM read_parquet(?) WHERE bid IS NOT NULL AND ask IS NOT NULL ORDER BY ts",
            [str(path)],
        )
        while found := rows.fetchmany(ROWS_AT_ONCE):
            for ts, bid, ask in found:
                yield Row(ts, instrument.name, round(float(bid) * points), round(float(ask) * points))


def _tick(connection: duckdb.DuckDBPyConnection, path: Path) -> float:
    """Give what one unit of the price columns is worth: a tick of the label's, or a price itself."""
    label = connection.execute(
        "SELECT decode(value) FROM parquet_kv_metadata(?) WHERE decode(key) = 'tickwise'", [str(path)]
    ).fetchone()
    if label is None:
        return 1.0
    listed = json.loads(label[0])["instruments"]
    assert len(listed) == 1, f"{path}: a tape of several instruments; give one tape for each"
    return float(listed[0]["tick"])


def moved(rows: Iterable[Row], start_ns: int) -> Iterator[Row]:
    """Give a tape moved in time, so that its first row comes at `start_ns`."""
    shift = None
    for row in rows:
        shift = start_ns - row.ts if shift is None else shift
        yield row._replace(ts=row.ts + shift)
