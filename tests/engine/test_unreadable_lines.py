"""Claims about lines of the venue's streams that cannot be read: counted, told, and never traded on.

The row is B3 of the reliability plan.
"""

from __future__ import annotations

import pytest

from brokers.oanda.server.garbled import NAMES
from engine.order_world import BUY, OrderWorld, bot, play
from tickwise.engine.price_stream import SKIPPED_MAX
from tickwise.journal import entries as j

UNREADABLE = ("nan", "infinite", "empty", "null", "huge", "number", "finer", "no_time", "not_json")
"""Ways to spoil a line so that no price can be read from it."""


def alarms(world: OrderWorld) -> list[str]:
    return [each.what for each in world.journal.of(j.Alarm)]


async def garbled(world: OrderWorld, how: str, times: int, symbol: str = "EUR_USD") -> None:
    """Let some lines of an instrument come spoilt."""
    world.is_quoting = False
    world.faults.add("garble_price", times=times, instruments=(symbol,), how=how)
    for _ in range(times):
        await world.passes(0.05)
        world.quote(symbol=symbol)
    await world.passes(0.05)


@pytest.mark.parametrize("how", UNREADABLE)
def test_an_instrument_whose_lines_cannot_be_read_opens_nothing_until_one_can(how: str) -> None:
    async def story(world: OrderWorld) -> None:
        await garbled(world, how, SKIPPED_MAX)
        assert (world.session.prices.skipped, alarms(world)) == (SKIPPED_MAX, ["unreadable_prices"])
        assert not world.allows_entries
        world.quote()
        await world.passes(0.05)
        assert world.allows_entries
        await world.buys()

    play(story)


def test_a_line_or_two_that_cannot_be_read_are_counted_and_stop_nothing() -> None:
    async def story(world: OrderWorld) -> None:
        await garbled(world, "nan", SKIPPED_MAX - 1)
        assert (world.session.prices.skipped, alarms(world)) == (SKIPPED_MAX - 1, [])
        await world.buys()

    play(story)


def test_one_instruments_lines_stop_no_other() -> None:
    async def story(world: OrderWorld) -> None:
        await garbled(world, "nan", SKIPPED_MAX)
        assert await world.ask(BUY, symbol="AUD_USD")
        assert "EUR_USD" not in {each.instrument for each in world.intents}

    play(story, bot(instruments=["EUR_USD", "AUD_USD"]))


def test_lines_of_an_instrument_that_nobody_asked_for_are_told_and_stop_nothing() -> None:
    async def story(world: OrderWorld) -> None:
        await garbled(world, "another_instrument", 2 * SKIPPED_MAX)
        world.quote()
        await world.passes(0.05)
        assert world.allows_entries
        await world.buys()

    play(story)


@pytest.mark.parametrize("how", NAMES)
def test_no_spoilt_line_ends_a_session_or_becomes_an_order(how: str) -> None:
    async def story(world: OrderWorld) -> None:
        await garbled(world, how, 5)
        assert world.intents == []
        world.is_quoting = True
        await world.passes(3.0)
        assert world.allows_entries
        await world.buys()

    play(story)
