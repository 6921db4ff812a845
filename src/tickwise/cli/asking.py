"""Ask a running engine for something through the command table, and wait for the end."""

from __future__ import annotations

import asyncio
import getpass
import json
from typing import Any

from tickwise.config.engine_file import load_engine
from tickwise.engine.clock import LoopTime
from tickwise.journal.command_key import key_path, read_key
from tickwise.journal.commands import command_of, enqueue
from tickwise.journal.database import open_database
from tickwise.journal.opening import is_written
from tickwise.journal.place import place_of
from tickwise.journal.schema import StoredCommand

LOOK_S = 0.05


def ask(verb: str, said: dict[str, Any], wait_s: float, once: str) -> dict[str, Any]:
    """Enqueue a command; give its status, what it says and its id. Raises JournalError and ConfigError."""
    return asyncio.run(_ask(verb, said, wait_s, once))


async def _ask(verb: str, said: dict[str, Any], wait_s: float, once: str) -> dict[str, Any]:
    config = load_engine()
    place = place_of(config.database)
    time = LoopTime(asyncio.get_running_loop())
    if is_written(place) is False:
        says = f"no engine runs on {place.file}: nothing was asked"
        return {"command": "", "verb": verb, "status": "SKIPPED", "says": says}
    now = time.now_ns()
    deadline = now + round(wait_s * 1_000_000_000)
    async with open_database(config.database) as database:
        key = read_key(key_path(place))
        asked = await database.write(
            lambda connection: enqueue(
                connection,
                key,
                actor=who(),
                verb=verb,
                arguments=json.dumps(said),
                created_ts=now,
                deadline_ts=deadline,
                idempotency_key=once,
            )
        )
        found: StoredCommand | None = asked
        while found is not None and found.status in ("PENDING", "RUNNING"):
            if time.now_ns() > deadline + 1_000_000_000:
                return _given(found, "no engine answered: is one running on this journal?")
            await asyncio.sleep(LOOK_S)
            found = await database.read(lambda connection: command_of(connection, asked.id))
    assert found is not None
    return _given(found, _says(found.result))


def _given(command: StoredCommand, says: str) -> dict[str, Any]:
    return {"command": command.id, "verb": command.verb, "status": command.status, "says": says}


def _says(result: str) -> str:
    """Read what a result says; an engine writes JSON, the table itself writes words."""
    try:
        said = json.loads(result)
    except json.JSONDecodeError:
        return result
    return str(said.get("says", result)) if isinstance(said, dict) else str(said)


def who() -> str:
    """Name the person who asks, as the system knows them."""
    return f"cli:{getpass.getuser()}"
