"""The local OANDA, its weather and a bad network: one seed is one run, and what was lost comes back."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.faults import Phases
from sim.oanda_hour import oanda_hour
from sim.trace import first_difference
from sim.world import played

TESTS = Path(__file__).parents[1]
SHORT = Phases(60.0, 900.0, 120.0)

DIGEST = """
import sys
from sim.oanda_hour import oanda_hour
from sim.world import played
print(played(oanda_hour, int(sys.argv[1])).digest)
"""


def digest_elsewhere(seed: int, hash_seed: int) -> str:
    """Run a seed's hour in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", DIGEST, str(seed)],
        cwd=TESTS,
        env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_a_seeds_hour_is_the_same_in_every_process():
    assert digest_elsewhere(4, hash_seed=1) == digest_elsewhere(4, hash_seed=987)


@pytest.mark.parametrize("seed", [0, 6])
def test_a_brutal_seed_is_the_same_run_again(seed: int):
    one, other = (played(oanda_hour, seed, phases=SHORT, keeps_trace=True) for _ in range(2))
    assert one.plan.is_brutal
    assert first_difference(one.trace, other.trace) == ""
    assert one.counts == other.counts
    assert one.result["answers"] > 50
    assert one.result["failures"] > 5
    assert one.result["pricing"] > 100
