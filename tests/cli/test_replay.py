"""The command `replay`: every decision again from journal and tape, or the first that differs."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from cli.commands import Run, typed
from cli.sessions import SESSION, Held
from tickwise.market_data.recording import ROW


def test_a_session_replays_to_the_decisions_it_made(held: Held, run: Run) -> None:
    ended = run("replay", "--db", held.journal)
    first, second, third = ended.out.splitlines()
    assert ended.code == 0
    assert first.startswith("100 % of 1,")
    assert first.endswith(" intents among them")
    assert second.startswith(f"session {SESSION}, 6,000 events in ")
    assert third.startswith("decisions ")


def test_a_script_is_told_the_digests_and_that_they_are_equal(held: Held, run: Run) -> None:
    found = run("replay", SESSION, "--db", held.journal, "--json", "-").json
    assert found["is_equal"] is True
    assert found["events"] == 6_000
    assert found["decision_digest"] == found["recorded_digest"]
    assert (found["difference"], found["tape_problem"], found["ended_early"]) == ("", "", "")


def test_another_process_decides_the_same_with_the_recording_elsewhere(held: Held, tmp_path: Path) -> None:
    copy = shutil.copy(held.recording, tmp_path / "copy.recording")
    ended = typed("replay", "--tape", copy, "--db", held.journal, cwd=tmp_path)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("100 % of ")


def test_a_changed_tape_is_named_with_the_first_difference(held: Held, run: Run, tmp_path: Path) -> None:
    bytes_ = bytearray(held.recording.read_bytes())
    start = bytes_.index(b"\n") + 1
    for at in range(3_000, 3_400):
        bytes_[start + at * ROW.itemsize + ROW.fields["ask"][1]] ^= 0x20
    copy = tmp_path / "copy.recording"
    copy.write_bytes(bytes_)
    ended = run("replay", "--tape", copy, "--db", held.journal)
    lines = ended.out.splitlines()
    assert ended.code == 1
    assert lines[0].startswith("not equal after ")
    assert lines[1].startswith("event 30")
    assert lines[2].startswith("the tape was changed or cut between event ")


def test_a_tape_that_was_cut_says_where_it_ends(held: Held, run: Run, tmp_path: Path) -> None:
    whole = held.recording.read_bytes()
    copy = tmp_path / "copy.recording"
    copy.write_bytes(whole[: whole.index(b"\n") + 1 + 2_000 * ROW.itemsize])
    ended = run("replay", "--tape", copy, "--db", held.journal)
    assert ended.code == 1
    assert "the tape ends at event 2000, the journal goes on to 2001" in ended.out


def test_settings_of_now_do_not_change_what_was_decided_then(
    held: Held, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TICKWISE_ORDERS_PREFIX", "other-")
    monkeypatch.setenv("TICKWISE_GATES_SPREAD_PIPS_MAX", "0.1")
    assert run("replay", "--db", held.journal).code == 0


def test_a_journal_of_other_code_is_not_replayed(held: Held, run: Run, tmp_path: Path) -> None:
    journal = shutil.copy(held.journal, tmp_path / "journal.db")
    with sqlite3.connect(journal) as database:
        (body,) = database.execute("SELECT body FROM entries WHERE seq = 1").fetchone()
        digest = body.index(b'"code_digest":"') + len(b'"code_digest":"')
        other = body[:digest] + b"0" * 64 + body[digest + 64 :]
        database.execute("UPDATE entries SET body = ? WHERE seq = 1", (other,))
    ended = run("replay", "--db", journal)
    assert ended.code == 2
    assert ended.error.startswith(f"session {SESSION} was decided by other code (version ")


def test_a_session_that_is_not_there_is_one_line(held: Held, run: Run) -> None:
    ended = run("replay", "none", "--db", held.journal)
    assert ended.code == 2
    assert ended.error.startswith("no session none in this journal: `tickwise journal sessions` lists them")


def test_where_there_is_no_journal_is_one_line(run: Run, tmp_path: Path) -> None:
    ended = run("replay", "--db", tmp_path / "none.db")
    assert ended.code == 2
    assert ended.error == f"{tmp_path}/none.db: there is no journal here; `tickwise run` makes one"
