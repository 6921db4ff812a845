"""Whole-number mixing: the digest of decisions, and draws that need no state.

Everything is kept in 63 bits, so that compiled code, which wraps, and plain Python, which does not, agree.
Compiled, the numbers are unsigned: LLVM takes the overflow of signed ones for impossible and drops the mask.
"""

from typing import Any

import numpy as np

from tickwise.core.compiled import JIT, hot

wide: Any = np.uint64 if JIT else int
"""The kind of number that is mixed: unsigned 64 bits, or Python's own without the compiler."""

narrow: Any = np.int64 if JIT else int
"""The kind that is kept: what fits in 63 bits is positive in both."""

MASK = 2**63 - 1
_MASK = wide(MASK)
_ODD_1 = wide(0x1E3779B97F4A7C15)
_ODD_2 = wide(0x3F58476D1CE4E5B9)
_ODD_3 = wide(0x14D049BB133111EB)
_SHIFT_1 = wide(29)
_SHIFT_2 = wide(32)


@hot
def scattered(value: int) -> Any:
    """Scatter a whole number over 63 bits; after splitmix64 (Steele, Lea, Flood 2014), in 63 bits."""
    x = (wide(int(value) & MASK) * _ODD_2) & _MASK
    x ^= x >> _SHIFT_1
    x = (x * _ODD_3) & _MASK
    return x ^ (x >> _SHIFT_2)


@hot
def mixed(value: int) -> int:
    """Scatter a whole number over 63 bits, as a number that is kept."""
    return int(narrow(scattered(value)))


@hot
def added(digest: int, salt: int, ts: int, code: int) -> int:
    """Add one evaluation to a digest: a sum, so that the order of lanes at one time does not matter.

    The time and the lane are scattered first, so that the processor has done that before the outcome is
    known; the outcome then multiplies a number of 63 random bits.
    """
    factor = wide((2 * int(code) + 1) & MASK)
    total = (wide(int(digest)) + scattered(int(ts) ^ int(salt)) * factor) & _MASK
    return int(narrow(total))


@hot
def chained(total: int, value: int) -> int:
    """Take one more whole number into a digest that knows their order: no two may change places."""
    return mixed((int(total) ^ int(value)) & MASK)


@hot
def draw(seed: int, counter: int, purpose: int) -> float:
    """Give a number in [0, 1) that follows from the seed, an order's id and what it is for, and from nothing
    else.
    """
    first = scattered((int(seed) & MASK) ^ mixed(int(counter)))
    return float(scattered(int(narrow(first)) ^ mixed(int(purpose)))) / 2.0**63


@hot
def combined(total: int, digest: int) -> int:
    """Add the digest of one lane to those of others, in 63 bits."""
    return int(narrow((wide(int(total)) + wide(int(digest))) & _MASK))
