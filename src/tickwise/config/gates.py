"""The settings of the gates: what keeps a bot from opening a position."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from tickwise.config.setting import UNITS_MAX, Section, count, fraction, pips, seconds, setting
from tickwise.core.layout import ENTRY_TIMES_KEPT

State: TypeAlias = Literal["unknown", "range", "trend", "volatile", "dead"]
States: TypeAlias = Annotated[tuple[State, ...], Field(strict=False)]

ALL_STATES: tuple[State, ...] = ("unknown", "range", "trend", "volatile", "dead")
"""The states of the market; it is unknown until the classifier has seen enough bars, or while it is off."""


class Gates(Section):
    """Limits in the order of the chain; zero switches one off unless its help says otherwise."""

    quote_age_ms_max: float = setting(
        5000.0,
        "Oldest quote on which a position is opened, from its source to us.",
        "ms",
        ge=0,
        le=86_400_000,
        looser="up",
    )
    underlying_age_ms_max: float = setting(
        0.0,
        "Oldest quote of an option's underlying on which it is opened.",
        "ms",
        ge=0,
        le=86_400_000,
        looser="up",
    )
    spread_pips_max: float = pips(
        0.35,
        "Widest spread at which a position is opened; below zero is off. Nothing wider can pay for one pip.",
        ge=-1,
        looser="up",
        off=-1.0,
    )
    spread_fraction_max: float = fraction(0.0, "Widest spread, as a part of the price.", le=0.5, looser="up")
    spread_monitor: bool = setting(
        True,
        "Whether to stay out while the spread is unusual, as market.spread_monitor_ratio_max says.",
        looser="down",
    )
    open_interest_min: int = count(
        -1,
        "Fewest open contracts; below zero is off, and a number that is not known refuses.",
        "contracts",
        ge=-1,
        looser="down",
    )
    volume_min: int = count(
        -1,
        "Least volume traded in the day; below zero is off, and a volume that is not known refuses.",
        ge=-1,
        looser="down",
    )
    quote_units_min: float = setting(
        0.0,
        "Fewest units offered at both bid and ask; a size that is not known refuses.",
        "units",
        ge=0,
        le=UNITS_MAX,
        looser="down",
    )
    open_bot_max: int = count(
        1, "Most positions of the bot, over all its instruments, orders on their way included.", looser="up"
    )
    open_instrument_max: int = count(
        0, "Most positions in the instrument within an account, whoever opened them.", looser="up"
    )
    open_pocket_max: int = count(0, "Most positions of the pocket.", looser="up")
    open_account_max: int = count(0, "Most positions of the account.", looser="up")
    open_house_max: int = count(0, "Most positions of all accounts together.", looser="up")
    group: str = setting(
        "", "Name shared by bots whose instruments move together.", max_length=64, looser="any"
    )
    group_fraction_max: float = fraction(
        0.0,
        "Largest value of the group's positions, longs less shorts, over the day's starting equity.",
        le=1000,
        looser="up",
    )
    spacing_s: float = seconds(2.5, "Least time between two entries.", looser="down")
    per_minute_max: int = count(
        24,
        f"Most entries in any sixty seconds; {ENTRY_TIMES_KEPT} at most.",
        "entries",
        le=ENTRY_TIMES_KEPT,
        looser="up",
    )
    per_hour_max: int = count(0, "Most entries in an hour of the clock.", "entries", looser="up")
    per_day_max: int = count(0, "Most entries in a trading day.", "entries", looser="up")
    cool_down_s: float = seconds(0.0, "Rest after a trade that lost.", looser="down")
    back_off_s: float = seconds(0.3, "Rest after an order that failed.", looser="down")
    back_off_factor: float = setting(
        3.0, "By how much the rest grows with each further failure.", "factor", ge=1, le=100, looser="down"
    )
    back_off_s_max: float = seconds(2.7, "Longest rest after failures in a row.", looser="down")
    breaker_failures: int = count(
        3, "Failures in a row that open the instrument's circuit breaker.", looser="up"
    )
    breaker_rest_s: float = seconds(300.0, "How long the circuit breaker stays open.", looser="down")
    interval_s_min: float = seconds(
        0.0, "Time between entries while six trades in ten or more win.", looser="down"
    )
    interval_s_max: float = seconds(
        0.0, "Time between entries while three trades in ten or fewer win.", looser="down"
    )
    repeats_max: int = count(0, "Most entries until a person says go on.", "entries", looser="up")
    units_cap: float = setting(
        0.0,
        "Largest order whatever sizing says; a larger one is refused.",
        "units",
        ge=0,
        le=UNITS_MAX,
        looser="up",
    )
    value_cap: float = setting(
        0.0,
        "Largest value of an order whatever sizing says.",
        "account currency",
        ge=0,
        le=UNITS_MAX,
        looser="up",
    )
    price_band_fraction_max: float = fraction(
        0.0,
        "Largest distance of the price from its mean of five minutes, as a part of that mean.",
        looser="up",
    )
    day_loss_fraction_max: float = fraction(
        0.03,
        "Largest loss of a trading day, open stops counted as lost, over the equity it began with.",
        looser="up",
    )
    pocket_loss_fraction_max: float = fraction(
        0.0, "Largest drawdown of the pocket from its peak, over the day's starting equity.", looser="up"
    )
    balance_min: float = setting(
        0.0,
        "Least balance with which a position is opened; one of zero never does.",
        "account currency",
        ge=0,
        le=UNITS_MAX,
        looser="down",
    )
    margin_fraction_max: float = fraction(1.0, "Largest margin in use, over the equity.", le=10, looser="up")
    states: States = setting(
        ALL_STATES, "States of the market in which a position may be opened.", min_length=1, looser="more"
    )
    score_min: float = setting(0.0, "Least score of a signal.", "score", ge=-(10**6), le=10**6, looser="down")
    cost_ratio_min: float = setting(
        1.0,
        "Least that the target must leave after spread, slippage and commission, over these; at 1 a winner "
        "earns what it costs. The FastScalp defaults leave 1.6 at the widest spread they let through.",
        "ratio",
        ge=0,
        le=1000,
        looser="down",
    )
