"""Claims about TICKWISE_ variables: each setting has one, a bot has its own, none is unheard silently."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tickwise.config import bot_of, load_bot, settings_table
from tickwise.config.bot import SECTIONS, BotConfig
from tickwise.config.environment import own_variable_of, unheard
from tickwise.config.origins import Origin, origins_of
from tickwise.errors import ConfigError

PLAIN: dict[str, Any] = {"name": "fast-eurusd", "strategy": "fast_scalp", "instruments": ["EUR_USD"]}


def bot(environ: Mapping[str, str], overrides: Mapping[str, Any] | None = None, **more: Any) -> BotConfig:
    return bot_of({**PLAIN, **more}, "bots/fast.toml", None, overrides or {}, environ)


def test_the_variable_of_one_bot_wins_over_the_variable_of_all_and_option_over_both() -> None:
    environ = {
        "TICKWISE_GATES_SPREAD_PIPS_MAX": "1.0",
        "TICKWISE_FAST_EURUSD_GATES_SPREAD_PIPS_MAX": "2.0",
        "TICKWISE_SLOW_GATES_SPREAD_PIPS_MAX": "3.0",
    }
    assert bot(environ, gates={"spread_pips_max": 0.5}).gates.spread_pips_max == 2.0
    assert bot(environ, name="slow").gates.spread_pips_max == 3.0
    assert bot(environ, name="other").gates.spread_pips_max == 1.0
    assert bot(environ, {"gates.spread_pips_max": "4"}).gates.spread_pips_max == 4.0
    assert bot({}, gates={"spread_pips_max": 0.5}).gates.spread_pips_max == 0.5


@pytest.mark.parametrize("row", [row for row in settings_table() if row.key.split(".")[0] in SECTIONS])
def test_every_setting_of_a_table_has_a_variable_for_one_bot(row: Any) -> None:
    plain = bot({}, strategy="trend_pullback")
    section, _, name = row.key.partition(".")
    value = getattr(getattr(plain, section), name)
    text = ",".join(value) if isinstance(value, tuple) else str(value)
    if value is not None and text:
        found = bot({own_variable_of("fast-eurusd", row.key): text}, strategy="trend_pullback")
        assert found.model_dump() == plain.model_dump()
        assert found.by == {row.key: own_variable_of("fast-eurusd", row.key)}


def test_strategy_instruments_and_what_follows_from_them_can_be_said_for_one_bot() -> None:
    environ = {
        "TICKWISE_FAST_EURUSD_STRATEGY": "trend_pullback",
        "TICKWISE_FAST_EURUSD_INSTRUMENTS": "gbpusd",
        "TICKWISE_FAST_EURUSD_PARAMS_FAST_BARS": "7",
        "TICKWISE_FAST_EURUSD_INSTRUMENT_GBP_USD_MARGIN_RATE": "0.1",
        "TICKWISE_FAST_EURUSD_STATES_RANGE_GATES_SPREAD_PIPS_MAX": "0.2",
    }
    found = bot(environ)
    assert (found.strategy, found.instruments) == ("trend_pullback", ("GBP_USD",))
    assert found.params == {"fast_bars": 7}
    assert found.instrument["GBP_USD"].margin_rate == 0.1
    assert found.in_state("range")[1].spread_pips_max == 0.2


def test_a_bot_is_known_by_the_name_it_has_in_the_end() -> None:
    environ = {"TICKWISE_NAME": "slow", "TICKWISE_SLOW_OWNER": "me", "TICKWISE_FAST_EURUSD_OWNER": "you"}
    assert bot(environ).owner == "me"
    assert bot(environ, {"name": "fast-eurusd"}).owner == "you"


def test_a_value_that_cannot_be_meant_names_its_variable_and_refuses() -> None:
    with pytest.raises(ConfigError) as caught:
        bot({"TICKWISE_FAST_EURUSD_EXITS_STOP_PIPS": "far"})
    assert str(caught.value) == (
        'TICKWISE_FAST_EURUSD_EXITS_STOP_PIPS = "far": not a number; the default is 30.0 pips'
    )


def test_a_variable_nobody_hears_is_named_with_the_one_that_was_likely_meant() -> None:
    environ = {
        "PATH": "/bin",
        "TICKWISE_CACHE_DIR": "/cache",
        "TICKWISE_DB": "x.db",
        "TICKWISE_GATES_SPREAD_PIP_MAX": "1",
        "TICKWISE_FAST_EURUSD_GATES_SPACING_S": "1",
        "TICKWISE_FAST_EURUSB_GATES_SPACING_S": "1",
        "TICKWISE_SLOW_PARAMS_FAST_BARS": "7",
        "TICKWISE_XYZZY": "1",
    }
    bots = [bot({}), bot({}, name="slow", strategy="trend_pullback")]
    tail = "no setting hears this variable, so it changes nothing; "
    assert unheard(environ, bots, ["TICKWISE_DB"]) == (
        f"TICKWISE_FAST_EURUSB_GATES_SPACING_S: {tail}did you mean TICKWISE_FAST_EURUSD_GATES_SPACING_S?",
        f"TICKWISE_GATES_SPREAD_PIP_MAX: {tail}did you mean TICKWISE_GATES_SPREAD_PIPS_MAX?",
        f"TICKWISE_XYZZY: {tail}`tickwise bot settings` lists what there is",
    )


def test_a_bot_says_where_each_of_its_values_came_from(tmp_path: Path) -> None:
    place = tmp_path / "bot.toml"
    place.write_text(
        'name = "one"\nstrategy = "fast_scalp"\ninstruments = ["EUR_USD"]\n[gates]\nspacing_s = 3\n'
        "[exits]\nsoft_stop_pips = 6\n[states.range.params]\nthreshold_pips = 0.5\n"
    )
    environ = {"TICKWISE_GATES_SPREAD_PIPS_MAX": "1.0", "TICKWISE_ONE_OWNER": "me"}
    found = {
        each.key: each for each in origins_of(load_bot(place, {"params.threshold_pips": "0.4"}, environ))
    }
    assert found["gates.spread_pips_max"] == Origin(
        "gates.spread_pips_max", "1.0", "pips", "TICKWISE_GATES_SPREAD_PIPS_MAX"
    )
    assert found["owner"] == Origin("owner", '"me"', "", "TICKWISE_ONE_OWNER")
    assert found["gates.spacing_s"] == Origin("gates.spacing_s", "3.0", "s", str(place))
    assert found["exits.soft_stop_pips"] == Origin("exits.soft_stop_pips", "6.0", "pips", str(place))
    assert found["exits.stop_pips"] == Origin("exits.stop_pips", "30.0", "pips", "strategy fast_scalp")
    assert found["gates.per_day_max"] == Origin("gates.per_day_max", "0", "entries", "default")
    assert found["params.threshold_pips"] == Origin(
        "params.threshold_pips", "0.4", "", "--set params.threshold_pips"
    )
    assert found["params.mean_quotes"].by == "strategy fast_scalp"
    assert found["states.range.params.threshold_pips"] == Origin(
        "states.range.params.threshold_pips", "0.5", "", str(place)
    )
    assert found["sizing.units_min"].value.startswith("10_000 of a pair")
