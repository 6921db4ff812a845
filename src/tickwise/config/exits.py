"""The settings of the exits: where a position is left."""

from __future__ import annotations

from typing import Literal

from tickwise.config.setting import Section, fraction, pips, seconds, setting


class Exits(Section):
    """Distances count from the entry; zero switches an exit off, and leaves target and stop to the signal."""

    target_pips: float = pips(0.0, "Distance of the target; 0 takes the one the signal brings.")
    target_adds_spread: bool = setting(True, "Whether the spread of the decision is added to target_pips.")
    target_spread_pips_min: float = pips(0.2, "Least that is added to target_pips for the spread.")
    target_fraction: float = fraction(
        0.0, "Distance of the target as a part of the price, like an option's premium.", le=100
    )
    stop_pips: float = pips(
        0.0, "Distance of the stop that rests at the venue; 0 takes the one the signal brings.", looser="up"
    )
    stop_fraction: float = fraction(0.0, "Distance of the stop as a part of the price.", looser="up")
    anchor: Literal["fill", "decision"] = setting(
        "fill", "What target and stop count from: the price of the fill, or the mid on which was decided."
    )
    time_stop_s: float = seconds(
        0.0, "Time after which a position that has not gained enough is closed.", looser="up"
    )
    time_stop_gain_pips: float | None = setting(
        None,
        "Gain from which the time stop lets a position live; without it the time stop closes every one.",
        "pips",
        ge=-(10**7),
        le=10**7,
    )
    soft_stop_pips: float = pips(
        0.0, "Loss at which the engine itself closes, nearer than the stop at the venue.", looser="up"
    )
    trail_start_pips: float = pips(0.0, "Gain at which the stop begins to trail.")
    trail_pips: float = pips(0.0, "How far behind the price the stop trails.")
    trail_step_pips: float = pips(0.0, "By how much the stop moves at least.")
    break_even_trigger_pips: float = pips(0.0, "Gain at which the stop moves to the entry.")
    break_even_offset_pips: float = pips(0.0, "How far beyond the entry it moves.")
    partial_trigger_pips: float = pips(0.0, "Gain at which a part of the position is closed.")
    partial_fraction: float = fraction(0.5, "The part that is closed there.", gt=0, lt=1)
    unrealised_fraction_max: float = fraction(
        0.0, "Open loss that closes the position, over the day's starting equity.", looser="up"
    )
    session_end_s: float = seconds(
        0.0, "How long before the end of the trading session or week all is closed.", looser="down"
    )
    day_loss_flatten: bool = setting(
        False, "Whether a lost day closes open positions; their stops stand in any case.", looser="down"
    )
