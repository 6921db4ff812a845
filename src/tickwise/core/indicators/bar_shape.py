"""The shape of one bar: its range, its body, and the wicks on either side of the body."""

from typing import NamedTuple

from tickwise.core.compiled import hot
from tickwise.core.types import Bar


class Shape(NamedTuple):
    """Distances in ticks: high less low, open to close, and what lies below and above the body."""

    span: float
    body: float
    lower: float
    upper: float


@hot
def shape_of(bar: Bar) -> Shape:
    """Measure a bar; the body and the two wicks add up to the range."""
    return Shape(
        bar.high - bar.low,
        abs(bar.close - bar.open),
        min(bar.open, bar.close) - bar.low,
        bar.high - max(bar.open, bar.close),
    )


@hot
def from_side(bar: Bar, side: int) -> Bar:
    """Give a bar as a buyer (+1) or a seller (-1) sees it: to a seller prices are negative, so down is up.

    A rule written for buying then holds for selling to the last bit: negation loses nothing.
    """
    if side > 0:
        return bar
    return Bar(bar.ts, -bar.open, -bar.low, -bar.high, -bar.close, bar.spread, bar.quotes)
