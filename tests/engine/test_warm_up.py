"""A session is given the past it needs, and decides what one decides that ran all along."""

from __future__ import annotations

from typing import Any

from engine.live_world import Live, LiveWorld, play
from oracles.bots import quiet
from tickwise.journal import entries as j

BOT = quiet("trend_pullback", name="minutes", market={"grid_ms": 250})


def bars(live: Live, count: int) -> list[tuple[int, ...]]:
    """Give the newest closed minutes as the core has them: open, high, low and close of the mid."""
    frame = live.engine.live.session.records.markets[0]["frames"][0]
    closed, names = int(frame["closed"]), ("opens", "highs", "lows", "closes")
    kept = len(frame["opens"])
    assert closed >= count, closed
    return [tuple(int(frame[name][at % kept]) for name in names) for at in range(closed - count, closed)]


def intents(live: Live) -> list[tuple[Any, ...]]:
    return [
        (each.ts // 1_000_000_000, each.units, each.stop, each.target) for each in live.journal.of(j.Intent)
    ]


def test_minutes_that_are_read_are_the_venues_own() -> None:
    async def story(world: LiveWorld) -> None:
        await world.passes(110.3)
        async with world.on_paper([BOT]) as live:
            assert bars(live, 100) == world.minutes(100)

    play(story)


def test_a_session_that_begins_late_decides_what_one_decides_that_ran_all_along() -> None:
    async def story(world: LiveWorld) -> None:
        async with world.on_paper([BOT]) as early:
            await world.passes(110.3)
            async with world.on_paper([BOT]) as late:
                await world.passes(100.0)
                assert intents(late)
                assert intents(late) == intents(early)[-len(intents(late)) :]

    play(story)


def test_the_past_opens_nothing_and_stands_on_the_tape() -> None:
    async def story(world: LiveWorld) -> None:
        await world.passes(110.3)
        begun = world.clock.now()
        async with world.on_paper([BOT]) as live:
            await world.until(lambda: live.lives)
            assert [each.ts for each in live.journal.of(j.Intent) if each.ts < begun] == []
            await world.passes(3.0)
        found = live.replayed()
        assert (found.difference, found.tape_problem, found.ended_early) == ("", "", "")
        assert found.is_equal

    play(story)


def test_a_past_that_cannot_be_read_is_told_and_the_session_runs_without() -> None:
    async def story(world: LiveWorld) -> None:
        await world.passes(110.3)
        world.server.faults.add("refuse", path="/candles", status=503, times=None)
        async with world.on_paper([BOT]) as live:
            await world.until(lambda: live.lives)
            alarms = [each.what for each in live.journal.of(j.Alarm)]
            assert alarms == ["no_history"]
            assert int(live.engine.live.session.records.markets[0]["frames"][0]["closed"]) == 0

    play(story)
