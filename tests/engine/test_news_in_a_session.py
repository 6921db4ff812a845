"""The economic calendar of the settings is read again and again, and what it says holds from then on."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.live_world import MINUTE, Live, LiveWorld, play
from oracles.bots import quiet
from tickwise.engine.economic_calendar import fetch_file
from tickwise.journal import entries as j

BOT = quiet(
    "fast_scalp", name="quick", calendar={"news_before_min": 2, "news_after_min": 2}, market={"grid_ms": 250}
)


def settings(folder: Path) -> dict[str, Any]:
    return {"news": {"source": str(folder / "week.json"), "refresh_s": 60.0, "stale_s": 600.0}}


def write(folder: Path, *times_ns: int) -> None:
    """Write a calendar with payrolls at these times; one more far away says how far it reaches."""
    far = times_ns[-1] + 7 * 1_440 * MINUTE
    items = [
        {
            "title": "Non-Farm Employment Change",
            "country": "USD",
            "date": datetime.fromtimestamp(each / 1e9, UTC).isoformat(),
            "impact": "High",
        }
        for each in (*times_ns, far)
    ]
    (folder / "week.json").write_text(json.dumps(items))


def ended_at(live: Live, outcome: str) -> int:
    """Count the evaluations that ended at an outcome."""
    return int(live.engine.live.session.outcomes().get(outcome, 0))


def equal_again(live: Live) -> None:
    found = live.replayed()
    assert (found.difference, found.tape_problem, found.ended_early) == ("", "", "")
    assert found.is_equal


def test_news_that_a_later_reading_brings_are_waited_out(tmp_path: Path) -> None:
    async def story(world: LiveWorld) -> None:
        await world.passes(2.0)
        write(tmp_path, world.clock.now() + 2_000 * MINUTE)
        async with world.on_paper([BOT], fetch_file) as live:
            await world.passes(5.0)
            assert ended_at(live, "news") == 0
            payrolls = world.clock.now() + 10 * MINUTE
            write(tmp_path, payrolls)
            await world.passes(7.9)
            assert ended_at(live, "news") == 0
            await world.passes(2.0)
            within = ended_at(live, "news")
            assert within > 60
            await world.passes(2.2)
            after = ended_at(live, "news")
            await world.passes(5.0)
            assert ended_at(live, "news") == after > within
        equal_again(live)

    play(story, **settings(tmp_path))


def test_while_the_source_is_down_the_last_good_reading_stands_and_then_nothing_opens(tmp_path: Path) -> None:
    async def story(world: LiveWorld) -> None:
        await world.passes(2.0)
        write(tmp_path, world.clock.now() + 2_000 * MINUTE)
        async with world.on_paper([BOT], fetch_file) as live:
            await world.passes(3.0)
            (tmp_path / "week.json").unlink()
            await world.passes(8.0)
            assert ended_at(live, "calendar_stale") == 0
            await world.passes(4.0)
            stale = ended_at(live, "calendar_stale")
            assert stale > 60
            write(tmp_path, world.clock.now() + 2_000 * MINUTE)
            await world.passes(3.0)
            again = ended_at(live, "calendar_stale")
            await world.passes(3.0)
            assert ended_at(live, "calendar_stale") == again
            (alarm,) = live.journal.of(j.Alarm)
            gone = f"{tmp_path}/week.json: cannot be read (no such file or directory)"
            assert (alarm.what, alarm.says) == (
                "economic_calendar",
                f"{gone}; the last good one stands for 10 min",
            )
        equal_again(live)

    play(story, **settings(tmp_path))


def test_a_source_that_never_answered_lets_nothing_open(tmp_path: Path) -> None:
    async def story(world: LiveWorld) -> None:
        await world.passes(2.0)
        async with world.on_paper([BOT], fetch_file) as live:
            await world.passes(3.0)
            outcomes = live.engine.live.session.outcomes()
            assert ended_at(live, "calendar_stale") > 60
            assert not outcomes.get("intent")
        equal_again(live)

    play(story, **settings(tmp_path))
