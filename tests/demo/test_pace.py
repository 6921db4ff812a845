from __future__ import annotations

from playing import HandClock

from tickwise.demo.pace import Pace

SECOND_NS = 1_000_000_000


def test_the_market_runs_so_many_times_as_fast_as_the_clock():
    clock = HandClock()
    pace = Pace(clock, 30.0, 7 * SECOND_NS)
    assert pace.reached() == 7 * SECOND_NS
    clock.sleep(2)
    assert pace.reached() == 67 * SECOND_NS


def test_a_change_of_speed_counts_from_its_own_moment():
    clock = HandClock()
    pace = Pace(clock, 10.0, 0)
    clock.sleep(1)
    pace.change(20.0)
    clock.sleep(1)
    assert pace.reached() == 30 * SECOND_NS


def test_a_speed_stays_within_its_bounds():
    pace = Pace(HandClock(), 10.0, 0)
    pace.change(0.1)
    assert pace.speed == 1.0
    pace.change(1e9)
    assert pace.speed == 3600.0


def test_a_paused_market_stands_still_and_goes_on_where_it_stood():
    clock = HandClock()
    pace = Pace(clock, 10.0, 0)
    clock.sleep(1)
    pace.pause()
    clock.sleep(60)
    assert pace.reached() == 10 * SECOND_NS
    pace.pause()
    clock.sleep(1)
    assert pace.reached() == 20 * SECOND_NS


def test_time_that_could_not_be_fed_is_let_go():
    clock = HandClock()
    pace = Pace(clock, 1000.0, 0)
    clock.sleep(5)
    pace.start_from(100 * SECOND_NS)
    assert pace.reached() == 100 * SECOND_NS
