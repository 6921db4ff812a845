"""What the journal says of earlier sessions, read before a new one begins or an old one goes on.

A session takes over from those of its own realm (`folds.sessions.realm_of`) alone: what was halted, lost or
held on a tape, on paper or in a venue's other world is nothing to it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Set
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from tickwise.config.bot import BotConfig
from tickwise.engine.opening import bot_from, config_text
from tickwise.engine.snapshots import Snapshots
from tickwise.errors import ConfigError, TickwiseError
from tickwise.journal import entries as j
from tickwise.journal import readings
from tickwise.journal.database import open_database, run_once
from tickwise.journal.entry_readings import all_entries, entries_but
from tickwise.journal.folds.accounts import AccountDay, AccountRow
from tickwise.journal.folds.orders import OrderRow
from tickwise.journal.folds.positions import PositionRow
from tickwise.journal.folds.sessions import SessionRow, realm_of
from tickwise.journal.folds.switches import SwitchRow
from tickwise.kernels.generated import code_digest
from tickwise.kernels.uncollected import uncollected
from tickwise.session.assembly import strategies_of

ON_A_TAPE = realm_of("tape:", "paper", "")
"""The realm of a session on a tape before it has a name: nothing belongs to it."""


class Past(NamedTuple):
    """What a starting engine must know."""

    sessions: int
    """How many sessions the journal holds, of any realm."""
    last: SessionRow | None
    """The journal's last session, of any realm."""
    positions: tuple[PositionRow, ...]
    """Positions that are open by the journal."""
    switches: tuple[SwitchRow, ...]
    """Switches that a person or the engine turned on and nobody lifted."""
    days: tuple[AccountDay, ...]
    accounts: Mapping[str, AccountRow]
    """Each account as it was last seen, by its name."""
    doubtful: tuple[OrderRow, ...]
    """Orders of which nobody knows what became of them."""
    armings: tuple[j.Armed, ...]


class Session(NamedTuple):
    """A session as the journal holds it."""

    opened: j.SessionOpened
    entries: list[j.Entry]
    since: int = 0
    """The event of the state it goes on from: earlier entries of `PASSING` kinds are left out."""


PASSING = ("counted", "refused", "tape_written", "snapshot_taken", "trade")
"""Kinds that neither a book nor the making of a core reads, and that most of a long session is of."""


def past_of(where: str | Path | None, realm: str = ON_A_TAPE) -> Past:
    """Read what the journal says to a session of a realm; a journal that is not there is made.

    Raises JournalError.
    """

    async def read() -> Past:
        async with open_database(where, make=True) as database:
            return await database.read(lambda connection: _past(connection, realm))

    return asyncio.run(read())


def _past(connection: Connection, realm: str) -> Past:
    found = readings.sessions(connection, limit=1_000_000)
    mine = {row.session for row in found if row.realm == realm}
    return Past(
        len(found),
        readings.session(connection),
        tuple(row for row in readings.open_positions(connection) if row.session in mine),
        tuple(row for row in readings.switches(connection, realm) if row.on),
        tuple(readings.account_days(connection, realm=realm)),
        {row.account: row for row in readings.accounts(connection, realm)},
        _doubtful(connection, mine),
        tuple(e for _, e in all_entries(connection, kinds=("armed",)) if isinstance(e, j.Armed)),
    )


def _doubtful(connection: Connection, sessions: Set[str]) -> tuple[OrderRow, ...]:
    """Give the orders of some sessions that have no known end."""
    working = readings.orders(connection, working=True)
    return tuple(order for order in working if order.session in sessions)


def refuse_unfinished(past: Past, venue: str, environment: str) -> None:
    """Raise ConfigError where the journal's last session is one at another venue that has to go on first.

    Its entries are one piece: a session between its parts would take its place as the one that goes on.
    """
    last = past.last
    if last is None or last.closed_ts or last.environment == "paper":
        return
    if (last.venue, last.environment) != (venue, environment):
        raise ConfigError(
            f"session {last.session} at {last.venue} {last.environment} was cut off and may hold positions: "
            "run its bots there once more and stop them, or give this run a journal of its own with --db"
        )


