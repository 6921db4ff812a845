"""Laws of orders: what is decided is filled once or ends, whatever becomes of the words about it."""

from __future__ import annotations

import random

import pytest

from brokers.oanda.manners import Manners
from conformance.kinds import NOWHERE, ORDERS, WIRE, Kind, Place
from conformance.laws import law
from engine.order_world import ACCOUNT, BUY, ENTRY, SELL, SYMBOL
from tickwise.journal import entries as j
from tickwise.journal.folds.orders import OrderRow
from tickwise.venues.venue import EntryOrder, ExitOrder, StopOrder


def ended_of(at: Place, order: str) -> j.Ended:
    (found,) = [each for each in at.world.journal.of(j.Ended) if each.order == order]
    return found


@law(
    1, "An entry fills once, with its stop and its target resting at the venue as they were decided.", ORDERS
)
def test_c01_an_entry_fills_once_with_stop_and_target(kind: Kind) -> None:
    async def story(at: Place) -> None:
        for enters, side in ((at.world.buys, 1), (at.world.sells, -1)):
            order = await enters()
            (filled,) = [each for each in at.world.journal.of(j.Filled) if each.order == order]
            (held,) = at.held().values()
            intent = at.world.intents[-1]
            assert (filled.units, held.units) == (side * 10_000, side * 10_000)
            assert (held.stop, held.target) == (
                filled.price - side * intent.stop,
                intent.price + side * intent.target,
            )
            assert filled.price == intent.price
            at.world.take(j.Ordered(**ENTRY, lane=0, reason="command", actor="me"))
            await at.world.until(lambda: not at.world.book.positions)
        assert (at.sent("enter"), at.sent("leave")) == (2, 2)

    kind.run(story)


@law(2, "An entry never fills beyond the worst price it was decided with: it ends instead.", ORDERS)
def test_c02_an_entry_keeps_its_bound(kind: Kind) -> None:
    async def story(at: Place) -> None:
        if kind.skills & {WIRE}:
            at.befalls("acted on late", delay_s=0.5)
        order = await at.world.ask(BUY)
        at.world.quote(mid=at.world.mid + 40)
        await at.world.until(lambda: bool(at.world.journal.of(j.Ended)))
        assert ended_of(at, order).reason == "price_bound"
        assert (at.held(), int(at.world.lanes[0]["side"])) == ({}, 0)

    kind.run(story, kind.bot(late_s=0.5, fills={"slippage_pips_max": 1.0}))


@law(
    3, "What is filled in part is a position of that part with a stop of its own, and the rest ends.", ORDERS
)
def test_c03_a_partial_fill_is_a_position_of_its_part(kind: Kind) -> None:
    async def story(at: Place) -> None:
        if kind.skills & {WIRE}:
            at.befalls("filled in part", fraction="0.4")
        order = await at.world.buys()
        (held,) = at.held().values()
        assert 0 < held.units < 10_000
        assert held.stop > 0
        assert at.world.book.positions[order].units == held.units
        await at.world.until(lambda: not at.world.book.open_orders())
        (row,) = at.world.journal.all(OrderRow)
        assert (row.status, row.filled) == ("cancelled", held.units)
        at.world.quote(mid=at.world.mid + 200)
        await at.world.until(lambda: not at.world.book.positions)
        (trade,) = at.world.journal.of(j.TradeBooked)
        assert trade.units == held.units

    kind.run(story, kind.bot(part=0.4), fill="IOC")


@law(
    4,
    "Each no of the venue ends the order with our reason and one of three policies, and holds nothing.",
    ORDERS,
)
def test_c04_each_no_has_a_reason_and_a_policy(kind: Kind) -> None:
    for no in kind.refusals:

        async def story(at: Place, no: object = no) -> tuple[str, ...]:
            refusal = kind.refusals[kind.refusals.index(no)]  # type: ignore[arg-type]
            if refusal.ill:
                at.befalls(refusal.ill, reason=refusal.word)
            order = await at.world.ask(BUY)
            await at.world.until(lambda: bool(at.world.journal.of(j.Ended)))
            assert (at.held(), int(at.world.lanes[0]["side"])) == ({}, 0)
            ended = ended_of(at, order)
            return refusal.ill, ended.says, ended.status, ended.reason, ended.policy

        assert kind.run(story, kind.bot(refused=True)) == no
    policies = {each.policy for each in kind.refusals}
    assert policies == ({"retry_later", "resize", "give_up"} if WIRE in kind.skills else {"retry_later"})


