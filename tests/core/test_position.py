"""Position arithmetic is exact: the parts add up to the whole, in any order."""

from __future__ import annotations

from itertools import permutations
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from tickwise.core.compiled import called
from tickwise.core.position import Holding, earned_at, opened, reduced

LAW = settings(derandomize=True, deadline=None, max_examples=300)

open_at = called(opened)
close = called(reduced)
worth = called(earned_at)

sizes = st.integers(1, 50_000_000)
prices = st.integers(1, 2**24)
sides = st.sampled_from([1, -1])


class Part(NamedTuple):
    units: int
    price: int


@st.composite
def exits(draw: st.DrawFn) -> tuple[Holding, list[Part]]:
    """Draw a position and the parts in which it is closed, to the last unit."""
    side = draw(sides)
    parts = draw(st.lists(st.builds(Part, sizes, prices), min_size=1, max_size=6))
    signed = [Part(side * part.units, part.price) for part in parts]
    whole = sum(part.units for part in signed)
    return Holding(*open_at(whole, draw(prices))), signed


def close_all(holding: Holding, parts: list[Part]) -> tuple[Holding, list[int]]:
    earned = []
    for part in parts:
        left, got = close(holding, part.units, part.price)
        holding = Holding(*left)
        earned.append(int(got))
    return holding, earned


@LAW
@given(exits())
def test_what_the_parts_earn_is_what_the_whole_earned(made: tuple[Holding, list[Part]]) -> None:
    holding, parts = made
    left, earned = close_all(holding, parts)
    assert left == Holding(0, 0)
    assert sum(earned) == sum(part.units * part.price for part in parts) - holding.cost


@LAW
@given(exits())
def test_the_order_of_parts_does_not_change_the_sum(made: tuple[Holding, list[Part]]) -> None:
    _, parts = made
    some = parts[:4]
    whole = Holding(*open_at(sum(part.units for part in some), 110_007))
    sums = {sum(close_all(whole, list(order))[1]) for order in permutations(some)}
    assert len(sums) == 1


@LAW
@given(exits(), prices)
def test_a_part_and_what_is_left_are_worth_what_the_whole_was(
    made: tuple[Holding, list[Part]], price: int
) -> None:
    holding, parts = made
    left, got = close(holding, parts[0].units, price)
    assert got + worth(Holding(*left), price) == worth(holding, price)


@LAW
@given(sizes, prices, prices)
def test_buying_and_selling_mirror_each_other(units: int, entry: int, price: int) -> None:
    assert worth(Holding(*open_at(units, entry)), price) == -worth(Holding(*open_at(-units, entry)), price)


def test_a_share_of_the_cost_rounds_down_and_the_last_part_takes_what_is_left() -> None:
    long, short = Holding(*open_at(3, 10)), Holding(*open_at(-3, 10))
    long, short = long._replace(cost=31), short._replace(cost=-31)
    assert close(long, 1, 10) == (Holding(2, 21), 0)
    assert close(short, -1, 10) == (Holding(-2, -20), 1)
    assert close(Holding(2, 21), 2, 10) == (Holding(0, 0), -1)
