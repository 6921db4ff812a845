"""The known answer of the self-test is what the reference rules give without the core."""

from __future__ import annotations

from oracles import w1
from tickwise.research.self_test import RIGHT, known_tape, self_test


def test_the_answer_is_that_of_a_program_that_shares_nothing_with_the_core() -> None:
    tape = known_tape().read()
    rows = list(zip(tape.ts.tolist(), tape.bid.tolist(), tape.ask.tolist(), strict=True))
    found = w1.run(rows, w1.Rules())
    assert (len(found.trades), round(sum(trade.pnl for trade in found.trades) / 10_000)) == RIGHT


def test_the_core_of_this_machine_gives_it() -> None:
    assert self_test() == RIGHT


def test_no_variable_of_the_process_changes_it(monkeypatch: object) -> None:
    monkeypatch.setenv("TICKWISE_GATES_SPREAD_PIPS_MAX", "0.1")  # type: ignore[attr-defined]
    assert self_test() == RIGHT
