"""Conditions over a set of seeds: what is counted, what is missing, and how that is told."""

from __future__ import annotations

import pytest

from sim.chance import Chance
from sim.faults import Phases, planned
from sim.network_faults import NETWORK_FAULTS
from sim.scenarios import unsteady
from sim.sometimes import Condition, NotMet, Sometimes, every_kind
from sim.world import World, played


def test_a_condition_is_met_by_its_sum_and_by_its_part_of_the_seeds():
    counted = Sometimes([Condition("sent", 5), Condition("unknown that later filled", part=0.2)])
    for seed in range(10):
        counted.add(seed, {"sent": seed % 3, "unknown that later filled": int(seed in (4, 9))})
    counted.check()
    assert [(met.times, met.seeds, met.seed) for met in counted.results()] == [(9, 6, 1), (2, 2, 4)]


def test_what_was_counted_often_in_too_few_seeds_is_not_met():
    counted = Sometimes([Condition("halted", 5, part=0.5)])
    for seed in range(4):
        counted.add(seed, {"halted": 100 if seed == 3 else 0})
    with pytest.raises(NotMet) as failed:
        counted.check()
    assert str(failed.value) == (
        "4 seeds: 0 of 1 conditions met\n"
        "  NOT MET halted: 100 times in 1 seeds, first in seed 3; wanted 5 times and in 2 seeds"
    )


def test_what_never_happened_stands_first_in_the_report():
    counted = Sometimes([Condition("a"), Condition("b"), Condition("c", 2)])
    counted.add(7, {"a": 1, "c": 2})
    assert counted.report().splitlines() == [
        "1 seeds: 2 of 3 conditions met",
        "  NOT MET b: 0 times in 0 seeds, never; wanted 1 times",
        "  met     a: 1 times in 1 seeds, first in seed 7; wanted 1 times",
        "  met     c: 2 times in 1 seeds, first in seed 7; wanted 2 times",
    ]


def test_no_seed_meets_nothing():
    with pytest.raises(NotMet, match="0 seeds: 0 of 1"):
        Sometimes([Condition("a")]).check()


@pytest.mark.slow
def test_every_kind_of_fault_of_the_network_strikes_over_forty_seeds():
    async def nothing(world: World) -> None:
        for name in ("rest", "prices", "transactions"):
            world.network.link(name)
        await world.faults()

    counted = Sometimes(every_kind(NETWORK_FAULTS))
    for seed in range(40):
        counted.add(seed, played(nothing, seed).counts)
    counted.check()


def test_faults_reach_the_bytes_and_all_recover_when_they_are_over():
    """A fault that strikes a link nobody uses tests nothing: what befell bytes is counted by itself."""
    phases = Phases(60.0, 1200.0, 60.0)

    async def scenario(world: World) -> dict[str, float]:
        return await unsteady(world, phases.end_s)

    befell = ("reset", "cut", "lose", "sliced", "stalled", "refused", "hung")
    counted = Sometimes(
        [Condition(f"rest {what}", 10) for what in befell]
        + [Condition(f"prices {what}", 30) for what in ("lose", "stalled", "reset", "cut", "sliced")]
        + [Condition("name not found", 30), Condition("rest lose", part=0.8)]
    )
    brutal = [seed for seed in range(60) if planned(Chance(seed), NETWORK_FAULTS, phases).is_brutal]
    for seed in brutal:
        done = played(scenario, seed, phases=phases)
        counted.add(seed, done.counts)
        assert phases.end_s - done.result["last_line_s"] < 1.0, done.plan
        assert phases.end_s - done.result["last_answer_s"] < 15.0, done.plan
    counted.check()
