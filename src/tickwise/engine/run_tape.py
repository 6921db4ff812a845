"""A session on paper with a tape for a feed: the live loop on yesterday's market."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from tickwise.config.bot import BotConfig
from tickwise.config.engine import EngineConfig
from tickwise.engine.clock import LoopTime, TapeTime, Time
from tickwise.engine.commands import Commander, Desk
from tickwise.engine.engine import Engine
from tickwise.engine.home import home_of
from tickwise.engine.jitter import Jitter
from tickwise.engine.opening import core_of, names_of, session_opened
from tickwise.engine.paper import PaperDesk
from tickwise.engine.paper_session import PaperStops, leaving, nobody
from tickwise.engine.past import Past, refuse_unfinished
from tickwise.engine.protection import Protection
from tickwise.engine.snapshots import Snapshots
from tickwise.engine.supervise import Nursery, Work
from tickwise.engine.tape_feed import play
from tickwise.journal.command_key import key_path, read_key
from tickwise.journal.database import open_database
from tickwise.journal.place import place_of
from tickwise.journal.writer import ThreadedJournal
from tickwise.market_data.recording import Recorder
from tickwise.market_data.tape import QuoteTape

STOPPED = "stopped before the tape ended"

GUARD_S = 0.25
"""How often it is looked whether a kill or a flatten asks for a position."""

QUEUED_MAX = 10_000
"""Entries that may wait for the disk before the tape waits too."""


class TapeRun(NamedTuple):
    """What a session on a tape came to."""

    session: str
    engine: Engine


async def run_on_tape(
    bots: Sequence[BotConfig],
    tape: QuoteTape,
    config: EngineConfig,
    past: Past,
    speed: float | None,
    begun: Callable[[Engine], None] = lambda engine: None,
    told: Callable[[int], None] = lambda rows: None,
) -> TapeRun:
    """Play a tape to bots on paper, and write everything down. `speed` None is as fast as it goes.

    Commands are taken between two quotes, and stand in the journal: a replay takes them again. A session that
    is cancelled is closed in order, as one whose tape ended. Raises JournalError and ConfigError.
    """
    refuse_unfinished(past, f"tape:{tape.path}", "paper")
    home = home_of(config)
    name = f"{tape.first_ts // 1_000_000_000:x}-{past.sessions + 1}"
    live = core_of(bots, tape.instruments, tape.first_ts, tape.last_ts, "exchange")
    opened = session_opened(
        live,
        bots,
        tape.instruments,
        session=name,
        venue=f"tape:{tape.path}",
        environment="paper",
        since=tape.first_ts,
        until=tape.last_ts,
        tape=home.tape(name),
    )
    wall = LoopTime(asyncio.get_running_loop())
    journal = ThreadedJournal(config.database, owner=f"session {name}", ts=wall.now_ns())
    time = TapeTime(tape.first_ts)
    recorder = Recorder(home.tape(name), tape.instruments)
    try:
        names = names_of(opened, config.orders.prefix)
        snapshots = Snapshots(home.states, name, config.snapshot_events)
        engine = Engine(live, names, journal, recorder, time, snapshots)
        engine.desk = PaperDesk(engine)
        engine.ts = tape.first_ts
        engine.note(opened)
        begun(engine)
        playing = play(tape, engine, time, speed, told, partial(_breath, journal))
        try:
            has_ended = await _steered(engine, config, wall, playing)
        except asyncio.CancelledError:
            engine.close(STOPPED)
            raise
        engine.close("the tape ended" if has_ended else STOPPED)
    finally:
        recorder.close()
        journal.close()
    return TapeRun(name, engine)


async def _steered(engine: Engine, config: EngineConfig, wall: Time, playing: Work) -> bool:
    """Play a tape while commands may come; tell whether it came to its end."""
    nursery = Nursery(Jitter(f"{engine.names.session} tasks"))
    has_ended = False

    async def feed() -> None:
        nonlocal has_ended
        await playing
        has_ended = True
        nursery.end()

    async with open_database(config.database) as database:
        key = read_key(key_path(place_of(config.database)))
        commander = Commander(engine, nursery.end)
        desk = Desk(commander, engine, database, key, nursery.start, wall)
        guard = Protection(engine, PaperStops(), nobody)
        nursery.keep("commands", desk.serve)
        nursery.keep("protection", partial(leaving, guard, GUARD_S))
        nursery.start("tape", feed())
        try:
            await nursery.until_ended()
        finally:
            await nursery.stop()
    return has_ended


async def _breath(journal: ThreadedJournal) -> None:
    """Give others their turn, and a disk that is behind the time to catch up."""
    await asyncio.sleep(0)
    while journal.queued > QUEUED_MAX:
        await asyncio.sleep(0.01)
