"""The commands `doubt` and `walk-forward`: whether a result is more than luck, and holds on rows unseen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tickwise.cli.sweep import (
    By,
    Changes,
    Force,
    Instrument,
    JsonTo,
    Processes,
    Search,
    Seed,
    Since,
    TapePath,
    Tick,
    TradesMin,
    Tries,
    Until,
    Vary,
)

if TYPE_CHECKING:
    from tickwise.research.doubt.walk import WalkForward

EXAMPLE = (
    "Example: tickwise doubt bots/quick.toml --data eurusd.parquet\n\n"
    "After a sweep of 200 sets: tickwise doubt ... --tries 200"
)

WALK_EXAMPLE = (
    "Example: tickwise walk-forward bots/quick.toml --data eurusd.parquet --parts 6 "
    "--vary params.threshold_pips=0.2:1.0:0.1\n\n"
    "Judged on every part in turn: tickwise walk-forward ... --scheme purged --purge 10m"
)


def doubt(
    config: Annotated[Path, typer.Argument(metavar="CONFIG", help="The bot's file.")],
    tape: TapePath,
    tries: Annotated[
        int, typer.Option(metavar="N", min=1, help="Sets of parameters that were tried before this one.")
    ] = 1,
    runs: Annotated[int, typer.Option(metavar="N", min=1, help="Runs with entries drawn by chance.")] = 200,
    cuts: Annotated[
        int, typer.Option(metavar="N", min=1, help="Moments at which the future is cut off.")
    ] = 200,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of every draw.")] = 1,
    processes: Processes = 0,
    json_to: JsonTo = "",
    changes: Changes = [],  # noqa: B006 (typer copies it)
    instrument: Instrument = "",
    tick: Tick = "",
    since: Since = "",
    until: Until = "",
    force: Force = False,
) -> None:
    """Doubt a backtest: look-ahead, warm-up, order, costs, single days, number of tries, chance.

    Each doubt says what it found and what it does not prove.
    """
    from tickwise.cli.doubt_view import show_doubts
    from tickwise.cli.options import changes_of
    from tickwise.cli.plain import STDOUT, check_target, write_json
    from tickwise.cli.sweep_screen import counting
    from tickwise.research.doubt.examine import doubt as doubted

    check_target(json_to, force)
    with counting("runs by chance") as watch:
        found = doubted(
            config,
            tape,
            tries=tries,
            runs=runs,
            cuts=cuts,
            seed=seed,
            processes=processes or None,
            instrument=instrument or None,
            tick=tick or None,
            overrides=changes_of(changes),
            since=since or None,
            until=until or None,
            watch=watch,
        )
    if json_to != STDOUT:
        show_doubts(found)
    if json_to:
        write_json(found.to_dict(), json_to)


def walk_forward(
    config: Annotated[Path, typer.Argument(metavar="CONFIG", help="A bot's file, or a sweep's.")],
    tape: TapePath = "",
    parts: Annotated[int, typer.Option(metavar="N", help="Parts the tape is cut into.")] = 5,
    scheme: Annotated[
        str, typer.Option(help="walk: chosen on the parts before; purged: chosen on all others.")
    ] = "walk",
    train: Annotated[
        int, typer.Option(metavar="N", min=0, help="Parts before that choose in a walk; 0: all of them.")
    ] = 0,
    purge: Annotated[
        str, typer.Option(metavar="SPAN", help="Left out between parts, such as 10m; else the time stop.")
    ] = "",
    peak: Annotated[
        bool, typer.Option("--peak", help="Choose the best set, however bad its neighbours are.")
    ] = False,
    vary: Vary = [],  # noqa: B006 (typer copies it)
    search: Search = "",
    tries: Tries = 0,
    seed: Seed = 0,
    by: By = "net_pnl",
    trades_min: TradesMin = 1,
    processes: Processes = 0,
    json_to: JsonTo = "",
    changes: Changes = [],  # noqa: B006 (typer copies it)
    instrument: Instrument = "",
    tick: Tick = "",
    since: Since = "",
    until: Until = "",
    force: Force = False,
) -> None:
    """Choose the best set on some parts of a tape, and judge it on a part it has not seen."""
    from tickwise.cli.options import changes_of, choice_of
    from tickwise.cli.plain import check_target
    from tickwise.cli.sweep_screen import counting
    from tickwise.cli.times import seconds_of
    from tickwise.research.doubt.walk import walk_forward as walked

    check_target(json_to, force)
    with counting("runs") as watch:
        found = walked(
            config, tape or None, parts=parts, scheme=choice_of(scheme, ("walk", "purged"), "--scheme"),
            train=train, purge_s=seconds_of(purge) if purge else None, vary=vary, search=search or None,  # type: ignore[arg-type]
            tries=tries or None, seed=seed or None, by=by, trades_min=trades_min, steadily=not peak,  # type: ignore[arg-type]
            processes=processes or None, instrument=instrument or None, tick=tick or None,
            overrides=changes_of(changes), since=since or None, until=until or None, watch=watch,
        )  # fmt: skip
    _show_walk(found, json_to)


def _show_walk(found: WalkForward, json_to: str) -> None:
    from tickwise.cli.doubt_view import show_walk
    from tickwise.cli.plain import STDOUT, write_json

    if json_to != STDOUT:
        show_walk(found)
    if json_to:
        write_json(found.to_dict(), json_to)
