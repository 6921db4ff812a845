"""Run bots on paper at OANDA's prices: the account's read-only stream, and orders that go nowhere."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import NamedTuple

from tickwise.config.bot import BotConfig
from tickwise.config.engine import EngineConfig
from tickwise.engine.beginning import Begun, Plan, as_opened, begin, go_on, instruments_at, symbols_of
from tickwise.engine.carry import carry_lost_days, carry_switches
from tickwise.engine.clock import Time
from tickwise.engine.economic_calendar import Fetch
from tickwise.engine.engine import Ledger
from tickwise.engine.holes import Holes
from tickwise.engine.home import Home, home_of
from tickwise.engine.jitter import Jitter
from tickwise.engine.market_hours import MarketHours
from tickwise.engine.paper_session import PaperManner, PaperSession
from tickwise.engine.past import Past, Session, goes_on
from tickwise.engine.price_stream import limits_of
from tickwise.engine.process import Asked, Before, Loop, Told, before, opened, stop_on_signals, tell_held
from tickwise.engine.running import Around, Running
from tickwise.engine.supervise import Chance
from tickwise.engine.watch_configs import ConfigWatch
from tickwise.journal import entries as j
from tickwise.journal.command_key import CommandKey
from tickwise.journal.database import Database
from tickwise.venues.oanda.budget import Share
from tickwise.venues.oanda.client import Reader, Timeouts, Token
from tickwise.venues.oanda.hosts import hosts_of
from tickwise.venues.oanda.prices import OandaPrices
from tickwise.venues.venue import PriceSource


class PaperParts(NamedTuple):
    """What a session on paper is made of: of the venue it holds what gives prices, and nothing that sends."""

    bots: Sequence[BotConfig]
    config: EngineConfig
    source: PriceSource
    past: Past
    last: Session | None
    """The last session whole, where it was not closed."""
    home: Home
    time: Time
    chance: Chance
    told: Told
    watch: ConfigWatch | None = None
    fetch: Fetch | None = None
    observe: Callable[[j.Entry], None] = lambda entry: None


def prices_of(asked: Asked) -> OandaPrices:
    """Make what gives prices. Raises ConfigError where account or token are missing, or a host is wrong."""
    config, account = asked.config, asked.account
    reader = Reader(
        hosts_of(config.venue.environment, asked.rest, asked.stream),
        Token(asked.token),
        Jitter(f"{account} requests").random,
        timeouts=Timeouts(stream_silence_s=config.streams.prices_silence_s),
        share=Share(config.requests.per_s_max, config.requests.exits_share_min),
    )
    return OandaPrices(reader, account)


async def open_on_paper(parts: PaperParts, journal: Ledger) -> Running:
    """Open a new session on paper, or go on with the one that was cut off. The source is open already.

    Raises ConfigError where bots and prices do not go together.
    """
    plan = Plan(
        parts.bots,
        instruments_at(parts.source, parts.bots),
        parts.source,
        "paper",
        parts.config,
        parts.home,
        parts.time,
        parts.past.sessions,
        parts.observe,
    )
    opened, _ = as_opened(plan, parts.time.now_ns())
    if goes_on(parts.past.last, opened, parts.last):
        assert parts.last is not None
        begun = await go_on(plan, parts.last, journal, lambda engine, symbol: True)
    else:
        begun = await begin(plan, journal)
        carry_lost_days(begun.engine, parts.past)
        carry_switches(begun.engine, parts.past)
    return _running(parts, begun)


def _running(parts: PaperParts, begun: Begun) -> Running:
    engine, hours = begun.engine, MarketHours(begun.engine)
    manner = PaperManner(limits=limits_of(parts.config.streams))
    holes = Holes(engine, parts.source, hours)
    session = PaperSession(engine, parts.source, manner, parts.chance, hours, parts.told, holes)
    around = Around(
        parts.config,
        watch=parts.watch,
        fetch=parts.fetch,
        stays=lambda position: not hours(position.instrument, parts.time.now_ns()),
    )
    return Running(engine, session, begun.recorder, begun.remaking, around)


async def run_on_paper(
    parts: PaperParts,
    journal: Ledger,
    database: Database | None,
    key: CommandKey | None,
    begun: Callable[[Running], None] = lambda running: None,
) -> Running:
    """Open the source and a session on its prices, run it until it is ended, and close it in order.

    What breaks a law of ours ends it at once: it is not closed, and the next start recovers it.
    """
    try:
        await parts.source.open(symbols_of(parts.bots))
        running = await open_on_paper(parts, journal)
        begun(running)
        await running.run(database, key)
        await journal.durable(running.close("ended by command"))
        return running
    finally:
        with contextlib.suppress(asyncio.CancelledError):
            await parts.source.close()


def run_paper(
    asked: Asked,
    begun: Callable[[Running], None] = lambda running: None,
    told: Told = lambda name, error: None,
    in_loop: Loop = asyncio.run,
) -> Running:
    """Run until a command or a signal ends it. Raises TickwiseError and VenueError where it cannot begin."""
    return in_loop(_run(asked, before(asked.config, OandaPrices.name, "paper"), begun, told))


async def _run(asked: Asked, was: Before, begun: Callable[[Running], None], told: Told) -> Running:
    config, source = asked.config, prices_of(asked)
    async with opened(asked, told) as inside:
        parts = PaperParts(
            [bot for bot in asked.configs.bots.values() if bot.enabled],
            config,
            source,
            was.past,
            was.last,
            home_of(config),
            inside.time,
            Jitter(f"{asked.account} tasks"),
            inside.told,
            inside.watch,
            inside.fetch,
            inside.observe,
        )

        def ready(running: Running) -> None:
            stop_on_signals(running)
            running.session.nursery.keep("log", lambda: tell_held(inside.logs))
            begun(running)

        return await run_on_paper(parts, inside.journal, inside.database, inside.key, ready)
