"""Run a simulated world to its end: the loop, the libraries and the collector, set up and put back."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from sim import libraries
from sim.loop import SimLoop, Unhandled

T = TypeVar("T")


def run(
    main: Callable[[SimLoop], Coroutine[Any, Any, T]],
    seed: int = 0,
    *,
    loop: SimLoop | None = None,
    strict: bool = True,
) -> T:
    """Run `main(loop)` to its end in a new world, cancel what is left of it, and give what it gave.

    With `strict` an exception that reached nobody fails the run. The collector is off meanwhile and comes at
    counted points.
    """
    loop = loop or SimLoop(seed)
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        with libraries.of_the_simulation(loop.time, seed):
            asyncio.set_event_loop(loop)
            try:
                result = loop.run_until_complete(main(loop))
                _end(loop)
            except BaseException as error:
                for context in loop.unhandled:
                    error.add_note(f"before that: {_told(context)}")
                raise
            finally:
                asyncio.set_event_loop(None)
                loop.abandon()
    finally:
        gc.enable()
        gc.unfreeze()
    if strict and loop.unhandled:
        raise Unhandled(_told(loop.unhandled[0])) from loop.unhandled[0].get("exception")
    return result


def _end(loop: SimLoop) -> None:
    """Cancel what is still pending, in order, and close the generators that were left open."""
    left = loop.pending()
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    gc.collect()
    for _ in range(3):
        loop.run_until_complete(asyncio.sleep(0))


def _told(context: dict[str, Any]) -> str:
    said = {key: value for key, value in context.items() if key != "message"}
    return f"{context.get('message')}: {said}"
