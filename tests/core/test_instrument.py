"""Claims about instruments: exact increments, the worth of a tick, names in any spelling."""

from __future__ import annotations

from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickwise.core.instrument import (
    ASSET_CLASSES,
    CATALOGUE,
    COINS,
    CURRENCIES,
    MARKETS,
    METALS,
    STABLE_COINS,
    Instrument,
    at_tick,
    instrument_named,
)
from tickwise.errors import ConfigError
from tickwise.market_data.calendars import MARKETS as CALENDAR_MARKETS
from tickwise.market_data.symbols import increments_of, symbol_of


def named(symbol: str) -> Instrument:
    found = instrument_named(symbol)
    assert found is not None, symbol
    return found


@pytest.mark.parametrize(
    ("symbol", "tick", "pip", "units", "tick_money"),
    [
        ("EUR_USD", "0.00001", "0.0001", "10000", 10.0),
        ("USD_JPY", "0.001", "0.01", "10000", 1000.0),
        ("EUR_GBP", "0.00001", "0.0001", "10000", 10.0),
        ("XAU_USD", "0.001", "0.01", "1", 1000.0),
        ("XAG_USD", "0.00001", "0.0001", "50", 10.0),
        ("BTC_USD", "0.01", "1", "0.01", 10.0),
        ("ETH_USDT", "0.01", "1", "0.01", 10.0),
        ("SPX500_USD", "0.1", "1", "1", 10_000.0),
        ("GOOG", "0.01", "0.01", "1", 10_000.0),
    ],
)
def test_an_instrument_knows_its_tick_its_pip_its_usual_quantity_and_what_a_tick_is_worth(
    symbol: str, tick: str, pip: str, units: str, tick_money: float
) -> None:
    found = named(symbol)
    assert (found.tick, found.units_default, found.tick_money()) == (tick, units, tick_money)
    assert found.pip == Decimal(pip)


def test_the_worth_of_a_tick_is_the_tick_times_the_step_times_the_multiplier_in_millionths() -> None:
    for found in CATALOGUE.values():
        exact = Decimal(found.tick) * Decimal(found.unit_step) * found.multiplier * 1_000_000
        assert Decimal(found.tick_money()) == exact, found.symbol


def test_every_instrument_of_the_catalogue_is_of_a_known_class_and_keeps_known_hours() -> None:
    assert {found.asset_class for found in CATALOGUE.values()} <= set(ASSET_CLASSES)
    assert {found.market for found in CATALOGUE.values()} == set(MARKETS) == set(CALENDAR_MARKETS)
    for symbol, found in CATALOGUE.items():
        assert found.symbol == symbol
        assert 0 < found.margin_rate <= 1
        assert Decimal(found.units_default) % Decimal(found.unit_step) == 0
        assert Decimal(found.units_default) >= Decimal(found.units_min) >= Decimal(found.unit_step)


@pytest.mark.parametrize("spelled", ["EURUSD", "eurusd", "EUR/USD", "eur-usd", "EUR_USD", "eur_usd"])
def test_a_pair_is_found_in_any_spelling(spelled: str) -> None:
    assert named(spelled) is CATALOGUE["EUR_USD"]


def test_a_coin_in_a_coin_is_found_without_a_line_between_them() -> None:
    assert named("btcusdt").symbol == "BTC_USDT"


@pytest.mark.parametrize(
    "unknown", ["", "XAUUSDm", "EUR", "EUR_EUR", "EUR_XXX", "DOGE_USD", "HELLO", "_", "EUR_USD_X"]
)
def test_what_nobody_knows_is_none(unknown: str) -> None:
    assert instrument_named(unknown) is None


def test_majors_ask_for_less_margin_than_other_pairs() -> None:
    assert [named(each).margin_rate for each in ("EUR_USD", "AUD_USD", "XAU_USD", "XAG_USD")] == [
        0.0333,
        0.05,
        0.05,
        0.1,
    ]


def test_prices_are_shown_with_the_decimals_of_the_tick() -> None:
    assert [named(each).price_decimals for each in ("EUR_USD", "USD_JPY", "BTC_USD", "SPX500_USD")] == [
        5,
        3,
        2,
        1,
    ]
    assert named("EUR_USD")._replace(tick="5").price_decimals == 0


def test_the_catalogue_and_the_importers_agree_on_every_increment() -> None:
    pairs = [f"{base}_{quote}" for base, quote in permutations(sorted(CURRENCIES), 2)]
    metals = [f"{metal}_{quote}" for metal in sorted(METALS) for quote in sorted(CURRENCIES)]
    coins = [f"{coin}_{quote}" for coin in sorted(COINS) for quote in sorted(CURRENCIES | STABLE_COINS)]
    for symbol in (*pairs, *metals, *coins):
        custom = increments_of(symbol)
        assert custom is not None, symbol
        assert (named(symbol).tick, named(symbol).pip) == (custom.tick, Decimal(custom.pip)), symbol
        assert symbol_of(symbol.lower().replace("_", "")) == symbol


def test_a_tape_with_a_coarser_tick_counts_a_pip_in_fewer_ticks() -> None:
    gold = at_tick(named("XAU_USD"), "0.01")
    assert (gold.tick, gold.pip_ticks, gold.pip) == ("0.01", 1, named("XAU_USD").pip)
    assert gold.tick_money() == 10_000.0


def test_a_tick_that_does_not_divide_the_pip_is_an_error_that_says_so() -> None:
    with pytest.raises(ConfigError) as caught:
        at_tick(named("XAU_USD"), "0.1")
    assert str(caught.value) == (
        "XAU_USD: its pip 0.01 is not a whole number of ticks of 0.1: "
        "correct the tick, or say pip and tick under [instrument.XAU_USD]"
    )


@given(st.sampled_from(sorted(CATALOGUE)), st.sampled_from([1, 2, 5, 10, 20, 100]))
def test_a_finer_tick_leaves_the_pip_and_the_worth_of_a_price_where_they_were(
    symbol: str, finer: int
) -> None:
    before = CATALOGUE[symbol]
    after = at_tick(before, format(Decimal(before.tick) / finer, "f"))
    assert after.pip == before.pip
    assert after.tick_money() * finer == pytest.approx(before.tick_money(), rel=1e-12)
