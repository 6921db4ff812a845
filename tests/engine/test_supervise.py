"""Claims about the tasks of a session: what breaks is mended or ends it, and two runs are alike."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from itertools import pairwise

import pytest

from sim.loop import SimLoop
from sim.running import run
from tickwise.engine.supervise import Lost, Nursery, Rest


class Down(Exception):
    """What may be mended by starting again."""


class Half:
    """Always the middle."""

    def random(self) -> float:
        return 0.5


Told = list[tuple[float, str, str]]


def within(main: Callable[[SimLoop, Nursery, Told], Awaitable[None]], seed: int | None = None) -> Told:
    """Run something beside a nursery and give what the nursery told, and when."""
    told: Told = []

    async def whole(loop: SimLoop) -> None:
        def hear(name: str, error: BaseException) -> None:
            told.append((round(loop.time(), 3), name, repr(error)))

        chance = Half() if seed is None else random.Random(seed)
        await main(loop, Nursery(chance, hear, (Down,)), told)

    run(whole)
    return told


async def for_ever() -> None:
    await asyncio.Event().wait()


def test_a_kept_task_that_fails_again_and_again_rests_longer_each_time_up_to_a_cap() -> None:
    begun: list[float] = []

    async def main(loop: SimLoop, nursery: Nursery, _: Told) -> None:
        async def broken() -> None:
            begun.append(loop.time())
            raise Down

        nursery.keep("prices", broken, Rest(first_s=1.0, factor=2.0, most_s=10.0, good_s=60.0))
        await asyncio.sleep(60)
        await nursery.stop()

    told = within(main)
    rests = [after - before for before, after in pairwise(begun)]
    assert rests[:6] == [0.75, 1.5, 3.0, 6.0, 7.5, 7.5]
    assert [(at, name) for at, name, _ in told] == [(at, "prices") for at in begun]


def test_a_good_run_is_forgiven() -> None:
    begun: list[float] = []

    async def main(loop: SimLoop, nursery: Nursery, _: Told) -> None:
        async def sometimes() -> None:
            begun.append(loop.time())
            await asyncio.sleep(100.0 if len(begun) == 4 else 0.0)
            raise Down

        nursery.keep("prices", sometimes, Rest(first_s=1.0, most_s=60.0, good_s=60.0))
        await asyncio.sleep(110)
        await nursery.stop()

    within(main)
    rests = [after - before for before, after in pairwise(begun)]
    assert rests[:5] == [0.75, 1.5, 3.0, 100.75, 1.5]


def test_a_kept_task_that_ends_at_once_is_no_storm_of_connections() -> None:
    begun: list[float] = []

    async def main(loop: SimLoop, nursery: Nursery, _: Told) -> None:
        async def ends() -> None:
            begun.append(loop.time())

        nursery.keep("prices", ends, Rest(first_s=1.0, most_s=30.0))
        await asyncio.sleep(300)
        await nursery.stop()

    assert within(main) == []
    assert len(begun) < 20


def test_days_of_failures_end_no_session() -> None:
    rest = Rest(first_s=0.5, most_s=30.0)
    assert [rest.after(failures, Half()) for failures in (1, 7, 100, 10_000)] == [0.375, 22.5, 22.5, 22.5]


def test_a_broken_law_in_a_kept_task_ends_the_session_and_stops_all_in_reverse_order() -> None:
    ended: list[str] = []

    async def main(_: SimLoop, nursery: Nursery, told: Told) -> None:
        async def stays(name: str) -> None:
            try:
                await for_ever()
            finally:
                await asyncio.sleep(0.1)
                ended.append(name)

        async def breaks() -> None:
            await asyncio.sleep(3)
            raise AssertionError("a position without a stop")

        for name in ("journal", "streams", "timer"):
            nursery.start(name, stays(name))
        nursery.keep("desk", breaks)
        with pytest.raises(AssertionError, match="a position without a stop"):
            await nursery.until_ended()
        assert nursery.names() == ["journal", "streams", "timer"]
        await nursery.stop()
        assert nursery.names() == []

    assert within(main) == []
    assert ended == ["timer", "streams", "journal"]


def test_a_task_that_runs_once_may_end_and_may_not_fail() -> None:
    async def main(loop: SimLoop, nursery: Nursery, _: Told) -> None:
        async def sends() -> None:
            await asyncio.sleep(1)

        async def fails() -> None:
            await asyncio.sleep(2)
            raise Down

        nursery.start("send 1", sends())
        nursery.start("send 2", fails())
        with pytest.raises(Down):
            await nursery.until_ended()
        assert (loop.time(), nursery.names()) == (2.0, [])

    assert within(main) == []


def test_what_fails_after_the_session_has_ended_is_told() -> None:
    async def main(_: SimLoop, nursery: Nursery, __: Told) -> None:
        async def fails(after_s: float) -> None:
            await asyncio.sleep(after_s)
            raise Down(after_s)

        async def fails_when_stopped() -> None:
            try:
                await for_ever()
            finally:
                raise Down("while stopping")

        nursery.start("first", fails(1))
        nursery.start("second", fails(2))
        nursery.start("third", fails_when_stopped())
        await asyncio.sleep(3)
        with pytest.raises(Down, match="1"):
            await nursery.until_ended()
        await nursery.stop()

    assert within(main) == [(2.0, "second", "Down(2)"), (3.0, "third", "Down('while stopping')")]


def test_a_task_that_somebody_else_cancels_ends_the_session() -> None:
    async def main(_: SimLoop, nursery: Nursery, __: Told) -> None:
        async def cancels_itself() -> None:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            await asyncio.sleep(0)

        nursery.keep("prices", cancels_itself)
        with pytest.raises(Lost, match="prices was cancelled by somebody else"):
            await nursery.until_ended()

    assert within(main) == []


def test_a_task_that_will_not_end_is_told_of_and_holds_nobody_up() -> None:
    ended: list[str] = []

    async def main(loop: SimLoop, nursery: Nursery, _: Told) -> None:
        async def stubborn() -> None:
            while loop.time() < 100:
                try:
                    await asyncio.sleep(1000)
                except asyncio.CancelledError:
                    await asyncio.sleep(50)

        async def polite() -> None:
            try:
                await for_ever()
            finally:
                ended.append("polite")

        nursery.start("polite", polite())
        nursery.start("stubborn", stubborn())
        await asyncio.sleep(1)
        await nursery.stop(most_s=5.0)
        assert (loop.time(), ended) == (6.0, ["polite"])

    assert within(main) == [(6.0, "stubborn", "Lost('cancelled, and did not end in 5 s')")]


def test_nothing_begins_while_the_session_stops_and_nothing_is_left_behind() -> None:
    async def main(_: SimLoop, nursery: Nursery, __: Told) -> None:
        async def starts_another() -> None:
            try:
                await for_ever()
            finally:
                nursery.start("late", for_ever())

        nursery.start("early", starts_another())
        await asyncio.sleep(1)
        await nursery.stop()
        assert nursery.names() == []

    assert within(main) == [(1.0, "late", "Lost('not started: the session is stopping')")]


def test_a_session_that_is_asked_to_end_ends_without_an_error() -> None:
    async def main(loop: SimLoop, nursery: Nursery, _: Told) -> None:
        nursery.start("prices", for_ever())
        loop.call_later(5, nursery.end)
        await nursery.until_ended()
        assert loop.time() == 5.0
        nursery.end()
        await nursery.stop()

    assert within(main) == []


def history(seed: int) -> Told:
    async def main(loop: SimLoop, nursery: Nursery, _: Told) -> None:
        def flaky(name: str) -> Callable[[], Awaitable[None]]:
            async def fails() -> None:
                await asyncio.sleep(len(name))
                raise Down(name, loop.time())

            return fails

        for name in ("prices", "changes of main", "sweep", "look", "news"):
            nursery.keep(name, flaky(name))  # type: ignore[arg-type]
        await asyncio.sleep(600)
        await nursery.stop()

    return within(main, seed)


def test_two_runs_of_one_seed_are_alike_and_of_two_seeds_are_not() -> None:
    assert history(1) == history(1) != history(2)
