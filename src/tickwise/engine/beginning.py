"""A session on a live feed begins, or goes on: what is the same whatever answers its orders.

A new one is given the past that its bots need; one that was cut off is given what it missed meanwhile, where
that can be had. What cannot be read is told, and the bots wait for bars and quotes of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, NamedTuple

from tickwise.config.bot import BotConfig
from tickwise.config.engine import EngineConfig
from tickwise.config.instruments import instrument_of
from tickwise.core.types import DAY
from tickwise.engine.answers import ENTRY
from tickwise.engine.clock import TapeTime, Time
from tickwise.engine.engine import Engine, Ledger
from tickwise.engine.history import DAYS_MAX, Past, feed, read_all, read_missed
from tickwise.engine.home import Home
from tickwise.engine.market_hours import hours_of
from tickwise.engine.news import bots_files, source_of, span_at, take_files
from tickwise.engine.opening import Environment, core_of, names_of, session_opened
from tickwise.engine.past import Session
from tickwise.engine.recovery import recovered
from tickwise.engine.remaking import Remaking
from tickwise.engine.snapshots import Snapshots
from tickwise.errors import ConfigError
from tickwise.journal import entries as j
from tickwise.market_data.chunks import TapeInstrument
from tickwise.market_data.recording import Recorder, Recording
from tickwise.session.assembly import Answering
from tickwise.venues.venue import PriceSource, VenueError

SECOND = 1_000_000_000


class Plan(NamedTuple):
    """What a session on a live feed is to be."""

    bots: Sequence[BotConfig]
    instruments: tuple[TapeInstrument, ...]
    source: PriceSource
    environment: Environment
    config: EngineConfig
    home: Home
    time: Time
    sessions: int
    """How many sessions the journal holds."""
    observe: Callable[[j.Entry], None] = lambda entry: None
    """Hears of each entry when it is written."""

    @property
    def symbols(self) -> list[str]:
        """Name the instruments."""
        return [each.symbol for each in self.instruments]

    @property
    def answering(self) -> Answering:
        """Who answers orders."""
        return "exchange" if self.environment == "paper" else "venue"


class Begun(NamedTuple):
    """A session whose engine is where it has to be."""

    engine: Engine
    recorder: Recorder
    remaking: Remaking


def symbols_of(bots: Sequence[BotConfig]) -> list[str]:
    """Name the instruments of the bots, each once, in their order."""
    return list(dict.fromkeys(symbol for bot in bots for symbol in bot.instruments))


def owner_of(bots: Sequence[BotConfig], symbol: str) -> BotConfig:
    """Give the first bot that trades an instrument."""
    return next((bot for bot in bots if symbol in bot.instruments), bots[0])


def instruments_at(source: PriceSource, bots: Sequence[BotConfig]) -> tuple[TapeInstrument, ...]:
    """Give the instruments as the venue counts them. Raises ConfigError where ours are not the venue's."""
    found = []
    for symbol in symbols_of(bots):
        terms, ours = source.terms(symbol), instrument_of(owner_of(bots, symbol), symbol)
        if float(terms.unit_step) != float(ours.unit_step):
            raise ConfigError(
                f"{symbol}: the venue trades in steps of {terms.unit_step}, the config in {ours.unit_step}: "
                f"set instrument.{symbol}.unit_step = {terms.unit_step!r}"
            )
        found.append(TapeInstrument(symbol, terms.tick))
    return tuple(found)


def as_opened(plan: Plan, now: int, since: int | None = None) -> tuple[j.SessionOpened, Any]:
    """Give the entry that would open the session now, and its core; calendars begin at `since`."""
    start, until = span_at(now)
    start = min(start, since or start)
    live = core_of(plan.bots, plan.instruments, start, until, plan.answering)
    name = f"{now // SECOND:x}-{plan.sessions + 1}"
    opened = session_opened(
        live,
        plan.bots,
        plan.instruments,
        session=name,
        venue=plan.source.name,
        environment=plan.environment,
        since=start,
        until=until,
        tape=plan.home.tape(name),
        news=source_of(plan.config.news),
    )
    return opened, live


async def begin(plan: Plan, journal: Ledger) -> Begun:
    """Open a new session, and give it the past it needs. Raises ConfigError where that cannot be."""
    now = plan.time.now_ns()
    since, until = now - DAYS_MAX * int(DAY), now + int(DAY)
    looked_at = core_of(plan.bots, plan.instruments, since, until, plan.answering)
    records, hours = looked_at.session.records, hours_of(looked_at)
    past, problem = await _had(read_all(plan.source, records, plan.symbols, now, hours))
    first = past[0].ts - 1 if past else now
    opened, _ = as_opened(plan, now, first)
    span = opened.calendar_since, opened.calendar_until
    files = bots_files(plan.bots, span)
    remaking = Remaking(opened)
    recorder = Recorder(plan.home.tape(opened.session), plan.instruments)
    snapshots = Snapshots(plan.home.states, opened.session, plan.config.snapshot_events)
    names = names_of(opened, plan.config.orders.prefix)
    engine = Engine(remaking.core(), names, journal, recorder, TapeTime(first), snapshots)
    engine.remake, engine.observe, engine.ts = remaking, plan.observe, first
    engine.note(opened)
    take_files(engine, files, span, now)
    feed(engine, past, "the past is read in")
    engine.time = plan.time
    _tell(engine, problem)
    return Begun(engine, recorder, remaking)


async def go_on(plan: Plan, last: Session, journal: Ledger, may_feed: Callable[[Engine, str], bool]) -> Begun:
    """Bring a session that was cut off to where it was, and on to now where that may be fed to it."""
    name = last.opened.session
    recorder = Recorder(plan.home.tape(name), plan.instruments)
    snapshots = Snapshots(plan.home.states, name, plan.config.snapshot_events)
    now = plan.time.now_ns()
    _, live = as_opened(plan, now)
    then = _last_ts(last, Recording(recorder.path))
    past, problem = await _had(read_missed(plan.source, live.session.records, plan.symbols, then, now))

    def catch_up(engine: Engine) -> None:
        fed = [place for place, symbol in enumerate(plan.symbols) if may_feed(engine, symbol)]
        feed(engine, [each for each in past if each.place in fed], "what was missed is read in")

    prefix = plan.config.orders.prefix
    again = recovered(
        last.opened,
        last.entries,
        journal,
        recorder,
        snapshots,
        plan.time,
        prefix,
        catch_up=catch_up,
        observe=plan.observe,
        since=last.since,
    )
    _tell(again.engine, problem)
    return Begun(again.engine, recorder, again.remaking)


async def _had(reading: Coroutine[Any, Any, list[Past]]) -> tuple[list[Past], str]:
    """Give what was read, or nothing and why."""
    try:
        return await reading, ""
    except VenueError as error:
        return [], str(error)


def _last_ts(last: Session, tape: Recording) -> int:
    """Give when a session last saw or wrote anything."""
    rows = tape.rows()
    seen = int(rows["ts"][-1]) if len(rows) else 0
    return max([seen, last.opened.ts, *(entry.ts for entry in last.entries)])


def _tell(engine: Engine, problem: str) -> None:
    """Tell that the past could not be read."""
    if problem:
        says = f"the past could not be read, so strategies wait for bars and quotes of their own: {problem}"
        engine.note(j.Alarm(**ENTRY, level="warning", what="no_history", says=says))
