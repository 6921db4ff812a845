"""Claims about presets, written files and the examples: complete, valid, explained, never overwritten."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomlkit

from tickwise.config import bot_of, instruments_of, load_bot, params_of
from tickwise.config.files import write_bot
from tickwise.config.presets import FOLDER, bot_from_preset, preset_names
from tickwise.core.instrument import CATALOGUE
from tickwise.errors import ConfigError

EXAMPLES = Path(__file__).parents[2] / "examples"
NO_VARIABLES: dict[str, str] = {}


def test_there_is_a_preset_for_each_system_and_asset_class() -> None:
    assert preset_names() == (
        "fast-scalp-fx",
        "micro-crypto",
        "micro-metals",
        "scalper-crypto",
        "scalper-fx",
        "scalper-metals",
        "seven-gate-fx",
    )


@pytest.mark.parametrize("preset", preset_names())
def test_a_preset_makes_a_bot_for_every_instrument_of_its_class(preset: str) -> None:
    written = tomllib.loads((FOLDER / f"{preset}.toml").read_text(encoding="utf-8"))
    kind = CATALOGUE[written["instruments"][0]].asset_class
    for symbol, instrument in CATALOGUE.items():
        if instrument.asset_class == kind:
            bot = bot_of(bot_from_preset(preset, symbol).unwrap())
            assert bot.instruments == (symbol,)
            assert bot.name == f"{preset}-{symbol.lower().replace('_', '')}"
            params_of(bot, instruments_of(bot)[0])


@pytest.mark.parametrize("place", [*sorted(FOLDER.glob("*.toml"))], ids=lambda place: place.stem)
def test_every_table_of_a_preset_explains_itself(place: Path) -> None:
    text = place.read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert text.count("#") > 20


def test_fast_scalp_fx_is_what_the_strategy_is_made_for() -> None:
    preset = bot_of(bot_from_preset("fast-scalp-fx", "EUR_USD").unwrap())
    bare = bot_of({"name": "bare", "strategy": "fast_scalp", "instruments": ["EUR_USD"]})
    instrument = instruments_of(bare)[0]
    assert params_of(preset, instrument) == params_of(bare, instrument)
    assert (preset.calendar, preset.market, preset.account) == (bare.calendar, bare.market, bare.account)


def test_a_change_is_made_in_its_place_and_the_comments_stay() -> None:
    document = bot_from_preset(
        "fast-scalp-fx",
        "gbpusd",
        {"gates.spread_pips_max": "0.5", "gates.per_day_max": "9", "params.mean_quotes": 8},
    )
    text = tomlkit.dumps(document)
    assert "spread_pips_max = 0.5           # with a target of one pip nothing wider can pay" in text
    assert "per_day_max = 9" in text
    assert (document["params"]["mean_quotes"], document["instruments"]) == (8, ["GBP_USD"])


def test_a_change_may_name_a_table_the_preset_has_not() -> None:
    document = bot_from_preset("fast-scalp-fx", "EUR_USD", {"states.range.exits.stop_pips": "12"})
    assert document.unwrap()["states"] == {"range": {"exits": {"stop_pips": 12}}}


def test_distances_are_stretched_for_an_instrument_with_another_pip() -> None:
    gold = bot_from_preset("scalper-metals", "XAU_USD").unwrap()
    silver = bot_from_preset("scalper-metals", "XAG_USD").unwrap()
    assert silver["gates"]["spread_pips_max"] == 7 * gold["gates"]["spread_pips_max"]
    assert silver["params"] == gold["params"]
    assert silver["gates"]["spacing_s"] == gold["gates"]["spacing_s"]


ERRORS: list[tuple[str, str, dict[str, Any], str]] = [
    ("fast-scalp", "EUR_USD", {}, "preset 'fast-scalp' does not exist; did you mean fast-scalp-fx?"),
    (
        "fast-scalp-fx",
        "XAU_USD",
        {},
        "preset fast-scalp-fx is for fx, and XAU_USD is metal: presets for it: micro-metals, scalper-metals",
    ),
    (
        "fast-scalp-fx",
        "SPY",
        {},
        "preset fast-scalp-fx is for fx, and SPY is equity: presets for it: none yet",
    ),
    (
        "fast-scalp-fx",
        "EUR_USD",
        {"gates.spred_pips_max": "1"},
        "--set gates.spred_pips_max: unknown setting; did you mean "
        "gates.spread_pips_max (default 0.35 pips)?",
    ),
    (
        "fast-scalp-fx",
        "EUR_USD",
        {"sizing.units_max": "1"},
        "preset fast-scalp-fx: sizing.units_max = 1 is below sizing.units_min "
        "= 10_000: raise the one or lower the other",
    ),
]


@pytest.mark.parametrize(
    ("preset", "symbol", "changes", "says"), ERRORS, ids=[says[:40] for *_, says in ERRORS]
)
def test_a_preset_that_cannot_be_made_says_why(
    preset: str, symbol: str, changes: dict[str, Any], says: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        bot_from_preset(preset, symbol, changes)
    assert str(caught.value) == says


def test_a_written_bot_loads_and_is_not_overwritten_unless_told(tmp_path: Path) -> None:
    place = tmp_path / "bots" / "one.toml"
    written = write_bot(place, bot_from_preset("fast-scalp-fx", "EUR_USD"))
    assert load_bot(place, environ=NO_VARIABLES).model_dump() == written.model_dump()
    with pytest.raises(ConfigError) as caught:
        write_bot(place, bot_from_preset("fast-scalp-fx", "GBP_USD"))
    assert str(caught.value) == f"{place}: exists already; name another file, or say --force to replace it"
    write_bot(place, bot_from_preset("fast-scalp-fx", "GBP_USD"), force=True)
    assert load_bot(place, environ=NO_VARIABLES).instruments == ("GBP_USD",)
    assert [each.name for each in place.parent.iterdir()] == ["one.toml"]


def test_a_bot_that_cannot_be_meant_is_not_written(tmp_path: Path) -> None:
    place = tmp_path / "one.toml"
    with pytest.raises(ConfigError, match="must be at least 0"):
        write_bot(
            place,
            {"name": "one", "strategy": "fast_scalp", "instruments": ["EUR_USD"], "exits": {"stop_pips": -1}},
        )
    assert not place.exists()


@pytest.mark.parametrize("place", sorted(EXAMPLES.glob("*.toml")), ids=lambda place: place.stem)
def test_every_example_loads(place: Path) -> None:
    bot = load_bot(place, environ=NO_VARIABLES)
    assert bot.instruments == ("EUR_USD",)


def test_the_first_reference_work_is_its_rules_and_nothing_else() -> None:
    bot = load_bot(EXAMPLES / "reference_w1.toml", {"gates.spread_pips_max": "2.0"}, NO_VARIABLES)
    params = params_of(bot, instruments_of(bot)[0])
    binding = {
        "spread_ticks_max": 20,
        "open_bot_max": 1,
        "spacing": 2_500_000_000,
        "per_minute_max": 24,
        "target_ticks": 10,
        "target_spread_added": 1,
        "target_spread_min": 2,
        "stop_ticks": 300,
        "time_stop": 60_000_000_000,
        "time_stop_gain": 4,
        "units_fixed": 10_000,
        "units_min": 10_000,
        "units_max": 10_000,
        "open_interest_min": -1,
        "volume_min": -1,
        "back_off_factor": 3.0,
        "back_off_max": 2_700_000_000,
        "breaker_rest": 300_000_000_000,
        "ramp": 1.0,
        "margin_rate": 0.0333,
        "partial_fraction": 0.5,
        "partial_share_min": 0.25,
        "bar_spread": 12,
    }
    lists = {"wholes", "reals", "latencies", "slippages"}
    assert {name: value for name, value in params.items() if value and name not in lists} == binding
    assert params["wholes"][:4] == [128, 16, 16, 32]
    assert (bot.market.grid_ms, bot.market.classifier_frame, bot.calendar.market_closed) == (0, "off", False)


def test_the_second_reference_work_takes_its_distances_from_the_signal_at_the_decision() -> None:
    bot = load_bot(EXAMPLES / "reference_w2.toml", environ=NO_VARIABLES)
    params = params_of(bot, instruments_of(bot)[0])
    assert (params["target_ticks"], params["stop_ticks"], params["anchored_at_decision"]) == (0, 0, 1)
    assert (params["bar_spread"], params["spread_ticks_max"], params["spacing"]) == (0, -1, 0)
    averages = {"fast_bars": 9, "slow_bars": 21, "atr_bars": 14}
    assert bot.params == {**averages, "stop_atr": 1.5, "target_atr": 1.0, "warm_up_bars": 100}
