"""The sets of a sweep: which combinations of values are tried, by what number, and who is beside whom.

A combination is a whole number: the values' places as digits, the last setting the fastest. So no list of all
combinations is ever made, however many there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Literal

from tickwise.errors import ConfigError
from tickwise.research.sweep.draws import wholes
from tickwise.research.sweep.ranges import Value, Varied

Search = Literal["grid", "random"]

GRID_MAX = 1_000_000
"""The most sets a sweep tries; more would take days and could be read by nobody."""

COMBINATIONS_MAX = 2**53
"""The most combinations a random search draws from: each is then as likely as another, to a part in 2,000."""

TRIES = 200
"""Sets of a random search, where nobody says how many."""


@dataclass(frozen=True)
class Sets:
    """The combinations that are tried, in order of their number."""

    varied: tuple[Varied, ...]
    numbers: tuple[int, ...] | range

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def keys(self) -> tuple[str, ...]:
        """The settings that are varied."""
        return tuple(each.key for each in self.varied)

    def places(self, at: int) -> tuple[int, ...]:
        """Give, for the set at a place in the order, the place of each setting's value."""
        left, found = self.numbers[at], []
        for each in reversed(self.varied):
            left, place = divmod(left, len(each.values))
            found.append(place)
        return tuple(reversed(found))

    def values(self, at: int) -> tuple[Value, ...]:
        """Give the values of the set at a place in the order."""
        return tuple(each.values[k] for each, k in zip(self.varied, self.places(at), strict=True))

    def overrides(self, at: int) -> dict[str, Value]:
        """Give the set at a place in the order as settings."""
        return dict(zip(self.keys, self.values(at), strict=True))

    @cached_property
    def _where(self) -> dict[int, int]:
        return {number: at for at, number in enumerate(self.numbers)}

    def neighbours(self, at: int) -> Iterator[int]:
        """Give the sets one step of one number away that were tried too."""
        places, weight = self.places(at), 1
        for each, place in zip(reversed(self.varied), reversed(places), strict=True):
            if each.is_ordered:
                ranked = sorted(range(len(each.values)), key=lambda k, of=each: of.values[k])  # type: ignore[misc]
                rank = ranked.index(place)
                for other in (rank - 1, rank + 1):
                    if 0 <= other < len(ranked):
                        beside = self.numbers[at] + (ranked[other] - place) * weight
                        if beside in self._where:
                            yield self._where[beside]
            weight *= len(each.values)


def sets_of(varied: Sequence[Varied], search: Search, tries: int | None, seed: int) -> Sets:
    """Give all combinations, or `tries` distinct ones drawn by a seed. Raises ConfigError for too many."""
    total = prod(len(each.values) for each in varied)
    if total > COMBINATIONS_MAX:
        raise ConfigError(f"{total:.1e} combinations, too many to draw from: vary fewer settings")
    if search == "random":
        wanted = TRIES if tries is None else tries
        if wanted < 1:
            raise ConfigError(f"--tries {wanted}: at least one set is tried")
        if wanted > GRID_MAX:
            raise ConfigError(f"--tries {wanted:,}: {GRID_MAX:,} sets at most")
        if wanted < total:
            return Sets(tuple(varied), tuple(sorted(_drawn(total, wanted, seed))))
    elif tries is not None:
        raise ConfigError("--tries goes with --search random; a grid tries every combination")
    if total > GRID_MAX:
        raise ConfigError(
            f"{total:,} combinations; {GRID_MAX:,} at most: take larger steps, or --search random --tries N"
        )
    return Sets(tuple(varied), range(total))


def _drawn(total: int, wanted: int, seed: int) -> set[int]:
    """Draw distinct numbers below `total`, each subset as likely as another (Floyd; Bentley 1987)."""
    found: set[int] = set()
    for last, bits in zip(range(total - wanted, total), wholes(seed, "sets", wanted), strict=True):
        draw = int(bits) % (last + 1)
        found.add(last if draw in found else draw)
    return found
