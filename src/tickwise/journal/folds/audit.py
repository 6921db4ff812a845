"""The audit: who did what when; commands, switches, armings, and what the engine did about itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tickwise.journal.entries import (
    Adopted,
    Alarm,
    Armed,
    CommandEnded,
    CommandStarted,
    DayLost,
    Entry,
    Ordered,
    Reconciled,
    Reloaded,
    SessionClosed,
    SessionOpened,
    SessionRecovered,
    Switched,
    SwitchTripped,
)
from tickwise.journal.folds.rows import Fold, Rows
from tickwise.journal.schema import Row, table_of


class AuditRow(Row, frozen=True):
    """One deed: `actor` is a person's name, or "engine" or "core" where nobody asked for it."""

    seq: int
    ts: int
    session: str
    actor: str
    action: str
    subject: str
    says: str


table_of("audit", AuditRow, ("seq",))


def _scope(entry: Switched) -> str:
    return f"{entry.scope} {entry.name}".strip()


def _tripped(entry: SwitchTripped) -> tuple[str, str, str, str]:
    on = f"account {entry.account}" if entry.switch == "kill" else f"instrument {entry.instrument}"
    return "core", f"{entry.switch} on", on, f"{entry.failures} failures"


_DEEDS: dict[type[Entry], Callable[[Any], tuple[str, str, str, str]]] = {
    SessionOpened: lambda it: (
        "engine",
        "session opened",
        it.session,
        f"{it.venue} {it.environment}, version {it.version}",
    ),
    SessionRecovered: lambda it: (
        "engine",
        "session recovered",
        it.session,
        f"{it.events_again} events again after event {it.snapshot_event}",
    ),
    SessionClosed: lambda it: ("engine", "session closed", it.session, it.reason),
    Reloaded: lambda it: ("engine", "reloaded", ", ".join(each.bot for each in it.configs), _changes(it)),
    CommandStarted: lambda it: (it.actor, f"{it.verb} started", it.command, it.arguments),
    CommandEnded: lambda it: (it.actor, f"{it.verb} {it.status.lower()}", it.command, it.result),
    Switched: lambda it: (it.actor, f"{it.switch} {'on' if it.on else 'off'}", _scope(it), it.reason),
    SwitchTripped: _tripped,
    DayLost: lambda it: (
        "core",
        "day lost",
        f"account {it.account}",
        f"equity {it.equity}, floor {it.floor}",
    ),
    Ordered: lambda it: (it.actor, "leave", f"lane {it.lane}", it.reason),
    Adopted: lambda it: ("engine", "adopted", it.position, f"{it.venue_id}, {it.units} units"),
    Armed: lambda it: (
        it.actor,
        "armed",
        f"account {it.account}",
        f"config {it.config_digest}, until {it.until}: {it.limits}",
    ),
    Alarm: lambda it: ("engine", f"{it.level} alarm", it.what, it.says),
    Reconciled: lambda it: ("engine", "reconciled", f"account {it.account}", "\n".join(it.differences)),
}
"""For each kind: who did what, to what, and what is to be said of it."""


def _changes(entry: Reloaded) -> str:
    """Say what a reload changed."""
    only = f"; exit only: {', '.join(entry.exit_only)}" if entry.exit_only else ""
    return f"changed: {', '.join(entry.changed) or 'nothing'}{only}"


def _deed(rows: Rows, entry: Entry, seq: int) -> tuple[AuditRow, ...]:
    """Note a deed; a reconciliation in which all agreed is none."""
    if isinstance(entry, Reconciled) and not entry.differences:
        return ()
    return (AuditRow(seq, entry.ts, rows.session, *_DEEDS[type(entry)](entry)),)


FOLDS: dict[type[Entry], Fold] = dict.fromkeys(_DEEDS, _deed)
"""What each kind of entry does to the audit."""
