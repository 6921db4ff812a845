"""Text files as tables: what their first lines say, and their times and numbers as SQL.

A text file is copied to a Parquet file of decimal prices first, in bounded memory; from there it goes the
way of every foreign Parquet file, with the same checks and the same messages.
"""

from __future__ import annotations

import gzip
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from tickwise.errors import DataError
from tickwise.market_data import duck
from tickwise.market_data.importers.parquet import Original, open_foreign
from tickwise.market_data.importers.wish import Wish
from tickwise.market_data.layout import copy_to
from tickwise.market_data.tape import Tape

UNITS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
"""Nanoseconds in each unit a time may be counted in."""

DIGITS = {10: "s", 13: "ms", 16: "us", 19: "ns"}
"""The unit of a time since 1970 by the digits before its point: right for the years 2001 to 2286."""

_OFFSET = re.compile(r"(?:UTC|GMT)?(?:(?P<sign>[+-])(?P<hours>\d\d?)(?::?(?P<minutes>\d\d))?)?|Z")
_CLOCK_OFFSET = r":\d\d(?:\.\d+)? *(?:([+-])(\d\d):?(\d\d)?|Z)$"


def first_lines(path: Path, count: int = 2) -> list[str]:
    """Read the first lines that are not empty; a file that ends in .gz is unpacked.

    Raises DataError where the file is no text or has no line.
    """
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8-sig") as lines:
            found = list(islice((line.strip() for line in lines if line.strip()), count))
    except (UnicodeDecodeError, gzip.BadGzipFile) as error:
        raise DataError(f"{path}: cannot be read as text: {error}") from error
    if not found:
        raise DataError(f"{path}: the file is empty: there is nothing to import")
    return found


def delimiter_of(line: str) -> str:
    """See what separates the columns: the commonest of comma, semicolon, tab and bar."""
    return max(",;\t|", key=line.count)


def table(path: Path, names: Sequence[str], delimiter: str, *, header: bool) -> str:
    """Say in SQL: the rows of a text file, every column as text under the given name."""
    columns = ", ".join(f"{duck.text(each)}: 'VARCHAR'" for each in names)
    return (
        f"read_csv({duck.file(path)}, auto_detect = false, delim = {duck.text(delimiter)}, quote = '\"', "
        f"escape = '\"', header = {str(header).lower()}, columns = {{{columns}}})"
    )


def number(column: str) -> str:
    """Say in SQL: a column of text as a double; NULL where it is none.

    Without the trim DuckDB has its CSV reader do the cast, and that one does not forgive.
    """
    return f"try_cast(trim({duck.name(column)}) AS DOUBLE)"


def moment(column: str, unit: str, zone: str | None) -> str:
    """Say in SQL: a column of text as int64 nanoseconds UTC; NULL where it is no time.

    `unit` is s, ms, us, ns (since 1970; decimals are kept), iso, or a pattern of strptime. `zone` is the
    offset of the file's clock, which an offset in the text itself overrules.
    Raises DataError where the unit or the zone is none of these.
    """
    shift = offset_ns(zone)
    text = f"trim({duck.name(column)})"
    if unit in UNITS:
        return f"(try_cast({text} AS DECIMAL(38, 9)) * {UNITS[unit]})::BIGINT - {shift}"
    if "%" in unit:
        return f"epoch_ns(try_strptime({text}, {duck.text(unit)})) - {shift}"
    if unit != "iso":
        raise DataError(
            f"ts unit {unit}: choose one of {', '.join(UNITS)}, iso, or a pattern such as %Y-%m-%d"
        )
    clock = f"regexp_replace({text}, '(:\\d\\d(?:\\.\\d+)?) *(?:[+-]\\d\\d(?::?\\d\\d)?|Z)$', '\\1')"
    own = f"regexp_extract({text}, {duck.text(_CLOCK_OFFSET)}, ['sign', 'hours', 'minutes'])"
    minutes = f"(60 * try_cast({own}.hours AS BIGINT) + coalesce(try_cast({own}.minutes AS BIGINT), 0))"
    stated = f"CASE WHEN {own}.sign <> '' THEN ({own}.sign || '1')::BIGINT * {minutes} * 60000000000 "
    stated += f"WHEN {text} LIKE '%Z' THEN 0 END"
    return f"epoch_ns(try_cast({clock} AS TIMESTAMP_NS)) - coalesce({stated}, {shift})"


def unit_of(sample: str) -> str:
    """See how a time is written: a count since 1970 by its digits, else ISO 8601."""
    if re.fullmatch(r"\d+(\.\d+)?", sample):
        return DIGITS.get(len(sample.partition(".")[0]), "ns")
    return "iso"


def offset_ns(zone: str | None) -> int:
    """Read an offset from UTC such as -05:00 as nanoseconds; None is UTC.

    Raises DataError where it is no offset: a named zone moves its clock twice a year and no file says when.
    """
    match = _OFFSET.fullmatch((zone or "Z").strip())
    if not match:
        raise DataError(f"zone {zone}: give the offset of the file's clock from UTC, such as -05:00")
    sign = -1 if match["sign"] == "-" else 1
    return sign * (int(match["hours"] or 0) * 60 + int(match["minutes"] or 0)) * 60 * 10**9


@contextmanager
def staged(path: Path, select: str, wish: Wish, counted: str) -> Iterator[Tape]:
    """Copy what `select` gives to a Parquet file that lasts for the block, and open it as a tape.

    `path` is the file as the reader of a message knows it, `counted` how its rows are numbered.
    """
    with tempfile.TemporaryDirectory(prefix="tickwise-import-") as folder:
        copy = Path(folder) / f"{path.stem}.parquet"
        with duck.told(path, "cannot be read as a table"), duck.connected(threads=1) as connection:
            connection.execute(copy_to(select, copy))
        yield open_foreign(copy, wish, Original(path, counted))
