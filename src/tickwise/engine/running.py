"""A session that is open, whatever answers its orders: its tasks, its commands, its configs and calendars."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from tickwise.config.bot import BotConfig
from tickwise.config.engine import EngineConfig
from tickwise.engine.answers import ENTRY
from tickwise.engine.book import PositionState
from tickwise.engine.commands import Commander, Desk, Ended, rests_at_the_venue
from tickwise.engine.economic_calendar import Fetch
from tickwise.engine.engine import Engine
from tickwise.engine.news import NewsReader
from tickwise.engine.reloading import Reloader
from tickwise.engine.remaking import Remaking
from tickwise.engine.supervise import Nursery
from tickwise.engine.watch_configs import ConfigWatch
from tickwise.journal import entries as j
from tickwise.journal.command_key import CommandKey
from tickwise.journal.database import Database
from tickwise.market_data.recording import Recorder

PERMISSION_S = 30.0
"""How often it is looked whether risk may still be added."""

RENEWAL_S = 3_600.0
"""How often it is looked whether the calendars end soon."""


class Session(Protocol):
    """The tasks that bring a session its prices and the answers to its orders."""

    nursery: Nursery

    async def run(self) -> None:
        """Run until the nursery is ended, or a law of ours breaks, which raises."""
        ...


class Around(NamedTuple):
    """What stands around a session."""

    config: EngineConfig
    may_add_risk: Callable[[], str] = lambda: ""
    """Says why no risk may be added now, "" where it may."""
    watch: ConfigWatch | None = None
    """The files of the configs, where they are watched."""
    fetch: Fetch | None = None
    """Reads the economic calendar of the settings, where they name one."""
    placed: Callable[[Sequence[BotConfig]], list[BotConfig]] = list
    """Lets bots trade in the session's accounts."""
    stays: Callable[[PositionState], bool] = rests_at_the_venue
    """Tells which positions stay open when the session is ended."""
    outlived: bool = False
    """Whether orders live on where they were sent, when the session has ended."""


class Running:
    """A session that is open: its engine and its tasks."""

    def __init__(
        self, engine: Engine, session: Session, recorder: Recorder, remaking: Remaking, around: Around
    ) -> None:
        """Take what was opened; `remaking` is what the engine makes its core anew by."""
        self.engine, self.session, self.recorder = engine, session, recorder
        self.commander = Commander(
            engine, session.nursery.end, self._reload, around.may_add_risk, around.stays
        )
        self._around = around
        self._reloader = Reloader(engine, remaking, around.placed)
        self._news = (
            NewsReader(engine, remaking, around.config.news, around.fetch)
            if around.fetch is not None and around.config.news.source
            else None
        )

    async def run(self, database: Database | None = None, key: CommandKey | None = None) -> None:
        """Run until it is ended; with a database, commands are taken from its table."""
        nursery = self.session.nursery
        if database is not None and key is not None:
            desk = Desk(self.commander, self.engine, database, key, nursery.start)
            nursery.keep("commands", desk.serve)
        nursery.keep("permission", self._permission)
        nursery.keep("calendars", self._renew_calendars)
        if self._news is not None:
            nursery.keep("news", self._news.run)
        if self._around.watch is not None:
            nursery.keep("configs", self._follow_files)
        await self.session.run()

    def close(self, reason: str) -> int:
        """Write the session's end; give the number of its last entry.

        With an order that lives on and has no known end it stays open in the journal: the next start goes on
        with it, and finds out what became of the order.
        """
        orders = self.engine.book.open_orders() if self._around.outlived else []
        seq = self._stay_open([order.id for order in orders]) if orders else self.engine.close(reason)
        self.recorder.close()
        return seq

    def _stay_open(self, orders: Sequence[str]) -> int:
        """Keep the state for the next start, and tell why it has to go on with this session."""
        self.engine.keep_state()
        says = (
            f"nobody knows what becomes of {', '.join(orders)}, so session {self.engine.names.session} is "
            "not closed: run the same bots once more, which finds out"
        )
        return self.engine.note(j.Alarm(**ENTRY, level="critical", what="not_closed", says=says))

    async def _reload(self, said: dict[str, Any]) -> Ended:
        """Read the files again because a person asked for it."""
        watch = self._around.watch
        if watch is None:
            return Ended("SKIPPED", "this session's configs do not stand in files")
        before = watch.configs
        found = watch.at_once(allow_looser=bool(said.get("allow_looser")))
        ended = self._reloader.take(found, str(said.get("reason", "")), "command")
        if ended.status == "FAILED":
            watch.configs = before
        self._look_at_permission()
        return ended

    async def _follow_files(self) -> None:
        """Take each change of the files; a refusal is told, and the old configs stay."""
        watch = self._around.watch
        assert watch is not None
        before = watch.configs
        async for found in watch.changes():
            ended = self._reloader.take(found, "the files changed", "files")
            if ended.status == "FAILED":
                watch.configs = before
                self.engine.note(j.Alarm(**ENTRY, level="warning", what="configs_refused", says=ended.says))
            before = watch.configs
            self._look_at_permission()

    async def _renew_calendars(self) -> None:
        while True:
            self._reloader.renew()
            await asyncio.sleep(RENEWAL_S)

    async def _permission(self) -> None:
        """Look again and again whether risk may still be added, as when an arming ends."""
        while True:
            self._look_at_permission()
            await asyncio.sleep(PERMISSION_S)

    def _look_at_permission(self) -> None:
        """Stop opening where risk may be added no longer."""
        engine, why = self.engine, self._around.may_add_risk()
        if why and ("pause", "house", "") not in engine.book.switches:
            engine.take(
                j.Switched(
                    **ENTRY, switch="pause", scope="house", name="", on=True, reason=why, actor="engine"
                )
            )
            engine.note(j.Alarm(**ENTRY, level="critical", what="not_permitted", says=why))
