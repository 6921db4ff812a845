"""The command `replay`: a recorded session decided again, and held against what was decided then."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tickwise.cli.journal_options import Db, Force, JsonTo

if TYPE_CHECKING:
    from tickwise.engine.replay import Found

EXAMPLE = (
    "Example: tickwise replay\n\n"
    "An older one: tickwise replay 5c578080-1\n\n"
    "From a copy of its tape: tickwise replay 5c578080-1 --tape copy.recording"
)


def replay(
    session: Annotated[str, typer.Argument(metavar="[SESSION]", help="A session; else the last one.")] = "",
    tape: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Its recording, where it lies elsewhere now.")
    ] = None,
    db: Db = "",
    json_to: JsonTo = "",
    force: Force = False,
) -> None:
    """Decide a recorded session again: every decision equal, or the first difference and exit code 1."""
    from tickwise.cli.compiling import have_compiled
    from tickwise.cli.journal_options import settings_of
    from tickwise.cli.plain import STDOUT, check_target, write_json
    from tickwise.cli.progress import Bar
    from tickwise.engine.clock import WallClock
    from tickwise.engine.opening import core_from
    from tickwise.engine.recorded import recorded
    from tickwise.engine.replay import replay as replayed

    check_target(json_to, force)
    settings, clock = settings_of(db), WallClock()
    was = recorded(settings.database, session, tape, settings.orders.prefix)
    have_compiled(core_from(was.opened))
    begun_s = clock.now_s()
    with Bar("events", was.events) as bar:
        found = replayed(was.opened, was.entries, was.tape, was.prefix, bar.more)
    seconds = clock.now_s() - begun_s
    if json_to != STDOUT:
        _show(found, seconds)
    if json_to:
        said = {name: getattr(found, name) for name in found.__dataclass_fields__}
        write_json({**said, "is_equal": found.is_equal, "seconds": seconds}, json_to)
    if not found.is_equal:
        raise typer.Exit(1)


def _show(found: Found, seconds: float) -> None:
    """Print whether every decision came out again, or where the first did not."""
    from rich.text import Text

    from tickwise.cli.screen import out

    if found.is_equal:
        says = f"100 % of {found.decisions:,} decisions equal, {found.intents:,} intents among them"
        out().print(Text(says, style="bold green"))
    else:
        out().print(Text(f"not equal after {found.decisions:,} equal decisions", style="bold red"))
    for problem in (found.difference, found.tape_problem, found.ended_early):
        if problem:
            out().print(Text(problem), soft_wrap=True)
    if not found.difference and found.recorded_digest not in ("", found.decision_digest):
        out().print(f"the digest was {found.recorded_digest}", soft_wrap=True)
    ran = f"session {found.session}, {found.events:,} events in {seconds:.1f} s"
    out().print(Text(ran, style="dim"))
    out().print(Text(f"decisions {found.decision_digest}", style="dim"), soft_wrap=True)
