"""Arm and disarm: look at the account, show what may be lost, have it typed, write it into the journal."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import typer
from rich.text import Text

from tickwise.cli.asking import who
from tickwise.cli.event_loop import in_loop
from tickwise.cli.journal_options import settings_of
from tickwise.cli.screen import bullets, columns, heading, out
from tickwise.cli.venue_options import told_plainly
from tickwise.cli.wanted import Wanted
from tickwise.config.bot import BotConfig
from tickwise.config.engine import EngineConfig
from tickwise.core.types import MILLION
from tickwise.engine.arming import LIVE_VARIABLE, arming, worst_in_money
from tickwise.engine.beginning import symbols_of
from tickwise.engine.clock import now_ns
from tickwise.engine.past import past_of
from tickwise.engine.process import Asked
from tickwise.engine.run_paper import prices_of
from tickwise.errors import ConfigError, JournalBusy
from tickwise.journal.entries import Armed
from tickwise.journal.writer import ThreadedJournal
from tickwise.market_data.findings import utc
from tickwise.venues.oanda import wire
from tickwise.venues.oanda.account_view import view_of
from tickwise.venues.oanda.memory import Memory
from tickwise.venues.oanda.prices import OandaPrices, meant
from tickwise.venues.venue import AccountView, QuoteSeen, VenueError

PRICES_S = 5.0
"""How long prices are waited for: they only turn the worst case of other currencies into money."""


class Seen(NamedTuple):
    """What the venue says before a config is armed."""

    account: AccountView
    prices: Mapping[str, float]
    """The mid of each instrument that was quoted."""


def arm_configs(wanted: Wanted, days: float) -> None:
    """Arm configs, if the person types the account's id. Raises ConfigError, and nothing is armed."""
    config, bots = wanted.engine, wanted.enabled()
    if config.venue.name != "oanda":
        raise ConfigError(f"nothing to arm: venue.name is {config.venue.name}, not oanda, in tickwise.toml")
    arming(wanted.configs, config.venue.account, days, now_ns(), who(), ())  # what cannot be is told first
    if not sys.stdin.isatty():
        raise ConfigError(
            "arming needs a person at a terminal: there is nobody here to type the account's id"
        )
    with told_plainly():
        seen = in_loop(_looked(wanted, bots))
    view = seen.account
    for bot in bots:
        if bot.account.currency != view.currency:
            raise ConfigError(
                f"{bot.name}: account.currency = {bot.account.currency}, and account {view.account} is in "
                f"{view.currency}: set account.currency"
            )
    balance = view.balance / int(MILLION)
    limits = worst_in_money(wanted.configs, balance, _rates(view.currency, seen.prices), seen.prices)
    _show(wanted, bots, view, limits, days)
    typed = typer.prompt("account id", default="", show_default=False)
    entry = arming(wanted.configs, typed, days, now_ns(), who(), limits)
    _write(config, entry)
    out().print(f"armed until {_time(entry.until)}", soft_wrap=True)
    if os.environ.get(LIVE_VARIABLE, "").strip().lower() != "true":
        out().print(f"{LIVE_VARIABLE}=true is not set here: `tickwise run` needs it too", soft_wrap=True)


def disarm_account(db: str) -> None:
    """End what is armed for the account of the settings. Raises ConfigError where nothing is."""
    config, now = settings_of(db), now_ns()
    account = config.venue.account
    known = [entry for entry in past_of(config.database).armings if entry.account == account]
    if not known or known[-1].until <= now:
        raise ConfigError(f"account {account or 'none'} is not armed in this journal: nothing is changed")
    ended = Armed(
        ts=now,
        event=0,
        account=account,
        config_digest=known[-1].config_digest,
        limits="disarmed",
        until=now,
        actor=who(),
    )
    _write(config, ended)
    out().print(f"account {account} is armed no longer", soft_wrap=True)


