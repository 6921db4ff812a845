"""A session against the simulated exchange: no differences on paper, and at a venue each one by its cause."""

from __future__ import annotations

import asyncio
from math import floor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oracles.bots import quiet
from oracles.entries_made import MONDAY, made
from oracles.tapes import chunk_of, tape
from research.oanda_told import Story, as_assumed, at_oanda, late, refused, slipped
from research.quality_made import INSTRUMENTS
from tickwise.engine.again import Gathered
from tickwise.engine.clock import TapeTime
from tickwise.engine.engine import Engine
from tickwise.engine.opening import core_of, names_of, session_opened
from tickwise.engine.paper import PaperDesk
from tickwise.engine.simulated import simulated
from tickwise.engine.snapshots import Snapshots
from tickwise.engine.tape_feed import play as play_tape
from tickwise.journal import entries as j
from tickwise.market_data.recording import Recorder
from tickwise.research.backtest import backtest
from tickwise.research.quality.causes import CAUSES
from tickwise.research.quality.parity import Parity, parity_of
from tickwise.research.quality.quotes import Quotes

NONE = dict.fromkeys(CAUSES, 0)
MS = 1_000_000


# Two lives made by hand.


def life(
    event: int,
    *,
    filled: tuple[int, int],
    left: tuple[int, int],
    units: int = 10_000,
    lane: int = 0,
    commission: int = 0,
    rate: float = 10.0,
) -> list[j.Entry]:
    """Give an order that buys at `event`, and (event, price) of its fill and of what left it."""
    name, money = f"s1-{event}", floor(units * (left[1] - filled[1]) * rate + 0.5)
    said: dict[str, Any] = {"order": name, "position": name, "units": units, "lane": lane}
    out = {"reason": "time", "gross": money, "commission": commission}
    return [
        made(j.Intent, event=event, order=name, lane=lane),
        made(j.Filled, event=filled[0], price=filled[1], commission=0, **said),
        made(j.ExitIntent, event=left[0], order=f"{name}-x1", position=name, lane=lane, price=left[1]),
        made(j.Reduced, event=left[0], price=left[1], **{**said, **out, "order": f"{name}-x1"}),
    ]


@pytest.fixture
def quotes(tmp_path: Path) -> Quotes:
    """Ten quotes: bids go up by ten ticks each, spreads are two ticks and from the sixth on six."""
    recorder = Recorder(tmp_path / "s1.tape", INSTRUMENTS)
    for event in range(1, 11):
        bid = 110_000 + 10 * event
        recorder.quote(event, MONDAY + event, MONDAY + event, bid, bid + (2 if event < 6 else 6), 0)
    recorder.close()
    return Quotes(tmp_path / "s1.tape")


SIMULATED = life(1, filled=(2, 110_022), left=(5, 110_050))
"""Bought at the ask of the second quote, sold at the bid of the fifth: 28 ticks, 2.80 of money."""


def held(then: list[j.Entry], quotes: Quotes, sim: list[j.Entry] = SIMULATED) -> dict[str, int]:
    """Give the causes that are not nothing of the only pair; they add up to its difference."""
    found = parity_of(then, sim, quotes)
    (pair,) = found.pairs
    assert sum(pair.causes.values()) == pair.difference == found.difference
    return {cause: money for cause, money in pair.causes.items() if money}


def test_a_trade_as_it_was_simulated_differs_in_nothing(quotes: Quotes) -> None:
    assert held(SIMULATED, quotes) == {}


@pytest.mark.parametrize(
    ("then", "causes"),
    [
        # A quote later: the mid is 10 ticks higher, of 10,000 units at 10 millionths a tick.
        (life(1, filled=(3, 110_032), left=(5, 110_050)), {"latency": -1_000_000}),
        # Three ticks above the ask it met, and one below the bid.
        (life(1, filled=(2, 110_025), left=(5, 110_049)), {"slippage": -400_000}),
        # Left at the sixth quote: the bid is 10 higher, the mid 12, half the spread costs 2 more.
        (
            life(1, filled=(2, 110_022), left=(6, 110_060)),
            {"latency": 1_200_000, "spread": -200_000},
        ),
        # 4,000 of 10,000 units: six tenths of 2.80 are missing.
        (life(1, filled=(2, 110_022), left=(5, 110_050), units=4_000), {"partial": -1_680_000}),
        (life(1, filled=(2, 110_022), left=(5, 110_050), commission=70_000), {"costs": -70_000}),
        # All at once: 5,000 units a quote late and two ticks beyond.
        (
            life(1, filled=(3, 110_034), left=(5, 110_050), units=5_000),
            {"partial": -1_400_000, "latency": -500_000, "slippage": -100_000},
        ),
    ],
)
def test_each_cause_has_its_money(quotes: Quotes, then: list[j.Entry], causes: dict[str, int]) -> None:
    assert held(then, quotes) == causes


