"""The commands that read what happened: one sentence first, then what needs a person, then lists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cli.commands import Run
from cli.sessions import SESSION, Held, played
from oracles.entries_made import MONDAY, made
from tickwise.journal import entries as j
from tickwise.journal.inline import InlineJournal

SECOND = 1_000_000_000


def written(path: Path, *entries: j.Entry) -> Path:
    """Write a journal of these entries after the one that opens its session."""
    journal = InlineJournal(path, owner="test", ts=MONDAY)
    for entry in entries:
        journal.append(entry)
    journal.close()
    return path


@pytest.fixture
def troubled(tmp_path: Path) -> Path:
    """Write a session at a venue in which nothing is as it should be."""
    at = [MONDAY + k * SECOND for k in range(20)]
    said: dict[str, Any] = {"instrument": "EUR_USD", "account": "acc-1", "venue_position": "77"}
    return written(
        tmp_path / "troubled.db",
        made(j.SessionOpened, at[0], venue="oanda", environment="practice"),
        made(j.Refused, at[1]),
        made(j.Counted, at[1]),
        made(j.Intent, at[2]),
        made(j.Sent, at[2]),
        made(j.Filled, at[3], stop=0, target=0, **said),
        made(j.Intent, at[4], order="s1-9"),
        made(j.Sent, at[4], order="s1-9", number=2),
        made(j.Unknown, at[9], order="s1-9"),
        made(j.Connection, at[10], stream="prices", instrument="", live=False, why="nothing came for 10.0 s"),
        made(
            j.Switched,
            at[11],
            switch="halt",
            scope="account",
            name="acc-1",
            on=True,
            reason="odd",
            actor="me",
        ),
        made(
            j.ForeignSeen,
            at[12],
            venue_id="78",
            account="acc-1",
            instrument="USD_JPY",
            units=500,
            price=150_000,
            open_by=1,
        ),
    )


def test_the_first_sentence_says_what_was_earned_and_then_where_the_rest_ended(held: Held, run: Run) -> None:
    ended = run("summary", "--db", held.journal)
    lines = ended.out.splitlines()
    found = run("summary", "--db", held.journal, "--json", "-").json
    assert ended.code == 0
    assert lines[0] == found["summary"] == f"{found['trades']} trades, {found['net_pnl']:+,.2f} USD net"
    assert lines[1].startswith(f"session {SESSION}, paper on wavy.parquet, closed: the tape ended")
    assert found["evaluations"] == sum(found["outcomes"].values()) == 6_000
    assert "Where 6,000 evaluations ended" in lines
    assert [line for line in lines if line.startswith("- ")] == [
        "- no open position",
        "- no order on its way",
        "- no order is unknown",
        "- nothing is paused, halted or killed",
    ]
    assert max(map(len, lines)) <= 80


def test_where_nothing_happened_the_first_sentence_says_why(run: Run, tmp_path: Path) -> None:
    held = played(run, tmp_path, "--set", "gates.spread_pips_max=0.1")
    ended = run("summary", "--db", held.journal)
    assert " ".join(ended.out.split()).startswith("0 trades: ")
    found = run("summary", "--db", held.journal, "--json", "-").json
    name = max(found["outcomes"], key=lambda each: found["outcomes"][each])
    share = 100 * found["outcomes"][name] / 6_000
    assert found["summary"].startswith(f"0 trades: {share:.1f} % of 6,000 evaluations ended at {name}: ")


def test_a_span_counts_only_what_happened_in_it(held: Held, run: Run) -> None:
    whole = run("summary", "--db", held.journal, "--json", "-").json
    part = run("summary", "--db", held.journal, "--since", "10m", "--json", "-").json
    early = [
        each
        for each in run("trades", "--db", held.journal, "--limit", "1000", "--json", "-").json["trades"]
        if each["left"] < part["since"]
    ]
    assert part["since"] == "2019-02-04T11:14:59.750000000Z"
    assert part["trades"] == whole["trades"] - len(early)
    assert 2_395 <= part["evaluations"] <= 2_405
    assert whole["evaluations"] == 6_000


def test_what_needs_a_person_stands_first(troubled: Path, run: Run) -> None:
    ended = run("summary", "--db", troubled)
    lines = ended.out.splitlines()
    stands = " ".join(lines[lines.index("How things stand") + 1 :])
    assert ended.code == 0
    assert "oanda practice, not closed" in " ".join(lines[1:3])
    places = [
        stands.index(each)
        for each in (
            "- order s1-9 is unknown since 2026-01-05 15:00:09: no reply within 5 s",
            "- +10,000 EUR_USD of fast open since 2026-01-05 15:00:03: NOT PROTECTED BY",
            "- USD_JPY 78 in acc-1 is not ours",
            "- halt of account acc-1 is on since 2026-01-05 15:00:11: odd (me)",
            "- prices is not live since 2026-01-05 15:00:10: nothing came for 10.0 s",
        )
    ]
    assert places == sorted(places)


def test_a_script_finds_what_needs_a_person(troubled: Path, run: Run) -> None:
    found = run("summary", "--db", troubled, "--json", "-").json
    assert [each["order"] for each in found["unknown_orders"]] == ["s1-9"]
    assert found["unprotected_positions"] == ["p1"]
    assert [each["switch"] for each in found["switches"]] == ["halt"]
    assert [each["is_live"] for each in found["connections"]] == [False]
    assert [each["venue_id"] for each in found["foreign_positions"]] == ["78"]
    assert found["outcomes"] == {"spread_pips": 2, "warming_up": 7, "no_signal": 5}
    assert found["missed_signals"] == {"spread_pips": 1}


def test_orders_are_listed_with_their_states(troubled: Path, run: Run) -> None:
    ended = run("orders", "--db", troubled)
    lines = ended.out.splitlines()
    assert lines[0].startswith("orders of fast on EUR_USD, ")
    assert [" ".join(line.split()) for line in lines[-2:]] == [
        "01-05 15:00:04 9 +10,000 1.10002 unknown no reply within 5 s",
        "01-05 15:00:02 1 +10,000 1.10002 1.10003 filled",
    ]
    found = run("orders", "--db", troubled, "--json", "-").json["orders"]
    assert [(each["order"], each["status"]) for each in found] == [("s1-9", "unknown"), ("s1-1", "filled")]
    assert (found[1]["price"], found[1]["fill_price"], found[1]["filled"]) == (1.10002, 1.10003, 10_000)
    working = run("orders", "--working", "--db", troubled, "--json", "-").json["orders"]
    assert [each["order"] for each in working] == ["s1-9"]


def test_a_position_without_a_stop_is_said_to_be_unprotected(troubled: Path, run: Run) -> None:
    ended = run("positions", "--db", troubled)
    assert "NOT PROTECTED BY THE BROKER" in " ".join(ended.out.split())
    (found,) = run("positions", "--db", troubled, "--json", "-").json["positions"]
    assert (found["units"], found["entry_price"], found["stop"]) == (10_000, 1.10003, None)
    assert found["protected_since"] == ""


def test_trades_are_listed_newest_first_with_their_sum(held: Held, run: Run) -> None:
    ended = run("trades", "--db", held.journal, "--limit", "3")
    lines = ended.out.splitlines()
    found = run("trades", "--db", held.journal, "--limit", "3", "--json", "-").json
    assert f"the newest 3 of {found['count']}" in " ".join(lines[:2])
    assert lines[-1] == f"{found['count']} trades, {found['net_pnl']:+,.2f} USD"
    assert [each["left"] for each in found["trades"]] == sorted(
        (each["left"] for each in found["trades"]), reverse=True
    )
    assert max(map(len, lines)) <= 80


def test_signals_of_the_last_minutes_and_those_that_gates_refused(held: Held, run: Run) -> None:
    every = run("signals", "--db", held.journal, "--limit", "1000", "--json", "-").json
    late = run("signals", "--since", "5m", "--db", held.journal, "--limit", "1000", "--json", "-").json
    assert late["since"] == "2019-02-04T11:19:59.750000000Z"
    assert late["signals"] == [each for each in every["signals"] if each["time"] >= late["since"]]
    assert 0 < len(late["signals"]) < every["count"]
    assert every["refused"]["spread_pips"] > late["refused"].get("spread_pips", 0)
    ended = run("signals", "--since", "5m", "--db", held.journal)
    assert "order " in ended.out
    assert ended.code == 0


def test_a_tape_that_is_played_twice_is_not_added_up(run: Run, tmp_path: Path) -> None:
    first = played(run, tmp_path)
    once = run("summary", "--db", first.journal, "--json", "-").json
    played(run, tmp_path)
    again = run("summary", "--since", "1d", "--db", first.journal, "--json", "-").json
    older = run("trades", "--session", SESSION, "--db", first.journal, "--json", "-").json
    assert again["trades"] == once["trades"]
    assert (again["session"], older["sessions"]) == ("5c581b30-2", [SESSION])


def test_an_empty_journal_and_an_unknown_session_are_one_line(held: Held, run: Run, tmp_path: Path) -> None:
    empty = written(tmp_path / "empty.db")
    assert run("summary", "--db", empty).error == (
        "this journal holds no session yet; `tickwise run` makes one"
    )
    ended = run("trades", "--session", "none", "--db", held.journal)
    assert ended.error == f"no session none in this journal; the newest are {SESSION}"
    assert (
        run("summary", "--since", "yesterday", "--db", held.journal).error.split(":")[0]
        == "'yesterday' is no time"
    )
