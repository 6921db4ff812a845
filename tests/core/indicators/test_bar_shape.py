"""The shape of a bar, by hand and for any bar."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from indicator_oracles import LAW, for_python, plain

from tickwise.core.indicators import bar_shape
from tickwise.core.indicators.bar_shape import Shape
from tickwise.core.types import Bar

from_side = for_python(bar_shape.from_side)
shape_of = for_python(bar_shape.shape_of)

HAMMER = Bar(60, 108.0, 110.0, 100.0, 109.0, 2.0, 7)


def bar_of(opened: int, close: int, above: int, below: int) -> Bar:
    high, low = max(opened, close) + above, min(opened, close) - below
    return Bar(0, *(each / 2 for each in (opened, high, low, close)), 1.0, 3)


any_bar = st.builds(bar_of, *[st.integers(200_000, 200_500)] * 2, *[st.integers(0, 300)] * 2)


def test_a_hammer_is_mostly_lower_wick() -> None:
    assert shape_of(HAMMER) == Shape(10.0, 1.0, 8.0, 1.0)


def test_a_seller_sees_prices_below_nothing_and_the_wicks_changed_places() -> None:
    assert from_side(HAMMER, 1) == HAMMER
    assert from_side(HAMMER, -1) == Bar(60, -108.0, -100.0, -110.0, -109.0, 2.0, 7)
    assert shape_of(from_side(HAMMER, -1)) == Shape(10.0, 1.0, 1.0, 8.0)


@LAW
@given(any_bar)
def test_body_and_wicks_are_the_range_and_none_is_negative(bar: Bar) -> None:
    shape = shape_of(bar)
    assert shape.body + shape.lower + shape.upper == shape.span == bar.high - bar.low
    assert min(shape) >= 0.0


@LAW
@given(any_bar)
def test_seen_twice_from_the_other_side_it_is_itself_and_compiled_is_plain(bar: Bar) -> None:
    assert from_side(from_side(bar, -1), -1) == bar
    assert from_side(bar, -1) == plain(from_side)(bar, -1)
    assert shape_of(bar) == plain(shape_of)(bar)
