"""aiohttp's own client and server over the network in memory: unmodified, fast, and the same anywhere."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path
from unittest.mock import patch

import aiohttp.connector
import pytest

from sim.scenarios import heartbeats, requests, unsteady
from sim.trace import first_difference
from sim.world import World, played

TESTS = Path(__file__).parents[1]


def test_a_thousand_requests_use_one_connection():
    done = played(requests, 1, keeps_trace=True)
    lines = done.trace.lines or []
    assert sum("'opens'" in line for line in lines) == 1
    assert sum("HTTP/1.1 201 Created" in line for line in lines) == 100


def test_a_stream_lives_for_an_hour_in_no_time():
    before = time.process_time()
    done = played(heartbeats, 1)
    assert done.result > 4300
    assert time.process_time() - before < 10.0


def test_clients_and_servers_survive_everything_that_can_happen_to_bytes():
    done = played(unsteady, 3)
    counted = done.result
    assert counted["lines"] > 5000
    assert counted["answers"] > 1000
    assert counted["failures"] > 10
    assert counted["number"] >= counted["answers"]
    assert counted["number"] >= counted["raised"]


DIGEST = """
import sys
from sim import scenarios
from sim.world import played
print(played(getattr(scenarios, sys.argv[1]), int(sys.argv[2])).digest)
"""


def digest_elsewhere(scenario: str, seed: int, hash_seed: int) -> str:
    """Run a seed in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", DIGEST, scenario, str(seed)],
        cwd=TESTS,
        env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize("scenario", ["heartbeats", "unsteady"])
def test_a_seed_is_the_same_run_in_every_process(scenario: str):
    first = digest_elsewhere(scenario, 7, hash_seed=1)
    assert first == digest_elsewhere(scenario, 7, hash_seed=4242)
    assert first != digest_elsewhere(scenario, 8, hash_seed=1)


def test_a_seed_is_the_same_run_again_in_one_process():
    one, other = (played(unsteady, 11, keeps_trace=True) for _ in range(2))
    assert first_difference(one.trace, other.trace) == ""
    assert one.counts == other.counts


def test_nothing_of_a_run_reads_the_machines_clock_or_chance():
    """Whoever reads a clock or draws outside the table of `libraries` is caught by its file."""
    callers: set[str] = set()

    def watched(real):  # type: ignore[no-untyped-def]
        def read(*args, **said):  # type: ignore[no-untyped-def]
            caller = sys._getframe(1).f_code.co_filename
            if "/sim/" not in caller:
                callers.add(f"{caller} {real.__name__}")
            return real(*args, **said)

        return read

    names = ("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns")
    patches = [patch.object(time, name, watched(getattr(time, name))) for name in names]
    patches += [patch.object(os, "urandom", watched(os.urandom))]
    patches += [patch.object(random, name, watched(getattr(random, name))) for name in ("random", "shuffle")]
    patches += [patch.object(aiohttp.connector, "monotonic", watched(time.monotonic))]
    for each in patches:
        each.start()
    try:
        played(unsteady, 5)
    finally:
        for each in patches:
            each.stop()
    assert callers == set()


def test_libraries_have_their_clock_and_chance_back_after_a_run():
    async def reads(world: World) -> float:
        return aiohttp.connector.monotonic()

    before = random.getstate()
    assert played(reads, 1).result == 0.0
    assert aiohttp.connector.monotonic is time.monotonic
    assert random.getstate() == before
    assert not hasattr(aiohttp.connector, "set")
