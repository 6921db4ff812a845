"""The commands `doubt` and `walk-forward`: sentences for people, JSON for scripts."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.commands import EXAMPLES, Run

W1 = (EXAMPLES / "reference_w1.toml", "--set", "gates.spread_pips_max=2.0")
VARY = ("--vary", "params.threshold_pips=0.4:1.2:0.4", "--vary", "exits.target_pips=0.8,1.0")
NAMES = ["look-ahead", "warm-up", "order of trades", "costs", "single days", "number of tries", "chance"]


def test_each_doubt_is_a_heading_with_a_verdict_and_two_sentences(tape: Path, run: Run) -> None:
    ended = run("doubt", *W1, "--data", tape, "--runs", "5", "--cuts", "5", "--processes", "1")
    headings = [
        line.partition(":")[0] for line in ended.out.splitlines() if line.endswith((": fine", ": against"))
    ]
    assert (ended.code, headings) == (0, NAMES)
    assert "doubts speak against it" in ended.out.splitlines()[0]
    assert " ".join(ended.out.split()).count("it does not prove") >= 3
    assert max(map(len, ended.out.splitlines())) <= 80


def test_doubts_are_one_object_for_scripts(tape: Path, run: Run) -> None:
    found = run("doubt", *W1, "--data", tape, "--runs", "5", "--processes", "1", "--json", "-").json
    assert [each["name"] for each in found["findings"]] == NAMES
    assert found["alarms"] == [each["name"] for each in found["findings"] if each["alarm"]]
    assert found["trades"] > 0


def test_a_walk_forward_shows_what_was_chosen_for_each_part(tape: Path, run: Run) -> None:
    given = (*W1, *VARY, "--data", tape, "--parts", "3", "--purge", "1m", "--processes", "1")
    ended = run("walk-forward", *given)
    assert ended.code == 0
    assert ended.out.startswith("chosen by net_pnl among 6 sets and judged on rows unseen, it made ")
    assert "2 parts, 60 s left out between them" in ended.out
    purged = run("walk-forward", *given, "--scheme", "purged", "--json", "-").json
    assert [each["split"]["judged_on"] for each in purged["folds"]] == [0, 1, 2]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("--scheme", "leap"), "--scheme leap: no such choice"),
        (("--parts", "1"), "at least two, one to choose on and one to judge"),
        (("--purge", "9h"), "the tape is too short for 5 parts with 32,400 s purged between them"),
        (("--purge", "soon"), "no span of time"),
    ],
)
def test_wrong_usage_of_a_walk_is_one_line(tape: Path, run: Run, given: tuple[str, ...], says: str) -> None:
    ended = run("walk-forward", *W1, *VARY, "--data", tape, *given)
    assert ended.code == 2
    assert says in ended.error


PEEKING = '''
"""Buys at the quotes of a table."""

from typing import Any, NamedTuple

import numpy as np

from tickwise.core.types import NO_WISH, Signal

ENTRIES = np.arange(14_400) % 50 == 7


class Params(NamedTuple):
    """Nothing."""

    unused: int = 0


class State(NamedTuple):
    """Quotes seen."""

    seen: int = 0


def on_quote(params: Params, state: State, market: Any) -> tuple[State, Signal]:
    """Look into the table."""
    if ENTRIES[state.seen % 14_400]:
        return State(state.seen + 1), Signal(1, 1.0, 200.0, 15.0)
    return State(state.seen + 1), NO_WISH
'''

FORGETFUL = '''
"""Needs two hundred quotes and says it needs two."""

from typing import Any, NamedTuple

from tickwise.core.market import mid_ago
from tickwise.core.types import NO_WISH, Signal


class Params(NamedTuple):
    """Half-ticks the price must have risen."""

    rise: int = 60


def warm_up(params: Params) -> int:
    """Quotes that must have been seen."""
    return 2


def on_quote(params: Params, market: Any) -> Signal:
    """Follow a rise."""
    if market.mid2 - mid_ago(market, 200) < params.rise:
        return NO_WISH
    return Signal(1, 1.0, 50.0, 50.0)
'''


@pytest.mark.parametrize(
    ("strategy", "says"),
    [
        (PEEKING, "planted: look-ahead: "),
        (FORGETFUL, "planted: warm-up: "),
    ],
    ids=["look-ahead", "warm-up"],
)
def test_what_leaks_is_caught_by_a_plain_backtest(
    tape: Path, run: Run, tmp_path: Path, strategy: str, says: str
) -> None:
    (tmp_path / "planted.py").write_text(strategy)
    bot = tmp_path / "planted.toml"
    bot.write_text('name = "planted"\nstrategy = "planted.py"\ninstruments = ["EUR_USD"]\n')
    ended = run("backtest", bot, "--data", tape, "--json", "-")
    warnings = [line for line in ended.err.splitlines() if line.startswith("warning: ")]
    assert [line.removeprefix("warning: ") for line in warnings] == ended.json["leaks"]
    assert any(line.startswith(says) for line in ended.json["leaks"])
    assert run("backtest", bot, "--data", tape, "--json", "-", "--no-doubt").json["leaks"] == []


def test_an_honest_bot_leaks_nothing(tape: Path, run: Run) -> None:
    ended = run("backtest", *W1, "--data", tape, "--json", "-")
    assert (ended.json["leaks"], ended.err) == ([], "")
