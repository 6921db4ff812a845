"""Claims about the core's numbers: every field is set, and no rounding widens a limit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickwise.config import (
    BotConfig,
    account_fields,
    bars_of,
    bot_of,
    changed,
    classifier_fields,
    fill_params,
    house_fields,
    instruments_of,
    market_fields,
    params_of,
    settings_table,
    state_rows,
)
from tickwise.config.scale import Scale, exactly, millionths, nanos_of_ms, nanos_of_s
from tickwise.core.exits import ANY_GAIN
from tickwise.core.instrument import CATALOGUE
from tickwise.core.layout import ACCOUNT, HOUSE, MARKET, REGIME
from tickwise.core.params import PARAMS
from tickwise.core.record import rows
from tickwise.errors import ConfigError

PLAIN: dict[str, Any] = {"name": "one", "strategy": "fast_scalp", "instruments": ["EUR_USD"]}

OTHERWISE: dict[str, Any] = {
    "exits.anchor": "decision",
    "gates.states": ["range"],
    "gates.open_interest_min": 500,
    "gates.volume_min": 100,
    "fills.latency_ms_table": [10.0, 20.0],
    "fills.slippage_pips_table": [0.1, 0.5],
    "fills.slippage_pips": 0.5,
    "fills.commission_per_unit": 0.00001,
    "fills.commission_fraction": 0.0001,
    "exits.target_fraction": 0.3,
    "exits.stop_fraction": 0.15,
    "exits.break_even_offset_pips": 0.5,
    "sizing.units_fixed": 20_000,
    "sizing.units_min": 5_000,
    "sizing.units_max": 40_000,
    "sizing.ramp": 0.75,
    "sizing.margin_rate": 0.02,
    "gates.units_cap": 30_000,
    "gates.group_fraction_max": 2.0,
}
"""Values for settings that half or double would not do for."""

WITH: dict[str, dict[str, Any]] = {
    "exits.target_fraction": {"exits.target_pips": 0},
    "exits.stop_fraction": {"exits.stop_pips": 0, "exits.soft_stop_pips": 0},
    "exits.break_even_offset_pips": {"exits.break_even_trigger_pips": 3.0},
    "exits.trail_start_pips": {"exits.trail_pips": 3.0},
    "exits.trail_step_pips": {"exits.trail_pips": 3.0},
    "gates.group_fraction_max": {"gates.group": "dollar"},
    "gates.interval_s_min": {"gates.interval_s_max": 100},
    "gates.back_off_s": {"gates.back_off_s_max": 100},
    "exits.soft_stop_pips": {"exits.stop_pips": 30},
}
"""What else must be said for a setting to be meant."""


def bot(**overrides: Any) -> BotConfig:
    return bot_of(PLAIN, overrides={key.replace("__", "."): value for key, value in overrides.items()})


def numbers(one: BotConfig, state: str | None = None) -> dict[str, Any]:
    return params_of(one, instruments_of(one)[0], state)


def test_every_field_of_the_core_is_set_and_no_other() -> None:
    assert list(numbers(bot())) != []
    assert set(numbers(bot())) == set(PARAMS.names or ())


def test_the_numbers_are_plain_and_of_the_kind_the_core_keeps() -> None:
    for name, value in numbers(bot()).items():
        kind = PARAMS[name].base
        for each in value if isinstance(value, list) else [value]:
            assert type(each) is (float if kind == np.float64 else int), name


def test_what_is_written_into_a_record_reads_back() -> None:
    row = rows(PARAMS, 2)[1]
    params = numbers(bot(fills__latency_ms_table=[5, 1]))
    fill_params(row, params)
    assert {name: np.asarray(row[name]).tolist() for name in params} == params


def test_every_setting_of_gates_exits_sizing_and_fills_reaches_the_core_and_every_field_has_one() -> None:
    reached: set[str] = set()
    told_elsewhere = {"gates.group", "fills.seed"}
    for row in settings_table("fast_scalp"):
        section, _, name = row.key.partition(".")
        if section not in ("gates", "exits", "sizing", "fills") or row.key in told_elsewhere:
            continue
        base = bot_of(PLAIN, overrides=WITH.get(row.key, {}))
        before = numbers(base)
        now = getattr(getattr(base, section), name)
        after = numbers(changed(base, {row.key: OTHERWISE[row.key] if row.key in OTHERWISE else other(now)}))
        fields = {field for field in before if before[field] != after[field]}
        assert fields, row.key
        reached |= fields
    derived = {"quote_gates"}
    strategys_own = {"wholes", "reals"}
    assert reached | derived | strategys_own == set(PARAMS.names or ())


def other(value: Any) -> Any:
    """Give another value that is as good."""
    if isinstance(value, bool):
        return not value
    if value is None:
        return 0.5
    if isinstance(value, int):
        return value * 2 if value else 7
    return value * 0.5 if value else 0.5


def test_fast_scalp_in_the_numbers_of_the_core() -> None:
    params = numbers(bot())
    assert {
        name: params[name] for name in ("spread_ticks_max", "spacing", "per_minute_max", "back_off_max")
    } == {
        "spread_ticks_max": 3,
        "spacing": 2_500_000_000,
        "per_minute_max": 24,
        "back_off_max": 2_700_000_000,
    }
    assert {
        name: params[name] for name in ("target_ticks", "target_spread_min", "stop_ticks", "soft_stop_ticks")
    } == {
        "target_ticks": 10,
        "target_spread_min": 2,
        "stop_ticks": 300,
        "soft_stop_ticks": 50,
    }
    assert (params["time_stop"], params["time_stop_gain"]) == (60_000_000_000, 4)
    assert (params["units_min"], params["units_max"], params["units_fixed"]) == (10_000, 50_000, 0)
    assert (params["latency"], params["bound_ticks"], params["margin_rate"]) == (150_000_000, 10, 0.0333)
    assert params["wholes"][:4] == [192, 16, 16, 32]


@pytest.mark.parametrize(
    ("pips", "ticks"), [(0.35, 3), (2.0, 20), (0.3, 3), (0.29, 2), (0.0, 0), (-1, -1), (-0.5, -1)]
)
def test_a_cap_on_the_spread_is_rounded_down_and_off_below_zero(pips: float, ticks: int) -> None:
    assert numbers(bot(gates__spread_pips_max=pips))["spread_ticks_max"] == ticks


def test_off_is_off_for_the_fields_whose_zero_means_something() -> None:
    params = numbers(bot(exits__soft_stop_pips=0))
    assert (params["open_interest_min"], params["volume_min"], params["soft_stop_ticks"]) == (-1, -1, 0)
    pullback = bot_of({**PLAIN, "strategy": "trend_pullback"})
    assert numbers(pullback)["time_stop_gain"] == int(ANY_GAIN)


def test_the_gates_of_the_quote_are_known_to_be_off_when_all_are() -> None:
    off = {"gates__quote_age_ms_max": 0, "gates__spread_monitor": False}
    assert [numbers(bot())["quote_gates"], numbers(bot(**off))["quote_gates"]] == [1, 0]
    assert numbers(bot(**off, gates__quote_units_min=1))["quote_gates"] == 1
    assert numbers(bot(**off, gates__spread_fraction_max=0.1))["quote_gates"] == 1


def test_states_that_are_not_named_are_refused_bit_by_bit() -> None:
    assert numbers(bot(gates__states=["range", "unknown"]))["states_refused"] == 0b11100
    assert numbers(bot(gates__states=["trend"]))["states_refused"] == 0b11011


def test_a_table_of_slippage_is_drawn_from_in_ticks_and_its_mean_is_the_cost() -> None:
    params = numbers(bot(fills__slippage_pips_table=[0.5, 0, 0.11]))
    assert (params["slippage_rows"], params["slippages"][:3], params["slippages"][3]) == (3, [0, 2, 5], 0)
    assert params["slippage_mean"] == pytest.approx(7 / 3)


def test_a_bot_that_names_no_rule_trades_the_usual_quantity_of_its_instrument() -> None:
    for symbol, fixed, least, most in (
        ("EUR_USD", 10_000, 10_000, 50_000),
        ("XAU_USD", 1, 1, 5),
        ("BTC_USD", 10, 10, 50),
        ("GOOG", 1, 1, 5),
    ):
        one = bot_of({"name": "one", "strategy": "trend_pullback", "instruments": [symbol]})
        params = numbers(one)
        assert (params["units_fixed"], params["units_min"], params["units_max"]) == (fixed, least, most), (
            symbol
        )


def test_units_are_counted_in_steps_of_the_instrument_and_commission_with_them() -> None:
    one = bot_of(
        {
            "name": "one",
            "strategy": "trend_pullback",
            "instruments": ["BTC_USD"],
            "sizing": {"units_fixed": 0.0125, "units_min": 0.0105, "units_max": 0.5},
            "gates": {"units_cap": 0.0129, "quote_units_min": 0.0011},
            "fills": {"commission_per_unit": 2.5},
        }
    )
    params = numbers(one)
    assert (params["units_fixed"], params["units_min"], params["units_max"]) == (12, 11, 500)
    assert (params["units_cap"], params["quote_units_min"], params["commission_unit"]) == (12, 2, 2_500.0)


def test_settings_of_a_state_replace_only_what_they_name() -> None:
    one = bot_of(
        {**PLAIN, "states": {"range": {"exits": {"stop_pips": 12}, "params": {"threshold_pips": 0.3}}}}
    )
    calm, range_bound = numbers(one), numbers(one, "range")
    assert {name for name in calm if calm[name] != range_bound[name]} == {"stop_ticks", "wholes"}
    assert (range_bound["stop_ticks"], range_bound["wholes"][0]) == (120, 96)


def test_states_with_equal_settings_share_a_row() -> None:
    states = {"range": {"exits": {"stop_pips": 12}}, "dead": {"exits": {"stop_pips": 12}}, "trend": {}}
    one = bot_of({**PLAIN, "states": states})
    found, places = state_rows(one, instruments_of(one)[0])
    assert (len(found), places) == (2, [0, 1, 0, 0, 1])


def test_market_account_and_house_take_settings_under_the_names_of_their_records() -> None:
    one = bot_of(
        PLAIN,
        overrides={"market.classifier_frame": "off", "account.day_loss_resume": "command", "fills.seed": "7"},
    )
    instrument = instruments_of(one)[0]
    assert market_fields(one, instrument) == {
        "spread_ratio_max": 2.0,
        "band_fraction": 0.0,
        "pip": 10,
        "unit_step": 1.0,
        "tick_money": 10.0,
        "price_tick": 0.00001,
    }
    assert classifier_fields(one)["frame"] == -1
    assert account_fields(one) == {
        "balance": 100_000_000_000,
        "day_loss_fraction": 0.03,
        "resume_by_command": 1,
        "kill_failures": 5,
        "kill_window": 300_000_000_000,
    }
    assert house_fields(one) == {"grid": 1_000_000_000, "seed": 7}
    assert bars_of(changed(one, {"frame": "M15"})) == 2
    for fields, record in (
        (market_fields(one, instrument), MARKET),
        (classifier_fields(one), REGIME),
        (account_fields(one), ACCOUNT),
        (house_fields(one), HOUSE),
    ):
        assert set(fields) <= set(record.names or ())


VANISHING = [
    ("exits.target_pips", 0.04, "exits.target_pips = 0.04: less than a tick of EUR_USD, which is 0.1 pips"),
    (
        "exits.soft_stop_pips",
        0.01,
        "exits.soft_stop_pips = 0.01: less than a tick of EUR_USD, which is 0.1 pips",
    ),
    (
        "fills.slippage_pips_max",
        0.09,
        "fills.slippage_pips_max = 0.09: less than a tick of EUR_USD, which is 0.1 pips",
    ),
    ("gates.spread_fraction_max", 1e-7, "gates.spread_fraction_max = 1e-07: below a millionth of the price"),
    ("gates.units_cap", 0.5, "gates.units_cap = 0.5: below the unit step of EUR_USD, 1"),
    ("sizing.units_fixed", 0.5, "sizing.units_fixed = 0.5: below the unit step of EUR_USD, 1"),
]


@pytest.mark.parametrize(("key", "value", "says"), VANISHING, ids=[key for key, _, _ in VANISHING])
def test_a_limit_too_small_to_count_is_an_error_and_never_off(key: str, value: float, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        bot_of(PLAIN, overrides={key: value})
    assert str(caught.value) == f"bot: {says}"


INSTRUMENTS = st.sampled_from([each for each in CATALOGUE.values() if each.pip_ticks > 1])
PIPS = st.floats(0, 10_000, allow_nan=False) | st.decimals(0, 100, places=3).map(float)


@given(INSTRUMENTS, PIPS)
def test_a_maximum_is_never_widened_and_never_a_whole_tick_too_narrow(instrument: Any, pips: float) -> None:
    ticks = Scale(instrument, "gates").limit(pips)
    assert ticks <= exactly(pips) * instrument.pip_ticks < ticks + 1


@given(INSTRUMENTS, PIPS)
def test_a_cost_is_never_understated(instrument: Any, pips: float) -> None:
    ticks = Scale(instrument, "fills").cost(pips)
    assert ticks - 1 < exactly(pips) * instrument.pip_ticks <= ticks


@given(INSTRUMENTS, st.integers(1, 10**6))
def test_whole_ticks_written_in_pips_come_back_exactly(instrument: Any, ticks: int) -> None:
    pips = float(Decimal(ticks) / instrument.pip_ticks)
    scale = Scale(instrument, "exits")
    assert scale.limit(pips) == scale.cost(pips) == scale.distance("stop_pips", pips) == ticks


@given(st.integers(0, 10**9))
def test_times_written_with_decimals_are_counted_exactly(milliseconds: int) -> None:
    assert nanos_of_ms(float(milliseconds)) == milliseconds * 1_000_000
    assert nanos_of_s(milliseconds / 1000) == milliseconds * 1_000_000
    assert millionths(milliseconds / 1000) == milliseconds * 1000
