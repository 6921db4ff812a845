"""A session on paper decides as a backtest does, writes everything down, and replays to equal decisions."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from oracles.bots import quiet, w1_bot
from oracles.tapes import chunk_of, tape
from tickwise.engine.clock import TapeTime
from tickwise.engine.engine import Engine
from tickwise.engine.opening import core_of, names_of, session_opened
from tickwise.engine.paper import PaperDesk
from tickwise.engine.replay import Found, replay
from tickwise.engine.snapshots import Snapshots
from tickwise.engine.tape_feed import play
from tickwise.journal import entries as j
from tickwise.market_data.recording import ROW, Recorder
from tickwise.research.backtest import backtest

BOTS = [
    w1_bot(),
    quiet(
        "fast_scalp",
        name="late",
        params={"threshold_pips": 0.2, "range_floor_pips": 0.4},
        exits={"target_pips": 2.0, "stop_pips": 4.0, "soft_stop_pips": 0.0, "time_stop_s": 20},
        fills={"latency_ms": 350, "reject_fraction": 0.1, "partial_fill_fraction": 0.2, "slippage_pips": 0.1},
        gates={"back_off_s": 1.0, "back_off_s_max": 3.0, "spread_pips_max": 0.6, "breaker_failures": 3},
    ),
]


class Listed:
    """A journal in a list."""

    def __init__(self) -> None:
        self.entries: list[j.Entry] = []

    def append(self, entry: j.Entry) -> int:
        self.entries.append(entry)
        return len(self.entries)

    async def durable(self, seq: int) -> None:
        return


def run(bots: Any, quotes: Any, folder: Path) -> tuple[Engine, j.SessionOpened, list[j.Entry]]:
    since, until = quotes.first_ts, quotes.last_ts
    live = core_of(bots, quotes.instruments, since, until, "exchange")
    opened = session_opened(
        live, bots, quotes.instruments, session="t1", venue="paper", environment="paper",
        since=since, until=until, tape=folder / "t1.tape",
    )  # fmt: skip
    names, journal, time = names_of(opened, "tw-"), Listed(), TapeTime()
    recorder = Recorder(folder / "t1.tape", quotes.instruments)
    engine = Engine(live, names, journal, recorder, time, Snapshots(folder, "t1", every=1_000))
    engine.desk = PaperDesk(engine)
    asyncio.run(play(quotes, engine, time, None))
    engine.close("the tape ended")
    return engine, opened, journal.entries


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Any:
    quotes = tape(chunk_of(31, 6_000))
    folder = tmp_path_factory.mktemp("session")
    return quotes, folder, *run(BOTS, quotes, folder)


def replayed(folder: Path, opened: j.SessionOpened, entries: list[j.Entry]) -> Found:
    return replay(opened, entries, folder / "t1.tape", "tw-")


def test_a_session_on_paper_decides_and_earns_what_the_backtest_does(ran: Any) -> None:
    quotes, _, engine, _, entries = ran
    result = backtest(BOTS, quotes)
    trades = [each for each in entries if isinstance(each, j.TradeBooked)]
    assert engine.live.session.decision_digest == result.session.decision_digest
    assert [each.pnl for each in trades] == result.raw_trades["pnl"].tolist()
    assert [each.entry_ts for each in trades] == result.raw_trades["entry_ts"].tolist()
    assert engine.live.session.outcomes() == result.outcomes
    assert len(trades) > 20


def test_the_counts_that_are_written_add_up_to_the_evaluations(ran: Any) -> None:
    _, _, engine, _, entries = ran
    written = sum(count for e in entries if isinstance(e, j.Counted) for _, _, count in e.counts)
    assert written == int(engine.live.session.counts().sum())


def test_every_order_is_written_intended_sent_and_accepted_before_it_ends(ran: Any) -> None:
    *_, entries = ran
    told: dict[str, list[str]] = {}
    for each in entries:
        if isinstance(each, j.Intent | j.ExitIntent | j.Sent | j.Accepted | j.Filled | j.Reduced | j.Ended):
            told.setdefault(each.order, []).append(type(each).__name__)
    ends = [tuple(kinds) for order, kinds in told.items() if order]
    assert {kinds[:3] for kinds in ends} <= {
        ("Intent", "Sent", "Accepted"),
        ("ExitIntent", "Sent", "Accepted"),
    }
    assert {kinds[3:] for kinds in ends[:-2]} <= {("Filled",), ("Ended",), ("Reduced",)}


def test_a_refusal_is_written_when_another_gate_refuses(ran: Any) -> None:
    *_, entries = ran
    refused = [each for each in entries if isinstance(each, j.Refused)]
    assert {"spread_pips", "back_off"} <= {each.gate for each in refused}
    assert all(each.gate != each.before for each in refused)


def test_a_replay_gives_every_decision_again(ran: Any) -> None:
    _, folder, _, opened, entries = ran
    found = replayed(folder, opened, entries)
    assert (found.difference, found.tape_problem, found.ended_early) == ("", "", "")
    assert found.is_equal
    assert found.intents == sum(isinstance(e, j.Intent | j.ExitIntent | j.StopIntent) for e in entries)
    assert found.decision_digest == found.recorded_digest


def test_one_byte_of_the_tape_changed_is_named(ran: Any, tmp_path: Path) -> None:
    _, folder, _, opened, entries = ran
    held = bytearray((folder / "t1.tape").read_bytes())
    start = held.index(b"\n") + 1
    held[start + 3_000 * ROW.itemsize + ROW.fields["ask"][1]] ^= 0x40
    (tmp_path / "t1.tape").write_bytes(held)
    found = replayed(tmp_path, opened, entries)
    assert not found.is_equal
    assert "the tape was changed" in found.tape_problem
    assert found.difference.startswith("event 300")


def test_an_entry_that_was_altered_is_the_first_difference(ran: Any) -> None:
    import msgspec

    _, folder, _, opened, entries = ran
    at = next(k for k, each in enumerate(entries) if isinstance(each, j.Intent))
    changed = [*entries[:at], msgspec.structs.replace(entries[at], stop=7), *entries[at + 1 :]]
    found = replayed(folder, opened, changed)
    assert found.difference == f"event {entries[at].event}: intent.stop was 7, is {entries[at].stop}"


def test_a_recording_is_a_tape_of_the_same_quotes(ran: Any) -> None:
    from tickwise.market_data.recording import Recording

    quotes, folder, *_ = ran
    (chunk,) = Recording(folder / "t1.tape").quotes()
    given = quotes.read()
    for name in ("ts", "bid", "ask", "ts_event"):
        assert np.array_equal(getattr(chunk, name), getattr(given, name)), name
