"""The command `report` and the option `--report`: one file that says what came of a run."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from cli.commands import EXAMPLES, Run, typed

W1 = (EXAMPLES / "reference_w1.toml", "--set", "gates.spread_pips_max=2.0")


def given(path: Path) -> Any:
    """Give the object the page's script is given."""
    found = re.search(r'<script id="run" type="application/json">(.*?)</script>', path.read_text(), re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def test_a_report_is_written_and_named_with_its_sentence(tape: Path, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "w1.html"
    ended = run("report", *W1, "--data", tape, "--to", path)
    found = run("backtest", *W1, "--data", tape, "--json", "-").json
    assert (ended.code, ended.out) == (0, "")
    assert " ".join(ended.err.split()).replace("- ", "-").endswith(found["summary"])
    assert len(given(path)["trades"]["net"]) == found["trades"] > 0
    assert given(path)["changes"] is None


def test_a_backtest_writes_the_same_report_beside_its_summary(tape: Path, run: Run, tmp_path: Path) -> None:
    one, two = tmp_path / "one.html", tmp_path / "two.html"
    run("report", *W1, "--data", tape, "--to", one)
    ended = run("backtest", *W1, "--data", tape, "--report", two)
    assert ended.code == 0
    assert "Taken for granted" in ended.out
    assert one.read_bytes() == two.read_bytes()


def test_two_processes_write_the_same_bytes(tape: Path, tmp_path: Path) -> None:
    for seed in ("1", "2"):
        ended = typed(
            "report", *W1, "--data", tape, "--to", tmp_path / f"{seed}.html",
            "--against-set", "exits.target_pips=1.5", environ={"PYTHONHASHSEED": seed},
        )  # fmt: skip
        assert ended.code == 0
    assert (tmp_path / "1.html").read_bytes() == (tmp_path / "2.html").read_bytes()


def test_a_setting_is_held_against_another(tape: Path, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "w1.html"
    against = ("--against-set", "exits.target_pips=1.5")
    assert run("report", *W1, "--data", tape, "--to", path, *against).code == 0
    was, now = (
        run("backtest", *W1, *more, "--data", tape, "--json", "-").json["trades"]
        for more in (("--set", "exits.target_pips=1.5"), ())
    )
    changes = given(path)["changes"]
    had = [sum(net is not None for net in changes[name]) for name in ("was", "now")]
    assert min(had) > 0
    assert had[1] - had[0] == now - was
    assert '<th scope="row" class="words">exits.target_pips</th>' in path.read_text()


def test_a_bot_is_held_against_another(tape: Path, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "w1.html"
    against = ("--against", EXAMPLES / "bollinger_reversion.toml")
    assert run("report", *W1, "--data", tape, "--to", path, *against).code == 0
    assert '<th scope="row" class="words">strategy</th>' in path.read_text()


def test_a_file_that_is_there_is_kept_unless_force_is_given(tape: Path, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "kept.html"
    path.write_text("mine")
    for command in (
        ("report", *W1, "--data", tape, "--to", path),
        ("backtest", *W1, "--data", tape, "--report", path),
    ):
        ended = run(*command)
        assert ended.code == 2
        assert ended.error == f"{path}: it is there already: choose another name, or give --force"
        assert path.read_text() == "mine"
    assert run("report", *W1, "--data", tape, "--to", path, "--force").code == 0
    assert path.read_text().startswith("<!doctype html>")


def test_a_report_needs_a_file_of_its_own(tape: Path, run: Run) -> None:
    ended = run("report", *W1, "--data", tape, "--to", "-")
    assert ended.code == 2
    assert ended.error == "a report is written to a file: name it, such as report.html"


def test_a_folder_that_is_not_there_is_told_before_anything_is_run(
    tape: Path, run: Run, tmp_path: Path
) -> None:
    where = tmp_path / "none" / "a.html"
    ended = run("backtest", *W1, "--data", tape, "--report", where)
    assert ended.code == 2
    assert ended.error == f"{where}: there is no folder {where.parent}: make it first"


def test_a_real_day_is_told_whole(real_data: Path, run: Run, tmp_path: Path) -> None:
    day, path = real_data / "quotes" / "eurusd_dukascopy_20190204.parquet", tmp_path / "day.html"
    assert run("report", *W1, "--data", day, "--to", path).code == 0
    found = given(path)
    (instrument,) = found["instruments"]
    assert len(found["trades"]["net"]) == 552
    assert round(sum(found["trades"]["net"]), 6) == -195.60
    assert (found["equity"]["balance"][0], found["equity"]["balance"][-1]) == (100_000.0, 99_804.40)
    assert found["span_s"] == 5
    assert instrument["s"] == sorted(set(instrument["s"]))
    assert len(instrument["s"]) <= 86_400 // 5
