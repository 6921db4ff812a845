from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tickwise.demo.sparkline import ASCII, sparkline


def test_a_rise_and_a_fall_are_drawn_as_such():
    assert sparkline([1, 2, 3, 4, 5, 6, 7, 8], 8) == "▁▂▃▄▅▆▇█"
    assert sparkline([3, 2, 1], 8) == "█▅▁"


def test_a_plain_terminal_gets_plain_characters():
    assert sparkline([1, 2, 3, 4, 5, 6, 7, 8], 8, ASCII) == "_.-=+*#@"


def test_what_never_moved_is_a_line_at_the_middle():
    assert sparkline([5, 5, 5], 3) == "▄▄▄"


def test_of_many_values_each_character_shows_the_last_of_its_stretch():
    assert sparkline([9, 9, 1, 9, 9, 8], 2) == "▁█"
    assert sparkline(list(range(100)), 4) == "▁▃▆█"


def test_nothing_is_drawn_of_nothing():
    assert sparkline([], 5) == ""
    assert sparkline([1, 2], 0) == ""


@given(st.lists(st.integers(-(2**40), 2**40), min_size=1, max_size=300), st.integers(1, 120))
def test_a_line_is_as_wide_as_asked_or_as_there_are_values(values, width):
    assert len(sparkline(values, width)) == min(width, len(values))


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=100, unique=True))
def test_the_newest_value_is_always_shown(values):
    drawn = sparkline([*values, 1001], 30)
    assert drawn[-1] == "█"
