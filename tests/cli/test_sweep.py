"""The command `sweep`: the table, the map, JSON for scripts, and Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cli.commands import EXAMPLES, Run

W1 = (EXAMPLES / "reference_w1.toml", "--set", "gates.spread_pips_max=2.0")
VARY = ("--vary", "params.threshold_pips=0.4:1.2:0.4", "--vary", "exits.target_pips=0.8,1.0")


def test_the_best_sets_are_shown_beside_their_neighbours(tape: Path, run: Run) -> None:
    ended = run("sweep", *W1, *VARY, "--data", tape)
    lines = ended.out.splitlines()
    assert ended.code == 0
    assert " ".join(ended.out.split()).startswith("best of 6 sets by net_pnl: params.threshold_pips = ")
    headings = [line for line in lines if line and line[0].isalpha() and lines[lines.index(line) - 1] == ""]
    assert headings == [
        "The best by net_pnl",
        "The steadiest: the lesser of its own score and its neighbours' median",
        "net_pnl: params.threshold_pips across, exits.target_pips down",
        "What to doubt",
    ]
    assert "the tape holds one trading day" in ended.out
    assert max(map(len, lines)) <= 80


def test_json_is_one_object_with_the_figures_of_the_whole_grid(tape: Path, run: Run, tmp_path: Path) -> None:
    out = tmp_path / "found.parquet"
    found = run("sweep", *W1, *VARY, "--data", tape, "--json", "-", "--out", out).json
    frame = pd.read_parquet(out)
    assert (found["sets"], found["evaluations"]) == (6, 6 * 14_400)
    assert found["trades"] == frame["trades"].sum() > 0
    assert found["net_pnl"] == pytest.approx(frame["net_pnl"].sum(), abs=1e-6)
    assert found["evaluations_per_s"] > 0
    assert found["best"][0]["score"] == frame["net_pnl"].max()


def test_a_map_is_drawn_into_a_file(tape: Path, run: Run, tmp_path: Path) -> None:
    picture = tmp_path / "map.svg"
    two = ("--heat", "exits.target_pips,params.threshold_pips", "--svg", picture)
    assert run("sweep", *W1, *VARY, "--data", tape, *two).code == 0
    assert picture.read_text().startswith("<svg xmlns=")
    assert picture.read_text().count("<rect") == 1 + 6


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ((), "nothing is varied: say what, such as --vary params.threshold_pips=0.4,0.6"),
        (("--vary", "exits.target_pip=1"), "did you mean exits.target_pips?"),
        (("--vary", "exits.target_pips=2:1:1"), "a range goes up from FIRST to LAST by a STEP above 0"),
        ((*VARY, "--search", "best"), "search = best: choose grid or random"),
        ((*VARY, "--by", "luck"), "choose from net_pnl, sharpe, profit_factor"),
        ((*VARY, "--tries", "3"), "--tries goes with --search random"),
        (
            (*VARY, "--heat", "a,b", "--json", "-"),
            "no map of a: two of params.threshold_pips, exits.target_pips",
        ),
    ],
)
def test_wrong_usage_is_one_line(tape: Path, run: Run, given: tuple[str, ...], says: str) -> None:
    ended = run("sweep", *W1, *given, "--data", tape)
    assert ended.code == 2
    assert says in ended.error


def test_a_sweep_without_a_tape_says_how_to_name_one(run: Run) -> None:
    ended = run("sweep", EXAMPLES / "sweeps" / "reference_w3.toml")
    assert ended.error == "no tape is given: name one with --data, or as `data` in the sweep's file"


@pytest.mark.slow
def test_ctrl_c_keeps_what_is_done_and_the_same_command_goes_on(tape: Path, tmp_path: Path) -> None:
    """Ctrl-C goes to the command alone: its processes are of another group, as they are at a terminal."""
    out, whole = tmp_path / "found.csv", tmp_path / "whole.csv"
    kept = tmp_path / "found.csv.unfinished"
    grid = ("--vary", "params.threshold_pips=0.2:4.0:0.025", "--processes", "2", "--data", str(tape))
    command = [sys.executable, "-m", "tickwise", "sweep", *map(str, W1), *grid, "--json", "-", "--out"]
    told = {**os.environ, "COLUMNS": "80"}
    running = subprocess.Popen([*command, str(out)], stdout=-1, stderr=-1, text=True, env=told)
    while running.poll() is None and (not kept.exists() or kept.read_bytes().count(b"\n") < 4):
        pass
    running.send_signal(signal.SIGINT)
    said = running.communicate()[1]
    done = len(kept.read_bytes().splitlines()) - 1
    assert running.returncode == 130
    first, second = said.splitlines()
    count, _, says = first.partition(" ")
    assert int(count) in (16 * done, 16 * (done - 1))  # the last may be kept and not yet counted
    assert says == "of 153 sets were done and are kept: the same command goes on from there"
    assert second == "interrupted; no file was left half written"
    again = subprocess.run([*command, str(out)], capture_output=True, text=True, env=told, check=True)
    fresh = subprocess.run([*command, str(whole)], capture_output=True, text=True, env=told, check=True)
    assert out.read_bytes() == whole.read_bytes()
    assert not kept.exists()
    assert figures(again.stdout) == figures(fresh.stdout)


def figures(out: str) -> dict[str, Any]:
    """Give what a sweep found, without how long it took."""
    found = json.loads(out)
    return {name: value for name, value in found.items() if name not in ("seconds", "evaluations_per_s")}
