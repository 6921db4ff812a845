"""Laws that every strategy keeps: those of the core and those of the examples, found by being there."""

from __future__ import annotations

import hashlib
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import fleet
import golden_trades
import numpy as np
import pytest
from asking import Moment, ask, drawn, features_at, looser, market_of, memory_of, signal_at
from hypothesis import given, settings
from hypothesis import strategies as st

from tickwise.core.outcome import NAMES
from tickwise.core.types import MINUTE, Signal
from tickwise.kernels.complaint import check
from tickwise.session.session import Session

HOURS = 4
MOMENTS = 150

every = pytest.mark.parametrize("name", fleet.NAMES)
in_parts = pytest.mark.parametrize("name", [n for n in fleet.NAMES if fleet.strategy(n).style == "parts"])


@pytest.fixture(scope="module")
def whole() -> Session:
    """Give the session that ran over the whole tape; tests read it and change nothing."""
    return fleet.run(fleet.quotes(HOURS))


@pytest.fixture(scope="module")
def moments() -> dict[str, list[Moment]]:
    """Give moments all along the tape at which each strategy was asked, once a bar has closed."""
    chunk = fleet.quotes(HOURS)
    session = fleet.session(fleet.tape(chunk))
    found: dict[str, list[Moment]] = {name: [] for name in fleet.NAMES}
    minutes = np.flatnonzero(np.diff(chunk.ts // int(MINUTE))) + 1
    cuts = np.union1d(np.linspace(2, len(chunk.ts) - 1, MOMENTS).astype(int), minutes)
    fed = 0
    for last in cuts:
        session.feed(fleet.part(chunk, slice(fed, last)))
        before = [memory_of(session, lane) for lane in range(len(fleet.NAMES))]
        closed = int(session.records.markets[0]["frames"]["closed"][0])
        fed = last + 1
        session.feed(fleet.part(chunk, slice(last, fed)))
        market = market_of(session)
        for lane, name in enumerate(fleet.NAMES):
            asked = not fleet.strategy(name).on_bars or market["frames"]["closed"][0] > closed
            if asked and market["frames"]["closed"][0] > 0:
                found[name].append(Moment(market, before[lane], memory_of(session, lane)))
    return found


@every
def test_a_strategy_says_when_it_earns_and_when_it_bleeds(name: str) -> None:
    text = fleet.strategy(name).module.__doc__ or ""
    assert "Earns" in text
    assert "Bleeds" in text


@every
def test_a_strategy_keeps_the_contract_and_compiles_function_by_function(name: str) -> None:
    check(fleet.strategy(name))


@given(cut=st.integers(1, 29_000))
@settings(max_examples=40, deadline=None)
def test_the_future_cannot_change_a_decision(whole: Session, cut: int) -> None:
    chunk = fleet.quotes(HOURS)
    while chunk.ts[cut] == chunk.ts[cut - 1]:
        cut += 1
    short = fleet.run(fleet.part(chunk, slice(cut)))
    seen = np.concatenate(whole.decisions)
    past = seen[seen["ts"] <= chunk.ts[cut - 1]]
    made = np.concatenate([*short.decisions, seen[:0]])
    assert made.tobytes() == past.tobytes()


def test_the_same_quotes_give_the_same_decisions(whole: Session) -> None:
    again = fleet.run(fleet.quotes(HOURS))
    assert again.decision_digest == whole.decision_digest
    assert again.records.lanes.tobytes() == whole.records.lanes.tobytes()


@every
def test_every_evaluation_before_the_warm_up_is_over_ends_there(whole: Session, name: str) -> None:
    strategy = fleet.strategy(name)
    warming = int(whole.counts()[fleet.NAMES.index(name), NAMES.index("warming_up")])
    assert warming == max(0, strategy.warm_up_of(strategy.params()) - 1)


def is_sound(signal: Signal) -> bool:
    distances = signal.side in (-1, 0, 1) and signal.stop >= 0.0 and signal.target >= 0.0
    return distances and all(map(math.isfinite, signal))


@every
def test_a_signal_has_a_side_a_finite_score_and_distances(
    name: str, moments: dict[str, list[Moment]]
) -> None:
    strategy = fleet.strategy(name)
    draws = np.random.default_rng(1)
    asked = [
        signal_at(strategy, strategy.levels_of(drawn(strategy, draws, (0.1, 1.5)), fleet.PIP), moment)
        for moment in moments[name]
    ]
    assert [signal for signal in asked if not is_sound(signal)] == []


@every
def test_asking_changes_nothing_and_answers_the_same_again(
    name: str, moments: dict[str, list[Moment]]
) -> None:
    strategy = fleet.strategy(name)
    levels = strategy.levels_of(strategy.params(), fleet.PIP)
    for moment in moments[name][::10]:
        before = moment.market.tobytes()
        first = signal_at(strategy, levels, moment)
        assert repr(signal_at(strategy, levels, moment)) == repr(first)
        assert moment.market.tobytes() == before


@in_parts
def test_no_signal_comes_where_the_cheap_test_said_no(name: str, moments: dict[str, list[Moment]]) -> None:
    strategy = fleet.strategy(name)
    if "maybe" not in strategy.functions:
        return
    draws = np.random.default_rng(2)
    wished = 0
    for moment in moments[name]:
        levels = strategy.levels_of(drawn(strategy, draws, (0.05, 1.5)), fleet.PIP)
        if signal_at(strategy, levels, moment).side != 0:
            wished += 1
            assert ask(strategy, "maybe", levels, moment)
    assert wished > MOMENTS // 20


@in_parts
def test_looser_params_never_miss_a_candidate(name: str, moments: dict[str, list[Moment]]) -> None:
    strategy = fleet.strategy(name)
    if not strategy.marks:
        return
    draws = np.random.default_rng(3)
    wished = 0
    for moment in moments[name]:
        tight = drawn(strategy, draws, (0.05, 1.5))
        loose = looser(strategy, tight, draws)
        levels, wider = (strategy.levels_of(each, fleet.PIP) for each in (tight, loose))
        found = signal_at(strategy, levels, moment)
        if found.side != 0:
            wished += 1
            assert signal_at(strategy, wider, moment).side == found.side
            assert "maybe" not in strategy.functions or ask(strategy, "maybe", wider, moment)
    assert wished > MOMENTS // 20


@in_parts
def test_features_and_state_do_not_know_the_marked_params(
    name: str, moments: dict[str, list[Moment]]
) -> None:
    strategy = fleet.strategy(name)
    draws = np.random.default_rng(4)
    for moment in moments[name][::5]:
        params = drawn(strategy, draws, (0.5, 1.5))
        one, other = (strategy.levels_of(p, fleet.PIP) for p in (params, looser(strategy, params, draws)))
        assert repr(features_at(strategy, one, moment)) == repr(features_at(strategy, other, moment))
        if "update" in strategy.functions:
            moved, again = (ask(strategy, "update", levels, moment) for levels in (one, other))
            assert repr(moved) == repr(again)


def told(session: Session) -> dict[str, list[str]]:
    """Give for each strategy the digest of its evaluations and that of its whole lane."""
    lanes = session.records.lanes
    return {
        name: [str(int(lanes[k]["digest"])), hashlib.sha256(lanes[k].tobytes()).hexdigest()]
        for k, name in enumerate(fleet.NAMES)
    }


PLAINLY = """
import json, sys
sys.path[:0] = [{here!r}, {tests!r}]
import fleet
import golden_trades
from test_strategy_laws import told
sys.stdout.write(json.dumps(told(fleet.run(fleet.part(fleet.quotes(4), slice(None, None, 9))))))
"""
"""What the other process runs: every ninth quote, so that four hours of bars pass in 3,300 quotes."""


def test_plain_python_decides_what_the_compiled_code_decides() -> None:
    here = Path(__file__).parent
    text = PLAINLY.format(here=str(here), tests=str(here.parent))
    env = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    said = subprocess.run([sys.executable, "-c", text], env=env, capture_output=True, text=True, check=True)
    assert json.loads(said.stdout) == told(fleet.run(fleet.part(fleet.quotes(HOURS), slice(None, None, 9))))


@every
def test_the_trades_on_the_synthetic_tape_are_the_golden_ones(whole: Session, name: str) -> None:
    """A change is meant, or it is none: `python tests/strategies/golden_trades.py` writes the files anew."""
    written = golden_trades.path_of(name).read_text(encoding="utf-8")
    assert golden_trades.text_of(whole, name) == written
    assert len(written.splitlines()) > 3


def test_no_golden_trades_are_left_of_a_strategy_that_is_gone() -> None:
    assert sorted(path.stem for path in golden_trades.FOLDER.glob("*.txt")) == fleet.NAMES
