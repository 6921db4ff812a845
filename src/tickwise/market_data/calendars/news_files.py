"""Read scheduled news from files: the weekly JSON of ForexFactory's shape, our CSV, or Parquet.

* JSON: a list of objects with `title`, `country` (a currency code), `date` (ISO 8601 with offset),
  `impact` (High, Medium, Low, Holiday); further fields are not read.
* CSV with a header: `ts` (nanoseconds UTC) or `date` (ISO 8601 with offset), `currency`, `impact`,
  `title`, and `category` (macro or crypto) where the rule by currency and title is not enough.
* Parquet: columns `ts` (int64 nanoseconds UTC), `currency`, `impact`, `title`, perhaps `category`.
* A folder of such files is one calendar; equal items of two files count once, and an item that was
  moved between two files is kept at both times.

Anything that cannot be meant is a ConfigError naming file, row and field: a calendar with a hole in
it would let trades through.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tickwise.errors import ConfigError
from tickwise.market_data.calendars.intervals import FAR_FUTURE
from tickwise.market_data.calendars.names import unknown_name
from tickwise.market_data.calendars.news import CATEGORIES, IMPACTS, NewsItem, category_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CURRENCY = re.compile(r"[A-Z0-9]{2,10}")
_WHOLE_NUMBER = re.compile(r"[0-9]{1,19}")
_TS_FIRST = 315_532_800_000_000_000
_SAME_AS_NONE = frozenset({"", "non-economic"})
_SUFFIXES = (".json", ".csv", ".parquet")


def read_news(path: str | Path) -> tuple[NewsItem, ...]:
    """Read a calendar file, or every one of a folder, as items in time order, each once.

    Raises ConfigError naming the file, the row and the field of what cannot be used.
    """
    place = Path(path)
    if not place.exists():
        raise ConfigError(f"news calendar {place} does not exist: correct the path, or leave it out")
    files = (
        sorted(file for file in place.iterdir() if file.suffix in _SUFFIXES) if place.is_dir() else [place]
    )
    if not files:
        raise ConfigError(f"news calendar {place} holds no {', '.join(_SUFFIXES)} file")
    return tuple(sorted({item for file in files for item in _items(file)}))


def parse_news(source: str, text: str) -> tuple[NewsItem, ...]:
    """Read a calendar's text, JSON or CSV as it shows itself to be, in time order, each item once.

    Raises ConfigError as `read_news` does, naming `source`.
    """
    read = _from_json if text.lstrip()[:1] in ("[", "{") else _from_csv
    return tuple(sorted(set(read(source, text))))


def written_news(items: Iterable[NewsItem]) -> str:
    """Write items as our CSV, which reads back to the same."""
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(("ts", "currency", "impact", "title", "category"))
    rows.writerows((each.ts, each.currency, each.impact, each.title, each.category) for each in items)
    return text.getvalue()


def _items(file: Path) -> Iterator[NewsItem]:
    if file.suffix not in _SUFFIXES:
        raise ConfigError(f"news calendar {file}: give a {', '.join(_SUFFIXES)} file or a folder of them")
    if file.suffix == ".parquet":
        return _from_parquet(file)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"news calendar {file} cannot be read as UTF-8 text: {error}") from None
    return _from_json(file, text) if file.suffix == ".json" else _from_csv(file, text)


def _from_json(file: Path | str, text: str) -> Iterator[NewsItem]:
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"news calendar {file} is not JSON: {error}") from None
    if not isinstance(rows, list):
        raise ConfigError(f"news calendar {file}: expected a list of items, found {type(rows).__name__}")
    for number, row in enumerate(rows, start=1):
        where = f"news calendar {file}, item {number}"
        if not isinstance(row, dict):
            raise ConfigError(f"{where}: expected an object with title, country, date and impact")
        ts = _ts_of_date(where, _text(where, row, "date"))
        yield _item(where, row, ts, "country")


def _from_csv(file: Path | str, text: str) -> Iterator[NewsItem]:
    lines = _csv_lines(file, text)
    header = [name.strip().lower() for name in lines[0][1]] if lines else []
    for name in ("currency", "impact", "title"):
        if name not in header:
            raise ConfigError(f"news calendar {file}: no column '{name}' in its first line")
    if "ts" not in header and "date" not in header:
        raise ConfigError(f"news calendar {file}: no column 'ts' or 'date' in its first line")
    for number, fields in lines[1:]:
        where = f"news calendar {file}, line {number}"
        if len(fields) != len(header):
            raise ConfigError(f"{where}: {len(fields)} fields where the first line has {len(header)}")
        row = dict(zip(header, fields, strict=True))
        yield _item(where, row, _csv_ts(where, row), "currency")


def _csv_lines(file: Path | str, text: str) -> list[tuple[int, list[str]]]:
    """Split CSV text into its rows that are not empty, each with the number of its last line."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return [(reader.line_num, fields) for fields in reader if fields]
    except csv.Error as error:
        raise ConfigError(f"news calendar {file}, line {reader.line_num}: not CSV: {error}") from None


