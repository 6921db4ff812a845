"""Medians of long columns in bounded memory: values are counted, not kept."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Tally:
    """How often each whole number occurred; exact, as long as the numbers repeat."""

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}
        self.total = 0
        """How many numbers were counted."""

    def add(self, values: NDArray[np.int64]) -> None:
        """Count more values."""
        found, counts = np.unique(values, return_counts=True)
        self.total += len(values)
        for value, count in zip(found.tolist(), counts.tolist(), strict=True):
            self._counts[value] = self._counts.get(value, 0) + count

    def median(self) -> float | None:
        """Give the median of all that was counted: the mean of the two in the middle of an even number."""
        if not self._counts:
            return None
        values = sorted(self._counts)
        reached = np.cumsum([self._counts[value] for value in values])
        low, high = np.searchsorted(reached, [(self.total + 1) // 2, self.total // 2 + 1])
        return (values[int(low)] + values[int(high)]) / 2


def rounded(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Round numbers from zero on to four digits (by 1 part in 2,000 at most), so that few differ."""
    digits = np.floor(np.log10(np.maximum(values, 1))).astype(np.int64)
    unit = 10 ** np.maximum(digits - 3, 0)
    return np.asarray((values + unit // 2) // unit * unit)
