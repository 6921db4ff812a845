"""Doctor: the venue, asked by reading only. Its clock, the token, the account and what is open there."""

from __future__ import annotations

import os
from collections.abc import Callable
from email.utils import parsedate_to_datetime

import aiohttp

from tickwise.cli.checks import Check, counted, fail, ok, warn
from tickwise.cli.event_loop import in_loop
from tickwise.config.engine import EngineConfig
from tickwise.config.secret import token_of
from tickwise.core.types import MILLION
from tickwise.engine.clock import now_ns
from tickwise.engine.jitter import Jitter
from tickwise.errors import ConfigError, TickwiseError
from tickwise.venues.oanda import wire
from tickwise.venues.oanda.account_view import view_of
from tickwise.venues.oanda.client import Reader, Timeouts, Token
from tickwise.venues.oanda.hosts import hosts_of
from tickwise.venues.oanda.memory import Memory
from tickwise.venues.oanda.prices import OandaPrices, meant
from tickwise.venues.venue import AccountView, VenueError

SKEW_WARN_S, SKEW_FAIL_S = 2.0, 10.0
"""A clock that is further off is told of, and one that is this far off makes quotes look old or new."""

HEADER_S = 0.5
"""A Date header is cut to its second: half a second earlier than it was meant, in the mean."""

TIMEOUT_S = 10.0


def venue(config: EngineConfig, rest: str = "") -> list[Check]:
    """Ask the venue of the settings; `rest` is another address of it on this machine."""
    if config.venue.name != "oanda":
        says = f"venue.name is {config.venue.name}: there is nobody to ask"
        return [warn("venue", says, 'set name = "oanda" under [venue] in tickwise.toml')]
    return in_loop(_asked(config, rest))


async def _asked(config: EngineConfig, rest: str) -> list[Check]:
    return [*await _clock(config, rest), *await _account(config, rest)]


async def _clock(config: EngineConfig, rest: str, now: Callable[[], int] = now_ns) -> list[Check]:
    """Hold the machine's clock against the Date header of an answer; no token is sent."""
    try:
        url = hosts_of(config.venue.environment, rest).url("/v3/accounts")
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            before = now()
            async with session.get(url, allow_redirects=False) as answer:
                middle, date = (before + now()) / 2e9, answer.headers.get("Date", "")
    except TickwiseError as error:
        return [fail("clock", str(error), "leave --rest out, or name an address of this machine")]
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        return [fail("clock", f"no answer: {type(error).__name__} {error}".strip(), "look at the network")]
    if not date:
        return [warn("clock", f"{url.host} says no time", "compare the machine's clock with another")]
    skew = middle - (parsedate_to_datetime(date).timestamp() + HEADER_S)
    says = f"{abs(skew):.1f} s {'ahead of' if skew > 0 else 'behind'} {url.host}"
    if abs(skew) > SKEW_FAIL_S:
        return [fail("clock", says, "set the clock, and keep it by NTP: quotes would look old or new")]
    if abs(skew) > SKEW_WARN_S:
        return [warn("clock", says, "keep the clock by NTP")]
    return [ok("clock", f"agrees with {url.host} to {SKEW_WARN_S:.0f} s")]


async def _account(config: EngineConfig, rest: str) -> list[Check]:
    """Read the account with the token there is, by what can change no order."""
    try:
        prices = _prices(config, rest)
    except (TickwiseError, VenueError) as error:
        return [fail("access", str(error), "then run doctor again")]
    try:
        await prices.open(())
        said = await prices.read(wire.account_reply, f"/v3/accounts/{config.venue.account}")
        view = meant(view_of, said, Memory(), prices.scales)
    except VenueError as error:
        return [fail("access", str(error), "check token, account and environment, which go together")]
    finally:
        await prices.close()
    return [_access(config, view), _stops(view)]


def _prices(config: EngineConfig, rest: str) -> OandaPrices:
    """Make what reads. Raises ConfigError and WrongAccess where account or token are missing."""
    account, token = config.venue.account, token_of(config, os.environ).get_secret_value()
    if not account or not token:
        missing = (
            "token: TICKWISE_TOKEN or venue.token_file gives" if account else "account: venue.account names"
        )
        raise ConfigError(f"no {missing} it")
    hosts = hosts_of(config.venue.environment, rest)
    reader = Reader(hosts, Token(token), Jitter("doctor").random, timeouts=Timeouts(read_s=TIMEOUT_S))
    return OandaPrices(reader, account)


def _access(config: EngineConfig, view: AccountView) -> Check:
    world = config.venue.environment
    balance = view.balance / int(MILLION)
    kind = "hedging" if view.hedging else "netting"
    says = f"{world} account {view.account}: {balance:,.2f} {view.currency}, {kind}, last change {view.mark}"
    return ok("access", says)


def _stops(view: AccountView) -> Check:
    bare = [each for each in view.positions if not each.stop]
    if bare:
        named = ", ".join(f"{each.venue_position} in {each.instrument}" for each in bare)
        return fail("at the venue", f"without a stop: {named}", "set one there, or close them")
    count = len(view.positions)
    says = f"{counted(count, 'position')}, each with a stop" if count else "no open position"
    return ok("at the venue", says)
