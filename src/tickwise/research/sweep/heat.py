"""Two parameters against each other: a map of how good their pairs are, and its picture as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tickwise.errors import ConfigError
from tickwise.research.sweep.ranges import Value
from tickwise.research.sweep.sets import Sets

CELL_WIDTH, CELL_HEIGHT, LEFT, TOP = 74, 30, 110, 64
"""The measures of the picture in pixels."""

LOSS, GAIN = (214, 118, 40), (46, 110, 190)
"""Orange and blue: told apart by people who do not see red and green."""


class Heat(NamedTuple):
    """The median score of the sets that share two values, for each pair; NaN where none was tried."""

    across: str
    down: str
    columns: tuple[Value, ...]
    rows: tuple[Value, ...]
    score: str
    cells: NDArray[np.float64]
    others: int
    """How many settings besides are varied, over whose values the median is taken."""


def heat_of(sets: Sets, scores: Sequence[float], score: str, across: str = "", down: str = "") -> Heat:
    """Map two of the varied settings; the first two unless named. Raises ConfigError for any others."""
    keys = sets.keys
    across, down = across or keys[0], down or next((key for key in keys if key != (across or keys[0])), "")
    for key in (across, down):
        if key not in keys:
            raise ConfigError(f"no map of {key or 'one setting'}: two of {', '.join(keys)} must be named")
    if across == down:
        raise ConfigError(f"a map of {across} against itself: name two settings")
    x, y = keys.index(across), keys.index(down)
    found: dict[tuple[int, int], list[float]] = {}
    for at, each in enumerate(scores):
        places = sets.places(at)
        if not np.isnan(each):
            found.setdefault((places[y], places[x]), []).append(each)
    columns, rows = sets.varied[x].values, sets.varied[y].values
    cells = np.full((len(rows), len(columns)), np.nan)
    for place, some in found.items():
        cells[place] = float(np.median(some))
    return Heat(across, down, columns, rows, score, cells, len(keys) - 2)


def colour(value: float, cells: NDArray[np.float64]) -> tuple[int, int, int]:
    """Give red, green and blue of a cell: white at nothing, full at the largest of the map."""
    most = float(np.nanmax(np.abs(cells))) if not np.isnan(cells).all() else 0.0
    share = 0.0 if np.isnan(value) or most == 0.0 else min(1.0, abs(value) / most)
    end = GAIN if value > 0 else LOSS
    red, green, blue = (round(255 + (full - 255) * share) for full in end)
    return red, green, blue


def svg(heat: Heat) -> str:
    """Draw the map as one SVG file without anything from outside."""
    width = LEFT + CELL_WIDTH * len(heat.columns) + 10
    height = TOP + CELL_HEIGHT * len(heat.rows) + 10
    over = f", median over {heat.others} other settings" if heat.others else ""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        f'<text x="8" y="20" font-size="14">{escape(heat.score)}{over}</text>',
        f'<text x="{LEFT}" y="40">{escape(heat.across)}</text>',
        f'<text x="8" y="58">{escape(heat.down)}</text>',
    ]
    for k, value in enumerate(heat.columns):
        parts.append(_text(LEFT + CELL_WIDTH * k + CELL_WIDTH // 2, 58, f"{value}"))
    for j, value in enumerate(heat.rows):
        middle = TOP + CELL_HEIGHT * j + CELL_HEIGHT // 2 + 4
        parts.append(f'<text x="{LEFT - 8}" y="{middle}" text-anchor="end">{escape(str(value))}</text>')
        for k in range(len(heat.columns)):
            parts += _cell(heat, j, k, middle)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _cell(heat: Heat, row: int, column: int, middle: int) -> list[str]:
    value = float(heat.cells[row, column])
    tint = "#e8e8e8" if np.isnan(value) else "#{:02x}{:02x}{:02x}".format(*colour(value, heat.cells))
    x, y = LEFT + CELL_WIDTH * column, TOP + CELL_HEIGHT * row
    box = f'<rect x="{x}" y="{y}" width="{CELL_WIDTH - 1}" height="{CELL_HEIGHT - 1}" fill="{tint}"/>'
    return [box, _text(x + CELL_WIDTH // 2, middle, "-" if np.isnan(value) else f"{value:,.4g}")]


def _text(x: int, y: int, says: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="middle">{escape(says)}</text>'
