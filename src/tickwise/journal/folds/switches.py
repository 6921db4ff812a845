"""Switches: what is paused, halted, killed or exit-only now, since when, by whom and why."""

from __future__ import annotations

from tickwise.journal.entries import Entry, Switched, SwitchTripped
from tickwise.journal.folds.rows import Fold, Rows
from tickwise.journal.folds.sessions import realm_now
from tickwise.journal.schema import Row, table_of


class SwitchRow(Row, frozen=True):
    """A switch as it stands in a realm (`sessions.realm_of`).

    `until_ts` is when a breaker closes by itself; 0 is only by a person's word.
    """

    realm: str
    switch: str
    scope: str
    name: str
    seq: int
    on: bool
    since_ts: int
    until_ts: int
    reason: str
    actor: str


table_of("switches", SwitchRow, ("realm", "switch", "scope", "name"))


def _switched(rows: Rows, entry: Switched, seq: int) -> tuple[SwitchRow]:
    """Set a switch, or lift it; one that a new session sets again has been on all the while."""
    key = (realm_now(rows), entry.switch, entry.scope, entry.name)
    was = rows.get(SwitchRow, *key)
    since = was.since_ts if was is not None and was.on == entry.on else entry.ts
    return (SwitchRow(*key, seq, entry.on, since, 0, entry.reason, entry.actor),)


def _tripped(rows: Rows, entry: SwitchTripped, seq: int) -> tuple[SwitchRow]:
    """Set what the core tripped: the kill switch of an account, or the breaker of an instrument."""
    is_kill = entry.switch == "kill"
    name = entry.account if is_kill else entry.instrument
    key = (realm_now(rows), entry.switch, "account" if is_kill else "instrument", name)
    until = 0 if is_kill else entry.until
    return (SwitchRow(*key, seq, True, entry.ts, until, f"{entry.failures} failures", "core"),)


FOLDS: dict[type[Entry], Fold] = {Switched: _switched, SwitchTripped: _tripped}
"""What each kind of entry does to switches."""
