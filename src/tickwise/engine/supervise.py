"""Tasks of a session, by name: some run once, some are started again when they fail.

They stand in a list, in the order in which they were started, and are stopped in the opposite order, each
when the one before has ended: under a virtual clock two runs are alike. A task that runs once and fails ends
the session; one that is kept is started again after a rest that grows with each end that came soon. Nobody
but the nursery cancels a task: one that somebody else cancelled would be missing without a word, so that ends
the session too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

Work = Coroutine[Any, Any, None]


class Chance(Protocol):
    """Where jitter comes from: a seeded generator in simulation."""

    def random(self) -> float:
        """Give a number in [0, 1)."""
        ...


DOUBLINGS_MAX = 64
"""After so many failures a rest is as long as it gets; two to the power of a day's failures is no float."""

STOP_S = 10.0
"""How long a task that is stopped may take to end; then it is told of and left."""


class Lost(RuntimeError):
    """A task was cancelled by somebody else than its nursery, or did not end when it was."""


@dataclass(frozen=True)
class Rest:
    """How long to rest before a task is started again, in seconds."""

    first_s: float = 0.5
    factor: float = 2.0
    most_s: float = 30.0
    good_s: float = 60.0
    """A task that ran so long before it ended begins with the first rest again."""

    def after(self, failures: int, chance: Chance) -> float:
        """Give the rest after so many failures in a row, with full jitter above half of it."""
        whole = min(self.most_s, self.first_s * self.factor ** min(failures - 1, DOUBLINGS_MAX))
        return whole * (0.5 + 0.5 * chance.random())


@dataclass
class _Task:
    name: str
    task: asyncio.Task[None]
    is_kept: bool = False


class Nursery:
    """The tasks of one session."""

    def __init__(
        self,
        chance: Chance,
        told: Callable[[str, BaseException], None] = lambda name, error: None,
        expected: tuple[type[Exception], ...] = (),
    ) -> None:
        """Keep tasks; `told` hears of each failure of a kept one.

        Only failures of the `expected` kinds are mended by starting again: every other error is a broken law
        of ours and ends the session.
        """
        self._chance, self._told, self._expected = chance, told, expected
        self._tasks: list[_Task] = []
        self._is_stopping = False
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def start(self, name: str, work: Work) -> None:
        """Run something once beside the rest; what it raises ends the session.

        Once the session is stopping nothing is started any more.
        """
        self._start(name, work, is_kept=False)

    def _start(self, name: str, work: Work, *, is_kept: bool) -> None:
        if self._is_stopping:
            work.close()
            self._told(name, Lost("not started: the session is stopping"))
            return
        task = asyncio.get_running_loop().create_task(work, name=name)
        held = _Task(name, task, is_kept)
        self._tasks.append(held)
        task.add_done_callback(lambda done: self._done(held, done))

    def keep(self, name: str, make: Callable[[], Work], rest: Rest | None = None) -> None:
        """Run something for as long as the session lasts, and again after it failed or came to its end."""
        self._start(name, self._kept(name, make, rest or Rest()), is_kept=True)

    def names(self) -> list[str]:
        """Name the tasks that run, in the order in which they were started."""
        return [each.name for each in self._tasks]

    def end(self) -> None:
        """Let the session come to its end."""
        if not self._ended.done():
            self._ended.set_result(None)

    async def until_ended(self) -> None:
        """Wait for the session's end; raises what ended it where that is an error."""
        await asyncio.shield(self._ended)

    async def until_done(self, most_s: float) -> bool:
        """Wait until every task that runs once has ended, at most so long; tell whether they have."""
        loop = asyncio.get_running_loop()
        end = loop.time() + most_s
        for held in [each for each in self._tasks if not each.is_kept]:
            if not await _ended(held.task, max(0.0, end - loop.time())):
                return False
        return True

    async def stop(self, most_s: float = STOP_S) -> None:
        """Stop every task, the last started first, and wait for each, `most_s` at most."""
        self._is_stopping = True
        try:
            while self._tasks:
                held = self._tasks.pop()
                held.task.cancel()
                if not await _ended(held.task, most_s):
                    self._told(held.name, Lost(f"cancelled, and did not end in {most_s:g} s"))
        finally:
            for held in reversed(self._tasks):
                held.task.cancel()

    def _done(self, held: _Task, task: asyncio.Task[None]) -> None:
        """Take a task out of the list; its error ends the session, and a later one is told."""
        if held in self._tasks:
            self._tasks.remove(held)
        error = self._error_of(held, task)
        if error is None:
            return
        if self._is_stopping or self._ended.done():
            self._told(held.name, error)
        else:
            self._ended.set_exception(error)

    def _error_of(self, held: _Task, task: asyncio.Task[None]) -> BaseException | None:
        if not task.cancelled():
            return task.exception()
        return None if self._is_stopping else Lost(f"{held.name} was cancelled by somebody else")

    async def _kept(self, name: str, make: Callable[[], Work], rest: Rest) -> None:
        loop, failures = asyncio.get_running_loop(), 0
        while True:
            begun = loop.time()
            try:
                await make()
            except self._expected as error:
                self._told(name, error)
            failures = 1 if loop.time() - begun >= rest.good_s else failures + 1
            await asyncio.sleep(rest.after(failures, self._chance))


async def _ended(task: asyncio.Task[None], most_s: float) -> bool:
    """Wait until a task has ended, at most so long; tell whether it has."""
    loop = asyncio.get_running_loop()
    over: asyncio.Future[None] = loop.create_future()

    def wake(*_: object) -> None:
        if not over.done():
            over.set_result(None)

    task.add_done_callback(wake)
    timer = loop.call_later(most_s, wake)
    try:
        await over
    finally:
        timer.cancel()
    return task.done()
