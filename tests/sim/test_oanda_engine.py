"""The engine at the local OANDA through seeds of faults: nothing is violated, and planted bugs are found."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from sim import bugs, many, oanda_engine
from sim.planted import PLANTED
from sim.trace import first_difference
from sim.world import played

SEEDS_OF_AN_HOUR = 20
SEEDS_OF_A_HUNT = 60
"""Three times what the bug that hides best took."""


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


@pytest.mark.slow
def test_each_planted_bug_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert len(PLANTED) == 16
    hunts = list(bugs.all_hunted(PLANTED, SEEDS_OF_A_HUNT, 2))
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(map(str, hunts)) + "\n")
    assert [each.bug for each in hunts if not each.seeds] == []


@pytest.mark.slow
def test_without_a_bug_the_seeds_of_a_hunt_hold() -> None:
    assert [failure for seed in range(10) if (failure := bugs.failure_of(seed))] == []
