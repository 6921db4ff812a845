"""A command runs once, in time and signed, or not at all; whoever asks learns how it ended."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from oracles.entries_made import made
from oracles.journals import tampered
from tickwise.errors import JournalError, JournalUnwritable
from tickwise.journal import commands as c
from tickwise.journal.command_key import CommandKey, key_path, read_key
from tickwise.journal.database import Database, open_database
from tickwise.journal.entries import CommandEnded, CommandStarted
from tickwise.journal.place import place_of
from tickwise.journal.schema import StoredCommand
from tickwise.journal.writer import ThreadedJournal

KEY = CommandKey(b"k" * 32)
SECOND = 1_000_000_000
ASKED: dict[str, Any] = {
    "actor": "ada",
    "verb": "pause",
    "arguments": '{"instrument": "EUR_USD"}',
    "created_ts": 100 * SECOND,
    "deadline_ts": 130 * SECOND,
    "idempotency_key": "pause-eurusd-1",
}


def done(place: str, work: Callable[[Connection], Any]) -> Any:
    """Do something in the database of a place."""

    async def do() -> Any:
        async with open_database(place, make=True) as database:
            return await database.write(work)

    return asyncio.run(do())


def asked(place: str, **said: Any) -> StoredCommand:
    found = done(place, partial(c.enqueue, key=KEY, **{**ASKED, **said}))
    assert isinstance(found, StoredCommand)
    return found


def claimed(place: str, now: int = 110 * SECOND, key: CommandKey = KEY) -> c.Claimed | None:
    found = done(place, partial(c.claim, key=key, now=now, by="engine 1"))
    assert found is None or isinstance(found, c.Claimed)
    return found


def test_a_command_waits_is_claimed_and_ends(place: str) -> None:
    command = asked(place)
    assert (command.status, command.result) == ("PENDING", "")
    found = claimed(place)
    assert found is not None
    assert found.may_run
    assert (found.command.id, found.command.status) == (command.id, "RUNNING")
    assert (found.command.claimed_by, found.command.claimed_ts) == ("engine 1", 110 * SECOND)
    finished = partial(
        c.finish, name=command.id, status="SUCCEEDED", result='{"paused": 1}', now=111 * SECOND
    )
    ended = done(place, finished)
    assert (ended.status, ended.result, ended.ended_ts) == ("SUCCEEDED", '{"paused": 1}', 111 * SECOND)
    assert done(place, partial(c.command_of, name=command.id)) == ended
    assert claimed(place) is None
    with pytest.raises(JournalError, match="is SUCCEEDED and cannot end as SUCCEEDED"):
        done(place, finished)


def test_the_oldest_comes_first_and_each_once(place: str) -> None:
    late = asked(place, idempotency_key="b", created_ts=105 * SECOND)
    early = asked(place, idempotency_key="a")
    found = [claimed(place), claimed(place), claimed(place)]
    assert [each and each.command.id for each in found] == [early.id, late.id, None]
    running = done(place, partial(c.commands, status="RUNNING"))
    assert [each.id for each in running] == [late.id, early.id]


def test_asking_twice_with_one_key_asks_once(place: str) -> None:
    assert asked(place) == asked(place, created_ts=101 * SECOND)
    assert len(done(place, c.commands)) == 1
    claimed(place)
    assert asked(place).status == "RUNNING"
    with pytest.raises(JournalError, match="was used for another command"):
        asked(place, verb="resume")


def test_many_who_ask_at_once_with_one_key_ask_once(place: str) -> None:
    done(place, c.commands)
    gate, got = threading.Barrier(4), list[StoredCommand]()

    def ask() -> None:
        gate.wait()
        got.append(asked(place))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert got == [got[0]] * 4
    assert done(place, c.commands) == [got[0]]


def test_without_a_key_each_moment_asks_anew(place: str) -> None:
    first = asked(place, idempotency_key="")
    second = asked(place, idempotency_key="", created_ts=100 * SECOND + 1)
    assert first.id != second.id
    assert asked(place, idempotency_key="") == first


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"actor": ""}, "needs an actor"),
        ({"verb": ""}, "needs an actor"),
        ({"deadline_ts": 100 * SECOND}, "the deadline is not after"),
        ({"arguments": "{not json"}, "not JSON"),
        ({"arguments": '"' + "x" * 70_000 + '"'}, "characters, 65536 at most"),
    ],
)
def test_what_cannot_be_meant_is_not_asked(place: str, said: dict[str, Any], says: str) -> None:
    with pytest.raises(JournalError, match=says):
        asked(place, **said)
    assert done(place, c.commands) == []


def refused(found: c.Claimed | None, why: str) -> None:
    """Hold that a command was refused, for this reason, and that the journal is to say so."""
    assert found is not None
    assert (found.may_run, found.command.status, found.command.result) == (False, "FAILED", why)
    assert found.entry is not None
    assert (found.entry.status, found.entry.result) == ("REFUSED", why)


UNSIGNED = "refused: the signature is missing or does not fit"
COLUMNS = "id, key, actor, verb, arguments, created_ts, deadline_ts, signature, status, claimed_by, claimed_ts, ended_ts, result"  # noqa: E501


def test_a_row_that_somebody_wrote_by_sql_never_runs(place: str) -> None:
    done(place, c.commands)
    tampered(
        place,
        f"INSERT INTO commands ({COLUMNS}) "
        "VALUES ('x', 'x', 'local', 'CLOSE_ALL', '{}', 1, 999, '', 'PENDING', '', 0, 0, '')",
    )
    found = claimed(place)
    refused(found, UNSIGNED)
    assert claimed(place) is None


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'eve'",
        "verb = 'kill'",
        "arguments = '{}'",
        "deadline_ts = deadline_ts + 1",
        "created_ts = created_ts - 1",
        "id = 'other'",
        "signature = 'ffff'",
        "signature = 'ä'",
    ],
)
def test_a_row_that_was_altered_never_runs(place: str, change: str) -> None:
    asked(place)
    tampered(place, f"UPDATE commands SET {change}")
    refused(claimed(place), UNSIGNED)


def test_a_row_signed_with_another_key_never_runs(place: str) -> None:
    asked(place)
    refused(claimed(place, key=CommandKey(b"x" * 32)), UNSIGNED)


@pytest.mark.parametrize(
    "values",
    [
        "x'00ff', 'k', 'a', 'v', '{}', 1, 9, 's', 'PENDING', '', 0, 0, ''",
        "'i', 'k', x'ff', 7, 8.5, 'now', 'soon', x'00', 'PENDING', '', '', '', 5",
        "7, 7, 7, 7, 7, 'later', 7, 7, 'PENDING', 7, 7, 7, 7",
    ],
)
def test_values_that_are_no_command_at_all_never_run(tmp_path: Path, values: str) -> None:
    place = str(tmp_path / "a.db")
    done(place, c.commands)
    tampered(place, f"INSERT INTO commands ({COLUMNS}) VALUES ({values})")
    refused(claimed(place), UNSIGNED)
    assert claimed(place) is None


def test_a_command_that_comes_too_late_is_skipped(place: str) -> None:
    asked(place)
    found = claimed(place, now=131 * SECOND)
    assert found is not None
    assert (found.may_run, found.command.status) == (False, "SKIPPED")
    assert found.entry == CommandEnded(
        ts=131 * SECOND,
        event=0,
        command=found.command.id,
        actor="ada",
        verb="pause",
        status="SKIPPED",
        result="too late by 1.0 s",
    )


def test_a_copy_of_a_command_that_ran_never_runs_again(place: str) -> None:
    command = asked(place)
    journal = ThreadedJournal(place, owner="engine", ts=1)
    said = {"command": command.id, "actor": "ada", "verb": "pause"}
    journal.append(made(CommandStarted, **said, arguments="{}"))
    journal.append(made(CommandEnded, **said, status="SUCCEEDED", result="{}"))
    claimed(place)
    tampered(place, "UPDATE commands SET status = 'PENDING'")
    asyncio.run(journal.durable(2))
    found = claimed(place)
    refused(found, "refused: the journal says it was run before")
    assert found is not None
    assert found.entry is not None
    journal.append(found.entry)
    journal.close()


def test_an_engine_looks_for_commands_without_a_lock(place: str) -> None:
    asked(place)

    async def look() -> list[c.Claimed | None]:
        async with open_database(place) as database:
            return [await c.next_command(database, KEY, now=110 * SECOND, by="e") for _ in range(2)]

    first, second = asyncio.run(look())
    assert first is not None
    assert first.may_run
    assert second is None


def test_of_many_who_claim_at_once_each_command_has_one(place: str) -> None:
    for n in range(12):
        asked(place, idempotency_key=str(n), created_ts=n)
    gate, taken = threading.Barrier(4), list[str]()

    async def take(database: Database) -> None:
        while found := await database.write(partial(c.claim, key=KEY, now=110 * SECOND, by="racer")):
            taken.append(found.command.id)

    async def race() -> None:
        async with open_database(place) as database:
            gate.wait()
            await take(database)

    threads = [threading.Thread(target=lambda: asyncio.run(race())) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(taken) == len(set(taken)) == 12


CLAIMER = """
import asyncio, sys
from functools import partial
from tickwise.journal import commands as c
from tickwise.journal.command_key import CommandKey
from tickwise.journal.database import open_database

