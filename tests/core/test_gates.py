"""Each gate alone: what it reads, where it begins to refuse, and what switches it off.

The functions run as plain Python here; the plain chain holds the compiled chain of them together.
"""

from __future__ import annotations

import importlib
from math import isnan, nan
from typing import Any, NamedTuple

import numpy as np
import pytest

from oracles.worlds import row
from tickwise.core.gates import calendars
from tickwise.core.layout import ACCOUNT, HOUSE, INTERVAL, LANE, MARKET, TALLY
from tickwise.core.outcome import NAMES, STAGES, TABLE
from tickwise.core.params import PARAMS
from tickwise.core.types import DAY, HOUR, MINUTE, NEVER, SECOND, STATES, Reading

NOON = 17_897 * int(DAY) + 12 * int(HOUR)
OFF = "off"


class Facts(NamedTuple):
    """The records a gate may be given, by the names of its arguments."""

    params: Any
    house: Any
    market: Any
    underlying: Any
    lane: Any
    account: Any
    tally: Any


def one(dtype: np.dtype[Any]) -> Any:
    return np.zeros(1, dtype).view(np.recarray)[0]


def facts(**settings: Any) -> Facts:
    """Give empty records, and settings in which nothing refuses but for what is named."""
    made = Facts(one(PARAMS), one(HOUSE), one(MARKET), one(MARKET), one(LANE), one(ACCOUNT), one(TALLY))
    for name, value in row(**settings).items():
        made.params[name] = value
    made.account.balance = made.account.day_start = 100_000_000_000
    return made


def read(name: str, given: Facts, **more: Any) -> Reading:
    """Ask a gate, in plain Python."""
    asked = importlib.import_module(f"tickwise.core.gates.{name}").read
    plain = getattr(asked, "py_func", asked)
    wanted = plain.__code__.co_varnames[: plain.__code__.co_argcount]
    return Reading(*plain(*(more[each] if each in more else getattr(given, each) for each in wanted)))


def quoted(given: Facts, bid: int, ask: int, ts: int = NOON, ts_event: int | None = None) -> Facts:
    market = given.market
    market.bid, market.ask, market.mid2, market.ts = bid, ask, bid + ask, ts
    market.ts_event = ts if ts_event is None else ts_event
    return given


@pytest.mark.parametrize("scope", ["bot", "instrument", "pocket", "account", "house"])
def test_as_many_positions_as_allowed_and_no_more(scope: str) -> None:
    for limit, held, allows in ((2, 1, True), (2, 2, False), (2, 3, False), (0, 99, True)):
        given = facts(**{f"open_{scope}_max": limit})
        given.tally.open = held
        assert read(f"open_{scope}", given) == (float(held), float(limit), allows, NEVER)


def test_a_pause_of_the_house_the_instrument_or_the_bot_refuses_until_a_command() -> None:
    assert read("paused", facts()).allows
    for who, field in (
        ("house", "paused"),
        ("market", "paused"),
        ("lane", "paused"),
        ("lane", "exit_only"),
    ):
        given = facts()
        getattr(given, who)[field] = 1
        assert read("paused", given) == (1.0, 0.0, False, NEVER)


@pytest.mark.parametrize(
    ("gate", "who", "field"),
    [
        ("halted", "account", "halted"),
        ("kill_switch", "account", "killed"),
        ("connection", "market", "disconnected"),
        ("unknown_order", "market", "unknown_orders"),
    ],
)
def test_a_switch_refuses_while_it_is_on(gate: str, who: str, field: str) -> None:
    given = facts()
    assert read(gate, given).allows
    getattr(given, who)[field] = 1
    assert read(gate, given) == (1.0, 0.0, False, NEVER)


def test_every_order_nobody_knows_the_end_of_is_counted() -> None:
    given = facts()
    given.market.unknown_orders = 3
    assert read("unknown_order", given) == (3.0, 0.0, False, NEVER)


def test_a_spread_at_the_cap_is_allowed_and_one_tick_more_is_not() -> None:
    for cap, spread, allows in ((4, 4, True), (4, 5, False), (0, 0, True), (0, 1, False), (-1, 500, True)):
        given = quoted(facts(spread_ticks_max=cap), 110_000, 110_000 + spread)
        assert read("spread_pips", given) == (float(spread), float(cap), allows, NEVER)


def test_a_spread_is_measured_in_millionths_of_the_mid() -> None:
    at_the_cap = quoted(facts(spread_millionths_max=100), 99_995, 100_005)
    assert read("spread_fraction", at_the_cap) == (100.0, 100.0, True, NEVER)
    assert not read("spread_fraction", quoted(at_the_cap, 99_994, 100_005)).allows
    assert read("spread_fraction", quoted(facts(), 90_000, 110_000)).allows


