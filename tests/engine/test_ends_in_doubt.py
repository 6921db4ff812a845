"""A session that is ended while an order has no known end is gone on with, and nothing is locked out."""

from __future__ import annotations

import asyncio
from decimal import Decimal

from engine.live_world import SYMBOL, Live, LiveWorld, play
from engine.order_world import bot
from tickwise.journal import entries as j


async def to_an_unknown_order(world: LiveWorld, live: Live) -> str:
    """Let the bot enter with a request that never arrives; give the order."""
    await world.until(lambda: live.lives)
    await asyncio.sleep(2.5)
    world.server.faults.add("drop_request", method="POST", path="/orders")
    world.server.price(SYMBOL, Decimal("1.10000"), Decimal("1.10007"))
    await world.until(lambda: bool(live.journal.of(j.Unknown)))
    return str(live.journal.of(j.Unknown)[0].order)


def test_a_stop_while_an_order_is_unknown_closes_no_session_and_the_next_start_goes_on_with_it() -> None:
    async def story(world: LiveWorld) -> None:
        async with world.at_the_venue([bot()]) as live:
            order = await to_an_unknown_order(world, live)
            await live.running.commander.stop("signal")
        assert live.journal.of(j.SessionClosed) == []
        (alarm,) = [each for each in live.journal.of(j.Alarm) if each.what == "not_closed"]
        session = live.engine.names.session
        assert alarm.says == (
            f"nobody knows what becomes of {order}, so session {session} is not closed: "
            "run the same bots once more, which finds out"
        )
        async with world.at_the_venue([bot()], left=live.journal.entries) as again:
            assert again.engine.names.session == session
            await world.until(lambda: not again.engine.book.open_orders(), 300.0)
            assert again.engine.book.orders[order].state == "never_received"
        assert len(again.journal.of(j.SessionClosed)) == 1
        found = again.replayed()
        assert (found.difference, found.tape_problem, found.ended_early) == ("", "", "")
        assert found.is_equal

    play(story)
