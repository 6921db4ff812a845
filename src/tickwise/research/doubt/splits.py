"""The tape cut into parts, and which of them choose and which judge.

Every set of parameters runs on every part alone, from flat. A part begins a while after the one before has
ended: what a trade or a window still knew of the one is not in the other, which is what purging is for. No
trade lies in two parts, since a position that is open at the end of a part is not counted.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tickwise.errors import ConfigError, DataError

Scheme = Literal["walk", "purged"]
"""walk: chosen on the parts before, judged on the next. purged: chosen on all others, judged on the one."""


class Split(NamedTuple):
    """Which parts choose, and which one judges."""

    chosen_on: tuple[int, ...]
    judged_on: int


Rows = tuple[int, int]
"""The first row of a part, and the first after it."""


def parts_of(ts: NDArray[np.int64], rows: Rows, count: int, purge_ns: int) -> list[Rows]:
    """Cut rows of a tape into parts of as many rows, each but the first beginning `purge_ns` late.

    Raises DataError where the purge leaves nothing of a part.
    """
    if count < 2:
        raise ConfigError(f"{count} parts: at least two, one to choose on and one to judge")
    edges = [rows[0] + (rows[1] - rows[0]) * at // count for at in range(count + 1)]
    found = []
    for at, (first, end) in enumerate(pairwise(edges)):
        if at and first:
            first = int(np.searchsorted(ts, ts[first - 1] + purge_ns, side="right"))
        if first >= end:
            raise DataError(
                f"the tape is too short for {count} parts with {purge_ns / 1e9:,.0f} s purged between them: "
                "take fewer parts or a shorter purge"
            )
        found.append((first, end))
    return found


def splits_of(count: int, scheme: Scheme, train: int = 0) -> list[Split]:
    """Give the splits of a scheme; in a walk the last `train` parts choose, all before where it is 0."""
    if scheme == "purged":
        return [Split(tuple(p for p in range(count) if p != at), at) for at in range(count)]
    return [Split(tuple(range(max(0, at - train) if train else 0, at)), at) for at in range(1, count)]
