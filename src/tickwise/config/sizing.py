"""The settings of sizing: how many units."""

from __future__ import annotations

from tickwise.config.setting import UNITS_MAX, Section, fraction, setting


class Sizing(Section):
    """Every rule that is on gives a number, and the smallest wins; with none, it is the usual quantity."""

    units_fixed: float = setting(
        0.0, "So many units, always; 0 is off.", "units", ge=0, le=UNITS_MAX, looser="up"
    )
    risk_fraction: float = fraction(0.0, "Part of the equity that the stop may lose; 0 is off.", looser="up")
    margin_share: float = fraction(
        0.0, "Part of the free margin that the order may take; 0 is off.", looser="up"
    )
    pocket_share: float = fraction(
        0.0, "Part of the equity that the pocket may hold as margin; 0 is off.", looser="up"
    )
    units_min: float | None = setting(
        None,
        "Fewest units; sizing that gives fewer is denied.",
        "units",
        shown="10_000 of a pair, a hundredth of a lot of a metal, 0.01 of a coin, else 1",
        ge=0,
        le=UNITS_MAX,
        looser="down",
    )
    units_max: float | None = setting(
        None,
        "Most units, whatever the rules give; 0 is no cap.",
        "units",
        shown="five times units_min's default",
        ge=0,
        le=UNITS_MAX,
        looser="up",
    )
    ramp: float = fraction(1.0, "Part of the size that is traded while a bot is new.", gt=0, looser="up")
    margin_rate: float | None = setting(
        None,
        "Margin as a part of the position's value.",
        "fraction",
        shown="the instrument's",
        gt=0,
        le=1,
        looser="down",
    )
