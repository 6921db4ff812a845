"""The core's records as a bot's settings fill them: params, market, account and house."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, NamedTuple, TypeAlias

from tickwise.config.bot import BotConfig
from tickwise.config.exits import Exits
from tickwise.config.fills import Fills
from tickwise.config.gates import Gates
from tickwise.config.scale import MILLION, NANOS_PER_MS, Scale, exactly, millionths, nanos_of_ms, nanos_of_s
from tickwise.config.setting import written
from tickwise.config.sizing import Sizing
from tickwise.config.strategy_params import numbers_of, strategy_of
from tickwise.core.exits import ANY_GAIN
from tickwise.core.instrument import Instrument
from tickwise.core.layout import FRAME_NAMES
from tickwise.core.params import LEVELS, PARAMS, TABLE_ROWS
from tickwise.core.types import STATES
from tickwise.errors import ConfigError
from tickwise.kernels.strategy_file import Strategy

CoreParams: TypeAlias = dict[str, int | float | list[int] | list[float]]
"""A row of core.params.PARAMS by field; the tables and levels are lists of their full length."""

MOST_OVER_USUAL = 5
"""How many times its usual quantity a bot may trade when nobody says: 50,000 units of a pair."""


class UnitLimits(NamedTuple):
    """Sizes in whole unit steps: the fixed one, the least and the most; 0 is off."""

    fixed: int
    least: int
    most: int


def params_of(
    bot: BotConfig, instrument: Instrument, state: str | None = None, strategy: Strategy | None = None
) -> CoreParams:
    """Give every field of PARAMS for a bot on an instrument, in a state of the market or in none of its own.

    Raises ConfigError where a setting cannot be counted in the instrument's ticks or steps.
    """
    params, gates, exits, sizing = bot.in_state(state)
    wholes, reals = numbers_of(strategy or strategy_of(bot), params, instrument.pip_ticks)
    return {
        **_gates(gates, Scale(instrument, "gates")),
        **_exits(exits, Scale(instrument, "exits")),
        **_sizing(sizing, instrument),
        **_fills(bot.fills, Scale(instrument, "fills")),
        "wholes": _padded(wholes, LEVELS, 0),
        "reals": _padded(reals, LEVELS, 0.0),
    }


def fill_params(record: Any, params: CoreParams) -> None:
    """Write params into a record of PARAMS."""
    for name in PARAMS.names or ():
        record[name] = params[name]


def state_rows(
    bot: BotConfig, instrument: Instrument, strategy: Strategy | None = None
) -> tuple[list[CoreParams], list[int]]:
    """Give the distinct rows of params a lane needs, and for each state of the market its row's place."""
    loaded = strategy or strategy_of(bot)
    rows = [params_of(bot, instrument, None, loaded)]
    places = []
    for state in STATES.values():
        row = params_of(bot, instrument, state, loaded) if state in bot.states else rows[0]
        if row not in rows:
            rows.append(row)
        places.append(rows.index(row))
    return rows, places


def market_fields(bot: BotConfig, instrument: Instrument) -> dict[str, int | float]:
    """Give the fields of a market's record that are settings, or follow from the instrument."""
    return {
        "spread_ratio_max": bot.market.spread_monitor_ratio_max,
        "band_fraction": bot.market.quote_band_fraction_max,
        "pip": instrument.pip_ticks,
        "unit_step": float(instrument.unit_step),
        "tick_money": instrument.tick_money(),
        "price_tick": float(instrument.tick),
    }


def classifier_fields(bot: BotConfig) -> dict[str, int | float]:
    """Give the fields of the classifier's record that are settings; its frame is -1 when it is off."""
    market = bot.market
    off = market.classifier_frame == "off"
    return {
        "frame": -1 if off else FRAME_NAMES.index(market.classifier_frame),
        "trend_adx": market.classifier_trend_adx,
        "range_adx": market.classifier_range_adx,
        "volatile_ratio": market.classifier_volatile_ratio,
        "dead_ratio": market.classifier_dead_ratio,
    }


def account_fields(bot: BotConfig) -> dict[str, int | float]:
    """Give the fields of an account's record that are settings; money in millionths."""
    return {
        "balance": millionths(bot.account.balance),
        "day_loss_fraction": bot.gates.day_loss_fraction_max,
        "resume_by_command": int(bot.account.day_loss_resume == "command"),
        "kill_failures": bot.account.kill_failures,
        "kill_window": nanos_of_s(bot.account.kill_window_s),
    }


