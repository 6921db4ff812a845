"""What a venue answers, a person commands and a connection does is booked as it is said, claim by claim."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from oracles.venue import NEVER_ASKS, Venue, acts_of
from tickwise.core import events as e
from tickwise.core.decision import CLOSED, ENTER, FILLED, LEAVE, MOVE_STOP, REJECTED, TRIPPED
from tickwise.core.types import (
    AT_VENUE,
    COMMAND,
    FLATTEN,
    KILL_TRIPPED,
    MANUAL,
    NEVER,
    PARTIAL,
    SECOND,
    STOP,
    TARGET,
    TIME,
)


def test_an_order_waits_for_the_venue_however_long_it_takes() -> None:
    venue = Venue()
    venue.until(ENTER)
    assert venue.quotes(500) == []
    assert int(venue.lane["side"]) == 2


def test_a_fill_of_the_venue_opens_and_its_stop_there_closes() -> None:
    venue = Venue()
    order = venue.until(ENTER)
    units, price = int(order["units"]), int(order["price"]) + 1
    filled = venue.take(e.ENTRY_FILLED, units=units, price=price, commission=30_000, balance=99_999_970_000)
    assert acts_of(filled) == [FILLED]
    assert int(venue.account["balance"]) == 99_999_970_000
    stop = int(filled.decisions[0]["stop"])
    assert stop == price - np.sign(units) * int(order["stop"])
    closed = venue.take(
        e.REDUCED,
        units=units,
        price=stop,
        reason=STOP,
        earned=-3_000_000,
        commission=30_000,
        balance=99_996_940_000,
    )
    assert acts_of(closed) == [CLOSED]
    trade = closed.trades[0]
    assert (int(trade["gross"]), int(trade["commission"]), int(trade["pnl"])) == (
        -3_000_000,
        60_000,
        -3_060_000,
    )
    assert int(trade["reason"]) == STOP
    assert int(venue.account["balance"]) == 99_996_940_000
    assert (int(venue.lane["side"]), int(venue.live.session.records.tallies[0]["open"])) == (0, 0)


def test_the_core_never_fills_a_stop_that_rests_at_a_venue() -> None:
    venue = Venue()
    order = venue.until(ENTER)
    bid, ask = venue.rows[venue.at - 1][2:]
    near = 1 if order["units"] > 0 else -1
    venue.take(
        e.ENTRY_FILLED, units=int(order["units"]), price=ask, stop=bid + 40 * near, target=bid + 1 * near
    )
    assert CLOSED not in [int(each["act"]) for each in venue.quotes(300)]


def test_leaving_is_asked_once_and_again_only_after_it_failed() -> None:
    venue = Venue(
        params={"threshold_pips": 0.4, "range_floor_pips": 0.8},
        exits={"target_pips": 30.0, "stop_pips": 30.0, "time_stop_s": 5},
        gates={"back_off_s": 1.0, "back_off_s_max": 5.0},
    )
    order = venue.until(ENTER)
    venue.take(e.ENTRY_FILLED, units=int(order["units"]), price=int(order["price"]))
    leaving = venue.until(LEAVE)
    assert int(leaving["units"]) == -int(order["units"])
    assert venue.quotes(200) == []
    venue.take(e.EXIT_ENDED, reason=33)
    again = venue.until(LEAVE)
    assert int(again["ts"]) >= int(leaving["ts"]) + SECOND
    closed = venue.take(e.REDUCED, units=int(order["units"]), price=int(order["price"]), reason=0)
    assert int(closed.trades[0]["reason"]) == int(again["reason"])


def test_a_command_makes_a_lane_leave_at_once() -> None:
    venue = Venue()
    order = venue.until(ENTER)
    venue.take(e.ENTRY_FILLED, units=int(order["units"]), price=int(order["price"]))
    left = venue.take(e.LEAVE, reason=COMMAND)
    assert [(int(d["act"]), int(d["reason"]), int(d["units"])) for d in left.decisions] == [
        (LEAVE, COMMAND, -int(order["units"]))
    ]
    assert acts_of(venue.take(e.LEAVE, reason=COMMAND)) == []


def test_an_entry_that_ended_gives_back_what_it_counted_for() -> None:
    venue = Venue(
        params={"threshold_pips": 0.4, "range_floor_pips": 0.8},
        gates={"back_off_s": 1.0, "back_off_s_max": 5.0},
    )
    venue.until(ENTER)
    assert int(venue.live.session.records.tallies[0]["open"]) == 1
    assert acts_of(venue.take(e.ENTRY_ENDED, reason=1)) == [REJECTED]
    house = venue.live.session.records.tallies[0]
    assert (int(house["open"]), int(house["risk"]), int(house["value"])) == (0, 0, 0)
    assert int(venue.account["margin_used"]) == 0
    assert int(venue.lane["pace"]["back_off_until"]) > venue.now


def test_five_failed_orders_in_the_window_trip_the_kill_switch_and_prices_that_ran_away_do_not() -> None:
    for reason, killed in ((33, 1), (1, 0)):
        venue = Venue(gates={"breaker_failures": 0, "back_off_s": 0.0})
        tripped = []
        for _ in range(5):
            venue.until(ENTER)
            tripped += [
                int(d["reason"])
                for d in venue.take(e.ENTRY_ENDED, reason=reason).decisions
                if d["act"] == TRIPPED
            ]
        assert tripped == [KILL_TRIPPED] * killed
        assert int(venue.account["killed"]) == killed


def test_a_fill_in_parts_is_one_position_at_its_whole_cost() -> None:
    venue = Venue()
    order = venue.until(ENTER)
    units, price = int(order["units"]), int(order["price"])
    part = units // 4
    venue.take(e.ENTRY_FILLED, units=part, price=price)
    venue.take(e.ENTRY_FILLED, units=units - part, price=price + 2)
    position = venue.lane["position"]
    assert (int(position["units"]), int(position["cost"])) == (
        units,
        part * price + (units - part) * (price + 2),
    )
    house = venue.live.session.records.tallies[0]
    assert (int(house["open"]), int(house["risk"])) == (1, int(position["risk"]))


def test_a_fill_nobody_waited_for_is_a_position_all_the_same() -> None:
    venue = Venue()
    venue.until(ENTER)
    venue.take(e.ENTRY_ENDED, reason=20)
    venue.take(e.ENTRY_FILLED, units=5_000, price=110_000, stop=109_700)
    assert int(venue.lane["side"]) == 1
    closed = venue.take(e.REDUCED, units=5_000, price=109_700, reason=STOP, earned=-15_000_000)
    assert acts_of(closed) == [CLOSED]
    assert int(venue.live.session.records.tallies[0]["open"]) == 0


def test_an_adopted_position_without_a_stop_has_none_in_the_core() -> None:
    venue = Venue(params=NEVER_ASKS)
    venue.quotes(100)
    venue.take(e.ADOPTED, units=-2_000, price=110_000)
    position = venue.lane["position"]
    assert (int(position["units"]), int(position["stop"]), int(position["risk"])) == (-2_000, 0, 0)
    venue.take(e.STOP_SET, stop=110_100)
    assert (int(position["stop"]), int(position["risk"])) == (110_100, 2_000 * 100 * 10)


def test_a_foreign_position_counts_against_the_limits() -> None:
    venue = Venue(params=NEVER_ASKS, gates={"open_instrument_max": 1})
    venue.quotes(50)
    venue.take(e.FOREIGN, units=1, money=11_000_000_000)
    venue.quotes(500)
    assert set(venue.live.session.outcomes()) <= {"warming_up", "no_signal", "open_instrument"}
    assert venue.live.session.outcomes()["open_instrument"] > 450


def test_a_deposit_moves_the_floor_of_the_day_and_a_loss_does_not() -> None:
    venue = Venue(gates={"day_loss_fraction_max": 0.03})
    venue.quotes(10)
    floor = int(venue.account["floor"])
    venue.take(e.DEPOSIT, money=1_000_000_000, balance=101_000_000_000)
    assert (int(venue.account["floor"]), int(venue.account["balance"])) == (floor + 10**9, 101 * 10**9)
    venue.take(e.FINANCING, money=-5_000_000, balance=100_995_000_000)
    assert (int(venue.account["floor"]), int(venue.account["balance"])) == (floor + 10**9, 100_995_000_000)


@pytest.mark.parametrize(
    ("kind", "gate"),
    [
        (e.PAUSE_HOUSE, "paused"),
        (e.PAUSE_MARKET, "paused"),
        (e.PAUSE_LANE, "paused"),
        (e.EXIT_ONLY, "paused"),
        (e.HALT, "halted"),
        (e.KILL, "kill_switch"),
        (e.DISCONNECTED, "connection"),
        (e.UNKNOWN_ORDERS, "unknown_order"),
    ],
)
def test_a_switch_refuses_until_it_is_lifted(kind: int, gate: str) -> None:
    venue = Venue(params=NEVER_ASKS)
    venue.quotes(100)
    before = venue.live.session.outcomes()
    venue.take(kind, units=1)
    venue.quotes(50)
    between = venue.live.session.outcomes()
    assert between.pop(gate) > 45
    assert between == before
    venue.take(kind, units=0)
    seen = venue.live.session.outcomes()[gate]
    venue.quotes(50)
    assert venue.live.session.outcomes()[gate] == seen


def test_a_stop_the_core_moved_is_put_back_where_the_venue_refused() -> None:
    venue = Venue(
        params={"threshold_pips": 0.4, "range_floor_pips": 0.8},
        exits={"target_pips": 60.0, "stop_pips": 30.0, "trail_pips": 1.0, "trail_start_pips": 1.0},
    )
    order = venue.until(ENTER)
    first = int(
        venue.take(e.ENTRY_FILLED, units=int(order["units"]), price=int(order["price"])).decisions[0]["stop"]
    )
    moved = venue.until(MOVE_STOP)
    assert int(venue.lane["position"]["stop"]) == int(moved["stop"]) != first
    venue.take(e.STOP_SET, stop=first)
    assert int(venue.lane["position"]["stop"]) == first


def test_a_target_the_venue_filled_ends_the_trade_as_a_target() -> None:
    venue = Venue()
    order = venue.until(ENTER)
    venue.take(e.ENTRY_FILLED, units=int(order["units"]), price=int(order["price"]))
    ended = venue.take(
        e.REDUCED, units=int(order["units"]), price=int(order["price"]) + 5, reason=TARGET, earned=5
    )
    assert int(ended.trades[0]["reason"]) == TARGET
    assert int(ended.trades[0]["latency"]) == 0 < NEVER


ASKS = {"threshold_pips": 0.4, "range_floor_pips": 0.8}


def held(**bot: Any) -> tuple[Venue, int, int]:
    """Give a venue whose lane has just been filled, with the units it holds and their price."""
    venue = Venue(params=ASKS, **bot)
    order = venue.until(ENTER)
    units, price = int(order["units"]), int(order["price"])
    venue.take(e.ENTRY_FILLED, units=units, price=price)
    return venue, units, price


def leavings(outcome: Any) -> list[tuple[int, int]]:
    """Give reason and units of every order to leave."""
    return [(int(d["reason"]), int(d["units"])) for d in outcome if d["act"] == LEAVE]


WIDE: dict[str, Any] = {"target_pips": 90.0, "stop_pips": 90.0, "soft_stop_pips": 0.0, "time_stop_s": 0}


def test_a_word_to_leave_stands_when_the_order_to_leave_fails() -> None:
    venue, units, _ = held(exits=WIDE, gates={"back_off_s": 1.0, "back_off_s_max": 60.0})
    left = venue.take(e.LEAVE, reason=COMMAND)
    assert leavings(left.decisions) == [(COMMAND, -units)]
    failed_at = venue.now
    venue.take(e.EXIT_ENDED, reason=33)
    again = venue.until(LEAVE)
    assert (int(again["reason"]), int(again["units"])) == (COMMAND, -units)
    assert failed_at + SECOND <= int(again["ts"]) < failed_at + 3 * SECOND


def test_saying_it_again_does_not_shorten_the_rest_after_a_failure() -> None:
    venue, _, _ = held(exits=WIDE, gates={"back_off_s": 2.0, "back_off_s_max": 2.0})
    venue.take(e.LEAVE, reason=FLATTEN)
    venue.take(e.EXIT_ENDED, reason=33)
    assert leavings(venue.take(e.LEAVE, reason=FLATTEN).decisions) == []
    failed_at = venue.now
    assert int(venue.until(LEAVE)["ts"]) >= failed_at + 2 * SECOND


def test_a_first_word_does_not_wait_for_the_cores_own_exit_to_rest() -> None:
    venue, units, _ = held(exits={**WIDE, "time_stop_s": 5}, gates={"back_off_s": 4.0, "back_off_s_max": 4.0})
    venue.until(LEAVE)
    venue.take(e.EXIT_ENDED, reason=33)
    assert leavings(venue.take(e.LEAVE, reason=COMMAND).decisions) == [(COMMAND, -units)]


def test_a_timer_leaves_again_in_a_market_that_is_silent() -> None:
    venue, units, _ = held(
        exits=WIDE, gates={"back_off_s": 1.0, "back_off_s_max": 60.0}, market={"grid_ms": 1000}
    )
    venue.take(e.LEAVE, reason=COMMAND)
    venue.take(e.EXIT_ENDED, reason=33)
    assert leavings(venue.live.pass_time(venue.now + int(SECOND) - 1).decisions) == []
    assert leavings(venue.live.pass_time(venue.now + 2 * int(SECOND)).decisions) == [(COMMAND, -units)]


def test_an_order_to_leave_waits_five_seconds_at_most_however_long_entries_rest() -> None:
    venue, units, _ = held(
        exits=WIDE, gates={"back_off_s": 600.0, "back_off_s_max": 600.0}, market={"grid_ms": 1000}
    )
    venue.take(e.LEAVE, reason=COMMAND)
    venue.take(e.EXIT_ENDED, reason=33)
    assert leavings(venue.live.pass_time(venue.now + 4 * int(SECOND)).decisions) == []
    assert leavings(venue.live.pass_time(venue.now + 6 * int(SECOND)).decisions) == [(COMMAND, -units)]


def test_the_cores_own_exit_rests_after_a_failure_too_and_then_asks_again() -> None:
    venue, _, _ = held(exits={**WIDE, "time_stop_s": 5}, gates={"back_off_s": 2.0, "back_off_s_max": 60.0})
    leaving = venue.until(LEAVE)
    venue.take(e.EXIT_ENDED, reason=33)
    again = venue.until(LEAVE)
    assert int(again["reason"]) == TIME == int(leaving["reason"])
    assert int(leaving["ts"]) + 2 * SECOND <= int(again["ts"]) < int(leaving["ts"]) + 4 * SECOND


def test_a_word_to_leave_reaches_an_entry_that_fills_later() -> None:
    venue = Venue(params=ASKS, exits=WIDE)
    order = venue.until(ENTER)
    assert acts_of(venue.take(e.LEAVE, reason=FLATTEN)) == []
    venue.take(e.ENTRY_FILLED, units=int(order["units"]), price=int(order["price"]))
    assert leavings(venue.quotes(1)) == [(FLATTEN, -int(order["units"]))]


def test_a_word_to_leave_does_not_reach_the_next_position() -> None:
    venue = Venue(params=ASKS, exits=WIDE)
    venue.until(ENTER)
    venue.take(e.LEAVE, reason=FLATTEN)
    venue.take(e.ENTRY_ENDED, reason=1)
    order = venue.until(ENTER)
    venue.take(e.ENTRY_FILLED, units=int(order["units"]), price=int(order["price"]))
    assert leavings(venue.quotes(200)) == []


def test_a_word_to_leave_reaches_an_entry_that_was_thought_to_have_ended() -> None:
    venue = Venue(params=ASKS, exits=WIDE, gates={"back_off_s": 60.0, "back_off_s_max": 60.0})
    order = venue.until(ENTER)
    venue.take(e.LEAVE, reason=FLATTEN)
    venue.take(e.ENTRY_ENDED, reason=20)
    venue.take(e.ENTRY_FILLED, units=int(order["units"]), price=int(order["price"]))
    assert leavings(venue.quotes(1)) == [(FLATTEN, -int(order["units"]))]


def test_a_word_to_leave_reaches_neither_what_is_adopted_nor_what_is_held_later() -> None:
    venue, units, price = held(exits=WIDE, gates={"back_off_s": 60.0, "back_off_s_max": 60.0})
    venue.take(e.LEAVE, reason=FLATTEN)
    venue.take(e.REDUCED, units=units, price=price)
    venue.take(e.ADOPTED, units=1_000, price=price, stop=price - 900)
    assert leavings(venue.quotes(100)) == []
    waiting = Venue(params=ASKS, exits=WIDE, gates={"back_off_s": 60.0, "back_off_s_max": 60.0})
    waiting.until(ENTER)
    waiting.take(e.LEAVE, reason=FLATTEN)
    waiting.take(e.ENTRY_ENDED, reason=20)
    waiting.take(e.ADOPTED, units=1_000, price=price, stop=price - 900)
    assert leavings(waiting.quotes(100)) == []


def test_a_fill_after_the_word_was_carried_out_is_a_position_like_any_other() -> None:
    venue, units, price = held(exits=WIDE, gates={"back_off_s": 60.0, "back_off_s_max": 60.0})
    venue.take(e.LEAVE, reason=FLATTEN)
    venue.take(e.REDUCED, units=units, price=price)
    venue.take(e.ENTRY_FILLED, units=1_000, price=price, stop=price - 900)
    assert leavings(venue.quotes(100)) == []


def test_a_wait_after_a_failure_ends_with_its_position() -> None:
    venue, units, price = held(exits=WIDE, gates={"back_off_s": 4.0, "back_off_s_max": 4.0})
    venue.take(e.LEAVE, reason=FLATTEN)
    venue.take(e.EXIT_ENDED, reason=33)
    venue.take(e.REDUCED, units=units, price=price, reason=STOP)
    venue.take(e.ADOPTED, units=1_000, price=price, stop=price - 900)
    assert int(venue.lane["position"]["leave_after"]) == 0
    assert leavings(venue.take(e.LEAVE, reason=COMMAND).decisions) == [(COMMAND, -1_000)]


def test_a_word_to_leave_waits_for_a_part_that_is_on_its_way() -> None:
    venue, units, price = held(exits={**WIDE, "partial_trigger_pips": 0.1, "partial_fraction": 0.5})
    part = venue.until(LEAVE)
    assert (int(part["reason"]), int(part["units"])) == (PARTIAL, -units // 2)
    assert acts_of(venue.take(e.LEAVE, reason=COMMAND)) == []
    venue.take(e.REDUCED, units=units // 2, price=price + 3, reason=0)
    assert leavings(venue.quotes(1)) == [(COMMAND, -units // 2)]


def test_a_part_that_failed_is_asked_for_again() -> None:
    venue, units, _ = held(
        exits={**WIDE, "partial_trigger_pips": 0.1, "partial_fraction": 0.5},
        gates={"back_off_s": 0.1, "back_off_s_max": 1.0},
    )
    venue.until(LEAVE)
    venue.take(e.EXIT_ENDED, reason=33)
    again = venue.until(LEAVE)
    assert (int(again["reason"]), int(again["units"])) == (PARTIAL, -units // 2)


def test_an_order_to_leave_that_fills_in_part_is_not_sent_twice() -> None:
    venue, units, price = held(exits=WIDE)
    venue.take(e.LEAVE, reason=COMMAND)
    venue.take(e.REDUCED, units=units // 4, price=price, reason=0)
    position = venue.lane["position"]
    assert (int(position["closing"]), int(position["closing_units"])) == (COMMAND, units - units // 4)
    assert leavings(venue.quotes(300)) == []
    venue.take(e.EXIT_ENDED, reason=8)
    assert leavings(venue.quotes(1)) == [(COMMAND, -(units - units // 4))]


def test_what_somebody_else_leaves_does_not_end_the_order_that_is_on_its_way() -> None:
    venue, units, price = held(exits=WIDE)
    venue.take(e.LEAVE, reason=COMMAND)
    venue.take(e.REDUCED, units=units // 4, price=price, reason=MANUAL)
    assert leavings(venue.quotes(300)) == []
    ended = venue.take(e.REDUCED, units=units - units // 4, price=price, reason=0)
    assert [int(trade["reason"]) for trade in ended.trades] == [COMMAND]


def test_a_fill_against_a_position_closes_it_and_what_is_over_is_a_new_one() -> None:
    venue, units, price = held(exits=WIDE)
    side = int(np.sign(units))
    crossed = venue.take(e.ENTRY_FILLED, units=-units - side * 2_000, price=price + side * 7, commission=900)
    assert acts_of(crossed) == [CLOSED, FILLED]
    trade = crossed.trades[0]
    assert (int(trade["reason"]), int(trade["gross"])) == (AT_VENUE, abs(units) * 7 * 10)
    assert int(trade["commission"]) == 900
    position = venue.lane["position"]
    assert (int(venue.lane["side"]), int(position["units"])) == (-side, -side * 2_000)
    assert int(venue.live.session.records.tallies[0]["open"]) == 1


def test_the_entry_price_of_a_trade_is_the_mean_of_its_fills() -> None:
    venue, units, price = held(exits=WIDE)
    side = int(np.sign(units))
    grown = venue.take(e.ENTRY_FILLED, units=side * 5_000, price=price + 4, commission=100)
    assert acts_of(grown) == [FILLED]
    total = units + side * 5_000
    mean = (units * price + side * 5_000 * (price + 4)) / total
    assert int(venue.lane["position"]["entry"]) == price + (2 if side > 0 else 1)
    ended = venue.take(e.REDUCED, units=total, price=price, reason=STOP)
    assert float(ended.trades[0]["entry_price"]) == mean
    assert int(venue.live.session.records.tallies[0]["pnl"]) == -100


def test_financing_settled_with_an_exit_moves_the_balance_and_the_trade() -> None:
    venue, units, price = held(exits=WIDE)
    ended = venue.take(e.REDUCED, units=units, price=price, reason=STOP, earned=700, money=-30, commission=10)
    trade = ended.trades[0]
    assert [int(trade[name]) for name in ("gross", "commission", "financing", "pnl")] == [700, 10, -30, 660]
    assert int(venue.account["balance"]) == 100_000_000_660
    assert int(venue.account["financing"]) == -30


def test_a_fill_of_nothing_is_nothing_but_its_balance() -> None:
    venue = Venue(params=ASKS)
    venue.until(ENTER)
    assert acts_of(venue.take(e.ENTRY_FILLED, units=0, price=110_000, balance=77)) == []
    assert (int(venue.lane["side"]), int(venue.account["balance"])) == (2, 77)


def test_a_filled_order_to_leave_ends_a_row_of_failures() -> None:
    venue, units, price = held(exits=WIDE, gates={"breaker_failures": 3, "breaker_rest_s": 60})
    market = venue.live.session.records.markets[0]
    for _ in range(2):
        venue.take(e.LEAVE, reason=COMMAND)
        venue.take(e.EXIT_ENDED, reason=33)
    assert int(market["breaker_failures"]) == 2
    venue.quotes(1)
    venue.take(e.REDUCED, units=units, price=price, reason=0)
    assert (int(market["breaker_failures"]), int(venue.lane["pace"]["failures"])) == (0, 0)


def test_a_stop_the_venue_refused_is_not_asked_for_again_at_once() -> None:
    venue, _, _ = held(exits={**WIDE, "trail_pips": 1.0, "trail_start_pips": 1.0})
    first = int(venue.lane["position"]["stop"])
    moved = venue.until(MOVE_STOP)
    venue.take(e.STOP_SET, stop=first)
    again = venue.until(MOVE_STOP)
    assert int(again["ts"]) >= int(moved["ts"]) + SECOND


def test_a_better_stop_the_venue_sets_after_all_may_be_bettered_at_once() -> None:
    venue, _, _ = held(exits={**WIDE, "trail_pips": 1.0, "trail_start_pips": 1.0})
    first = int(venue.lane["position"]["stop"])
    moved = int(venue.until(MOVE_STOP)["stop"])
    venue.take(e.STOP_SET, stop=first)
    assert int(venue.lane["position"]["stop_after"]) == venue.now + SECOND
    venue.take(e.STOP_SET, stop=moved)
    assert (int(venue.lane["position"]["stop"]), int(venue.lane["position"]["stop_after"])) == (moved, 0)


@pytest.mark.parametrize("side", [1, -1])
def test_a_position_without_a_stop_gets_one_as_soon_as_it_trails(side: int) -> None:
    venue = Venue(params=NEVER_ASKS, exits={**WIDE, "trail_pips": 2.0, "trail_start_pips": 1.0})
    venue.quotes(20)
    price = int(venue.live.session.records.markets[0]["bid"]) - side * 60
    venue.take(e.ADOPTED, units=side * 1_000, price=price)
    moved = venue.until(MOVE_STOP)
    assert side * (int(moved["stop"]) - price) > 0


def test_a_part_of_a_position_without_a_stop_counts_for_no_risk() -> None:
    venue = Venue(params=NEVER_ASKS)
    venue.quotes(20)
    venue.take(e.ADOPTED, units=2_000, price=110_000)
    venue.take(e.REDUCED, units=500, price=110_000, reason=MANUAL)
    assert int(venue.live.session.records.tallies[0]["risk"]) == 0


def test_a_lane_that_holds_or_waits_takes_no_other_position_over() -> None:
    waiting = Venue(params=ASKS)
    waiting.until(ENTER)
    holding, _, _ = held(exits=WIDE)
    for venue in (waiting, holding):
        before = venue.live.session.snapshot()
        assert acts_of(venue.take(e.ADOPTED, units=-3_000, price=110_000, balance=5)) == []
        assert venue.live.session.snapshot() == before


def test_there_are_never_fewer_foreign_positions_than_none() -> None:
    venue = Venue(params=NEVER_ASKS)
    venue.quotes(20)
    tallies = venue.live.session.records.tallies
    venue.take(e.FOREIGN, units=1, money=500)
    venue.take(e.FOREIGN, units=-1)
    venue.take(e.FOREIGN, units=-1)
    assert not tallies["open"].any()
    assert not tallies["value"].any()


def test_a_deposit_is_no_drawdown_and_its_return_is_none_either() -> None:
    venue = Venue(params=NEVER_ASKS)
    venue.quotes(20)
    venue.take(e.DEPOSIT, money=10**10, balance=110 * 10**9)
    venue.take(e.DEPOSIT, money=-(10**10), balance=100 * 10**9)
    venue.take(e.ADOPTED, units=1_000, price=int(venue.live.session.records.markets[0]["bid"]))
    venue.quotes(1)
    assert int(venue.account["drawdown"]) < 10**8


def test_a_day_that_is_not_lost_cannot_be_begun_anew() -> None:
    venue = Venue(gates={"day_loss_fraction_max": 0.03})
    venue.quotes(20)
    venue.take(e.BALANCE, balance=98_000_000_000)
    start, floor = int(venue.account["day_start"]), int(venue.account["floor"])
    venue.take(e.RESUME_DAY)
    assert (int(venue.account["day_start"]), int(venue.account["floor"])) == (start, floor)