def test_an_unusual_spread_is_refused_and_so_is_one_while_the_usual_is_not_known() -> None:
    given = quoted(facts(spread_monitor=1), 110_000, 110_006)
    given.market.spread_cap = 6
    assert read("spread_monitor", given).allows
    given.market.spread_cap = 5
    assert not read("spread_monitor", given).allows
    given.market.spread_cap = -1
    assert not read("spread_monitor", quoted(given, 110_000, 110_000)).allows
    given.params.spread_monitor = 0
    assert read("spread_monitor", given).allows


def test_a_quote_is_too_old_a_nanosecond_after_its_limit() -> None:
    for age, limit, allows in ((SECOND, SECOND, True), (SECOND + 1, SECOND, False), (HOUR, 0, True)):
        given = quoted(facts(quote_age_max=limit), 1, 2, NOON, NOON - age)
        assert read("quote_age", given, ts=NOON) == (float(age), float(limit), allows, NEVER)


def test_an_underlying_that_has_not_quoted_refuses_and_a_fresh_one_says_until_when() -> None:
    given = facts(underlying_age_max=SECOND)
    assert not read("underlying_age", given, ts=NOON).allows
    given.underlying.ts = NOON - SECOND
    assert read("underlying_age", given, ts=NOON) == (1e9, 1e9, True, NOON + 1)
    assert read("underlying_age", given, ts=NOON + 1) == (1e9 + 1, 1e9, False, NOON + 1)
    assert read("underlying_age", facts(), ts=NOON).allows


@pytest.mark.parametrize("name", ["open_interest", "volume"])
def test_a_contract_is_liquid_enough_or_not_known(name: str) -> None:
    for known, least, allows in (
        (100, 100, True),
        (99, 100, False),
        (-1, 1, False),
        (-1, -1, True),
        (-1, 0, False),
    ):
        given = facts(**{f"{name}_min": least})
        given.market[name] = known
        assert read(name, given) == (float(known), float(least), allows, NEVER)


def test_the_smaller_side_of_a_quote_counts_and_an_unknown_size_refuses() -> None:
    for sizes, least, allows in (
        ((500, 900), 500, True),
        ((900, 499), 500, False),
        ((0, 0), 1, False),
        ((0, 0), 0, True),
    ):
        given = facts(quote_units_min=least)
        given.market.bid_units, given.market.ask_units = sizes
        assert read("quote_size", given) == (float(min(sizes)), float(least), allows, NEVER)


def intervals(*bounds: tuple[int, int]) -> Any:
    made = np.zeros(len(bounds), INTERVAL).view(np.recarray)
    for at, (start, end) in enumerate(bounds):
        made[at].start, made[at].end = NOON + start, NOON + end
    return made


@pytest.mark.parametrize("which", range(len(calendars.CALENDARS)))
def test_a_calendar_blocks_from_its_start_until_before_its_end(which: int) -> None:
    given, blocked = facts(), intervals((10, 20), (30, 35))
    given.lane.calendar_end[which] = 2
    found = [calendars_read(given, blocked, which, NOON + at) for at in (9, 10, 19, 20, 29, 34, 35)]
    assert found == [
        (0.0, 0.0, True, NOON + 10),
        (0.0, 10.0, False, NOON + 20),
        (9.0, 10.0, False, NOON + 20),
        (0.0, 0.0, True, NOON + 30),
        (0.0, 0.0, True, NOON + 30),
        (4.0, 5.0, False, NOON + 35),
        (0.0, 0.0, True, NEVER),
    ]


def calendars_read(given: Facts, blocked: Any, which: int, ts: int) -> Reading:
    plain = getattr(calendars.read, "py_func", calendars.read)
    return Reading(*plain(given.lane, blocked, which, ts))


def test_every_calendar_gate_has_a_place_of_its_own() -> None:
    places = [int(place) for place in calendars.CALENDARS]
    assert [NAMES[place] for place in places] == [
        "session",
        "time_of_day",
        "rollover",
        "holiday",
        "expiry",
        "news",
        "calendar_stale",
    ]


def test_a_group_that_carries_its_part_of_the_day_refuses_whichever_side_it_is_on() -> None:
    for value, allows in ((9_999_999_999, True), (10_000_000_000, False), (-10_000_000_000, False)):
        given = facts(group_fraction_max=0.1)
        given.tally.value = value
        assert read("correlation", given) == (float(abs(value)), 1e10, allows, NEVER)
    assert read("correlation", facts()).allows


