"""A process that is killed loses nothing it was told is durable, whenever it is killed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from oracles.entries_drawn import drawn_entries
from oracles.folding import Folded
from oracles.journals import entries_of, tables_of

TESTS = Path(__file__).parents[1]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="children are forked")


def killed(place: str, kills: int, seed: int) -> list[tuple[int, int]]:
    """Kill a writer so often; give what was acknowledged and what was found, each time."""
    done = subprocess.run(
        [sys.executable, "-m", "oracles.killed", place, str(kills), str(seed)],
        cwd=TESTS,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [tuple(map(int, line.split())) for line in done.stdout.splitlines()]  # type: ignore[misc]


def check(place: str, kills: int, seed: int) -> None:
    """Kill, and hold the whole journal against what was to be written."""
    counts = killed(place, kills, seed)
    assert len(counts) == kills
    assert counts[-1][1] > kills, "the children got somewhere"
    entries = drawn_entries(seed, 40 * kills)[: counts[-1][1]]
    assert entries_of(place) == entries
    assert tables_of(place) == Folded(entries).tables()


def test_twenty_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    check(str(tmp_path / "a.db"), 20, 5)


def test_kills_lose_nothing_that_a_server_acknowledged(postgres: str) -> None:
    check(postgres, 5, 6)


@pytest.mark.slow
def test_a_hundred_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    check(str(tmp_path / "a.db"), 100, 7)
