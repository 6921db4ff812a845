"""A moment of a recorded session is explained as a backtest explains it, commands and all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.test_paper_session import BOTS, Listed, run
from oracles.bots import quiet
from oracles.tapes import chunk_of, tape
from tickwise.engine.answers import ENTRY
from tickwise.engine.clock import TapeTime
from tickwise.engine.engine import Engine
from tickwise.engine.opening import core_of, names_of, session_opened
from tickwise.engine.paper import PaperDesk
from tickwise.engine.recorded import Recorded
from tickwise.engine.snapshots import Snapshots
from tickwise.engine.why import why
from tickwise.errors import ConfigError, DataError
from tickwise.journal import entries as j
from tickwise.market_data.recording import Recorder
from tickwise.research.backtest import backtest

FLEET = [*BOTS, quiet("trend_pullback", name="bars")]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Any:
    quotes = tape(chunk_of(31, 4_000))
    folder = tmp_path_factory.mktemp("why")
    _, opened, entries = run(FLEET, quotes, folder)
    return quotes, folder, Recorded(opened, entries, folder / "t1.tape", "tw-")


def test_every_lane_reads_as_in_a_backtest(played: Any) -> None:
    quotes, folder, was = played
    result = backtest(FLEET, quotes)
    times = quotes.read().ts
    closes = [
        int(ts) for ts in times if int(ts) // 60_000_000_000 != (int(ts) - 200_000_000) // 60_000_000_000
    ]
    moments = [int(times[at]) + at % 2 for at in range(40, 4_000, 600)] + closes[3:9]
    for ts in moments:
        wanted = result.explain_all(ts)
        assert why(was, folder, ts).explanations == wanted
        assert why(was, folder, ts, "late").explanations == (wanted[1],)


def test_the_nearest_state_is_begun_with(played: Any, tmp_path: Path) -> None:
    quotes, folder, was = played
    ts = int(quotes.read().ts[3_500])
    near, far = why(was, folder, ts), why(was, tmp_path, ts)
    assert near.explanations == far.explanations
    assert near.events_again < 1_100 < 3_500 < far.events_again
    assert (near.event, near.event_ts) == (far.event, far.event_ts) == (3_501, ts)


def test_a_word_from_outside_is_seen_where_it_was_said(tmp_path: Path) -> None:
    quotes = tape(chunk_of(31, 600))
    live = core_of(BOTS, quotes.instruments, quotes.first_ts, quotes.last_ts, "exchange")
    opened = session_opened(
        live, BOTS, quotes.instruments, session="t1", venue="paper", environment="paper",
        since=quotes.first_ts, until=quotes.last_ts, tape=tmp_path / "t1.tape",
    )  # fmt: skip
    journal, time = Listed(), TapeTime()
    recorder = Recorder(tmp_path / "t1.tape", quotes.instruments)
    engine = Engine(live, names_of(opened, "tw-"), journal, recorder, time, Snapshots(tmp_path, "t1"))
    engine.desk = PaperDesk(engine)
    rows = quotes.read()
    said: dict[str, Any] = {
        "switch": "pause",
        "scope": "bot",
        "name": "late",
        "reason": "test",
        "actor": "me",
    }
    for at in range(len(rows.ts)):
        time.ns = int(rows.ts[at])
        if at in (200, 400):
            engine.take(j.Switched(**ENTRY, **said, on=at == 200))
        engine.quote(0, time.ns, int(rows.bid[at]), int(rows.ask[at]))
    engine.close("done")
    recorder.close()
    was = Recorded(opened, journal.entries, tmp_path / "t1.tape", "tw-")
    outcomes = [
        why(was, tmp_path / "none", int(rows.ts[at]), "late").explanations[0].outcome
        for at in (199, 300, 399, 400)
    ]
    assert [outcome == "paused" for outcome in outcomes] == [False, True, True, False]


def test_what_is_not_there_is_refused(played: Any) -> None:
    quotes, folder, was = played
    with pytest.raises(ConfigError, match="no bot none on any instrument; there is "):
        why(was, folder, quotes.first_ts, "none")
    for ts in (quotes.first_ts - 1, quotes.last_ts + 1):
        with pytest.raises(DataError, match="is not within session t1: it holds "):
            why(was, folder, ts)


def test_asking_changes_nothing(played: Any) -> None:
    quotes, folder, was = played
    files = {path: path.read_bytes() for path in sorted(folder.iterdir())}
    ts = int(quotes.read().ts[1_234])
    assert why(was, folder, ts) == why(was, folder, ts)
    assert {path: path.read_bytes() for path in sorted(folder.iterdir())} == files
