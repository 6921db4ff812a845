"""The command `why`: the ledger of a moment of a recorded session, gate by gate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tickwise.cli.journal_options import Db, Force, JsonTo, SessionName

if TYPE_CHECKING:
    from tickwise.engine.recorded import Recorded
    from tickwise.engine.why import Why
    from tickwise.research.ledger import Terms
    from tickwise.session.session import Explanation

EXAMPLE = (
    "Example: tickwise why fast-eurusd 2019-02-04T13:30:05\n\n"
    "A minute before the last entry: tickwise why fast-eurusd 1m"
)


def why(
    bot: Annotated[str, typer.Argument(metavar="BOT", help="The bot's name.")],
    time: Annotated[
        str, typer.Argument(metavar="TIME", help="ISO time (UTC), or a span before the last event: 90s, 5m.")
    ],
    instrument: Annotated[str, typer.Option(metavar="SYM", help="On this instrument only.")] = "",
    session: SessionName = "",
    tape: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The session's recording, where it lies elsewhere now."),
    ] = None,
    db: Db = "",
    json_to: JsonTo = "",
    force: Force = False,
) -> None:
    """Say why a bot traded or did not at a moment: every gate with its reading, its limit and its verdict.

    Recomputed from the session's tape and journal by the step itself; asking changes nothing.
    """
    from tickwise.cli.compiling import have_compiled
    from tickwise.cli.journal_options import settings_of
    from tickwise.cli.ledger import show_ledger
    from tickwise.cli.plain import STDOUT, check_target, write_json
    from tickwise.cli.progress import Bar
    from tickwise.cli.since import since_of
    from tickwise.engine.home import home_of
    from tickwise.engine.opening import core_from
    from tickwise.engine.recorded import recorded
    from tickwise.engine.why import why as explained

    check_target(json_to, force)
    settings = settings_of(db)
    was = recorded(settings.database, session, tape, settings.orders.prefix)
    have_compiled(core_from(was.opened), chunks=True)
    with Bar("events") as bar:
        found = explained(
            was, home_of(settings).states, since_of(time, was.last_ts), bot, instrument, bar.more
        )
    if json_to != STDOUT:
        for explanation in found.explanations:
            show_ledger(explanation, _terms(was, found, explanation))
    if json_to:
        said = {"session": was.opened.session, "event": found.event, "event_ts": found.event_ts}
        write_json({**said, "explained": found.explanations}, json_to)


def _terms(was: Recorded, found: Why, explanation: Explanation) -> Terms:
    """Give the units in which the ledger of an explanation is written."""
    from tickwise.research.ledger import terms_of

    lane = explanation.lane
    bot = next(each for each in found.bots if each.name == lane.bot)
    tick = next(row.tick for row in was.opened.instruments if row.symbol == lane.instrument)
    return terms_of(bot, lane.instrument, tick)
