"""A session taken again with the simulated exchange in the venue's place.

The same quotes, timers, history, commands and connections in the same order; only what the venue said of our
orders is left out, and the core's own exchange says it instead, as the bots' `fills` settings assume.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from tickwise.engine.again import Gathered, NoSnapshots, NoTape, give, in_order
from tickwise.engine.clock import TapeTime
from tickwise.engine.engine import Engine
from tickwise.engine.opening import names_of
from tickwise.engine.paper import PaperDesk
from tickwise.engine.remaking import Remaking
from tickwise.journal import entries as j
from tickwise.market_data.recording import Recording

NOT_THE_VENUES: tuple[type[j.Entry], ...] = (
    j.Reloaded,
    j.CalendarRefreshed,
    j.Connection,
    j.Switched,
    j.Ordered,
    j.Fact,
    j.ForeignSeen,
)
"""Kinds of entry that were taken in and tell of something else than our orders."""

TOLD_EVERY = 2_000
"""Events after which whoever waits is told."""


def simulated(
    opened: j.SessionOpened,
    entries: Iterable[j.Entry],
    recording: Path,
    prefix: str,
    told: Callable[[int], None] = lambda events: None,
) -> list[j.Entry]:
    """Give every entry a session would have written had the simulated exchange answered its orders.

    A position that was taken over from an earlier session is not there. Raises DataError where this Tickwise
    would not decide as the session did, or the recording is none.
    """
    tape, time, gathered = Recording(recording), TapeTime(), Gathered()
    on_paper = msgspec.structs.replace(opened, environment="paper")
    remaking = Remaking(on_paper)
    engine = Engine(
        remaking.core(),
        names_of(on_paper, prefix),
        gathered,
        NoTape(),  # type: ignore[arg-type]
        time,
        NoSnapshots(),  # type: ignore[arg-type]
    )
    engine.remake, engine.desk = remaking, PaperDesk(engine)
    taken = [each for each in entries if each.taken and _is_given(each)]
    for count, event in enumerate(in_order(tape, taken), 1):
        give(engine, time, event)
        if count % TOLD_EVERY == 0:
            told(TOLD_EVERY)
    return gathered.entries


def _is_given(entry: j.Entry) -> bool:
    """Tell whether an entry is given again: money by hand and all that is not about our orders."""
    if isinstance(entry, j.BalanceSeen):
        return entry.why in ("opening", "deposit")
    if isinstance(entry, j.Ordered):
        return not entry.position
    return isinstance(entry, NOT_THE_VENUES)
