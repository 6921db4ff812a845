"""The two doubts that every backtest can bear: does a bot look ahead, and is it warm when it says so.

They look at the first rows of the tape only: a table of the future or a short warm-up shows there too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tickwise.config.bot import BotConfig
from tickwise.market_data.chunks import Chunk
from tickwise.market_data.tape import Tape
from tickwise.research.doubt.finding import Finding
from tickwise.research.doubt.lookahead import look_ahead
from tickwise.research.doubt.warm_up import warm_up

ROWS = 100_000
"""Rows that are looked at."""

CUTS, STARTS = 20, 12
"""Moments at which the future is cut off, and starts that are compared."""


def leaks(
    bots: Sequence[BotConfig], tape: Tape, since: int | None = None, until: int | None = None
) -> tuple[tuple[str, Finding], ...]:
    """Give, for each bot, what speaks against it: the name of the bot and what was found."""
    first = _first_rows(tape, since, until)
    if first is None:
        return ()
    held: list[tuple[str, Finding]] = []
    for bot in bots:
        found = (look_ahead(bot, tape, first, CUTS), warm_up(bot, tape, first, STARTS))
        held += [(bot.name, each) for each in found if each.alarm and _is_known(each)]
    return tuple(held)


def _first_rows(tape: Tape, since: int | None, until: int | None) -> Chunk | None:
    for chunk in tape.chunks(rows=ROWS, since=since, until=until):
        return chunk
    return None


def _is_known(finding: Finding) -> bool:
    """Tell whether anything could be compared; a tape that is too short speaks against nobody."""
    return any(finding.figures.get(name) for name in ("signals", "starts"))


def lines_of(held: Sequence[tuple[str, Finding]]) -> Iterator[str]:
    """Write what speaks against bots, a line each."""
    for name, each in held:
        yield f"{name}: {each.name}: {each.says}"
