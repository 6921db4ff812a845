"""The command `quality`: tables for people, JSON for scripts, one line for what cannot be done."""

from __future__ import annotations

import shutil
from pathlib import Path

from cli.commands import Run
from cli.sessions import SESSION, Held
from oracles.entries_made import MONDAY
from research.quality_made import SECOND, entering, leaving, opened, recorded, written
from tickwise.cli import quality


def test_the_help_has_an_example_and_says_which_way_slippage_counts(run: Run) -> None:
    ended = run("quality", "--help")
    assert ended.code == 0
    assert "Example: tickwise quality --since 7d" in " ".join(ended.out.split())
    assert quality.EXAMPLE.startswith("Example: tickwise quality")
    assert "above zero is worse" in " ".join(ended.out.split())


def test_a_session_on_paper_fills_as_its_exchange_assumes_and_says_that_it_is_no_venue(
    held: Held, run: Run
) -> None:
    ended = run("quality", "--db", held.journal)
    lines = ended.out.splitlines()
    found = run("quality", "--db", held.journal, "--json", "-").json
    trades = run("trades", "--db", held.journal, "--limit", "1000", "--json", "-").json["trades"]
    (entries,) = [each for each in found["tables"]["all"] if each["group"] == "entries"]
    assert ended.code == 0
    assert lines[0] == (
        f"{found['orders']} orders; an entry fills +0.10 pips from its touch after 250 ms, in the median"
    )
    assert "- on paper the simulated exchange answered: its assumptions come back, no" in ended.out
    assert max(map(len, lines)) <= 80
    assert entries["filled"] == len(trades)
    assert entries["to_fill_ms"] == {"rows": len(trades), "median": 250.0, "p90": 250.0, "p99": None}
    assert found["quotes_unknown"] == 0
    assert (found["sessions"], found["environment"]) == ([SESSION], "paper")


def test_only_the_bot_and_the_time_asked_for_are_told_of(held: Held, run: Run) -> None:
    whole = run("quality", "--db", held.journal, "--json", "-").json
    part = run("quality", "--db", held.journal, "--since", "10m", "--json", "-").json
    none = run("quality", "--db", held.journal, "--bot", "nobody")
    assert 0 < part["orders"] < whole["orders"]
    assert (none.code, none.out.splitlines()[0]) == (0, "no order was decided on")


def test_too_few_orders_are_said_to_be_too_few(run: Run, tmp_path: Path) -> None:
    journal = written(tmp_path / "journal.db", [opened(), *entering(1, MONDAY)])
    ended = run("quality", "--db", journal)
    assert ended.out.splitlines()[0] == ("1 order, too few filled entries for a median: 1, and 5 are needed")
    assert "oanda practice" in ended.out.splitlines()[1]
    assert "few (1)" in ended.out


def test_a_recording_that_lies_elsewhere_is_named_with_its_session(
    held: Held, run: Run, tmp_path: Path
) -> None:
    copy = shutil.copy(held.recording, tmp_path / "copy.recording")
    found = run("quality", "--session", SESSION, "--tape", copy, "--db", held.journal, "--json", "-").json
    assert found == run("quality", "--session", SESSION, "--db", held.journal, "--json", "-").json
    ended = run("quality", "--tape", copy, "--db", held.journal)
    assert (ended.code, ended.error) == (
        2,
        "--tape is the recording of one session: name it with --session",
    )


def test_what_cannot_be_read_is_one_line(held: Held, run: Run, tmp_path: Path) -> None:
    no_tape = run("quality", "--session", SESSION, "--tape", tmp_path / "none", "--db", held.journal)
    assert (no_tape.code, no_tape.error) == (2, f"{tmp_path}/none: no such recording")
    no_session = run("quality", "--session", "none", "--db", held.journal)
    assert no_session.code == 2
    assert no_session.error.startswith("no session none in this journal; the newest are ")
    (tmp_path / "there.json").write_text("")
    there = run("quality", "--db", held.journal, "--json", tmp_path / "there.json")
    assert there.code == 2
    assert there.error.endswith("it is there already: choose another name, or give --force")


def test_a_fill_whose_quote_no_recording_has_is_counted(run: Run, tmp_path: Path) -> None:
    left = MONDAY + SECOND
    entries = [opened(), *entering(1, MONDAY), *leaving(1, left, wanted=110_010, price=110_008)]
    journal = written(tmp_path / "journal.db", entries)
    assert "no recording has the decision's quote of 1 fills: no mid" in run("quality", "--db", journal).out
    tape = recorded(tmp_path / "s1.tape", (left, 110_010, 110_014))
    ended = run("quality", "--session", "s1", "--tape", tape, "--db", journal)
    assert "no recording has" not in ended.out


def test_what_orders_at_a_venue_say_of_simulated_fills_is_shown_and_written(run: Run, tmp_path: Path) -> None:
    entries = [each for k in range(1, 7) for each in entering(k, MONDAY + k * SECOND, answered=41)]
    journal = written(tmp_path / "journal.db", [opened(), *entries])
    out = tmp_path / "fills.toml"
    ended = run("quality", "--db", journal, "--write", out)
    found = run("quality", "--db", journal, "--json", "-").json
    assert (ended.code, ended.err) == (0, f"{out}: 2 settings of [fills]\n")
    assert "latency_ms 41 median of 6 fills" in " ".join(ended.out.split())
    assert found["fills"][0] == {
        "name": "latency_ms",
        "value": 41.0,
        "rows": 6,
        "says": "median of 6 fills",
    }
    lines = out.read_text().splitlines()
    assert lines[0] == "# What 6 orders say of simulated fills: oanda practice,"
    assert lines[2:4] == ["[fills]", "latency_ms = 41.0  # median of 6 fills"]
    assert "# slippage_pips: too few: 0 of the 5 rows that are needed" in lines
    again = run("quality", "--db", journal, "--write", out)
    assert again.error == f"{out}: it is there already: choose another name, or give --force"


def test_what_supports_no_setting_is_not_written(held: Held, run: Run, tmp_path: Path) -> None:
    out = tmp_path / "fills.toml"
    paper = run("quality", "--db", held.journal, "--write", out)
    assert paper.code == 2
    assert paper.err == (
        f"error: {out}: not written: the orders were on paper, and they support no setting of [fills]\n"
    )
    assert run("quality", "--db", held.journal, "--json", "-").json["fills"] == []
    few = written(tmp_path / "journal.db", [opened(), *entering(1, MONDAY)])
    assert run("quality", "--db", few, "--write", out).err.endswith(
        "too few orders were filled, and they support no setting of [fills]\n"
    )
    assert not out.exists()
