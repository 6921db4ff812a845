"""Each usual mistake gets one line: where, what is wrong, what to do; with the compiler or without."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from mistakes import BESIDE, COMPILED, LOADED, WHOLE, Mistake

from tickwise.kernels.complaint import check
from tickwise.kernels.strategy_file import load

HERE = Path(__file__).parent


def test_the_whole_strategy_has_nothing_to_complain_about(write: Callable[..., Path]) -> None:
    check(load(write(text=WHOLE + BESIDE)))


@pytest.mark.parametrize("name", LOADED)
def test_a_mistake_that_shows_as_the_file_is_loaded(
    name: str, write: Callable[..., Path], told: Callable[[Path], str]
) -> None:
    mistake = LOADED[name]
    assert told(write((mistake.was, mistake.now))) == mistake.told


@pytest.mark.parametrize("name", COMPILED)
def test_a_mistake_that_shows_as_the_functions_are_compiled(
    name: str, write: Callable[..., Path], told: Callable[[Path], str]
) -> None:
    mistake = COMPILED[name]
    assert told(write((mistake.was, mistake.now), text=WHOLE + BESIDE)) == mistake.told


def expected(mistake: Mistake) -> str:
    return mistake.told if mistake.plainly is None else mistake.plainly


def test_with_the_compiler_off_the_same_mistakes_are_told_as_far_as_they_show(tmp_path: Path) -> None:
    env = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    said = subprocess.run(
        [sys.executable, HERE / "tell.py", tmp_path], env=env, capture_output=True, text=True, check=True
    )
    assert json.loads(said.stdout) == {name: expected(mistake) for name, mistake in COMPILED.items()}
