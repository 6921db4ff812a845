"""Exits, each on a tape of a few quotes.

An entry on the first quote buys at the ask, two ticks above 110,000; a sale sells at 110,000.
"""

from __future__ import annotations

import pytest

from oracles.chain import decisions_of, trades_of
from oracles.stories import ANY_GAIN, MS, SECOND, acts, bids, exits, first_exit, quotes, run, world_of
from oracles.tapes import BEGIN
from oracles.worlds import session_of
from tickwise.core.decision import CLOSED, DAY_LOST, LEAVE, MOVE_STOP
from tickwise.core.types import BREAK_EVEN, PARTIAL, REASONS, TRAILING

FAR = {"stop_ticks": 1_000, "target_ticks": 1_000}
"""Stop and target that nothing reaches."""


def test_a_target_is_reached_at_its_price_and_not_a_tick_before() -> None:
    assert first_exit(run(bids(0, 21, 22), target_ticks=20)) == ("target", 22.0, 200)
    assert first_exit(run(bids(0, -21, -22, spread=0), side=-1, target_ticks=22)) == ("target", -22.0, 200)


def test_a_stop_is_reached_at_its_price_and_not_a_tick_before() -> None:
    assert first_exit(run(bids(0, -17, -18), stop_ticks=20)) == ("stop", -18.0, 200)
    assert first_exit(run(bids(0, 17, 18), side=-1, stop_ticks=20)) == ("stop", 20.0, 200)


def test_the_spread_of_the_decision_widens_the_target() -> None:
    for added, least, distance in ((0, 0, 20), (1, 0, 25), (1, 9, 29)):
        settings = {"target_ticks": 20, "target_spread_added": added, "target_spread_min": least}
        session = run(bids(0, 0, spread=5), stop_ticks=50, **settings)
        assert decisions_of(session)[0]["target"] == distance


def test_target_and_stop_may_be_parts_of_the_price() -> None:
    session = run(bids(0, 0), target_fraction=0.0002, stop_fraction=0.001)
    entered = decisions_of(session)[0]
    assert (entered["target"], entered["stop"]) == (22, 110)


def test_without_settings_the_signals_own_distances_hold() -> None:
    entered = decisions_of(run(bids(0, 0)))[0]
    assert (entered["stop"], entered["target"]) == (60, 30)


def test_levels_from_the_mid_of_the_decision_round_away_from_it() -> None:
    """The mid is 1.5 ticks above 110,000: 10.2 ticks lower is -8.7 and higher 11.7."""
    world = world_of(anchored_at_decision=1)
    world.lanes[0].params = {"one_in": 1, "only_side": 1, "stop": 10.2, "target": 10.2}
    session = session_of(world)
    session.feed(bids(0, 0, spread=3))
    filled = decisions_of(session)[1]
    assert (filled["stop"] - 110_000, filled["target"] - 110_000) == (-9, 12)


def test_the_time_stop_leaves_what_has_not_gained_enough() -> None:
    settings = {**FAR, "time_stop": 200 * MS, "time_stop_gain": 4}
    assert first_exit(run(bids(0, 0, 5, 5), **settings)) == ("time", 5.0, 200)
    assert exits(run(bids(0, 0, 6, 6), **settings)) == []
    assert first_exit(run(bids(0, 0, 6, 6, 5), **settings)) == ("time", 5.0, 400)


def test_the_time_stop_without_a_minimum_leaves_everything() -> None:
    settings = {**FAR, "time_stop": 200 * MS, "time_stop_gain": ANY_GAIN}
    assert first_exit(run(bids(0, 0, 500), **settings)) == ("time", 500.0, 200)


def test_the_soft_stop_leaves_before_the_stop_at_the_venue() -> None:
    settings = {**FAR, "soft_stop_ticks": 10}
    assert first_exit(run(bids(0, -7, -8), **settings)) == ("soft_stop", -8.0, 200)
    assert first_exit(run(bids(0, 7, 8), side=-1, **settings)) == ("soft_stop", 10.0, 200)


def test_an_open_loss_of_a_part_of_the_day_is_left() -> None:
    """A hundredth of a percent of 100,000 is 10: of 10,000 units that is ten pips, a hundred ticks."""
    settings = {**FAR, "unrealised_fraction_max": 0.0001}
    assert first_exit(run(bids(0, -97, -98), **settings)) == ("unrealised_loss", -98.0, 200)


def test_the_stop_moves_to_the_entry_and_beyond_once_the_trigger_is_reached() -> None:
    session = run(bids(0, 11, 12, 5, 4), **FAR, even_trigger=10, even_offset=2)
    (moved,) = acts(session, MOVE_STOP)
    assert (moved["ts"] - BEGIN, moved["stop"] - 110_000, moved["reason"]) == (200 * MS, 4, BREAK_EVEN)
    assert first_exit(session) == ("break_even", 4.0, 400)


def test_the_stop_trails_the_best_price_by_its_distance_and_in_steps() -> None:
    session = run(bids(0, 11, 12, 14, 20, 18, 10), **FAR, trail_start=10, trail_ticks=8, trail_step=5)
    moved = acts(session, MOVE_STOP)
    assert [each["stop"] - 110_000 for each in moved] == [4, 12]
    assert {each["reason"] for each in moved} == {TRAILING}
    assert first_exit(session) == ("trailing", 10.0, 600)


