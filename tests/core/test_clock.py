"""Time is an event: what the turn of a day brings, and how bars end."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from oracles.chain import trades_of
from oracles.stories import ANY_GAIN, MS, SECOND, acts, bids, exits, quotes, run, world_of
from oracles.tapes import BEGIN, chunk_of
from oracles.worlds import COIN, LanePlan, MarketPlan, World, row, session_of
from tickwise.core.decision import DAY_LOST, ENTER
from tickwise.market_data.chunks import QuoteChunk
from tickwise.session.session import Session

FAR = {"stop_ticks": 5_000, "target_ticks": 5_000}
DAY_MS = 86_400_000
TURN = BEGIN + 10 * SECOND
AFTER_TWO_TURNS = {"time_stop": 15 * SECOND, "time_stop_gain": ANY_GAIN}


def turned(
    chunk: QuoteChunk, *turns: int, loss: float = 0.0, by_command: int = 0, **settings: Any
) -> Session:
    """Run a lane that buys on every quote over turns of the day."""
    world = world_of(**{**FAR, **settings})
    world.rolls = turns
    world.accounts[0].day_loss_fraction = loss
    world.accounts[0].resume_by_command = by_command
    session = session_of(world)
    session.feed(chunk)
    return session


def account(session: Session) -> Any:
    return session.records.accounts[0]


def test_a_day_begins_with_balance_and_open_profit_at_the_last_quote_before_the_turn() -> None:
    session = turned(quotes((0, 110_000), (9_000, 110_012), (10_000, 110_500)), TURN)
    assert int(account(session)["day_start"]) == 100_000_000_000 + 10 * 10_000 * 10
    assert int(session.records.houses["day"][0]) == 1


def test_financing_is_a_365th_of_the_years_rate_on_the_value_at_entry_and_in_the_trade() -> None:
    tape = quotes((0, 109_998), (9_000, 110_012), (10_000, 110_500), (20_000, 110_500), (20_100, 110_500))
    settings = {"financing_long": -0.0365, "financing_short": 0.0365, **AFTER_TWO_TURNS}
    bought = turned(tape, TURN, TURN + 5 * SECOND, **settings)
    (trade, *_) = trades_of(bought)
    assert trade["financing"] == -2 * 1_100_000
    assert trade["pnl"] == trade["gross"] - 2_200_000
    assert int(account(bought)["financing"]) == -2_200_000
    world = world_of(side=-1, **{**FAR, **settings})
    world.rolls = (TURN,)
    sold = session_of(world)
    sold.feed(tape)
    assert trades_of(sold)[0]["financing"] == 1_099_980


def test_entries_of_the_day_are_counted_anew_after_the_turn() -> None:
    chunk = bids(*[0] * 300)
    session = turned(chunk, TURN, per_day_max=3, time_stop=50 * MS, time_stop_gain=ANY_GAIN)
    entered = [each["ts"] for each in acts(session, ENTER)]
    assert [sum(ts < TURN for ts in entered), sum(ts >= TURN for ts in entered)] == [3, 3]


@pytest.mark.parametrize(("by_command", "after"), [(0, 1), (1, 0)])
def test_a_lost_day_ends_with_the_day_or_only_by_command(by_command: int, after: int) -> None:
    """One part in 100,000 of 100,000 is 1: of 10,000 units ten ticks. The stop ends the losing trade."""
    tape = quotes((0, 110_000), (1_000, 109_990), (2_000, 109_940), (3_000, 109_940), (11_000, 109_940))
    session = turned(tape, TURN, loss=0.00001, by_command=by_command, stop_ticks=50)
    assert [each["ts"] for each in acts(session, DAY_LOST)] == [BEGIN + SECOND]
    entered = [each["ts"] for each in acts(session, ENTER)]
    assert [sum(ts < TURN for ts in entered), sum(ts >= TURN for ts in entered)] == [1, after]
    assert session.outcomes()["day_loss"] == 2 - after


def test_a_day_that_has_no_limit_is_never_lost() -> None:
    session = turned(quotes((0, 110_000), (11_000, 109_000), (12_000, 108_000)), TURN, day_loss_flatten=1)
    assert acts(session, DAY_LOST) == []
    assert exits(session) == []


def test_a_day_is_lost_at_its_floor_and_not_a_millionth_above() -> None:
    """Ten ticks of 10,000 units are 1,000,000 millionths."""
    for fraction, lost in ((0.000_01, True), (0.000_010_000_01, False)):
        session = turned(bids(0, 2 - 10), loss=fraction)
        assert bool(acts(session, DAY_LOST)) == lost


def test_a_turn_that_falls_into_a_gap_comes_before_the_quote_after_it() -> None:
    tape = quotes((0, 110_000), (1_000, 110_000), (3 * DAY_MS, 110_500))
    for grid in (0, SECOND):
        world = world_of(**FAR)
        world.grid, world.rolls = grid, (TURN, TURN + DAY_MS * MS)
        session = session_of(world)
        session.feed(tape)
        assert int(session.records.houses["day"][0]) == 2
        assert int(account(session)["day_start"]) == 100_000_000_000 - 2 * 10_000 * 10


def test_a_bar_closes_at_the_first_event_at_or_after_its_end() -> None:
    """With the grid off at the first quote; on the grid at the end itself, also over a gap."""
    begin = BEGIN // (60 * SECOND) * 60 * SECOND
    tape = QuoteChunk(
        np.array([begin, begin + 59 * SECOND, begin + 200 * SECOND], np.int64),
        np.array([100, 110, 90], np.int32),
        np.array([102, 112, 92], np.int32),
    )
    for grid, seen in ((0, begin + 200 * SECOND), (SECOND, begin + 60 * SECOND)):
        plan = LanePlan(settings=row(latency=1), strategy=2, params={"seed": 0, "one_in": 1}, frame=0)
        session = session_of(World([plan], grid=grid))
        session.feed(tape)
        frame = session.records.markets["frames"][0][0]
        assert (int(frame["closed"]), int(frame["times"][0])) == (1, begin)
        found = [int(frame[name][0]) for name in ("opens", "highs", "lows", "closes")]
        assert found == [202, 222, 202, 222]
        assert [each["ts"] for each in acts(session, ENTER)] == [seen]


def test_wider_bars_are_the_minutes_they_hold() -> None:
    session = session_of(World([LanePlan(strategy=COIN, params={"one_in": 10**6})], [MarketPlan(widest=3)]))
    session.feed(chunk_of(61, 9_000, step_ms=3_000, odd=False))
    frames = session.records.markets["frames"][0]
    minutes = {int(frames[0]["times"][at]): at for at in range(min(128, int(frames[0]["closed"])))}
    for which, span in ((1, 300), (2, 900)):
        wide = frames[which]
        for at in range(max(0, int(wide["closed"]) - 4), int(wide["closed"])):
            at %= 128
            start = int(wide["times"][at])
            inside = [minutes[ts] for ts in sorted(minutes) if start <= ts < start + span * SECOND]
            assert len(inside) > 3
            assert wide["opens"][at] == frames[0]["opens"][inside[0]]
            assert wide["highs"][at] == frames[0]["highs"][inside].max()
            assert wide["lows"][at] == frames[0]["lows"][inside].min()
            assert wide["closes"][at] == frames[0]["closes"][inside[-1]]
            assert wide["volumes"][at] == frames[0]["volumes"][inside].sum()


def test_the_grid_changes_when_an_exit_is_decided_and_never_at_which_price_without_latency() -> None:
    settings = {**FAR, "time_stop": 7 * SECOND, "time_stop_gain": ANY_GAIN}
    chunk = chunk_of(62, 2_000, odd=False)
    off = run(chunk, **settings)
    world = world_of(**settings)
    world.grid = SECOND
    on = session_of(world)
    on.feed(chunk)
    keys = ("entry_ts", "entry_price", "exit_ts", "exit_price", "pnl")
    assert [[each[key] for key in keys] for each in trades_of(on)] == [
        [each[key] for key in keys] for each in trades_of(off)
    ]
    assert len(trades_of(off)) > 40
