"""Mixing: whole numbers of 63 bits, scattered evenly, the same with the compiler and without."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tickwise.core.compiled import called
from tickwise.core.mix import MASK, chained, combined, draw, mixed

LAW = settings(derandomize=True, deadline=None, max_examples=300)

scatter, draws, chain, combine = called(mixed), called(draw), called(chained), called(combined)
wholes = st.integers(-(2**63), 2**63 - 1)


def in_python(value: int) -> int:
    """Splitmix64 in 63 bits, by hand."""
    x = (value & MASK) * 0x3F58476D1CE4E5B9 & MASK
    x ^= x >> 29
    x = x * 0x14D049BB133111EB & MASK
    return x ^ (x >> 32)


@LAW
@given(wholes)
def test_a_number_is_scattered_as_plain_python_scatters_it(value: int) -> None:
    assert scatter(value) == in_python(value)


@LAW
@given(st.integers(0, MASK), st.integers(0, MASK))
def test_no_two_numbers_are_scattered_to_the_same_place(one: int, other: int) -> None:
    assert (scatter(one) == scatter(other)) == (one == other)


@LAW
@given(st.integers(0, MASK), st.integers(0, MASK), st.integers(0, MASK))
def test_combining_knows_no_order_and_stays_in_63_bits(a: int, b: int, c: int) -> None:
    assert combine(combine(a, b), c) == combine(a, combine(c, b)) == (a + b + c) & MASK


@LAW
@given(st.integers(0, MASK), wholes)
def test_a_chain_is_one_scattering_of_both(total: int, value: int) -> None:
    assert chain(total, value) == in_python(total ^ value)


def test_draws_are_even_and_of_one_order_independent_for_each_purpose() -> None:
    table = np.array(
        [[draws(7, order, purpose) for purpose in range(1, 6)] for order in range(-5_000, 5_000)]
    )
    assert table.min() >= 0.0
    assert table.max() < 1.0
    assert np.abs(table.mean(0) - 0.5).max() < 0.01
    counts = np.histogram(table, bins=50, range=(0, 1))[0]
    assert abs(counts / counts.mean() - 1).max() < 0.12
    between = np.corrcoef(table.T) - np.eye(5)
    along = np.corrcoef(table[1:, 0], table[:-1, 0])[0, 1]
    assert max(np.abs(between).max(), abs(along)) < 0.04


def test_another_seed_draws_otherwise() -> None:
    one, other = ([draws(seed, order, 1) for order in range(2_000)] for seed in (7, 8))
    assert not set(one) & set(other)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.08
