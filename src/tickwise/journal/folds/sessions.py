"""Sessions: what ran, on which instruments and lanes, from when to when, and how it ended."""

from __future__ import annotations

from msgspec.structs import replace

from tickwise.journal.entries import (
    ConfigText,
    Entry,
    InstrumentRow,
    LaneRow,
    Reloaded,
    SessionClosed,
    SessionOpened,
    SessionRecovered,
    SnapshotTaken,
)
from tickwise.journal.folds.rows import Fold, Rows
from tickwise.journal.schema import Row, table_of


class SessionRow(Row, frozen=True):
    """A session. `balance` is in millionths of `currency`; digests are hex; a time not come is 0."""

    session: str
    seq: int
    realm: str
    """What its money, switches and signals belong to (`realm_of`)."""
    opened_ts: int
    closed_ts: int
    reason: str
    venue: str
    environment: str
    currency: str
    balance: int
    version: str
    code_digest: str
    layout: int
    calendar_since: int
    calendar_until: int
    calendar_digest: str
    tape: str
    recovered: int
    """How often it went on after a restart."""
    recovered_ts: int
    snapshot_seq: int
    """The entry that noted the last state kept, 0 where none was."""
    snapshot_event: int
    snapshot_digest: str
    reloaded: int
    decision_digest: str


class SessionLane(Row, frozen=True):
    """One bot on one instrument in one account, by its number in a session."""

    session: str
    lane: int
    bot: str
    strategy: str
    instrument: str
    account: str
    pocket: str


class SessionInstrument(Row, frozen=True):
    """What prices and units of an instrument count in a session: decimal numbers as text."""

    session: str
    instrument: str
    tick: str
    unit_step: str
    quote: str


class SessionConfig(Row, frozen=True):
    """A bot's config whole, as it stands in a session now: TOML, and its SHA-256."""

    session: str
    bot: str
    seq: int
    digest: str
    text: str


table_of("sessions", SessionRow, ("session",), indexed=("seq",))
table_of("session_lanes", SessionLane, ("session", "lane"))
table_of("session_instruments", SessionInstrument, ("session", "instrument"))
table_of("session_configs", SessionConfig, ("session", "bot"))


def realm_of(venue: str, environment: str, session: str) -> str:
    """Name what sessions share: those of one venue and environment do; one on a tape stands for itself.

    A tape may be played many times beside a venue: what happens there moves nobody's balance, and a halt
    there halts nothing here.
    """
    return f"session {session}" if venue.startswith("tape:") else f"{venue} {environment}"


def realm_now(rows: Rows) -> str:
    """Give the realm of the session that entries belong to now, "" before the first."""
    session = rows.get(SessionRow, rows.session) if rows.session else None
    return "" if session is None else session.realm


def lane_of(rows: Rows, lane: int) -> SessionLane:
    """Give the names of a lane of the session that entries belong to now."""
    return rows.need(SessionLane, rows.session, lane)


def _opened(rows: Rows, entry: SessionOpened, seq: int) -> tuple[Row, ...]:
    """Begin a session; entries belong to it from here on."""
    rows.session = entry.session
    return (
        SessionRow(
            session=entry.session,
            seq=seq,
            realm=realm_of(entry.venue, entry.environment, entry.session),
            opened_ts=entry.ts,
            closed_ts=0,
            reason="",
            venue=entry.venue,
            environment=entry.environment,
            currency=entry.currency,
            balance=entry.balance,
            version=entry.version,
            code_digest=entry.code_digest,
            layout=entry.layout,
            calendar_since=entry.calendar_since,
            calendar_until=entry.calendar_until,
            calendar_digest=entry.calendar_digest,
            tape=entry.tape,
            recovered=0,
            recovered_ts=0,
            snapshot_seq=0,
            snapshot_event=0,
            snapshot_digest="",
            reloaded=0,
            decision_digest="",
        ),
        *_terms(entry.session, seq, entry.lanes, entry.instruments, entry.configs),
    )


def _terms(
    session: str,
    seq: int,
    lanes: tuple[LaneRow, ...],
    instruments: tuple[InstrumentRow, ...],
    configs: tuple[ConfigText, ...],
) -> tuple[Row, ...]:
    """Give the rows of what a session trades."""
    return (
        *(
            SessionLane(session, number, each.bot, each.strategy, each.instrument, each.account, each.pocket)
            for number, each in enumerate(lanes)
        ),
        *(
            SessionInstrument(session, each.symbol, each.tick, each.unit_step, each.quote)
            for each in instruments
        ),
        *(SessionConfig(session, each.bot, seq, each.digest, each.text) for each in configs),
    )


def _recovered(rows: Rows, entry: SessionRecovered, seq: int) -> tuple[SessionRow]:
    """Go on with a session after a restart."""
    rows.session = entry.session
    was = rows.need(SessionRow, entry.session)
    return (replace(was, recovered=was.recovered + 1, recovered_ts=entry.ts, closed_ts=0, reason=""),)


def _closed(rows: Rows, entry: SessionClosed, seq: int) -> tuple[SessionRow]:
    """End a session in order."""
    was = rows.need(SessionRow, entry.session)
    digest = entry.decision_digest
    return (replace(was, closed_ts=entry.ts, reason=entry.reason, decision_digest=digest),)


def _snapshot(rows: Rows, entry: SnapshotTaken, seq: int) -> tuple[SessionRow]:
    """Note the newest state that was kept."""
    was = rows.need(SessionRow, entry.session)
    kept = {"snapshot_seq": seq, "snapshot_event": entry.event, "snapshot_digest": entry.state_digest}
    return (replace(was, **kept),)


def _reloaded(rows: Rows, entry: Reloaded, seq: int) -> tuple[Row, ...]:
    """Swap configs, and lanes and instruments where they changed."""
    was = rows.need(SessionRow, rows.session)
    terms = _terms(rows.session, seq, entry.lanes, entry.instruments, entry.configs)
    return (replace(was, reloaded=was.reloaded + 1), *terms)


FOLDS: dict[type[Entry], Fold] = {
    SessionOpened: _opened,
    SessionRecovered: _recovered,
    SessionClosed: _closed,
    SnapshotTaken: _snapshot,
    Reloaded: _reloaded,
}
"""What each kind of entry does to sessions."""
