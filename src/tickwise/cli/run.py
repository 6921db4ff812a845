"""The command `run`: bots on a feed, each step written down; on paper, nothing is sent anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tickwise.cli.journal_options import Db, Force, JsonTo

EXAMPLE = (
    "Example: tickwise run examples/fastscalp_paper.toml --feed tape:week.parquet\n\n"
    "As fast as the market was: tickwise run ... --speed 1\n\n"
    "Then: tickwise replay, tickwise summary, tickwise why BOT TIME"
)

Configs = Annotated[
    list[Path], typer.Argument(metavar="CONFIG", help="Files of the bots; several run together.")
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
        str, typer.Option(metavar="FEED", help="Where quotes come from: tape:FILE, paper on that tape.")
    ],
    speed: Annotated[
        str, typer.Option(metavar="N", help="Market seconds a second on a tape, such as 1 or 60, or max.")
    ] = "max",
    changes: Changes = [],  # noqa: B006 (typer copies it)
    db: Db = "",
    json_to: JsonTo = "",
    force: Force = False,
) -> None:
    """Run bots on a feed: decide, write down, then act. Every session can be replayed.

    The settings of the engine come from tickwise.toml in this folder and from TICKWISE_ variables.
    """
    from tickwise.cli.feeds import feed_of, speed_of
    from tickwise.cli.journal_options import settings_of
    from tickwise.cli.options import changes_of
    from tickwise.cli.plain import check_target
    from tickwise.cli.settings_view import warn_of_variables
    from tickwise.research.backtest import bots_of

    check_target(json_to, force)
    start, where = feed_of(feed)
    pace, settings = speed_of(speed), settings_of(db)
    bots = bots_of(configs, changes_of(changes))
    warn_of_variables(bots)
    raise typer.Exit(start(bots, where, settings, pace, json_to))
