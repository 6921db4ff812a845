"""Tell people: one task reads the journal, one for each target sends, and what was told is kept.

A target that is away or slow holds up no other. An entry counts as told when its message was taken; what is
on its way when the process ends is sent again by the next one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import aiohttp

from tickwise.errors import JournalError
from tickwise.journal.database import Database, open_database
from tickwise.journal.entry_readings import state
from tickwise.journal.lock import FileLock
from tickwise.notify.cursors import cursors_path, keep_cursors, read_cursors
from tickwise.notify.discord import post
from tickwise.notify.follower import Follower
from tickwise.notify.notice import TEST, Notice
from tickwise.notify.outbox import Cursor, Group, Outbox
from tickwise.notify.summary import due_at, summary_of
from tickwise.notify.targets import Target, routed
from tickwise.notify.watch import Watch

LOOK_S = 0.5
"""How often the journal and what waits are looked at, seconds."""

OLD_NS = 600 * 1_000_000_000
"""What happened longer ago, while nobody was told, is summed into one message; nanoseconds."""

Say = Callable[[str], None]
Now = Callable[[], int]


class Terms(NamedTuple):
    """Whom to tell, by which clock (nanoseconds UTC), and when the daily summary is due."""

    targets: Sequence[Target]
    now: Now
    say: Say
    daily_ns: int = 0
    """Time of day in UTC, nanoseconds after midnight."""


class Service:
    """Reads one journal and fills an outbox for each target."""

    def __init__(self, database: Database, path: Path, terms: Terms, end: int) -> None:
        """Go on where each target was; one that is new begins at the journal's end, with what comes."""
        self._database, self._path, self._terms = database, path, terms
        kept = read_cursors(path)
        due = due_at(terms.now(), terms.daily_ns)
        self._kept = {name: cursor for name, cursor in kept.items() if cursor.seq <= end}
        told = {each.name: self._begun(each.name, kept, Cursor(end, due)) for each in terms.targets}
        self._outboxes = {name: Outbox(cursor) for name, cursor in told.items()}
        self._follower = Follower(min(cursor.seq for cursor in told.values()))
        self._watch = Watch()
        self._summary_ts = min(cursor.summary_ts for cursor in told.values())
        self._is_unread = self._is_unkept = False

    def _begun(self, name: str, kept: dict[str, Cursor], new: Cursor) -> Cursor:
        """Give where a target begins; a journal that ends before what was told is another one, all new."""
        was = kept.get(name)
        if was is None:
            self._terms.say(f"{name}: told from now on, from entry {new.seq + 1}")
            return new
        return was if was.seq <= new.seq else was._replace(seq=0)

    async def run(self) -> None:
        """Run until cancelled."""
        async with aiohttp.ClientSession() as session:
            work = (self._follow(), *(self._send(session, target) for target in self._terms.targets))
            tasks = [asyncio.ensure_future(each) for each in work]
            try:
                await asyncio.gather(*tasks)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _follow(self) -> None:
        """Read the journal for ever."""
        while True:
            await self._read()
            self._keep()
            await asyncio.sleep(LOOK_S)

    async def _read(self) -> None:
        """Take in what is new. A journal that cannot be read is said once, and looked at again."""
        try:
            is_last = False
            while not is_last:
                page = await self._database.read(self._follower.read)
                for notice in page.notices:
                    self._put(notice)
                is_last = page.is_last
            await self._look()
            self._is_unread = False
        except JournalError as error:
            if not self._is_unread:
                self._terms.say(f"the journal cannot be read: {error}")
            self._is_unread = True

    async def _look(self) -> None:
        """Do what is due once all entries were taken in: sum what is old, see whether the engine lives."""
        now = self._terms.now()
        for outbox in self._outboxes.values():
            outbox.caught_up(now)
        silent = await self._database.read(lambda connection: self._watch.look(connection, now))
        if silent:
            self._put(silent)
        due = due_at(now, self._terms.daily_ns)
        if due > self._summary_ts:
            for line in await self._database.read(lambda connection: summary_of(connection, due)):
                self._put(line)
            self._summary_ts = due

    def _put(self, notice: Notice) -> None:
        is_old = notice.seq > 0 and self._terms.now() - notice.ts > OLD_NS
        for target in routed(notice, self._terms.targets):
            self._outboxes[target.name].put(notice, is_old=is_old)

    def _keep(self) -> None:
        """Write down what was told, where that changed."""
        now = {name: outbox.cursor(self._follower.after) for name, outbox in self._outboxes.items()}
        kept = self._kept | now
        if kept == self._kept:
            return
        try:
            keep_cursors(self._path, kept)
        except OSError as error:  # telling needs no disk: what was told is told twice after a restart
            if not self._is_unkept:
                self._terms.say(f"{self._path}: cannot be written ({error.strerror}); telling goes on")
            self._is_unkept = True
        else:
            self._kept, self._is_unkept = kept, False

    async def _send(self, session: aiohttp.ClientSession, target: Target) -> None:
        """Send what is due to one target, for ever; say when it stops answering, and when it does again."""
        loop, outbox, was = asyncio.get_running_loop(), self._outboxes[target.name], ""
        while True:
            group = outbox.due(loop.time())
            if group is None:
                await asyncio.sleep(LOOK_S / 2)
                continue
            answer = await post(session, target, group)
            if answer.is_told or answer.is_refused:
                outbox.done(loop.time(), answer.wait_s or 0.0)
            else:
                outbox.again(loop.time(), answer.wait_s)
            self._keep()
            if answer.says != was and (was or not answer.is_told):
                self._terms.say(f"{target.name}: {answer.says}")
            was = "" if answer.is_told else answer.says


async def notify(where: str | Path | None, terms: Terms, ready: Callable[[], None] = lambda: None) -> None:
    """Tell until cancelled; `ready` hears that it has begun.

    Raises JournalError, ConfigError for a cursor that cannot be read, and JournalBusy where another process
    tells from this journal already.
    """
    async with open_database(where) as database:
        path = cursors_path(database.place)
        lock = FileLock(path.with_name(f"{path.name}.lock"), "notify")
        try:
            end = await database.read(lambda connection: state(connection).seq)
            service = Service(database, path, terms, end)
            ready()
            await service.run()
        finally:
            lock.release()


async def try_targets(terms: Terms) -> dict[str, str]:
    """Send one message to each target; give what became of it, "told" where it was taken."""
    found = {}
    async with aiohttp.ClientSession() as session:
        for target in terms.targets:
            group = Group(TEST)
            group.add(Notice(TEST, f"{target.name} is told of what happens from here", terms.now()))
            found[target.name] = (await post(session, target, group)).says
    return found