LIVES = st.builds(
    lambda entered, left, units, commission, rate: life(
        1,
        filled=entered,
        left=(left[0] + 5, left[1]),
        units=units,
        commission=commission,
        rate=rate,
    ),
    st.tuples(st.integers(2, 5), st.integers(109_900, 110_200)),
    st.tuples(st.integers(0, 5), st.integers(109_900, 110_200)),
    st.integers(1, 10**6),
    st.integers(0, 10**6),
    st.floats(0.001, 100.0),
)
"""Trades at any prices, of any size, with money of any rate of conversion, rounded once."""


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LIVES, LIVES)
def test_the_causes_add_up_to_the_whole_difference_to_the_millionth(
    quotes: Quotes, then: list[j.Entry], sim: list[j.Entry]
) -> None:
    (pair,) = parity_of(then, sim, quotes).pairs
    assert sum(pair.causes.values()) == pair.difference
    assert pair.causes["reject"] == 0


def test_what_the_venue_refused_and_the_simulation_filled_is_put_down_to_the_refusal(quotes: Quotes) -> None:
    refused = [SIMULATED[0], made(j.Ended, event=3, order="s1-1")]
    assert held(refused, quotes) == {"reject": -2_800_000}
    assert held(SIMULATED, quotes, refused) == {"reject": 2_800_000}


def test_a_trade_that_only_one_of_both_decided_is_put_down_to_the_decision(quotes: Quotes) -> None:
    found = parity_of(SIMULATED, [], quotes)
    assert [each.causes for each in found.pairs] == [NONE | {"decision": 2_800_000}]
    assert (found.equal, found.only_then, found.only_simulated) == (0, 2, 0)
    assert found.first == (
        "event 1: only the session decides that lane 0 is to enter: every answer before it was as assumed"
    )
    assert not found.is_explained


def test_the_first_difference_names_the_answer_that_came_before_it(quotes: Quotes) -> None:
    late = life(1, filled=(3, 110_032), left=(6, 110_060))
    found = parity_of(late, SIMULATED, quotes)
    assert (found.equal, found.only_then, found.only_simulated) == (1, 1, 1)
    assert found.first == (
        "event 5: only the simulation decides that lane 0 is to leave: "
        "before it an entry of 10000 was filled at 110032, simulated an entry of 10000 was filled at 110022"
    )
    assert found.is_explained


def test_an_answer_that_was_only_late_explains_a_difference_too(quotes: Quotes) -> None:
    late_only = life(1, filled=(3, 110_022), left=(6, 110_060))
    assert parity_of(late_only, SIMULATED, quotes).first.endswith(
        "before it an entry of 10000 was filled at 110022 at event 3, simulated at event 2"
    )


def test_a_position_that_was_taken_over_explains_what_is_decided_of_it(quotes: Quotes) -> None:
    said = {"venue_id": "7", "position": "w0-1", "lane": 0, "stop": 0, "target": 0}
    adopted = j.Adopted(ts=MONDAY, event=2, units=500, price=110_000, taken=True, **said)
    found = parity_of([adopted, made(j.ExitIntent, event=5)], [], quotes)
    assert found.first.endswith("before it a position of 500 was taken over at 110000, simulated nothing")
    assert found.is_explained


def test_what_is_still_open_is_not_compared(quotes: Quotes) -> None:
    found = parity_of(SIMULATED[:2], SIMULATED, quotes)
    assert (found.pairs, found.unpaired) == ((), 1)


# Whole sessions on paper.

