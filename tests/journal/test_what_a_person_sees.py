"""Signals, decisions, refusals, counts, switches and the audit say what happened, side by side."""

from __future__ import annotations

from typing import Any

import pytest

from oracles.entries_made import LANES, MONDAY, made
from oracles.folding import folded
from tickwise.errors import JournalImpossible
from tickwise.journal.entries import (
    Alarm,
    Armed,
    CommandEnded,
    CommandStarted,
    Connection,
    Counted,
    ExitIntent,
    Intent,
    Reconciled,
    Refused,
    Reloaded,
    SessionClosed,
    SessionOpened,
    SessionRecovered,
    SignalSeen,
    SnapshotTaken,
    Switched,
    SwitchTripped,
)
from tickwise.journal.folds.audit import AuditRow
from tickwise.journal.folds.command_runs import CommandRun
from tickwise.journal.folds.connections import ConnectionRow
from tickwise.journal.folds.counters import CountRow
from tickwise.journal.folds.decisions import DecisionRow
from tickwise.journal.folds.refusals import GateRow, RefusalRow
from tickwise.journal.folds.sessions import SessionConfig, SessionLane, SessionRow
from tickwise.journal.folds.signals import SignalRow
from tickwise.journal.folds.switches import SwitchRow

OPENED = made(SessionOpened)
SEEN: dict[str, Any] = {
    "key": "k1",
    "lane": 2,
    "bot": "slow",
    "strategy": "pullback",
    "instrument": "EUR_USD",
    "account": "acc-2",
    "units": -5,
    "bid": 10,
    "ask": 11,
}


def test_a_signal_is_seen_once_whoever_repeats_it() -> None:
    found = folded(OPENED, made(SignalSeen, **SEEN), made(SignalSeen, **{**SEEN, "bid": 99}))
    assert found.one(SignalRow) == SignalRow(
        realm="paper paper",
        key="k1",
        seq=2,
        ts=MONDAY,
        session="s1",
        lane=2,
        bot="slow",
        strategy="pullback",
        instrument="EUR_USD",
        account="acc-2",
        units=-5,
        bid=10,
        ask=11,
        stop=0,
        target=0,
        score=0.0,
        decision="ignore",
        reason="auto_trade_off",
        order="",
    )


def test_a_tape_played_again_shows_its_signals_again() -> None:
    entries = []
    for name in ("s1", "s2"):
        entries += [made(SessionOpened, session=name, venue="tape:/t"), made(SignalSeen, **SEEN)]
    assert [row.realm for row in folded(*entries).all(SignalRow)] == ["session s1", "session s2"]


def test_a_halt_on_a_tape_halts_nothing_at_a_venue() -> None:
    halt = made(Switched, switch="halt", scope="house", name="", on=True, reason="x", actor="ada")
    found = folded(made(SessionOpened, venue="tape:/t"), halt, made(SessionOpened, session="s2"))
    assert [row.realm for row in found.all(SwitchRow)] == ["session s1"]


def test_a_signal_stands_beside_its_decision_and_its_order() -> None:
    found = folded(OPENED, made(Intent, event=5), made(Refused, event=6, signal=True), made(ExitIntent))
    signal = found.one(SignalRow)
    assert (signal.key, signal.decision, signal.order, signal.score) == ("s1-1", "open", "s1-1", 0.75)
    lane = ("s1", 0, "fast", "EUR_USD", "acc-1")
    assert found.all(DecisionRow) == [
        DecisionRow(2, MONDAY, 5, *lane, "open", "", "s1-1", "", 10_000, 110_002),
        DecisionRow(3, MONDAY, 6, *lane, "ignore", "spread_pips", "", "", 0, 0),
        DecisionRow(4, MONDAY, 1, *lane, "leave", "time", "s1-2", "p1", -10_000, 110_010),
    ]


def test_a_refusal_without_a_signal_is_no_decision() -> None:
    assert folded(OPENED, made(Refused)).all(DecisionRow) == []


