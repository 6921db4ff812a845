"""The commands of `tickwise journal`: what is written is shown as it was, and a change of it is named."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pytest

from cli.commands import Run
from cli.sessions import SESSION, Held
from oracles.journals import tampered


@pytest.fixture
def copy(held: Held, tmp_path: Path) -> Path:
    """Give a journal that a test may change."""
    return Path(shutil.copy(held.journal, tmp_path / "journal.db"))


def test_a_journal_as_it_was_written_holds(held: Held, run: Run) -> None:
    ended = run("journal", "verify", "--db", held.journal)
    assert ended.code == 0
    assert ended.out.startswith("the chain holds: ")
    assert ended.out.splitlines()[0].endswith(" entries, none changed, none missing")
    found = run("journal", "verify", "--db", held.journal, "--json", "-").json
    assert (found["holds"], found["bad_entry"], found["fault"]) == (True, None, None)
    assert ended.out.splitlines()[1] == f"ends in {found['digest']}"


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("UPDATE entries SET ts = ts + 1 WHERE seq = 12", "entry 12 is not what was written"),
        ("DELETE FROM entries WHERE seq = 12", "entry 12 is missing: after 11 comes 13"),
        ("DELETE FROM entries WHERE seq > 12", "the journal ends at entry 12, but "),
    ],
)
def test_the_first_bad_entry_is_named(copy: Path, run: Run, sql: str, says: str) -> None:
    tampered(copy, sql)
    ended = run("journal", "verify", "--db", copy)
    assert ended.code == 1
    assert ended.out.startswith(says)
    assert run("journal", "verify", "--db", copy, "--json", "-").json["holds"] is False


def test_a_file_that_is_damaged_does_not_verify(copy: Path, run: Run) -> None:
    content = bytearray(copy.read_bytes())
    content[20_480:24_576] = bytes(4_096)
    copy.write_bytes(content)
    assert run("journal", "verify", "--db", copy).code == 1


def test_tables_are_folded_again_to_what_they_were(copy: Path, run: Run) -> None:
    ended = run("journal", "rebuild", "--db", copy)
    assert ended.code == 0
    assert ended.out.endswith(" entries folded again; every table came out as it was\n")


def test_tables_that_were_changed_are_mended_and_named(copy: Path, run: Run) -> None:
    tampered(copy, "UPDATE trades SET pnl = pnl + 1")
    assert run("journal", "rebuild", "--db", copy).out.endswith(
        " entries folded again; not what the entries say, and mended now: trades\n"
    )
    assert run("journal", "rebuild", "--db", copy).out.endswith("every table came out as it was\n")


def test_a_rebuild_makes_no_journal(run: Run, tmp_path: Path) -> None:
    ended = run("journal", "rebuild", "--db", tmp_path / "none.db")
    assert ended.code == 2
    assert ended.error.endswith("there is no journal here; `tickwise run` makes one")
    assert list(tmp_path.iterdir()) == []


def test_the_newest_entries_are_shown_but_those_of_each_second(held: Held, run: Run) -> None:
    ended = run("journal", "entries", "--db", held.journal, "--limit", "5")
    lines = ended.out.splitlines()
    assert ended.code == 0
    assert lines[1].split() == ["entry", "time", "event", "kind", "says"]
    assert len(lines) == 7
    assert " session_closed  session=5c581b30-1 reason=the tape" in lines[-1]
    assert not {"counted", "tape_written", "snapshot_taken"} & set(ended.out.split())
    assert max(map(len, lines)) <= 80


def test_every_entry_is_there_for_a_script_from_any_on(held: Held, run: Run) -> None:
    command = ("journal", "entries", "--db", held.journal, "--all", "--json", "-")
    first = run(*command, "--after", "0", "--limit", "3").json["entries"]
    assert [each["seq"] for each in first] == [1, 2, 3]
    assert first[0]["kind"] == "session_opened"
    assert first[0]["session"] == SESSION
    assert first[0]["time"] == "2019-02-04T11:00:00.000000000Z"
    newest = run(*command, "--limit", "1").json["entries"]
    after = run(*command, "--after", str(newest[0]["seq"] - 1)).json["entries"]
    assert after == newest


def test_entries_of_a_kind_are_found(held: Held, run: Run) -> None:
    command = ("journal", "entries", "--db", held.journal, "--kind", "intent", "--limit", "3", "--json", "-")
    found = run(*command).json["entries"]
    assert [each["kind"] for each in found] == ["intent"] * 3
    ended = run("journal", "entries", "--db", held.journal, "--kind", "intents")
    assert ended.error == "--kind intents: no such choice; did you mean intent?"


def test_trades_and_signals_are_exported_exactly(held: Held, run: Run, tmp_path: Path) -> None:
    target = tmp_path / "trades.csv"
    ended = run("journal", "export", "trades", target, "--db", held.journal)
    trades = list(csv.DictReader(target.read_text().splitlines()))
    assert ended.code == 0
    assert ended.err == f"wrote {len(trades)} trades to {target}\n"
    listed = run("trades", "--db", held.journal, "--limit", "1000", "--json", "-").json["trades"]
    assert [float(each["pnl"]) for each in trades] == [each["pnl"] for each in reversed(listed)]
    assert [each["position"] for each in trades] == [each["position"] for each in reversed(listed)]
    signals = run("journal", "export", "signals", "-", "--db", held.journal).out
    assert len(list(csv.DictReader(io.StringIO(signals)))) >= len(trades) > 5
    assert list(tmp_path.iterdir()) == [target]


def test_an_export_of_a_span_has_no_others(held: Held, run: Run) -> None:
    command = ("journal", "export", "trades", "-", "--db", held.journal)
    whole = run(*command).out.splitlines()
    early = run(*command, "--until", "2019-02-04T11:10").out.splitlines()
    late = run(*command, "--since", "2019-02-04T11:10").out.splitlines()
    last = run(*command, "--since", "5m").out.splitlines()
    assert early[0] == late[0] == whole[0]
    assert early[1:] + late[1:] == whole[1:]
    assert 0 < len(last[1:]) < len(late[1:])


def test_no_export_is_written_over_without_force(held: Held, run: Run, tmp_path: Path) -> None:
    target = tmp_path / "trades.csv"
    target.write_text("precious")
    ended = run("journal", "export", "trades", target, "--db", held.journal)
    assert (ended.code, target.read_text()) == (2, "precious")
    assert run("journal", "export", "trades", target, "--db", held.journal, "--force").code == 0


def test_sessions_are_listed_with_what_they_came_to(held: Held, run: Run) -> None:
    ended = run("journal", "sessions", "--db", held.journal)
    head, line, *_ = ended.out.splitlines()
    assert head.split() == ["session", "opened", "closed", "trades", "net", "where"]
    assert line.split()[:4] == [SESSION, "2019-02-04", "11:00", "11:24"]
    (found,) = run("journal", "sessions", "--db", held.journal, "--json", "-").json["sessions"]
    assert (found["reason"], found["environment"]) == ("the tape ended", "paper")
    assert found["venue"] == f"tape:{held.tape}"
    assert found["recording"] == str(held.recording)
