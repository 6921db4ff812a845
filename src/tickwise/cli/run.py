"""The command `run`: bots on a feed, each step written down; on paper, nothing is sent anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tickwise.cli.journal_options import Db, Force, JsonTo
from tickwise.cli.venue_options import Rest, Stream

EXAMPLE = (
    "Example: tickwise run examples/fastscalp_paper.toml --feed tape:week.parquet\n\n"
    "As fast as the market was: tickwise run ... --speed 1\n\n"
    "OANDA's live prices, orders on paper: tickwise run ... --feed paper:oanda\n\n"
    "Orders to OANDA practice: tickwise run ... --feed oanda\n\n"
    "Then: tickwise summary, tickwise why BOT TIME, tickwise replay"
)

Configs = Annotated[
    list[Path],
    typer.Argument(metavar="CONFIG", help="Files of bots, or folders of them; all run together."),
]
Changes = Annotated[
    list[str],
    typer.Option(
        "--set", metavar="KEY=VALUE", help="Change a setting for this run. May be given many times."
    ),
]


def run(
    configs: Configs,
    feed: Annotated[
        str,
        typer.Option(
            metavar="FEED",
            help="tape:FILE, or paper:oanda: live prices, orders answered on paper; or oanda: orders go "
            "there. Else what venue.name says.",
        ),
    ] = "",
    speed: Annotated[
        str, typer.Option(metavar="N", help="Market seconds a second on a tape, such as 1 or 60, or max.")
    ] = "max",
    changes: Changes = [],  # noqa: B006 (typer copies it)
    rest: Rest = "",
    stream: Stream = "",
    db: Db = "",
    json_to: JsonTo = "",
    force: Force = False,
) -> None:
    """Run bots on a feed: decide, write down, then act. Every session can be replayed.

    Settings of the engine come from tickwise.toml in this folder and from TICKWISE_ variables. OANDA is its
    practice world unless three acts say otherwise (`tickwise arm`). Ctrl-C ends a session in order.
    """
    from tickwise.cli.feeds import feed_of, refuse_what_it_ignores, speed_of
    from tickwise.cli.options import changes_of
    from tickwise.cli.plain import check_target
    from tickwise.cli.settings_view import warn_of_variables
    from tickwise.cli.wanted import wanted_of

    check_target(json_to, force)
    wanted = wanted_of(configs, changes_of(changes), db)
    chosen, where = feed_of(feed, wanted.engine.venue.name)
    wanted = wanted._replace(where=where, speed=speed_of(speed), rest=rest, stream=stream, json_to=json_to)
    refuse_what_it_ignores(chosen, wanted)
    warn_of_variables(wanted.bots)
    raise typer.Exit(chosen.start(wanted))
