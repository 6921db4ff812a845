"""Claims about orders that the venue refuses, and about those that are not let out at all.

The rows are those of the reliability plan: A5 to A7, A16, A17, A21 and D6.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import msgspec
import pytest

from engine.order_world import ACCOUNT, BUY, ENTRY, OrderWorld, bot, order_of, play
from tickwise.engine.last_hop import Caps
from tickwise.engine.venue_session import Manner
from tickwise.journal import entries as j
from tickwise.venues.oanda.exact import Malformed

REJECTED = {
    "MARKET_HALTED": ("market_closed", "retry_later"),
    "INSUFFICIENT_MARGIN": ("margin", "resize"),
    "UNITS_LIMIT_EXCEEDED": ("units", "resize"),
    "ACCOUNT_ORDER_CREATION_LOCKED": ("account_locked", "give_up"),
    "INSTRUMENT_NOT_TRADEABLE": ("instrument", "give_up"),
    "STOP_LOSS_ON_FILL_PRICE_DISTANCE_MINIMUM_NOT_MET": ("stop_distance", "give_up"),
    "CLIENT_ORDER_ID_ALREADY_EXISTS": ("duplicate", "give_up"),
    "PENDING_ORDERS_ALLOWED_EXCEEDED": ("limit_of_orders", "retry_later"),
    "INTERNAL_SERVER_ERROR": ("venue_error", "retry_later"),
    "A_WORD_OF_TOMORROW": ("other", "give_up"),
}

CANCELLED = {
    "INSUFFICIENT_LIQUIDITY": ("liquidity", "resize"),
    "BOUNDS_VIOLATION": ("price_bound", "retry_later"),
    "STOP_LOSS_ON_FILL_LOSS": ("stop_reached", "retry_later"),
    "TAKE_PROFIT_ON_FILL_LOSS": ("stop_reached", "retry_later"),
    "INSTRUMENT_BID_HALTED": ("halted", "retry_later"),
    "FIFO_VIOLATION": ("fifo", "give_up"),
}


async def refused(world: OrderWorld) -> j.Ended:
    """Let the bot buy in vain; what it was refused for stands in the journal."""
    order = await world.ask(BUY)
    await world.until(lambda: world.state(order) not in ("intended", "sent", "accepted"))
    (ended,) = world.journal.of(j.Ended)
    assert (ended.order, ended.is_exit) == (order, False)
    assert int(world.lanes[0]["side"]) == 0
    return ended


@pytest.mark.parametrize(("word", "meant"), REJECTED.items(), ids=REJECTED)
def test_a_rejected_order_ends_with_its_reason_and_nothing_is_held(word: str, meant: tuple[str, str]) -> None:
    async def story(world: OrderWorld) -> j.Ended:
        world.faults.add("reject", method="POST", reason=word)
        return await refused(world)

    ended = play(story)
    assert (ended.status, ended.reason, ended.policy, ended.says) == ("rejected", *meant, word)


@pytest.mark.parametrize(("word", "meant"), CANCELLED.items(), ids=CANCELLED)
def test_an_order_that_was_created_and_cancelled_is_no_position(word: str, meant: tuple[str, str]) -> None:
    async def story(world: OrderWorld) -> j.Ended:
        world.faults.add("cancel", method="POST", reason=word)
        ended = await refused(world)
        assert world.sent("enter")[0].status == 201
        return ended

    ended = play(story)
    assert (ended.status, ended.reason, ended.policy, ended.says) == ("cancelled", *meant, word)


STATUSES = {400: "other", 401: "not_authorised", 403: "not_authorised", 404: "other"}


@pytest.mark.parametrize(("status", "reason"), STATUSES.items())
def test_a_refusal_in_the_venues_words_ends_an_order_at_once(status: int, reason: str) -> None:
    async def story(world: OrderWorld) -> j.Ended:
        world.faults.add("refuse", method="POST", status=status)
        return await refused(world)

    ended = play(story)
    assert (ended.status, ended.reason) == ("rejected", reason)


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_status_that_proves_nothing_leaves_an_order_unknown(status: int) -> None:
    async def story(world: OrderWorld) -> None:
        world.faults.add("refuse", method="POST", status=status)
        order = await world.ask(BUY)
        await world.until(lambda: world.state(order) == "unknown")
        await world.passes(60.0)
        assert world.state(order) == "unknown"

    play(story)


def test_a_bot_whose_orders_are_refused_rests_before_the_next() -> None:
    async def story(world: OrderWorld) -> None:
        world.faults.add("reject", method="POST", reason="INTERNAL_SERVER_ERROR", times=None)
        for _ in range(20):
            await world.ask(BUY)
            await world.passes(1.0)
        assert 2 <= len(world.intents) <= 6

    play(story, bot(gates={"back_off_s": 2.0, "back_off_s_max": 30.0}))


def test_failures_in_a_row_rest_the_next_decision_ever_longer_and_send_nothing_again() -> None:
    rests = {"back_off_s": 0.3, "back_off_factor": 3.0, "back_off_s_max": 2.7, "breaker_failures": 0}

    async def story(world: OrderWorld) -> list[float]:
        world.faults.add("reject", method="POST", reason="INTERNAL_SERVER_ERROR", times=None)
        while len(world.intents) < 6:
            await world.ask(BUY)
            await world.passes(0.02)
        assert [order_of(each) for each in world.sent("enter")] == [each.order for each in world.intents]
        ended = [each.ts for each in world.journal.of(j.Ended)]
        decided = [each.ts for each in world.intents]
        world.faults.clear()
        await world.passes(3.0)
        await world.buys()
        return [(then - was) / 1e9 for was, then in zip(ended, decided[1:], strict=False)]

    waited = play(story, bot(gates=rests, account={"kill_failures": 0}))
    assert [round(each, 1) for each in waited] == [0.3, 0.9, 2.7, 2.7, 2.7]


def test_refusals_in_a_row_trip_the_kill_switch_and_it_stays() -> None:
    async def story(world: OrderWorld) -> None:
        world.faults.add("reject", method="POST", reason="ACCOUNT_LOCKED", times=None)
        for _ in range(10):
            await world.ask(BUY)
            await world.passes(0.2)
        assert len(world.intents) == 3
        assert [each.switch for each in world.journal.of(j.SwitchTripped)] == ["kill"]
        world.faults.clear()
        assert await world.ask(BUY) == ""
        world.switch("kill", "account", ACCOUNT, on=False)
        await world.buys()

    play(story, bot(account={"kill_failures": 3}))


# What is not let out.


def denied(world: OrderWorld) -> str:
    (each,) = world.journal.of(j.Denied)
    assert world.sent("enter") == []
    assert int(world.lanes[0]["side"]) == 0
    return str(each.why)


SWITCHES: dict[str, Any] = {
    "everything was paused": ("pause", "house", ""),
    "account 101-001-1234567-001 was halted": ("halt", "house", ""),
    "account 101-001-1234567-001 was killed": ("kill", "account", "101-001-1234567-001"),
    "EUR_USD was paused": ("pause", "instrument", "EUR_USD"),
    "asked was paused": ("pause", "bot", "asked"),
    "asked only leaves positions": ("exit_only", "bot", "asked"),
}


@pytest.mark.parametrize(("why", "switch"), SWITCHES.items(), ids=SWITCHES)
def test_an_entry_that_waits_for_the_disk_does_not_leave_after_a_switch(why: str, switch: Any) -> None:
    async def story(world: OrderWorld) -> str:
        world.journal.hold()
        order = await world.ask(BUY)
        assert order
        await world.passes(0.3)
        world.switch(*switch)
        world.journal.release()
        await world.until(lambda: world.state(order) == "denied")
        return denied(world)

    assert play(story) == f"{why} since it was decided"


def test_an_entry_that_waits_for_the_disk_does_not_leave_when_a_stream_died() -> None:
    async def story(world: OrderWorld) -> str:
        world.journal.hold()
        order = await world.ask(BUY)
        world.server.cut("transactions")
        await world.passes(0.05)
        world.journal.release()
        await world.until(lambda: world.state(order) == "denied")
        return denied(world)

    assert play(story) == "a stream of EUR_USD died since it was decided"


def test_an_entry_does_not_leave_when_another_order_on_its_instrument_became_unknown() -> None:
    async def story(world: OrderWorld) -> None:
        world.faults.add("drop_reply", method="POST")
        held = world.engine.journal.durable

        async def second_waits(seq: int) -> None:
            await held(seq)
            if world.journal.entries[seq - 1].order.endswith("-2"):  # type: ignore[attr-defined]
                await world.until(lambda: world.book.unknown_on("EUR_USD") > 0)

        world.journal.durable = second_waits  # type: ignore[method-assign]
        await world.ask(BUY)
        await world.until(lambda: bool(world.journal.of(j.Denied)))
        (denied,) = world.journal.of(j.Denied)
        assert denied.why == "an order on EUR_USD became unknown since it was decided"
        assert len(world.sent("enter")) == 1

    play(story, bot("one"), bot("two"))


def test_an_entry_that_waited_too_long_for_the_disk_does_not_leave() -> None:
    async def story(world: OrderWorld) -> str:
        world.journal.hold()
        await world.ask(BUY)
        await world.passes(3.0)
        world.journal.release()
        await world.until(lambda: bool(world.journal.of(j.Denied)))
        return denied(world)

    assert play(story).startswith("decided 3.0 s ago")


def test_an_entry_does_not_leave_when_the_market_has_passed_its_bound() -> None:
    async def story(world: OrderWorld) -> str:
        world.journal.hold()
        await world.ask(BUY)
        world.quote(mid=world.mid + 40)
        await world.passes(0.1)
        world.journal.release()
        await world.until(lambda: bool(world.journal.of(j.Denied)))
        return denied(world)

    why = play(story, bot(fills={"slippage_pips_max": 1.0}))
    assert why == "the market at 110052 ticks has passed its bound of 110017"


def test_the_bound_stands_on_the_wire_and_the_venue_keeps_to_it() -> None:
    async def story(world: OrderWorld) -> j.Ended:
        world.faults.add("delay_acceptance", method="POST", delay_s=0.5)
        await world.ask(BUY)
        world.quote(mid=world.mid + 40)
        await world.until(lambda: bool(world.journal.of(j.Ended)))
        (asked,) = world.sent("enter")
        assert json.loads(asked.body)["order"]["priceBound"] == "1.10017"
        return world.journal.of(j.Ended)[0]

    ended = play(story, bot(fills={"slippage_pips_max": 1.0}))
    assert (ended.status, ended.reason) == ("cancelled", "price_bound")


@pytest.mark.parametrize(
    ("caps", "why"),
    [
        (Caps(units_max=9_999), "10000 units, above the hard cap of 9999"),
        (Caps(value_max=1_000_000_000), "worth 11000.70, above the hard cap of 1000.00"),
    ],
)
def test_an_entry_above_a_hard_cap_does_not_leave(caps: Caps, why: str) -> None:
    async def story(world: OrderWorld) -> str:
        await world.ask(BUY)
        await world.until(lambda: bool(world.journal.of(j.Denied)))
        return denied(world)

    assert play(story, manner=Manner(caps=caps)) == why


def test_an_order_whose_bytes_say_another_thing_does_not_leave() -> None:
    async def story(world: OrderWorld) -> str:
        written = world.venue.encode_entry

        def in_lots(order: Any) -> Any:
            return written(msgspec.structs.replace(order, units=order.units // 100))

        world.venue.encode_entry = in_lots  # type: ignore[method-assign]
        await world.ask(BUY)
        await world.until(lambda: bool(world.journal.of(j.Denied)))
        return denied(world)

    assert "the bytes say EntryOrder" in play(story)


MALFORMED = Malformed("it says nothing", "the order")


@pytest.mark.parametrize("name", ["encode_entry", "parse"])
def test_an_entry_that_cannot_be_written_or_read_back_is_denied(name: str) -> None:
    async def story(world: OrderWorld) -> str:
        setattr(world.venue, name, raising(MALFORMED))
        await world.ask(BUY)
        await world.until(lambda: bool(world.journal.of(j.Denied)))
        return denied(world)

    assert play(story).endswith("the order: it says nothing")


@pytest.mark.parametrize("name", ["encode_exit", "parse"])
def test_an_exit_that_cannot_be_written_or_read_back_is_denied_told_and_decided_again(name: str) -> None:
    async def story(world: OrderWorld) -> None:
        order, was = await world.buys(), getattr(world.venue, name)
        setattr(world.venue, name, raising(MALFORMED))
        world.take(j.Ordered(**ENTRY, lane=0, reason="command", actor="me"))
        await world.until(lambda: bool(world.journal.of(j.Denied)))
        assert list(world.book.positions) == [order]
        assert world.sent("leave") == []
        assert world.journal.of(j.Alarm)[0].what == "exit_denied"
        setattr(world.venue, name, was)
        await world.until(lambda: not world.book.positions)
        assert len(world.sent("leave")) == 1

    play(story)


def test_a_stop_that_cannot_be_written_is_refused_and_what_rests_stays() -> None:
    async def story(world: OrderWorld) -> None:
        order = await world.buys()
        rests = world.book.positions[order].stop
        world.venue.encode_stop = raising(MALFORMED)  # type: ignore[method-assign]
        world.session.desk.protect(order)
        await world.until(lambda: bool([each for each in world.journal.of(j.StopSet) if each.refused]))
        assert (
            world.book.positions[order].stop
            == rests
            == world.stops()[world.book.positions[order].venue_position]
        )
        assert world.sent("set_stop") == []

    play(story)


def raising(error: ValueError) -> Any:
    """Give a function that raises."""

    def raises(*said: Any) -> Any:
        raise error

    return raises


def test_denials_are_counted_and_none_is_an_order_at_the_venue() -> None:
    async def story(world: OrderWorld) -> Counter[str]:
        world.switch("halt")
        assert await world.ask(BUY) == ""
        world.switch("halt", on=False)
        await world.buys()
        world.take(j.Ordered(**ENTRY, lane=0, reason="command", actor="me"))
        await world.until(lambda: not world.book.positions)
        return Counter(each.gate for each in world.journal.of(j.Refused))

    assert play(story)["halted"] == 1
