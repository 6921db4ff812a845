"""The command `data record`: OANDA's live prices into a tape, without a bot and without an order."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tickwise.cli.journal_options import Force
from tickwise.cli.venue_options import Rest, Stream

EXAMPLE = (
    "Example: tickwise data record monday.parquet --instrument EUR_USD --instrument USD_JPY\n\n"
    "For eight hours: tickwise data record monday.parquet --instrument EUR_USD --for 8h"
)


def record(
    target: Annotated[Path, typer.Argument(metavar="OUT", help="The tape to write.")],
    instrument: Annotated[
        list[str], typer.Option("--instrument", metavar="SYM", help="What to record; repeatable.")
    ],
    span: Annotated[
        str,
        typer.Option("--for", metavar="SPAN", help="How long, such as 90s, 30m or 8h; else until Ctrl-C."),
    ] = "",
    rest: Rest = "",
    stream: Stream = "",
    force: Force = False,
) -> None:
    """Record the account's live prices, until Ctrl-C or for a time; connects anew where the stream breaks.

    What was seen is on disk within a second, beside the tape, as a .recording: after a crash `tickwise data
    import` makes the tape of it. Nothing is sent but the reading; the token and the account are those of
    `tickwise run`.
    """
    from tickwise.cli.plain import check_target
    from tickwise.cli.recording import recorded
    from tickwise.cli.tape_view import show_tape
    from tickwise.cli.times import seconds_of

    check_target(str(target), force)
    tape = recorded(target, instrument, seconds_of(span) if span else None, rest, stream, force=force)
    show_tape(tape, 0)
