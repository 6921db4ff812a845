"""A session that is cut off anywhere goes on to the same decisions, and the whole of it replays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.test_paper_session import BOTS, Listed, run
from oracles.tapes import chunk_of, tape
from tickwise.engine.clock import TapeTime
from tickwise.engine.paper import PaperDesk
from tickwise.engine.past import Session, session_to_go_on
from tickwise.engine.recovery import Recovered, recovered
from tickwise.engine.replay import replay
from tickwise.engine.snapshots import Snapshots
from tickwise.journal import entries as j
from tickwise.journal.inline import InlineJournal
from tickwise.market_data.recording import ROW, Recorder


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Any:
    quotes = tape(chunk_of(31, 6_000))
    folder = tmp_path_factory.mktemp("whole")
    return quotes, folder, *run(BOTS, quotes, folder)


def cut(whole: Any, folder: Path, entries: int, rows: int) -> tuple[j.SessionOpened, list[j.Entry], Recorder]:
    """Leave what a killed process would have left: so many entries, and so many rows of the tape."""
    quotes, source, _, opened, written = whole
    held = (source / "t1.tape").read_bytes()
    start = held.index(b"\n") + 1
    (folder / "t1.tape").write_bytes(held[: start + rows * ROW.itemsize + 7])
    return opened, written[:entries], Recorder(folder / "t1.tape", quotes.instruments)


def go_on(
    whole: Any, folder: Path, entries: int, rows: int, snapshots: Path
) -> tuple[Recovered, list[j.Entry]]:
    opened, left, recorder = cut(whole, folder, entries, rows)
    journal, time = Listed(), TapeTime()
    journal.entries = list(left)
    again = recovered(opened, left, journal, recorder, Snapshots(snapshots, "t1", 1_000), time, "tw-")
    engine = again.engine
    engine.desk = PaperDesk(engine)
    chunk = whole[0].read()
    for at in range(rows, len(chunk.ts)):
        time.ns = int(chunk.ts[at])
        engine.quote(0, int(chunk.ts_event[at]), int(chunk.bid[at]), int(chunk.ask[at]))
    engine.close("the tape ended")
    return again, journal.entries


def tape_rows(entries: list[j.Entry]) -> int:
    """Rows that are on the tape when these entries are: each is handed over before what came of it."""
    return max(each.event for each in entries)


@pytest.mark.parametrize("share", [0.01, 0.2, 0.37, 0.5, 0.73, 0.999])
@pytest.mark.parametrize("ahead", [0, 700])
def test_a_session_cut_off_anywhere_goes_on_to_the_same_decisions(
    whole: Any, tmp_path: Path, share: float, ahead: int
) -> None:
    engine, opened, written = whole[2:]
    entries = int(len(written) * share)
    rows = min(tape_rows(written[:entries]) + ahead, 6_000)
    again, after = go_on(whole, tmp_path, entries, rows, tmp_path)
    assert again.engine.live.session.decision_digest == engine.live.session.decision_digest
    trades = [(e.position, e.pnl) for e in after if isinstance(e, j.TradeBooked)]
    assert trades == [(e.position, e.pnl) for e in written if isinstance(e, j.TradeBooked)]
    found = replay(opened, after, tmp_path / "t1.tape", "tw-")
    assert (found.difference, found.tape_problem, found.ended_early) == ("", "", "")
    assert found.is_equal


def test_a_snapshot_only_shortens_the_way(whole: Any, tmp_path: Path) -> None:
    engine, _, written = whole[2:]
    entries = len(written) - 3
    rows = tape_rows(written[:entries])
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    long, _ = go_on(whole, tmp_path / "a", entries, rows, tmp_path / "a")
    short, _ = go_on(whole, tmp_path / "b", entries, rows, whole[1])
    assert long.snapshot_event == 0
    assert short.snapshot_event > 0
    assert short.events_again < long.events_again
    digest = engine.live.session.decision_digest
    assert long.engine.live.session.decision_digest == short.engine.live.session.decision_digest == digest


def test_what_is_read_before_a_snapshot_is_what_a_restart_needs(whole: Any, tmp_path: Path) -> None:
    engine, opened, written = whole[2:]
    left = written[:-3]
    journal = InlineJournal(tmp_path / "journal.db", owner="a test", ts=1)
    for each in (opened, *left):
        journal.append(each)
    journal.close()
    states = Snapshots(whole[1], "t1", 1_000)
    said = session_to_go_on(tmp_path / "journal.db", whole[1])
    none = session_to_go_on(tmp_path / "journal.db", tmp_path)
    assert said is not None
    assert none == Session(opened, left)
    since = next(each.event for each in reversed(left) if isinstance(each, j.SnapshotTaken))
    assert said.since == since
    later = [each for each in none.entries if each.event > since]
    assert len(said.entries) < len(none.entries)
    assert [each for each in said.entries if each.event > since] == later
    _, _, recorder = cut(whole, tmp_path, 0, tape_rows(left))
    ends = []
    for each in (said, none):
        kept = Listed()
        again = recovered(
            opened, each.entries, kept, recorder, states, TapeTime(), "tw-", since=each.since
        ).engine
        ends.append((again.book, again.event, again.live.session.decision_digest, kept.entries))
    assert ends[0] == ends[1]
    assert ends[0][0].orders == engine.book.orders


def test_a_snapshot_that_was_changed_is_passed_over(whole: Any, tmp_path: Path) -> None:
    written = whole[4]
    for path in whole[1].glob("*.state"):
        held = bytearray(path.read_bytes())
        held[5_000] ^= 1
        (tmp_path / path.name).write_bytes(held)
    again, _ = go_on(whole, tmp_path, len(written) - 3, tape_rows(written), tmp_path)
    assert again.snapshot_event == 0
