"""OANDA v20 as people record it: lines of the price stream, or answers of the candles endpoint.

Prices are a JSON object a line, `{"type": "PRICE", "time": ..., "instrument": ..., "bids": [{"price": ...}],
"asks": [...]}`; the first price of each side is the best, heartbeats are left out. Candles are answers whole,
`{"instrument": ..., "candles": [...]}`, one a line or one file; a candle that was not complete is left out,
and one that two answers share is taken once. Of candles with mid prices only, both sides are the mid.

A file may hold several instruments, a tape of it holds the one that is asked for.
"""

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from tickwise.errors import DataError
from tickwise.market_data import duck
from tickwise.market_data.importers import text
from tickwise.market_data.importers.schema import PARTS, SIDES
from tickwise.market_data.importers.wish import Incoming, Wish, incoming

NO_SIGN = "\x01"
"""A sign that no line of JSON holds, so that a line is one column."""


def is_one(path: Path) -> bool:
    """Tell whether a text file begins as these do: with a JSON object."""
    return text.first_lines(path, 1)[0].startswith("{")


@contextmanager
def read(path: Path, wish: Wish) -> Iterator[Incoming]:
    """Open recorded prices or candles for import."""
    if not _holds_candles(path):
        with _lines(path, path, wish, _prices(), "prices counted from 1") as coming:
            yield coming
        return
    with tempfile.TemporaryDirectory(prefix="tickwise-import-") as folder:
        each = Path(folder) / f"{path.stem}.jsonl"
        has_sides = _one_by_one(path, each)
        select = _candles(SIDES if has_sides else ("mid",))
        with _lines(path, each, wish, select, "whole candles counted from 1 in order of time") as coming:
            yield coming


def _holds_candles(path: Path) -> bool:
    """Tell candles from prices by the first line, which may be a part of an answer that spans many."""
    first = text.first_lines(path, 1)[0]
    try:
        said = json.loads(first)
    except json.JSONDecodeError:
        return not first.startswith('{"type"') and '"bids"' not in first
    return isinstance(said, dict) and "candles" in said


@contextmanager
def _lines(path: Path, lines: Path, wish: Wish, select: str, counted: str) -> Iterator[Incoming]:
    """Open lines of JSON as a tape of one instrument."""
    rows = (
        f"(SELECT CASE WHEN json_valid(line) THEN line ELSE '{{}}' END AS line FROM read_csv("
        f"{duck.file(lines)}, auto_detect = false, delim = {duck.text(NO_SIGN)}, quote = '', escape = '', "
        "header = false, columns = {'line': 'VARCHAR'}) WHERE trim(line) <> '' "
        "AND NOT coalesce(line LIKE '%\"HEARTBEAT\"%', false))"
    )
    symbol = _chosen(path, rows, wish)
    own = f"coalesce(line->>'$.instrument', {duck.text(symbol)}) = {duck.text(symbol)}"
    query = select.format(rows=f"(SELECT line FROM {rows} WHERE {own})", ts=_moment(wish))
    with text.staged(path, query, replace(wish, instrument=symbol), counted) as tape:
        yield incoming(tape, f"OANDA {path.name}")


def _chosen(path: Path, rows: str, wish: Wish) -> str:
    """Give the instrument that is asked for, or the only one. Raises DataError naming what there is."""
    with duck.told(path, "cannot be read as lines of JSON"), duck.connected() as connection:
        query = f"SELECT DISTINCT line->>'$.instrument' AS name FROM {rows} WHERE name IS NOT NULL ORDER BY 1"
        there = [str(name) for (name,) in connection.execute(query).fetchall()]
    if not there:
        raise DataError(f"{path}: no line of it names an instrument: these are no prices of OANDA")
    named = ", ".join(there)
    if wish.instrument is None and len(there) > 1:
        raise DataError(f"{path}: holds {named}: choose one with --instrument")
    if wish.instrument is not None and wish.instrument not in there:
        raise DataError(f"{path}: holds {named}, and {wish.instrument} was asked for")
    return wish.instrument or there[0]


def _moment(wish: Wish) -> str:
    """Say in SQL: the time of a line, ISO 8601 or seconds since 1970, whichever the account was set to."""
    iso, unix = text.moment("clock", "iso", wish.zone), text.moment("clock", "s", None)
    return f"CASE WHEN regexp_full_match(clock, '[0-9.]+') THEN {unix} ELSE {iso} END"


def _prices() -> str:
    """Say in SQL: the quotes of price lines, in the order of the file."""
    sides = ", ".join(
        f"line->>'$.{side}s[0].price' AS {side}, line->>'$.{side}s[0].liquidity' AS {side}_size"
        for side in SIDES
    )
    columns = ", ".join(f"{text.number(name)} AS {name}" for name in ("bid", "ask", "bid_size", "ask_size"))
    return f"SELECT {{ts}} AS ts, {columns} FROM (SELECT line->>'$.time' AS clock, {sides} FROM {{rows}})"


def _candles(sides: tuple[str, ...]) -> str:
    """Say in SQL: the bars of candles, in order of time, each once."""
    names = [(side, part) for side in sides for part in PARTS]
    texts = ", ".join(f"line->>'$.{side}.{part[0]}' AS {side}_{part}" for side, part in names)
    numbers = ", ".join(
        f"{text.number(f'{side}_{part}')} AS {part if side == 'mid' else f'{side}_{part}'}"
        for side, part in names
    )
    return (
        f"SELECT DISTINCT {{ts}} AS ts, {numbers}, {text.number('volume')} AS volume FROM "
        f"(SELECT line->>'$.time' AS clock, line->>'$.volume' AS volume, {texts} FROM {{rows}}) ORDER BY ts"
    )


def _one_by_one(path: Path, out: Path) -> bool:
    """Write each whole candle of every answer as a line of its own; tell whether they have bid and ask.

    Raises DataError where an answer cannot be read.
    """
    sides = True
    with out.open("w", encoding="utf-8") as lines:
        for number, answer in enumerate(_answers(path), 1):
            if not isinstance(answer, dict) or not isinstance(answer.get("candles"), list):
                raise DataError(f"{path}: answer {number} has no candles: is a line of it another answer?")
            for candle in answer["candles"]:
                if candle.get("complete", True):
                    sides = sides and all(side in candle for side in SIDES)
                    lines.write(json.dumps({"instrument": answer.get("instrument"), **candle}) + "\n")
    return sides


def _answers(path: Path) -> Iterator[Any]:
    """Give every answer of a file: one a line, or one that is the file. Raises DataError."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8-sig") as content:
        first = next((line for line in content if line.strip()), "")
        try:
            yield json.loads(first)
        except json.JSONDecodeError:
            whole = first + content.read()
            try:
                yield json.loads(whole)
            except json.JSONDecodeError as error:
                raise DataError(
                    f"{path}: cannot be read as JSON: {error.msg} at line {error.lineno}: it may be cut off"
                ) from None
            return
        for number, line in enumerate(content, 2):
            if line.strip():
                try:
                    yield json.loads(line)
                except json.JSONDecodeError as error:
                    raise DataError(f"{path}: line {number} is no JSON: {error.msg}") from None
