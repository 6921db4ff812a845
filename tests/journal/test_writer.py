"""What is durable is on disk, in order and once; a journal that cannot promise it takes nothing more."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oracles.entries_drawn import drawn_entries
from oracles.entries_made import made
from oracles.folding import Folded, folded
from oracles.journals import entries_of, tables_of, tampered
from tickwise.errors import JournalBusy, JournalDamaged, JournalError, JournalFailed, JournalImpossible
from tickwise.journal.chain import EMPTY, Head, canonical, linked
from tickwise.journal.entries import Alarm, Intent, Sent, SessionOpened
from tickwise.journal.folds.orders import OrderRow
from tickwise.journal.inline import Dead, InlineJournal
from tickwise.journal.writer import ThreadedJournal

Open = Callable[..., ThreadedJournal]


def alarm(n: int, says: str = "") -> Alarm:
    return made(Alarm, event=n, level="warning", what="lag", says=says or str(n))


def written(journal: ThreadedJournal | InlineJournal, *entries: Alarm) -> int:
    """Append entries, and wait until the last is on disk."""

    async def write() -> int:
        seq = 0
        for entry in entries:
            seq = journal.append(entry)
        await journal.durable(seq)
        return seq

    return asyncio.run(write())


def test_what_is_durable_is_read_back_in_order(place: str, threaded: Open) -> None:
    journal = threaded()
    entries = drawn_entries(3, 300)
    assert written(journal, *entries) == 300  # type: ignore[arg-type]
    assert journal.head.seq == 300
    assert entries_of(place) == entries
    assert tables_of(place) == Folded(entries).tables()


def test_an_entry_nobody_waits_for_is_stored_all_the_same(place: str, threaded: Open) -> None:
    journal = threaded()
    journal.append(alarm(1))
    while journal.head.seq < 1:
        threading.Event().wait(0.01)
    assert entries_of(place) == [alarm(1)]


def test_numbers_are_given_at_once_and_have_no_gap(threaded: Open) -> None:
    journal = threaded()
    assert [journal.append(alarm(n)) for n in range(1, 50)] == list(range(1, 50))
    journal.close()
    again = threaded()
    assert (again.head.seq, again.append(alarm(50))) == (49, 50)


def test_the_chain_goes_on_where_it_ended(place: str, threaded: Open) -> None:
    head = EMPTY
    for n in range(1, 4):
        journal = threaded()
        written(journal, alarm(n))
        journal.close()
        head = Head(n, linked(head, alarm(n), canonical(alarm(n))).digest)
        assert journal.head == head


def test_an_entry_that_waits_is_told_with_all_before_it(threaded: Open) -> None:
    journal = threaded()

    async def all_at_once() -> None:
        seqs = [journal.append(alarm(n)) for n in range(200)]
        await asyncio.gather(*(journal.durable(seq) for seq in reversed(seqs)))
        await journal.durable(seqs[0])

    asyncio.run(all_at_once())
    assert journal.head.seq == 200


def test_who_stops_waiting_takes_nothing_from_the_others(threaded: Open) -> None:
    journal = threaded()

    async def one_gives_up() -> None:
        first = asyncio.create_task(journal.durable(journal.append(alarm(1))))
        second = asyncio.create_task(journal.durable(journal.append(alarm(2))))
        await asyncio.sleep(0)
        first.cancel()
        await second

    asyncio.run(one_gives_up())
    assert journal.head.seq == 2


def test_a_loop_that_is_gone_stops_nobody(threaded: Open) -> None:
    journal = threaded()
    loop = asyncio.new_event_loop()
    waiting = loop.create_task(journal.durable(journal.append(alarm(1))))
    loop.run_until_complete(asyncio.sleep(0))
    waiting.cancel()
    loop.run_until_complete(asyncio.gather(waiting, return_exceptions=True))
    loop.close()
    assert written(journal, alarm(2)) == 2


def test_entries_of_several_threads_are_numbered_without_a_gap(place: str, threaded: Open) -> None:
    journal = threaded()

    def write(n: int) -> None:
        for k in range(50):
            journal.append(alarm(100 * n + k))

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    journal.close()
    assert sorted(entry.event for entry in entries_of(place)) == sorted(
        100 * n + k for n in range(4) for k in range(50)
    )


def test_two_writers_never_have_one_journal(threaded: Open) -> None:
    first = threaded()
    with pytest.raises(JournalBusy, match=r"already written by .*a test"):
        threaded()
    assert written(first, alarm(1)) == 1
    first.close()
    assert written(threaded(), alarm(2)) == 2


def test_of_writers_that_race_one_has_the_journal(place: str) -> None:
    gate, won, lost = threading.Barrier(4), [], []

    def race() -> None:
        gate.wait()
        try:
            won.append(ThreadedJournal(place, owner="racer", ts=1))
        except JournalBusy as error:
            lost.append(error)

    threads = [threading.Thread(target=race) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (len(won), len(lost)) == (1, 3)
    won[0].close()


def test_a_writer_whose_token_was_taken_commits_nothing_more(place: str, threaded: Open) -> None:
    journal = threaded()
    written(journal, alarm(1))
    tampered(place, "UPDATE journal SET token = token + 1")
    with pytest.raises(JournalFailed, match="another writer has taken this journal over"):
        written(journal, alarm(2))
    assert entries_of(place) == [alarm(1)]


def test_after_a_failure_nothing_is_taken_and_everybody_is_told(place: str, threaded: Open) -> None:
    journal = threaded()
    written(journal, alarm(1))
    tampered(place, "UPDATE journal SET seq = 7")

    async def two_wait() -> list[object]:
        waits = [journal.durable(journal.append(alarm(n))) for n in (2, 3)]
        return await asyncio.gather(*waits, return_exceptions=True)

    first, second = asyncio.run(two_wait())
    assert isinstance(first, JournalFailed)
    assert first is second is journal.failed
    with pytest.raises(JournalFailed):
        journal.append(alarm(4))
    with pytest.raises(JournalFailed):
        asyncio.run(journal.durable(1))
    with pytest.raises(JournalFailed):
        journal.close()


def test_an_entry_that_cannot_follow_stops_the_journal_and_leaves_nothing(place: str, threaded: Open) -> None:
    journal = threaded()
    written(journal, made(SessionOpened), made(Intent), made(Sent))  # type: ignore[arg-type]
    with pytest.raises(JournalImpossible, match="order s1-1 went from sent to sent"):
        written(journal, alarm(1), made(Sent))  # type: ignore[arg-type]
    assert [type(entry) for entry in entries_of(place)] == [SessionOpened, Intent, Sent]
    assert tables_of(place)[OrderRow][0].status == "sent"  # type: ignore[attr-defined]


def test_what_no_database_can_hold_stops_the_journal(threaded: Open) -> None:
    journal = threaded()
    with pytest.raises(JournalImpossible):
        written(journal, made(Alarm, event=2**70, level="warning", what="", says=""))
    with pytest.raises(JournalImpossible):
        journal.append(alarm(2))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_of_ours_in_the_thread_leaves_nobody_waiting(
    threaded: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = threaded()
    monkeypatch.setattr("tickwise.journal.commits.linked", lambda *_: 1 // 0)
    with pytest.raises(JournalFailed, match="the journal's writer stopped"):
        written(journal, alarm(1))
    with pytest.raises(JournalFailed):
        journal.append(alarm(2))


def test_an_entry_that_breaks_a_law_is_never_numbered(threaded: Open) -> None:
    journal = threaded()
    with pytest.raises(AssertionError):
        journal.append(made(Alarm, level="warning", what="", says=1.5))
    assert journal.append(alarm(1)) == 1


@pytest.mark.parametrize("bound", [{"queued_max": 10}, {"queued_bytes_max": 1_000}])
def test_a_queue_that_overflows_fails_and_does_not_wait(
    place: str, threaded: Open, bound: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tickwise.journal.writer.FLUSH_S", 60.0)
    journal = threaded(**bound)
    threading.Event().wait(0.1)
    with pytest.raises(JournalFailed, match="entries wait for a disk that does not keep up"):
        list(map(journal.append, map(alarm, range(100))))
    with pytest.raises(JournalFailed):
        asyncio.run(journal.durable(1))


def test_a_closed_journal_takes_nothing(threaded: Open) -> None:
    journal = threaded()
    journal.append(alarm(1))
    journal.close()
    journal.close()
    assert journal.head.seq == 1
    with pytest.raises(JournalFailed, match="closed"):
        journal.append(alarm(2))


def test_waiting_for_what_was_never_written_is_a_broken_law(threaded: Open) -> None:
    with pytest.raises(AssertionError, match="never appended"):
        asyncio.run(threaded().durable(1))


# In one process, without a thread.


def inline(path: Path, **said: int) -> InlineJournal:
    return InlineJournal(path, owner="a simulation", ts=1, **said)  # type: ignore[arg-type]


def test_the_journal_without_a_thread_writes_the_same(tmp_path: Path) -> None:
    entries = drawn_entries(8, 400)
    one, other = (
        inline(tmp_path / "one.db"),
        ThreadedJournal(tmp_path / "other.db", owner="t", ts=1),
    )
    for journal in (one, other):
        written(journal, *entries)  # type: ignore[arg-type]
        journal.close()
    assert one.head == other.head
    assert tables_of(tmp_path / "one.db") == tables_of(tmp_path / "other.db") == Folded(entries).tables()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**6), st.lists(st.integers(0, 60), min_size=1, max_size=6), st.booleans())
def test_a_crash_loses_what_was_not_committed_and_nothing_else(
    tmp_path: Path, seed: int, runs: list[int], power: bool
) -> None:
    path = tmp_path / "crash.db"
    for each in tmp_path.iterdir():
        each.unlink()
    entries, kept = drawn_entries(seed, sum(runs)), 0
    for count in runs:
        journal = inline(path, flush_ns=0 if power else 10**12)
        assert journal.head.seq == kept
        half = kept + count // 2
        if count // 2:
            written(journal, *entries[kept:half])  # type: ignore[arg-type]
        for entry in entries[half : half + count % 7]:
            journal.append(entry)
        kept = half if power else journal.head.seq
        journal.crash()
    assert entries_of(path) == entries[:kept]
    assert tables_of(path) == Folded(entries[:kept]).tables()


def test_a_dead_journal_can_not_be_written_on_the_way_out(tmp_path: Path) -> None:
    journal = inline(tmp_path / "a.db")
    journal.append(alarm(1))
    journal.crash()
    for attempt in (lambda: journal.append(alarm(2)), lambda: asyncio.run(journal.durable(1))):
        with pytest.raises(Dead):
            attempt()
    journal.close()
    assert entries_of(tmp_path / "a.db") == []


@pytest.mark.parametrize("nth", [1, 2, 3, 4])
def test_the_nth_commit_fails_for_every_n(tmp_path: Path, nth: int) -> None:
    path = tmp_path / "a.db"
    journal = inline(path, fail_commit=nth)
    for n in range(1, nth):
        written(journal, alarm(n))
    with pytest.raises(JournalError, match="told to fail"):
        written(journal, alarm(nth))
    with pytest.raises(JournalError, match="told to fail"):
        journal.append(alarm(nth + 1))
    journal.close()
    assert entries_of(path) == [alarm(n) for n in range(1, nth)]
    assert written(inline(path), alarm(nth)) == nth


def test_a_server_is_not_written_without_a_thread() -> None:
    with pytest.raises(JournalError, match="kept in a file"):
        InlineJournal("postgresql://h/d", owner="t", ts=1)


def test_entries_are_committed_by_their_own_time(tmp_path: Path) -> None:
    journal = inline(tmp_path / "a.db")
    for n in range(5):
        journal.append(made(Alarm, ts=n * 20_000_000, level="warning", what="", says=""))
    assert (journal.commits, journal.head.seq) == (1, 4)


# The end of a journal, noted beside it.


def test_an_older_copy_put_back_is_seen(tmp_path: Path) -> None:
    path, copy = tmp_path / "a.db", tmp_path / "copy.db"
    journal = ThreadedJournal(path, owner="t", ts=1)
    written(journal, *(alarm(n) for n in range(5)))
    journal.close()
    shutil.copy(path, copy)
    journal = ThreadedJournal(path, owner="t", ts=1)
    written(journal, *(alarm(n) for n in range(5, 9)))
    journal.close()
    shutil.copy(copy, path)
    with pytest.raises(JournalDamaged, match="9 entries were written and the last is not here"):
        ThreadedJournal(path, owner="t", ts=1)
    os.unlink(tmp_path / "a.db.anchor")
    assert written(ThreadedJournal(path, owner="t", ts=1), alarm(5)) == 6


@pytest.mark.parametrize("text", ["", "{}", "no json", '{"seq": 3, "digest": "xyz"}'])
def test_a_note_that_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.db"
    ThreadedJournal(path, owner="t", ts=1).close()
    (tmp_path / "a.db.anchor").write_text(text)
    ThreadedJournal(path, owner="t", ts=1).close()


def test_the_end_that_a_commit_left_is_what_is_found(place: str, threaded: Open) -> None:
    journal = threaded()
    written(journal, *(alarm(n) for n in range(9)))
    journal.close()
    tampered(place, "DELETE FROM entries WHERE seq = 9")
    with pytest.raises(JournalDamaged, match="ends at entry 8, but 9 were written"):
        threaded()


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("DELETE FROM entries WHERE seq = 4", "entry 4 is missing"),
        ("UPDATE entries SET ts = ts + 1 WHERE seq = 5", "entry 5 is not what was written"),
        ("UPDATE journal SET seq = 8", "entry 8 is another than the one noted there"),
    ],
)
def test_an_end_that_was_tampered_with_is_refused(place: str, threaded: Open, sql: str, says: str) -> None:
    journal = threaded()
    written(journal, *(alarm(n) for n in range(9)))
    journal.close()
    tampered(place, sql)
    with pytest.raises(JournalDamaged, match=says):
        threaded()


def test_a_longer_journal_is_checked_at_its_end_alone(
    place: str, threaded: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tickwise.journal.commits.CHECKED_AT_OPEN", 3)
    journal = threaded()
    written(journal, *(alarm(n) for n in range(9)))
    journal.close()
    tampered(place, "UPDATE entries SET ts = ts + 1 WHERE seq = 5")
    threaded().close()
    tampered(place, "UPDATE entries SET ts = ts + 1 WHERE seq = 8")
    with pytest.raises(JournalDamaged, match="entry 8"):
        threaded()
    tampered(place, "DELETE FROM entries WHERE seq = 6")
    with pytest.raises(JournalDamaged, match="entry 6 is missing"):
        threaded()


def test_folds_go_on_over_a_restart(place: str, threaded: Open) -> None:
    journal = threaded()
    written(journal, made(SessionOpened), made(Intent))  # type: ignore[arg-type]
    journal.close()
    written(threaded(), made(Sent))  # type: ignore[arg-type]
    assert tables_of(place)[OrderRow] == folded(made(SessionOpened), made(Intent), made(Sent)).all(OrderRow)
