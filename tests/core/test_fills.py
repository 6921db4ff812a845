"""The simulated exchange: what an order gets, claim by claim."""

from __future__ import annotations

import numpy as np

from oracles.chain import decisions_of, trades_of
from oracles.stories import ANY_GAIN, AT_ONCE, MS, acts, quotes, run, steady
from oracles.tapes import BEGIN, chunk_of
from tickwise.core.compiled import called
from tickwise.core.decision import CLOSED, ENTER, FILLED, LEAVE, REJECTED
from tickwise.core.fills import REASONS_APART, exit_number
from tickwise.core.mix import draw
from tickwise.core.types import (
    AT_VENUE,
    MANUAL,
    MARGIN_CLOSEOUT,
    REASONS,
    REJECTED_BOUND,
    REJECTED_STOP,
    REJECTED_VENUE,
    STOP,
    TARGET,
    TIME,
)

drawn = called(draw)
numbered = called(exit_number)


def test_without_latency_an_entry_fills_on_the_quote_that_decided() -> None:
    session = run(steady(2))
    (fill,) = acts(session, FILLED)
    assert (fill["ts"], fill["price"]) == (BEGIN, 110_002)


def test_a_sell_fills_at_the_bid() -> None:
    (fill,) = acts(run(steady(2), side=-1), FILLED)
    assert (fill["units"], fill["price"]) == (-10_000, 110_000)


def test_with_latency_it_fills_on_the_first_quote_after_it_and_at_that_price() -> None:
    tape = quotes((0, 110_000), (100, 110_003), (249, 110_006), (250, 110_009))
    (fill,) = acts(run(tape, latency=250 * MS), FILLED)
    assert (fill["ts"] - BEGIN, fill["price"]) == (250 * MS, 110_011)


def test_slippage_makes_both_sides_worse() -> None:
    tape = steady(3)
    bought = run(tape, slippage_ticks=3, **AT_ONCE)
    sold = run(tape, side=-1, slippage_ticks=3, **AT_ONCE)
    assert [each["price"] for each in acts(bought, FILLED)[:1] + acts(bought, CLOSED)[:1]] == [
        110_005,
        109_997,
    ]
    assert [each["price"] for each in acts(sold, FILLED)[:1] + acts(sold, CLOSED)[:1]] == [109_997, 110_005]


def test_a_price_at_the_bound_fills_and_one_beyond_it_is_rejected() -> None:
    for moved, rejected in ((3, False), (4, True)):
        tape = quotes((0, 110_000), (100, 110_000 + moved))
        session = run(tape, latency=100 * MS, bound_ticks=3)
        assert bool(acts(session, REJECTED)) == rejected
        assert bool(acts(session, FILLED)) != rejected
    assert [each["reason"] for each in acts(session, REJECTED)] == [REJECTED_BOUND]


def test_the_bound_of_a_sell_lies_below() -> None:
    tape = quotes((0, 110_000), (100, 109_996))
    (rejected,) = acts(run(tape, side=-1, latency=100 * MS, bound_ticks=3), REJECTED)
    assert (rejected["reason"], rejected["bound"]) == (REJECTED_BOUND, 109_997)


def test_slippage_counts_against_the_bound() -> None:
    tape = steady(2)
    assert acts(run(tape, slippage_ticks=3, bound_ticks=3), FILLED)
    assert acts(run(tape, slippage_ticks=4, bound_ticks=3), REJECTED)


def test_an_order_whose_stop_is_reached_by_its_own_spread_is_rejected() -> None:
    tape = steady(2, spread=5)
    assert acts(run(tape, stop_ticks=6), FILLED)
    assert [each["reason"] for each in acts(run(tape, stop_ticks=5), REJECTED)][:1] == [REJECTED_STOP]


def test_the_venue_rejects_about_the_share_it_is_told_and_the_same_orders_every_time() -> None:
    tape = steady(12_000)
    settings = {"reject_fraction": 0.3, **AT_ONCE}
    first, again, other = run(tape, **settings), run(tape, **settings), run(tape, seed=8, **settings)
    orders, rejected = len(acts(first, ENTER)), acts(first, REJECTED)
    assert orders > 5_000
    assert abs(len(rejected) / orders - 0.3) < 0.02
    assert {each["reason"] for each in rejected} == {REJECTED_VENUE}
    assert decisions_of(first) == decisions_of(again)
    assert [each["id"] for each in rejected] != [each["id"] for each in acts(other, REJECTED)]


