"""Claims about reading a calendar from outside: bounded, in time, from nobody else, never an exception."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from sim.loop import SimLoop
from sim.running import run
from tickwise.engine.clock import LoopTime
from tickwise.engine.economic_calendar import (
    FetchFailed,
    WebFetch,
    calendar_readings,
    fetch_file,
    is_address,
    one_reading,
    shown,
)

START = 1_714_348_800_000_000_000
TEXT = b'[{"title": "Rate", "country": "USD", "date": "2024-05-02T12:00:00+00:00", "impact": "High"}]'
SECOND = 1_000_000_000

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def text(_: web.Request) -> web.Response:
    return web.Response(body=TEXT, content_type="application/json")


async def too_long(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(100):
        await response.write(b" " * 100_000)
    return response


async def bomb(_: web.Request) -> web.Response:
    packed = gzip.compress(b" " * 20_000_000)
    return web.Response(body=packed, headers={"Content-Encoding": "gzip"})


async def silent(_: web.Request) -> web.Response:
    await asyncio.Event().wait()
    raise AssertionError


async def to_text(_: web.Request) -> web.Response:
    raise web.HTTPFound("/text")


async def in_circles(_: web.Request) -> web.Response:
    raise web.HTTPFound("/in_circles")


async def elsewhere(_: web.Request) -> web.Response:
    raise web.HTTPFound("http://169.254.169.254/secrets")


async def other_port(_: web.Request) -> web.Response:
    raise web.HTTPFound("http://127.0.0.1:1/week.json")


async def broken(_: web.Request) -> web.Response:
    raise web.HTTPServiceUnavailable


ANSWERS: dict[str, Answer] = {
    each.__name__: each
    for each in (text, too_long, bomb, silent, to_text, in_circles, elsewhere, other_port, broken)
}


def fetched(answer: str, timeout_s: float = 5.0) -> bytes:
    """Ask a real server on this machine."""

    async def main() -> bytes:
        app = web.Application()
        for name, each in ANSWERS.items():
            app.router.add_get(f"/{name}", each)
        async with TestServer(app) as server, aiohttp.ClientSession() as session:
            return await WebFetch(session, timeout_s)(
                f"http://127.0.0.1:{server.port}/{answer}?key=swordfish"
            )

    return asyncio.run(main())


@pytest.mark.parametrize("answer", ["text", "to_text"])
def test_a_calendar_is_read_from_its_address_and_from_where_its_host_leads(answer: str) -> None:
    assert fetched(answer) == TEXT


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("too_long", "longer than 5_000_000 bytes"),
        ("bomb", "longer than 5_000_000 bytes"),
        ("in_circles", "led on more than 3 times"),
        ("elsewhere", "leads to 169.254.169.254, which was not asked for"),
        ("other_port", "leads to 127.0.0.1, which was not asked for"),
        ("broken", "answered 503"),
        ("nowhere", "answered 404"),
    ],
)
def test_what_is_no_answer_is_a_reason_without_the_addresss_secrets(answer: str, says: str) -> None:
    with pytest.raises(FetchFailed) as caught:
        fetched(answer)
    assert str(caught.value).endswith(f"/{answer}: {says}")
    assert "swordfish" not in str(caught.value)


def test_a_source_that_says_nothing_is_given_up() -> None:
    with pytest.raises(FetchFailed, match=r"/silent: \w*Timeout\w*$"):
        fetched("silent", timeout_s=0.05)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://example.org/week.json", "only https is read"),
        ("ftp://example.org/week.json", "only https is read"),
        ("file:///etc/passwd", "only https is read"),
        ("https://me:swordfish@[::", "an address that is none"),
    ],
)
def test_only_https_is_read(address: str, says: str) -> None:
    async def main() -> bytes:
        async with aiohttp.ClientSession() as session:
            return await WebFetch(session, 1.0)(address)

    with pytest.raises(FetchFailed, match=says) as caught:
        asyncio.run(main())
    assert "swordfish" not in str(caught.value)


def test_a_source_is_shown_without_its_secrets() -> None:
    assert shown("https://me:swordfish@example.org/week.json?key=swordfish#a") == (
        "https://example.org/week.json"
    )
    assert shown("calendars/week.json") == "calendars/week.json"
    assert (is_address("https://a/b"), is_address("week.json")) == (True, False)


def test_a_calendar_is_read_from_a_file(tmp_path: Path) -> None:
    place = tmp_path / "week.json"
    place.write_bytes(TEXT)

    async def main(loop: SimLoop) -> None:
        time = LoopTime(loop, START)
        found = await one_reading(str(place), fetch_file, time)
        assert [each.title for each in found.events] == ["Rate"]
        place.unlink()
        gone = await one_reading(str(place), fetch_file, time, found)
        assert gone.error == f"{place}: cannot be read (no such file or directory)"
        assert gone.events == found.events

    run(main)


def test_a_calendar_is_read_at_its_interval_and_sooner_after_a_failure() -> None:
    answers = [TEXT, None, None, b"[]", TEXT, TEXT]
    asked: list[float] = []

    async def main(loop: SimLoop) -> list[tuple[float, bool]]:
        async def fetch(_: str) -> bytes:
            asked.append(loop.time())
            await asyncio.sleep(1.0)
            answer = answers[len(asked) - 1]
            if answer is None:
                raise FetchFailed("down")
            return answer

        told = []
        readings = calendar_readings("https://a/week.json", fetch, LoopTime(loop, START), 3600.0)
        async for found in readings:
            assert found.fetched_ts == START + round(loop.time()) * SECOND
            told.append(
                (loop.time(), bool(found.known_at(found.fetched_ts, 86_400 * SECOND)) and not found.error)
            )
            if len(told) == len(answers):
                await readings.aclose()
                return told
        raise AssertionError

    assert run(main) == [
        (1.0, True),
        (3602.0, False),
        (3903.0, False),
        (4204.0, False),
        (4505.0, True),
        (8106.0, True),
    ]
