"""A session at a venue, from its settings to its end: open or go on, run, stop in order."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import NamedTuple

from tickwise.config.bot import BotConfig
from tickwise.config.engine import EngineConfig
from tickwise.config.instruments import instrument_of
from tickwise.engine.beginning import (
    Begun,
    Plan,
    as_opened,
    begin,
    go_on,
    instruments_at,
    owner_of,
    symbols_of,
)
from tickwise.engine.carry import carry_over
from tickwise.engine.clock import Time
from tickwise.engine.economic_calendar import Fetch
from tickwise.engine.engine import Engine, Ledger
from tickwise.engine.evidence import Patience
from tickwise.engine.holes import Holes
from tickwise.engine.home import Home
from tickwise.engine.last_hop import Caps
from tickwise.engine.market_hours import MarketHours
from tickwise.engine.past import Past, Session, goes_on
from tickwise.engine.price_stream import limits_of
from tickwise.engine.protection import grace_of
from tickwise.engine.running import Around, Running
from tickwise.engine.supervise import Chance
from tickwise.engine.venue_session import Manner, VenueSession
from tickwise.engine.watch_configs import ConfigWatch
from tickwise.errors import ConfigError
from tickwise.journal import entries as j
from tickwise.journal.command_key import CommandKey
from tickwise.journal.database import Database
from tickwise.market_data.chunks import TapeInstrument
from tickwise.venues.venue import Venue

SECOND = 1_000_000_000


class Parts(NamedTuple):
    """What a session at a venue is made of."""

    bots: Sequence[BotConfig]
    config: EngineConfig
    venue: Venue
    past: Past
    last: Session | None
    """The last session whole, where it was not closed."""
    home: Home
    time: Time
    chance: Chance
    told: Callable[[str, BaseException], None]
    may_add_risk: Callable[[str], str] = lambda account: ""
    """Says why no risk may be added now, "" where it may, given what the venue itself calls the account."""
    watch: ConfigWatch | None = None
    """The files of the configs, where they are watched."""
    fetch: Fetch | None = None
    """Reads the economic calendar of the settings, where they name one."""
    observe: Callable[[j.Entry], None] = lambda entry: None
    """Hears of each entry when it is written."""


def manner_of(
    config: EngineConfig, instruments: Sequence[TapeInstrument], bots: Sequence[BotConfig]
) -> Manner:
    """Give how often a session looks and how long it is patient, from the settings."""
    hop, orders, reconcile = config.last_hop, config.orders, config.reconcile
    steps = [float(instrument_of(owner_of(bots, each.symbol), each.symbol).unit_step) for each in instruments]
    return Manner(
        sweep_s=reconcile.changes_s,
        look_s=reconcile.account_s,
        limits=limits_of(config.streams),
        changes_silence_ns=round(config.streams.changes_silence_s * SECOND),
        grace=grace_of(orders),
        patience=Patience(round(orders.lateness_s * SECOND), round(orders.quiet_s * SECOND)),
        caps=Caps(
            units_max=int(hop.units_max / max(steps)) if hop.units_max else 0,
            value_max=round(hop.value_max * 1_000_000),
            band_fraction=hop.price_band_fraction_max,
            deadline_ns=round(hop.decision_age_s_max * SECOND),
            repeats_max=hop.repeats_max,
            repeats_ns=round(hop.repeats_s * SECOND),
        ),
    )


def at_account(bots: Sequence[BotConfig], account: str) -> list[BotConfig]:
    """Let every bot trade in the venue's account."""
    return [bot.model_copy(update={"accounts": (account,)}) for bot in bots]


async def open_session(parts: Parts, journal: Ledger) -> Running:
    """Open a new session, or go on with the one that was cut off.

    The venue is open already. Raises ConfigError where bots, venue and journal do not go together or no risk
    may be added, VenueError where the account cannot be read.
    """
    answered = await parts.venue.account(parts.config.venue.account)
    refused = parts.may_add_risk(answered.account)
    if refused:
        raise ConfigError(f"live trading is not allowed: {refused}")
    bots = at_account(parts.bots, parts.config.venue.account)
    plan = Plan(
        bots,
        instruments_at(parts.venue, bots),
        parts.venue,
        parts.venue.environment,
        parts.config,
        parts.home,
        parts.time,
        parts.past.sessions,
        parts.observe,
    )
    opened, _ = as_opened(plan, parts.time.now_ns())
    if goes_on(parts.past.last, opened, parts.last):
        assert parts.last is not None
        begun = await go_on(plan, parts.last, journal, _is_not_exposed)
        return _running(parts, plan, begun, answered.account)
    if parts.past.doubtful:
        order = parts.past.doubtful[0].order
        raise ConfigError(
            f"order {order} of the last session has no known end, and this run is of other bots or other "
            "code: run the last session's configs once more until it is known, then change them"
        )
    begun = await begin(plan, journal)
    running = _running(parts, plan, begun, answered.account)
    for account in begun.engine.names.accounts:
        carry_over(begun.engine, await parts.venue.account(account), parts.past)
    return running


def _is_not_exposed(engine: Engine, symbol: str) -> bool:
    """Tell whether the past may be given to an instrument: exits are decided on prices that can be had."""
    return not engine.book.is_exposed(symbol)


def _running(parts: Parts, plan: Plan, begun: Begun, answered: str) -> Running:
    engine, account = begun.engine, parts.config.venue.account
    manner, hours = manner_of(parts.config, plan.instruments, plan.bots), MarketHours(engine)
    holes = Holes(engine, parts.venue, hours, lambda symbol: _is_not_exposed(engine, symbol))
    session = VenueSession(engine, parts.venue, manner, parts.chance, hours, parts.told, holes)
    around = Around(
        parts.config,
        lambda: parts.may_add_risk(answered),
        parts.watch,
        parts.fetch,
        lambda bots: at_account(bots, account),
        outlived=True,
    )
    return Running(engine, session, begun.recorder, begun.remaking, around)


async def run_at_venue(
    parts: Parts,
    journal: Ledger,
    database: Database | None,
    key: CommandKey | None,
    begun: Callable[[Running], None] = lambda running: None,
) -> Running:
    """Open the venue and a session at it, run it until it is ended, and close it in order.

    It is not closed while an order has no known end: the next start goes on with it.
    What breaks a law of ours ends it at once: it is not closed, and the next start recovers it.
    """
    await parts.venue.open(symbols_of(parts.bots))
    running = await open_session(parts, journal)
    begun(running)
    try:
        await running.run(database, key)
        await journal.durable(running.close("ended by command"))
    finally:
        with contextlib.suppress(asyncio.CancelledError):
            await parts.venue.close()
    return running
