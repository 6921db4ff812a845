"""A kernel compiled in two halves at once."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from oracles.bots import quiet
from oracles.tapes import chunk_of, tape
from tickwise.core.compiled import JIT
from tickwise.kernels import halves
from tickwise.kernels.strategy_file import BUILT_IN
from tickwise.session.assembly import assembled

FAST_SCALP = BUILT_IN / "fast_scalp.py"

RUN = """
import json, sys
from tickwise.kernels import halves
halves.core_is_free = lambda: sys.argv[1] == "yes"
sys.path.insert(0, sys.argv[2])
from oracles.bots import quiet
from oracles.tapes import chunk_of, tape
from tickwise.session.assembly import assembled
of = tape(chunk_of(5, 2_000))
session = assembled([quiet("fast_scalp")], of)
for part in of.chunks():
    session.feed(part)
kernel = session.kernel
found = {
    "digest": session.decision_digest,
    "moment_loaded": sum(kernel.moment.stats.cache_hits.values()),
    "moment_compiled": sum(kernel.moment.stats.cache_misses.values()),
    "attend": [kernel.attend.signatures == [halves.attend_types()], len(kernel.attend.signatures)],
}
sys.stdout.write(json.dumps(found))
"""


def test_a_kernel_names_the_files_of_its_strategies() -> None:
    assert assembled([quiet("fast_scalp")], tape(chunk_of(5, 100))).kernel.STRATEGIES == (FAST_SCALP,)


@pytest.mark.skipif(not JIT, reason="without the compiler nothing is compiled")
def test_the_types_of_each_half_are_as_many_as_it_takes() -> None:
    kernel = assembled([quiet("fast_scalp")], tape(chunk_of(5, 100))).kernel
    assert len(halves.attend_types()) == len(inspect.signature(kernel.attend.py_func).parameters)
    assert len(halves.moment_types()) == len(inspect.signature(kernel.moment.py_func).parameters)


def test_where_no_core_is_free_nothing_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = assembled([quiet("fast_scalp")], tape(chunk_of(5, 100))).kernel
    monkeypatch.setattr(halves, "core_is_free", lambda: False)
    monkeypatch.setattr(subprocess, "Popen", None)
    halves.compile_halves(kernel, kernel.STRATEGIES)


@pytest.mark.slow
@pytest.mark.skipif(not JIT, reason="without the compiler nothing is compiled")
def test_two_halves_make_the_kernel_that_one_process_makes(tmp_path: Path) -> None:
    found = {}
    for answer in ("yes", "no"):
        told = {**os.environ, "TICKWISE_CACHE_DIR": str(tmp_path / answer)}
        command = [sys.executable, "-c", RUN, answer, str(Path(__file__).parents[1])]
        ended = subprocess.run(command, env=told, capture_output=True, text=True, check=True)
        found[answer] = json.loads(ended.stdout)
    assert (found["yes"]["moment_loaded"], found["yes"]["moment_compiled"]) == (1, 0)
    assert (found["no"]["moment_loaded"], found["no"]["moment_compiled"]) == (0, 1)
    assert found["yes"]["attend"] == found["no"]["attend"] == [True, 1]
    assert found["yes"]["digest"] == found["no"]["digest"]
