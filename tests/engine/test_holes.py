"""What is missed while the stream of prices is broken is filled where it can be, and else marked."""

from __future__ import annotations

from typing import Any

from engine.live_world import SYMBOL, Live, LiveWorld, play
from engine.test_warm_up import BOT, bars
from oracles.bots import quiet
from tickwise.engine.holes import MARK, WINDOWS
from tickwise.journal import entries as j

SLOW = quiet("trend_pullback", name="slow", frame="M5", market={"grid_ms": 250})
QUICK = quiet("fast_scalp", name="quick")


async def breaks(world: LiveWorld, seconds: float) -> None:
    """Break the stream of prices for a while, though the market goes on."""
    world.server.faults.add("refuse", path="/pricing/stream", status=503, times=None)
    world.server.cut("prices")
    await world.passes(seconds / 60)
    world.server.faults.clear()


async def to_second(world: LiveWorld, second: float) -> None:
    """Wait for a second of the minute."""
    at = world.clock.now() / 1e9 % 60
    await world.passes(((second - at) % 60) / 60)


def pauses(live: Live) -> list[tuple[str, bool]]:
    return [(each.name, each.on) for each in live.journal.of(j.Switched)]


def waits(live: Live) -> list[tuple[bool, str]]:
    return [(each.live, each.why) for each in live.journal.of(j.Connection) if each.stream == WINDOWS]


def equal_again(live: Live) -> None:
    found: Any = live.replayed()
    assert (found.difference, found.tape_problem, found.ended_early) == ("", "", "")
    assert found.is_equal


def test_a_hole_within_a_minute_leaves_the_minute_as_it_was() -> None:
    async def story(world: LiveWorld) -> None:
        await world.passes(110.0)
        async with world.on_paper([BOT]) as live:
            await world.until(lambda: live.lives)
            await to_second(world, 10.0)
            await breaks(world, 20.0)
            await world.until(lambda: live.lives)
            await to_second(world, 1.5)
            assert bars(live, 3) == world.minutes(3)
            assert pauses(live) == []
        equal_again(live)

    play(story)


def test_a_hole_over_a_minute_pauses_a_bot_whose_bar_lacks_it_until_that_bar_has_closed() -> None:
    async def story(world: LiveWorld) -> None:
        await world.passes(300.0)
        async with world.on_paper([SLOW]) as live:
            await world.until(lambda: live.lives)
            while world.clock.now() // 60_000_000_000 % 5 != 1:
                await world.passes(0.1)
            await breaks(world, 90.0)
            await world.until(lambda: live.lives)
            ((name, on),) = pauses(live)
            assert (name, on) == ("slow", True)
            assert live.engine.book.switches["pause", "bot", "slow"].startswith(MARK)
            await world.passes(4.0)
            assert pauses(live) == [("slow", True), ("slow", False)]
        equal_again(live)

    play(story)


def test_a_bot_that_a_person_paused_stays_paused_after_a_hole() -> None:
    async def story(world: LiveWorld) -> None:
        await world.passes(300.0)
        async with world.on_paper([SLOW]) as live:
            await world.until(lambda: live.lives)
            live.engine.take(
                j.Switched(
                    ts=0, event=0, taken=False, switch="pause", scope="bot", name="slow", on=True,
                    reason="by hand", actor="me",
                )
            )  # fmt: skip
            while world.clock.now() // 60_000_000_000 % 5 != 1:
                await world.passes(0.1)
            await breaks(world, 90.0)
            await world.passes(5.0)
            assert pauses(live) == [("slow", True)]
            assert live.engine.book.switches["pause", "bot", "slow"] == "by hand"

    play(story)


def test_a_strategy_on_quotes_waits_until_its_window_is_full_of_quotes_in_a_row() -> None:
    async def story(world: LiveWorld) -> None:
        await world.passes(1.0)
        async with world.on_paper([QUICK]) as live:
            await world.until(lambda: live.lives)
            await world.passes(1.0)
            seen = len(waits(live))
            await breaks(world, 20.0)
            await world.until(lambda: len(waits(live)) == seen + 1)
            (was, why) = waits(live)[-1]
            asked = int(live.engine.live.session.records.lanes[0]["warm_up"])
            assert (was, why) == (False, f"{asked} quotes in a row have to come first")
            assert not live.lives
            before = int(live.engine.live.session.records.markets[0]["n"])
            await world.until(lambda: live.lives)
            assert waits(live)[-1] == (True, "as many quotes came as a window holds")
            counted = int(live.engine.live.session.records.markets[0]["n"]) - before
            assert asked - 2 <= counted <= asked
            assert SYMBOL in live.engine.names.places
        equal_again(live)

    play(story)


def test_a_hole_that_cannot_be_read_is_told_and_pauses_the_bot() -> None:
    async def story(world: LiveWorld) -> None:
        await world.passes(110.0)
        async with world.on_paper([BOT]) as live:
            await world.until(lambda: live.lives)
            await to_second(world, 10.0)
            world.server.faults.add("refuse", path="/pricing/stream", status=503, times=None)
            world.server.cut("prices")
            await world.passes(0.3)
            world.server.faults.clear()
            world.server.faults.add("refuse", path="/candles", status=503, times=None)
            await world.until(lambda: live.lives)
            assert [each.what for each in live.journal.of(j.Alarm)] == ["hole"]
            assert pauses(live) == [("minutes", True)]
            await world.passes(1.1)
            assert pauses(live) == [("minutes", True), ("minutes", False)]
        equal_again(live)

    play(story)
