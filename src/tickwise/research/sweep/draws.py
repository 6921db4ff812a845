"""Draws that follow from a seed and from what they are for, the same on every machine and in every version.

The numbers are splitmix64's (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014) at
one place after the other, so that any of them can be had without those before it.
"""

from __future__ import annotations

from zlib import crc32

import numpy as np
from numpy.typing import NDArray

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_ODD_1 = np.uint64(0xBF58476D1CE4E5B9)
_ODD_2 = np.uint64(0x94D049BB133111EB)
_MASK = 2**64 - 1


def wholes(seed: int, purpose: str, count: int, first: int = 0) -> NDArray[np.uint64]:
    """Give `count` whole numbers of 64 random bits, from the place `first` on."""
    begin = _scattered(np.array([seed & _MASK], np.uint64)) ^ np.uint64(crc32(purpose.encode()))
    places = np.arange(first + 1, first + 1 + count, dtype=np.uint64)
    return _scattered(_scattered(begin) + places * _GOLDEN)


def shares(seed: int, purpose: str, count: int, first: int = 0) -> NDArray[np.float64]:
    """Give `count` numbers in [0, 1), from the place `first` on."""
    return (wholes(seed, purpose, count, first) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _scattered(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    x = (x ^ (x >> np.uint64(30))) * _ODD_1
    x = (x ^ (x >> np.uint64(27))) * _ODD_2
    found: NDArray[np.uint64] = x ^ (x >> np.uint64(31))
    return found
