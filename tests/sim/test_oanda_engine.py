"""The engine at the local OANDA through seeds of faults: nothing is violated, and planted bugs are found."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from sim import bugs, many, oanda_engine
from sim.planted import ABOUT, PLANTED
from sim.trace import first_difference
from sim.world import played

SEEDS_OF_AN_HOUR = 20

FOUND_AT = {
    "M1": (0, "I5"),
    "M2": (1, "I4"),
    "M3": (6, "I3"),
    "M7": (1, "I9"),
    "M9": (2, "I19"),
    "M10": (1, "I40"),
    "M12": (0, "I1"),
    "M13": (0, "I2"),
    "M14": (3, "I15"),
    "M15": (7, "I39"),
    "M20": (1, "I19"),
    "M22": (7, "I31"),
}
"""A seed at which the checker finds a planted bug, and the invariant that does; `sim.bugs` looks for more."""

STOPPED_AT = {
    "M4": (3, "ended once more"),
    "M5": (0, "was filled already"),
    "M6": (3, "was filled already"),
    "M8": (3, "ended without evidence"),
}
"""A seed at which a law of the journal stops a planted bug before the checker sees it, and what it says."""


def test_a_seed_with_kills_is_the_same_run_again_and_holds() -> None:
    one, other = (
        played(oanda_engine.oanda_engine, 3, menu=bugs.HUNT, phases=bugs.PHASES, keeps_trace=True)
        for _ in range(2)
    )
    assert first_difference(one.trace, other.trace) == ""
    assert one.counts == other.counts
    assert one.counts["fault kill"] > 0
    assert one.counts["Filled"] > 10


@pytest.mark.parametrize("story", [oanda_engine.lost_reply, oanda_engine.read_too_early])
def test_what_was_sent_and_not_answered_is_never_sent_again(story: Any) -> None:
    counts = played(story, 1, **story.said).counts
    assert counts["unknown that later filled"] > 0


@pytest.mark.slow
def test_hours_of_faults_violate_nothing() -> None:
    failed = [each.failed for each in many.all_ran("oanda_engine", range(SEEDS_OF_AN_HOUR), 2) if each.failed]
    assert failed == []


@cache
def clean(seed: int, is_late: bool) -> bugs.Verdict:
    """Run a seed of a hunt without a bug."""
    return bugs.verdict_of(seed, is_late=is_late)


def test_each_planted_bug_has_a_seed() -> None:
    assert sorted({**FOUND_AT, **STOPPED_AT}) == sorted(PLANTED)
    assert [bug for bug, (_, by) in FOUND_AT.items() if by not in ABOUT[bug]] == []


@pytest.mark.slow
@pytest.mark.parametrize("bug", FOUND_AT)
def test_a_planted_bug_is_found_by_what_it_is_about(bug: str) -> None:
    seed, by = FOUND_AT[bug]
    assert by in bugs.verdict_of(seed, bug).violated
    assert clean(seed, bug in bugs.LATE) == bugs.Verdict(frozenset(), "", "")


@pytest.mark.slow
@pytest.mark.parametrize("bug", STOPPED_AT)
def test_a_planted_bug_is_stopped_by_the_journal(bug: str) -> None:
    seed, law = STOPPED_AT[bug]
    assert law in bugs.verdict_of(seed, bug).stopped
    assert clean(seed, bug in bugs.LATE) == bugs.Verdict(frozenset(), "", "")
