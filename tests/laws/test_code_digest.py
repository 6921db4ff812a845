"""Editing any file the step depends on is another digest and another result, never a stale one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import tickwise
from tickwise.core._cache import source_digest

PACKAGE = Path(tickwise.__file__).parent

RUN = """
import json, sys
sys.path.insert(0, sys.argv[1])
from oracles.bots import W1_EXITS, quiet
from oracles.chain import trades_of
from oracles.tapes import chunk_of, tape
from tickwise.kernels.generated import code_digest
from tickwise.session.assembly import assembled, strategies_of

bots = [quiet("trend_pullback", params={"warm_up_bars": 20}, exits={"time_stop_s": 300})]
quotes = tape(chunk_of(71, 8_000, step_ms=1_500, odd=False))
session = assembled(bots, quotes)
session.feed(quotes.read())
print(json.dumps([code_digest(strategies_of(bots)[0]), session.decision_digest, trades_of(session)]))
"""

EDITS = {
    "core/indicators/ema.py": ("2.0 / (period + 1.0)", "2.5 / (period + 1.0)"),
    "core/exits.py": ("floor(distance + 0.5)", "floor(distance + 1.5)"),
}
"""A file deep in the core, and an edit of it that changes what is traded."""


def run(source: Path, cache: Path) -> Any:
    """Run in a process of its own, with a copy of the package and a cache of its own."""
    ran = subprocess.run(
        [sys.executable, "-c", RUN, str(Path(__file__).parents[1])],
        env={**os.environ, "PYTHONPATH": str(source), "TICKWISE_CACHE_DIR": str(cache)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.slow
def test_an_edit_of_a_file_of_the_core_is_another_digest_and_another_result(tmp_path: Path) -> None:
    source, cache = tmp_path / "source", tmp_path / "cache"
    shutil.copytree(PACKAGE, source / "tickwise", ignore=shutil.ignore_patterns("__pycache__"))
    runs = [run(source, cache)]
    for name, (old, new) in EDITS.items():
        path = source / "tickwise" / name
        edit(path, old, new)
        runs.append(run(source, cache))
        edit(path, new, old)
    codes, decisions, trades = zip(*runs, strict=True)
    assert len(set(codes)) == len(set(decisions)) == len(runs)
    assert all(each != trades[0] for each in trades[1:])
    assert len(trades[0]) > 10
    assert run(source, cache) == runs[0]


def test_the_digest_of_the_core_sees_every_one_of_its_files(tmp_path: Path) -> None:
    folder = tmp_path / "core"
    shutil.copytree(PACKAGE / "core", folder, ignore=shutil.ignore_patterns("__pycache__"))
    whole = source_digest(folder)
    files = sorted(folder.rglob("*.py"))
    assert len(files) > 70
    for path in files:
        text = path.read_bytes()
        path.write_bytes(text + b"# \n")
        assert source_digest(folder) != whole, path
        path.write_bytes(text)
    assert source_digest(folder) == whole
    files[0].rename(files[0].with_name("renamed.py"))
    assert source_digest(folder) != whole


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("core/booking.py", "price - side * rounded(order.stop)", "price - side * rounded(order.stop + 1.0)"),
        ("core/fills.py", "touch + side * slippage_of", "touch + side + side * slippage_of"),
        ("core/market.py", "frame.low = min(frame.low, low)", "frame.low = min(frame.low, low) - 4"),
        ("core/mix.py", "0x1E3779B97F4A7C15", "0x1E3779B97F4A7C17"),
        ("core/strategies/trend_pullback.py", "bar.low <= fast.value", "bar.low <= fast.value - 40.0"),
        ("kernels/generated.py", "Generated; not to be edited.", "Generated, and not to be edited."),
    ],
)
def test_an_edit_anywhere_else_is_never_a_stale_result(tmp_path: Path, name: str, old: str, new: str) -> None:
    source, cache = tmp_path / "source", tmp_path / "cache"
    shutil.copytree(PACKAGE, source / "tickwise", ignore=shutil.ignore_patterns("__pycache__"))
    before = run(source, cache)
    edit(source / "tickwise" / name, old, new)
    after = run(source, cache)
    fresh = run(source, tmp_path / "another")
    assert after == fresh
    if name not in ("core/mix.py", "kernels/generated.py"):
        assert (before[0] != after[0], before[2] != after[2]) == (True, True)
