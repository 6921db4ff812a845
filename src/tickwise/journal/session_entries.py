"""Entries about a session itself: what it is made of, its state, its tape, its configs."""

from __future__ import annotations

from typing import Literal

import msgspec

from tickwise.journal.entry import Entry


class InstrumentRow(msgspec.Struct, frozen=True):
    """What prices and units of an instrument count in this session."""

    symbol: str
    tick: str
    unit_step: str
    quote: str


class LaneRow(msgspec.Struct, frozen=True):
    """One bot on one instrument in one account; its place in the list is its number."""

    bot: str
    strategy: str
    instrument: str
    account: str
    pocket: str


class ConfigText(msgspec.Struct, frozen=True):
    """A bot's config whole, as it was validated: TOML text and its SHA-256."""

    bot: str
    digest: str
    text: str


class SessionOpened(Entry, frozen=True, tag="session_opened"):
    """A session began: everything a replay needs beside tape and entries."""

    session: str
    version: str
    venue: str
    environment: Literal["paper", "practice", "live"]
    currency: str
    balance: int
    configs: tuple[ConfigText, ...]
    instruments: tuple[InstrumentRow, ...]
    lanes: tuple[LaneRow, ...]
    code_digest: str
    layout: int
    calendar_since: int
    calendar_until: int
    calendar_digest: str
    tape: str
    says: tuple[str, ...] = ()
    news: str = ""
    """Where the economic calendar is read from while it runs; "" is nowhere, and its gates are off."""


class SessionRecovered(Entry, frozen=True, tag="session_recovered"):
    """The session goes on after a restart: from which snapshot and how many events were taken again."""

    session: str
    snapshot_event: int
    events_again: int
    tape_ended_early: bool = False


class SessionClosed(Entry, frozen=True, tag="session_closed"):
    """The session ended in order, with the digest of all its decisions."""

    session: str
    reason: str
    decision_digest: str


class SnapshotTaken(Entry, frozen=True, tag="snapshot_taken"):
    """The core's state was kept at this event; SHA-256 of its bytes."""

    session: str
    state_digest: str


class TapeWritten(Entry, frozen=True, tag="tape_written"):
    """Rows of the session's tape were handed to the operating system: the first event, how many, SHA-256."""

    first: int
    rows: int
    digest: str


class Reloaded(Entry, frozen=True, tag="reloaded"):
    """Configs were swapped whole at this event; instruments and bots that became exit-only are named.

    `lanes` and `instruments` are those of the session from here on; none where they stay as they were.
    """

    configs: tuple[ConfigText, ...]
    changed: tuple[str, ...]
    exit_only: tuple[str, ...] = ()
    lanes: tuple[LaneRow, ...] = ()
    instruments: tuple[InstrumentRow, ...] = ()
    code_digest: str = ""
    calendar_since: int = 0
    calendar_until: int = 0
    reason: str = ""
    actor: str = ""


class CalendarRefreshed(Entry, frozen=True, tag="calendar_refreshed"):
    """An economic calendar was read again; the raw text is kept as it came.

    Without an error it is what the session knows from here on, until `until`. Its calendars are made anew,
    from `calendar_since` to `calendar_until`.
    """

    source: str
    fetched_ts: int
    digest: str
    raw: str
    error: str = ""
    until: int = 0
    calendar_since: int = 0
    calendar_until: int = 0
