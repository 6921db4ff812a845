"""Of many faults, the few without which a run would not fail.

Delta debugging (Zeller and Hildebrandt, 2002): parts of the list are left out as long as the run fails
without them, larger parts first, then one by one. Each try is a whole run, so their number is bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

T = TypeVar("T")


class Shrunk(NamedTuple):
    """What is left, in order, and how many runs it took; `is_minimal`: each one left is needed."""

    left: list  # type: ignore[type-arg]
    runs: int
    is_minimal: bool


def shrink(faults: Sequence[T], fails: Callable[[list[T]], bool], runs_max: int = 300) -> Shrunk:
    """Leave out what a failing run does not need. `fails` tells whether a run with these faults fails.

    Raises AssertionError where the run with all of them does not fail: then nothing can be learnt.
    """
    left, runs, parts = list(faults), 1, 2
    assert fails(left), "the run with all faults does not fail"
    if left and runs < runs_max:
        runs += 1
        if fails([]):
            return Shrunk([], runs, True)
    while len(left) > 1:
        size = -(-len(left) // parts)
        for start in range(0, len(left), size):
            if runs >= runs_max:
                return Shrunk(left, runs, False)
            without = left[:start] + left[start + size :]
            runs += 1
            if without and fails(without):
                left, parts = without, max(2, parts - 1)
                break
        else:
            if size == 1:
                return Shrunk(left, runs, True)
            parts = min(len(left), 2 * parts)
    return Shrunk(left, runs, True)
