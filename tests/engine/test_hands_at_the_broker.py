"""Claims about what a person, the broker or a second program does to the account beside us.

The rows are those of the reliability plan: D1, D2, D4, D5, D15, D16, E27 and A25.
"""

from __future__ import annotations

from decimal import Decimal

from brokers.oanda.manners import Manners
from brokers.oanda.truth import orders
from brokers.oanda.truth.records import ExitTerms, Extensions, Request
from engine.order_world import ACCOUNT, BUY, ENTRY, SECOND, SELL, START, OrderWorld, bot, play
from tickwise.engine.book import Foreign
from tickwise.journal import entries as j


def account(world: OrderWorld, name: str) -> int:
    return int(world.engine.live.session.records.accounts[0][name])


def opened(world: OrderWorld) -> int:
    """Give how many positions the limits of the house count."""
    return int(world.engine.live.session.records.tallies[0]["open"])


# A person closes.


def test_a_position_that_a_person_closed_is_gone_here_within_a_moment_and_booked_as_theirs() -> None:
    async def story(world: OrderWorld) -> None:
        order = await world.buys()
        world.server.hands.closes(world.account, int(world.book.positions[order].venue_position))
        await world.passes(0.2)
        assert not world.book.positions
        (trade,) = world.journal.of(j.TradeBooked)
        assert (trade.position, trade.reason) == (order, "manual")
        assert world.journal.of(j.ExitIntent) == []

    play(story)


def test_a_position_that_a_person_closed_in_part_goes_on_with_the_rest() -> None:
    async def story(world: OrderWorld) -> None:
        order = await world.buys()
        world.server.hands.closes(world.account, int(world.book.positions[order].venue_position), "4000")
        await world.passes(0.2)
        assert world.book.positions[order].units == 6_000
        world.quote(mid=world.mid + 200)
        await world.until(lambda: not world.book.positions)
        (trade,) = world.journal.of(j.TradeBooked)
        assert (trade.units, trade.reason) == (10_000, "target")

    play(story)


def test_a_position_that_is_closed_by_hand_while_the_stream_is_dead_is_found_by_the_sweep() -> None:
    async def story(world: OrderWorld) -> None:
        order = await world.buys()
        world.faults.add("silent_stream", stream="transactions", times=None)
        world.server.hands.closes(world.account, int(world.book.positions[order].venue_position))
        await world.until(lambda: not world.book.positions, 5.5)

    play(story)


# What is not ours.


def test_a_position_opened_by_hand_is_counted_and_shown_and_left_alone() -> None:
    async def story(world: OrderWorld) -> None:
        world.server.hands.opens(world.account, "EUR_USD", 700)
        await world.passes(0.2)
        (foreign,) = world.book.foreign.values()
        assert (foreign.instrument, foreign.units) == ("EUR_USD", 700)
        assert opened(world) == 1
        assert not world.book.positions
        world.quote(mid=world.mid - 2_000)
        await world.passes(5.0)
        assert world.sent() == []
        assert world.trades() == {foreign.venue_id: 700}

    play(story)


def test_a_position_opened_by_hand_takes_a_place_in_the_limits() -> None:
    async def story(world: OrderWorld) -> None:
        world.server.hands.opens(world.account, "EUR_USD", 700)
        await world.passes(0.2)
        assert await world.ask(BUY) == ""
        assert [each.gate for each in world.journal.of(j.Refused)] == ["open_house"]
        world.server.hands.closes(world.account, int(next(iter(world.book.foreign))))
        await world.passes(0.2)
        assert opened(world) == 0
        await world.buys()

    play(story, bot(gates={"open_house_max": 1}))


def test_what_a_foreign_position_earns_is_the_accounts_and_no_trade_of_ours() -> None:
    async def story(world: OrderWorld) -> None:
        world.server.hands.opens(world.account, "EUR_USD", 10_000)
        await world.passes(0.2)
        world.quote(mid=world.mid + 150)
        world.server.hands.closes(world.account, int(next(iter(world.book.foreign))), "4000")
        await world.passes(0.2)
        assert [each.units for each in world.book.foreign.values()] == [6_000]
        world.server.hands.closes(world.account, int(next(iter(world.book.foreign))))
        await world.passes(0.2)
        assert (world.book.foreign, opened(world)) == ({}, 0)
        assert account(world, "balance") == round(float(world.account.state.balance) * 1e6)
        assert world.journal.of(j.TradeBooked) == []

    play(story)


