from __future__ import annotations

import io
from collections.abc import Iterator

from playing import MINUTE_NS, HandClock, told
from rich.console import Console

from tickwise.demo.live import FRAME_S, watch
from tickwise.demo.pace import Pace


def watched(keys: Iterator[str], minutes: float = 5.0, speed: float = 60.0):
    """Watch a fresh play with keys pressed one frame after the other; give its pace and what was written."""
    fresh = told(0)
    clock = HandClock()
    pace = Pace(clock, speed, fresh.play.ts)
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=80, height=24, highlight=False)
    end = fresh.play.market.begin_ts + int(minutes * MINUTE_NS)
    watch(fresh.screen, pace, console, lambda: next(keys, ""), end)
    return fresh, pace, clock, file.getvalue()


def test_the_view_ends_when_its_market_time_is_over_and_took_as_long_as_its_speed_says():
    fresh, _, clock, shown = watched(iter(()))
    assert fresh.play.ts == fresh.play.market.begin_ts + 5 * MINUTE_NS
    assert abs(clock.at_s - 100.0 - 5.0) <= 2 * FRAME_S
    assert "\x1b[?1049h" in shown
    assert shown.endswith("\x1b[?25h\x1b[?1049l")


def test_q_stops_at_once():
    fresh, *_ = watched(iter(["", "", "q"]))
    assert fresh.play.ts < fresh.play.market.begin_ts + MINUTE_NS


def test_a_paused_view_stands_still_until_space_is_pressed_again():
    fresh, _, clock, shown = watched(iter([" ", *[""] * 40, " "]), minutes=1.0)
    assert clock.at_s - 100.0 >= 1.0 + 40 * FRAME_S
    assert "paused" in shown
    assert fresh.play.ts == fresh.play.market.begin_ts + MINUTE_NS


def test_plus_and_minus_change_the_speed():
    _, pace, *_ = watched(iter(["+", "+", "-", "q"]))
    assert pace.speed == 120.0


def test_a_market_that_cannot_be_fed_so_fast_goes_as_fast_as_it_can():
    fresh, _, clock, _ = watched(iter(()), minutes=20.0, speed=3600.0)
    assert fresh.play.ts == fresh.play.market.begin_ts + 20 * MINUTE_NS
    assert clock.at_s - 100.0 > 20 * 60 / 3600.0
