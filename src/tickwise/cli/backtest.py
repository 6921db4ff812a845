"""The command `backtest`: bots on a tape, a summary on the screen or JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tickwise.research.backtest import Result
    from tickwise.session.session import Explanation

EXAMPLE = (
    "Example: tickwise backtest bots/quick.toml --data eurusd.parquet\n\n"
    "With other settings: tickwise backtest ... --set gates.spread_pips_max=2.0\n\n"
    "Why at a moment: tickwise backtest ... --explain 2014-05-02T12:30:05"
)

Configs = Annotated[
    list[Path], typer.Argument(metavar="CONFIG", help="Files of the bots; several run together.")
]
TapePath = Annotated[
    Path, typer.Option("--data", metavar="PATH", help="A tape, or any Parquet file of quotes or bars.")
]
Changes = Annotated[
    list[str],
    typer.Option(
        "--set", metavar="KEY=VALUE", help="Change a setting for this run. May be given many times."
    ),
]
Symbol = Annotated[str, typer.Option(metavar="SYM", help="What a foreign file is about, such as EUR_USD.")]
Tick = Annotated[
    str, typer.Option(metavar="T", help="Smallest price increment of a foreign file, such as 0.00001.")
]
Since = Annotated[str, typer.Option(metavar="TIME", help="Begin here: ISO time, UTC is meant.")]
Until = Annotated[str, typer.Option(metavar="TIME", help="End before this time.")]


def backtest(
    configs: Configs,
    tape: TapePath,
    changes: Changes = [],  # noqa: B006 (typer copies it)
    instrument: Symbol = "",
    tick: Tick = "",
    since: Since = "",
    until: Until = "",
    json_to: Annotated[
        str,
        typer.Option("--json", metavar="FILE", help="Write the result as JSON; - is the standard output."),
    ] = "",
    report_to: Annotated[
        str, typer.Option("--report", metavar="FILE", help="Write a report: one HTML file for offline.")
    ] = "",
    explain: Annotated[
        str, typer.Option(metavar="TIME", help="Show every gate at this time: reading, limit, verdict.")
    ] = "",
    bot: Annotated[str, typer.Option(metavar="NAME", help="Explain this bot only.")] = "",
    doubts: Annotated[
        bool, typer.Option("--doubt/--no-doubt", help="Look for a leak of the future and a short warm-up.")
    ] = True,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Run bots on a tape: what they earned, and why not more.

    The step that decides is the one that decides live. Nothing is sent anywhere.
    """
    from tickwise.cli.options import changes_of
    from tickwise.cli.plain import STDOUT, check_target, write_json
    from tickwise.cli.report import check_report, written_report
    from tickwise.cli.settings_view import warn_of_variables
    from tickwise.cli.watch import watching
    from tickwise.research.backtest import backtest as tried

    check_target(json_to, force)
    check_report(report_to, force)
    with watching() as watch:
        result = tried(
            configs,
            tape,
            instrument=instrument or None,
            tick=tick or None,
            overrides=changes_of(changes),
            since=since or None,
            until=until or None,
            watch=watch,
        )
    warn_of_variables(result.bots)
    explained = result.explain_all(explain, bot or None) if explain else ()
    leaking = _leaking(result) if doubts else []
    if report_to:
        written_report(result, report_to)
    if json_to != STDOUT:
        _show(result, explained)
    if json_to:
        found = {**result.to_dict(), "leaks": leaking}
        if explain:
            found["explained"] = explained
        write_json(found, json_to)


def _leaking(result: Result) -> list[str]:
    """Give a line for each bot that looks ahead or is not warm when it says so, and warn of it."""
    from tickwise.cli.screen import err
    from tickwise.research.doubt.leaks import leaks, lines_of

    found = [*lines_of(leaks(result.bots, result.tape, result.since, result.until))]
    for line in found:
        err().print(f"warning: {line}", style="yellow", soft_wrap=True)
    return found


def _show(result: Result, explained: tuple[Explanation, ...]) -> None:
    """Print the ledgers of a moment where they were asked for, else the summary."""
    from tickwise.cli.ledger import show_ledger
    from tickwise.cli.summary import show_summary

    if not explained:
        show_summary(result)
    for explanation in explained:
        show_ledger(explanation, result.terms(explanation))
