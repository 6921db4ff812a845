"""Small pictures as inline SVG: columns over an axis, a grid, a strip. Colours are classes of the page."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, isfinite, log10

import numpy as np
from numpy.typing import NDArray

from tickwise.research.report.markup import Markup, element
from tickwise.research.report.written import counted

WIDTH, HEIGHT = 340, 184
LEFT, RIGHT, TOP, BOTTOM = 46, 14, 16, 34
"""The picture, and the room around its axes, in units of the picture."""

SHADES = 5
"""Steps of darkness a cell of a grid may have."""


def picture(says: str, *parts: Markup) -> Markup:
    """Put parts into one picture with a sentence for whoever cannot see it."""
    return element("svg", parts, viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", aria_label=says)


def columns(
    values: Sequence[float],
    labels: Sequence[str],
    told: Sequence[str],
    says: str,
    below: str,
    beside: str,
    counts: bool = False,
) -> Markup:
    """Draw a column for each value, up or down from zero: whole counts, or else gains and losses.

    `labels` stand below the columns, or below their edges where there is one more of them; an empty one
    leaves a gap. `told` is what a column says when it is pointed at, `below` and `beside` name the axes.
    """
    low, high = min(0.0, *values), max(0.0, *values)
    ticks = [tick for tick in steps(low, high) if not counts or tick == int(tick)]
    low, high = min(low, ticks[0]), max(high, ticks[-1])
    room = (WIDTH - LEFT - RIGHT) / len(values)
    parts = list(_scale(ticks, low, high))
    for place, (value, words) in enumerate(zip(values, told, strict=True)):
        left = LEFT + room * place
        top, bottom = _y(max(value, 0.0), low, high), _y(min(value, 0.0), low, high)
        drawn = "plain" if counts else "gain" if value >= 0 else "loss"
        height = max(bottom - top, 0.0 if value == 0 else 1.0)
        shape = element(
            "rect",
            element("title", words),
            x=_at(left + 0.08 * room),
            y=_at(top),
            width=_at(0.84 * room),
            height=_at(height),
            class_=drawn,
        )
        parts.append(shape)
    first = LEFT if len(labels) > len(values) else LEFT + room / 2
    return picture(says, *parts, *_along(labels, first, room), *_axes(below, beside))


def grid(
    counts: NDArray[np.int64],
    across: Sequence[str],
    along: Sequence[str],
    says: str,
    below: str,
    beside: str,
    kinds: Sequence[str],
) -> Markup:
    """Draw counts as cells: rows from the bottom up, the more the darker; `kinds` is a class for each row.

    `across` are the labels at the edges of the columns, `along` those at the edges of the rows; empty ones
    leave a gap.
    """
    rows, cells = counts.shape
    wide, tall = (WIDTH - LEFT - RIGHT) / cells, (HEIGHT - TOP - BOTTOM) / rows
    most = max(1, int(counts.max()))
    parts = [
        element(
            "rect",
            element("title", counted(int(counts[row, cell]), "trade")),
            x=_at(LEFT + wide * cell),
            y=_at(HEIGHT - BOTTOM - tall * (row + 1)),
            width=_at(wide),
            height=_at(tall),
            class_=f"{kinds[row]} shade{_shade(int(counts[row, cell]), most)}",
        )
        for row in range(rows)
        for cell in range(cells)
        if counts[row, cell]
    ]
    for place, label in enumerate(along):
        if label:
            height = HEIGHT - BOTTOM - tall * place
            parts.append(_line(height))
            parts.append(_text(label, LEFT - 4, height + 3.5, "end"))
    return picture(says, *parts, *_along(across, LEFT, wide), *_axes(below, beside))


def strip(*marks: tuple[float, float, str]) -> Markup:
    """Draw marks (from, to, class), shares of one, into a strip as wide as its cell."""
    shapes = [
        element(
            "rect", x=_at(1_000 * low), y=0, width=_at(max(1_000 * (high - low), 4)), height=10, class_=kind
        )
        for low, high, kind in marks
    ]
    return element(
        "svg",
        shapes,
        viewBox="0 0 1000 10",
        preserveAspectRatio="none",
        class_="strip",
        aria_hidden="true",
    )


def steps(low: float, high: float, about: int = 4) -> list[float]:
    """Give round numbers that cover a range, zero among them where it lies inside."""
    if not high > low:
        return [low, low + 1.0]
    rough = (high - low) / about
    power = 10.0 ** floor(log10(rough))
    step = next(power * each for each in (1.0, 2.0, 5.0, 10.0) if power * each >= rough)
    first, last = floor(low / step), -floor(-high / step)
    return [round(place * step, 9) for place in range(first, last + 1)]


def short(value: float) -> str:
    """Write a number for an axis: 12,000 is 12k."""
    if not isfinite(value):
        return ""
    if abs(value) >= 1_000_000:
        return f"{value / 1_000_000:.3g}M"
    if abs(value) >= 10_000:
        return f"{value / 1_000:.4g}k"
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.4g}"


def _scale(ticks: Sequence[float], low: float, high: float) -> list[Markup]:
    """Draw the lines of the value axis and their numbers."""
    parts = []
    for tick in ticks:
        parts.append(_line(_y(tick, low, high), "zero" if tick == 0 else "rule"))
        parts.append(_text(short(tick), LEFT - 4, _y(tick, low, high) + 3.5, "end"))
    return parts


def _along(labels: Sequence[str], first: float, apart: float) -> list[Markup]:
    """Write labels below the picture."""
    return [
        _text(label, first + apart * place, HEIGHT - BOTTOM + 12, "middle")
        for place, label in enumerate(labels)
        if label
    ]


def _axes(below: str, beside: str) -> tuple[Markup, Markup]:
    """Name the axes: what lies along the picture, and what goes up."""
    middle = LEFT + (WIDTH - LEFT - RIGHT) / 2
    return _text(below, middle, HEIGHT - 5, "middle", "axis"), _text(beside, LEFT, 9, "start", "axis")


def _y(value: float, low: float, high: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / (high - low)


def _line(height: float, kind: str = "rule") -> Markup:
    return element("line", x1=LEFT, x2=WIDTH - RIGHT, y1=_at(height), y2=_at(height), class_=kind)


def _text(says: str, x: float, y: float, anchor: str, kind: str = "tick") -> Markup:
    return element("text", says, x=_at(x), y=_at(y), text_anchor=anchor, class_=kind)


def _at(value: float) -> str:
    """Write a place with a tenth's precision, so that the bytes are few and the same everywhere."""
    return f"{value:.1f}".removesuffix(".0")


def _shade(count: int, most: int) -> int:
    """Give the step of darkness of a cell; the root, so that rare cells are seen."""
    return min(SHADES, 1 + int(SHADES * (count / most) ** 0.5))
