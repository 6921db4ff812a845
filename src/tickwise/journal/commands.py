"""The command table: the only way in which anybody asks the engine for something.

A command is a signed row. It is claimed once, by one process, and ends once: PENDING, RUNNING, then
SUCCEEDED, FAILED or SKIPPED. One that is not signed is refused and never executed; one whose time has passed
is skipped. Each function works on SQLAlchemy's connection, to be run with `Database.write`.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Literal, TypeAlias

import msgspec
from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert as upserting_postgres
from sqlalchemy.dialects.sqlite import insert as upserting_sqlite

from tickwise.errors import JournalError
from tickwise.journal.command_key import CommandKey
from tickwise.journal.database import Database
from tickwise.journal.entries import CommandEnded
from tickwise.journal.folds.command_runs import CommandRun
from tickwise.journal.schema import TABLES, StoredCommand

End: TypeAlias = Literal["SUCCEEDED", "FAILED", "SKIPPED"]

PENDING, RUNNING, SUCCEEDED, FAILED, SKIPPED = "PENDING", "RUNNING", "SUCCEEDED", "FAILED", "SKIPPED"

ARGUMENTS_MAX = 65_536
"""The longest arguments of a command, in characters."""

_COMMANDS, _RUNS = TABLES[StoredCommand], TABLES[CommandRun]


class Claimed(msgspec.Struct, frozen=True):
    """A command that was taken up: to be run, or ended already because it may not be.

    `entry` is what the journal is to hold of the latter: whoever claims writes it down.
    """

    command: StoredCommand
    entry: CommandEnded | None = None

    @property
    def may_run(self) -> bool:
        """Tell whether the command is to be executed."""
        return self.entry is None


def enqueue(
    connection: Connection,
    key: CommandKey,
    *,
    actor: str,
    verb: str,
    arguments: str = "{}",
    created_ts: int,
    deadline_ts: int,
    idempotency_key: str = "",
) -> StoredCommand:
    """Ask for something; the same idempotency key asks once, and gives the first command again.

    `arguments` are JSON. Raises JournalError where the key stands for something else, or a field cannot be
    meant.
    """
    _check(actor, verb, arguments, created_ts, deadline_ts)
    once = idempotency_key or f"{actor} {verb} {arguments} {created_ts}"
    was = _of_key(connection, once)
    if was is not None:
        return _same(was, actor, verb, arguments)
    name = sha256(once.encode()).hexdigest()[:32]
    new = StoredCommand(
        id=name,
        key=once,
        actor=actor,
        verb=verb,
        arguments=arguments,
        created_ts=created_ts,
        deadline_ts=deadline_ts,
        signature=key.sign(name, actor, verb, arguments, deadline_ts, created_ts),
        status=PENDING,
        claimed_by="",
        claimed_ts=0,
        ended_ts=0,
        result="",
    )
    insert = upserting_sqlite if connection.dialect.name == "sqlite" else upserting_postgres
    connection.execute(insert(_COMMANDS).on_conflict_do_nothing(), [msgspec.structs.asdict(new)])
    return _same(_of_key(connection, once) or new, actor, verb, arguments)


def _of_key(connection: Connection, once: str) -> StoredCommand | None:
    """Give the command that a key stands for."""
    found = connection.execute(select(_COMMANDS).where(_COMMANDS.c.key == once)).one_or_none()
    return None if found is None else StoredCommand(*found)


def _check(actor: str, verb: str, arguments: str, created_ts: int, deadline_ts: int) -> None:
    """Raise JournalError for a command that cannot be meant."""
    if not actor or not verb:
        raise JournalError("a command needs an actor, who asks, and a verb, what for")
    if deadline_ts <= created_ts:
        raise JournalError(f"{verb}: the deadline is not after the moment it was asked for")
    if len(arguments) > ARGUMENTS_MAX:
        raise JournalError(f"{verb}: arguments of {len(arguments)} characters, {ARGUMENTS_MAX} at most")
    try:
        msgspec.json.decode(arguments)
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise JournalError(f"{verb}: its arguments are not JSON: {error}") from error


def _same(was: StoredCommand, actor: str, verb: str, arguments: str) -> StoredCommand:
    """Give a command that was asked for before, if it is the same one."""
    if (was.actor, was.verb, was.arguments) != (actor, verb, arguments):
        raise JournalError(f"the key {was.key!r} was used for another command ({was.verb} by {was.actor})")
    return was


def claim(connection: Connection, key: CommandKey, *, now: int, by: str) -> Claimed | None:
    """Take up the oldest command that waits; None where none does.

    Nobody else gets it, also no other process. One that is unsigned, was run before or comes too late is
    ended here and now, with the reason.
    """
    waiting = (
        select(_COMMANDS)
        .where(_COMMANDS.c.status == PENDING)
        .order_by(_COMMANDS.c.created_ts, _COMMANDS.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found = connection.execute(waiting).one_or_none()
    if found is None:
        return None
    command = StoredCommand(*found)
    why, status = _may_not_run(connection, key, command, now)
    end = {"status": status, "result": why, "ended_ts": 0 if status == RUNNING else now}
    taken = {"claimed_by": by, "claimed_ts": now, **end}
    connection.execute(update(_COMMANDS).where(_COMMANDS.c.id == command.id).values(**taken))
    command = msgspec.structs.replace(command, **taken)
    return Claimed(command, None if status == RUNNING else _entry(command, why, now))


def _may_not_run(
    connection: Connection, key: CommandKey, command: StoredCommand, now: int
) -> tuple[str, str]:
    """Tell why a command may not run, with how it ends; "" and RUNNING where it may."""
    try:
        msgspec.convert(msgspec.structs.asdict(command), StoredCommand)
        said = (command.actor, command.verb, command.arguments, command.deadline_ts, command.created_ts)
        is_ours = key.fits(command.signature, command.id, *said)
    except (msgspec.ValidationError, ValueError, TypeError, AttributeError):
        is_ours = False
    if not is_ours:
        return "refused: the signature is missing or does not fit", FAILED
    ran = select(_RUNS.c.command).where(_RUNS.c.command == command.id, _RUNS.c.status != "REFUSED")
    if connection.scalar(ran) is not None:
        return "refused: the journal says it was run before", FAILED
    if now >= command.deadline_ts:
        return f"too late by {(now - command.deadline_ts) / 1e9:.1f} s", SKIPPED
    return "", RUNNING


def _entry(command: StoredCommand, why: str, now: int) -> CommandEnded:
    """Give what the journal is to hold of a command that may not run; a forged row may hold anything."""
    return CommandEnded(
        ts=now,
        event=0,
        command=str(command.id),
        actor=str(command.actor),
        verb=str(command.verb),
        status="SKIPPED" if command.status == SKIPPED else "REFUSED",
        result=why,
    )


def is_waiting(connection: Connection) -> bool:
    """Tell whether a command waits: asked often, without a lock."""
    return connection.scalar(select(_COMMANDS.c.id).where(_COMMANDS.c.status == PENDING).limit(1)) is not None


async def next_command(database: Database, key: CommandKey, *, now: int, by: str) -> Claimed | None:
    """Look whether a command waits, and claim it: what an engine does a few times a second."""
    if not await database.read(is_waiting):
        return None
    return await database.write(lambda connection: claim(connection, key, now=now, by=by))


def finish(connection: Connection, name: str, status: End, result: str, *, now: int) -> StoredCommand:
    """End a command that runs, with its result as JSON; raises JournalError where it does not run."""
    done = {"status": status, "result": result, "ended_ts": now}
    running = (_COMMANDS.c.id == name, _COMMANDS.c.status == RUNNING)
    changed = connection.execute(update(_COMMANDS).where(*running).values(**done))
    command = command_of(connection, name)
    if changed.rowcount != 1 or command is None:
        was = "is not there" if command is None else f"is {command.status}"
        raise JournalError(f"command {name} {was} and cannot end as {status}")
    return command


def command_of(connection: Connection, name: str) -> StoredCommand | None:
    """Give a command by its id."""
    found = connection.execute(select(_COMMANDS).where(_COMMANDS.c.id == name)).one_or_none()
    return None if found is None else StoredCommand(*found)


def commands(connection: Connection, *, status: str = "", limit: int = 100) -> list[StoredCommand]:
    """Give commands, newest first; with a status those that have it, as RUNNING after a restart."""
    wanted = select(_COMMANDS).order_by(_COMMANDS.c.created_ts.desc(), _COMMANDS.c.id).limit(limit)
    if status:
        wanted = wanted.where(_COMMANDS.c.status == status)
    return [StoredCommand(*found) for found in connection.execute(wanted)]
