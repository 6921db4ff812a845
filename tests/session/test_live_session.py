"""A session fed one event at a time decides as one that is fed whole."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from oracles.bots import quiet, w1_bot
from oracles.venue import made, rows_of
from tickwise.core import events as e
from tickwise.core.types import SECOND
from tickwise.session.assembly import assembled
from tickwise.session.live import new_event

BOTS = [
    w1_bot(),
    quiet(
        "fast_scalp",
        name="other",
        params={"threshold_pips": 0.2, "range_floor_pips": 0.4},
        exits={"target_pips": 3.0, "stop_pips": 5.0, "soft_stop_pips": 0.0, "time_stop_s": 20},
        market={"grid_ms": 1000},
    ),
]


@pytest.mark.parametrize("grid_ms", [0, 1000])
def test_quote_by_quote_is_the_whole_tape(grid_ms: int) -> None:
    bots = [
        bot.model_copy(update={"market": bot.market.model_copy(update={"grid_ms": grid_ms})}) for bot in BOTS
    ]
    live, quotes = made(bots)
    chunk = quotes.read()
    outcomes = [live.quote(ts, ts_event, bid, ask, 0) for ts, ts_event, bid, ask in rows_of(chunk)]
    whole = assembled(bots, quotes)
    whole.feed(chunk)
    decisions = np.concatenate([each.decisions for each in outcomes])
    trades = np.concatenate([each.trades for each in outcomes])
    assert decisions.tobytes() == np.concatenate(whole.decisions).tobytes()
    assert trades.tobytes() == np.concatenate(whole.trades).tobytes()
    assert live.session.decision_digest == whole.decision_digest
    assert len(trades) > 10


def on_the_grid() -> list[Any]:
    return [
        bot.model_copy(update={"market": bot.market.model_copy(update={"grid_ms": 1000})}) for bot in BOTS
    ]


def test_time_that_passes_between_quotes_changes_no_decision() -> None:
    live, quotes = made(on_the_grid())
    chunk = quotes.read()
    last = int(chunk.ts[0])
    for ts, ts_event, bid, ask in rows_of(chunk):
        for at in range(last // SECOND + 1, ts // SECOND + 1):
            live.pass_time(int(at * SECOND))
        live.quote(ts, ts_event, bid, ask, 0)
        last = ts
    whole = assembled(on_the_grid(), quotes)
    whole.feed(chunk)
    assert live.session.decision_digest == whole.decision_digest
    assert live.session.snapshot() == whole.snapshot()


def test_a_silence_of_days_is_passed_in_one_call() -> None:
    live, quotes = made(on_the_grid())
    chunk = quotes.read()
    for row in list(rows_of(chunk))[:2_000]:
        live.quote(*row, 0)
    later = int(chunk.ts[1_999]) + 3 * 86_400 * int(SECOND)
    live.pass_time(later)
    assert live.due > later


@pytest.mark.parametrize("wrong", [{"lane": 2}, {"lane": -1}, {"market": 1}, {"account": 7}, {"kind": 99}])
def test_an_event_about_nothing_there_is_never_applied(wrong: dict[str, int]) -> None:
    live, _ = made(BOTS, 10)
    before = live.session.snapshot()
    event = new_event(e.BALANCE, 0, balance=5)
    for name, value in wrong.items():
        event[name] = value
    with pytest.raises(AssertionError):
        live.take(event)
    assert live.session.snapshot() == before


def test_a_quote_of_an_instrument_that_is_not_there_is_never_taken() -> None:
    live, _ = made(BOTS, 10)
    with pytest.raises(AssertionError):
        live.quote(1, 1, 110_000, 110_002, 1)
