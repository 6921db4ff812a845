"""What third parties read of the machine, and what they read under a simulation. The one place of it.

Found in the installed sources (aiohttp 3.14; a test looks whether anything else of the run reads a clock or
draws):

* `aiohttp.connector` has `time.monotonic` by name: the age of kept connections and of cached addresses.
* `aiohttp.connector` shuffles the hosts that wait for a free connection with the shared generator.
* `aiohttp.connector` keeps connections, lookups and whoever waits for a lookup in sets of objects, and walks
  them (closing, waking): their order is that of addresses in memory.
* `aiohttp.helpers` writes the `Date` header by `time.time`; `aiohttp.cookiejar` ages cookies by it.
* `aiohttp.client` and the writer of WebSockets draw keys and masks.
* `aiohttp` hands large bodies to an executor for (de)compression: `SimLoop.inline` answers that.

Timeouts and keep-alive of aiohttp's client and server are the loop's own (`loop.time`, `call_at`), rounded up
to whole seconds above five of them unless `ceil_threshold` says otherwise. The names of tasks count up over
the life of a process, so they belong in no trace.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, MutableSet
from contextlib import contextmanager
from functools import partial
from types import SimpleNamespace
from typing import Any, TypeVar
from unittest.mock import patch

import aiohttp.client
import aiohttp.connector
import aiohttp.cookiejar
import aiohttp.helpers
from aiohttp._websocket.writer import WebSocketWriter

T = TypeVar("T")

START_S = 1_767_571_200.0
"""The time of day at which every simulation begins: Monday 2026-01-05 00:00:00 UTC."""


class OrderedSet(MutableSet[T]):
    """A set that is walked in the order in which its members came."""

    def __init__(self, members: Iterable[T] = ()) -> None:
        self._members = dict.fromkeys(members)

    def __contains__(self, member: object) -> bool:
        return member in self._members

    def __iter__(self) -> Iterator[T]:
        return iter(tuple(self._members))

    def __len__(self) -> int:
        return len(self._members)

    def add(self, value: T) -> None:
        self._members[value] = None

    def discard(self, value: T) -> None:
        self._members.pop(value, None)


@contextmanager
def of_the_simulation(now: Callable[[], float], seed: int) -> Iterator[None]:
    """Give libraries the loop's time and chance from the seed while a run lasts."""
    draw = random.Random(f"libraries/{seed}")
    clock = SimpleNamespace(time=lambda: START_S + now(), gmtime=time.gmtime, strftime=time.strftime)
    shared = random.getstate()
    random.seed(f"shared/{seed}")
    patches: list[Any] = [
        patch.object(aiohttp.connector, "monotonic", now),
        patch.object(aiohttp.connector, "random", draw),
        patch.object(aiohttp.connector, "set", OrderedSet, create=True),
        patch.object(aiohttp.helpers, "time", clock),
        patch.object(aiohttp.helpers, "_cached_current_datetime", None),
        patch.object(aiohttp.cookiejar, "time", clock),
        patch.object(aiohttp.client, "os", SimpleNamespace(urandom=draw.randbytes)),
        patch.object(WebSocketWriter, "__init__", partial_with_chance(WebSocketWriter.__init__, draw)),
    ]
    for each in patches:
        each.start()
    try:
        yield
    finally:
        for each in reversed(patches):
            each.stop()
        random.setstate(shared)


def partial_with_chance(init: Callable[..., None], draw: random.Random) -> Callable[..., None]:
    """Make the constructor of a WebSocket's writer draw its masks from a generator of ours."""

    def made(self: Any, *args: Any, **said: Any) -> None:
        init(self, *args, **said)
        self.get_random_bits = partial(draw.getrandbits, 32)

    return made
