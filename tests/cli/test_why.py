"""The command `why`: the ledger of a recorded moment is the one a backtest of the same tape gives."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cli.commands import BEGIN_TS, Run
from cli.sessions import PAPER, SESSION, Held
from tickwise.market_data.findings import utc

BOT = "fastscalp-paper"
STEP = 250_000_000


def moments(held: Held, run: Run) -> list[int]:
    """Give twenty moments: on quotes and between them, and where trades were decided, filled and left."""
    trades = run("trades", "--db", held.journal, "--limit", "1000", "--json", "-").json["trades"]
    times = [
        np.datetime64(each[name][:-1]).astype(np.int64)
        for each in trades[2:5]
        for name in ("entered", "left")
    ]
    orders = run("orders", "--db", held.journal, "--limit", "1000", "--json", "-").json["orders"]
    times += [np.datetime64(each["decided"][:-1]).astype(np.int64) for each in orders[10:14]]
    rows = np.random.default_rng(5).integers(50, 5_900, 10)
    times += [BEGIN_TS + int(row) * STEP + int(row) % 3 * 100_000_000 for row in rows]
    return [int(each) for each in times]


def test_twenty_moments_read_as_in_a_backtest_of_the_same_tape(held: Held, run: Run) -> None:
    found = moments(held, run)
    outcomes = []
    assert len(found) == 20
    for ts in found:
        wanted = run("backtest", PAPER, "--data", held.tape, "--explain", ts, "--json", "-").json["explained"]
        said = run("why", BOT, ts, "--db", held.journal, "--json", "-").json
        assert said["explained"] == wanted, ts
        outcomes.append(wanted[0]["outcome"])
    assert {"intent", "in_position", "no_signal", "spread_pips"} <= set(outcomes)


def test_the_ledger_is_shown_as_a_backtest_shows_it(held: Held, run: Run) -> None:
    moment = "2019-02-04T11:05:00"
    wanted = run("backtest", PAPER, "--data", held.tape, "--explain", moment).out
    ended = run("why", BOT, moment, "--db", held.journal)
    assert (ended.code, ended.out) == (0, wanted)
    assert ended.out.startswith(f"\n{BOT} on EUR_USD at 2019-02-04 11:05:00.000Z, money in USD\n")


def test_a_span_counts_back_from_the_last_event(held: Held, run: Run) -> None:
    said = run("why", BOT, "10m", "--db", held.journal, "--json", "-").json
    assert (said["session"], said["event"]) == (SESSION, 6_000 - 2_400)
    assert said["explained"][0]["ts"] == said["event_ts"] == BEGIN_TS + 3_599 * STEP


def test_without_states_that_were_kept_it_is_recomputed_from_the_beginning(
    held: Held, run: Run, tmp_path: Path
) -> None:
    shutil.copytree(held.journal.parent, tmp_path / "copy")
    shutil.rmtree(tmp_path / "copy" / "tapes" / "states")
    command = ("why", BOT, "1m", "--json", "-", "--db")
    assert run(*command, tmp_path / "copy" / "journal.db").json == run(*command, held.journal).json


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("nobody", "1m"), f"no bot nobody on any instrument; there is {BOT} on EUR_USD"),
        (
            (BOT, "1m", "--instrument", "GBP_USD"),
            f"no bot {BOT} on GBP_USD; there is {BOT} on EUR_USD",
        ),
        (
            (BOT, "2019-02-05"),
            f"2019-02-05 00:00:00.000Z is not within session {SESSION}: it holds {utc(BEGIN_TS)} to "
            "2019-02-04 11:24:59.750Z",
        ),
    ],
)
def test_what_is_not_there_is_one_line(held: Held, run: Run, arguments: Any, error: str) -> None:
    ended = run("why", *arguments, "--db", held.journal)
    assert (ended.code, ended.error) == (2, error)