@law(5, "An order without a reply is unknown, blocks its instrument, is found, and never leaves twice.", WIRE)
def test_c05_a_lost_reply_is_unknown_and_found(kind: Kind) -> None:
    async def story(at: Place) -> None:
        at.befalls("reply lost")
        at.befalls("told never")
        at.befalls("changes lag", lag_s=3.0)
        order = await at.world.ask(BUY)
        await at.world.until(lambda: at.world.state(order) == "unknown")
        assert await at.world.ask(BUY) == ""
        await at.world.until(lambda: order in at.world.book.positions)
        assert at.sent("enter") == 1

    kind.run(story)


@law(6, "An order that never arrived ends by evidence alone, after all the time the venue may take.", WIRE)
def test_c06_what_never_arrived_ends_by_evidence(kind: Kind) -> None:
    async def story(at: Place) -> None:
        at.befalls("request lost")
        order = await at.world.ask(BUY)
        await at.world.passes(118.0)
        assert at.world.state(order) == "unknown"
        await at.world.until(lambda: at.world.state(order) == "never_received")
        assert [each.found for each in at.world.journal.of(j.Evidence)] == [False]
        await at.world.buys()

    kind.run(story)


@law(7, "An order that the venue acts on late is one position, and nothing else was sent meanwhile.", WIRE)
def test_c07_an_order_that_is_acted_on_late_is_one_position(kind: Kind) -> None:
    async def story(at: Place) -> None:
        at.befalls("acted on late", delay_s=60.0)
        order = await at.world.ask(BUY)
        await at.world.until(lambda: at.world.state(order) == "unknown")
        assert await at.world.ask(BUY) == ""
        await at.world.until(lambda: order in at.world.book.positions, 70.0)
        assert (at.sent("enter"), len(at.held())) == (1, 1)

    kind.run(story)


@law(8, "A list of changes that is older than it should be ends nothing.", WIRE)
def test_c08_a_read_that_lags_ends_nothing(kind: Kind) -> None:
    async def story(at: Place) -> None:
        at.befalls("reply lost")
        at.befalls("told never")
        at.befalls("changes lag", lag_s=8.0)
        order = await at.world.ask(BUY)
        await at.world.until(lambda: order in at.world.book.positions, 40.0)
        assert at.world.journal.of(j.Ended) == []

    kind.run(story)


@law(9, "A fill that is told twice, late or in another order is one fill.", WIRE)
def test_c09_a_fill_that_is_told_twice_is_one(kind: Kind) -> None:
    async def story(at: Place) -> None:
        at.befalls("told twice", copies=3)
        at.befalls("told in another order")
        await at.world.buys()
        at.world.quote(mid=at.world.mid + 200)
        await at.world.until(lambda: not at.world.book.positions)
        await at.world.passes(6.0)
        executions = [each.execution for each in at.world.journal.of(j.Filled, j.Reduced)]
        assert len(executions) == len(set(executions)) == 2

    kind.run(story)


@law(10, "The bytes of an order say what was decided, read back by other code than wrote them.", WIRE)
def test_c10_bytes_say_what_was_decided(kind: Kind) -> None:
    async def story(at: Place) -> None:
        draws, venue = random.Random(10), at.world.venue
        await at.world.buys()
        (position,) = at.held()
        for number in range(200):
            side, price = draws.choice((1, -1)), draws.randrange(90_000, 140_000)
            target = draws.choice((0, draws.randrange(1, 500)))
            entry = EntryOrder(
                f"tw-c-{number}", ACCOUNT, SYMBOL, side * draws.randrange(1, 10**6), draws.randrange(1, 900),
                target, price + side * target if target else 0, draws.choice((0, price)), "bot",
            )  # fmt: skip
            leave = ExitOrder(f"tw-x-{number}", ACCOUNT, SYMBOL, position, draws.choice((0, 1, 9_999)))
            stop = StopOrder("tw-p", ACCOUNT, SYMBOL, position, price, draws.choice((0, price + 7)))
            assert venue.parse(venue.encode_entry(entry)) == entry
            assert venue.parse(venue.encode_exit(leave)) == leave
            assert venue.parse(venue.encode_stop(stop)) == stop

    kind.run(story)


