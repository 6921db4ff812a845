"""The commands that read what happened: summary, signals, orders, positions, trades."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tickwise.cli.journal_options import Db, Force, JsonTo, SessionName

if TYPE_CHECKING:
    from tickwise.cli.journal_rows import Wish

Since = Annotated[
    str,
    typer.Option(metavar="WHEN", help="Since a time (ISO, UTC), or for a span up to the last entry: 5m, 1d."),
]
Bot = Annotated[str, typer.Option("--bot", metavar="NAME", help="Of this bot only.")]
Instrument = Annotated[str, typer.Option("--instrument", metavar="SYM", help="Of this instrument only.")]
Limit = Annotated[int, typer.Option(min=1, max=100_000, metavar="N", help="At most so many, newest first.")]


def summary(
    since: Since = "", session: SessionName = "", db: Db = "", json_to: JsonTo = "", force: Force = False
) -> None:
    """Say what happened, or why nothing did, and how things stand: of the last session, or since a time."""
    from tickwise.cli.journal_options import settings_of
    from tickwise.cli.overview_view import overview_in, plain_overview, show_overview
    from tickwise.cli.plain import STDOUT, check_target, write_json

    check_target(json_to, force)
    found = overview_in(settings_of(db).database, session, since)
    if json_to != STDOUT:
        show_overview(found)
    if json_to:
        write_json(plain_overview(found), json_to)


def signals(
    since: Since = "",
    bot: Bot = "",
    instrument: Instrument = "",
    limit: Limit = 20,
    session: SessionName = "",
    db: Db = "",
    json_to: JsonTo = "",
    force: Force = False,
) -> None:
    """List signals that every gate allowed, with what became of them, and how many a gate refused."""
    from tickwise.cli.journal_rows import Wish

    _listed("signals", Wish(session, since, bot, instrument, limit), db, json_to, force)


def orders(
    since: Since = "",
    working: Annotated[
        bool, typer.Option("--working", help="Only those that may still become something.")
    ] = False,
    bot: Bot = "",
    instrument: Instrument = "",
    limit: Limit = 20,
    session: SessionName = "",
    db: Db = "",
    json_to: JsonTo = "",
    force: Force = False,
) -> None:
    """List orders with their states; one of which nobody knows what became is unknown."""
    from tickwise.cli.journal_rows import Wish

    only = {"is_working": True} if working else {}
    _listed("orders", Wish(session, since, bot, instrument, limit, only), db, json_to, force)


def positions(
    every: Annotated[bool, typer.Option("--all", help="Also those that are closed.")] = False,
    since: Since = "",
    bot: Bot = "",
    instrument: Instrument = "",
    limit: Limit = 20,
    session: SessionName = "",
    db: Db = "",
    json_to: JsonTo = "",
    force: Force = False,
) -> None:
    """List open positions, and since when a stop protects each at the venue."""
    from tickwise.cli.journal_rows import Wish

    only = {} if every else {"is_open": True}
    _listed("positions", Wish(session, since, bot, instrument, limit, only), db, json_to, force)


def trades(
    since: Since = "",
    bot: Bot = "",
    instrument: Instrument = "",
    limit: Limit = 20,
    session: SessionName = "",
    db: Db = "",
    json_to: JsonTo = "",
    force: Force = False,
) -> None:
    """List trades from flat to flat, with what they earned after all costs."""
    from tickwise.cli.journal_rows import Wish

    _listed("trades", Wish(session, since, bot, instrument, limit), db, json_to, force)


def _listed(what: str, wish: Wish, db: str, json_to: str, force: bool) -> None:
    """Read a list, and show it as a table or as JSON."""
    from tickwise.cli.journal_options import settings_of
    from tickwise.cli.journal_rows import listed
    from tickwise.cli.lists_view import show_list
    from tickwise.cli.plain import STDOUT, check_target, write_json

    check_target(json_to, force)
    found: dict[str, Any] = listed(settings_of(db).database, what, wish)
    if json_to != STDOUT:
        show_list(what, found)
    if json_to:
        write_json(found, json_to)


COMMANDS: tuple[tuple[Callable[..., None], str], ...] = (
    (summary, "Example: tickwise summary --since 1d"),
    (signals, "Example: tickwise signals --since 5m"),
    (orders, "Example: tickwise orders --working"),
    (positions, "Example: tickwise positions"),
    (trades, "Example: tickwise trades --since 1d --limit 50"),
)
"""The commands with their examples."""
