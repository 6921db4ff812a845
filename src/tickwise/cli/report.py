"""The command `report`: bots on a tape, told in one HTML file, beside another run if one is given."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tickwise.cli.backtest import Changes, Configs, Since, Symbol, TapePath, Tick, Until

if TYPE_CHECKING:
    from tickwise.research.backtest import Result

EXAMPLE = (
    "Example: tickwise report bots/quick.toml --data eurusd.parquet --to quick.html\n\n"
    "What a setting changes: tickwise report ... --against-set gates.spread_pips_max=2.0\n\n"
    "What another bot does: tickwise report ... --against bots/other.toml"
)


def report(
    configs: Configs,
    tape: TapePath,
    to: Annotated[str, typer.Option("--to", metavar="FILE", help="The HTML file to write.")],
    changes: Changes = [],  # noqa: B006 (typer copies it)
    against: Annotated[
        list[Path],
        typer.Option(
            "--against", metavar="CONFIG", help="Say what changed from a run of this bot. May be repeated."
        ),
    ] = [],  # noqa: B006
    against_changes: Annotated[
        list[str],
        typer.Option(
            "--against-set", metavar="KEY=VALUE", help="Say what changed from a run with this setting."
        ),
    ] = [],  # noqa: B006
    instrument: Symbol = "",
    tick: Tick = "",
    since: Since = "",
    until: Until = "",
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Run bots on a tape and write what came of it as one HTML file that works offline.

    With --against or --against-set the same tape is run a second time, and the report says what changed from
    that run to this one, trade by trade.
    """
    from tickwise.cli.options import changes_of
    from tickwise.cli.settings_view import warn_of_variables
    from tickwise.cli.watch import watching
    from tickwise.research.backtest import backtest

    check_report(to, force)
    common: dict[str, Any] = {
        "instrument": instrument or None,
        "tick": tick or None,
        "since": since or None,
        "until": until or None,
    }
    said, other = changes_of(changes), changes_of(against_changes)
    with watching() as watch:
        result = backtest(configs, tape, overrides=said, watch=watch, **common)
        before = None
        if against or other:
            before = backtest(against or configs, tape, overrides={**said, **other}, watch=watch, **common)
    warn_of_variables(result.bots)
    written_report(result, to, before)


def check_report(where: str, force: bool) -> None:
    """Raise ConfigError where a report could not be written later; asked before the work begins."""
    from tickwise.cli.plain import STDOUT, check_target
    from tickwise.errors import ConfigError

    if where == STDOUT:
        raise ConfigError("a report is written to a file: name it, such as report.html")
    check_target(where, force)


def written_report(result: Result, where: str, before: Result | None = None) -> None:
    """Write a report, and say on the standard error where it is and what it comes to."""
    from rich.text import Text

    from tickwise.cli.screen import err
    from tickwise.research.report.document import report as write

    path = write(result, where, before)
    err().print(Text(f"{path}: {result.first_line}"))