def test_partial_fills_take_a_share_between_the_least_and_all_and_the_rest_is_cancelled() -> None:
    tape = steady(6_000)
    session = run(
        tape,
        partial_fills=0.5,
        partial_share_min=0.4,
        time_stop=50 * MS,
        time_stop_gain=ANY_GAIN,
        units_fixed=1_000,
    )
    filled = np.array([each["units"] for each in acts(session, FILLED)])
    assert len(filled) > 2_000
    assert filled.min() >= 400
    assert abs((filled == 1_000).mean() - 0.5) < 0.03
    assert abs(filled[filled < 1_000].mean() - 700) < 15
    assert [each["units"] for each in trades_of(session)] == filled.tolist()[: len(trades_of(session))]


def test_latency_is_drawn_from_the_table_and_each_row_is_as_likely() -> None:
    table = [10 * MS, 20 * MS, 40 * MS, 70 * MS] + [0] * 12
    tape = steady(40_000, step_ms=10)
    session = run(tape, latency_rows=4, latencies=table, time_stop=5 * MS, time_stop_gain=ANY_GAIN)
    drawn_now = np.array([each["latency"] for each in trades_of(session)])
    assert len(drawn_now) > 3_000
    shares = [(drawn_now == each).mean() for each in table[:4]]
    assert max(abs(share - 0.25) for share in shares) < 0.03


def test_a_gap_through_the_stop_fills_at_the_first_price_after_it() -> None:
    tape = quotes((0, 110_000), (100, 109_990), (200, 109_700), (300, 109_990))
    (trade, *_) = trades_of(run(tape, stop_ticks=50))
    assert (trade["reason"], trade["stop"], trade["exit_price"]) == (STOP, 109_952, 109_700.0)


def test_a_gap_through_the_target_still_fills_at_the_target() -> None:
    tape = quotes((0, 110_000), (100, 110_300))
    (trade, *_) = trades_of(run(tape, target_ticks=20))
    assert (trade["reason"], trade["exit_price"]) == (TARGET, 110_022.0)


def test_an_exit_of_the_engine_waits_for_its_latency_and_a_stop_does_not() -> None:
    tape = quotes((0, 110_000), (100, 110_000), (200, 110_000), (1_200, 109_999))
    session = run(tape, latency=100 * MS, **AT_ONCE)
    assert [each["ts"] - BEGIN for each in acts(session, LEAVE)] == [200 * MS]
    assert [each["ts"] - BEGIN for each in acts(session, CLOSED)] == [1_200 * MS]
    assert [REASONS[each["reason"]] for each in trades_of(session)] == [REASONS[TIME]]


def test_no_two_orders_share_a_draw() -> None:
    """Reasons from 16 on come from a venue, whose answers are never drawn."""
    drawn_for = [reason for reason in REASONS if reason < int(REASONS_APART)]
    assert set(REASONS) - set(drawn_for) == {MANUAL, MARGIN_CLOSEOUT, AT_VENUE}
    numbers = {numbered(order, reason) for order in range(1, 2_000) for reason in drawn_for}
    assert len(numbers) == 1_999 * len(drawn_for)
    assert max(numbers) < 0
    draws = {drawn(7, number, purpose) for number in sorted(numbers)[:2_000] for purpose in range(1, 6)}
    assert len(draws) == 10_000
    assert abs(np.mean(list(draws)) - 0.5) < 0.01


def test_money_of_a_tape_of_the_sort_is_the_same_in_every_run() -> None:
    chunk = chunk_of(41, 3_000)
    settings = {
        "slippage_ticks": 1,
        "latency": 200 * MS,
        "reject_fraction": 0.2,
        "partial_fills": 0.5,
    }
    found = [run(chunk, **settings) for _ in range(2)]
    assert trades_of(found[0]) == trades_of(found[1])
    assert found[0].decision_digest == found[1].decision_digest