def test_refusals_say_which_gate_stood_and_which_stands_now() -> None:
    second = made(Refused, ts=MONDAY + 5, gate="news", before="spread_pips", count_before=40)
    found = folded(OPENED, made(Refused), second)
    lane = ("s1", 0, "fast", "EUR_USD", "acc-1")
    assert found.all(RefusalRow) == [
        RefusalRow(2, MONDAY, 1, *lane, "spread_pips", "no_signal", 17, False),
        RefusalRow(3, MONDAY + 5, 1, *lane, "news", "spread_pips", 40, False),
    ]
    assert found.one(GateRow) == GateRow("s1", 0, 3, MONDAY + 5, "fast", "EUR_USD", "acc-1", "news")


def test_outcomes_are_counted_by_day_and_lane_with_what_they_cost() -> None:
    day = 24 * 3_600_000_000_000
    found = folded(OPENED, made(Counted), made(Counted), made(Counted, ts=MONDAY + day))
    lane = ("fast", "EUR_USD", "acc-1")
    assert found.all(CountRow)[:3] == [
        CountRow("s1", "2026-01-05", 0, 210, "spread_pips", *lane, count=4, missed=2),
        CountRow("s1", "2026-01-05", 0, 710, "no_signal", *lane, count=10),
        CountRow("s1", "2026-01-05", 2, 700, "warming_up", "slow", "EUR_USD", "acc-2", count=14),
    ]
    assert sum(row.count for row in found.all(CountRow)) == 3 * 14


def test_a_lane_nobody_opened_counts_nothing() -> None:
    with pytest.raises(JournalImpossible, match=r"nothing in session_lanes has the key 's1', 9"):
        folded(OPENED, made(Counted, counts=((9, 710, 1),), missed=()))


def test_a_switch_stays_on_until_it_is_lifted_whatever_session() -> None:
    halt = {"switch": "halt", "scope": "account", "name": "acc-1", "actor": "ada"}
    kill: dict[str, Any] = {
        "switch": "kill",
        "account": "acc-1",
        "instrument": "",
        "failures": 5,
        "until": 99,
    }
    breaker = {**kill, "switch": "breaker", "instrument": "EUR_USD", "failures": 3}
    entries = (
        made(Switched, **halt, on=True, reason="news"),
        made(SwitchTripped, **kill),
        made(SwitchTripped, **breaker),
        made(SessionOpened, session="s2"),
    )
    assert folded(OPENED, *entries).all(SwitchRow) == [
        SwitchRow(
            "paper paper", "breaker", "instrument", "EUR_USD", 4, True, MONDAY, 99, "3 failures", "core"
        ),
        SwitchRow("paper paper", "halt", "account", "acc-1", 2, True, MONDAY, 0, "news", "ada"),
        SwitchRow("paper paper", "kill", "account", "acc-1", 3, True, MONDAY, 0, "5 failures", "core"),
    ]
    again = made(Switched, ts=MONDAY + 7, **halt, on=True, reason="carried over")
    row = folded(OPENED, *entries, again).all(SwitchRow)[1]
    assert (row.since_ts, row.reason) == (MONDAY, "carried over")
    lifted = made(Switched, **halt, on=False, reason="calm again")
    row = folded(OPENED, *entries, lifted).all(SwitchRow)[1]
    assert (row.on, row.reason) == (False, "calm again")


def test_a_session_is_open_until_it_is_closed_and_tells_of_its_restarts() -> None:
    entries = (
        made(SnapshotTaken, event=40, session="s1", state_digest="5a"),
        made(SessionRecovered, ts=MONDAY + 1, session="s1", snapshot_event=40, events_again=2),
    )
    row = folded(OPENED, *entries).one(SessionRow)
    assert (row.recovered, row.recovered_ts, row.closed_ts) == (1, MONDAY + 1, 0)
    assert (row.snapshot_seq, row.snapshot_event, row.snapshot_digest) == (2, 40, "5a")
    closed = made(SessionClosed, ts=MONDAY + 9, session="s1", reason="asked", decision_digest="d1")
    row = folded(OPENED, *entries, closed).one(SessionRow)
    assert (row.closed_ts, row.reason, row.decision_digest) == (MONDAY + 9, "asked", "d1")