def entered(given: Facts, *ago: int) -> Facts:
    """Let entries have been decided so long before noon."""
    pace = given.lane.pace
    pace.last_entry = -int(NEVER)
    for each in ago:
        ts = NOON - each
        pace.times[pace.entries % len(pace.times)] = ts
        pace.entries += 1
        pace.last_entry = ts
        pace.hour_entries = pace.hour_entries + 1 if pace.hour == ts // HOUR else 1
        pace.hour = ts // HOUR
    return given


def test_the_spacing_of_entries_is_kept_to_the_nanosecond() -> None:
    given = entered(facts(spacing=SECOND), SECOND)
    assert read("spacing", given, ts=NOON) == (1e9, 1e9, True, NEVER)
    assert read("spacing", given, ts=NOON - 1) == (1e9 - 1, 1e9, False, NOON)
    assert read("spacing", entered(facts(), 0), ts=NOON).allows
    assert read("spacing", entered(facts(spacing=SECOND)), ts=NOON).allows


def test_entries_of_any_sixty_seconds_are_counted_over_minutes() -> None:
    given = entered(facts(per_minute_max=2), MINUTE, 10)
    assert read("per_minute", given, ts=NOON).allows
    assert read("per_minute", given, ts=NOON - 1) == (2.0, 2.0, False, NOON)
    assert read("per_minute", entered(facts(per_minute_max=3), 2, 1), ts=NOON).allows
    assert read("per_minute", entered(facts(), 3, 2, 1), ts=NOON).allows


def test_entries_of_a_minute_are_found_behind_the_end_of_the_ring() -> None:
    given = entered(facts(per_minute_max=64), *range(200 * SECOND, 0, -SECOND))
    recent = sum(each < MINUTE for each in range(SECOND, 201 * SECOND, SECOND))
    assert recent < 64
    assert read("per_minute", given, ts=NOON).allows
    given = entered(facts(per_minute_max=50), *range(200 * SECOND, 0, -SECOND))
    assert read("per_minute", given, ts=NOON) == (50.0, 50.0, False, NOON + 10 * SECOND)


def test_entries_of_a_clock_hour_end_with_it() -> None:
    given = entered(facts(per_hour_max=2), 2, 1)
    assert read("per_hour", given, ts=NOON - 1) == (2.0, 2.0, False, NOON)
    assert read("per_hour", given, ts=NOON) == (0.0, 2.0, True, NEVER)
    assert read("per_hour", entered(facts(), 2, 1), ts=NOON - 1).allows


def test_entries_of_a_trading_day_end_with_it() -> None:
    for day, entries, limit, allows, until in (
        (4, 3, 3, False, 77),
        (5, 3, 3, True, NEVER),
        (4, 2, 3, True, NEVER),
    ):
        given = facts(per_day_max=limit)
        given.house.day, given.house.next_roll = day, 77
        given.lane.pace.day, given.lane.pace.day_entries = 4, entries
        counted = entries if day == 4 else 0
        assert read("per_day", given) == (float(counted), float(limit), allows, until)


@pytest.mark.parametrize(
    ("gate", "whose", "field"),
    [
        ("cool_down", "pace", "cool_until"),
        ("back_off", "pace", "back_off_until"),
        ("breaker", "market", "breaker_until"),
    ],
)
def test_a_rest_ends_at_its_moment(gate: str, whose: str, field: str) -> None:
    given = facts()
    record = given.market if whose == "market" else given.lane[whose]
    record[field] = NOON
    assert read(gate, given, ts=NOON - 5) == (5.0, 0.0, False, NOON)
    assert read(gate, given, ts=NOON) == (0.0, 0.0, True, NEVER)


def test_the_adaptive_interval_counts_from_the_last_entry() -> None:
    given = entered(facts(interval_max=SECOND), 10)
    given.lane.pace.interval = 10
    assert read("adaptive_interval", given, ts=NOON) == (10.0, 10.0, True, NEVER)
    assert read("adaptive_interval", given, ts=NOON - 1) == (9.0, 10.0, False, NOON)
    assert read("adaptive_interval", entered(facts(interval_max=SECOND)), ts=NOON).allows
    given.params.interval_max = 0
    assert read("adaptive_interval", given, ts=NOON - 1).allows


def test_executions_in_a_row_end_with_a_persons_word() -> None:
    for repeats, limit, allows in ((4, 5, True), (5, 5, False), (5, 0, True)):
        given = facts(repeats_max=limit)
        given.lane.pace.repeats = repeats
        assert read("repeat", given) == (float(repeats), float(limit), allows, NEVER)


@pytest.mark.parametrize(("gate", "word"), [("units_cap", "units"), ("value_cap", "value")])
def test_an_order_as_large_as_the_cap_is_allowed(gate: str, word: str) -> None:
    for asked, cap, allows in (
        (100, 100, True),
        (-100, 100, True),
        (101, 100, False),
        (-101, 100, False),
        (10**9, 0, True),
    ):
        assert read(gate, facts(**{gate: cap}), **{word: asked}) == (abs(asked), cap, allows, NEVER)


