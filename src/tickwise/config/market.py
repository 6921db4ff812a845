"""The settings of how a market is seen: its usual spread, its state, the grid of timers."""

from __future__ import annotations

from typing import Literal

from tickwise.config.setting import Section, fraction, setting


class MarketView(Section):
    """What all bots of one instrument share."""

    spread_monitor_ratio_max: float = setting(
        2.0,
        "Spread over its mean of the last hour from which it is unusual.",
        "ratio",
        gt=0,
        le=1000,
        looser="up",
    )
    quote_band_fraction_max: float = fraction(
        0.0,
        "Largest jump of the mid between two quotes; a larger one is not admitted. 0 is off.",
        looser="up",
    )
    classifier_frame: Literal["off", "M1", "M5", "M15", "H1"] = setting(
        "M1", "Bars from which the state of the market is read.", looser="fixed"
    )
    classifier_trend_adx: float = setting(
        25.0, "Directional index from which it is a trend.", "", ge=0, le=100
    )
    classifier_range_adx: float = setting(
        20.0, "Directional index below which a trend has ended.", "", ge=0, le=100
    )
    classifier_volatile_ratio: float = setting(
        2.0,
        "Average range of 14 bars over that of 100 above which the market is volatile.",
        "ratio",
        gt=0,
        le=1000,
    )
    classifier_dead_ratio: float = setting(
        0.4,
        "Average range of 14 bars over that of 100 below which the market is dead.",
        "ratio",
        ge=0,
        le=1000,
    )
    grid_ms: int = setting(
        1000,
        "Grid of timers in event time; 0 lets time pass only with quotes.",
        "ms",
        ge=0,
        le=60_000,
        looser="fixed",
    )
