"""The schema of a journal's database: known, older and brought up to date, newer and refused."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
from sqlalchemy import (
    Column,
    Connection,
    Dialect,
    MetaData,
    String,
    Table,
    Text,
    func,
    insert,
    inspect,
    select,
    table,
)
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.sql import column

from tickwise.errors import JournalBusy, JournalDamaged, JournalVersion
from tickwise.journal.folds import FOLDS_VERSION
from tickwise.journal.schema import METADATA, REVISION, TABLES, VERSION_TABLE, JournalState

LOCK_KEY = int.from_bytes(b"tickwise", "big")
"""The advisory lock that whoever writes a Postgres database's journal holds."""

MIGRATIONS = Path(__file__).parent / "migrations"


def revision_of(connection: Connection, where: str) -> str:
    """Give the revision of the schema, "" of a database with nothing of ours in it.

    Raises JournalDamaged where tables have our names and no revision: they are another program's.
    """
    seen = set(inspect(connection).get_table_names())
    if VERSION_TABLE not in seen:
        theirs = sorted(seen & set(METADATA.tables))
        if theirs:
            raise JournalDamaged(
                f"{where}: holds tables of another program ({theirs[0]}); name another database"
            )
        return ""
    number = column("version_num", Text)
    return connection.scalar(select(number).select_from(table(VERSION_TABLE))) or ""


def check_revision(connection: Connection, where: str) -> None:
    """Raise JournalVersion where the schema is not the one this version of Tickwise reads."""
    found = revision_of(connection, where)
    if found == REVISION:
        return
    if not found:
        raise JournalVersion(f"{where}: holds no journal yet; `tickwise run` makes one")
    if found > REVISION:
        raise JournalVersion(_newer(where, found))
    raise JournalVersion(f"{where}: has the older schema {found}; the next `tickwise run` brings it to date")


def bring_to_date(connection: Connection, where: str, folder: Path = MIGRATIONS) -> bool:
    """Make the schema the newest one, within the connection's transaction; tell whether it changed.

    Raises JournalVersion where it is newer than this version of Tickwise.
    """
    found = revision_of(connection, where)
    if found == REVISION and folder == MIGRATIONS:
        return False
    if not found and folder == MIGRATIONS:
        make_newest(connection)
        return True
    from alembic import command  # 0.1 s that only a change of the schema is worth
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = [each.revision for each in ScriptDirectory.from_config(config).walk_revisions()]
    if found and found not in known:
        raise JournalVersion(_newer(where, found))
    command.upgrade(config, "head")
    return True


def make_newest(connection: Connection) -> None:
    """Make every table of the newest schema at once; all revisions one after the other come to the same."""
    version = Table(VERSION_TABLE, MetaData(), Column("version_num", String(32), primary_key=True))
    for statement in _definitions(connection.dialect):
        connection.exec_driver_sql(statement)
    version.create(connection)
    connection.execute(insert(version), {"version_num": REVISION})
    empty = JournalState(1, 0, "", 0, 0, bytes(32), "", FOLDS_VERSION, 0)
    connection.execute(insert(TABLES[JournalState]), msgspec.structs.asdict(empty))


@cache
def _definitions(dialect: Dialect) -> tuple[str, ...]:
    """Write the definitions of all tables and indexes as a database understands them."""
    tables = METADATA.sorted_tables
    indexes = [each for table in tables for each in sorted(table.indexes, key=lambda index: str(index.name))]
    made = [CreateTable(each) for each in tables] + [CreateIndex(each) for each in indexes]
    return tuple(str(each.compile(dialect=dialect)) for each in made)


def bring_to_date_alone(connection: Connection, where: str) -> bool:
    """Do the same in a Postgres database that nobody writes; raises JournalBusy where somebody does."""
    if not connection.scalar(select(func.pg_try_advisory_xact_lock(LOCK_KEY))):
        raise JournalBusy(
            f"{where}: cannot be brought to date while another process writes it; end that first"
        )
    return bring_to_date(connection, where)


def _newer(where: str, found: str) -> str:
    return (
        f"{where}: has the schema {found} of a newer Tickwise (this one knows {REVISION}); use the newer one"
    )