def test_the_price_stays_in_its_band_around_five_minutes() -> None:
    given = quoted(facts(band_fraction=0.01), 100_998, 101_000)
    given.market.frames[0].closes[:5] = 200_000
    given.market.frames[0].closed = 5
    assert read("price_band", given) == pytest.approx((0.00999, 0.01, True, NEVER))
    assert not read("price_band", quoted(given, 101_001, 101_003)).allows
    assert not read("price_band", quoted(given, 98_990, 98_999)).allows
    given.market.frames[0].closed = 4
    unknown = read("price_band", given)
    assert isnan(unknown.value)
    assert not unknown.allows
    assert read("price_band", facts()).allows


def test_a_day_counts_what_it_has_cost_and_what_open_stops_and_this_one_could_still_lose() -> None:
    given = facts(day_loss_fraction=0.03)
    given.account.balance = 98_000_000_000
    given.tally.risk = 600_000_000
    assert read("day_loss", given, risk=399_999_999) == (2_999_999_999.0, 3e9, True, NEVER)
    assert read("day_loss", given, risk=400_000_000) == (3e9, 3e9, False, NEVER)
    given.params.day_loss_fraction = 0.0
    assert read("day_loss", given, risk=10**12).allows


def test_a_lost_day_stays_lost_for_every_bot_of_the_account() -> None:
    for fraction in (0.0, 0.03):
        given = facts(day_loss_fraction=fraction)
        given.account.day_lost = 1
        assert not read("day_loss", given, risk=0).allows


def test_a_pocket_counts_its_fall_from_its_peak_and_what_it_could_still_lose() -> None:
    given = facts(pocket_loss_fraction=0.02)
    given.tally.peak, given.tally.pnl, given.tally.risk = 500_000_000, -1_000_000_000, 300_000_000
    assert read("pocket_loss", given, risk=199_999_999) == (1_999_999_999.0, 2e9, True, NEVER)
    assert not read("pocket_loss", given, risk=200_000_000).allows
    given.params.pocket_loss_fraction = 0.0
    assert read("pocket_loss", given, risk=200_000_000).allows


def test_a_balance_of_nothing_opens_nothing() -> None:
    for balance, least, allows in (
        (50, 50, True),
        (49, 50, False),
        (1, 0, True),
        (0, 0, False),
        (-5, 0, False),
    ):
        given = facts(balance_min=least)
        given.account.balance = balance
        assert read("balance", given) == (float(balance), float(max(1, least)), allows, NEVER)


def test_margin_in_use_and_of_this_order_stay_within_their_part_of_equity() -> None:
    given = facts(margin_fraction_max=0.5)
    given.account.open_pnl, given.account.margin_used = -20_000_000_000, 30_000_000_000
    assert read("margin", given, margin=10_000_000_000) == (4e10, 4e10, True, NEVER)
    assert not read("margin", given, margin=10_000_000_001).allows
    given.params.margin_fraction_max = 0.0
    assert read("margin", given, margin=10**15).allows


def test_a_state_of_the_market_is_refused_by_its_bit() -> None:
    for state in STATES:
        given = facts(states_refused=0b01010)
        given.market.regime.state = state
        assert read("market_state", given).allows == (state not in (1, 3))


def test_a_score_at_the_minimum_is_enough_and_one_that_is_no_number_is_not() -> None:
    for score, allows in ((0.7, True), (0.69, False), (nan, False)):
        assert read("score", facts(score_min=0.7), score=score).allows == allows
    assert read("score", facts(), score=0.0).allows
    assert not read("score", facts(), score=-0.1).allows


def test_the_target_must_leave_a_multiple_of_its_cost() -> None:
    assert read("cost", facts(cost_ratio_min=1.0), target=8.0, cost=4.0) == (1.0, 1.0, True, NEVER)
    assert not read("cost", facts(cost_ratio_min=1.0), target=7.9, cost=4.0).allows
    assert not read("cost", facts(cost_ratio_min=1.0), target=0.0, cost=4.0).allows
    assert read("cost", facts(cost_ratio_min=1.0), target=0.0, cost=0.0).allows
    assert read("cost", facts(), target=1.0, cost=4.0).allows


def test_codes_grow_along_the_chain_and_begin_with_their_stage() -> None:
    codes = [each.code for each in TABLE]
    assert codes == sorted(set(codes))
    assert {code // 100 for code in codes} == set(STAGES)
    assert len(NAMES) == len(set(NAMES))
