"""Claims about settings held against each other, the worst case in money, and the break-even win rate."""

from __future__ import annotations

from typing import Any

import pytest

from tickwise.config import (
    BotConfig,
    bot_of,
    break_even_win_rate,
    check_worst_case,
    instruments_of,
    params_of,
    worst_case,
)
from tickwise.errors import ConfigError

PLAIN: dict[str, Any] = {"name": "one", "strategy": "fast_scalp", "instruments": ["EUR_USD"]}


def bot(overrides: dict[str, Any] | None = None, **more: Any) -> BotConfig:
    return bot_of({**PLAIN, **more}, overrides=overrides or {})


CONTRADICTIONS = [
    (
        {"sizing.units_max": 5000},
        "sizing.units_max = 5_000 is below sizing.units_min = 10_000 (the default for EUR_USD): "
        "raise the one or lower the other",
    ),
    (
        {"sizing.units_max": 5000, "sizing.units_min": 6000},
        "sizing.units_max = 5_000 is below sizing.units_min = 6_000: raise the one or lower the other",
    ),
    (
        {"sizing.units_min": 60_000},
        "sizing.units_max = 50_000 (the default for EUR_USD) is below sizing.units_min = 60_000: "
        "raise the one or lower the other",
    ),
    (
        {"sizing.units_fixed": 1000},
        "sizing.units_fixed = 1_000 is below sizing.units_min = 10_000 (the default for EUR_USD): "
        "raise the one or lower the other",
    ),
    (
        {"sizing.units_fixed": 100_000},
        "sizing.units_max = 50_000 (the default for EUR_USD) is below sizing.units_fixed = 100_000: "
        "raise the one or lower the other",
    ),
    (
        {"gates.units_cap": 1000},
        "gates.units_cap = 1_000 is below sizing.units_min = 10_000 (the default for EUR_USD): "
        "raise the one or lower the other",
    ),
    (
        {"sizing.ramp": 0.1},
        "sizing.ramp = 0.1 leaves of sizing.units_max = 50_000 (the default for EUR_USD) fewer than "
        "sizing.units_min = 10_000 (the default for EUR_USD): every order would be denied",
    ),
    (
        {"gates.interval_s_min": 60, "gates.interval_s_max": 30},
        "gates.interval_s_max = 30.0 is below gates.interval_s_min = 60.0: raise the one or lower the other",
    ),
    (
        {"gates.back_off_s": 5},
        "gates.back_off_s_max = 2.7 is below gates.back_off_s = 5.0: raise the one or lower the other",
    ),
    (
        {"gates.group_fraction_max": 0.5},
        "gates.group_fraction_max = 0.5 is nothing without gates.group: set both",
    ),
    (
        {"exits.target_pips": 1, "exits.target_fraction": 0.3},
        "exits.target_pips = 1.0 and exits.target_fraction = 0.3 both set the target: leave one at 0",
    ),
    (
        {"exits.soft_stop_pips": 30},
        "exits.soft_stop_pips = 30.0 is not below exits.stop_pips = 30.0: it could never act",
    ),
    (
        {"exits.break_even_trigger_pips": 1, "exits.break_even_offset_pips": 1},
        "exits.break_even_offset_pips = 1.0 is not below exits.break_even_trigger_pips = 1.0: "
        "the stop would stand at the price",
    ),
    (
        {"exits.break_even_offset_pips": 1},
        "exits.break_even_offset_pips = 1.0 is nothing without exits.break_even_trigger_pips: set both",
    ),
    (
        {"exits.trail_start_pips": 2},
        "exits.trail_start_pips = 2.0 is nothing without exits.trail_pips: set both",
    ),
    (
        {"market.classifier_frame": "off", "gates.states": "range"},
        "gates.states leaves out unknown, and with market.classifier_frame off it is the only state there is",
    ),
    (
        {"market.classifier_frame": "off", "states.range.gates.per_day_max": 3},
        "states.range is set, and with market.classifier_frame off it never comes",
    ),
    (
        {"market.classifier_trend_adx": 10},
        "market.classifier_trend_adx = 10.0 is below market.classifier_range_adx = 20.0: "
        "raise the one or lower the other",
    ),
    (
        {"calendar.sessions": "london,asia", "calendar.sessions_disabled": "asia"},
        "calendar.sessions and calendar.sessions_disabled both name asia: leave it in one",
    ),
    (
        {"calendar.quiet_windows": ["3-5 Asia/Tokyo"]},
        'calendar.quiet_windows: "3-5 Asia/Tokyo" is not a daily window: write '
        'it as "03:00-05:30 Asia/Tokyo", '
        "with weekdays after it if not every day (mon tue wed thu fri sat sun)",
    ),
    (
        {"calendar.day_roll": "17:00 New_York"},
        'calendar.day_roll = "17:00 New_York" is not a time of day: write it as "17:00 America/New_York"',
    ),
    (
        {"states.range.sizing.units_max": 5000},
        "in states.range: sizing.units_max = 5_000 is below sizing.units_min = "
        "10_000 (the default for EUR_USD): "
        "raise the one or lower the other",
    ),
]


