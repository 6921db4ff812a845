"""The worst case of one order in money, against what a day may lose."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from math import floor
from typing import Any, NamedTuple

from tickwise.config.bot import BotConfig
from tickwise.config.records import CoreParams, params_of
from tickwise.config.scale import MILLION, exactly
from tickwise.config.setting import written
from tickwise.core.instrument import Instrument
from tickwise.errors import ConfigError
from tickwise.kernels.strategy_file import Strategy


class WorstCase(NamedTuple):
    """What the largest order the config permits could lose, in the account's currency."""

    units: float
    """Units, ramp included."""
    rule: str
    """The setting that caps them."""
    stop_pips: float
    loss: float
    """At the stop, slippage both ways and commission both ways included."""
    day_limit: float
    """What a day may lose."""


def worst_case(
    bot: BotConfig, instrument: Instrument, params: CoreParams, rate: float = 1.0, price: float | None = None
) -> WorstCase | None:
    """Give the worst case for one row of params; None where the stop or the size is only known with a signal.

    `rate` is the account's currency for one of the quote currency; `price`, where it is known, lets stops and
    commissions that are fractions of it count.
    """
    row: dict[str, Any] = params
    tick_money = instrument.tick_money() * rate
    price_ticks = price / float(instrument.tick) if price is not None else 0.0
    stop = row["stop_ticks"] or row["stop_fraction"] * price_ticks
    capped = _largest(row, bot.account.balance, stop, price_ticks, tick_money)
    if stop <= 0 or capped is None:
        return None
    rule, most = capped
    steps = floor(most * row["ramp"])
    fee = row["commission_unit"] * steps + row["commission_fraction"] * steps * price_ticks * tick_money
    loss = (stop + 2.0 * row["slippage_mean"]) * steps * tick_money + 2.0 * fee
    return WorstCase(
        units=float(steps * Decimal(instrument.unit_step)),
        rule=rule,
        stop_pips=stop / instrument.pip_ticks,
        loss=loss / MILLION,
        day_limit=row["day_loss_fraction"] * bot.account.balance,
    )


def check_worst_case(
    bot: BotConfig,
    instrument: Instrument,
    rate: float = 1.0,
    price: float | None = None,
    strategy: Strategy | None = None,
) -> None:
    """Raise ConfigError, with the numbers, where one order could lose what the whole day may.

    Every state of the market is looked at. Where the day has no limit there is nothing to hold against it.
    """
    for state in (None, *bot.states):
        found = worst_case(bot, instrument, params_of(bot, instrument, state, strategy), rate, price)
        if found is not None and 0 < found.day_limit <= found.loss:
            raise ConfigError(_says(bot, instrument, found))


def rate_at_load(bot: BotConfig, instrument: Instrument) -> float | None:
    """Give the rate from the quote currency to the account's where it needs no market to know it."""
    return 1.0 if instrument.quote == bot.account.currency else None


def _largest(
    row: dict[str, Any], balance: float, stop: float, price_ticks: float, tick_money: float
) -> tuple[str, float] | None:
    """Name the setting that caps an order, and the unit steps it allows."""
    caps = {
        "sizing.units_max": row["units_max"],
        "sizing.units_fixed": row["units_fixed"],
        "gates.units_cap": row["units_cap"],
    }
    on = {name: float(steps) for name, steps in caps.items() if steps > 0}
    if not on:
        on = dict(
            _by_rule(row, balance * MILLION, stop * tick_money, price_ticks * tick_money * row["margin_rate"])
        )
    return min(on.items(), key=lambda item: item[1]) if on else None


def _by_rule(
    row: dict[str, Any], balance: float, stop_money: float, margin: float
) -> Iterable[tuple[str, float]]:
    """Give the unit steps of each rule that depends on the equity, money in millionths."""
    if row["risk_fraction"] > 0 and stop_money > 0:
        yield "sizing.risk_fraction", row["risk_fraction"] * balance / stop_money
    for name in ("margin_share", "pocket_share"):
        if row[name] > 0 and margin > 0:
            yield f"sizing.{name}", row[name] * balance / margin


def _says(bot: BotConfig, instrument: Instrument, found: WorstCase) -> str:
    step = Decimal(instrument.unit_step)
    fits = float(exactly(found.units * found.day_limit / found.loss) // step * step)
    currency = bot.account.currency
    return (
        f"{found.rule} allows {_short(found.units)} units of {instrument.symbol}; with a stop of "
        f"{found.stop_pips:g} pips, slippage and commission they could lose {found.loss:,.2f} {currency}, "
        f"and the day may lose {found.day_limit:,.2f} (gates.day_loss_fraction_max "
        f"{bot.gates.day_loss_fraction_max:g} of account.balance {bot.account.balance:,.2f}): "
        f"allow fewer than {_short(fits)} units, or set a nearer stop"
    )


def _short(units: float) -> str:
    return written(units).removesuffix(".0")
