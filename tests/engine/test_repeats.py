"""Claims about a bot that enters again and again: it is switched off until a person lets it go on.

The row is A24 of the reliability plan; the law is RTS 6, article 15(3).
"""

from __future__ import annotations

from engine.order_world import BUY, OrderWorld, bot, play
from tickwise.engine.last_hop import Caps
from tickwise.engine.venue_session import Manner
from tickwise.journal import entries as j

THREE_A_MINUTE = Manner(caps=Caps(repeats_max=3, repeats_ns=60_000_000_000))


async def enters(world: OrderWorld, times: int, rest_s: float = 0.5) -> int:
    """Let the bots wish to enter, each time from flat; give how many orders came of it."""
    before = len(world.intents)
    for _ in range(times):
        order = await world.ask(BUY)
        await world.passes(0.2)
        if order in world.book.positions:
            world.quote(mid=world.mid + 200)
            await world.until(lambda: not world.book.positions)
        await world.passes(rest_s)
    return len(world.intents) - before


def test_a_bot_that_entered_as_often_as_it_may_is_off_until_a_person_says_go_on() -> None:
    async def story(world: OrderWorld) -> None:
        assert await enters(world, 6) == 3
        assert list(world.book.switches) == [("pause", "bot", "asked")]
        assert [each.what for each in world.journal.of(j.Alarm)] == ["repeats"]
        await world.passes(120.0)
        assert await enters(world, 1) == 0
        world.switch("pause", "bot", "asked", on=False)
        assert await enters(world, 6) == 3

    play(story, manner=THREE_A_MINUTE)


def test_a_restart_counts_what_was_entered_before_and_lets_nothing_go_on() -> None:
    async def story(world: OrderWorld) -> None:
        assert await enters(world, 2) == 2
        await world.die()
        await world.recover()
        assert await enters(world, 3) == 1
        await world.die()
        await world.recover()
        assert await enters(world, 3) == 0

    play(story, manner=THREE_A_MINUTE)


def test_a_bot_that_enters_no_faster_than_it_may_goes_on_for_ever() -> None:
    async def story(world: OrderWorld) -> None:
        assert await enters(world, 8, rest_s=30.0) == 8
        assert world.book.switches == {}

    play(story, manner=THREE_A_MINUTE)


def test_each_bot_is_counted_for_itself() -> None:
    async def story(world: OrderWorld) -> None:
        await enters(world, 2, rest_s=2.0)
        assert world.book.switches == {}
        await enters(world, 1)
        assert sorted(name for _, _, name in world.book.switches) == ["one", "two"]

    play(story, bot("one"), bot("two"), manner=THREE_A_MINUTE)