def _from_parquet(file: Path) -> Iterator[NewsItem]:
    import duckdb  # only a Parquet calendar pays for loading it

    from tickwise.market_data import duck

    with duck.connected() as connection:
        try:
            table = connection.execute(f"SELECT * FROM read_parquet({duck.file(file)})")
            names = [column[0] for column in table.description or ()]
            rows = table.fetchall()
        except duckdb.Error as error:
            reason = str(error).strip().splitlines()[0]
            raise ConfigError(f"news calendar {file} cannot be read as Parquet: {reason}") from None
    for name in ("ts", "currency", "impact", "title"):
        if name not in names:
            raise ConfigError(f"news calendar {file}: no column '{name}'; it has {', '.join(names)}")
    for number, values in enumerate(rows, start=1):
        where = f"news calendar {file}, row {number}"
        row = dict(zip(names, values, strict=True))
        yield _item(where, row, _checked_ts(where, row["ts"]), "currency")


def _item(where: str, row: Mapping[str, object], ts: int, currency_field: str) -> NewsItem:
    currency = _text(where, row, currency_field).upper()
    if not _CURRENCY.fullmatch(currency):
        raise ConfigError(f"{where}, {currency_field}: '{currency}' is not a currency code like USD, or ALL")
    title = _text(where, row, "title")  # some published calendars leave it empty; the time still counts
    return NewsItem(ts, currency, _impact(where, row), title, _category(where, row, currency, title))


def _impact(where: str, row: Mapping[str, object]) -> str:
    impact = _text(where, row, "impact").lower()
    if impact in IMPACTS:
        return impact
    if impact in _SAME_AS_NONE:
        return "none"
    raise ConfigError(f"{where}, {unknown_name('impact', impact, IMPACTS)}")


def _category(where: str, row: Mapping[str, object], currency: str, title: str) -> str:
    given = _text(where, row, "category").lower() if row.get("category") is not None else ""
    if not given:
        return category_of(currency, title)
    if given not in CATEGORIES:
        raise ConfigError(f"{where}, {unknown_name('category', given, CATEGORIES)}")
    return given


def _text(where: str, row: Mapping[str, object], field: str) -> str:
    value = row.get(field)
    if not isinstance(value, str):
        found = "is missing" if value is None else f"is {value!r}, not text"
        raise ConfigError(f"{where}, {field}: {found}")
    return value.strip()


def _csv_ts(where: str, row: Mapping[str, str]) -> int:
    written = row.get("ts", "").strip()
    if not written:
        return _ts_of_date(where, row.get("date", "").strip())
    if not _WHOLE_NUMBER.fullmatch(written):
        raise ConfigError(f"{where}, ts: '{written}' is not a whole number of nanoseconds UTC")
    return _checked_ts(where, int(written))


def _checked_ts(where: str, ts: object) -> int:
    if not isinstance(ts, int) or not _TS_FIRST <= ts < FAR_FUTURE:
        raise ConfigError(f"{where}, ts: {ts!r} is not nanoseconds UTC of the years 1980 to 2115")
    return ts


def _ts_of_date(where: str, text: str) -> int:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"{where}, date: '{text}' is not ISO 8601 like 2026-01-09T08:30:00-05:00") from None
    if at.tzinfo is None:
        raise ConfigError(
            f"{where}, date: '{text}' has no offset from UTC: write it as {text}+00:00 if it is UTC"
        )
    return _checked_ts(where, (at - _EPOCH) // timedelta(microseconds=1) * 1000)
