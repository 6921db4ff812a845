"""Doctor: the journal. Whether it opens and its chain holds, and what it says that needs a person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, select

from tickwise.cli.checks import Check, age, counted, fail, ok, warn
from tickwise.config.engine import EngineConfig
from tickwise.core.types import DAY
from tickwise.engine.home import Home
from tickwise.errors import JournalError, JournalVersion
from tickwise.journal import anchor, readings
from tickwise.journal.chain import EMPTY, Head, Verdict
from tickwise.journal.database import run_once
from tickwise.journal.entries import Armed, CalendarRefreshed
from tickwise.journal.entry_readings import PAGE, all_entries, state, verify_chain
from tickwise.journal.folds.orders import OrderRow
from tickwise.journal.folds.positions import PositionRow
from tickwise.journal.folds.sessions import SessionRow
from tickwise.journal.opening import is_written
from tickwise.journal.place import Place
from tickwise.journal.schema import TABLES, StoredEntry
from tickwise.journal.scope import scope_of
from tickwise.market_data.findings import utc

TAIL = 10_000
"""Entries at the end of the chain that are followed."""

ALIVE_NS = 60_000_000_000
"""A session at a venue whose last entry is older does not run any more."""

SOON_NS = int(DAY)
"""An arming that ends sooner is told of."""


class Seen(NamedTuple):
    """What the journal says that may need a person."""

    entries: int
    verdict: Verdict
    sessions: list[SessionRow]
    last: SessionRow | None
    last_ts: int
    positions: list[PositionRow]
    unknown: list[OrderRow]
    armings: list[Armed]
    refreshed: list[CalendarRefreshed]


def journal(place: Place, home: Home, config: EngineConfig, now: int) -> Iterator[Check]:
    """Look at a journal that may be there; `now` is nanoseconds UTC."""
    if place.url is None and not place.file.exists():
        yield ok("journal", f"none yet in {place.says}; `tickwise run` makes it")
        return
    try:
        seen = run_once(_where(place), lambda connection: _seen(connection, place))
    except JournalVersion as error:
        yield fail("journal", str(error), "then run doctor again")
        return
    except JournalError as error:
        yield fail("journal", str(error), "`tickwise journal verify` says where, a copy put back mends it")
        return
    holds = f"{counted(seen.entries, 'entry', 'entries')}, {counted(len(seen.sessions), 'session')}"
    yield ok("journal", f"{place.says} opens: {holds}")
    yield _chain(seen.verdict)
    yield _session(seen, place, now)
    yield _positions(seen)
    yield _orders(seen)
    yield from _armings(seen, config, now)
    yield from _calendar(seen, config, now)
    yield from _files(seen, home)


def _where(place: Place) -> str | Path:
    return place.file if place.url is None else place.url.render_as_string(hide_password=False)


def _seen(connection: Connection, place: Place) -> Seen:
    now = state(connection)
    noted = None if place.url is not None else anchor.noted(anchor.anchor_of(place.file))
    verdict = verify_chain(connection, _head_at(connection, max(0, now.seq - TAIL)), noted)
    scope = scope_of(connection)
    sessions = readings.sessions(connection, limit=PAGE)
    real = {row.session for row in sessions if row.environment != "paper"}
    unknown = [
        row for row in readings.orders(connection, working=True, limit=PAGE) if row.status == "unknown"
    ]
    kinds = ("armed", "calendar_refreshed")
    told = [entry for _, entry in all_entries(connection, kinds=kinds)]
    return Seen(
        now.seq,
        verdict,
        sessions,
        scope.last if scope else None,
        scope.until_ts if scope else 0,
        [row for row in readings.open_positions(connection) if row.session in real],
        [row for row in unknown if row.session in real],
        [entry for entry in told if isinstance(entry, Armed)],
        [entry for entry in told if isinstance(entry, CalendarRefreshed)],
    )


def _head_at(connection: Connection, seq: int) -> Head:
    """Give the head of the chain at an entry."""
    table = TABLES[StoredEntry]
    digest = connection.scalar(select(table.c.digest).where(table.c.seq == seq)) if seq else None
    return EMPTY if digest is None else Head(seq, bytes(digest))


def _chain(verdict: Verdict) -> Check:
    if verdict.holds:
        return ok(
            "chain", "the end of the chain of entries holds; `tickwise journal verify` follows it whole"
        )
    return fail("chain", verdict.says, "`tickwise journal verify`; put a copy back, or name another journal")


def _session(seen: Seen, place: Place, now: int) -> Check:
    """Tell whether the last session runs, was closed in order, or was cut off."""
    last = seen.last
    if last is None:
        return ok("session", "none yet")
    if last.closed_ts:
        return ok("session", f"{last.session} was closed in order: {last.reason}")
    if is_written(place) or (last.environment != "paper" and now - seen.last_ts < ALIVE_NS):
        return ok("session", f"{last.session} runs")
    says = f"{last.session} was not closed; its last entry is of {utc(seen.last_ts)[:19]}Z"
    if last.environment == "paper":
        return warn("session", says, "nothing is open anywhere; it replays as far as it goes")
    return warn("session", says, "`tickwise run` goes on with it, and asks the venue what happened meanwhile")


def _positions(seen: Seen) -> Check:
    bare = [row for row in seen.positions if not row.stop]
    if bare:
        named = ", ".join(f"{row.position} in {row.instrument}" for row in bare)
        todo = "`tickwise run` protects or closes them; without it set a stop at the venue by hand, now"
        return fail("positions", f"NOT PROTECTED BY THE BROKER: {named}", todo)
    return ok(
        "positions",
        f"{len(seen.positions)} open at a venue, each with a stop" if seen.positions else "none open",
    )


def _orders(seen: Seen) -> Check:
    if seen.unknown:
        named = ", ".join(f"{row.order} on {row.instrument}" for row in seen.unknown)
        todo = "`tickwise run` asks the venue; until it knows, nothing opens there. Do not send them again"
        return fail("orders", f"nobody knows what became of {named}", todo)
    return ok("orders", "none is unknown")


def _armings(seen: Seen, config: EngineConfig, now: int) -> Iterator[Check]:
    """Look at the newest arming of each account."""
    newest = {entry.account: entry for entry in seen.armings}
    for account, entry in newest.items():
        if now < entry.until:
            left = entry.until - now
            says = f"{account} is armed for live trading until {utc(entry.until)[:16]}Z"
            soon = warn(
                "arming", f"{says}, {age(left)} from now", "`tickwise arm` before that, or entries stop"
            )
            yield soon if left < SOON_NS else ok("arming", says)
        elif config.live and config.venue.account == account:
            says = f"the arming of {account} ended {age(now - entry.until)} ago"
            yield warn("arming", says, "`tickwise arm`: until then it trades on paper or practice only")
    if config.live and config.venue.account not in newest:
        yield warn(
            "arming",
            f"live = true, and {config.venue.account or 'no account'} was never armed",
            "`tickwise arm`",
        )


def _calendar(seen: Seen, config: EngineConfig, now: int) -> Iterator[Check]:
    """Look how old the engine's own news calendar is."""
    if not config.news.source:
        return
    good = [entry for entry in seen.refreshed if entry.source == config.news.source and not entry.error]
    if not good:
        yield warn("calendar", f"{config.news.source} was never read", "the engine reads it when it runs")
        return
    old = now - good[-1].fetched_ts
    says = f"{config.news.source} was read {age(old)} ago"
    if old > config.news.stale_s * 1e9:
        yield fail("calendar", says, "see why it does not answer: no entry passes a calendar that old")
    else:
        yield ok("calendar", says)


def _files(seen: Seen, home: Home) -> Iterator[Check]:
    """Look for tapes and states that no session owns, and for a last session without its tape."""
    known = {row.session for row in seen.sessions}
    tapes = sorted(home.tapes.glob("*.recording")) if home.tapes.is_dir() else []
    states = sorted(home.states.glob("*.state")) if home.states.is_dir() else []
    left = [path for path in tapes if path.stem not in known]
    left += [path for path in states if path.stem.rpartition("-")[0] not in known]
    if seen.last is not None and not Path(seen.last.tape).is_file():
        says = f"the recording of the last session is not there: {seen.last.tape}"
        yield warn("tapes", says, "without it the session neither goes on nor replays: put it back")
    elif left:
        size = sum(path.stat().st_size for path in left) / 1e6
        says = f"{counted(len(left), 'file')} of no session of this journal, {size:.1f} MB, such as {left[0]}"
        yield warn("tapes", says, "delete them, if no other journal uses the folder")
    else:
        yield ok("tapes", f"{counted(len(tapes), 'recording')} in {home.tapes}, each of a session here")
