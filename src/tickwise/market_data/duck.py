"""DuckDB as the reader and writer of column files: offline, and plain about what went wrong.

It is imported by what opens a file: an engine that reads none starts a tenth of a second sooner.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tickwise.errors import DataError

if TYPE_CHECKING:
    import duckdb


@contextmanager
def connected(*, threads: int | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database in memory that never reaches for the network; it ends with the block.

    One thread keeps a long copy from one file to another in bounded memory: measured over 80 million
    quotes, 97 MB of peak memory on one thread, 560 MB and growing on two, at nearly the same speed.
    """
    import duckdb

    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if threads is not None:
        config["threads"] = threads
    connection = duckdb.connect(config=config)
    try:
        connection.execute("SET enable_progress_bar = false")  # it would be drawn on the standard output
        yield connection
    finally:
        connection.close()


def text(value: str) -> str:
    """Quote a string for SQL."""
    return "'" + value.replace("'", "''") + "'"


def name(column: str) -> str:
    """Quote a column's name for SQL."""
    return '"' + column.replace('"', '""') + '"'


def file(path: Path) -> str:
    """Quote the path of one file for reading: characters a pattern would use stand for themselves."""
    return text(re.sub(r"([*?\[])", r"[\1]", str(path)))


@contextmanager
def told(path: Path, trouble: str) -> Iterator[None]:
    """Turn DuckDB's complaint about a file into one line: `PATH: TROUBLE: what DuckDB said first`.

    Raises DataError.
    """
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        first = str(error).strip().splitlines()[0]
        raise DataError(f"{path}: {trouble}: {first}") from error
