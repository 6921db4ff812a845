"""The loop with virtual time: what it promises to whatever runs on it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextvars import copy_context
from pathlib import Path

import pytest

from sim.chance import Chance
from sim.loop import OWNER, Deadlock, Forbidden, SimLoop, Spinning, TooLong, Unhandled
from sim.running import run
from sim.trace import first_difference
from tickwise.engine.clock import LoopTime

DAY_S = 86_400.0


def test_a_day_passes_in_no_time():
    async def main(loop: SimLoop) -> float:
        await asyncio.sleep(DAY_S)
        return loop.time()

    before = time.process_time()
    assert run(main) == DAY_S
    assert time.process_time() - before < 5.0


def test_time_comes_to_each_timer_exactly():
    seen: list[float] = []

    async def main(loop: SimLoop) -> None:
        for when in (0.3, 0.1 + 0.2, 1e-9, 7.0):
            loop.call_at(when, lambda: seen.append(loop.time()))
        await asyncio.sleep(8)

    run(main)
    assert seen == [1e-9, 0.3, 0.1 + 0.2, 7.0]


def test_clocks_that_began_at_other_times_tell_the_same_nanosecond():
    async def main(loop: SimLoop) -> None:
        first = LoopTime(loop, start_ns=1_767_623_400_000_000_000)
        draw = Chance(1).stream("waits")
        for _ in range(300):
            await asyncio.sleep(draw.random())
            second = LoopTime(loop, start_ns=first.now_ns())
            await asyncio.sleep(draw.random() * 10)
            assert first.now_ns() == second.now_ns()

    run(main)


def test_a_timer_is_never_early():
    async def main(loop: SimLoop) -> None:
        draw = Chance(2).stream("waits")
        for _ in range(300):
            when = loop.time() + draw.random()
            reached = loop.create_future()
            loop.call_at(when, reached.set_result, None)
            await reached
            assert when <= loop.time() < when + 2e-9

    run(main)


def test_timers_of_one_moment_run_in_the_order_in_which_they_were_scheduled():
    seen: list[int] = []

    async def main(loop: SimLoop) -> None:
        for number in range(200):
            loop.call_at(5.0, seen.append, number)
        await asyncio.sleep(6)

    run(main)
    assert seen == list(range(200))


def test_cancelled_timers_are_forgotten_and_the_others_still_come_in_order():
    seen: list[int] = []

    async def main(loop: SimLoop) -> None:
        timers = [loop.call_at(1.0 + number % 7, seen.append, number) for number in range(2000)]
        for number, timer in enumerate(timers):
            if number % 10:
                timer.cancel()
        await asyncio.sleep(0)
        assert len(loop._timers) < 700
        await asyncio.sleep(10)

    run(main)
    assert seen == sorted(range(0, 2000, 10), key=lambda number: (number % 7, number))


def test_a_timer_of_the_past_runs_before_time_moves_on():
    seen: list[float] = []

    async def main(loop: SimLoop) -> None:
        await asyncio.sleep(3)
        loop.call_at(1.0, lambda: seen.append(loop.time()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert seen == [3.0]

    run(main)


def test_the_engine_reads_virtual_time():
    async def main(loop: SimLoop) -> int:
        clock = LoopTime(loop, start_ns=1_000)
        await asyncio.sleep(2.5)
        return clock.now_ns()

    assert run(main) == 2_500_001_000


def test_waiting_for_what_never_comes_fails_and_says_where():
    async def waits_for_nothing() -> None:
        await asyncio.Event().wait()

    async def main(loop: SimLoop) -> None:
        await asyncio.gather(waits_for_nothing(), asyncio.sleep(1))

    with pytest.raises(Deadlock) as failed:
        run(main)
    assert "nothing is ready at 1.0 s" in str(failed.value)
    assert "waits_for_nothing" in str(failed.value)
    assert "await asyncio.Event().wait()" in str(failed.value)


def test_callbacks_that_never_let_time_move_fail():
    async def main(loop: SimLoop) -> None:
        while True:
            await asyncio.sleep(0)

    with pytest.raises(Spinning, match=r"time stands still at 0\.0 s"):
        run(main)


def test_a_run_has_no_more_virtual_time_than_it_was_given():
    async def main(loop: SimLoop) -> None:
        while True:
            await asyncio.sleep(7)

    with pytest.raises(TooLong, match="the limit is 60"):
        run(main, loop=SimLoop(limit_s=60.0))


def test_the_machine_is_out_of_reach():
    async def main(loop: SimLoop) -> list[str]:
        refused = []
        for ask in (
            lambda: loop.call_soon_threadsafe(print),
            lambda: loop.run_in_executor(None, sum, [1]),
            lambda: loop.add_signal_handler(2, print),
            lambda: loop.add_reader(0, print),
            lambda: loop.subprocess_exec(object, "true"),
            lambda: loop.create_unix_server(object),
        ):
            with pytest.raises(Forbidden) as said:
                ask()
            refused.append(str(said.value))
        for asks in (loop.getaddrinfo("example.com", 80), loop.create_connection(object, "example.com", 80)):
            with pytest.raises(Forbidden):
                await asks
        return refused

    assert run(main)[1] == "the simulation refuses run_in_executor(builtins.sum): there is one thread"


def test_what_reached_nobody_fails_the_run():
    async def main(loop: SimLoop) -> None:
        loop.call_later(1, lambda: 1 // 0)
        await asyncio.sleep(2)

    with pytest.raises(Unhandled, match="ZeroDivisionError"):
        run(main)


def test_what_failed_before_is_told_with_what_failed_then():
    async def main(loop: SimLoop) -> None:
        loop.call_later(1, lambda: 1 // 0)
        await asyncio.sleep(2)
        raise ValueError("then")

    with pytest.raises(ValueError, match="then") as failed:
        run(main)
    assert "ZeroDivisionError" in failed.value.__notes__[0]


def test_what_is_left_at_the_end_is_cancelled_in_the_order_in_which_it_began():
    ended: list[int] = []

    async def stays(number: int) -> None:
        try:
            await asyncio.sleep(1e6)
        finally:
            ended.append(number)

    async def main(loop: SimLoop) -> None:
        main.kept = [loop.create_task(stays(number)) for number in range(30)]  # type: ignore[attr-defined]
        await asyncio.sleep(1)

    run(main)
    assert ended == list(range(30))


def test_a_generator_that_is_left_open_is_closed_by_the_loop():
    ended: list[str] = []

    async def numbers() -> AsyncIterator[int]:
        try:
            while True:
                yield 1
                await asyncio.sleep(1)
        finally:
            await asyncio.sleep(0.5)
            ended.append("closed")

    async def main(loop: SimLoop) -> None:
        async for _ in numbers():
            break
        await asyncio.sleep(2)
        assert ended == ["closed"]

    run(main)


def test_a_killed_process_runs_nothing_more_and_tidies_nothing():
    seen: list[str] = []
    owner = object()

    async def child() -> None:
        await asyncio.sleep(1e6)

    async def process(loop: SimLoop) -> None:
        loop.call_later(9, seen.append, "its timer")
        children = [loop.create_task(child()) for _ in range(3)]
        try:
            while True:
                await asyncio.sleep(1)
                seen.append("lives")
        finally:
            seen.append("tidied")
            await asyncio.gather(*children)

    async def main(loop: SimLoop) -> None:
        inside = copy_context()
        inside.run(OWNER.set, owner)
        task = loop.create_task(process(loop), context=inside)
        await asyncio.sleep(3.5)
        loop.kill(owner)
        await asyncio.sleep(20)
        assert seen == ["lives"] * 3
        assert loop.is_dead(owner)
        assert not task.done()
        assert [each.get_coro().__qualname__ for each in loop.pending()] == [main.__qualname__]

    run(main)


def test_two_runs_with_one_trace_are_the_same_run_and_others_part_somewhere():
    def traced(step: float) -> SimLoop:
        loop = SimLoop(keeps_trace=True)

        async def main(loop: SimLoop) -> None:
            for number in range(5):
                await asyncio.sleep(1.0 if number < 3 else step)
                loop.trace.feed("beat", number)

        run(main, loop=loop)
        return loop

    assert traced(1.0).trace.digest() == traced(1.0).trace.digest()
    assert first_difference(traced(1.0).trace, traced(1.0).trace) == ""
    assert first_difference(traced(1.0).trace, traced(2.0).trace) == (
        "line 4\n  4.0 ('beat', 3)\n  5.0 ('beat', 3)"
    )


def test_the_tools_of_asyncio_work_in_virtual_time():
    async def main(loop: SimLoop) -> None:
        with pytest.raises(asyncio.TimeoutError):
            async with asyncio.timeout(30):
                await asyncio.sleep(31)
        assert loop.time() == 30.0
        queue: asyncio.Queue[int] = asyncio.Queue(1)

        async def puts() -> None:
            for number in range(3):
                await asyncio.sleep(2)
                await queue.put(number)

        putting = asyncio.create_task(puts())
        assert [await queue.get() for _ in range(3)] == [0, 1, 2]
        await putting
        assert loop.time() == 36.0

    run(main)


def test_no_warning_is_left_behind_by_a_run_that_fails_with_tasks_pending():
    code = """
import asyncio, warnings
warnings.simplefilter("error")
from sim.loop import SimLoop
from sim.running import run
async def stays():
    try:
        await asyncio.sleep(9e9)
    finally:
        await asyncio.sleep(1)
async def main(loop):
    kept = [loop.create_task(stays()) for _ in range(3)]
    await asyncio.sleep(1)
    raise ValueError("over")
try:
    run(main)
except ValueError:
    print("fine")
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("fine\n", "")
