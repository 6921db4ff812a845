"""The command `run`: paper on a tape decides as the backtest does, and writes everything down."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cli.commands import EXAMPLES, Run, typed

PAPER = EXAMPLES / "fastscalp_paper.toml"


@pytest.fixture(autouse=True)
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the journal in the test's own folder."""
    path = tmp_path / "journal.db"
    monkeypatch.setenv("TICKWISE_DB", str(path))
    return path


def test_paper_on_a_tape_decides_what_the_backtest_decides(tape: Path, run: Run) -> None:
    wanted = run("backtest", PAPER, "--data", tape, "--json", "-").json
    found = run("run", PAPER, "--feed", f"tape:{tape}", "--json", "-").json
    assert found["trades"] == wanted["trades"] > 20
    for name in ("decision_digest", "net_pnl", "quotes", "outcomes", "evaluations", "summary", "caps"):
        assert found[name] == wanted[name], name


def test_on_a_real_tape_too_at_a_retail_venues_spreads(real_data: Path, run: Run) -> None:
    tape = real_data / "quotes" / "eurusd_dukascopy_20190204.parquet"
    wanted = run("backtest", PAPER, "--data", tape, "--json", "-").json
    found = run("run", PAPER, "--feed", f"tape:{tape}", "--json", "-").json
    assert found["trades"] == wanted["trades"] == 211
    assert found["decision_digest"] == wanted["decision_digest"]


def test_the_end_says_what_it_came_to_why_not_more_and_how_to_replay_it(
    tape: Path, run: Run, journal: Path
) -> None:
    ended = run("run", PAPER, "--feed", f"tape:{tape}")
    lines = ended.out.splitlines()
    assert ended.code == 0
    assert " trades, " in lines[0]
    assert lines[0].endswith(" USD net")
    assert [line for line in lines if line in ("Why not more", "Written down")] == [
        "Why not more",
        "Written down",
    ]
    assert f"journal   {journal}" in lines
    assert lines[-1] == "replay it: tickwise replay 5c581b30-1"
    assert journal.is_file()
    assert (journal.parent / "tapes" / "5c581b30-1.recording").is_file()
    assert "fastscalp-paper must win 66 to 81 % against the soft stop of 5 pips" in ended.err
    assert max(len(line) for line in lines if str(journal.parent) not in line) <= 80


def test_each_run_is_a_session_of_its_own(tape: Path, run: Run) -> None:
    short = ("run", PAPER, "--set", "gates.spread_pips_max=0.1", "--feed", f"tape:{tape}", "--json", "-")
    assert [run(*short).json["session"] for _ in range(2)] == ["5c581b30-1", "5c581b30-2"]


def test_caps_that_starve_a_bot_are_the_first_line(tape: Path, run: Run) -> None:
    ended = run("run", PAPER, "--set", "gates.spread_pips_max=0.1", "--feed", f"tape:{tape}")
    assert " ".join(ended.out.split()).startswith(
        "0 trades: gates.spread_pips_max = 0.1 lets 0.00 % of the quotes of EUR_USD through, so this bot will"
    )


def test_a_bot_that_is_not_enabled_does_not_run(tape: Path, run: Run) -> None:
    ended = run("run", PAPER, "--set", "enabled=false", "--feed", f"tape:{tape}")
    assert ended.code == 2
    assert ended.error == "fastscalp-paper: enabled = false, so there is no bot to run"


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (("--feed", "oandaa"), "--feed oandaa: there is no such feed; write tape:FILE"),
        (("--feed", "tape"), "--feed tape: write it like tape:FILE"),
        (
            ("--feed", "tape:{tape}", "--speed", "0"),
            "--speed 0: write a number above zero, such as 1 or 60, or max",
        ),
        (
            ("--feed", "tape:{tape}", "--speed", "fast"),
            "--speed fast: write a number above zero, such as 1 or 60, or max",
        ),
        (("--feed", "tape:no.parquet"), "no.parquet: there is no such file"),
    ],
)
def test_what_cannot_be_meant_is_one_line(
    options: tuple[str, ...], error: str, tape: Path, run: Run, journal: Path
) -> None:
    ended = run("run", PAPER, *(each.format(tape=tape) for each in options))
    assert ended.code == 2
    assert ended.error.startswith(error)
    assert not journal.exists()


def test_a_tape_is_played_at_the_speed_asked_for(tape: Path, run: Run) -> None:
    whole = run("run", PAPER, "--feed", f"tape:{tape}", "--json", "-").json
    paced = run("run", PAPER, "--feed", f"tape:{tape}", "--speed", "3600", "--json", "-").json
    assert paced["seconds"] >= 3599.75 / 3600
    assert paced["decision_digest"] == whole["decision_digest"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send to another process")
def test_an_interrupt_closes_the_session_in_order(tape: Path, tmp_path: Path, journal: Path) -> None:
    command = [sys.executable, "-m", "tickwise", "run", str(PAPER), "--feed", f"tape:{tape}", "--speed", "30"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path
    ) as process:
        recording = journal.parent / "tapes" / "5c581b30-1.recording"
        while not recording.exists() or recording.stat().st_size < 1_000:
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert process.returncode == 130
    assert "replay it: tickwise replay 5c581b30-1" in out
    assert err.splitlines()[-1] == "interrupted; no file was left half written"
    assert typed("replay", "--json", "-").json["is_equal"] is True


def test_a_journal_that_somebody_writes_is_not_taken(tape: Path, run: Run, journal: Path) -> None:
    from tickwise.journal.inline import InlineJournal

    held = InlineJournal(journal, owner="session other", ts=1)
    ended = run("run", PAPER, "--feed", f"tape:{tape}")
    held.close()
    assert ended.code == 2
    assert "already written by process" in ended.err.splitlines()[-1]
