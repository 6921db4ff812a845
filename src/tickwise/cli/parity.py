"""The command `parity`: a recorded session held against the simulated exchange."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from tickwise.cli.journal_options import Db, Force, JsonTo

if TYPE_CHECKING:
    from tickwise.journal import entries as j

E = TypeVar("E", "j.SessionOpened", "j.Reloaded")

EXAMPLE = (
    "Example: tickwise parity\n\n"
    "An older session, its ten worst trades: tickwise parity 5c578080-1 --worst 10\n\n"
    "With measured settings: tickwise quality --write fills.toml; tickwise parity --fills fills.toml\n\n"
    "For a script: tickwise parity --json - | jq .causes"
)


def parity(
    session: Annotated[str, typer.Argument(metavar="[SESSION]", help="A session; else the last one.")] = "",
    worst: Annotated[
        int, typer.Option("--worst", min=0, max=10_000, metavar="N", help="Show so many trades that differ.")
    ] = 5,
    tape: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Its recording, where it lies elsewhere now.")
    ] = None,
    fills: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Simulate with the [fills] of this TOML file over the bots' own."),
    ] = None,
    db: Db = "",
    json_to: JsonTo = "",
    force: Force = False,
) -> None:
    """Hold a session against the simulated exchange: other decisions, and what each fill cost by its cause.

    The session is decided again on its own recording with its own settings; only the answers to its orders
    come from the simulated exchange, as its own or other settings of [fills] assume. Causes are latency,
    slippage, spread, partial fills, rejects, other decisions and costs, and they add up to the whole
    difference. The exit code is 1 where decisions differ though every answer before them was as assumed.
    """
    from tickwise.cli.compiling import have_compiled
    from tickwise.cli.journal_options import settings_of
    from tickwise.cli.parity_view import plain_parity, show_parity
    from tickwise.cli.plain import STDOUT, check_target, write_json
    from tickwise.cli.progress import Bar
    from tickwise.engine.opening import core_from
    from tickwise.engine.recorded import recorded
    from tickwise.engine.simulated import simulated
    from tickwise.journal import entries as j
    from tickwise.research.quality.parity import parity_of
    from tickwise.research.quality.quotes import Quotes

    check_target(json_to, force)
    settings = settings_of(db)
    was = recorded(settings.database, session, tape, settings.orders.prefix)
    opened, entries = was.opened, was.entries
    if fills is not None:
        said = _fills_in(fills)
        opened = _assuming(opened, said, fills)
        entries = [_assuming(each, said, fills) if isinstance(each, j.Reloaded) else each for each in entries]
    have_compiled(core_from(opened))
    with Bar("events", was.events) as bar:
        again = simulated(opened, entries, was.tape, was.prefix, bar.more)
    found = parity_of(was.entries, again, Quotes(was.tape))
    plain = plain_parity(found, opened)
    if json_to != STDOUT:
        show_parity(plain, worst)
    if json_to:
        write_json(plain, json_to)
    if not found.is_explained:
        raise typer.Exit(1)


def _fills_in(path: Path) -> Mapping[str, Any]:
    """Read the table `fills` of a TOML file. Raises ConfigError where there is none, or anything besides."""
    from tickwise.config.document import read_document
    from tickwise.errors import ConfigError

    document = read_document(path, "`tickwise quality --write` makes one")
    found = document.get("fills")
    if set(document) != {"fills"} or not isinstance(found, dict):
        raise ConfigError(
            f"{path}: only the table [fills] belongs here, as `tickwise quality --write` makes it"
        )
    return found


def _assuming(entry: E, fills: Mapping[str, Any], path: Path) -> E:
    """Give an entry whose bots assume other fills. Raises ConfigError for settings that cannot be meant."""
    import tomllib

    import msgspec

    from tickwise.config.load import bot_of
    from tickwise.engine.opening import config_text

    configs = []
    for config in entry.configs:
        document = tomllib.loads(config.text)
        document["fills"] = {**document.get("fills", {}), **fills}
        configs.append(config_text(bot_of(document, str(path))))
    return msgspec.structs.replace(entry, configs=tuple(configs))
