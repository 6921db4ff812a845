"""Claims about orders whose reply never came: unknown is not no, and nothing is sent twice.

The rows are those of the reliability plan: A1 to A4 and A8.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from engine.order_world import BUY, ENTRY, OrderWorld, bot, play
from tickwise.engine.venue_session import Manner
from tickwise.journal import entries as j


def kinds(world: OrderWorld, order: str) -> list[str]:
    """Give what the journal told of an order, in a word each."""
    about = (
        j.Intent
        | j.ExitIntent
        | j.Sent
        | j.Unknown
        | j.Evidence
        | j.Accepted
        | j.Filled
        | j.Reduced
        | j.Ended
    )
    return [
        type(each).__name__
        for each in world.journal.entries
        if isinstance(each, about) and each.order == order and getattr(each, "verb", "") != "set_stop"
    ]


LOST: dict[str, dict[str, Any]] = {
    "the connection is cut instead of a reply": {"name": "drop_reply"},
    "the connection is closed instead of a reply": {"name": "drop_reply", "how": "close"},
    "the venue says it failed": {"name": "error_after", "status": 500},
    "a gateway says it timed out": {"name": "error_after", "status": 504},
}


@pytest.mark.parametrize("how", LOST.values(), ids=LOST)
def test_an_order_whose_reply_was_lost_is_found_and_never_sent_again(how: dict[str, Any]) -> None:
    async def story(world: OrderWorld) -> list[str]:
        world.faults.add(method="POST", **how)
        world.faults.add("lose_transaction", times=None)
        order = await world.ask(BUY)
        await world.until(lambda: order in world.book.positions)
        assert world.loop.time() < 20.0
        assert len(world.sent("enter", order)) == 1
        return kinds(world, order)

    told = play(story)
    assert told == ["Intent", "Sent", "Unknown", "Evidence", "Accepted", "Filled"]


def test_an_order_whose_reply_is_late_is_found_because_a_heartbeat_knows_more_than_we_do() -> None:
    async def story(world: OrderWorld) -> list[str]:
        world.faults.add("delay_reply", method="POST", delay_s=8.0)
        world.faults.add("lose_transaction", times=None)
        order = await world.ask(BUY)
        await world.until(lambda: order in world.book.positions)
        assert world.sent("enter")[0].status is None
        await world.passes(8.0)
        return kinds(world, order)

    told = play(story, manner=Manner(sweep_s=60.0))
    assert told == ["Intent", "Sent", "Accepted", "Filled"]


def test_an_unknown_order_counts_and_blocks_its_instrument_until_it_is_found() -> None:
    async def story(world: OrderWorld) -> None:
        world.faults.add("drop_reply", method="POST")
        world.faults.add("lose_transaction", times=None)
        world.faults.add("refuse", path="sinceid", times=None)
        order = await world.ask(BUY)
        await world.until(lambda: world.state(order) == "unknown")
        for _ in range(8):
            await world.passes(1.0)
            assert await world.ask(BUY) == ""
        assert len(world.intents) == 1
        world.faults.clear("refuse")
        await world.until(lambda: world.state(order) == "filled", 60.0)

    play(story)


NEVER_GOT: dict[str, dict[str, Any]] = {
    "the connection is cut before the request": {"name": "drop_request"},
    "the connection is closed before it": {"name": "drop_request", "how": "close"},
    "nobody ever answers": {"name": "never_answer"},
}


@pytest.mark.parametrize("how", NEVER_GOT.values(), ids=NEVER_GOT)
def test_an_order_that_never_arrived_ends_by_evidence_after_the_lateness_bound_alone(
    how: dict[str, Any],
) -> None:
    async def story(world: OrderWorld) -> None:
        world.faults.add(method="POST", **how)
        order = await world.ask(BUY)
        sent = world.loop.time()
        await world.until(lambda: world.state(order) == "unknown")
        await world.passes(115.0)
        assert world.state(order) == "unknown"
        await world.until(lambda: world.state(order) == "never_received")
        assert 122.0 <= world.loop.time() - sent < 130.0
        (evidence,) = world.journal.of(j.Evidence)
        assert (evidence.order, evidence.found, evidence.since) == (order, False, 3)
        again = await world.buys()
        assert again != order

    play(story)


def test_evidence_bears_the_time_at_which_it_was_found_however_long_nothing_else_happened() -> None:
    async def story(world: OrderWorld) -> None:
        world.faults.add("drop_request", method="POST")
        order = await world.ask(BUY)
        await world.passes(118.0)
        world.is_quoting = False
        await world.until(lambda: world.state(order) == "never_received")
        (evidence,) = world.journal.of(j.Evidence)
        assert 0 <= world.time.now_ns() - evidence.ts < 20_000_000

    play(story)


def test_an_entry_leaves_while_its_decision_is_fresh_or_not_at_all() -> None:
    async def story(world: OrderWorld) -> None:
        world.network.link("rest").reset()
        await world.passes(1.5)
        world.network.link("rest").hangs = 1.0
        order = await world.ask(BUY)
        await world.until(lambda: world.state(order) == "rejected", 2.1)
        assert not world.sent("enter")
        (ended,) = world.journal.of(j.Ended)
        assert (ended.reason, ended.policy) == ("rate_limit", "retry_later")
        assert ended.says.startswith("no connection within 2.000 s")

    play(story)


@pytest.mark.parametrize("delay_s", [6.0, 90.0])
def test_an_order_that_the_venue_acts_on_late_is_found_before_it_is_given_up(delay_s: float) -> None:
    async def story(world: OrderWorld) -> None:
        world.faults.add("delay_acceptance", method="POST", delay_s=delay_s)
        order = await world.ask(BUY)
        await world.until(lambda: world.state(order) == "unknown")
        await world.until(lambda: order in world.book.positions, delay_s + 10.0)
        assert len(world.sent("enter")) == 1
        assert len(world.intents) == 1

    play(story)


def test_an_order_that_comes_later_than_the_venue_ever_was_is_taken_over_by_its_free_lane() -> None:
    async def story(world: OrderWorld) -> None:
        world.faults.add("delay_acceptance", method="POST", delay_s=140.0)
        order = await world.ask(BUY)
        await world.until(lambda: world.state(order) == "never_received", 140.0)
        await world.until(lambda: order in world.book.positions)
        assert not world.book.positions[order].is_stray
        world.quote(mid=111_000)
        await world.until(lambda: not world.book.positions)
        (trade,) = world.journal.of(j.TradeBooked)
        assert (trade.position, trade.reason) == (order, "target")
        assert [each.what for each in world.journal.of(j.Alarm)] == ["late_fill"]

    play(story)


def test_an_order_that_comes_when_its_lane_has_gone_on_is_counted_and_left_at_once() -> None:
    async def story(world: OrderWorld) -> None:
        world.faults.add("delay_acceptance", method="POST", delay_s=140.0)
        late = await world.ask(BUY)
        await world.until(lambda: world.state(late) == "never_received", 140.0)
        held = await world.buys()
        await world.until(lambda: late in world.book.strays)
        tally = world.engine.live.session.records.tallies[0]
        assert int(tally["open"]) == 2
        await world.until(lambda: late not in world.book.positions)
        assert list(world.book.positions) == [held]
        assert int(tally["open"]) == 1
        (exit_intent,) = world.journal.of(j.ExitIntent)
        assert (exit_intent.position, exit_intent.units) == (late, -10_000)

    play(story)


def test_a_fill_that_the_stream_tells_before_the_reply_makes_the_reply_no_news() -> None:
    async def story(world: OrderWorld) -> list[str]:
        world.faults.add("delay_reply", method="POST", delay_s=2.0)
        order = await world.ask(BUY)
        await world.until(lambda: order in world.book.positions)
        assert world.sent("enter")[0].status is None
        await world.passes(3.0)
        assert world.sent("enter")[0].status == 201
        return kinds(world, order)

    assert play(story) == ["Intent", "Sent", "Accepted", "Filled"]


def test_a_reply_that_is_lost_after_the_stream_told_all_leaves_nothing_unknown() -> None:
    async def story(world: OrderWorld) -> list[str]:
        world.faults.add("delay_reply", method="POST", delay_s=1.0)
        world.faults.add("drop_reply", method="POST")
        order = await world.buys()
        await world.passes(3.0)
        return kinds(world, order)

    assert play(story) == ["Intent", "Sent", "Accepted", "Filled"]


def test_orders_that_are_lost_on_two_instruments_block_each_its_own() -> None:
    async def story(world: OrderWorld) -> None:
        world.faults.add("drop_request", method="POST")
        lost = await world.ask(BUY, symbol="EUR_USD")
        await world.until(lambda: world.state(lost) == "unknown")
        await world.passes(1.0)
        assert await world.ask(BUY, symbol="EUR_USD") == ""
        other = await world.buys(symbol="AUD_USD")
        assert list(world.book.positions) == [other]

    play(story, bot(instruments=["EUR_USD", "AUD_USD"]))


def test_a_list_of_changes_that_lags_ends_nothing() -> None:
    async def story(world: OrderWorld) -> None:
        world.faults.add("drop_reply", method="POST")
        world.faults.add("lose_transaction", times=None)
        world.faults.add("lag", path="sinceid", times=None, lag_s=3.0)
        order = await world.ask(BUY)
        await world.until(lambda: world.state(order) == "filled")
        assert kinds(world, order).count("Ended") == 0

    play(story)


def test_reads_that_fail_are_no_evidence() -> None:
    async def story(world: OrderWorld) -> None:
        world.faults.add("drop_request", method="POST")
        order = await world.ask(BUY)
        await world.until(lambda: world.state(order) == "unknown")
        world.faults.add("refuse", path="sinceid", times=None)
        await world.passes(200.0)
        assert world.state(order) == "unknown"
        assert not world.journal.of(j.Evidence)
        world.faults.clear()
        await world.until(lambda: world.state(order) == "never_received", 60.0)

    play(story)


def test_an_order_that_was_lost_with_the_process_is_found_by_the_next_one() -> None:
    async def story(world: OrderWorld) -> None:
        world.faults.add("delay_reply", method="POST", delay_s=60.0)
        world.faults.add("lose_transaction", times=None)
        order = await world.ask(BUY)
        await world.die()
        world.faults.clear()
        await world.recover()
        await world.until(lambda: order in world.book.positions)
        assert len(world.sent("enter")) == 1
        assert kinds(world, order) == ["Intent", "Sent", "Unknown", "Evidence", "Accepted", "Filled"]

    play(story)


def test_a_position_that_was_to_be_left_while_nobody_ran_is_left_as_soon_as_somebody_does() -> None:
    async def story(world: OrderWorld) -> None:
        held = await world.buys()
        world.faults.add("delay_reply", method="POST", delay_s=60.0)
        await world.ask(BUY, symbol="USD_JPY", mid=150_000)
        await world.die()
        world.faults.clear()
        await asyncio.sleep(20.0)
        await world.recover()
        await world.until(lambda: held not in world.book.positions, 5.0)
        (denied,) = world.journal.of(j.Denied)
        assert (denied.order, denied.is_exit) == (f"{held}-x1", True)
        assert denied.why == "decided while the session was taken up again: nothing was sent"

    slow = [
        bot("one", exits={"time_stop_s": 10}, market={"grid_ms": 1000}),
        bot("two", instruments=["USD_JPY"]),
    ]
    play(story, *slow)


def test_an_exit_whose_fill_was_taken_for_anothers_comes_to_its_end_too() -> None:
    async def story(world: OrderWorld) -> None:
        held = await world.buys()
        world.faults.add("drop_request", method="PUT", path="close")
        world.quote(mid=world.mid + 50)
        await world.until(lambda: f"{held}-x1" in world.book.orders, 20.0)
        await world.until(lambda: world.state(f"{held}-x1") == "unknown")
        world.faults.add("delay_reply", method="PUT", path="close", delay_s=1.0)
        await world.until(lambda: held not in world.book.positions)
        assert f"{held}-x2" in world.book.orders
        await world.until(lambda: not world.book.open_orders())

    play(story, bot(exits={"time_stop_s": 10}))


def test_an_order_that_was_never_sent_by_the_process_that_died_is_not_sent_by_the_next_one() -> None:
    async def story(world: OrderWorld) -> None:
        world.journal.hold()
        order = await world.ask(BUY)
        await world.die()
        await world.recover()
        await world.passes(100.0)
        assert world.state(order) == "unknown"
        await world.until(lambda: world.state(order) == "never_received", 40.0)
        assert world.sent("enter") == []

    play(story)


def test_an_exit_that_was_denied_and_not_decided_again_is_sent_by_the_next_process_without_a_price() -> None:
    async def story(world: OrderWorld) -> None:
        await world.buys()
        world.journal.hold()
        await world.until(lambda: bool(world.journal.of(j.ExitIntent)))
        world.is_quoting = False
        (leaving,) = world.journal.of(j.ExitIntent)
        why = "the session was taken up again"
        world.take(j.Denied(**ENTRY, order=leaving.order, lane=leaving.lane, why=why, is_exit=True))
        await world.die()
        assert world.trades()
        await world.recover()
        await world.until(lambda: not world.trades(), 3.0)
        assert [each.reason for each in world.journal.of(j.TradeBooked)] == ["time"]

    play(story, bot(exits={"time_stop_s": 5, "time_stop_gain_pips": 50.0}))


def test_lateness_and_lag_are_the_sessions_to_set() -> None:
    from tickwise.engine.evidence import Patience

    async def story(world: OrderWorld) -> None:
        world.faults.add("drop_request", method="POST")
        order = await world.ask(BUY)
        await world.until(lambda: world.state(order) == "never_received", 25.0)
        assert world.loop.time() > 12.0

    play(story, manner=Manner(patience=Patience(10_000_000_000, 1_000_000_000)))
