"""Journals with a story, and what is told of them."""

from __future__ import annotations

from pathlib import Path

from oracles.entries_made import MONDAY
from tickwise.journal import entries as j
from tickwise.journal.database import run_once
from tickwise.journal.inline import InlineJournal
from tickwise.notify.follower import Follower

SECOND = 1_000_000_000


def written(folder: Path, *entries: j.Entry) -> Path:
    """Write a journal, or more of one."""
    path = folder / "journal.db"
    journal = InlineJournal(path, owner="test", ts=MONDAY)
    for entry in entries:
        journal.append(entry)
    journal.close()
    return path


def told(path: Path) -> list[tuple[str, str, str, str]]:
    """Give title, line, instrument and bot of everything that a whole journal tells."""
    page = run_once(path, Follower(0).read)
    assert page.is_last
    return [(each.kind.title, each.says, each.instrument, each.bot) for each in page.notices]
