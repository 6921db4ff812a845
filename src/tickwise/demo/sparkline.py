"""A line of a few characters that shows how a number went."""

from __future__ import annotations

from collections.abc import Sequence

BLOCKS = "▁▂▃▄▅▆▇█"
ASCII = "_.-=+*#@"
"""The same for a terminal that has no block characters."""


def sparkline(values: Sequence[float], width: int, marks: str = BLOCKS) -> str:
    """Draw the values in at most `width` characters; each stands for the last value of a stretch.

    No value draws nothing; values that are all alike draw a line at the middle.
    """
    if not values or width < 1:
        return ""
    count = min(width, len(values))
    kept = [values[(place + 1) * len(values) // count - 1] for place in range(count)]
    lowest, highest = min(kept), max(kept)
    if highest <= lowest:
        return marks[len(marks) // 2 - 1] * count
    steps = len(marks) - 1
    return "".join(marks[round((value - lowest) / (highest - lowest) * steps)] for value in kept)
