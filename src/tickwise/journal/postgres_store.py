"""The journal in Postgres, over one connection that holds an advisory lock of the whole database.

The connection runs in an event loop of its own, so the writer's thread uses it like a file. When it breaks,
nobody knows whether a commit was done: the store connects anew, ends what the old connection may still have
under way, and only then can be asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import asyncpg  # type: ignore[import-untyped]
from msgspec.structs import astuple
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from tickwise.errors import JournalBusy, JournalError, JournalFailed, JournalImpossible, JournalUnwritable
from tickwise.journal.chain import Written
from tickwise.journal.faults import journal_error, state_of
from tickwise.journal.folds.rows import Changes, Key
from tickwise.journal.migrate import LOCK_KEY, bring_to_date
from tickwise.journal.place import WAIT_S, Place
from tickwise.journal.schema import JournalState, Row, StoredEntry
from tickwise.journal.statements import all_statements
from tickwise.journal.store import Disconnected

T = TypeVar("T")

LOST = ("08", "57P")
"""Classes of states after which Postgres has ended a connection."""

TRIES, PAUSE_S = 20, 0.25
"""Attempts to connect anew before giving up, and the seconds between two."""

SETTINGS = {
    "application_name": "tickwise journal",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "synchronous_commit": "on",
}
"""What the server is told of the connection: it notices within half a minute that we are gone."""


class PostgresStore:
    """A Postgres journal that this process writes; nobody else can until it is closed."""

    def __init__(self, place: Place) -> None:
        """Connect, take the lock and bring the schema up to date; raises a JournalError."""
        self.where = place.says
        self._loop = asyncio.new_event_loop()
        self._sql = all_statements(lambda place: f"${place}")
        self._engine = create_async_engine(
            place.address,
            poolclass=NullPool,
            connect_args={"timeout": WAIT_S, "command_timeout": 60.0, "server_settings": SETTINGS},
        )
        self._open: AsyncConnection | None = None
        self._said_to: Any = None
        self._served_by = 0
        try:
            self._connect()
            self._do(self._brought_to_date())
        except Disconnected as error:
            self.close()
            raise JournalUnwritable(str(error)) from error
        except JournalError:
            self.close()
            raise

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run to the end what is said to the server."""
        try:
            return self._loop.run_until_complete(work)
        except DBAPIError as error:
            if error.connection_invalidated or state_of(error).startswith(LOST):
                raise Disconnected(f"{self.where}: {error.orig}") from error
            raise journal_error(error, self.where) from error
        except asyncpg.DataError as error:
            raise JournalImpossible(f"{self.where}: {error}") from error
        except (OSError, TimeoutError, asyncpg.InterfaceError) as error:
            raise Disconnected(f"{self.where}: {error or type(error).__name__}") from error
        except asyncpg.PostgresError as error:
            if state_of(error).startswith(LOST):
                raise Disconnected(f"{self.where}: {error}") from error
            raise journal_error(error, self.where) from error

    def _ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Say one statement; give the rows where there are some."""
        if self._said_to is None:
            raise Disconnected(f"{self.where}: not connected")
        return [tuple(found) for found in self._do(self._said_to.fetch(sql, *values))]

    def _connect(self) -> None:
        """Connect and take the lock; raises JournalBusy where somebody holds it."""
        self._do(self._connected())
        ((self._served_by,),) = self._ask("SELECT pg_backend_pid()")
        ((is_ours,),) = self._ask("SELECT pg_try_advisory_lock($1)", LOCK_KEY)
        if not is_ours:
            raise JournalBusy(
                f"{self.where}: already written by {self._owner()}; end that first, or name another database"
            )

    def _owner(self) -> str:
        """Name who writes the journal, as far as it can be known."""
        with suppress(Disconnected, JournalError):
            ((owner,),) = self._ask("SELECT owner FROM journal")
            return str(owner) or "another process"
        return "another process"

    async def _connected(self) -> None:
        """Connect by SQLAlchemy's reading of the URL; what is said often is said to the driver itself."""
        self._open = await self._engine.connect()
        self._said_to = (await self._open.get_raw_connection()).driver_connection

    async def _brought_to_date(self) -> None:
        assert self._open is not None
        async with self._open.begin():
            await self._open.run_sync(bring_to_date, self.where)

    @contextmanager
    def transaction(self, *, synced: bool) -> Iterator[None]:
        """Begin; what is done inside is stored together or not at all."""
        done = False
        try:
            self._say("BEGIN" if synced else "BEGIN; SET LOCAL synchronous_commit TO off")
            yield
            self._say("COMMIT")
            done = True
        finally:
            if not done and self._said_to is not None:
                with suppress(Disconnected, JournalError):  # what went wrong first is told
                    self._say("ROLLBACK")

    def _say(self, sql: str) -> None:
        """Say statements that give nothing back."""
        if self._said_to is None:
            raise Disconnected(f"{self.where}: not connected")
        self._do(self._said_to.execute(sql))

    def state(self) -> JournalState:
        """Read the journal's one row."""
        found = self.row(JournalState, (1,))
        assert isinstance(found, JournalState)
        return found

    def take_over(self, owner: str, ts: int) -> JournalState:
        """Take the next token; whoever wrote before can commit no more."""
        with self.transaction(synced=True):
            self._ask("UPDATE journal SET token=token+1, owner=$1, since_ts=$2", owner, ts)
            return self.state()

    def set_state(self, state: JournalState, was_seq: int) -> bool:
        """Change the journal's one row; False where another token or another end stands there."""
        changed = self._ask(
            "UPDATE journal SET seq=$1, digest=$2, session=$3, folds=$4, commits=commits+1 "
            "WHERE id=1 AND token=$5 AND seq=$6 RETURNING id",
            *(state.seq, state.digest, state.session, state.folds, state.token, was_seq),
        )
        return len(changed) == 1

    def row(self, kind: type[Row], key: Key) -> Row | None:
        """Look a row up."""
        found = self._ask(self._sql[kind].find, *key)
        return kind(*found[0]) if found else None

    def add(self, entries: Sequence[Written]) -> None:
        """Store entries."""
        if entries:
            self._do(self._said_to.executemany(self._sql[StoredEntry].insert, entries))

    def put(self, changes: Changes) -> None:
        """Store rows, new ones and changed ones."""
        for kind, rows in changes.items():
            values = [astuple(row) for row in rows.values()]
            self._do(self._said_to.executemany(self._sql[kind].upsert, values))

    def clear(self, kinds: Iterable[type[Row]]) -> None:
        """Throw away every row of these kinds."""
        for kind in kinds:
            self._ask(self._sql[kind].clear)

    def entries(self, after: int, limit: int) -> list[Written]:
        """Read entries in their order, after a number."""
        return [Written(*each) for each in self._ask(self._sql[StoredEntry].after, after, limit)]

    def rows(self, kind: type[Row], after: Key | None, limit: int) -> list[Row]:
        """Read rows of a kind in the order of their key, after one."""
        sql = self._sql[kind]
        found = self._ask(sql.first, limit) if after is None else self._ask(sql.after, *after, limit)
        return [kind(*each) for each in found]

    def reconnect(self) -> None:
        """Connect anew, once nothing of the old connection is under way any more.

        Its server process may still be committing: it is ended, and the lock it held is only given to the
        new one once it is gone. Raises JournalFailed where that cannot be had.
        """
        self._leave()
        last: Exception | None = None
        for _ in range(TRIES):
            try:
                self._end_old()
                self._connect()
                return
            except (Disconnected, JournalError) as error:
                last = error
                self._leave()
            self._do(asyncio.sleep(PAUSE_S))
        raise JournalFailed(f"{self.where}: the connection broke in a commit and cannot be had again: {last}")

    def _end_old(self) -> None:
        """End the server process of the old connection, if it still holds our lock."""
        self._do(self._connected())
        self._ask(
            "SELECT pg_terminate_backend(pid, 1000) FROM pg_locks "
            "WHERE locktype = 'advisory' AND granted AND pid = $1 "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
            "AND (classid::bigint << 32 | objid::bigint) = $2",
            *(self._served_by, LOCK_KEY),
        )
        self._leave()

    def _leave(self) -> None:
        """Drop the connection as it is."""
        left, self._open, self._said_to = self._open, None, None
        if left is not None:
            with suppress(Disconnected, JournalError):
                self._do(left.close())

    def rest(self, *, is_calm: bool) -> None:
        """Do nothing: the server does it."""

    def log_bytes(self) -> int:
        """Give 0: the server's log is its own affair."""
        return 0

    def close(self) -> None:
        """Disconnect, and let another write."""
        self._leave()
        with suppress(Disconnected, JournalError):
            self._do(self._engine.dispose())
        self._loop.close()