def test_positions_that_are_there_at_the_start_are_foreign() -> None:
    async def story(world: OrderWorld) -> None:
        order = await world.buys()
        await world.stop()
        world.server.hands.opens(world.account, "EUR_USD", 900)
        await world.begin()
        assert sorted(each.units for each in world.book.foreign.values()) == [900, 10_000]
        assert opened(world) == 2
        assert order not in world.book.positions
        assert ("halt", "account", ACCOUNT) in world.book.switches
        world.switch("halt", "account", ACCOUNT, on=False)

    play(story)


def adopted(foreign: Foreign) -> j.Adopted:
    """Give a foreign position to the first lane, as the command does."""
    return j.Adopted(
        **ENTRY, venue_id=foreign.venue_id, position="adopted-1", lane=0, units=foreign.units,
        price=foreign.price, stop=0, target=0, instrument=foreign.instrument, account=foreign.account,
    )  # fmt: skip


def test_an_adopted_position_is_managed_with_the_stop_that_rests_there() -> None:
    async def story(world: OrderWorld) -> None:
        stop = ExitTerms(price=Decimal("1.09700"))
        world.server.hands.opens(world.account, "EUR_USD", 900, stop_loss=stop)
        await world.passes(0.2)
        (foreign,) = world.book.foreign.values()
        world.take(adopted(foreign))
        await world.passes(1.0)
        assert world.book.positions["adopted-1"].stop == 109_700
        assert int(world.lanes[0]["position"]["stop"]) == 109_700
        assert opened(world) == 1
        world.take(j.Ordered(**ENTRY, lane=0, reason="command", actor="me"))
        await world.until(lambda: not world.book.positions)
        (trade,) = world.journal.of(j.TradeBooked)
        assert (trade.position, trade.reason) == ("adopted-1", "command")

    play(story)


def test_an_adopted_position_without_a_stop_is_left() -> None:
    async def story(world: OrderWorld) -> None:
        world.server.hands.opens(world.account, "EUR_USD", 900)
        await world.passes(0.2)
        (foreign,) = world.book.foreign.values()
        world.take(adopted(foreign))
        await world.until(lambda: not world.book.positions, 4.0)
        assert world.trades() == {}
        (trade,) = world.journal.of(j.TradeBooked)
        assert trade.reason == "unprotected"

    play(story)


def test_an_order_that_works_and_is_not_ours_is_seen_in_a_moment_and_followed_to_its_end() -> None:
    async def story(world: OrderWorld) -> None:
        def rests(batch: object, price: str) -> object:
            wanted = {"type": "LIMIT", "instrument": "EUR_USD", "units": "500", "price": price}
            request = Request("LIMIT", "EUR_USD", Decimal(500), Decimal(price), echo=wanted)
            return orders.create(world.broker, world.account, request, batch)  # type: ignore[arg-type]

        for price in ("1.09000", "1.09900"):
            world.broker.act(world.account, world.clock.now(), lambda batch, price=price: rests(batch, price))
        world.server.publish()
        await world.passes(1.0)
        low, high = world.book.foreign_orders
        assert opened(world) == 2
        world.server.hands.cancels(world.account, int(low))
        await world.passes(0.2)
        assert (list(world.book.foreign_orders), opened(world)) == ([high], 1)
        world.quote(mid=109_850)
        await world.passes(0.2)
        assert (world.book.foreign_orders, opened(world)) == ({}, 1)
        assert [each.units for each in world.book.foreign.values()] == [500]

    play(story)


# A second program.


def test_an_order_that_bears_our_mark_and_is_not_in_our_journal_halts_the_account() -> None:
    async def story(world: OrderWorld) -> None:
        ours = Extensions("tw-w1-77")
        world.server.hands.opens(
            world.account, "EUR_USD", 700, extensions=ours, trade_extensions=ours  # type: ignore[arg-type]
        )  # fmt: skip
        await world.passes(0.2)
        assert ("halt", "account", ACCOUNT) in world.book.switches
        assert [each.what for each in world.journal.of(j.Alarm)] == ["second_program"]
        assert len(world.book.foreign) == 1
        assert await world.ask(BUY) == ""

    play(story)


# Money.