@pytest.mark.parametrize(("said", "says"), CONTRADICTIONS, ids=[says[:50] for _, says in CONTRADICTIONS])
def test_two_settings_that_cannot_both_be_meant_are_both_named(said: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        bot(said)
    assert str(caught.value) == f"bot: {says}"


@pytest.mark.parametrize(
    "window", ["00:00-24:00 UTC", "22:00-02:00 America/New_York fri", "03:00-05:30 Asia/Tokyo mon TUE"]
)
def test_a_daily_window_as_the_calendars_read_it_is_accepted(window: str) -> None:
    assert bot({"calendar.quiet_windows": [window]}).calendar.quiet_windows == (window,)


@pytest.mark.parametrize(
    "window",
    ["", "03:00-05:30", "03:00-03:00 UTC", "24:00-05:00 UTC", "03:00-05:30 Mars", "03:00-05:30 UTC someday"],
)
def test_what_the_calendars_could_not_read_is_refused_at_load(window: str) -> None:
    with pytest.raises(ConfigError, match="is not a daily window"):
        bot({"calendar.quiet_windows": [window]})


def test_a_worst_case_the_day_cannot_bear_is_refused_with_the_numbers() -> None:
    with pytest.raises(ConfigError) as caught:
        bot({"account.balance": 5000})
    assert str(caught.value) == (
        "bot: sizing.units_max allows 50_000 units of EUR_USD; with a stop of "
        "30 pips, slippage and commission they "
        "could lose 151.00 USD, and the day may lose 150.00 "
        "(gates.day_loss_fraction_max 0.03 of account.balance "
        "5,000.00): allow fewer than 49_668 units, or set a nearer stop"
    )


def test_as_many_units_as_the_error_allows_are_borne_but_for_one() -> None:
    assert bot({"account.balance": 5000, "sizing.units_max": 49_668}).sizing.units_max == 49_668
    with pytest.raises(ConfigError):
        bot({"account.balance": 5000, "sizing.units_max": 49_669})


def test_commission_counts_into_the_worst_case_twice() -> None:
    one = bot({"sizing.units_fixed": 10_000, "fills.commission_per_unit": 0.00003, "fills.slippage_pips": 0})
    instrument = instruments_of(one)[0]
    found = worst_case(one, instrument, params_of(one, instrument))
    assert found is not None
    assert (found.units, found.rule, found.stop_pips) == (10_000, "sizing.units_fixed", 30)
    assert found.loss == pytest.approx(30.0 + 2 * 0.3)
    assert found.day_limit == 3000


def test_a_day_without_a_limit_bears_everything() -> None:
    assert bot({"account.balance": 1, "gates.day_loss_fraction_max": 0}).account.balance == 1


def test_the_worst_case_of_a_state_counts_too() -> None:
    with pytest.raises(ConfigError, match="with a stop of 700 pips"):
        bot({"states.volatile.exits.stop_pips": 700})


def test_a_worst_case_in_another_currency_waits_for_a_rate() -> None:
    one = bot({"sizing.units_max": 50_000, "account.balance": 5200}, instruments=["USD_JPY"])
    check_worst_case(one, instruments_of(one)[0], rate=1 / 150)
    with pytest.raises(ConfigError, match=r"could lose 188\.75 USD, and the day may lose 156\.00"):
        check_worst_case(one, instruments_of(one)[0], rate=1 / 80)


def test_a_stop_that_comes_with_the_signal_or_a_fraction_without_a_price_is_not_guessed() -> None:
    pullback = bot(strategy="trend_pullback")
    instrument = instruments_of(pullback)[0]
    assert worst_case(pullback, instrument, params_of(pullback, instrument)) is None
    part = bot({"exits.stop_fraction": 0.01, "exits.soft_stop_pips": 0})
    assert worst_case(part, instrument, params_of(part, instrument)) is None
    found = worst_case(part, instrument, params_of(part, instrument), price=1.1)
    assert found is not None
    assert found.loss == pytest.approx(50_000 * (0.011 + 0.00002))


def test_fast_scalp_breaks_even_at_80_and_at_96_percent_winners() -> None:
    assert [str(each) for each in break_even_win_rate(bot())] == [
        "79 to 81 % against the soft stop of 5 pips",
        "96 % against the stop of 30 pips",
    ]


def test_the_break_even_win_rate_is_that_of_the_two_outcomes() -> None:
    one = bot(
        {
            "exits.target_pips": 2,
            "exits.target_adds_spread": False,
            "exits.stop_pips": 6,
            "exits.soft_stop_pips": 0,
            "fills.slippage_pips": 0,
        }
    )
    (found,) = break_even_win_rate(one)
    assert (found.low, found.high) == (0.75, 0.75)


def test_commission_raises_the_break_even_win_rate() -> None:
    one = bot(
        {
            "exits.target_pips": 2,
            "exits.target_adds_spread": False,
            "exits.stop_pips": 6,
            "exits.soft_stop_pips": 0,
            "fills.slippage_pips": 0,
            "fills.commission_per_unit": 0.00005,
        }
    )
    (found,) = break_even_win_rate(one)  # half a pip a side: a winner earns 1, a loser loses 7
    assert found.low == pytest.approx(7 / 8)


def test_a_strategy_with_distances_of_its_own_has_no_break_even_rate_in_the_config() -> None:
    assert break_even_win_rate(bot(strategy="trend_pullback")) == ()


def test_percent_of_premium_breaks_even_where_its_two_outcomes_do() -> None:
    said = {"exits.target_fraction": 0.3, "exits.stop_fraction": 0.15, "exits.soft_stop_pips": 0}
    assert [str(each) for each in break_even_win_rate(bot(said))] == [
        "33 % against the stop of 15 % of the price"
    ]
