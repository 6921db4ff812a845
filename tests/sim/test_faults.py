"""Faults: what a seed draws, that they begin and end, how a failure is told and shrunk to what it needs."""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter
from dataclasses import replace

import pytest

from sim import again
from sim.chance import Chance
from sim.faults import Fault, Kind, Phases, planned
from sim.link import CLEAN
from sim.network_faults import NETWORK_FAULTS
from sim.shrink import shrink
from sim.world import SeedFailed, World, played

SHORT = Phases(warm_up_s=10.0, safety_s=600.0, liveness_s=60.0)


def test_a_plan_is_the_seeds_alone():
    assert planned(Chance(5), NETWORK_FAULTS) == planned(Chance(5), NETWORK_FAULTS)
    assert planned(Chance(5), NETWORK_FAULTS) != planned(Chance(6), NETWORK_FAULTS)


def test_faults_keep_to_their_phase_and_are_numbered_in_order():
    for seed in range(50):
        plan = planned(Chance(seed), NETWORK_FAULTS)
        assert [fault.number for fault in plan.faults] == list(range(1, len(plan.faults) + 1))
        assert list(plan.faults) == sorted(plan.faults, key=lambda fault: (fault.at_s, fault.number))
        assert all(300.0 <= fault.at_s < 3900.0 for fault in plan.faults)
        assert all(fault.target in NETWORK_FAULTS[fault.kind].targets for fault in plan.faults)


def test_seeds_are_a_swarm_and_one_in_ten_is_brutal():
    plans = [planned(Chance(seed), NETWORK_FAULTS) for seed in range(400)]
    kinds = [len({fault.kind for fault in plan.faults}) for plan in plans]
    assert 4 < sum(kinds) / len(kinds) < 12
    assert 20 < sum(plan.is_brutal for plan in plans) < 65
    mild = [len(plan.faults) for plan in plans if not plan.is_brutal]
    brutal = [len(plan.faults) for plan in plans if plan.is_brutal]
    assert sum(brutal) / len(brutal) > 8 * sum(mild) / len(mild)


def test_a_new_kind_of_fault_leaves_the_others_where_they_were():
    def without_numbers(menu: dict[str, Kind]) -> list[Fault]:
        return [replace(fault, number=0) for fault in planned(Chance(9), menu).faults if fault.kind != "new"]

    more = {**NETWORK_FAULTS, "new": Kind(("",), (1.0, 2.0), per_hour=10.0)}
    assert without_numbers(more) == without_numbers(NETWORK_FAULTS)


def test_streams_of_chance_do_not_touch_each_other():
    one, other = Chance(3), Chance(3)
    other.stream("market").random()
    assert one.stream("faults").random() == other.stream("faults").random()
    assert one.stream("faults") is one.stream("faults")
    assert Chance(3).stream("market").random() != Chance(3).stream("faults").random()


@pytest.mark.slow
def test_every_fault_begins_and_ends_and_all_is_well_when_they_are_over():
    on: Counter[str] = Counter()
    off: Counter[str] = Counter()
    menu = {
        **NETWORK_FAULTS,
        "own": Kind(
            ("a", "b"),
            (1.0, 1000.0),
            per_hour=30.0,
            begin=lambda world, fault: on.update([fault.target]),
            end=lambda world, fault: off.update([fault.target]),
        ),
    }

    async def scenario(world: World) -> None:
        for name in ("rest", "prices", "transactions"):
            world.network.link(name)
        await world.faults(SHORT.calm_at_s + 1.0)
        assert not world._faults.active
        for link in world.network.links.values():
            assert link.quality == {"up": CLEAN, "down": CLEAN}
            assert (link.stalled, link.refuses, link.hangs) == ({"up": 0, "down": 0}, 0.0, 0.0)
        assert not world.network.dead_names

    for seed in range(20):
        done = played(scenario, seed, menu=menu, phases=SHORT)
        assert sum(fault.kind == "own" for fault in done.plan.faults) == done.counts["fault own"]
    assert on == off
    assert min(on.values()) > 5


def test_faults_that_overlap_on_one_link_lie_upon_each_other():
    plan = [
        Fault(1, "slices", "rest", 10.0, 20.0, 0.0),
        Fault(2, "slow", "rest", 15.0, 30.0, 4.0),
        Fault(3, "slow", "prices", 16.0, 30.0, 4.0),
    ]

    async def scenario(world: World) -> list[tuple[float, int, float]]:
        link = world.network.link("rest")
        for fault in plan:
            world.loop.call_at(fault.at_s, world._faults.begin, fault)
        seen = []
        for at_s in (12.0, 16.0, 31.0, 46.0):
            await asyncio.sleep(at_s - world.now())
            seen.append(
                (link.quality["up"].sliced, link.quality["up"].piece_max, link.quality["up"].jitter_s)
            )
        return seen

    assert played(scenario, 1, only=[]).result == [
        (1.0, 1, 0.003),
        (1.0, 1, 2.0),
        (0.0, 200, 2.0),
        (0.0, 200, 0.003),
    ]