async def _looked(wanted: Wanted, bots: Sequence[BotConfig]) -> Seen:
    """Read the account, and what prices there are. Raises VenueError."""
    asked = Asked(wanted.configs, os.environ, rest=wanted.rest, stream=wanted.stream)
    source = prices_of(asked)
    try:
        symbols = symbols_of(bots)
        await source.open(symbols)
        said = await source.read(wire.account_reply, f"/v3/accounts/{asked.account}")
        view = meant(view_of, said, Memory(), source.scales)
        quotes = {symbol.partition("_")[2] for symbol in symbols}
        pairs = [f"{a}_{b}" for each in sorted(quotes) for a, b in _both(each, view.currency)]
        there = [pair for pair in pairs if pair in source.known_terms and pair not in symbols]
        return Seen(view, await _mids(source, [*symbols, *there]))
    finally:
        await source.close()


def _both(one: str, other: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return (one, other), (other, one)


async def _mids(source: OandaPrices, symbols: Sequence[str]) -> dict[str, float]:
    """Read the first price of each instrument; those that do not come in time are left out."""
    found: dict[str, float] = {}
    try:
        async with asyncio.timeout(PRICES_S):
            async for seen in source.quotes(symbols):
                if isinstance(seen, QuoteSeen) and seen.bid > 0 and seen.ask > 0:
                    tick = float(source.terms(seen.instrument).tick)
                    found[seen.instrument] = (seen.bid + seen.ask) / 2 * tick
                if len(found) == len(symbols):
                    break
    except (TimeoutError, VenueError):
        return found
    return found


def _rates(currency: str, prices: Mapping[str, float]) -> dict[str, float]:
    """Give the account's currency for one of each currency that a price is known for."""
    found: dict[str, float] = {}
    for symbol, price in prices.items():
        base, _, quote = symbol.partition("_")
        if quote == currency:
            found[base] = price
        elif base == currency:
            found[quote] = 1 / price
    return found


def _show(
    wanted: Wanted, bots: Sequence[BotConfig], view: AccountView, limits: Sequence[str], days: float
) -> None:
    """Print everything a person must have seen before they type."""
    until = now_ns() + round(days * 86_400e9)
    out().print(Text("Arm live trading: orders will be sent with REAL MONEY", style="bold red"))
    table = columns("", "")
    table.show_header = False
    balance = f"{view.balance / int(MILLION):,.2f} {view.currency}"
    kind = "hedging" if view.hedging else "netting"
    table.add_row("account", f"{view.account} at OANDA {wanted.engine.venue.environment}, {kind}")
    table.add_row("balance", f"{balance}, {len(view.positions)} open positions there now")
    for bot in bots:
        orders = "" if bot.auto_trade else ", signals only"
        table.add_row("bot", f"{bot.name}: {bot.strategy} on {', '.join(bot.instruments)}{orders}")
    table.add_row("config", wanted.configs.digest[:16])
    table.add_row("until", f"{_time(until)}, {days:g} day{'' if days == 1 else 's'} from now")
    out().print(table)
    out().print(heading("What it may lose"))
    out().print(bullets(limits))
    bare = [each.instrument for each in view.positions if not each.stop]
    if bare:
        out().print(Text(f"\nopen without a stop: {', '.join(bare)}", style="bold red"))
    out().print("\nType the account's id to arm exactly this; anything else changes nothing.")


def _write(config: EngineConfig, entry: Armed) -> None:
    """Write an arming, on disk before this returns. Raises JournalError."""
    try:
        journal = ThreadedJournal(config.database, owner="tickwise arm", ts=entry.ts)
    except JournalBusy as error:
        raise JournalBusy(f"{error}; nothing is changed: end the engine first, `tickwise stop`") from None
    try:
        in_loop(journal.durable(journal.append(entry)))
    finally:
        journal.close()


def _time(ts: int) -> str:
    return f"{utc(ts)[:16]} UTC"
