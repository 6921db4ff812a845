"""Conditions a set of seeds must have met, so that no seeds pass because nothing happened in them.

A scenario counts what it sees (`World.seen`), the world counts faults and what befell bytes. After all seeds
each condition is held against the counts: so many times in all, or in such a part of the seeds.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that must have been counted: `times` in all seeds together, and in `part` of the seeds."""

    what: str
    times: int = 1
    part: float = 0.0


@dataclass(frozen=True, slots=True)
class Met:
    """A condition and how far it was met. `seed` is the first one it was seen in."""

    condition: Condition
    times: int
    seeds: int
    seeds_wanted: int
    seed: int | None

    @property
    def is_met(self) -> bool:
        """Tell whether it was seen often enough, and in enough seeds."""
        return self.times >= self.condition.times and self.seeds >= self.seeds_wanted

    def __str__(self) -> str:
        wanted = [f"{self.condition.times} times"]
        if self.seeds_wanted > 1:
            wanted.append(f"in {self.seeds_wanted} seeds")
        first = "never" if self.seed is None else f"first in seed {self.seed}"
        verdict = "met    " if self.is_met else "NOT MET"
        had = f"{self.times} times in {self.seeds} seeds, {first}"
        return f"{verdict} {self.condition.what}: {had}; wanted {' and '.join(wanted)}"


class NotMet(AssertionError):
    """A set of seeds did not meet what it must."""


@dataclass
class Sometimes:
    """Counts over a set of seeds, and what they must have met."""

    conditions: list[Condition]
    times: Counter[str] = field(default_factory=Counter)
    seeds: Counter[str] = field(default_factory=Counter)
    first: dict[str, int] = field(default_factory=dict)
    count: int = 0

    def add(self, seed: int, counts: Mapping[str, int]) -> None:
        """Take the counts of one seed."""
        self.count += 1
        for what, times in counts.items():
            if times > 0:
                self.times[what] += times
                self.seeds[what] += 1
                self.first.setdefault(what, seed)

    def results(self) -> list[Met]:
        """Give each condition with how far it was met."""
        return [
            Met(
                each,
                self.times[each.what],
                self.seeds[each.what],
                max(1, math.ceil(each.part * self.count)),
                self.first.get(each.what),
            )
            for each in self.conditions
        ]

    def report(self) -> str:
        """Say of each condition how far it was met, those that were not first."""
        results = sorted(self.results(), key=lambda met: (met.is_met, met.condition.what))
        missing = sum(not met.is_met for met in results)
        head = f"{self.count} seeds: {len(results) - missing} of {len(results)} conditions met"
        return "\n".join([head, *(f"  {met}" for met in results)])

    def check(self) -> None:
        """Raise NotMet, with the whole report, where a condition was not met."""
        if not all(met.is_met for met in self.results()):
            raise NotMet(self.report())


def every_kind(kinds: Iterable[str], times: int = 20) -> list[Condition]:
    """Make the conditions that each kind of fault struck so often."""
    return [Condition(f"fault {kind}", times) for kind in sorted(kinds)]
