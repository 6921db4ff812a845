"""The command `doctor`: what could go wrong with this machine, these settings and this journal, looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tickwise.cli.journal_options import Db, Force, JsonTo

EXAMPLE = "Example: tickwise doctor\n\nBefore going live: tickwise doctor --live"


def doctor(
    live: Annotated[
        bool, typer.Option("--live", help="Ask the venue too: its clock, the token, the account. Reads only.")
    ] = False,
    bots: Annotated[Path, typer.Option(metavar="DIR", help="Where the files of bots are.")] = Path("bots"),
    rest: Annotated[
        str, typer.Option(metavar="URL", help="Another address of the venue, on this machine only.")
    ] = "",
    db: Db = "",
    json_to: JsonTo = "",
    force: Force = False,
) -> None:
    """Look at everything that should be well before trading; exit code 1 where something is not."""
    from tickwise.cli.doctor_view import checked, plain_checks, show_checks
    from tickwise.cli.plain import STDOUT, check_target, write_json

    check_target(json_to, force)
    checks = checked(db, bots, live, rest)
    if json_to != STDOUT:
        show_checks(checks)
    if json_to:
        write_json(plain_checks(checks), json_to)
    if any(check.state == "fail" for check in checks):
        raise typer.Exit(1)
