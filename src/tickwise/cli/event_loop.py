"""The event loop of a command: uvloop where it is installed, else Python's own; nothing depends on it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from importlib.util import find_spec
from typing import Any, TypeVar

T = TypeVar("T")


def in_loop(work: Coroutine[Any, Any, T]) -> T:
    """Run something to its end; ctrl-c cancels it and raises KeyboardInterrupt."""
    with asyncio.Runner(loop_factory=_fast_loop()) as runner:
        return runner.run(work)


def _fast_loop() -> Any:
    if find_spec("uvloop") is None:
        return None
    import uvloop

    return uvloop.new_event_loop
