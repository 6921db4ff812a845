"""Claims about changes of the account: each is taken in once, whoever brings it, however late and how often.

The rows are those of the reliability plan: A9 to A11, C13, D17 and D18.
"""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest

from engine.order_world import ACCOUNT, BUY, ENTRY, OrderWorld, play
from tickwise.journal import entries as j
from tickwise.venues.venue import AccountView


async def trade(world: OrderWorld) -> None:
    """Buy, and sell at the target."""
    await world.buys()
    world.quote(mid=world.mid + 200)
    await world.until(lambda: not world.book.positions)


def executions(world: OrderWorld) -> Counter[str]:
    return Counter(each.execution for each in world.journal.of(j.Filled, j.Reduced))


@pytest.mark.parametrize("copies", [1, 5])
def test_a_transaction_that_comes_again_is_taken_once(copies: int) -> None:
    async def story(world: OrderWorld) -> Counter[str]:
        world.faults.add("double_transaction", times=None, copies=copies)
        await trade(world)
        return executions(world)

    assert set(play(story).values()) == {1}


def test_transactions_that_are_lost_are_found_by_the_next_sweep() -> None:
    async def story(world: OrderWorld) -> None:
        world.faults.add("lose_transaction", times=None)
        order = await world.ask(BUY)
        await world.until(lambda: order in world.book.positions)
        world.quote(mid=world.mid + 200)
        before = world.loop.time()
        await world.until(lambda: not world.book.positions)
        assert world.loop.time() - before < 5.5

    play(story)


def test_transactions_in_another_order_make_the_same_position() -> None:
    async def story(world: OrderWorld) -> None:
        world.faults.add("drop_reply", method="POST")
        world.faults.add("reorder_transactions", times=None)
        await trade(world)
        assert [each.position for each in world.journal.of(j.TradeBooked)] == [world.intents[0].order]

    play(story)


def test_a_balance_that_is_told_late_takes_back_none_that_is_newer() -> None:
    async def story(world: OrderWorld) -> None:
        world.faults.add("reorder_transactions", types=("TRANSFER_FUNDS",))
        for amount in (100, 20):
            world.server.hands.deposits(world.account, amount)
        await world.passes(1.0)
        records = world.engine.live.session.records
        told = [each.flow for each in world.journal.of(j.BalanceSeen) if each.why == "deposit"]
        assert told == [20_000_000, 100_000_000]
        assert int(records.accounts[0]["balance"]) == int(world.account.state.balance * 1_000_000)
        await world.passes(50.0)
        assert not [each for each in world.journal.of(j.BalanceSeen) if each.why == "correction"]

    play(story)


def test_transactions_that_come_late_find_that_all_is_known() -> None:
    async def story(world: OrderWorld) -> Counter[str]:
        world.faults.add("late_transaction", times=None, delay_s=12.0)
        await trade(world)
        await world.passes(15.0)
        return executions(world)

    assert set(play(story).values()) == {1}


def test_parts_of_a_position_that_are_left_in_any_order_add_up() -> None:
    async def story(world: OrderWorld) -> None:
        order = await world.buys()
        trade_id = int(world.book.positions[order].venue_position)
        world.faults.add("reorder_transactions", times=None, types=("ORDER_FILL",))
        world.server.hands.closes(world.account, trade_id, "3000")
        world.server.hands.closes(world.account, trade_id, "2000")
        world.server.hands.closes(world.account, trade_id, "1000")
        await world.until(lambda: world.book.positions[order].units == 4_000)
        position = world.lanes[0]["position"]
        assert (int(position["units"]), int(position["exit_units"])) == (4_000, 6_000)

    play(story)


def test_a_change_that_was_taken_before_a_restart_is_not_taken_again() -> None:
    async def story(world: OrderWorld) -> None:
        world.server.hands.deposits(world.account, 500)
        world.server.hands.opens(world.account, "EUR_USD", 700)
        await world.buys()
        before = world.engine.live.session.records.accounts[0].copy()
        open_before = int(world.engine.live.session.records.tallies[0]["open"])
        await world.die()
        await world.recover()
        await world.passes(10.0)
        after = world.engine.live.session.records.accounts[0]
        for name in ("balance", "deposits", "day_start"):
            assert int(before[name]) == int(after[name]), name
        assert int(world.engine.live.session.records.tallies[0]["open"]) == open_before == 2
        assert set(executions(world).values()) == {1}
        assert len(world.journal.of(j.ForeignSeen)) == 1

    play(story)


def test_what_happened_while_the_process_was_dead_is_taken_in_before_anything_is_entered() -> None:
    async def story(world: OrderWorld) -> None:
        order = await world.buys()
        await world.die()
        world.quote(mid=world.mid + 200)
        world.server.hands.deposits(world.account, -250)
        await world.recover()
        assert order not in world.book.positions
        assert int(world.engine.live.session.records.accounts[0]["deposits"]) == -250_000_000
        await world.buys()

    play(story)


