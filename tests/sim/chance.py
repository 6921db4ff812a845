"""Chance from one seed: each part of the world draws from a stream of its own.

A new fault that draws numbers must not change the market, so no two parts share a stream. A stream is named;
the name and the seed together make its generator.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """All streams of one seed. Asking for a name again gives the same generator, as far as it was drawn."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._streams: dict[str, random.Random] = {}

    def stream(self, name: str) -> random.Random:
        """Give the generator of a part of the world."""
        if name not in self._streams:
            digest = sha256(f"{self.seed}/{name}".encode()).digest()
            self._streams[name] = random.Random(int.from_bytes(digest[:8], "big"))
        return self._streams[name]


def exponential(draw: random.Random, mean: float) -> float:
    """Draw from an exponential distribution; 0 where its mean is."""
    return -mean * math.log(1.0 - draw.random()) if mean > 0 else 0.0


def happens(draw: random.Random, probability: float) -> bool:
    """Draw whether something happens; a probability of 0 draws too, so that it shifts nothing behind it."""
    return draw.random() < probability


def between(draw: random.Random, low: float, high: float) -> float:
    """Draw evenly between two numbers."""
    return low + (high - low) * draw.random()


def subset(draw: random.Random, among: Sequence[T], probability: float) -> list[T]:
    """Draw each with a probability, in order."""
    return [each for each in among if happens(draw, probability)]
