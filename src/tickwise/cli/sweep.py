"""The command `sweep`: many sets of parameters on one tape, the best of them and their neighbours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tickwise.research.sweep.result import SweepResult

EXAMPLE = (
    "Example: tickwise sweep bots/quick.toml --data eurusd.parquet "
    "--vary gates.spread_pips_max=0.2:2.0:0.2 --vary params.threshold_pips=0.4,0.6 --out found.parquet\n\n"
    "A part of them, drawn: tickwise sweep ... --search random --tries 200 --seed 7\n\n"
    "A map of two settings: tickwise sweep ... --heat params.threshold_pips,exits.target_pips --svg map.svg"
)

Vary = Annotated[
    list[str],
    typer.Option(
        metavar="KEY=VALUES", help="A setting and its values: FIRST:LAST:STEP, or values between commas."
    ),
]
Search = Annotated[str, typer.Option(help="grid: every combination; random: --tries of them.")]
Tries = Annotated[int, typer.Option(metavar="N", help="Sets of a random search (200).")]
Seed = Annotated[int, typer.Option(metavar="N", help="Seed of a random search (1).")]
By = Annotated[str, typer.Option(help="What sets are compared by: net_pnl, sharpe or profit_factor.")]
TradesMin = Annotated[int, typer.Option(metavar="N", help="Sets with fewer trades are not compared.")]
Processes = Annotated[int, typer.Option(metavar="N", help="How many processes; 0: one for each core.")]
TapePath = Annotated[
    str, typer.Option("--data", metavar="PATH", help="A tape, or any Parquet file of quotes or bars.")
]
Changes = Annotated[
    list[str],
    typer.Option("--set", metavar="KEY=VALUE", help="Change a setting for all sets. May be given often."),
]
Instrument = Annotated[str, typer.Option(metavar="SYM", help="What a foreign file is about.")]
Tick = Annotated[str, typer.Option(metavar="T", help="Smallest price increment of a foreign file.")]
Since = Annotated[str, typer.Option(metavar="TIME", help="Begin here: ISO time, UTC is meant.")]
Until = Annotated[str, typer.Option(metavar="TIME", help="End before this time.")]
JsonTo = Annotated[
    str, typer.Option("--json", metavar="FILE", help="Write the summary as JSON; - is the standard output.")
]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that is there; begin anew.")]


def sweep(
    config: Annotated[Path, typer.Argument(metavar="CONFIG", help="A bot's file, or a sweep's.")],
    tape: TapePath = "",
    vary: Vary = [],  # noqa: B006 (typer copies it)
    search: Search = "",
    tries: Tries = 0,
    seed: Seed = 0,
    by: By = "net_pnl",
    trades_min: TradesMin = 1,
    processes: Processes = 0,
    out: Annotated[
        str, typer.Option(metavar="FILE", help="Write every set: .parquet, .csv or .json. Can go on after.")
    ] = "",
    json_to: JsonTo = "",
    heat: Annotated[str, typer.Option(metavar="KEY,KEY", help="Map these two settings.")] = "",
    svg: Annotated[str, typer.Option(metavar="FILE", help="Draw the map into an SVG file.")] = "",
    top: Annotated[int, typer.Option(metavar="N", min=1, help="How many of the best are shown.")] = 10,
    changes: Changes = [],  # noqa: B006 (typer copies it)
    instrument: Instrument = "",
    tick: Tick = "",
    since: Since = "",
    until: Until = "",
    force: Force = False,
) -> None:
    """Try many sets of parameters on a tape: the best, how good their neighbours are, what is luck.

    Interrupt it with Ctrl-C; with --out the same command goes on where it was.
    """
    from tickwise.cli.options import changes_of
    from tickwise.cli.plain import check_target
    from tickwise.cli.sweep_screen import counting
    from tickwise.research.sweep.run import sweep as swept

    for target in (json_to, svg):
        check_target(target, force)
    with counting("sets", bool(out)) as watch:
        result = swept(
            config,
            tape or None,
            vary=vary,
            search=search or None,  # type: ignore[arg-type]
            tries=tries or None,
            seed=seed or None,
            by=by,  # type: ignore[arg-type]
            trades_min=trades_min,
            processes=processes or None,
            out=out or None,
            force=force,
            instrument=instrument or None,
            tick=tick or None,
            overrides=changes_of(changes),
            since=since or None,
            until=until or None,
            watch=watch,
        )
    _show(result, heat, svg, json_to, top)


def _show(result: SweepResult, heat: str, svg: str, json_to: str, top: int) -> None:
    """Print what was found, draw the map, and write the summary, each where it was asked for."""
    from tickwise.cli.plain import STDOUT, write_json
    from tickwise.cli.sweep_view import show_sweep
    from tickwise.research.sweep.heat import svg as drawn

    across, _, down = heat.partition(",")
    several = len(result.sets.varied) > 1
    shown = result.heat(across.strip(), down.strip()) if heat or svg or several else None
    if json_to != STDOUT:
        show_sweep(result, shown, top)
    if svg and shown is not None:
        Path(svg).write_text(drawn(shown), encoding="utf-8")
    if json_to:
        write_json(result.to_dict(), json_to)
