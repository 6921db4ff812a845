"""The command `parity`: a recorded session held against the simulated exchange."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tickwise.cli.journal_options import Db, Force, JsonTo

EXAMPLE = (
    "Example: tickwise parity\n\n"
    "An older session, its ten worst trades: tickwise parity 5c578080-1 --worst 10\n\n"
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
    db: Db = "",
    json_to: JsonTo = "",
    force: Force = False,
) -> None:
    """Hold a session against the simulated exchange: other decisions, and what each fill cost by its cause.

    The session is decided again on its own recording with its own settings; only the answers to its orders
    come from the simulated exchange. Causes are latency, slippage, spread, partial fills, rejects, other
    decisions and costs, and they add up to the whole difference. The exit code is 1 where decisions differ
    though every answer before them was as assumed.
    """
    from tickwise.cli.compiling import have_compiled
    from tickwise.cli.journal_options import settings_of
    from tickwise.cli.parity_view import plain_parity, show_parity
    from tickwise.cli.plain import STDOUT, check_target, write_json
    from tickwise.cli.progress import Bar
    from tickwise.engine.opening import core_from
    from tickwise.engine.recorded import recorded
    from tickwise.engine.simulated import simulated
    from tickwise.research.quality.parity import parity_of
    from tickwise.research.quality.quotes import Quotes

    check_target(json_to, force)
    settings = settings_of(db)
    was = recorded(settings.database, session, tape, settings.orders.prefix)
    have_compiled(core_from(was.opened))
    with Bar("events", was.events) as bar:
        again = simulated(was.opened, was.entries, was.tape, was.prefix, bar.more)
    found = parity_of(was.entries, again, Quotes(was.tape))
    said = plain_parity(found, was.opened)
    if json_to != STDOUT:
        show_parity(said, worst)
    if json_to:
        write_json(said, json_to)
    if not found.is_explained:
        raise typer.Exit(1)
