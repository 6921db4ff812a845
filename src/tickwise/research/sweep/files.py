"""A table written to a file: Parquet, CSV or JSON by the ending of its name, the same bytes every time."""

from __future__ import annotations

import json
import os
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from tickwise.errors import ConfigError
from tickwise.market_data import duck
from tickwise.research.table import Table

ENDINGS = (".parquet", ".csv", ".json")


def refuse_ending(place: Path) -> None:
    """Raise ConfigError for a name whose ending says no format we write."""
    if place.suffix.lower() not in ENDINGS:
        raise ConfigError(f"{place}: end the name with {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}")


def write_table(table: Table, place: Path) -> None:
    """Write a table, whole or not at all. Raises ConfigError for an ending we do not write."""
    refuse_ending(place)
    part = place.with_name(f".{place.name}.part")
    try:
        if place.suffix.lower() == ".json":
            part.write_text(_json(table), encoding="utf-8")
        else:
            _copied(table, part, place.suffix.lower())
        os.replace(part, place)
    finally:
        part.unlink(missing_ok=True)


def _json(table: Table) -> str:
    rows = [json.dumps({name: _plain(value) for name, value in row.items()}) for row in table]
    return "[\n" + ",\n".join(rows) + "\n]\n"


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not isfinite(value) else value


def _copied(table: Table, place: Path, ending: str) -> None:
    """Let DuckDB write the columns; NaN is what is not known, and stands as such."""
    form = "FORMAT parquet, COMPRESSION zstd" if ending == ".parquet" else "FORMAT csv, HEADER"
    columns = {f"c{k}": np.asarray(column) for k, column in enumerate(table.columns.values())}
    named = []
    for k, (says, column) in enumerate(table.columns.items()):
        read = f"c{k}" if column.dtype.kind != "f" else f"CASE WHEN isnan(c{k}) THEN NULL ELSE c{k} END"
        named.append(f"{read} AS {duck.name(says)}")
    with duck.told(place, "cannot be written"), duck.connected(threads=1) as connection:
        text = {name: column.astype(object) for name, column in columns.items() if column.dtype.kind == "U"}
        connection.register("found", {**columns, **text})
        connection.execute(f"COPY (SELECT {', '.join(named)} FROM found) TO {duck.text(str(place))} ({form})")
