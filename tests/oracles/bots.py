"""Bots for tests: everything that may say no is off, so that a test switches on what it is about."""

from __future__ import annotations

from typing import Any

from tickwise.config.bot import BotConfig
from tickwise.config.load import bot_of

QUIET: dict[str, Any] = {
    "name": "quiet",
    "instruments": ["EUR_USD"],
    "gates": {
        "quote_age_ms_max": 0,
        "spread_pips_max": -1,
        "spread_monitor": False,
        "spacing_s": 0,
        "per_minute_max": 0,
        "open_bot_max": 0,
        "day_loss_fraction_max": 0.0,
        "pocket_loss_fraction_max": 0.0,
        "margin_fraction_max": 0.0,
        "cost_ratio_min": 0.0,
        "back_off_s": 0,
        "back_off_s_max": 0,
        "breaker_failures": 0,
    },
    "sizing": {"units_fixed": 10_000, "units_min": 1, "units_max": 0},
    "fills": {"latency_ms": 0, "slippage_pips": 0, "slippage_pips_max": 0, "bar_spread_pips": 0},
    "calendar": {
        "quiet_windows": [],
        "rollover_before_min": 0,
        "rollover_after_min": 0,
        "market_closed": False,
    },
    "market": {"grid_ms": 0, "classifier_frame": "off"},
}
"""No gate, no cost, no calendar, no timers: 10,000 units at the quote that decided."""

W1_EXITS: dict[str, Any] = {
    "target_pips": 1.0,
    "stop_pips": 30.0,
    "soft_stop_pips": 0,
    "time_stop_s": 60,
    "time_stop_gain_pips": 0.4,
}


def quiet(strategy: str, **tables: Any) -> BotConfig:
    """Give a quiet bot with a strategy; `tables` are settings or whole tables laid over it."""
    document: dict[str, Any] = {**QUIET, "strategy": strategy}
    for name, value in tables.items():
        document[name] = {**document.get(name, {}), **value} if isinstance(value, dict) else value
    return bot_of(document)


def w1_bot(**params: Any) -> BotConfig:
    """Give fast_scalp under the rules of W1."""
    return quiet(
        "fast_scalp",
        params={"threshold_pips": 0.4, "range_floor_pips": 0.8, **params},
        gates={"spread_pips_max": 2.0, "spacing_s": 2.5, "per_minute_max": 24},
        exits=W1_EXITS,
    )


def w2_bot(instrument: str, units: float = 10_000) -> BotConfig:
    """Give trend_pullback under the rules of W2."""
    return quiet(
        "trend_pullback",
        instruments=[instrument],
        exits={"anchor": "decision"},
        sizing={"units_fixed": units},
    )
