"""The budget of requests and connections holds in every second, and never against leaving a position."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oanda_local import run

from tickwise.venues.oanda.backoff import Backoff
from tickwise.venues.oanda.budget import SHRUNK_S, SLEEP_S_MIN, Budget, NotSent, Share, Use, Window


def most_in_a_second(times: list[float]) -> int:
    """Give the most events in any stretch of one second that begins at one of them."""
    return max((sum(1 for each in times if start <= each < start + 1.0) for start in times), default=0)


@given(st.lists(st.floats(0, 3), max_size=60), st.integers(1, 8))
def test_no_stretch_of_a_second_ever_holds_more_than_the_limit(arrivals: list[float], limit: int) -> None:
    window, sent, now = Window(1.0, 8), [], 0.0
    for arrival in sorted(arrivals):
        now = max(now, arrival)
        while wait_s := window.wait_s(now, limit):
            now += max(wait_s, SLEEP_S_MIN)
        window.add(now)
        sent.append(now)
    assert most_in_a_second(sent) <= limit


async def sent_by(budget: Budget, use: Use, count: int) -> list[float]:
    """Send requests as fast as they may leave, and give when each did."""
    loop, times = asyncio.get_running_loop(), []
    for _ in range(count):
        await budget.request(use)
        times.append(loop.time())
    return times


def test_reads_wait_for_their_turn_and_leave_three_tenths_to_exits() -> None:
    async def main() -> tuple[list[float], list[float]]:
        budget = Budget(asyncio.get_running_loop().time)
        reads = asyncio.ensure_future(sent_by(budget, "read", 200))
        await asyncio.sleep(0)
        exits = await sent_by(budget, "leave", 18)
        return await reads, exits

    reads, exits = run(main())
    assert exits == [0.0] * 18
    assert most_in_a_second(reads) == 42
    assert most_in_a_second(sorted(reads + exits)) <= 60


def test_an_exit_waits_only_for_other_exits() -> None:
    async def main() -> list[float]:
        return await sent_by(Budget(asyncio.get_running_loop().time), "leave", 150)

    times = run(main())
    assert most_in_a_second(times) == 60
    assert times[59] == 0.0
    assert times[-1] == pytest.approx(2.0)


def test_an_entry_does_not_wait_it_is_held_back() -> None:
    async def main() -> None:
        budget = Budget(asyncio.get_running_loop().time)
        await sent_by(budget, "read", 42)
        with pytest.raises(NotSent, match=r"no requests left of the budget for 1\.000 s"):
            await budget.request("enter")
        await budget.request("leave")
        await asyncio.sleep(1.0)
        await budget.request("enter")

    run(main())


def test_connections_are_opened_one_a_second() -> None:
    async def main() -> list[float]:
        loop = asyncio.get_running_loop()
        budget, times = Budget(loop.time), []
        for _ in range(5):
            await budget.connection("read")
            times.append(loop.time())
        with pytest.raises(NotSent, match="no new connections left"):
            await budget.connection("enter")
        await budget.connection("leave")
        return [*times, loop.time()]

    assert run(main()) == pytest.approx([0.0, 1.0, 2.0, 3.0, 4.0, 5.0])


def test_the_share_of_exits_is_a_setting() -> None:
    async def main() -> list[float]:
        budget = Budget(asyncio.get_running_loop().time, Share(10, 0.75))
        return await sent_by(budget, "read", 5)

    assert run(main()) == pytest.approx([0.0, 0.0, 1.0, 1.0, 2.0])


def test_half_of_the_budget_is_used_after_the_venue_said_it_was_too_much() -> None:
    async def main() -> tuple[list[float], list[float]]:
        budget = Budget(asyncio.get_running_loop().time)
        budget.shrink()
        shrunk = await sent_by(budget, "read", 60)
        await asyncio.sleep(SHRUNK_S)
        return shrunk, await sent_by(budget, "read", 60)

    shrunk, whole = run(main())
    assert (most_in_a_second(shrunk), most_in_a_second(whole)) == (21, 42)


def test_a_read_waits_a_part_of_a_stretch_that_doubles() -> None:
    drawn = iter([0.0, 0.5, 0.99, 1.0])
    backoff = Backoff(lambda: next(drawn), base_s=0.25, wait_s_max=1.0, saved_retries_max=9)
    assert [backoff.wait_s(failures) for failures in (1, 2, 3, 4)] == [0.0, 0.25, 0.99, 1.0]
    assert backoff.wait_s(5) is None


def test_tries_again_are_paid_for_by_reads() -> None:
    backoff = Backoff(lambda: 0.5)
    assert backoff.wait_s(1) is not None
    assert backoff.wait_s(1) is None
    for _ in range(9):
        backoff.began()
    assert backoff.wait_s(1) is None
    backoff.began()
    assert backoff.wait_s(1) is not None
    for _ in range(1_000):
        backoff.began()
    assert [backoff.wait_s(1) is None for _ in range(2)] == [False, True]
