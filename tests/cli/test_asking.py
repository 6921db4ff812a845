"""Asking where nobody listens says so at once, and asks for nothing."""

from __future__ import annotations

from pathlib import Path

from cli.commands import typed
from oracles.entries_made import MONDAY
from tickwise.journal import schema
from tickwise.journal.database import run_once
from tickwise.journal.inline import InlineJournal
from tickwise.journal.opening import is_written
from tickwise.journal.place import place_of


def test_without_an_engine_nothing_is_asked_and_it_is_said_at_once(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    InlineJournal(path, owner="a test", ts=MONDAY).close()
    ended = typed("pause", "--wait", 60, environ={"TICKWISE_DB": str(path)})
    assert (ended.code, ended.out) == (1, f"skipped: no engine runs on {path}: nothing was asked\n")
    assert run_once(path, lambda c: list(c.execute(schema.commands.select()))) == []


def test_a_journal_is_written_as_long_as_its_writer_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    assert is_written(place_of(path)) is False
    writer = InlineJournal(path, owner="a test", ts=MONDAY)
    assert is_written(place_of(path)) is True
    writer.close()
    assert is_written(place_of(path)) is False
