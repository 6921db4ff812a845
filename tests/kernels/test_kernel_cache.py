"""A kernel is compiled once, found again by the next process, and never the wrong one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tickwise.core._cache import CACHE_DIR
from tickwise.kernels.generated import drop_old_kernels

RUNS = Path(__file__).with_name("runs.py")

TOOLS = '"""Tools."""\n\n\ndef factor():\n    return 1.0\n'

WITH_TOOLS = (
    ("from math import sqrt\n", "from tools import factor\n"),
    ("return distance >= params.threshold", "return distance >= factor() * params.threshold"),
)


def begun(cache: Path, *paths: Path) -> subprocess.Popen[str]:
    env = {**os.environ, "TICKWISE_CACHE_DIR": str(cache)}
    command = [sys.executable, str(RUNS), *map(str, paths)]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(process: subprocess.Popen[str]) -> dict[str, Any]:
    said, trouble = process.communicate()
    assert process.returncode == 0, trouble
    told: dict[str, Any] = json.loads(said)
    return told


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a cache folder of this file's own, with a space in its path, and no kernel in it."""
    folder = tmp_path_factory.mktemp("a cache")
    without = shutil.ignore_patterns("kernels*", "*.tmp*")
    shutil.copytree(CACHE_DIR, folder / "compiled" / CACHE_DIR.name, ignore=without)
    return folder


@pytest.fixture
def mine(tmp_path: Path, write: Callable[..., Path]) -> Path:
    """Give a strategy with a module beside it, in a folder with a space in its path."""
    folder = tmp_path / "my bots"
    folder.mkdir()
    write(*WITH_TOOLS, name="my bots/mine.py")
    (folder / "tools.py").write_text(TOOLS, encoding="utf-8")
    return folder / "mine.py"


def test_a_kernel_is_compiled_once_and_an_edit_is_another_kernel(cache: Path, mine: Path) -> None:
    first, at_once = (ended(each) for each in [begun(cache, mine), begun(cache, mine)])
    assert first["trades"] > 10
    assert first["cache"].startswith(str(cache))
    assert (first["kernel"], first["digest"]) == (at_once["kernel"], at_once["digest"])

    again = ended(begun(cache, mine))
    assert (again["hits"], again["misses"]) == (1, 0)
    assert again["digest"] == first["digest"]

    mine.with_name("tools.py").write_text(TOOLS.replace("1.0", "1.8"), encoding="utf-8")
    edited = ended(begun(cache, mine))
    assert edited["kernel"] != first["kernel"]
    assert (edited["hits"], edited["misses"]) == (0, 1)
    assert 0 < edited["trades"] < first["trades"]

    mine.with_name("tools.py").write_text(TOOLS, encoding="utf-8")
    restored = ended(begun(cache, mine))
    assert (restored["kernel"], restored["hits"], restored["digest"]) == (first["kernel"], 1, first["digest"])


def test_a_cache_that_cannot_be_written_falls_back_to_a_temporary_one(tmp_path: Path, mine: Path) -> None:
    """A file stands where the folder is to be: that stops an administrator's process too."""
    (tmp_path / "blocked").write_text("")
    env = {**os.environ, "TICKWISE_CACHE_DIR": str(tmp_path / "blocked"), "TMPDIR": str(tmp_path)}
    text = "from tickwise.core._cache import CACHE_DIR; print(CACHE_DIR.is_dir(), CACHE_DIR)"
    said = subprocess.run([sys.executable, "-c", text], env=env, capture_output=True, text=True, check=True)
    there, _, folder = said.stdout.partition(" ")
    assert there == "True"
    assert Path(folder).is_relative_to(tmp_path)


def test_only_the_kernels_used_last_are_kept(tmp_path: Path) -> None:
    folder = tmp_path / "kernels"
    code = tmp_path / "kernels_0123"
    folder.mkdir()
    code.mkdir()
    for age in range(5):
        (folder / f"tickwise_kernel_{age}.py").write_text("")
        (code / f"tickwise_kernel_{age}.quotes-1.py311.nbi").write_text("")
        (code / f"tickwise_kernel_{age}.quotes-1.py311.1.nbc").write_text("")
        os.utime(folder / f"tickwise_kernel_{age}.py", (1000 - age, 1000 - age))
    drop_old_kernels(folder, keep=2)
    assert sorted(path.stem for path in folder.iterdir()) == ["tickwise_kernel_0", "tickwise_kernel_1"]
    assert {path.name.partition(".")[0] for path in code.iterdir()} == {
        "tickwise_kernel_0",
        "tickwise_kernel_1",
    }
    drop_old_kernels(folder, keep=2)
    assert len(list(code.iterdir())) == 4
