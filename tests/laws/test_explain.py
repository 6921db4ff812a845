"""The ledger of a moment: every gate with reading, limit and verdict, and it says what the step did."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from oracles.bots import w1_bot
from oracles.chain_gates import BEFORE_A_SIGNAL, OF_AN_ORDER
from oracles.drawn_worlds import world_drawn
from oracles.tapes import chunk_of
from oracles.worlds import LanePlan, World, row, session_of
from tickwise.core.outcome import NAMES, PLACES
from tickwise.core.types import FLAT
from tickwise.market_data.chunks import QuoteChunk, cut
from tickwise.market_data.importers import open_any
from tickwise.research.backtest import backtest
from tickwise.session.session import Explanation, Session

OF_THE_QUOTE = {"quote_age", "spread_pips", "spread_fraction", "spread_monitor", "quote_size"}
WITH_RISK = {"day_loss", "pocket_loss"}
"""Asked twice: without an order, and with what its stop could lose; the ledger keeps the second reading."""

NO_REFUSAL = {"intent", "pending", "in_position"}


def drawn(seed: int) -> tuple[World, QuoteChunk]:
    instruments = 1 + seed % 2
    chunk = chunk_of(seed, 1_200, instruments=instruments, step_ms=(300, 2_000)[seed % 2])
    return world_drawn(seed, int(chunk.ts[0]), int(chunk.ts[-1]), instruments), chunk


def explained(session: Session, chunk: QuoteChunk) -> Iterator[tuple[int, Explanation]]:
    """Explain each lane at each quote at which it was asked."""
    for at in range(len(chunk.ts)):
        one = cut(chunk, at, at + 1)
        before = session.snapshot()
        for place in range(len(session.lanes)):
            found = session.explain_row(place, one)
            if found is not None:
                yield place, found
            session.restore(before)
        session.feed(one)


def first_refusal(found: Explanation, before_a_signal: tuple[str, ...]) -> str:
    """Name the outcome that follows from the ledger alone."""
    allows = {gate.name: gate.allows for gate in found.gates}
    for name in (*before_a_signal, "no_signal", "denied_stop", "denied_size", *OF_AN_ORDER):
        if not allows.get(name, True):
            return name
    return "intent"


def assert_told(found: Explanation) -> None:
    """Hold the ledger against the outcome."""
    without_risk = tuple(name for name in BEFORE_A_SIGNAL if name not in WITH_RISK)
    if found.outcome not in ("pending", "in_position"):
        assert found.outcome in {first_refusal(found, BEFORE_A_SIGNAL), first_refusal(found, without_risk)}


@pytest.mark.parametrize("seed", range(10))
def test_the_first_refusal_of_the_ledger_is_the_outcome_of_the_evaluation(seed: int) -> None:
    world, chunk = drawn(seed)
    session = session_of(world)
    seen = 0
    for place, found in explained(session, chunk):
        quoting = world.lanes[place].frame < 0
        if quoting or found.outcome not in NO_REFUSAL:
            assert_told(found)
            seen += 1
    assert seen > 0


def test_every_gate_is_there_with_its_reading_and_its_limit_and_in_order() -> None:
    session = session_of(World([LanePlan(settings=row(spread_ticks_max=6), params={"one_in": 3})]))
    wanted = {*BEFORE_A_SIGNAL, *OF_AN_ORDER, "no_signal", "denied_stop", "denied_size"}
    for _, found in explained(session, chunk_of(3, 60)):
        names = [gate.name for gate in found.gates]
        assert names == sorted(names, key=PLACES.__getitem__)
        assert [gate.code for gate in found.gates] == sorted({gate.code for gate in found.gates})
        signal = next(gate for gate in found.gates if gate.name == "no_signal").allows
        assert set(names) == (
            wanted if signal else wanted - set(OF_AN_ORDER) - {"denied_stop", "denied_size"} | WITH_RISK
        )
        spread = next(gate for gate in found.gates if gate.name == "spread_pips")
        assert (spread.limit, spread.allows) == (6.0, spread.value <= 6.0)


@pytest.mark.parametrize("seed", range(20, 32))
def test_a_verdict_does_not_change_before_its_time_but_for_an_event(seed: int) -> None:
    world, chunk = drawn(seed)
    session = session_of(world)
    standing: dict[tuple[int, str], tuple[int, bool, int | None]] = {}
    for at in range(len(chunk.ts)):
        session.feed(cut(chunk, at, at + 1))
        ts = int(chunk.ts[at])
        for place in range(len(session.lanes)):
            lane, records = session.records.lanes[place], session.records
            if lane["side"] != FLAT:
                continue
            epoch = int(records.markets["epoch"][lane["instrument"]] + records.houses["epoch"][0])
            for gate in session.explain(place, ts).gates:
                if gate.name not in BEFORE_A_SIGNAL or gate.name in OF_THE_QUOTE | {"warming_up"} | WITH_RISK:
                    continue
                was = standing.get((place, gate.name))
                if was and was[0] == epoch and (was[2] is None or ts < was[2]):
                    assert gate.allows == was[1], (gate, was)
                else:
                    standing[place, gate.name] = (epoch, gate.allows, gate.until)


def test_explaining_changes_nothing() -> None:
    world, chunk = drawn(4)
    session, left_alone = session_of(world), session_of(world)
    for place in range(0, len(chunk.ts), 100):
        for which in (session, left_alone):
            which.feed(cut(chunk, place, place + 100))
        for lane in range(len(session.lanes)):
            session.explain(lane, int(chunk.ts[place]))
        assert session.snapshot() == left_alone.snapshot()


def test_a_backtest_explains_what_happened_on_real_quotes(real_data: Path) -> None:
    found = backtest(w1_bot(), open_any(real_data / "quotes" / "eurusd_dukascopy_20190204.parquet"))
    first = found.raw_trades[0]
    entry = found.explain(int(first["decided_ts"]))
    assert entry.outcome == "intent"
    assert [gate.name for gate in entry.gates if not gate.allows] == []
    after = found.explain(int(first["decided_ts"]) + 1)
    assert after.outcome == "in_position"
    leaving = found.explain(int(first["exit_ts"]))
    assert leaving.outcome == "in_position"
    assert set(found.outcomes) <= set(NAMES)