EAGER = {
    "params": {"threshold_pips": 0.2, "range_floor_pips": 0.4},
    "exits": {"target_pips": 2.0, "stop_pips": 4.0, "soft_stop_pips": 0.0, "time_stop_s": 20},
    "gates": {"back_off_s": 1.0, "back_off_s_max": 3.0, "spread_pips_max": 0.6},
}


def on_paper(folder: Path, seed: int, fills: dict[str, Any]) -> tuple[Parity, list[j.Entry], Any, Any]:
    """Play a synthetic tape on paper, and hold the session against its simulation."""
    bots = [quiet("fast_scalp", name="eager", fills=fills, **EAGER)]
    played = tape(chunk_of(seed, 2_000))
    since, until = played.first_ts, played.last_ts
    path = folder / f"{seed}-{len(list(folder.iterdir()))}.tape"
    live = core_of(bots, played.instruments, since, until, "exchange")
    opened = session_opened(
        live, bots, played.instruments, session="t1", venue="paper", environment="paper",
        since=since, until=until, tape=path,
    )  # fmt: skip
    recorder, journal, time = Recorder(path, played.instruments), Gathered(), TapeTime()
    engine = Engine(live, names_of(opened, "tw-"), journal, recorder, time, Snapshots(folder, "t1", 10**9))
    engine.desk = PaperDesk(engine)
    asyncio.run(play_tape(played, engine, time, None))
    recorder.flush()
    again = simulated(opened, journal.entries, path, "tw-")
    return parity_of(journal.entries, again, Quotes(path)), again, bots, played


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, 2**16),
    st.fixed_dictionaries(
        {
            "latency_ms": st.sampled_from([0, 150, 350, 900]),
            "slippage_pips": st.sampled_from([0.0, 0.1, 0.5]),
            "reject_fraction": st.sampled_from([0.0, 0.2]),
            "partial_fill_fraction": st.sampled_from([0.0, 0.3]),
        }
    ),
)
def test_a_session_on_paper_differs_from_its_simulation_in_nothing(
    tmp_path: Path, seed: int, fills: dict[str, Any]
) -> None:
    found, again, _, _ = on_paper(tmp_path, seed, fills)
    decided = sum(isinstance(each, j.Intent | j.ExitIntent | j.StopIntent) for each in again)
    assert (found.equal, found.only_then, found.only_simulated, found.first) == (decided, 0, 0, "")
    assert found.causes == NONE
    assert {each.difference for each in found.pairs} <= {0}


def test_the_simulation_is_the_backtest_of_the_recording(tmp_path: Path) -> None:
    found, again, bots, played = on_paper(tmp_path, 31, {"latency_ms": 350, "reject_fraction": 0.1})
    trades = backtest(bots, played).raw_trades
    booked = [each for each in again if isinstance(each, j.TradeBooked)]
    assert [(each.entry_ts, each.exit_ts, each.pnl) for each in booked] == list(
        zip(*(trades[name].tolist() for name in ("entry_ts", "exit_ts", "pnl")), strict=True)
    )
    assert len(found.pairs) >= len(trades) > 5


# A session at the local OANDA.


def compared(story: Story) -> Parity:
    """Play a story at the local OANDA, and hold the session against its simulation."""
    told = at_oanda(story)
    return parity_of(told.entries, told.simulated, told.quotes)


@pytest.mark.parametrize(
    ("story", "causes"),
    [
        (as_assumed, {}),
        (late, {"latency": -3_000_000}),
        (slipped, {"slippage": -500_000}),
    ],
)
def test_at_the_local_oanda_a_fill_has_exactly_the_cause_that_was_made(
    story: Story, causes: dict[str, int]
) -> None:
    found = compared(story)
    (pair,) = found.pairs
    assert {cause: money for cause, money in pair.causes.items() if money} == causes
    assert pair.difference == sum(causes.values())
    assert found.unpaired == 0
    assert found.is_explained


def test_at_the_local_oanda_an_order_that_the_venue_cancelled_is_a_reject() -> None:
    found = compared(refused)
    (pair,) = found.pairs
    assert pair.causes == NONE | {"reject": -pair.simulated_pnl}
    assert (pair.pnl, pair.simulated_pnl < 0) == (0, True)
