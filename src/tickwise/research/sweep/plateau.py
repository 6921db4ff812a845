"""How good the neighbours of a set are: a best set among bad ones is luck, a plateau may be none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tickwise.research.sweep.sets import Sets


class Plateau(NamedTuple):
    """What is known of each set's neighbours: how many there are, and the median of their scores."""

    neighbours: NDArray[np.int64]
    median: NDArray[np.float64]
    """NaN where no neighbour was tried."""


def plateau_of(sets: Sets, scores: Sequence[float]) -> Plateau:
    """Give what the neighbours of every set score; one without a score counts as the worst of all."""
    known = np.asarray(scores, np.float64)
    worst = np.where(np.isnan(known), -np.inf, known)
    count, median = np.zeros(len(sets), np.int64), np.full(len(sets), np.nan)
    for at in range(len(sets)):
        beside = [worst[other] for other in sets.neighbours(at)]
        count[at] = len(beside)
        if beside:
            median[at] = float(np.quantile(beside, 0.5, method="lower"))
    return Plateau(count, median)


def steady(scores: Sequence[float], plateau: Plateau) -> NDArray[np.float64]:
    """Give each set the lesser of its own score and its neighbours': what is left if the best was luck."""
    own = np.asarray(scores, np.float64)
    found: NDArray[np.float64] = np.minimum(own, np.where(np.isnan(plateau.median), own, plateau.median))
    return found
