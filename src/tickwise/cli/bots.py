"""The commands of `tickwise bot`: bots made, listed, shown, changed and removed; settings and presets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

Force = Annotated[bool, typer.Option("--force", help="Write over a file that is there.")]
Folder = Annotated[Path, typer.Option(metavar="DIR", help="Where the files of bots are.")]
JsonTo = Annotated[
    str, typer.Option("--json", metavar="FILE", help="Write it as JSON; - is the standard output.")
]
Changes = Annotated[
    list[str], typer.Option("--set", metavar="KEY=VALUE", help="A setting. May be given many times.")
]
BotFile = Annotated[
    str, typer.Argument(metavar="BOT", help="A bot's file, or the name of one in the folder of bots.")
]
BOTS = Path("bots")


def add(
    preset: Annotated[
        str, typer.Option(metavar="P", help="What to make it from: see `tickwise bot presets`.")
    ],
    symbol: Annotated[str, typer.Option(metavar="S", help="What it trades, such as EUR_USD.")],
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Name of the bot; else preset and symbol make one.")
    ] = "",
    changes: Changes = [],  # noqa: B006 (typer copies it)
    folder: Folder = BOTS,
    force: Force = False,
) -> None:
    """Make a bot from a preset: a commented file, ready to run on paper."""
    from tickwise.cli.bot_files import made

    made(preset, symbol, name, changes, folder, force)


def list_(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the files of bots are.")] = BOTS,
    json_to: JsonTo = "",
    force: Force = False,
) -> None:
    """List the bots of a folder; one that cannot be read says why, and the exit code is 2."""
    from tickwise.cli.bot_files import listed, show_bots
    from tickwise.cli.plain import STDOUT, check_target, write_json

    check_target(json_to, force)
    found = listed(folder)
    if json_to != STDOUT:
        show_bots(found, folder)
    if json_to:
        write_json({"folder": folder, "bots": found}, json_to)
    if any(bot["error"] for bot in found):
        raise typer.Exit(2)


def show(
    bot: BotFile,
    changes: Changes = [],  # noqa: B006 (typer copies it)
    folder: Folder = BOTS,
    json_to: JsonTo = "",
    force: Force = False,
) -> None:
    """Show every setting of a bot as it stands, and what said it: option, variable, file or default."""
    from tickwise.cli.bot_files import found_file
    from tickwise.cli.options import changes_of
    from tickwise.cli.plain import STDOUT, check_target, write_json
    from tickwise.cli.settings_view import show_origins, warn_of_variables
    from tickwise.config.load import load_bot
    from tickwise.config.origins import origins_of

    check_target(json_to, force)
    found = load_bot(found_file(bot, folder), changes_of(changes))
    origins = origins_of(found)
    if json_to != STDOUT:
        show_origins(origins)
    warn_of_variables([found])
    if json_to:
        write_json({"bot": found.name, "settings": [each._asdict() for each in origins]}, json_to)


def edit(
    bot: BotFile,
    changes: Changes = [],  # noqa: B006 (typer copies it)
    unset: Annotated[
        list[str], typer.Option(metavar="KEY", help="Take a setting out, so that its default counts.")
    ] = [],  # noqa: B006 (typer copies it)
    folder: Folder = BOTS,
) -> None:
    """Change settings in a bot's file; comments stay, and a file that could not be meant is not written."""
    from tickwise.cli.bot_files import edited

    edited(bot, changes, unset, folder)


def remove(
    bot: BotFile,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    folder: Folder = BOTS,
) -> None:
    """Delete a bot's file, after asking."""
    from tickwise.cli.bot_files import removed

    removed(bot, yes, folder)


def presets(json_to: JsonTo = "", force: Force = False) -> None:
    """List what bots can be made from, by system and asset class."""
    from tickwise.cli.bot_files import preset_rows, show_presets
    from tickwise.cli.plain import STDOUT, check_target, write_json

    check_target(json_to, force)
    rows = preset_rows()
    if json_to != STDOUT:
        show_presets(rows)
    if json_to:
        write_json({"presets": rows}, json_to)


def settings(
    search: Annotated[str, typer.Argument(metavar="WORD", help="Only settings with this in them.")] = "",
    strategy: Annotated[str, typer.Option(help="Show the defaults this strategy is made for.")] = "",
    json_to: JsonTo = "",
    force: Force = False,
) -> None:
    """List every setting with its default, its unit and what it does."""
    from tickwise.cli.plain import STDOUT, check_target, write_json
    from tickwise.cli.settings_view import found_settings, show_settings

    check_target(json_to, force)
    rows = found_settings(search, strategy)
    if json_to != STDOUT:
        show_settings(rows)
    if json_to:
        write_json({"settings": [{**row._asdict(), "variable": row.variable} for row in rows]}, json_to)


COMMANDS: tuple[tuple[str, Callable[..., None], str], ...] = (
    (
        "add",
        add,
        "Example: tickwise bot add gold --preset scalper-metals --symbol XAU_USD",
    ),
    ("list", list_, "Example: tickwise bot list bots"),
    ("show", show, "Example: tickwise bot show gold"),
    (
        "edit",
        edit,
        "Example: tickwise bot edit gold --set gates.spread_pips_max=3",
    ),
    ("remove", remove, "Example: tickwise bot remove gold"),
    ("presets", presets, "Example: tickwise bot presets"),
    ("settings", settings, "Example: tickwise bot settings spread"),
)
"""Each command's name, what runs it, and an example."""
