"""Laws of a session, whatever its settings and whatever the tape."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oracles.bots import QUIET, W1_EXITS
from oracles.chain import decisions_of, trades_of
from oracles.drawn_worlds import world_drawn
from oracles.tapes import BEGIN, chunk_of
from oracles.worlds import LanePlan, MarketPlan, World, row, session_of
from tickwise.config.load import bot_of
from tickwise.core import layout
from tickwise.core.params import PARAMS
from tickwise.kernels.strategy_file import names
from tickwise.market_data.chunks import QuoteChunk, cut
from tickwise.market_data.tape import tape_of
from tickwise.session.assembly import assembled
from tickwise.session.session import Session

LAW = settings(derandomize=True, deadline=None, max_examples=60)
FEW = settings(derandomize=True, deadline=None, max_examples=25)

steps = st.tuples(
    st.integers(0, 90_000),  # milliseconds since the last quote
    st.integers(-12, 12),  # ticks the bid has moved
    st.integers(-1, 9),  # ticks of spread; -1 is crossed
    st.integers(0, 1),  # instrument
)


@st.composite
def worlds(draw: Any, longest: int = 250) -> tuple[World, QuoteChunk]:
    """Draw a tape of two instruments, quote by quote, and a world of any settings over it."""
    moved = np.array(draw(st.lists(steps, min_size=40, max_size=longest)), np.int64)
    ts = BEGIN + np.cumsum(moved[:, 0]) * 1_000_000
    bid = (110_000 + np.cumsum(moved[:, 1])).astype(np.int32)
    ask = (bid + moved[:, 2]).astype(np.int32)
    chunk = QuoteChunk(ts, bid, ask, moved[:, 3].astype(np.int16), ts)
    seed = draw(st.integers(0, 2**32))
    return world_drawn(seed, int(ts[0]), int(ts[-1]) + 3_000_000_000, 2), chunk


def run(world: World, *chunks: QuoteChunk) -> Session:
    session = session_of(world)
    for chunk in chunks:
        session.feed(chunk)
    return session


def everything(session: Session) -> tuple[Any, ...]:
    """What a session has written, and the bytes of its state."""
    return trades_of(session), decisions_of(session), session.decision_digest, session.snapshot()


def in_parts(chunk: QuoteChunk, cuts: list[int]) -> Iterator[QuoteChunk]:
    places = [0, *sorted({each % len(chunk.ts) for each in cuts}), len(chunk.ts)]
    for first, last in pairwise(places):
        yield cut(chunk, first, last)


@LAW
@given(worlds())
def test_outcomes_add_up_to_evaluations(made: tuple[World, QuoteChunk]) -> None:
    world, chunk = made
    session = run(world, chunk)
    markets = session.records.markets
    assert int(markets["n"].sum()) + refused(session) == len(chunk.ts)
    for k, plan in enumerate(world.lanes):
        market = markets[plan.instrument]
        asked = market["n"] if plan.frame < 0 else market["frames"][plan.frame]["closed"]
        assert session.counts()[k].sum() == asked
        assert (session.counts("missed")[k] <= session.counts()[k]).all()
    assert sum(session.outcomes().values()) == session.counts().sum()


def refused(session: Session) -> int:
    names = ("crossed", "non_positive", "late", "duplicate", "out_of_band")
    return sum(int(session.records.markets[name].sum()) for name in names)


@LAW
@given(worlds(), st.lists(st.integers(0, 10_000), max_size=12))
def test_the_size_of_chunks_changes_nothing(made: tuple[World, QuoteChunk], cuts: list[int]) -> None:
    world, chunk = made
    assert everything(run(world, *in_parts(chunk, cuts))) == everything(run(world, chunk))


@LAW
@given(worlds(), st.integers(0, 10_000))
def test_the_future_cannot_change_a_decision(made: tuple[World, QuoteChunk], place: int) -> None:
    world, chunk = made
    place %= len(chunk.ts)
    before, whole = run(world, cut(chunk, 0, place)), run(world, chunk)
    until = int(chunk.ts[place - 1]) if place else 0
    known = decisions_of(before)
    assert known == decisions_of(whole)[: len(known)]
    assert all(each["ts"] >= until for each in decisions_of(whole)[len(known) :])
    trades = trades_of(before)
    assert trades == trades_of(whole)[: len(trades)]


@LAW
@given(worlds(), st.integers(0, 10_000))
def test_a_snapshot_in_the_middle_changes_nothing(made: tuple[World, QuoteChunk], place: int) -> None:
    world, chunk = made
    place %= len(chunk.ts)
    first, rest = cut(chunk, 0, place), cut(chunk, place, len(chunk.ts))
    begun = run(world, first)
    kept = begun.snapshot()
    begun.feed(rest)
    taken_up = session_of(world)
    assert taken_up.restore(kept)
    taken_up.feed(rest)
    assert taken_up.snapshot() == begun.snapshot()
    written = len(trades_of(begun)) - len(trades_of(taken_up))
    assert trades_of(begun)[written:] == trades_of(taken_up)


def test_a_snapshot_of_another_layout_is_left_alone() -> None:
    session = run(World([LanePlan()]), chunk_of(1, 50))
    kept = session.snapshot()
    for wrong in (kept[:-1], b"\xff" + kept[1:], b""):
        assert not session.restore(wrong)
    assert session.snapshot() == kept


@LAW
@given(worlds())
def test_balance_is_what_it_began_with_and_what_trades_and_open_positions_have_earned(
    made: tuple[World, QuoteChunk],
) -> None:
    world, chunk = made
    session = session_of(world)
    for part in in_parts(chunk, list(range(0, 10_000, 37))):
        session.feed(part)
        for which, account in enumerate(world.accounts):
            record = session.records.accounts[which]
            trades = [each for each in trades_of(session) if each["account"] == which]
            ended = sum(each["pnl"] for each in trades)
            lanes = [k for k, plan in enumerate(world.lanes) if plan.account == which]
            held = [session.records.lanes[k]["position"] for k in lanes if is_open(session, k)]
            still = sum(int(each["gross"] - each["commission"] + each["financing"]) for each in held)
            assert int(record["balance"]) == account.balance + ended + still
            assert int(record["open_pnl"]) == sum(int(each["mark"]) for each in held)
            costs = [sum(each[name] for each in trades) for name in ("commission", "financing")]
            costs = [
                cost + sum(int(each[name]) for each in held)
                for cost, name in zip(costs, ("commission", "financing"), strict=True)
            ]
            assert [int(record[name]) for name in ("commission", "financing")] == costs
    for trade in trades_of(session):
        assert trade["pnl"] == trade["gross"] - trade["commission"] + trade["financing"]


def is_open(session: Session, k: int) -> bool:
    return abs(int(session.records.lanes["side"][k])) == 1


@FEW
@given(worlds())
def test_every_tally_is_empty_once_nothing_is_open(made: tuple[World, QuoteChunk]) -> None:
    world, chunk = made
    session = run(world, chunk)
    tallies = session.records.tallies
    assert (tallies["open"] >= 0).all()
    if not session.records.lanes["side"].any():
        assert not tallies["open"].any()
        assert not tallies["risk"].any()
        assert not tallies["value"].any()
        assert not session.records.accounts["margin_used"].any()


def held_at_once(session: Session) -> int:
    """The most orders and positions that were open at one time."""
    opening = [(each["ts"], 1) for each in decisions_of(session) if each["act"] == 1]
    rejected = [(each["ts"], -1) for each in decisions_of(session) if each["act"] == 5]
    ended = [(each["exit_ts"], -1) for each in trades_of(session)]
    most = now = 0
    for _, change in sorted(opening + rejected + ended, key=lambda each: (each[0], each[1])):
        now += change
        most = max(most, now)
    return most


@pytest.mark.parametrize("latency", [0, 400_000_000])
def test_two_bots_on_one_account_share_its_limit(latency: int) -> None:
    def world(most: int) -> World:
        limits = row(open_account_max=most, stop_ticks=30, target_ticks=20, latency=latency)
        lanes = [LanePlan(settings=limits, bot=at, params={"seed": at, "one_in": 8}) for at in range(2)]
        return World(lanes)

    chunk = chunk_of(51, 4_000)
    bound, free = run(world(1), chunk), run(world(0), chunk)
    assert bound.outcomes()["open_account"] > 100
    assert held_at_once(bound) == 1
    assert held_at_once(free) == 2
    assert {each["bot"] for each in trades_of(bound)} == {0, 1}


def test_one_bot_on_two_accounts_decides_on_one_signal_for_each() -> None:
    limits = row(stop_ticks=30, target_ticks=20)
    alone = run(World([LanePlan(settings=limits, params={"one_in": 20})]), chunk_of(52, 3_000))
    world = World([LanePlan(settings=limits, params={"one_in": 20}, account=at) for at in range(2)])
    world.accounts = [*world.accounts, *World([LanePlan()]).accounts]
    both = run(world, chunk_of(52, 3_000))
    without = ("lane", "account", "order")
    found = [
        [
            {name: each[name] for name in each if name not in without}
            for each in trades_of(both)
            if each["lane"] == k
        ]
        for k in range(2)
    ]
    single = [{name: each[name] for name in each if name not in without} for each in trades_of(alone)]
    assert found == [single, single]
    assert (both.counts()[0] == both.counts()[1]).all()


def test_many_sets_of_parameters_in_isolated_accounts_equal_their_single_runs() -> None:
    chunk = chunk_of(53, 3_000)
    sets = [
        (
            row(stop_ticks=20 + 7 * at, target_ticks=10 + at, spacing=at * 10**9),
            {"one_in": 5 + at, "seed": at},
        )
        for at in range(12)
    ]
    plan = World([LanePlan()]).accounts[0]
    lanes = [
        LanePlan(settings=limits, params=params, bot=at, account=at, pocket=str(at), group=str(at))
        for at, (limits, params) in enumerate(sets)
    ]
    together = run(World(lanes, accounts=[plan] * len(sets)), chunk)
    for at, (limits, params) in enumerate(sets):
        alone = run(World([LanePlan(settings=limits, params=params)]), chunk)
        assert (together.counts()[at] == alone.counts()[0]).all()
        keys = [name for name in layout.TRADE.names if name not in ("lane", "bot", "account", "order")]
        mine = [[each[key] for key in keys] for each in trades_of(together) if each["lane"] == at]
        assert mine == [[each[key] for key in keys] for each in trades_of(alone)]
        assert together.records.accounts["balance"][at] == alone.records.accounts["balance"][0]


def test_bots_of_two_instruments_do_not_depend_on_how_their_quotes_are_interleaved() -> None:
    """Each instrument's own bot sees its own quotes; nothing is shared but the clock."""
    both = chunk_of(54, 4_000, instruments=2)
    lanes = [LanePlan(instrument=at, bot=at, params={"one_in": 12, "seed": at}) for at in range(2)]
    together = run(World(lanes, [MarketPlan("A"), MarketPlan("B")]), both)
    for at in range(2):
        mine = both.instrument == at
        only = QuoteChunk(both.ts[mine], both.bid[mine], both.ask[mine], ts_event=both.ts_event[mine])
        alone = run(World([LanePlan(params={"one_in": 12, "seed": at})]), only)
        assert (together.counts()[at] == alone.counts()[0]).all()


