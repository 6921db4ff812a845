"""The core decides the same with the compiler off, and in every process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from oracles import told

SCRIPT = Path(told.__file__)
FIRST, COUNT, FEW = 100, 16, 4


def in_a_process(*what: str, count: int = COUNT, **variables: str) -> Any:
    """Run the worlds in a process of its own."""
    ran = subprocess.run(
        [sys.executable, str(SCRIPT), str(FIRST), str(count), *what],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.fixture(scope="module")
def here() -> Any:
    """Run the worlds in this process, compiled."""
    return json.loads(json.dumps([told.told(seed) for seed in range(FIRST, FIRST + COUNT)]))


def test_plain_python_decides_what_the_compiled_code_decides(here: Any) -> None:
    plain = in_a_process(NUMBA_DISABLE_JIT="1")
    for compiled, interpreted in zip(here, plain, strict=True):
        assert interpreted == compiled
    assert sum(len(each["trades"]) for each in plain) > 50


def test_another_process_decides_the_same(here: Any) -> None:
    assert in_a_process(PYTHONHASHSEED="1") == here


def test_plain_python_books_what_the_compiled_code_books_of_a_venues_answers() -> None:
    plain = in_a_process("answers", count=FEW, NUMBA_DISABLE_JIT="1")
    assert plain == json.loads(json.dumps([told.told_answers(FIRST + at) for at in range(FEW)]))
    assert sum(len(each["trades"]) for each in plain) > 10