def test_a_deposit_moves_the_days_floor_with_it_and_is_no_profit() -> None:
    async def story(world: OrderWorld) -> None:
        floor = account(world, "floor")
        world.server.hands.deposits(world.account, 5_000)
        await world.passes(0.2)
        assert account(world, "balance") == 105_000_000_000
        assert account(world, "deposits") == 5_000_000_000
        assert account(world, "floor") - floor == 5_000_000_000
        world.server.hands.deposits(world.account, -2_000)
        await world.passes(0.2)
        assert account(world, "floor") - floor == 3_000_000_000
        (first, second) = (each for each in world.journal.of(j.BalanceSeen) if each.why == "deposit")
        assert (first.flow, second.flow) == (5_000_000_000, -2_000_000_000)

    play(
        story,
        bot(account={"day_loss_fraction_max": 0.03}) if False else bot(gates={"day_loss_fraction_max": 0.03}),
    )


def test_financing_is_a_cost_of_the_day() -> None:
    async def story(world: OrderWorld) -> None:
        await world.buys()
        await world.passes(20.0)
        financed = [each for each in world.journal.of(j.BalanceSeen) if each.why == "financing"]
        assert len(financed) == 1
        assert account(world, "financing") == financed[0].flow != 0

    play(
        story,
        bot(exits={"time_stop_s": 0}),
        manners=Manners(every_price=True, charges_financing=True),
        start=START + 7 * 3_600 * SECOND + 1_790 * SECOND,
    )


# The margin.


def test_a_margin_closeout_is_booked_with_its_reason_and_halts_the_account() -> None:
    async def story(world: OrderWorld) -> None:
        order = await world.buys()
        world.server.hands.margin_closeout(world.account)
        await world.passes(0.2)
        assert not world.book.positions
        (trade,) = world.journal.of(j.TradeBooked)
        assert (trade.position, trade.reason) == (order, "margin")
        assert [each.what for each in world.journal.of(j.Alarm)] == ["margin_closeout"]
        assert await world.ask(BUY) == ""
        await world.die()
        await world.recover()
        assert await world.ask(BUY) == ""

    play(story)


# Two bots on one instrument.


def test_two_bots_on_one_instrument_hold_what_each_of_them_bought() -> None:
    async def story(world: OrderWorld) -> None:
        await world.ask(BUY)
        await world.until(lambda: len(world.book.positions) == 2)
        assert sorted(each.lane for each in world.book.positions.values()) == [0, 1]
        world.quote(mid=world.mid + 200)
        await world.until(lambda: not world.book.positions)
        assert sorted(each.bot for each in world.journal.of(j.TradeBooked)) == ["one", "two"]

    play(story, bot("one"), bot("two"))


def test_an_order_that_nets_another_bots_position_ends_itself_and_books_the_others_exit() -> None:
    async def story(world: OrderWorld) -> None:
        await world.ask(BUY)
        await world.until(lambda: len(world.book.positions) == 1)
        await world.ask(SELL)
        await world.passes(1.0)
        assert not world.book.positions
        assert [int(each["side"]) for each in world.lanes] == [0, 0]
        (trade,) = world.journal.of(j.TradeBooked)
        assert (trade.bot, trade.reason) == ("buyer", "at_venue")
        (ended,) = world.journal.of(j.Ended)
        assert (ended.lane, ended.status) == (1, "cancelled")

    play(story, bot("buyer", params={"sell": 0}), bot("seller", params={"buy": 0}))


def test_an_order_that_nets_a_smaller_position_opens_what_is_over() -> None:
    async def story(world: OrderWorld) -> None:
        await world.ask(BUY)
        await world.until(lambda: len(world.book.positions) == 1)
        await world.ask(SELL)
        await world.passes(1.0)
        (held,) = world.book.positions.values()
        assert (held.lane, held.units) == (1, -5_000)
        (trade,) = world.journal.of(j.TradeBooked)
        assert (trade.bot, trade.units, trade.reason) == ("buyer", 10_000, "at_venue")

    play(
        story,
        bot("buyer", params={"sell": 0}),
        bot("seller", params={"buy": 0}, sizing={"units_fixed": 15_000}),
    )


def test_on_a_hedging_account_both_sides_stand() -> None:
    async def story(world: OrderWorld) -> None:
        await world.ask(BUY)
        await world.until(lambda: len(world.book.positions) == 1)
        await world.ask(SELL)
        await world.until(lambda: len(world.book.positions) == 2)
        assert sorted(each.units for each in world.book.positions.values()) == [-10_000, 10_000]

    play(
        story,
        bot("buyer", params={"sell": 0}),
        bot("seller", params={"buy": 0}),
        account={"hedging": True},
    )
