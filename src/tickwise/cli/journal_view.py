"""Show the journal itself: whether its chain holds, its entries, its sessions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from rich.text import Text
from sqlalchemy import Connection, func, select

from tickwise.cli.options import choice_of
from tickwise.cli.screen import columns, out, shown, tone
from tickwise.core.types import MILLION
from tickwise.journal.chain import Verdict
from tickwise.journal.database import run_once
from tickwise.journal.entries import KINDS, Entry
from tickwise.journal.entry_readings import entries_after
from tickwise.journal.export import time_text
from tickwise.journal.folds.sessions import SessionRow
from tickwise.journal.folds.trades import TradeRow
from tickwise.journal.readings import sessions
from tickwise.journal.schema import TABLES, StoredEntry
from tickwise.market_data.findings import utc

KIND_NAMES = tuple(str(kind.__struct_config__.tag) for kind in KINDS)

BESIDE = ("ts", "event", "taken")
"""What every entry has, shown in columns of its own."""

OFTEN = ("tape_written", "counted", "snapshot_taken")
"""Kinds that are written each second, and say nothing of what was decided."""

VALUE_CHARACTERS = 60
"""A longer value of an entry is cut on the screen; JSON has it whole."""


def verdict_of(verdict: Verdict) -> dict[str, Any]:
    """Give whether a chain holds as plain values."""
    return {
        "holds": verdict.holds,
        "entries": verdict.head.seq,
        "digest": verdict.head.digest.hex(),
        "bad_entry": verdict.bad_seq or None,
        "fault": verdict.fault,
        "says": verdict.says,
    }


def show_verdict(verdict: Verdict) -> None:
    """Print whether every entry follows from the one before, or the first that does not."""
    count = shown(verdict.head.seq)
    if verdict.holds:
        out().print(Text(f"the chain holds: {count} entries, none changed, none missing", style="bold green"))
        out().print(Text(f"ends in {verdict.head.digest.hex()}", style="dim"), soft_wrap=True)
        return
    out().print(Text(verdict.says, style="bold red"), soft_wrap=True)
    if verdict.head.seq:
        out().print(f"the {count} entries before it are as they were written")
    out().print("put a copy back, or keep this one as evidence and name another journal")


def entries_of(
    where: str | Path | None, after: int | None, kinds: Sequence[str], limit: int, every: bool
) -> list[tuple[int, Entry]]:
    """Read entries with their numbers: from one on, or the newest; of some kinds, or of all with `every`.

    Raises ConfigError for an unknown kind.
    """
    rare = tuple(kind for kind in KIND_NAMES if every or kind not in OFTEN)
    wanted = tuple(choice_of(kind, KIND_NAMES, "--kind") for kind in kinds) or rare

    def read(connection: Connection) -> list[tuple[int, Entry]]:
        first = _before_the_newest(connection, wanted, limit) if after is None else after
        return entries_after(connection, first, kinds=wanted, limit=limit)

    return run_once(where, read)


def _before_the_newest(connection: Connection, kinds: tuple[str, ...], limit: int) -> int:
    """Give the number before the newest `limit` entries of some kinds."""
    table = TABLES[StoredEntry]
    wanted = select(table.c.seq).where(table.c.kind.in_(kinds))
    newest = wanted.order_by(table.c.seq.desc()).limit(limit).subquery()
    return int(connection.scalar(select(func.min(newest.c.seq))) or 1) - 1


def plain_entry(seq: int, entry: Entry) -> dict[str, Any]:
    """Give an entry as plain values, with its number, its kind and its time for people."""
    said = msgspec.to_builtins(entry)
    return {"seq": seq, "kind": said.pop("kind"), "time": time_text(entry.ts), **said}


def show_entries(found: Sequence[tuple[int, Entry]]) -> None:
    """Print entries, a line each; what does not fit is cut."""
    if not found:
        out().print("no entry there")
        return
    heads = ["entry", "time", "event", "kind"]
    rows = [
        [str(seq), utc(entry.ts)[11:], str(entry.event), str(type(entry).__struct_config__.tag)]
        for seq, entry in found
    ]
    used = sum(max(len(row[at]) for row in (heads, *rows)) + 2 for at in range(4))
    table = columns(*heads, "says", right=("entry", "event"), whole=5)
    for (*cells, kind), (_, entry) in zip(rows, found, strict=True):
        says = _says(entry)
        says.truncate(max(10, out().width - used), overflow="ellipsis")
        table.add_row(*cells, Text(kind, style="cyan"), says)
    out().print(Text(f"{utc(found[0][1].ts)} to {utc(found[-1][1].ts)}", style="dim"))
    out().print(table)


def _says(entry: Entry) -> Text:
    """Write an entry's own fields that say something in one line."""
    parts = []
    for name in entry.__struct_fields__:
        value = getattr(entry, name)
        if name in BESIDE or value in ("", 0, (), False):
            continue
        text = str(msgspec.to_builtins(value)).replace("\n", " ")
        cut = f"{text[:VALUE_CHARACTERS]}..." if len(text) > VALUE_CHARACTERS else text
        parts.append(f"{name}={cut}")
    return Text(" ".join(parts))


def sessions_of(where: str | Path | None, limit: int) -> list[dict[str, Any]]:
    """Read sessions with what they came to, newest first, as plain values."""

    def read(connection: Connection) -> list[dict[str, Any]]:
        earned = _earned(connection)
        return [
            _described(row, *earned.get(row.session, (0, 0))) for row in sessions(connection, limit=limit)
        ]

    return run_once(where, read)


def _earned(connection: Connection) -> dict[str, tuple[int, int]]:
    """Count trades and their money by session."""
    table = TABLES[TradeRow]
    wanted = select(table.c.session, func.count(), func.sum(table.c.pnl)).group_by(table.c.session)
    return {name: (int(count), int(pnl)) for name, count, pnl in connection.execute(wanted)}


def _described(row: SessionRow, trades: int, pnl: int) -> dict[str, Any]:
    return {
        "session": row.session,
        "venue": row.venue,
        "environment": row.environment,
        "opened": time_text(row.opened_ts),
        "closed": time_text(row.closed_ts),
        "reason": row.reason,
        "trades": trades,
        "net_pnl": pnl / int(MILLION),
        "currency": row.currency,
        "version": row.version,
        "recovered": row.recovered,
        "reloaded": row.reloaded,
        "decision_digest": row.decision_digest,
        "recording": row.tape,
    }


def show_sessions(found: Sequence[Mapping[str, Any]]) -> None:
    """Print sessions as a table."""
    if not found:
        out().print("no session yet; `tickwise run` makes one")
        return
    table = columns("session", "opened", "closed", "trades", "net", "where", right=("trades", "net"), whole=5)
    for each in found:
        net = Text(f"{each['net_pnl']:+,.2f}", style=tone(each["net_pnl"]))
        opened = each["opened"][:16].replace("T", " ")
        table.add_row(each["session"], opened, _closed(each), shown(each["trades"]), net, _where(each))
    out().print(table)


def _closed(session: Mapping[str, Any]) -> Text:
    """Write when a session ended: the hour where that was on the day it began."""
    opened, closed = session["opened"], session["closed"]
    if not closed:
        return Text("not closed", style="yellow")
    return Text(closed[11:16] if closed[:10] == opened[:10] else closed[:16].replace("T", " "))


def _where(session: Mapping[str, Any]) -> str:
    """Name a venue and its environment; of a tape only the file."""
    kind, colon, where = session["venue"].partition(":")
    return f"{kind} {Path(where).name}" if colon else f"{kind} {session['environment']}"