def test_a_view_of_the_account_that_is_older_than_what_is_known_is_no_news() -> None:
    async def story(world: OrderWorld) -> None:
        order = await world.buys()
        world.server.hands.opens(world.account, "EUR_USD", 700)
        await world.until(lambda: bool(world.book.foreign))
        world.faults.add("lag", path=ACCOUNT, times=6, lag_s=20.0)
        world.session.look_at(ACCOUNT)
        await world.passes(10.0)
        assert list(world.book.positions) == [order]
        assert len(world.book.foreign) == 1
        assert world.journal.of(j.Alarm) == []

    play(story)


def test_a_change_that_the_stream_tells_while_the_account_is_read_is_no_difference() -> None:
    async def story(world: OrderWorld) -> None:
        world.faults.add("delay_reply", path=f"accounts/{ACCOUNT}", method="GET", delay_s=1.0)
        world.session.look_at(ACCOUNT)
        await world.passes(0.2)
        await world.buys()
        await world.passes(5.0)
        assert world.journal.of(j.Alarm) == []
        assert [each.differences for each in world.journal.of(j.Reconciled)] == [()] * len(
            world.journal.of(j.Reconciled)
        )

    play(story)


@pytest.mark.parametrize("fault", ["refuse", "drop_reply", "never_answer"])
def test_an_account_that_cannot_be_read_is_not_flat(fault: str) -> None:
    async def story(world: OrderWorld) -> None:
        order = await world.buys()
        world.faults.add(fault, method="GET", times=None)
        await world.passes(100.0)
        assert list(world.book.positions) == [order]
        assert not world.allows_entries
        assert await world.ask(BUY) == ""
        world.faults.clear()
        await world.until(lambda: world.allows_entries, 60.0)

    play(story)


def test_a_position_that_vanished_without_a_change_is_booked_and_told() -> None:
    async def story(world: OrderWorld) -> None:
        order = await world.buys()
        position = world.book.positions[order]
        world.take(
            j.Filled(
                **ENTRY, by="venue", order="", position=order, execution="invented", lane=0, units=5_000,
                price=110_000, stop=0, target=0, commission=0, added=True, instrument="EUR_USD",
                account=ACCOUNT, venue_position=position.venue_position,
            )
        )  # fmt: skip
        assert position.units == 15_000
        world.session.look_at(ACCOUNT)
        await world.until(lambda: position.units == 10_000)
        (alarm,) = world.journal.of(j.Alarm)
        assert alarm.what == "position_differs"

    play(story)


def seen_there(world: OrderWorld, units: int) -> None:
    """Let the account be read as if the venue held so many units of the only position."""
    read = world.venue.account

    async def altered(account: str) -> AccountView:
        view = await read(account)
        (held,) = view.positions
        return msgspec.structs.replace(view, positions=(msgspec.structs.replace(held, units=units),))

    world.venue.account = altered  # type: ignore[method-assign]


def test_a_position_that_differs_again_and_again_is_booked_each_time() -> None:
    async def story(world: OrderWorld) -> None:
        position = world.book.positions[await world.buys()]
        read = world.venue.account
        for units in (7_000, 10_000, 7_000, 10_000):
            world.venue.account = read  # type: ignore[method-assign]
            seen_there(world, units)
            world.session.look_at(ACCOUNT)
            await world.until(lambda units=units: position.units == units)  # type: ignore[misc]
        assert int(world.lanes[0]["position"]["units"]) == 10_000
        assert [each.what for each in world.journal.of(j.Alarm)] == ["position_differs"] * 4
        assert set(executions(world).values()) == {1}
        world.venue.account = read  # type: ignore[method-assign]

    play(story)


@pytest.mark.parametrize("units", [-4_000, -10_000, -25_000])
def test_a_position_of_the_other_side_at_the_venue_ends_ours_and_is_foreign(units: int) -> None:
    async def story(world: OrderWorld) -> None:
        order = await world.buys()
        held = world.book.positions[order].venue_position
        seen_there(world, units)
        world.session.look_at(ACCOUNT)
        await world.until(lambda: bool(world.book.foreign))
        assert order not in world.book.positions
        assert [(each.venue_id, each.units) for each in world.book.foreign.values()] == [(held, units)]
        assert (int(world.lanes[0]["side"]), int(world.lanes[0]["position"]["units"])) == (0, 0)
        (trade,) = world.journal.of(j.TradeBooked)
        assert (trade.position, trade.units, trade.reason) == (order, 10_000, "at_venue")
        assert [each.what for each in world.journal.of(j.Alarm)] == ["position_differs"]

    play(story, whole=False)


def test_the_account_is_read_whole_every_forty_five_seconds_and_its_changes_every_five() -> None:
    async def story(world: OrderWorld) -> tuple[int, int]:
        await world.buys()
        before = len(world.server.exchanges)
        await world.passes(450.0)
        reads = [
            each.target.split("?")[0] for each in world.server.exchanges[before:] if each.method == "GET"
        ]
        whole = sum(each == f"/v3/accounts/{ACCOUNT}" for each in reads)
        return whole, sum(each.endswith("/sinceid") for each in reads)

    whole, changes = play(story)
    assert whole == 10
    assert 80 <= changes <= 90