def house_fields(bot: BotConfig) -> dict[str, int | float]:
    """Give the fields of the house's record that are settings: the grid in nanoseconds, and the seed."""
    return {"grid": bot.market.grid_ms * NANOS_PER_MS, "seed": bot.fills.seed}


def bars_of(bot: BotConfig) -> int:
    """Give the place of the bot's bars among the frames of a market."""
    return FRAME_NAMES.index(bot.frame)


def unit_limits(sizing: Sizing, instrument: Instrument) -> UnitLimits:
    """Give sizes in unit steps. A bot that names no rule at all trades the instrument's usual quantity."""
    step = Decimal(instrument.unit_step)
    usual = Decimal(instrument.units_default)
    least = usual if sizing.units_min is None else exactly(sizing.units_min)
    most = MOST_OVER_USUAL * usual if sizing.units_max is None else exactly(sizing.units_max)
    rules = (sizing.units_fixed, sizing.risk_fraction, sizing.margin_share, sizing.pocket_share)
    fixed = exactly(sizing.units_fixed) if any(rules) else usual
    for name, units in (("units_fixed", fixed), ("units_max", most)):
        if 0 < units < step:
            raise ConfigError(f"sizing.{name} = {units}: below the unit step of {instrument.symbol}, {step}")
    least = max(least, Decimal(instrument.units_min))
    up = (least / step).to_integral_value(ROUND_CEILING)
    return UnitLimits(int(fixed // step), int(up), int(most // step))


def slippage_mean_ticks(fills: Fills, instrument: Instrument) -> float:
    """Give the mean slippage of a market order in ticks: of the table where there is one."""
    table = _slippages(fills, Scale(instrument, "fills"))
    if table:
        return sum(table) / len(table)
    return float(Scale(instrument, "fills").cost(fills.slippage_pips))


def _gates(gates: Gates, scale: Scale) -> CoreParams:
    on_quotes = (
        gates.quote_age_ms_max,
        gates.spread_fraction_max,
        gates.spread_monitor,
        gates.quote_units_min,
    )
    refused = sum(1 << int(place) for place, name in STATES.items() if name not in gates.states)
    return {
        "quote_gates": int(any(on_quotes)),
        "spread_ticks_max": scale.limit(gates.spread_pips_max) if gates.spread_pips_max >= 0 else -1,
        "spread_millionths_max": _spread_millionths(gates.spread_fraction_max),
        "spread_monitor": int(gates.spread_monitor),
        "quote_age_max": nanos_of_ms(gates.quote_age_ms_max),
        "underlying_age_max": nanos_of_ms(gates.underlying_age_ms_max),
        "open_interest_min": gates.open_interest_min,
        "volume_min": gates.volume_min,
        "quote_units_min": scale.steps("quote_units_min", gates.quote_units_min, ROUND_CEILING),
        "open_bot_max": gates.open_bot_max,
        "open_instrument_max": gates.open_instrument_max,
        "open_pocket_max": gates.open_pocket_max,
        "open_account_max": gates.open_account_max,
        "open_house_max": gates.open_house_max,
        "group_fraction_max": gates.group_fraction_max,
        "spacing": nanos_of_s(gates.spacing_s),
        "per_minute_max": gates.per_minute_max,
        "per_hour_max": gates.per_hour_max,
        "per_day_max": gates.per_day_max,
        "cool_down": nanos_of_s(gates.cool_down_s),
        "back_off": nanos_of_s(gates.back_off_s),
        "back_off_factor": gates.back_off_factor,
        "back_off_max": nanos_of_s(gates.back_off_s_max),
        "breaker_failures": gates.breaker_failures,
        "breaker_rest": nanos_of_s(gates.breaker_rest_s),
        "interval_min": nanos_of_s(gates.interval_s_min),
        "interval_max": nanos_of_s(gates.interval_s_max),
        "units_cap": scale.steps("units_cap", gates.units_cap, ROUND_FLOOR),
        "value_cap": millionths(gates.value_cap, ROUND_FLOOR),
        "band_fraction": gates.price_band_fraction_max,
        "repeats_max": gates.repeats_max,
        "day_loss_fraction": gates.day_loss_fraction_max,
        "pocket_loss_fraction": gates.pocket_loss_fraction_max,
        "balance_min": millionths(gates.balance_min, ROUND_CEILING),
        "margin_fraction_max": gates.margin_fraction_max,
        "states_refused": refused,
        "score_min": gates.score_min,
        "cost_ratio_min": gates.cost_ratio_min,
    }


def _spread_millionths(spread_fraction: float) -> int:
    counted = millionths(spread_fraction, ROUND_FLOOR)
    if spread_fraction > 0 and counted == 0:
        raise ConfigError(
            f"gates.spread_fraction_max = {written(spread_fraction)}: below a millionth of the price"
        )
    return counted


def _exits(exits: Exits, scale: Scale) -> CoreParams:
    gain = exits.time_stop_gain_pips
    return {
        "target_ticks": scale.distance("target_pips", exits.target_pips),
        "target_spread_added": int(exits.target_adds_spread),
        "target_spread_min": scale.cost(exits.target_spread_pips_min),
        "target_fraction": exits.target_fraction,
        "stop_ticks": scale.distance("stop_pips", exits.stop_pips),
        "stop_fraction": exits.stop_fraction,
        "anchored_at_decision": int(exits.anchor == "decision"),
        "time_stop": nanos_of_s(exits.time_stop_s),
        "time_stop_gain": int(ANY_GAIN) if gain is None else scale.cost(gain),
        "soft_stop_ticks": scale.distance("soft_stop_pips", exits.soft_stop_pips),
        "trail_start": scale.distance("trail_start_pips", exits.trail_start_pips),
        "trail_ticks": scale.distance("trail_pips", exits.trail_pips),
        "trail_step": scale.distance("trail_step_pips", exits.trail_step_pips),
        "even_trigger": scale.distance("break_even_trigger_pips", exits.break_even_trigger_pips),
        "even_offset": scale.distance("break_even_offset_pips", exits.break_even_offset_pips),
        "partial_trigger": scale.distance("partial_trigger_pips", exits.partial_trigger_pips),
        "partial_fraction": exits.partial_fraction,
        "unrealised_fraction_max": exits.unrealised_fraction_max,
        "flat_by": nanos_of_s(exits.session_end_s),
        "day_loss_flatten": int(exits.day_loss_flatten),
    }


def _sizing(sizing: Sizing, instrument: Instrument) -> CoreParams:
    units = unit_limits(sizing, instrument)
    return {
        "units_fixed": units.fixed,
        "risk_fraction": sizing.risk_fraction,
        "margin_share": sizing.margin_share,
        "pocket_share": sizing.pocket_share,
        "units_min": units.least,
        "units_max": units.most,
        "ramp": sizing.ramp,
        "margin_rate": instrument.margin_rate if sizing.margin_rate is None else sizing.margin_rate,
    }


def _fills(fills: Fills, scale: Scale) -> CoreParams:
    latencies = sorted(nanos_of_ms(each) for each in fills.latency_ms_table)
    slippages = _slippages(fills, scale)
    return {
        "latency": nanos_of_ms(fills.latency_ms),
        "latency_rows": len(latencies),
        "latencies": _padded(latencies, TABLE_ROWS, 0),
        "slippage_ticks": scale.cost(fills.slippage_pips),
        "slippage_mean": slippage_mean_ticks(fills, scale.instrument),
        "slippage_rows": len(slippages),
        "slippages": _padded(slippages, TABLE_ROWS, 0),
        "bar_spread": scale.cost(fills.bar_spread_pips),
        "bound_ticks": scale.bound("slippage_pips_max", fills.slippage_pips_max),
        "reject_fraction": fills.reject_fraction,
        "partial_fills": fills.partial_fill_fraction,
        "partial_share_min": fills.partial_share_min,
        "commission_unit": float(
            exactly(fills.commission_per_unit) * Decimal(scale.instrument.unit_step) * MILLION
        ),
        "commission_fraction": fills.commission_fraction,
        "financing_long": fills.financing_long,
        "financing_short": fills.financing_short,
    }


def _slippages(fills: Fills, scale: Scale) -> list[int]:
    return sorted(scale.cost(each) for each in fills.slippage_pips_table)


def _padded(values: list[Any], length: int, nothing: int | float) -> list[Any]:
    return values + [nothing] * (length - len(values))