def test_a_stop_never_moves_back() -> None:
    session = run(bids(0, 20, 40, 30, 41, 33), **FAR, trail_ticks=15)
    assert [each["stop"] - 110_000 for each in acts(session, MOVE_STOP)] == [5, 25, 26]
    session = run(bids(0, -20, -40, -30, -41, -33, spread=0), side=-1, **FAR, trail_ticks=15)
    assert [each["stop"] - 110_000 for each in acts(session, MOVE_STOP)] == [-5, -25, -26]


def test_trailing_before_break_even_is_called_trailing() -> None:
    settings = {"stop_ticks": 30, "target_ticks": 1_000, "even_trigger": 20, "even_offset": 2}
    session = run(bids(0, 8, 2), trail_ticks=4, **settings)
    assert acts(session, MOVE_STOP)[0]["reason"] == TRAILING
    assert first_exit(session)[0] == "trailing"


def test_a_part_is_closed_at_its_gain_once() -> None:
    session = run(bids(0, 11, 12, 13, 40, -10), **FAR, partial_trigger=10, partial_fraction=0.3)
    parts = acts(session, CLOSED)
    assert [(each["reason"], each["units"], each["price"] - 110_000) for each in parts] == [
        (PARTIAL, -3_000, 12)
    ]
    assert int(session.records.lanes["position"]["units"][0]) == 7_000


def test_a_trade_of_several_exits_has_their_mean_price_and_the_sum_of_their_money() -> None:
    settings = {"stop_ticks": 20, "target_ticks": 1_000, "partial_trigger": 10, "partial_fraction": 0.5}
    (trade, *_) = trades_of(run(bids(0, 12, -18), commission_unit=7.0, **settings))
    assert trade["exit_price"] == 109_997.0
    assert trade["gross"] == (5_000 * 10 - 5_000 * 20) * 10
    assert trade["commission"] == 140_000
    assert trade["pnl"] == -500_000 - 140_000
    assert (trade["units"], REASONS[trade["reason"]]) == (10_000, "stop")
    assert (trade["best"], trade["worst"]) == (110_012, 109_982)


def test_all_is_closed_so_long_before_the_session_ends() -> None:
    flats = (BEGIN + 250 * MS, BEGIN + 450 * MS)
    session = run(bids(*[0] * 7), plan={"flats": flats}, **FAR)
    assert exits(session) == [("session_end", 0.0)] * 2
    assert [(each["exit_ts"] - BEGIN) // MS for each in trades_of(session)] == [300, 500]


def test_on_a_lost_day_positions_are_left_where_the_bot_asks_for_it() -> None:
    """A thousandth of a percent of 100,000 is 1: of 10,000 units that is ten ticks."""
    for flatten, expected in ((1, [("day_loss", -8.0)]), (0, [])):
        world = world_of(**FAR, day_loss_flatten=flatten)
        world.accounts[0].day_loss_fraction = 0.00001
        session = session_of(world)
        session.feed(bids(0, -7, -8, -8))
        assert [each["ts"] - BEGIN for each in acts(session, DAY_LOST)] == [200 * MS]
        assert exits(session) == expected


def test_an_exit_that_is_due_is_decided_once_and_waits() -> None:
    """The entry fills at 300 ms; the order to leave goes out at 400 ms and arrives at 650."""
    session = run(bids(0, 0, 0, 0, -10, -10, -10, -9), **FAR, soft_stop_ticks=10, latency=250 * MS)
    assert [each["ts"] - BEGIN for each in acts(session, LEAVE)] == [400 * MS]
    assert first_exit(session) == ("soft_stop", -9.0, 700)


def test_a_target_or_stop_is_reached_while_the_engines_own_exit_is_on_its_way() -> None:
    settings = {"soft_stop_ticks": 10, "stop_ticks": 20, "target_ticks": 40, "latency": 250 * MS}
    assert first_exit(run(bids(0, 0, 0, 0, -10, -18), **settings)) == ("stop", -18.0, 500)
    assert first_exit(run(bids(0, 0, 0, 0, -10, 42), **settings)) == ("target", 42.0, 500)


OVER_A_GAP = {**FAR, "time_stop": 1_500 * MS, "time_stop_gain": ANY_GAIN}


@pytest.mark.parametrize("grid", [200 * MS, SECOND])
def test_a_timer_raises_an_exit_between_quotes_and_the_next_quote_prices_it(grid: int) -> None:
    world = world_of(**OVER_A_GAP)
    world.grid = grid
    session = session_of(world)
    session.feed(quotes((0, 110_000), (5_000, 110_007)))
    due = -(-1_500 * MS // grid) * grid
    assert [each["ts"] - BEGIN for each in acts(session, LEAVE)] == [due]
    assert first_exit(session) == ("time", 7.0, 5_000)


def test_without_timers_an_exit_waits_for_a_quote() -> None:
    tape = quotes((0, 110_000), (60, 110_000), (5_000, 110_007), (5_100, 110_009))
    session = run(tape, latency=50 * MS, **OVER_A_GAP)
    assert [each["ts"] - BEGIN for each in acts(session, LEAVE)] == [5_000 * MS]
    assert first_exit(session) == ("time", 9.0, 5_100)
