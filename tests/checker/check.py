"""Hold a run against every invariant there is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from checker import (  # noqa: F401  each lists its invariants
    bare,
    configs,
    day_loss,
    facts,
    halts,
    keeping,
    orders,
    pace,
    payload,
    positions,
    protection,
    recovery,
    states,
)
from checker.case import Case
from checker.invariants import INVARIANTS, Violation

SHOWN = 20


class Violated(AssertionError):
    """A run broke an invariant; the message names each: which, when, which order, and what was expected."""

    def __init__(self, found: Sequence[Violation]) -> None:
        more = f"\nand {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        super().__init__("\n".join(map(str, found[:SHOWN])) + more)
        self.found = tuple(found)


def found_in(case: Case, only: Iterable[str] = ()) -> list[Violation]:
    """Give everything that does not hold, in the order in which it happened."""
    names = tuple(only) or tuple(INVARIANTS)
    found = [violation for name in names for violation in INVARIANTS[name](case)]
    return sorted(found, key=lambda violation: (violation.ts, violation.invariant))


def check(case: Case, only: Iterable[str] = ()) -> None:
    """Raise Violated where anything does not hold."""
    found = found_in(case, only)
    if found:
        raise Violated(found)
