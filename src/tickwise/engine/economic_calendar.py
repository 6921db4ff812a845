"""The economic calendar of a running engine: read from its source again and again, never trusted blindly.

Whoever reads gives bytes or a reason; a reading never raises, never goes on for ever, follows no one to
another host, and takes no more bytes than a calendar has.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import aiohttp
from yarl import URL

from tickwise.engine.clock import Time
from tickwise.market_data.calendars.refresh import BYTES_MAX, Refreshed, refreshed

REDIRECTS_MAX = 3
RETRY_S = 300.0
"""How soon a source that failed is asked again; public ones refuse who asks more often."""

LOOPBACK = ("localhost", "127.0.0.1", "::1")


class FetchFailed(Exception):
    """Nothing was read; the message says why, in one line and without secrets."""


Fetch: TypeAlias = Callable[[str], Awaitable[bytes]]
"""Reads a source once; raises FetchFailed."""


async def calendar_readings(
    source: str, fetch: Fetch, time: Time, refresh_s: float, was: Refreshed | None = None
) -> AsyncIterator[Refreshed]:
    """Read a calendar now and from then on; a reading that failed is tried again sooner."""
    while True:
        was = await one_reading(source, fetch, time, was)
        yield was
        await asyncio.sleep(min(RETRY_S, refresh_s) if was.error else refresh_s)


async def one_reading(source: str, fetch: Fetch, time: Time, was: Refreshed | None = None) -> Refreshed:
    """Read a calendar once; `was` is what the last reading gave."""
    content, error = b"", ""
    try:
        content = await fetch(source)
    except FetchFailed as wrong:
        error = str(wrong)
    return refreshed(shown(source), content, time.now_ns(), was, error)


async def fetch_file(source: str) -> bytes:
    """Read a calendar from a file. Raises FetchFailed."""
    try:
        with Path(source).expanduser().open("rb") as file:
            return file.read(BYTES_MAX + 1)
    except OSError as wrong:
        raise FetchFailed(f"{source}: cannot be read ({(wrong.strerror or '').lower()})") from None


class WebFetch:
    """Reads a calendar from its address: https, or http on this machine."""

    def __init__(self, session: aiohttp.ClientSession, timeout_s: float) -> None:
        """Use a session of the program's own, with a time in which everything must have come."""
        self._session = session
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)

    async def __call__(self, source: str) -> bytes:
        """Read it once. Raises FetchFailed."""
        try:
            url = _checked(URL(source), source)
            for _ in range(REDIRECTS_MAX + 1):
                found = await self._ask(url, source)
                if isinstance(found, bytes):
                    return found
                url = found
        except (aiohttp.ClientError, OSError, ValueError) as wrong:
            raise FetchFailed(f"{shown(source)}: {type(wrong).__name__}") from None
        raise FetchFailed(f"{shown(source)}: led on more than {REDIRECTS_MAX} times")

    async def _ask(self, url: URL, source: str) -> bytes | URL:
        """Give the bytes of an address, or where it leads on to."""
        async with self._session.get(url, timeout=self._timeout, allow_redirects=False) as response:
            if response.status in (301, 302, 303, 307, 308):
                onward = url.join(URL(response.headers.get("Location", "")))
                if onward.origin() != url.origin():
                    raise FetchFailed(f"{shown(source)}: leads to {onward.host}, which was not asked for")
                return onward
            if response.status != 200:
                raise FetchFailed(f"{shown(source)}: answered {response.status}")
            return await _all_of(response, source)


async def _all_of(response: aiohttp.ClientResponse, source: str) -> bytes:
    """Read an answer, one byte more than a calendar may have at most."""
    content = bytearray()
    async for chunk in response.content.iter_chunked(65_536):
        content += chunk
        if len(content) > BYTES_MAX:
            raise FetchFailed(f"{shown(source)}: longer than {BYTES_MAX:_} bytes")
    return bytes(content)


def is_address(source: str) -> bool:
    """Tell whether a source is an address, not a file."""
    return "://" in source


def _checked(url: URL, source: str) -> URL:
    """Give an address back that may be asked. Raises FetchFailed."""
    if url.scheme == "https" or (url.scheme == "http" and url.host in LOOPBACK):
        return url
    raise FetchFailed(f"{shown(source)}: only https is read, for anybody on the way could change http")


def shown(source: str) -> str:
    """Write a source without what may be secret in its address: user, password and query."""
    if not is_address(source):
        return source
    try:
        url = URL(source)
        return str(url.with_user(None).with_query(None).with_fragment(None))
    except ValueError:
        return "an address that is none"