async def race(place):
    async with open_database(place) as database:
        sys.stdin.readline()
        claim = partial(c.claim, key=CommandKey(b"k" * 32), now=110 * 10**9, by="racer")
        while found := await database.write(claim):
            print(found.command.id)

print("ready", flush=True)
asyncio.run(race(sys.argv[1]))
"""


def test_of_two_processes_that_claim_each_command_has_one(place: str) -> None:
    names = {asked(place, idempotency_key=str(n), created_ts=n).id for n in range(10)}
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", CLAIMER, place], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for each in racers:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    taken = [line for each in racers for line in each.communicate("go\n")[0].split()]
    assert sorted(taken) == sorted(names)


# The key.


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.db.key"
    first = read_key(path)
    assert first.sign("a", 1) == read_key(path).sign("a", 1) != KEY.sign("a", 1)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["a.db.key"]


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o700])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "a.db.key"
    read_key(path)
    path.chmod(mode)
    with pytest.raises(JournalUnwritable, match=f"mode {mode:04o}.*chmod 600"):
        read_key(path)


@pytest.mark.parametrize("text", ["", "secret", "zz" * 32, "ab" * 31])
def test_a_key_file_without_a_key_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.db.key"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(JournalUnwritable, match="holds no key"):
        read_key(path)


def test_a_key_file_that_cannot_be_had_says_so(tmp_path: Path) -> None:
    with pytest.raises(JournalUnwritable, match="cannot be read"):
        read_key(Path("/dev/null/key"))
    with pytest.raises(JournalUnwritable, match=r"cannot be read|others may"):
        read_key(tmp_path)


def test_the_key_lies_beside_the_journal_or_where_it_is_said(tmp_path: Path) -> None:
    sqlite, server = place_of(tmp_path / "a.db"), place_of("postgresql://h/d")
    assert key_path(sqlite, {}) == tmp_path / "a.db.key"
    assert key_path(server, {}).name == "commands.key"
    assert key_path(sqlite, {"TICKWISE_KEY_FILE": "/x/k"}) == Path("/x/k")


def test_a_signature_says_which_value_is_which() -> None:
    assert KEY.sign("ab", "c") != KEY.sign("a", "bc")
    assert KEY.sign("1") != KEY.sign(1)
    assert KEY.fits(KEY.sign("a"), "a")
    assert not KEY.fits("", "a")
