"""A database that is not what it should be is refused in one line, and left as it is."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect

from oracles.entries_drawn import drawn_entries
from oracles.entries_made import made
from oracles.folding import Folded
from oracles.journals import entries_of, tables_of, tampered
from tickwise.errors import (
    JournalBusy,
    JournalDamaged,
    JournalError,
    JournalFailed,
    JournalUnwritable,
    JournalVersion,
)
from tickwise.journal import migrate
from tickwise.journal.database import Database, open_database, run_once
from tickwise.journal.entries import Alarm, Entry
from tickwise.journal.entry_readings import verify_chain
from tickwise.journal.inline import InlineJournal
from tickwise.journal.place import Place, place_of
from tickwise.journal.schema import METADATA, REVISION, VERSION_TABLE
from tickwise.journal.writer import ThreadedJournal

Open = Callable[..., ThreadedJournal]
ENTRIES = drawn_entries(11, 120)


def kept(place: str, entries: list[Entry] = ENTRIES) -> None:
    """Write a journal and close it."""
    journal = ThreadedJournal(place, owner="t", ts=1)
    for entry in entries:
        journal.append(entry)
    journal.close()


# Where it is.


def test_a_place_is_a_path_a_url_or_what_the_environment_says(tmp_path: Path) -> None:
    url = "postgresql://ada:secret@host/db"
    assert place_of("a.db") == Place(Path("a.db").absolute())
    assert place_of(tmp_path / "a.db") == Place(tmp_path / "a.db")
    assert place_of("sqlite:////x/a.db") == Place(Path("/x/a.db"))
    assert place_of(None, {"TICKWISE_DB": "/x/b.db"}) == Place(Path("/x/b.db"))
    assert place_of(None, {"TICKWISE_DB_URL": url}).says == "postgresql+asyncpg://ada:***@host/db"
    assert place_of(None, {}).file.name == "journal.db"


@pytest.mark.parametrize("where", ["mysql://host/db", "sqlite://", "://", "postgresql://[::1"])
def test_what_is_no_place_is_refused(where: str) -> None:
    with pytest.raises(JournalError):
        place_of(where)


def test_two_places_in_the_environment_are_one_too_many() -> None:
    with pytest.raises(JournalError, match="unset one of them"):
        place_of(None, {"TICKWISE_DB": "a", "TICKWISE_DB_URL": "postgresql://h/d"})


# Its schema.


def shape(connection: Connection) -> dict[str, object]:
    """Give tables, columns, keys and indexes, as the database says them."""
    seen = inspect(connection)
    return {
        name: (
            [(each["name"], str(each["type"]), each["nullable"]) for each in seen.get_columns(name)],
            seen.get_pk_constraint(name)["constrained_columns"],
            sorted((each["name"], each["column_names"]) for each in seen.get_indexes(name)),
        )
        for name in sorted(seen.get_table_names())
    }  # fmt: skip


async def brought(place: str, folder: Path) -> None:
    """Run the revisions of a folder on a place, as its writer would."""
    where = place_of(place)
    database = Database(where)
    try:
        await database.write(lambda connection: migrate.bring_to_date(connection, place, folder))
    finally:
        await database.close()


def copied_migrations(tmp_path: Path, more: str = "") -> Path:
    """Copy the revisions, with one more after them."""
    folder = tmp_path / "migrations % 1"
    shutil.copytree(migrate.MIGRATIONS, folder)
    if more:
        head = 'revision, down_revision = "0002", "0001"\nimport sqlalchemy as sa\nfrom alembic import op\n'
        (folder / "versions" / "0002_more.py").write_text(head + "def upgrade():\n    " + more)
    return folder


def test_the_newest_schema_is_what_all_revisions_come_to(place: str, tmp_path: Path) -> None:
    if "://" not in place:
        sqlite3.connect(place).close()
    asyncio.run(brought(place, copied_migrations(tmp_path)))
    by_revisions = run_once(place, shape)

    def differences(connection: Connection) -> object:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        return compare_metadata(context, METADATA)

    assert run_once(place, differences) == []
    if "://" in place:
        for table in run_once(place, lambda connection: inspect(connection).get_table_names()):
            tampered(place, f'DROP TABLE "{table}"')
    else:
        os.unlink(place)
    kept(place, [])
    assert run_once(place, shape) == by_revisions


def test_the_folder_of_revisions_ends_with_the_one_we_know() -> None:
    names = sorted(path.name for path in (migrate.MIGRATIONS / "versions").glob("0*.py"))
    assert names[-1].startswith(REVISION)


def test_an_older_schema_is_brought_to_date_and_nothing_is_lost(place: str, tmp_path: Path) -> None:
    kept(place)
    folder = copied_migrations(tmp_path, 'op.add_column("trades", sa.Column("note", sa.Text()))')
    asyncio.run(brought(place, folder))
    assert entries_of_newer(place) == len(ENTRIES)


def entries_of_newer(place: str) -> int:
    async def count() -> int:
        database = Database(place_of(place))
        try:
            sql = f"SELECT count(*) FROM entries, {VERSION_TABLE} WHERE version_num = '0002'"
            return await database.read(lambda connection: connection.exec_driver_sql(sql).scalar_one())
        finally:
            await database.close()

    return asyncio.run(count())


def test_a_revision_that_fails_leaves_the_older_schema_whole(place: str, tmp_path: Path) -> None:
    kept(place)
    was = run_once(place, shape)
    folder = copied_migrations(tmp_path, 'op.drop_table("trades")\n    op.drop_table("nothing")')
    with pytest.raises(JournalError):
        asyncio.run(brought(place, folder))
    assert run_once(place, shape) == was
    assert tables_of(place) == Folded(ENTRIES).tables()


def test_a_newer_schema_is_refused_and_left_as_it_is(place: str) -> None:
    kept(place)
    tampered(place, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    for attempt in (lambda: kept(place), lambda: entries_of(place)):
        with pytest.raises(JournalVersion, match="schema 9999 of a newer Tickwise"):
            attempt()
    tampered(place, f"UPDATE {VERSION_TABLE} SET version_num = '{REVISION}'")
    assert entries_of(place) == ENTRIES


def test_reading_makes_nothing_and_changes_nothing(place: str) -> None:
    with pytest.raises(JournalError, match=r"there is no journal here|holds no journal yet"):
        entries_of(place)
    assert "://" in place or not os.path.exists(place)


def test_who_only_asks_may_make_the_database_too(place: str) -> None:
    async def made_twice() -> None:
        for _ in range(2):
            async with open_database(place, make=True) as database:
                assert (await database.read(verify_chain)).holds

    asyncio.run(made_twice())
    kept(place)
    assert entries_of(place) == ENTRIES


def test_nobody_changes_the_schema_under_a_writer(place: str, threaded: Open) -> None:
    threaded()
    tampered(place, f"DELETE FROM {VERSION_TABLE}")

    async def make() -> None:
        async with open_database(place, make=True):
            return

    with pytest.raises(JournalBusy):
        asyncio.run(make())


def test_what_reads_writes_nothing(place: str) -> None:
    kept(place)
    with pytest.raises(JournalUnwritable):
        run_once(place, lambda connection: connection.exec_driver_sql("DELETE FROM entries"))
    assert entries_of(place) == ENTRIES


def test_folds_of_another_version_are_folded_anew_when_a_writer_comes(place: str, threaded: Open) -> None:
    kept(place)
    tampered(place, "UPDATE journal SET folds = 0, session = 'lost'")
    tampered(place, "DELETE FROM trades")
    tampered(place, "UPDATE orders SET status = 'filled'")
    told: list[tuple[int, int]] = []
    threaded(progress=lambda done, whole: told.append((done, whole))).close()
    assert told[-1] == (120, 120)
    assert tables_of(place) == Folded(ENTRIES).tables()


# What is wrong with a file.


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("these are my notes, and nothing else stands here\n" * 40)
    with pytest.raises(JournalDamaged, match="not a journal, or damaged"):
        kept(str(path))
    assert path.read_text().startswith("these are my notes")


def test_a_database_of_another_program_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE bookmarks (url TEXT)")
    other.close()
    with pytest.raises(JournalDamaged, match="of another program"):
        kept(str(path))
    with pytest.raises(JournalVersion, match="holds no journal yet"):
        entries_of(path)


def test_tables_of_another_program_are_left_as_they_are(postgres: str) -> None:
    tampered(postgres, "CREATE TABLE orders (id int)")
    with pytest.raises(JournalDamaged, match=r"tables of another program \(orders\)"):
        kept(postgres)


def test_an_empty_file_becomes_a_journal(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    path.touch()
    kept(str(path))
    assert entries_of(path) == ENTRIES


@pytest.mark.parametrize("name", ["", "/proc/journal.db", "/dev/null/journal.db"])
def test_what_cannot_be_written_says_so(tmp_path: Path, name: str) -> None:
    if not name:
        (tmp_path / "folder").mkdir()
    with pytest.raises(JournalUnwritable, match="cannot be"):
        kept(name or str(tmp_path / "folder"))


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_that_may_only_be_read_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    kept(str(path))
    path.chmod(0o400)
    with pytest.raises(JournalUnwritable, match="cannot be opened or written"):
        kept(str(path))
    assert entries_of(path) == ENTRIES


def inline(path: Path) -> InlineJournal:
    return InlineJournal(path, owner="t", ts=1)


def written(journal: InlineJournal, entries: list[Entry]) -> None:
    for entry in entries:
        journal.append(entry)
    asyncio.run(journal.durable(journal.append(made(Alarm, level="warning", what="", says=""))))


def test_a_full_disk_stops_the_journal_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    kept(str(path), ENTRIES[:50])
    journal = inline(path)
    sqlite = journal._journal.store._connection  # type: ignore[attr-defined]
    (pages,) = sqlite.execute("PRAGMA page_count").fetchone()
    sqlite.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(JournalUnwritable, match="no space left"):
        written(journal, ENTRIES[50:])
    stored = journal.head.seq
    assert entries_of(path) == ENTRIES[:stored]
    kept(str(path), ENTRIES[stored:])
    assert tables_of(path) == Folded(ENTRIES).tables()


def test_a_locked_database_is_waited_for_and_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tickwise.journal.sqlite_store.WAIT_S", 0.05)
    path = tmp_path / "a.db"
    journal = inline(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(JournalBusy, match="another process has held the database for more than"):
        written(journal, [])
    other.close()
    assert entries_of(path) == []


@pytest.mark.parametrize("has_reader", [False, True])
def test_the_log_stays_small_unless_somebody_reads_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_reader: bool
) -> None:
    monkeypatch.setattr("tickwise.journal.sqlite_store.RESTED_CALMLY", 100)
    path = tmp_path / "a.db"
    journal = ThreadedJournal(path, owner="t", ts=1)

    async def write() -> None:
        for _ in range(30):
            for _ in range(100):
                seq = journal.append(made(Alarm, level="warning", what="lag", says="x" * 200))
            await journal.durable(seq)

    reader = sqlite3.connect(path, isolation_level=None)
    if has_reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM entries").fetchone()
    asyncio.run(write())
    reader.close()
    journal.close()
    assert (journal.log_bytes > 1_000_000) is has_reader


def damage_is_seen(path: Path) -> bool:
    """Tell whether opening, reading and following the chain says that something is wrong."""
    try:
        ThreadedJournal(path, owner="t", ts=1).close()
        return not run_once(path, verify_chain).holds
    except JournalError:
        return True


def test_a_flipped_byte_in_any_page_is_seen_or_touches_no_entry(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    kept(str(path), ENTRIES[:60])
    whole = path.read_bytes()
    for page in range(len(whole) // 4096):
        bad = bytearray(whole)
        bad[page * 4096 + (page * 997) % 4096] ^= 0x20
        path.write_bytes(bad)
        assert damage_is_seen(path) or entries_of(path) == ENTRIES[:60], f"page {page}"


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_file_that_was_cut_is_refused_and_kept(tmp_path: Path, part: float) -> None:
    path = tmp_path / "a.db"
    kept(str(path))
    cut = path.read_bytes()[: int(path.stat().st_size * part)]
    path.write_bytes(cut)
    with pytest.raises(JournalDamaged):
        kept(str(path))
    assert path.read_bytes()[100:] == cut[100:]


# What is wrong with a server.


def test_a_server_that_is_not_there_says_so() -> None:
    pytest.importorskip("asyncpg")
    with pytest.raises(JournalUnwritable, match=r"refused|Connect call failed"):
        kept("postgresql://nobody:hidden@127.0.0.1:1/nothing")


def test_a_password_is_never_shown() -> None:
    pytest.importorskip("asyncpg")
    with pytest.raises(JournalError) as raised:
        entries_of("postgresql://nobody:hidden@127.0.0.1:1/nothing")
    assert "hidden" not in str(raised.value)


def test_a_database_that_is_not_there_says_so(postgres: str) -> None:
    for attempt in (kept, entries_of):
        with pytest.raises(JournalUnwritable, match="no such database"):
            attempt(postgres + "x")


def test_without_its_driver_postgres_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    monkeypatch.delitem(sys.modules, "tickwise.journal.postgres_store", raising=False)
    for attempt in (kept, entries_of):
        with pytest.raises(JournalUnwritable, match="pip install 'tickwise"):
            attempt("postgresql://nobody@127.0.0.1:1/nothing")


def test_a_server_that_ends_every_connection_fails_the_journal_or_is_asked_anew(
    postgres: str, threaded: Open
) -> None:
    journal = ThreadedJournal(postgres, owner="t", ts=1)

    async def one(n: int) -> None:
        await journal.durable(journal.append(made(Alarm, event=n, level="warning", what="", says="")))

    asyncio.run(one(1))
    tampered(postgres, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    asyncio.run(one(2))
    journal.close()
    assert [entry.event for entry in entries_of(postgres)] == [1, 2]


def test_who_takes_over_while_the_connection_is_broken_has_the_journal(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tickwise.journal.postgres_store.TRIES", 2)
    first = ThreadedJournal(postgres, owner="first", ts=1)
    first.append(ENTRIES[0])
    while first.head.seq < 1:
        asyncio.run(asyncio.sleep(0.01))
    tampered(postgres, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    second = ThreadedJournal(postgres, owner="second", ts=2)
    with pytest.raises(JournalFailed):
        asyncio.run(first.durable(first.append(ENTRIES[1])))
    second.append(ENTRIES[1])
    second.close()
    assert entries_of(postgres) == ENTRIES[:2]
