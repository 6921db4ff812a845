"""The command `demo`: a synthetic market and two bots, watched live."""

from __future__ import annotations

from typing import Annotated, Any

import typer

EXAMPLE = "Example: tickwise demo --speed 60\n\nFor scripts: tickwise demo --headless --until 10m --json"


def demo(
    headless: Annotated[bool, typer.Option("--headless", help="Print lines instead of a live view.")] = False,
    until: Annotated[
        str, typer.Option(metavar="SPAN", help="End after so much market time: 90s, 10m, 2h.")
    ] = "",
    speed: Annotated[float | None, typer.Option(help="Market seconds a second.", show_default="30")] = None,
    json_lines: Annotated[
        bool, typer.Option("--json", help="With --headless: each event as one line of JSON.")
    ] = False,
    seed: Annotated[
        int | None, typer.Option(help="Another seed is another market.", show_default="7")
    ] = None,
) -> None:
    """Watch two bots scalp a synthetic market on paper: quotes, gates, positions and why."""
    from tickwise.cli.times import seconds_of
    from tickwise.demo import run_demo

    given: dict[str, Any] = {"speed": speed, "seed": seed}
    wanted = {name: value for name, value in given.items() if value is not None}
    raise typer.Exit(
        run_demo(headless, seconds_of(until) if until else None, json_lines=json_lines, **wanted)
    )