def test_a_reload_swaps_configs_and_lanes() -> None:
    config = OPENED.configs[0]
    reloaded = made(
        Reloaded, configs=(type(config)("fast", "new", "x = 2"),), changed=("x",), lanes=LANES[1:]
    )
    found = folded(OPENED, reloaded)
    assert [row.digest for row in found.all(SessionConfig)] == ["new", "cd"]
    assert found.all(SessionLane)[0].instrument == "USD_JPY"
    assert found.one(SessionRow).reloaded == 1


def test_a_stream_is_as_it_was_last_told() -> None:
    live = made(Connection, stream="prices", instrument="", live=True, why="")
    dead = made(Connection, ts=MONDAY + 1, stream="prices", instrument="", live=False, why="silent for 10 s")
    assert folded(live, dead).one(ConnectionRow) == ConnectionRow(
        "prices", "", 2, False, MONDAY + 1, "silent for 10 s"
    )


STARTED = made(CommandStarted, command="c1", actor="ada", verb="pause", arguments="{}")
ENDED = made(
    CommandEnded, ts=MONDAY + 1, command="c1", actor="ada", verb="pause", status="SUCCEEDED", result="1"
)


def test_a_command_runs_once_and_ends_once() -> None:
    assert folded(STARTED, ENDED).one(CommandRun) == CommandRun(
        "c1", 1, "ada", "pause", "{}", MONDAY, MONDAY + 1, "SUCCEEDED", "1"
    )
    for again in (STARTED, ENDED):
        with pytest.raises(JournalImpossible, match="command c1 was SUCCEEDED"):
            folded(STARTED, ENDED, again)


def test_a_forged_command_may_be_refused_as_often_as_it_is_tried() -> None:
    refused = made(CommandEnded, command="c9", actor="eve", verb="kill", status="REFUSED", result="bad")
    assert folded(refused, refused).one(CommandRun).status == "REFUSED"


def test_a_copy_of_a_command_that_ran_takes_nothing_from_it() -> None:
    copy = made(CommandEnded, command="c1", actor="eve", verb="pause", status="REFUSED", result="bad")
    assert folded(STARTED, ENDED, copy).all(CommandRun) == folded(STARTED, ENDED).all(CommandRun)


def test_the_audit_says_who_did_what() -> None:
    entries = (
        OPENED,
        STARTED,
        ENDED,
        made(
            Switched, switch="pause", scope="instrument", name="EUR_USD", on=True, reason="news", actor="ada"
        ),
        made(Armed, account="acc-1", config_digest="ab", limits="1 %", until=9, actor="bob"),
        made(Reconciled, account="acc-1", mark=1),
        made(Reconciled, account="acc-1", mark=2, differences=("EUR_USD: ours 0, theirs 5",)),
        made(Alarm, level="critical", what="stop", says="no stop at the venue"),
    )
    seen = [(row.seq, row.actor, row.action, row.subject, row.says) for row in folded(*entries).all(AuditRow)]
    assert seen == [
        (1, "engine", "session opened", "s1", "paper paper, version 0.1.0"),
        (2, "ada", "pause started", "c1", "{}"),
        (3, "ada", "pause succeeded", "c1", "1"),
        (4, "ada", "pause on", "instrument EUR_USD", "news"),
        (5, "bob", "armed", "account acc-1", "config ab, until 9: 1 %"),
        (7, "engine", "reconciled", "account acc-1", "EUR_USD: ours 0, theirs 5"),
        (8, "engine", "critical alarm", "stop", "no stop at the venue"),
    ]


def test_a_nul_that_a_venue_sent_is_shown_and_stored_by_every_database() -> None:
    silent = made(Connection, stream="prices", instrument="", live=False, why="bad\0byte")
    assert folded(silent).one(ConnectionRow).why == "bad\ufffdbyte"
