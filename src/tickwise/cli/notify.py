"""The command `notify`: tell people of what the journal says, until Ctrl-C, or whether they can be told."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tickwise.cli.journal_options import Db

if TYPE_CHECKING:
    from tickwise.notify.service import Terms

EXAMPLE = (
    "Example: DISCORD_WEBHOOK_URL=https://discord.com/api/webhooks/... tickwise notify\n\n"
    "Whether it can be told: tickwise notify --test"
)

TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


def notify(
    to: Annotated[
        list[str] | None,
        typer.Option("--to", metavar="NAME", help="Only this target; may be given again. Else all."),
    ] = None,
    test: Annotated[bool, typer.Option("--test", help="Send one message to each target, and end.")] = False,
    daily: Annotated[
        str, typer.Option(metavar="HH:MM", help="When the daily summary is sent, in UTC.")
    ] = "00:00",
    db: Db = "",
) -> None:
    """Tell Discord of fills, trades, rejects, lost connections, breakers, halts and errors, until Ctrl-C."""
    import os

    from tickwise.cli.journal_options import settings_of
    from tickwise.cli.screen import err
    from tickwise.engine.clock import now_ns
    from tickwise.notify.service import Terms
    from tickwise.notify.targets import targets_of

    terms = Terms(
        targets_of(os.environ, to or ()),
        now_ns,
        lambda line: err().print(line, soft_wrap=True),
        _time_of_day(daily),
    )
    if test:
        _try(terms)
    else:
        _tell(settings_of(db).database, terms)


def _time_of_day(text: str) -> int:
    """Give nanoseconds after midnight. Raises ConfigError for what is no time of day."""
    from tickwise.errors import ConfigError

    found = TIME.fullmatch(text)
    if found is None:
        raise ConfigError(f"--daily {text!r}: not a time of day: write it like 21:05")
    return (int(found[1]) * 60 + int(found[2])) * 60 * 1_000_000_000


def _try(terms: Terms) -> None:
    """Send a message to each target; ends with code 1 where one did not take it."""
    from tickwise.cli.event_loop import in_loop
    from tickwise.cli.screen import out
    from tickwise.notify.service import try_targets

    found = in_loop(try_targets(terms))
    for name, says in found.items():
        out().print(f"{name}: {says}", soft_wrap=True)
    if any(says != "told" for says in found.values()):
        raise typer.Exit(1)


def _tell(where: str | Path | None, terms: Terms) -> None:
    """Tell until interrupted."""
    import contextlib

    from tickwise.cli.event_loop import in_loop
    from tickwise.notify.service import notify as told

    names = ", ".join(target.name for target in terms.targets)
    with contextlib.suppress(KeyboardInterrupt):
        in_loop(told(where, terms, lambda: terms.say(f"telling {names}, until Ctrl-C")))
