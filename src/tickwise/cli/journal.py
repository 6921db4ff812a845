"""The commands of `tickwise journal`: verify, rebuild, entries, export, sessions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from tickwise.cli.journal_options import Db, Force, JsonTo

Since = Annotated[
    str, typer.Option(metavar="WHEN", help="Begin here: ISO time (UTC), or a span before the end: 5m, 1d.")
]


def verify(db: Db = "", json_to: JsonTo = "", force: Force = False) -> None:
    """Follow the chain of hashes from the first entry to the last; name the first bad one, exit code 1."""
    from tickwise.cli.journal_options import settings_of
    from tickwise.cli.journal_view import show_verdict, verdict_of
    from tickwise.cli.plain import STDOUT, check_target, write_json
    from tickwise.cli.progress import Bar
    from tickwise.errors import JournalDamaged
    from tickwise.journal.chain import EMPTY, Verdict
    from tickwise.journal.maintenance import verified

    check_target(json_to, force)
    with Bar("entries") as bar:
        try:
            verdict = verified(settings_of(db).database, bar.at)
        except JournalDamaged as error:
            verdict = Verdict(EMPTY, 0, "altered", str(error))
    if json_to != STDOUT:
        show_verdict(verdict)
    if json_to:
        write_json(verdict_of(verdict), json_to)
    if not verdict.holds:
        raise typer.Exit(1)


def rebuild(db: Db = "") -> None:
    """Throw the tables of orders, positions and trades away, and fold them again out of the entries."""
    from tickwise.cli.journal_options import settings_of
    from tickwise.cli.progress import Bar
    from tickwise.cli.screen import out, shown
    from tickwise.journal.database import run_once
    from tickwise.journal.entry_readings import state
    from tickwise.journal.maintenance import rebuilt

    where = settings_of(db).database
    run_once(where, state)  # there is one: a rebuild makes none
    with Bar("entries") as bar:
        found = rebuilt(where, owner="tickwise journal rebuild", progress=bar.at)
    says = "every table came out as it was"
    if found.differed:
        says = f"not what the entries say, and mended now: {', '.join(found.differed)}"
    out().print(f"{shown(found.entries)} entries folded again; {says}")


def entries(
    after: Annotated[
        int | None,
        typer.Option(min=0, metavar="N", help="Begin after this entry; else the newest are shown."),
    ] = None,
    kind: Annotated[
        list[str], typer.Option(metavar="KIND", help="Only of this kind, such as intent; repeatable.")
    ] = [],  # noqa: B006 (typer copies it)
    every: Annotated[
        bool, typer.Option("--all", help="Also those of each second: counts, blocks of the tape, snapshots.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=100_000, metavar="N", help="At most so many.")] = 20,
    db: Db = "",
    json_to: JsonTo = "",
    force: Force = False,
) -> None:
    """Show what is written in the journal, entry by entry, as it was written."""
    from tickwise.cli.journal_options import settings_of
    from tickwise.cli.journal_view import entries_of, plain_entry, show_entries
    from tickwise.cli.plain import STDOUT, check_target, write_json

    check_target(json_to, force)
    found = entries_of(settings_of(db).database, after, kind, limit, every)
    if json_to != STDOUT:
        show_entries(found)
    if json_to:
        write_json({"entries": [plain_entry(seq, entry) for seq, entry in found]}, json_to)


def export(
    what: Annotated[str, typer.Argument(metavar="WHAT", help="signals or trades.")],
    target: Annotated[str, typer.Argument(metavar="FILE", help="CSV file to write; - is standard output.")],
    since: Since = "",
    until: Annotated[str, typer.Option(metavar="TIME", help="End before this time.")] = "",
    db: Db = "",
    force: Force = False,
) -> None:
    """Write signals or trades as CSV: exact prices and money, times in UTC."""
    from tickwise.cli.journal_export import exported
    from tickwise.cli.journal_options import settings_of
    from tickwise.cli.options import choice_of
    from tickwise.cli.plain import STDOUT, check_target
    from tickwise.cli.screen import err, shown

    kind = choice_of(what, ("signals", "trades"), "export")
    check_target(target, force)
    count = exported(settings_of(db).database, kind, target, since, until)
    if target != STDOUT:
        err().print(f"wrote {shown(count)} {kind} to {target}", soft_wrap=True)


def sessions(
    limit: Annotated[int, typer.Option(min=1, max=10_000, metavar="N", help="At most so many.")] = 20,
    db: Db = "",
    json_to: JsonTo = "",
    force: Force = False,
) -> None:
    """List sessions, newest first: where they traded, from when to when, what they came to."""
    from tickwise.cli.journal_options import settings_of
    from tickwise.cli.journal_view import sessions_of, show_sessions
    from tickwise.cli.plain import STDOUT, check_target, write_json

    check_target(json_to, force)
    found = sessions_of(settings_of(db).database, limit)
    if json_to != STDOUT:
        show_sessions(found)
    if json_to:
        write_json({"sessions": found}, json_to)


COMMANDS: tuple[tuple[str, Callable[..., None], str], ...] = (
    ("verify", verify, "Example: tickwise journal verify"),
    ("rebuild", rebuild, "Example: tickwise journal rebuild"),
    ("entries", entries, "Example: tickwise journal entries --kind intent --kind exit_intent --limit 5"),
    (
        "export",
        export,
        "Example: tickwise journal export trades trades.csv --since 1d",
    ),
    ("sessions", sessions, "Example: tickwise journal sessions"),
)
"""Each command's name, what runs it, and an example."""
