"""The command `data chain`: the option contracts a file lists for a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tickwise.cli.tapes import Force, JsonTo

if TYPE_CHECKING:
    from tickwise.market_data.options.universe import Listing

EXAMPLE = "Example: tickwise data chain goog/20151222.csv --expiry 2016-01-15 --right C"


def chain(
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help="Lean's CSV of a day, Parquet, or Databento's files.")
    ],
    underlying: Annotated[str, typer.Option(metavar="SYM", help="Of this underlying only.")] = "",
    day: Annotated[str, typer.Option(metavar="DATE", help="Of this day only: 2015-12-22.")] = "",
    expiry: Annotated[str, typer.Option(metavar="DATE", help="Expiring on this day only.")] = "",
    right: Annotated[str, typer.Option(metavar="C|P", help="Calls or puts only.")] = "",
    open_interest_min: Annotated[
        float, typer.Option("--open-interest-min", min=0.0, metavar="N", help="With as many open at least.")
    ] = 0.0,
    volume_min: Annotated[
        float, typer.Option("--volume-min", min=0.0, metavar="N", help="With as many traded at least.")
    ] = 0.0,
    rows: Annotated[int, typer.Option(min=0, metavar="N", help="How many to show; 0 shows all.")] = 40,
    json_to: JsonTo = "",
    force: Force = False,
) -> None:
    """Show the contracts of an option chain: price, volume, open interest, published volatility and greeks.

    Of Databento, definitions give the contracts and statistics their open interest.
    JSON has every contract that was asked for, however many rows are shown.
    """
    from tickwise.cli.options import choice_of
    from tickwise.cli.plain import STDOUT, check_target, write_json
    from tickwise.errors import DataError
    from tickwise.market_data.importers.databento import is_one
    from tickwise.market_data.options.dbn_chain import read_dbn_chain
    from tickwise.market_data.options.universe import read_universe
    from tickwise.market_data.tape import existing

    check_target(json_to, force)
    wanted = choice_of(right, ("C", "P"), "--right") if right else ""
    until = _day(expiry, "--expiry")
    where = existing(path)
    read = read_dbn_chain if where.is_dir() or is_one(where) else read_universe
    found = [
        each
        for each in read(where, underlying, _day(day, "--day"))
        if until is None or each.contract.expiry == until
        if not wanted or each.contract.symbol.right == wanted
        if not open_interest_min or (each.open_interest or 0.0) >= open_interest_min
        if not volume_min or (each.volume or 0.0) >= volume_min
    ]
    if not found:
        raise DataError(f"{path}: no contract is left of what was asked for: ask for less")
    if json_to != STDOUT:
        _show(found, rows or len(found))
    if json_to:
        write_json([_described(each) for each in found], json_to)


def _day(text: str, option: str) -> date | None:
    """Read a day; None where none was given. Raises ConfigError where it is no day."""
    from tickwise.errors import ConfigError

    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"{option} {text}: write the day like 2015-12-22") from None


def _show(found: list[Listing], rows: int) -> None:
    from tickwise.cli.screen import columns, out, shown

    numbers = ("close", "volume", "open", "volatility", "delta", "theta")
    table = columns("contract", *numbers, right=numbers, whole=7)
    for each in found[:rows]:
        greeks = each.greeks
        table.add_row(
            each.contract.symbol.compact,
            shown(each.close),
            shown(each.volume, 0),
            shown(each.open_interest, 0),
            shown(each.implied_volatility, 4),
            *(shown(getattr(greeks, name) if greeks else None, 4) for name in ("delta", "theta")),
        )
    out().print(table)
    more = f", {rows:,} shown: --rows 0 shows all" if rows < len(found) else ""
    days = " and ".join(day.isoformat() for day in sorted({each.day for each in found})[:2])
    out().print(f"{len(found):,} contracts of {days}{more}")


def _described(listing: Listing) -> dict[str, Any]:
    """Give a listing as plain values, for JSON."""
    contract = listing.contract
    return {
        "symbol": contract.symbol.compact,
        "underlying": contract.underlying,
        "right": contract.symbol.right,
        "strike": str(contract.strike),
        "expiry": contract.expiry.isoformat(),
        "multiplier": contract.multiplier,
        "day": listing.day.isoformat(),
        "close": listing.close,
        "volume": listing.volume,
        "open_interest": listing.open_interest,
        "implied_volatility": listing.implied_volatility,
        "greeks": listing.greeks,
        "underlying_close": listing.underlying_close,
    }
