"""Live trading takes three acts: a line in the settings, a variable of the process, and an arming.

An arming is an entry of the journal: a person typed the account's id once, saw the worst case in money, and
armed one config for a few days. It stands for that account and that config, down to the strategies' files,
and for no other; the newest of an account is the only one that counts. A restart of the same session needs no
typing. What is missing is told whole, so that nobody removes one obstacle after the other.

Permission is about entries. Orders that reduce risk need none, wherever the position is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from tickwise.config.bot import BotConfig
from tickwise.config.instruments import instrument_of
from tickwise.config.records import params_of
from tickwise.config.reload import Configs
from tickwise.config.setting import escaped
from tickwise.config.worst_case import WorstCase, worst_case
from tickwise.core.instrument import Instrument
from tickwise.errors import ConfigError
from tickwise.journal.entries import Armed

LIVE_VARIABLE = "LIVE_TRADING_ENABLED"
"""The variable that must say `true`."""

DAYS_MAX = 7
"""The longest an arming may last."""

DAY_NS = 86_400_000_000_000

NO_RATES: Mapping[str, float] = MappingProxyType({})


class Permission(NamedTuple):
    """Whether entries may be sent with real money, and each thing that is missing where they may not."""

    missing: tuple[str, ...]
    until: int = 0
    """When the arming ends, nanoseconds UTC; 0 where there is none."""

    @property
    def allows(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


def may_trade_live(
    configs: Configs, environ: Mapping[str, str], armings: Sequence[Armed], account: str, now: int
) -> Permission:
    """Tell whether entries may be sent with real money; `account` is what the venue itself calls the account.

    `armings` are all entries of the kind, in the journal's order; `now` is nanoseconds UTC.
    """
    newest = next((each for each in reversed(armings) if each.account == account), None)
    missing = (*_unsaid(configs, environ, account), *_unarmed(configs, newest, account, now))
    return Permission(missing, newest.until if newest and not missing else 0)


def _unsaid(configs: Configs, environ: Mapping[str, str], account: str) -> Iterator[str]:
    """Name what settings, variables and the venue do not say."""
    engine = configs.engine
    if not engine.live:
        yield "live = true does not stand in tickwise.toml"
    if engine.venue.environment != "live":
        yield f"venue.environment is {engine.venue.environment}, not live"
    if environ.get(LIVE_VARIABLE, "").strip().lower() != "true":
        yield f"{LIVE_VARIABLE}=true is not set"
    if not account or account != engine.venue.account:
        said = escaped(engine.venue.account) or "none"
        yield f"the venue's account is {escaped(account) or 'not known'}, and venue.account is {said}"


def _unarmed(configs: Configs, newest: Armed | None, account: str, now: int) -> Iterator[str]:
    """Say why the newest arming of an account does not hold, if it does not."""
    if newest is None:
        yield f"account {escaped(account) or 'none'} was never armed: `tickwise arm`"
    elif newest.config_digest != configs.digest:
        yield (
            f"what was armed was another config ({newest.config_digest[:8]}, now {configs.digest[:8]}): "
            "`tickwise arm` again"
        )
    elif not newest.ts <= now < min(newest.until, newest.ts + DAYS_MAX * DAY_NS):
        yield f"the arming held from {_utc(newest.ts)} to {_utc(newest.until)}: `tickwise arm` again"


def arming(configs: Configs, typed: str, days: float, now: int, actor: str, limits: Sequence[str]) -> Armed:
    """Make the entry by which a person arms a config; `typed` is the account's id as they typed it.

    Raises ConfigError where that is another account, where the config is not one for real money, or for more
    days than may be.
    """
    engine = configs.engine
    if engine.venue.environment != "live" or not engine.live:
        raise ConfigError(
            "nothing to arm: tickwise.toml does not say live = true and venue.environment = live"
        )
    if not engine.venue.account or typed.strip() != engine.venue.account:
        raise ConfigError(
            f"typed was {escaped(typed.strip()) or 'nothing'}, and venue.account is another: nothing is armed"
        )
    if not 0 < days <= DAYS_MAX:
        raise ConfigError(f"armed for {days:g} days: at most {DAYS_MAX}, and more than none")
    return Armed(
        ts=now,
        event=0,
        account=engine.venue.account,
        config_digest=configs.digest,
        limits="\n".join(limits),
        until=now + round(days * DAY_NS),
        actor=actor,
    )


def worst_in_money(
    configs: Configs,
    balance: float,
    rates: Mapping[str, float] = NO_RATES,
    prices: Mapping[str, float] = NO_RATES,
) -> tuple[str, ...]:
    """Say in money what a config could lose, a line for each bot on each instrument and for the day.

    `balance` is the account's own; `rates` gives the account's currency for one of a quote currency, `prices`
    the price of an instrument where its stop is a part of it. What cannot be known before is said to be so.
    """
    trading = [bot for bot in configs.bots.values() if bot.enabled and bot.auto_trade]
    lines = [
        _line(bot, instrument_of(bot, symbol), balance, rates, prices)
        for bot in trading
        for symbol in bot.instruments
    ]
    return (*lines, *_day_lines(trading, balance))


def _line(
    bot: BotConfig,
    instrument: Instrument,
    balance: float,
    rates: Mapping[str, float],
    prices: Mapping[str, float],
) -> str:
    currency = bot.account.currency
    where = f"{bot.name} on {instrument.symbol}"
    rate = 1.0 if instrument.quote == currency else rates.get(instrument.quote)
    found = None if rate is None else _worst(bot, instrument, balance, rate, prices.get(instrument.symbol))
    if found is None:
        return f"{where}: what one order may lose is known only with its signal"
    positions = bot.gates.open_bot_max or "any number of"
    return (
        f"{where}: an order of {found.units:,.10g} units ({found.rule}) may lose {found.loss:,.2f} "
        f"{currency} at its stop of {found.stop_pips:g} pips, costs included; {positions} at once"
    )


def _worst(
    bot: BotConfig, instrument: Instrument, balance: float, rate: float, price: float | None
) -> WorstCase | None:
    """Give the worst order over all states of the market with the account's own balance."""
    owned = bot.model_copy(update={"account": bot.account.model_copy(update={"balance": balance})})
    found = [
        worst_case(owned, instrument, params_of(bot, instrument, state), rate, price)
        for state in (None, *bot.states)
    ]
    known = [each for each in found if each is not None]
    return max(known, key=lambda each: each.loss) if len(known) == len(found) else None


def _day_lines(bots: Sequence[BotConfig], balance: float) -> Iterator[str]:
    """Say what a day may lose, once for each limit there is."""
    for limit in dict.fromkeys(bot.gates.day_loss_fraction_max for bot in bots):
        named = ", ".join(bot.name for bot in bots if bot.gates.day_loss_fraction_max == limit)
        if limit == 0:
            yield f"no limit on what a day may lose: {named}"
        else:
            currency = bots[0].account.currency
            yield (
                f"a day may lose {limit * balance:,.2f} {currency} ({100 * limit:g} % of {balance:,.2f}), "
                f"open stops counted, and what a gap takes beyond a stop: {named}"
            )


def _utc(ts: int) -> str:
    """Write a time for a person, to the minute."""
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=ts // 10**9)
    return f"{at:%Y-%m-%d %H:%M} UTC"
