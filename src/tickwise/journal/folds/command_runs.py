"""Commands as the engine ran them: claimed once, ended once."""

from __future__ import annotations

from msgspec.structs import replace

from tickwise.errors import JournalImpossible
from tickwise.journal.entries import CommandEnded, CommandStarted, Entry
from tickwise.journal.folds.rows import Fold, Rows
from tickwise.journal.schema import Row, table_of


class CommandRun(Row, frozen=True):
    """A command that the engine took up: who asked for what, when it began, and how it ended.

    `status` is RUNNING until it has ended. One that was refused or came too late never began.
    """

    command: str
    seq: int
    actor: str
    verb: str
    arguments: str
    started_ts: int
    ended_ts: int
    status: str
    result: str


table_of("command_runs", CommandRun, ("command",), indexed=("seq",))


def _started(rows: Rows, entry: CommandStarted, seq: int) -> tuple[CommandRun]:
    """Note that a command was claimed; once is enough for ever."""
    was = rows.get(CommandRun, entry.command)
    if was is not None and was.status != "REFUSED":
        raise JournalImpossible(f"command {entry.command} was {was.status} and began once more")
    said = (entry.command, seq, entry.actor, entry.verb, entry.arguments)
    return (CommandRun(*said, started_ts=entry.ts, ended_ts=0, status="RUNNING", result=""),)


def _ended(rows: Rows, entry: CommandEnded, seq: int) -> tuple[CommandRun, ...]:
    """Note a command's one end; a refusal of one that is there is of a copy, and takes nothing from it."""
    was = rows.get(CommandRun, entry.command)
    if was is None or was.status == "REFUSED":
        was = CommandRun(entry.command, seq, entry.actor, entry.verb, "", 0, 0, "RUNNING", "")
    elif entry.status == "REFUSED":
        return ()
    elif was.status != "RUNNING":
        raise JournalImpossible(f"command {entry.command} was {was.status} and ended once more")
    return (replace(was, ended_ts=entry.ts, status=entry.status, result=entry.result),)


FOLDS: dict[type[Entry], Fold] = {CommandStarted: _started, CommandEnded: _ended}
"""What each kind of entry does to commands."""
