"""Run every check of the doctor, and show what was found a line each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from tickwise.cli.checks import Check, fail
from tickwise.cli.checks_journal import journal
from tickwise.cli.checks_machine import machine
from tickwise.cli.checks_settings import bots_in, calendars, keys, settings_line, variables
from tickwise.cli.checks_venue import venue
from tickwise.cli.journal_options import settings_of
from tickwise.cli.screen import out
from tickwise.config.engine import EngineConfig
from tickwise.config.problems import problems_of
from tickwise.engine.clock import now_ns
from tickwise.engine.home import home_of
from tickwise.errors import TickwiseError
from tickwise.journal.place import place_of

STYLES = {"ok": "green", "warn": "yellow", "fail": "bold red"}


def checked(db: str, bots: Path, live: bool, rest: str) -> list[Check]:
    """Look at everything; with `live` at the venue too. What cannot be looked at is said."""
    try:
        config = settings_of(db)
    except TickwiseError as error:
        todo = "mend it: journal, keys and venue were not looked at"
        return [*machine(Path()), *(fail("settings", line, todo) for line in problems_of(error))]
    return _with_settings(config, bots, live, rest)


def _with_settings(config: EngineConfig, folder: Path, live: bool, rest: str) -> list[Check]:
    place, home, now = place_of(config.database), home_of(config), now_ns()
    bots, of_bots = bots_in(folder)
    lies_in = home.tapes if place.url is not None else place.file.parent
    found = [*machine(lies_in), settings_line(), *of_bots, *variables(bots)]
    found += [*keys(config, place), *calendars(bots, now), *journal(place, home, config, now)]
    return found + (venue(config, rest) if live else [])


def plain_checks(checks: Sequence[Check]) -> dict[str, Any]:
    """Give the checks as plain values, with how many are in which state."""
    states = [check.state for check in checks]
    counts = {state: states.count(state) for state in STYLES}  # type: ignore[arg-type]
    return {**counts, "checks": [check._asdict() for check in checks]}


def show_checks(checks: Sequence[Check]) -> None:
    """Print the checks, a line each; below one that is not well, what to do."""
    table = Table(box=None, show_header=False, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for check in checks:
        table.add_row(Text(check.state, style=STYLES[check.state]), check.name, Text(check.says))
        if check.todo:
            table.add_row("", "", Text(check.todo, style="dim"))
    out().print(table)
    wrong = [check for check in checks if check.state != "ok"]
    fails = sum(check.state == "fail" for check in checks)
    if not wrong:
        out().print(Text(f"{len(checks)} checks, all well", style="bold green"))
    else:
        says = f"{len(checks)} checks: {fails} failed, {len(wrong) - fails} to look at"
        out().print(Text(says, style="bold red" if fails else "bold yellow"))