def session_of(where: str | Path | None, name: str = "") -> Session | None:
    """Read a session whole, the last one where no name is given; None where there is none."""

    def read(connection: Connection) -> Session | None:
        row = readings.session(connection, name)
        return None if row is None else _entries_of(connection, row)

    return run_once(where, read)


def session_to_go_on(where: str | Path | None, states: Path) -> Session | None:
    """Read the last session as far as a restart needs it; None where there is none.

    `states` is the folder of the snapshots: of what stands before the newest of them, only what a book reads.
    """

    def read(connection: Connection) -> Session | None:
        row = readings.session(connection)
        if row is None:
            return None
        taken = {e.event: seq for seq, e in all_entries(connection, row.seq, kinds=("snapshot_taken",))}
        state = Snapshots(states, row.session).newest(max(taken, default=0))
        at = taken.get(state.event, 0) if state is not None else 0
        if state is None or at == 0:
            return _entries_of(connection, row)
        before = entries_but(connection, row.seq - 1, at, PASSING)
        return _gathered(row, chain(before, all_entries(connection, at)))._replace(since=state.event)

    with uncollected():
        return run_once(where, read)


def _entries_of(connection: Connection, row: SessionRow) -> Session:
    """Read all of a session's entries."""
    return _gathered(row, all_entries(connection, row.seq - 1))


def _gathered(row: SessionRow, found: Iterable[tuple[int, j.Entry]]) -> Session:
    """Gather a session's entries: from the one that opened it to the one that opens the next."""
    entries: list[j.Entry] = []
    opened: j.SessionOpened | None = None
    for _, entry in found:
        if isinstance(entry, j.SessionOpened):
            if opened is not None:
                break
            opened = entry
        else:
            entries.append(entry)
    assert opened is not None, f"session {row.session} has no first entry"
    return Session(opened, entries)


def goes_on(last: SessionRow | None, opened: j.SessionOpened, then: Session | None) -> bool:
    """Tell whether a session that was cut off is the one that is to be opened now: nothing it is made of is
    another. What a reload took out of it and only leaves is not looked for.
    """
    if last is None or last.closed_ts or then is None:
        return False
    reloads = [each for each in then.entries if isinstance(each, j.Reloaded)]
    made = then.opened if not reloads else _without_what_leaves(reloads[-1])
    same = ("venue", "environment", "instruments", "layout", "news")
    return all(getattr(then.opened, name) == getattr(opened, name) for name in same) and all(
        getattr(made, name) == getattr(opened, name) for name in ("configs", "lanes", "code_digest")
    )


def _without_what_leaves(made: j.Reloaded) -> j.Reloaded:
    """Give what was asked for by a reload: without what it kept only until its positions were left.

    Where the code is not what it was then, or is not there any more, all of it is given: nobody asks that.
    """
    gone = set(made.exit_only)
    if not gone:
        return made
    bots = [bot_from(each) for each in made.configs]
    asked = [bot.model_copy(update={"instruments": left}) for bot in bots if (left := _left_of(bot, gone))]
    try:
        is_same_code = code_digest(strategies_of(bots)[0]) == made.code_digest
        digest = code_digest(strategies_of(asked)[0])
    except TickwiseError:
        return made
    if not is_same_code:
        return made
    return msgspec.structs.replace(
        made,
        configs=tuple(config_text(bot) for bot in asked),
        lanes=tuple(row for row in made.lanes if f"{row.bot}/{row.instrument}" not in gone),
        code_digest=digest,
    )


def _left_of(bot: BotConfig, gone: Set[str]) -> tuple[str, ...]:
    """Give the instruments of a bot that a reload did not take from it; `gone` are bot/instrument."""
    return tuple(each for each in bot.instruments if f"{bot.name}/{each}" not in gone)
