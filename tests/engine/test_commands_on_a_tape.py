"""Commands reach a session on a tape too: between two quotes, by the table, and a replay takes them again."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from oracles.bots import w1_bot
from oracles.tapes import chunk_of, tape
from tickwise.config.engine_file import engine_of
from tickwise.engine.engine import Engine
from tickwise.engine.past import past_of, session_of
from tickwise.engine.replay import replay
from tickwise.engine.run_tape import TapeRun, run_on_tape
from tickwise.journal import entries as j
from tickwise.journal.command_key import key_path, read_key
from tickwise.journal.commands import command_of, enqueue
from tickwise.journal.database import open_database
from tickwise.journal.place import place_of
from tickwise.market_data.tape import TapeWriter, open_tape

Asking = Callable[..., Awaitable[tuple[str, str]]]


def played(folder: Path, person: Callable[[Engine, Asking], Awaitable[None]]) -> TapeRun:
    """Play a tape at sixty times its speed while a person asks for things."""
    quotes = tape(chunk_of(31, 6_000, odd=False, move=4))
    with TapeWriter(folder / "day.parquet", [("EUR_USD", "0.00001")], source="a walk") as writer:
        writer.append(quotes.read())
    config = engine_of({"db": str(folder / "journal.db"), "tape_folder": str(folder / "tapes")})
    past = past_of(config.database)

    async def ask(verb: str, **said: Any) -> tuple[str, str]:
        key, now = read_key(key_path(place_of(config.database))), time.time_ns()
        async with open_database(config.database) as database:
            asked = await database.write(
                lambda c: enqueue(
                    c, key, actor="tester", verb=verb, arguments=json.dumps(said), created_ts=now,
                    deadline_ts=now + 60_000_000_000,
                )
            )  # fmt: skip
            while True:
                found = await database.read(lambda c: command_of(c, asked.id))
                assert found is not None
                if found.status not in ("PENDING", "RUNNING"):
                    return found.status, json.loads(found.result)["says"]
                await asyncio.sleep(0.02)

    async def both() -> TapeRun:
        asking: list[asyncio.Task[None]] = []

        def begun(engine: Engine) -> None:
            asking.append(asyncio.ensure_future(person(engine, ask)))

        run = await run_on_tape([w1_bot()], open_tape(folder / "day.parquet"), config, past, 60.0, begun)
        await asking[0]
        return run

    return asyncio.run(both())


async def until(held: Callable[[], Any]) -> None:
    while not held():
        await asyncio.sleep(0.01)


def entries_in(folder: Path) -> tuple[j.SessionOpened, list[j.Entry]]:
    session = session_of(folder / "journal.db")
    assert session is not None
    return session.opened, session.entries


def test_a_paced_session_is_paused_closed_and_stopped_from_outside_and_replays(tmp_path: Path) -> None:
    async def person(engine: Engine, ask: Asking) -> None:
        await until(lambda: engine.book.positions)
        assert await ask("pause") == ("SUCCEEDED", "pause of house: by command")
        status, says = await ask("close")
        assert (status, says.endswith("left, flat")) == ("SUCCEEDED", True)
        assert not engine.book.positions
        assert (await ask("stop"))[0] == "SUCCEEDED"

    played(tmp_path, person)
    opened, entries = entries_in(tmp_path)
    closed = entries[-1]
    assert isinstance(closed, j.SessionClosed)
    assert closed.reason == "stopped before the tape ended"
    assert [each.verb for each in entries if isinstance(each, j.CommandEnded)] == ["pause", "close", "stop"]
    found = replay(opened, entries, Path(opened.tape), "qr-fast-")
    assert (found.difference, found.tape_problem) == ("", "")
    assert found.is_equal
