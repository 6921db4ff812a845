"""Tables thrown away and folded again are the same; tampering with the stored chain is found and named."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oracles.entries_drawn import drawn_entries
from oracles.entries_made import made
from oracles.folding import Folded
from oracles.journals import entries_of, tables_of, tampered
from tickwise.errors import JournalBusy, JournalDamaged, JournalImpossible
from tickwise.journal import commits
from tickwise.journal.chain import canonical
from tickwise.journal.entries import ENTRIES_VERSION, Entry, Intent, Sent, SessionOpened
from tickwise.journal.folds import FOLDED
from tickwise.journal.inline import InlineJournal
from tickwise.journal.maintenance import rebuilt, verified
from tickwise.journal.rebuild import Rebuilt
from tickwise.journal.schema import TABLES
from tickwise.journal.writer import ThreadedJournal

Open = Callable[..., ThreadedJournal]
COUNT = itertools.count()


def kept(place: str | Path, entries: list[Entry]) -> None:
    """Write a journal and close it."""
    journal = ThreadedJournal(place, owner="t", ts=1)
    for entry in entries:
        journal.append(entry)
    journal.close()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**6), st.integers(0, 400), st.integers(1, 50))
def test_tables_folded_again_are_the_same(tmp_path: Path, seed: int, count: int, page: int) -> None:
    path = tmp_path / f"{next(COUNT)}.db"
    entries = drawn_entries(seed, count)
    journal = InlineJournal(path, owner="t", ts=1)
    for entry in entries:
        journal.append(entry)
    journal.close()
    was = tables_of(path)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("tickwise.journal.rebuild.PAGE", page)
        patched.setattr("tickwise.journal.folds.rows.KEPT_MAX", 5)
        assert rebuilt(path, owner="t") == Rebuilt(count, ())
    assert tables_of(path) == was == Folded(entries).tables()


def test_a_rebuild_mends_the_tables_and_names_those_that_were_wrong(place: str) -> None:
    entries = drawn_entries(4, 250)
    kept(place, entries)
    tampered(place, "UPDATE orders SET status = 'filled'")
    tampered(place, "DELETE FROM trades")
    assert rebuilt(place, owner="t").differed == ("orders", "trades")
    assert tables_of(place) == Folded(entries).tables()
    assert rebuilt(place, owner="t") == Rebuilt(250, ())


def test_a_rebuild_waits_for_nobody_who_writes(threaded: Open, place: str) -> None:
    threaded()
    with pytest.raises(JournalBusy):
        rebuilt(place, owner="t")


def test_a_rebuild_tells_how_far_it_is(tmp_path: Path) -> None:
    kept(tmp_path / "a.db", drawn_entries(4, 30))
    told: list[tuple[int, int]] = []
    rebuilt(tmp_path / "a.db", owner="t", progress=lambda done, whole: told.append((done, whole)))
    assert told == [(30, 30), (30, 30)]


def test_entries_that_cannot_follow_are_named_and_the_tables_stay(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries: list[Entry] = [made(SessionOpened), made(Intent), made(Sent), made(Sent)]
    with monkeypatch.context() as lenient:
        lenient.setattr(commits, "fold", lambda *_: None)
        kept(place, entries)
    was = tables_of(place)
    with pytest.raises(JournalImpossible, match="entry 4: order s1-1 went from sent to sent"):
        rebuilt(place, owner="t")
    assert tables_of(place) == was


def test_every_table_of_the_folds_is_filled_by_what_is_drawn() -> None:
    empty = {kind for kind, rows in Folded(drawn_entries(2, 4_000)).tables().items() if not rows}
    assert empty == set()
    assert len(FOLDED) == len(TABLES) - 3


# The chain, in the database.

ENTRIES = drawn_entries(9, 60)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal that nobody has touched."""
    path = tmp_path_factory.mktemp("whole") / "a.db"
    kept(path, ENTRIES)
    return path


def copied(whole: Path) -> Path:
    """Give a copy of a journal, with its anchor."""
    path = whole.with_name(f"{next(COUNT)}.db")
    path.write_bytes(whole.read_bytes())
    path.with_name(path.name + ".anchor").write_bytes(whole.with_name("a.db.anchor").read_bytes())
    return path


def found(whole: Path, *said: tuple[Any, ...]) -> tuple[int, str | None]:
    """Tamper with a copy, and give the first bad entry and why."""
    path = copied(whole)
    for sql, *values in said:
        tampered(path, sql, *values)
    verdict = verified(path)
    return verdict.bad_seq, verdict.fault


def test_an_untouched_journal_verifies(whole: Path) -> None:
    told: list[tuple[int, int]] = []
    verdict = verified(whole, lambda done, all_of_them: told.append((done, all_of_them)))
    assert (verdict.holds, verdict.head.seq, told) == (True, 60, [(60, 60)])


@settings(max_examples=40, deadline=None)
@given(seq=st.integers(1, 60), at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_a_flipped_bit_in_the_database_names_its_entry(whole: Path, seq: int, at: int, bit: int) -> None:
    body = bytearray(canonical(ENTRIES[seq - 1]))
    body[at % len(body)] ^= 1 << bit
    sql = "UPDATE entries SET body = ? WHERE seq = ?"
    assert found(whole, (sql, bytes(body), seq)) == (seq, "altered")


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=2, max_size=2, unique=True).map(sorted))
def test_swapped_rows_in_the_database_are_named(whole: Path, pair: list[int]) -> None:
    one, other = pair
    move = "UPDATE entries SET seq = ? WHERE seq = ?"
    assert found(whole, (move, -1, one), (move, one, other), (move, other, -1)) == (one, "order")


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 60))
def test_a_deleted_row_in_the_database_is_named(whole: Path, seq: int) -> None:
    expected = (seq, "cut" if seq == 60 else "gap")
    assert found(whole, ("DELETE FROM entries WHERE seq = ?", seq)) == expected


def test_a_cut_that_hides_itself_is_betrayed_by_the_anchor(whole: Path) -> None:
    hidden = "UPDATE journal SET seq = 50, digest = (SELECT digest FROM entries WHERE seq = 50)"
    assert found(whole, ("DELETE FROM entries WHERE seq > 50",), (hidden,)) == (51, "cut")


def test_a_journal_written_anew_is_betrayed_by_the_anchor(whole: Path) -> None:
    path = copied(whole)
    kept(path.with_name("anew.db"), drawn_entries(10, 60))
    path.write_bytes(path.with_name("anew.db").read_bytes())
    verdict = verified(path)
    assert (verdict.bad_seq, verdict.fault) == (60, "altered")


def test_an_entry_of_a_later_version_is_altered_unless_it_was_written_so(whole: Path) -> None:
    later = ENTRIES_VERSION + 1
    assert found(whole, ("UPDATE entries SET version = ? WHERE seq = 7", later)) == (7, "altered")


def test_a_broken_page_is_told_apart_from_a_broken_chain(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    kept(path, ENTRIES)
    tampered(path, "CREATE INDEX temporary_index ON orders (status)")
    whole_bytes = path.read_bytes()
    bad = 0
    for page in range(len(whole_bytes) // 4096):
        broken = bytearray(whole_bytes)
        broken[page * 4096 : page * 4096 + 8] = b"\xff" * 8
        path.write_bytes(broken)
        try:
            bad += not verified(path).holds
        except JournalDamaged:
            bad += 1
        else:
            assert entries_of(path) == ENTRIES
    assert bad > 0
