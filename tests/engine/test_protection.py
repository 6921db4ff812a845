"""Claims about a position without a stop at the venue: it is set again, or left, or a person is called."""

from __future__ import annotations

import pytest

from engine.order_world import OrderWorld, bot, play
from tickwise.config.engine import EngineConfig
from tickwise.config.engine_file import engine_of
from tickwise.engine.protection import Grace, grace_of
from tickwise.engine.run_venue import manner_of
from tickwise.engine.venue_session import Manner
from tickwise.journal import entries as j
from tickwise.market_data.chunks import TapeInstrument

SECOND = 1_000_000_000


def set_to(**orders: float) -> EngineConfig:
    return engine_of({"orders": orders})


def test_how_long_a_position_may_be_bare_is_the_settings_to_say() -> None:
    config = set_to(unprotected_s_max=4.0, flat_s_max=7.0)
    asked = grace_of(config.orders)
    assert asked == Grace(SECOND // 2, SECOND, 4 * SECOND, 7 * SECOND)
    assert grace_of(set_to().orders) == Grace()
    assert manner_of(config, [TapeInstrument("EUR_USD", "0.00001")], [bot()]).grace == asked


def lose_the_stop(world: OrderWorld) -> None:
    """Cancel the stop that rests, as a person would at the venue, and let no change of ours arrive there."""
    (trade,) = world.account.state.open.values()
    world.faults.add("refuse", method="PUT", times=None, status=400)
    world.server.hands.cancels(world.account, trade.stop_loss)


def alarms(world: OrderWorld) -> list[str]:
    return [each.what for each in world.journal.of(j.Alarm)]


def test_a_position_that_can_neither_be_protected_nor_left_calls_a_person_in_time() -> None:
    async def story(world: OrderWorld) -> None:
        order = await world.buys()
        lose_the_stop(world)
        await world.until(lambda: "no_stop" in alarms(world), 1.0)
        await world.until(lambda: bool(world.journal.of(j.ExitIntent)), 2.0)
        assert "not_flat" not in alarms(world)
        await world.until(lambda: "not_flat" in alarms(world), 4.0)
        await world.passes(10.0)
        assert alarms(world).count("not_flat") == 1
        assert list(world.book.positions) == [order]
        world.faults.clear()
        await world.until(lambda: not world.book.positions)
        (trade,) = world.journal.of(j.TradeBooked)
        assert trade.reason == "unprotected"

    play(story)


@pytest.mark.parametrize("leave_s", [1.0, 6.0])
def test_a_position_is_left_when_the_settings_say_so(leave_s: float) -> None:
    async def story(world: OrderWorld) -> float:
        await world.buys()
        lose_the_stop(world)
        begun = world.loop.time()
        await world.until(lambda: bool(world.journal.of(j.ExitIntent)), 10.0)
        return world.loop.time() - begun

    manner = Manner(grace=grace_of(set_to(unprotected_s_max=leave_s, flat_s_max=8.0).orders))
    assert leave_s <= play(story, manner=manner) <= leave_s + 0.6


def test_a_stop_that_is_set_again_in_time_keeps_the_position() -> None:
    async def story(world: OrderWorld) -> None:
        order = await world.buys()
        lose_the_stop(world)
        world.faults.clear("refuse")
        await world.passes(3.0)
        assert world.stops()[world.book.positions[order].venue_position] > 0
        assert world.journal.of(j.ExitIntent) == []
        assert "not_flat" not in alarms(world)

    play(story)
