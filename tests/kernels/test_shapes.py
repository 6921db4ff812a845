"""Every shape of a strategy the contract allows goes into one kernel, and decides as plain Python does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import runs
from shapes import SHAPES

from tickwise.kernels.complaint import check
from tickwise.kernels.strategy_file import load


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("shapes")
    for name, text in SHAPES.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return [str(folder / f"{name}.py") for name in SHAPES]


def test_each_shape_keeps_the_contract(files: list[str]) -> None:
    for path in files:
        check(load(Path(path)))


def test_each_shape_trades_and_plain_python_decides_the_same(files: list[str]) -> None:
    compiled = runs.told(*files)
    assert min(compiled["by_bot"]) > 0
    env = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    command = [sys.executable, runs.__file__, *files]
    said = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    plain = json.loads(said.stdout)
    assert (plain["digest"], plain["by_bot"]) == (compiled["digest"], compiled["by_bot"])