RECORDS = {
    name: value for name, value in vars(layout).items() if isinstance(value, np.dtype) and value.names
} | {"PARAMS": PARAMS}


def fields_of(dtype: np.dtype[Any]) -> Iterator[str]:
    for name in dtype.names or ():
        yield name
        yield from fields_of(dtype.fields[name][0].base)


@pytest.mark.parametrize("name", list(RECORDS))
def test_no_field_of_a_record_has_the_name_of_something_an_array_has(name: str) -> None:
    taken = {*dir(np.ndarray), *dir(np.recarray), *dir(np.record), *dir(np.void)}
    assert set(fields_of(RECORDS[name])) & taken == set()


@pytest.mark.parametrize("name", list(RECORDS))
def test_every_field_of_a_record_stands_on_eight_bytes(name: str) -> None:
    dtype = RECORDS[name]
    assert all(offset % 8 == 0 for _, offset in (field[:2] for field in dtype.fields.values()))
    assert dtype.itemsize % 8 == 0


@pytest.mark.parametrize("strategy", names())
@pytest.mark.parametrize("part", [0.31, 0.5, 0.77])
def test_no_strategy_sees_the_future(strategy: str, part: float) -> None:
    step_ms = 4_000 if strategy == "price_action_pinbar" else 1_500  # its signals are few
    chunk = chunk_of(55, 20_000, step_ms=step_ms, move=4, odd=False)
    exits = W1_EXITS if strategy == "fast_scalp" else {}
    bot = bot_of({**QUIET, "strategy": strategy, "exits": exits})
    tape = tape_of(chunk, [("EUR_USD", "0.00001")])
    place = int(part * len(chunk.ts))
    before, whole = assembled([bot], tape), assembled([bot], tape)
    before.feed(cut(chunk, 0, place))
    whole.feed(chunk)
    known = decisions_of(before)
    assert len(decisions_of(whole)) > len(known) > 5
    assert known == decisions_of(whole)[: len(known)]
