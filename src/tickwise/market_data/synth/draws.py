"""Random draws that depend only on what they are for: the seed, a name and a moment."""

from zlib import crc32

import numpy as np


def draws(seed: int, name: str, moment: int) -> np.random.Generator:
    """Give the generator for `name` at `moment`; which other draws are made, and when, changes nothing."""
    return np.random.default_rng([seed, crc32(name.encode()), moment])