def test_swizzling_stalls_all_links_and_restores_them():
    async def scenario(world: World) -> list[dict[str, int]]:
        links = [world.network.link(name) for name in ("rest", "prices", "transactions")]
        world._faults.begin(Fault(1, "swizzle", "", 0.0, 60.0, 0.0))
        seen = []
        for at_s in (30.0, 60.0):
            await asyncio.sleep(at_s - world.now())
            seen.append([link.stalled["up"] for link in links])
        return seen

    assert played(scenario, 1, only=[]).result == [[1, 1, 1], [0, 0, 0]]


# How a failure is told.


async def fails_from_two(world: World) -> None:
    """Fail where a reset of the requests and one of the prices have struck."""
    await world.faults(SHORT.end_s)
    struck = {(fault.kind, fault.target) for fault in world.plan.faults}
    assert not {("reset", "rest"), ("reset", "prices")} <= struck, "two resets"


fails_from_two.said = {"phases": SHORT}  # type: ignore[attr-defined]


def first_failing() -> SeedFailed:
    """Find a seed that fails."""
    for seed in range(1000):
        try:
            played(fails_from_two, seed, phases=SHORT)
        except SeedFailed as failure:
            if len(failure.plan.faults) > 8:
                return failure
    raise AssertionError("no seed fails")


def test_a_failure_names_its_seed_its_commit_its_faults_and_the_command_that_repeats_it():
    failure = first_failing()
    seed = failure.plan.seed
    first, second, *faults = str(failure).splitlines()
    assert re.match(
        rf"seed {seed} at commit ([0-9a-f]{{12}}( with changes)?|unknown) failed at 670\.000000 s: Assert",
        first,
    )
    assert second == f"again: uv run python tests/sim/again.py {__name__}:fails_from_two {seed}"
    assert len(faults) == len(failure.plan.faults) + 1


@pytest.mark.slow
def test_the_command_repeats_a_failure_and_shrinks_it(capsys: pytest.CaptureFixture[str]):
    seed = first_failing().plan.seed
    assert again.main([f"{__name__}:fails_from_two", str(seed), "--shrink"]) == 1
    said = capsys.readouterr().out
    assert "2 faults are enough" in said
    told = said[said.index("2 faults are enough") :]
    numbers = ",".join(re.findall(r"^  (\d+): reset", told, re.MULTILINE))
    assert again.main([f"{__name__}:fails_from_two", str(seed), "--only", numbers]) == 1
    assert f"{seed} --only {numbers}" in capsys.readouterr().out
    assert again.main([f"{__name__}:fails_from_two", str(seed), "--only", "none"]) == 0


def test_the_command_runs_a_seed_twice_and_writes_what_happened(tmp_path, capsys):
    assert again.main(["sim.scenarios:requests", "1", "--twice", "--trace", str(tmp_path / "trace")]) == 0
    assert "the two runs are the same" in capsys.readouterr().out
    assert len((tmp_path / "trace").read_text().splitlines()) > 2000


# Shrinking.


@pytest.mark.parametrize("needed", [[3], [0, 99], [5, 6, 7], [10, 50, 90, 91], []])
def test_what_is_left_is_what_a_failure_needs(needed: list[int]):
    found = shrink(range(100), lambda faults: set(needed) <= set(faults))
    assert found.left == needed
    assert found.is_minimal
    assert found.runs < 120


def test_shrinking_ends_where_a_failure_depends_on_how_many_there_are():
    found = shrink(range(64), lambda faults: len(faults) >= 5)
    assert len(found.left) == 5
    assert found.is_minimal


def test_shrinking_stops_at_its_bound_and_what_is_left_still_fails():
    draw = random.Random(1)
    needed = set(draw.sample(range(200), 40))
    found = shrink(range(200), lambda faults: needed <= set(faults), runs_max=50)
    assert needed <= set(found.left)
    assert (found.runs, found.is_minimal) == (50, False)


def test_a_run_that_does_not_fail_cannot_be_shrunk():
    with pytest.raises(AssertionError, match="does not fail"):
        shrink([1, 2], lambda faults: False)