@law(
    11,
    "Orders keep their ids over a restart: what was held is held under its name, and nothing leaves again.",
    ORDERS,
)
def test_c11_ids_are_stable_over_a_restart(kind: Kind) -> None:
    async def story(at: Place) -> None:
        order = await at.world.buys()
        held, sent = at.held(), at.sent("enter")
        before = [(each.id, each.venue_position, each.units) for each in at.world.book.positions.values()]
        for _ in range(2):
            await at.world.die()
            await at.world.recover()
            now = [(each.id, each.venue_position, each.units) for each in at.world.book.positions.values()]
            assert (now, at.held(), at.sent("enter")) == (before, held, sent)
        at.world.quote(mid=at.world.mid + 200)
        await at.world.until(lambda: not at.world.book.positions)
        assert await at.world.buys() != order
        ids = [each.order for each in at.world.journal.of(j.Intent, j.ExitIntent)]
        assert len(ids) == len(set(ids))

    kind.run(story)


@law(
    12,
    "A kill leaves every position though everything is forbidden, and opens none until a person's word.",
    ORDERS,
)
def test_c12_a_kill_leaves_every_position(kind: Kind) -> None:
    async def story(at: Place) -> None:
        await at.world.buys()
        at.world.switch("halt")
        at.world.switch("pause", "instrument", SYMBOL)
        at.world.switch("kill")
        await at.world.until(lambda: not at.world.book.positions)
        assert at.held() == {}
        for wish in (BUY, SELL):
            assert await at.world.ask(wish) == ""

    kind.run(story)


@law(13, "Paper sends nothing, whatever is decided.", NOWHERE)
def test_c13_paper_sends_nothing(kind: Kind) -> None:
    async def story(at: Place) -> None:
        for _ in range(3):
            await at.world.buys()
            at.world.quote(mid=at.world.mid + 200)
            await at.world.until(lambda: not at.world.book.positions)
        assert {each.method for each in at.world.server.exchanges} == {"GET"}
        assert not hasattr(at.world.venue, "send")

    kind.run(story)


@law(
    14,
    "Two bots on opposite sides hold together what the venue holds, be it that it nets them or not.",
    ORDERS,
)
def test_c14_opposite_bots_hold_together_what_the_venue_holds(kind: Kind) -> None:
    async def story(at: Place) -> None:
        await at.world.ask(BUY)
        await at.world.until(lambda: len(at.world.book.positions) == 1)
        await at.world.ask(SELL)
        await at.world.passes(2.0)
        units = sorted(each.units for each in at.world.book.positions.values())
        assert units == sorted(each.units for each in at.held().values())
        assert units == ([] if kind.nets else [-10_000, 10_000])

    kind.run(story, kind.bot(name="buyer", params={"sell": 0}), kind.bot(name="seller", params={"buy": 0}))


@law(15, "While the market is halted nothing is opened, not by an order that was on its way either.", ORDERS)
@pytest.mark.parametrize("manner", ["cancel", "reject"])
def test_c15_a_halted_market_opens_nothing(kind: Kind, manner: str) -> None:
    async def story(at: Place) -> None:
        if WIRE in kind.skills:
            at.befalls("acted on late", delay_s=0.5)
            order = await at.world.ask(BUY)
            at.halts()
            await at.world.until(lambda: at.world.state(order) in ("cancelled", "rejected"))
            assert ended_of(at, order).reason in ("market_closed", "instrument")
        at.halts()
        await at.world.passes(0.2)
        assert (at.world.allows_entries, at.held()) == (False, {})
        assert await at.world.ask(BUY) == ""
        at.reopens()
        at.world.quote()
        await at.world.until(lambda: at.world.allows_entries)
        await at.world.buys()

    kind.run(story, manners=Manners(every_price=True, charges_financing=False, halted=manner))
