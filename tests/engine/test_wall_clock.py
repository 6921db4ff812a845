from __future__ import annotations

from tickwise.engine.clock import WallClock, process_age_s


def test_the_wall_clock_never_goes_back_and_waits_at_least_as_long_as_asked():
    clock = WallClock()
    begun_s = clock.now_s()
    clock.sleep(0.01)
    assert clock.now_s() - begun_s >= 0.01


def test_a_wait_of_nothing_or_less_is_over_at_once():
    clock = WallClock()
    begun_s = clock.now_s()
    clock.sleep(0.0)
    clock.sleep(-5.0)
    assert clock.now_s() - begun_s < 1.0


def test_a_process_only_grows_older():
    assert 0.0 < process_age_s() <= process_age_s()
