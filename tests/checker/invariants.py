"""Invariants by their numbers, and how one that does not hold is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import NamedTuple, TypeAlias

from checker.case import Case
from checker.world import SECOND


class Violation(NamedTuple):
    """An invariant does not hold: when, for which order or thing, and what was expected."""

    invariant: str
    ts: int
    about: str
    says: str

    def __str__(self) -> str:
        return f"{self.invariant} at {shown(self.ts)}, {self.about or '-'}: {self.says}"


def shown(ts: int) -> str:
    """Write a time for a person, to the nanosecond."""
    if not 0 <= ts < 2**62:
        return str(ts)
    return f"{datetime.fromtimestamp(ts // SECOND, UTC):%Y-%m-%d %H:%M:%S}.{ts % SECOND:09d}"


Found: TypeAlias = Iterable[tuple[int, str, str]]
"""What a check finds: the time, what it is about, and what was expected and is not so."""

INVARIANTS: dict[str, Callable[[Case], list[Violation]]] = {}
"""Every invariant by its number."""


def invariant(number: str) -> Callable[[Callable[[Case], Found]], Callable[[Case], list[Violation]]]:
    """Make a check of what a function finds, and list it under its number."""

    def made(find: Callable[[Case], Found]) -> Callable[[Case], list[Violation]]:
        def check(case: Case) -> list[Violation]:
            return [Violation(number, *each) for each in find(case)]

        check.__doc__ = find.__doc__
        assert number not in INVARIANTS, f"{number} stands twice"
        INVARIANTS[number] = check
        return check

    return made
