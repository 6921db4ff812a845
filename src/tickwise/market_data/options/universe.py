"""Chains in files: every contract of an underlying on a day, with volume, open interest and greeks.

Two forms are read. Lean's CSV, `goog/20151222.csv`, begins with `#expiry,strike,right,open ...` and has the
underlying's own bar as its first row; the folder names the underlying, the file the day. A Parquet file
has the same columns and `date`, `underlying`, `underlying_close` for several days and underlyings.
The prices of a row are those of the trading day before the date it bears.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

from tickwise.core.options.greeks import Greeks
from tickwise.errors import DataError
from tickwise.market_data import duck
from tickwise.market_data.options.contract import OptionContract, contract_of
from tickwise.market_data.options.occ import occ_symbol

NEEDED = ("expiry", "strike", "right", "close", "volume", "open_interest", "implied_volatility")
GREEKS = Greeks._fields


class Listing(NamedTuple):
    """One contract of a chain on a day, as published; what was not published is None."""

    contract: OptionContract
    day: date
    """The day the chain is for; its prices are of the trading day before."""
    close: float | None
    """The last price, or the middle of the last quote."""
    volume: float | None
    open_interest: float | None
    implied_volatility: float | None
    """None where it was left out or written as 0."""
    greeks: Greeks | None
    underlying_close: float | None


def read_universe(path: Path, underlying: str = "", day: date | None = None) -> list[Listing]:
    """Read the listings of a file, of one underlying and one day where these are given.

    Raises DataError where the file is none of the two forms, a row cannot be meant, or nothing is left.
    """
    rows = _parquet_rows(path) if path.suffix == ".parquet" else _csv_rows(path)
    wanted = underlying.upper()
    found = [
        listing
        for number, row in rows
        if not wanted or row["underlying"] == wanted
        if day is None or row["date"] == day.isoformat()
        for listing in (_listing(row, f"{path}: row {number}"),)
    ]
    if not found:
        asked = " ".join(part for part in (wanted, day.isoformat() if day else "") if part)
        raise DataError(f"{path}: no contract{f' of {asked}' if asked else ''} in it")
    return found


def _csv_rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Give Lean's rows by column; the underlying's own goes into each as `underlying_close`."""
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.reader(lines))
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read as text: {error}") from None
    names = [name.strip().lstrip("#") for name in rows[0]] if rows else []
    _check_columns(path, names)
    stem = path.stem
    day = f"{stem[:4]}-{stem[4:6]}-{stem[6:8]}" if len(stem) == 8 and stem.isdigit() else ""
    if not day:
        raise DataError(f"{path}: the name is not that of a day: it must be like goog/20151222.csv")
    own: float | None = None
    for number, cells in enumerate(rows[1:], 2):
        if len(cells) != len(names):
            raise DataError(f"{path}: row {number}: {len(cells)} columns, and the first row has {len(names)}")
        row: dict[str, Any] = dict(zip(names, cells, strict=True))
        if not row["expiry"]:
            own = _number(row["close"], f"{path}: row {number}")
            continue
        row |= {"date": day, "underlying": path.parent.name.upper(), "underlying_close": own}
        row["expiry"] = f"{row['expiry'][:4]}-{row['expiry'][4:6]}-{row['expiry'][6:]}"
        yield number, row


def _parquet_rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    with duck.told(path, "cannot be read as Parquet"), duck.connected() as connection:
        reader = connection.execute(f"SELECT * FROM read_parquet({duck.file(path)})")
        names = [str(column[0]) for column in reader.description or ()]
        _check_columns(path, [*names], ("date", "underlying"))
        rows = reader.fetchall()
    for number, cells in enumerate(rows, 1):
        yield number, dict(zip(names, cells, strict=True))


def _check_columns(path: Path, names: Iterable[str], more: tuple[str, ...] = ()) -> None:
    there = list(names)
    lacking = [name for name in (*NEEDED, *GREEKS, *more) if name not in there]
    if lacking:
        raise DataError(f"{path}: no chain of options: it has no column {', '.join(lacking)}")


def _listing(row: Mapping[str, Any], where: str) -> Listing:
    try:
        expiry, day = date.fromisoformat(str(row["expiry"])), date.fromisoformat(str(row["date"]))
        strike = Decimal(str(row["strike"])) * 1000
    except (ValueError, InvalidOperation):
        raise DataError(
            f"{where}: expiry {row['expiry']}, strike {row['strike']}: no contract of the calendar"
        ) from None
    if not strike.is_finite() or strike != strike.to_integral_value():
        raise DataError(f"{where}: the strike {row['strike']} is no whole number of thousandths")
    try:
        symbol = occ_symbol(str(row["underlying"]), expiry, str(row["right"]), int(strike))
    except DataError as error:
        raise DataError(f"{where}: {error}") from None
    numbers = {name: _number(row.get(name), where) for name in (*NEEDED[3:], *GREEKS, "underlying_close")}
    volatility = numbers["implied_volatility"] or None
    greeks = [numbers[name] for name in GREEKS]
    known = [greek for greek in greeks if greek is not None]
    return Listing(
        contract_of(symbol),
        day,
        numbers["close"],
        numbers["volume"],
        numbers["open_interest"],
        volatility,
        Greeks(*known) if volatility and len(known) == len(greeks) else None,
        numbers["underlying_close"],
    )


def _number(cell: Any, where: str) -> float | None:
    """Read a number; None where the cell is empty. Raises DataError where it is no finite number."""
    if cell is None or cell == "":
        return None
    try:
        number = float(cell)
    except ValueError:
        number = float("nan")
    if not isfinite(number):
        raise DataError(f"{where}: {cell!r} is no number")
    return number
