"""Run bots at OANDA: practice by default, live by three deliberate acts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from tickwise.config.reload import Configs
from tickwise.engine.arming import may_trade_live
from tickwise.engine.home import home_of
from tickwise.engine.jitter import Jitter
from tickwise.engine.process import Asked, Before, Loop, Told, before, opened, stop_on_signals, tell_held
from tickwise.engine.run_venue import Parts, run_at_venue
from tickwise.engine.running import Running
from tickwise.errors import ConfigError
from tickwise.journal import entries as j
from tickwise.venues.oanda.budget import Share
from tickwise.venues.oanda.client import Client, Timeouts, Token
from tickwise.venues.oanda.hosts import hosts_of
from tickwise.venues.oanda.venue import OandaVenue

__all__ = ["Asked", "oanda_of", "refuse_unarmed_live", "run_oanda"]


def oanda_of(asked: Asked) -> OandaVenue:
    """Make the venue. Raises ConfigError where account or token are missing, or a host is not the venue's."""
    config, account = asked.config, asked.account
    return OandaVenue(
        Client(
            hosts_of(config.venue.environment, asked.rest, asked.stream),
            Token(asked.token),
            Jitter(f"{account} requests").random,
            timeouts=Timeouts(
                order_s=config.orders.timeout_s, stream_silence_s=config.streams.changes_silence_s
            ),
            share=Share(config.requests.per_s_max, config.requests.exits_share_min),
        ),
        [account],
    )


def refuse_unarmed_live(
    configs: Configs, environ: Mapping[str, str], armings: Sequence[j.Armed], now: int
) -> None:
    """Raise ConfigError where real money is asked for and one of the three acts is missing.

    Nothing is asked of the venue then; what it calls the account itself is held against the armings later.
    """
    refused = _why_not(configs, environ, armings, configs.engine.venue.account, now)
    if refused:
        raise ConfigError(f"live trading is not allowed: {refused}")


def run_oanda(
    asked: Asked,
    begun: Callable[[Running], None] = lambda running: None,
    told: Told = lambda name, error: None,
    in_loop: Loop = asyncio.run,
) -> Running:
    """Run until a command or a signal ends it. Raises TickwiseError and VenueError where it cannot begin."""
    return in_loop(
        _run(asked, before(asked.config, OandaVenue.name, asked.config.venue.environment), begun, told)
    )


async def _run(asked: Asked, was: Before, begun: Callable[[Running], None], told: Told) -> Running:
    config, venue = asked.config, oanda_of(asked)
    async with opened(asked, told) as inside:
        refuse_unarmed_live(asked.configs, asked.environ, was.past.armings, inside.time.now_ns())

        def why_not(account: str) -> str:
            """Hold the configs as they are now, reloads included, against the armings."""
            now = inside.watch.configs if inside.watch else asked.configs
            return _why_not(now, asked.environ, was.past.armings, account, inside.time.now_ns())

        parts = Parts(
            [bot for bot in asked.configs.bots.values() if bot.enabled],
            config,
            venue,
            was.past,
            was.last,
            home_of(config),
            inside.time,
            Jitter(f"{asked.account} tasks"),
            inside.told,
            why_not,
            inside.watch,
            inside.fetch,
            inside.observe,
        )

        def ready(running: Running) -> None:
            stop_on_signals(running)
            running.session.nursery.keep("log", lambda: tell_held(inside.logs))
            begun(running)

        return await run_at_venue(parts, inside.journal, inside.database, inside.key, ready)


def _why_not(
    configs: Configs, environ: Mapping[str, str], armings: Sequence[j.Armed], account: str, now: int
) -> str:
    """Say why no risk may be added now; "" where it may. `account` is the venue's own name of it."""
    if configs.engine.venue.environment != "live":
        return ""
    return "; ".join(may_trade_live(configs, environ, armings, account, now).missing)
