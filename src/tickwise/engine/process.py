"""The process around a session: what a person asked, the journal, the log, signals of the system."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple, TextIO, TypeAlias

import aiohttp

from tickwise.config.engine import EngineConfig
from tickwise.config.reload import ALONE, Configs, Source
from tickwise.config.secret import token_of
from tickwise.engine.clock import LoopTime
from tickwise.engine.economic_calendar import Fetch, WebFetch, fetch_file, is_address
from tickwise.engine.entry_log import EntryLog
from tickwise.engine.home import home_of
from tickwise.engine.logs import Logs
from tickwise.engine.opening import Environment
from tickwise.engine.past import Past, Session, past_of, refuse_unfinished, session_to_go_on
from tickwise.engine.running import Running
from tickwise.engine.watch_configs import ConfigWatch, file_notices, read_files
from tickwise.errors import ConfigError
from tickwise.journal import entries as j
from tickwise.journal.command_key import CommandKey, key_path, read_key
from tickwise.journal.database import Database, open_database
from tickwise.journal.folds.sessions import realm_of
from tickwise.journal.place import place_of
from tickwise.journal.writer import ThreadedJournal

HELD_S = 10.0
"""How often it is told which lines were held back."""

Told: TypeAlias = Callable[[str, BaseException], None]
"""Hears of each task that failed and is started again."""

Loop: TypeAlias = Callable[[Coroutine[Any, Any, Running]], Running]
"""Runs a coroutine to its end in an event loop: `asyncio.run`, or a faster one."""


class Asked(NamedTuple):
    """What a person asked to run."""

    configs: Configs
    environ: Mapping[str, str]
    places: Sequence[Path] = ()
    """Files and folders of the configs; none are not watched."""
    source: Source = ALONE
    rest: str = ""
    """Another address of the venue, on this machine only: for a local venue."""
    stream: str = ""
    log_to: TextIO | None = None
    """Where lines of the log go that no file takes; none is the standard error."""

    @property
    def config(self) -> EngineConfig:
        """The engine's settings."""
        return self.configs.engine

    @property
    def token(self) -> str:
        """The venue's token. Raises ConfigError where there is none."""
        token = token_of(self.config, self.environ).get_secret_value()
        if not token:
            raise ConfigError(
                "no token: put it into TICKWISE_TOKEN, or into a file that only you can read and name that "
                "in venue.token_file"
            )
        return token

    @property
    def account(self) -> str:
        """The account's id at the venue. Raises ConfigError where it is not set."""
        if not self.config.venue.account:
            raise ConfigError(
                "venue.account is not set: give the account's id in tickwise.toml or TICKWISE_VENUE_ACCOUNT"
            )
        return self.config.venue.account


class Before(NamedTuple):
    """What the journal says before a session begins."""

    past: Past
    last: Session | None
    """The last session as far as a restart needs it, where it was not closed."""


def before(config: EngineConfig, venue: str, environment: Environment) -> Before:
    """Read what the journal says to a session at a venue; one that is not there is made.

    Raises JournalError, and ConfigError where another session has to go on first.
    """
    past = past_of(config.database, realm_of(venue, environment, ""))
    refuse_unfinished(past, venue, environment)
    if past.last is None or past.last.closed_ts:
        return Before(past, None)
    return Before(past, session_to_go_on(config.database, home_of(config).states))


class Inside(NamedTuple):
    """What a session runs with inside its process."""

    time: LoopTime
    journal: ThreadedJournal
    database: Database
    key: CommandKey
    watch: ConfigWatch | None
    fetch: Fetch | None
    observe: Callable[[j.Entry], None]
    told: Told
    logs: Logs


@asynccontextmanager
async def opened(asked: Asked, told: Told) -> AsyncIterator[Inside]:
    """Open what a session runs with, and close it again. Raises JournalError and ConfigError."""
    config, time = asked.config, LoopTime(asyncio.get_running_loop())
    async with AsyncExitStack() as stack:
        hidden = [asked.token, config.db_url.get_secret_value()]
        logs = Logs(config.log, time, hidden, asked.log_to)
        stack.callback(logs.stop)
        journal = ThreadedJournal(config.database, owner="tickwise run", ts=time.now_ns())
        stack.callback(journal.close)
        database = await stack.enter_async_context(open_database(config.database))
        key = read_key(key_path(place_of(config.database)))
        fetch = await stack.enter_async_context(_fetch(config))
        log = logs.logger("tasks")

        def tell(name: str, error: BaseException) -> None:
            log.warning("task_failed", name=name, error=f"{type(error).__name__}: {error}")
            told(name, error)

        observe = EntryLog(logs.logger("engine"))
        yield Inside(time, journal, database, key, _watch(asked), fetch, observe, tell, logs)


@asynccontextmanager
async def _fetch(config: EngineConfig) -> AsyncIterator[Fetch | None]:
    """Give what reads the economic calendar of the settings; None where they name none."""
    if not config.news.source:
        yield None
    elif not is_address(config.news.source):
        yield fetch_file
    else:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
            yield WebFetch(session, config.news.timeout_s)


def _watch(asked: Asked) -> ConfigWatch | None:
    if not asked.places:
        return None
    notices, quiet_s = file_notices(asked.places), asked.config.reload.quiet_ms / 1000
    return ConfigWatch(asked.configs, asked.source, lambda: read_files(asked.places), notices, quiet_s)


async def tell_held(logs: Logs) -> None:
    """Tell again and again which lines were held back."""
    while True:
        await asyncio.sleep(HELD_S)
        logs.tell_held()


def stop_on_signals(running: Running) -> None:
    """Let Ctrl-C and a service manager end the session in order; a second one ends it at once."""
    if sys.platform == "win32":  # its loops hear no signals: Ctrl-C interrupts, the next start recovers
        return
    loop = asyncio.get_running_loop()
    for which in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(which, _stop, loop, running)


def _stop(loop: asyncio.AbstractEventLoop, running: Running) -> None:
    for which in (signal.SIGINT, signal.SIGTERM):
        loop.remove_signal_handler(which)
    running.session.nursery.start("stop by signal", running.commander.stop("signal"))
