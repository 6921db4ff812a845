"""An event loop with virtual time: the real asyncio, in one thread, where nothing takes longer than it says.

Time stands still while anything is ready to run, and then jumps to the next timer. Callbacks run in the order
in which they were scheduled, timers of one moment too. Whatever would bring in the machine (threads, signals,
subprocesses, real sockets, DNS) is refused or answered by the network in memory.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import heapq
import math
import re
import traceback
from collections.abc import Callable
from contextvars import Context, ContextVar
from typing import Any, NoReturn, Protocol

from sim.trace import Trace

OWNER: ContextVar[object] = ContextVar("owner", default=None)
"""The process of the simulated world that a callback or a task belongs to; None is the world itself."""

CALLBACKS_BETWEEN_COLLECTIONS = 50_000
"""Garbage is collected at counted points: when a collector comes by itself depends on the process."""

TURNS_AT_ONE_MOMENT_MAX = 200_000
CANCELLED_TIMERS_KEPT_MAX = 256


class Deadlock(AssertionError):
    """Nothing is ready, and no timer will ever come."""


class Spinning(AssertionError):
    """Callbacks schedule callbacks and time does not move."""


class TooLong(AssertionError):
    """More virtual time passed than the run was given."""


class Forbidden(RuntimeError):
    """Something asked the loop for a part of the machine."""


class Unhandled(AssertionError):
    """An exception reached nobody: a callback raised, or a task failed and nobody asked."""


class NetworkOfLoop(Protocol):
    """What the loop hands on to a network in memory."""

    async def getaddrinfo(self, host: Any, port: Any, **said: Any) -> list[Any]: ...
    async def create_connection(self, factory: Any, host: Any, port: Any, **said: Any) -> Any: ...
    async def create_server(self, factory: Any, host: Any, port: Any, **said: Any) -> Any: ...
    async def sock_connect(self, sock: Any, address: Any) -> None: ...


class SimLoop(asyncio.BaseEventLoop):
    """A loop that jumps from timer to timer. `limit_s` bounds the virtual seconds of a run."""

    network: NetworkOfLoop | None = None

    def __init__(self, seed: int = 0, limit_s: float = float("inf"), keeps_trace: bool = False) -> None:
        super().__init__()
        self.seed = seed
        self.limit_s = limit_s
        self.trace = Trace(self.time, keeps_trace)
        self.unhandled: list[dict[str, Any]] = []
        self.inline = {"aiohttp.compression_utils", "zlib"}
        """Modules whose functions run at once where they ask for an executor: pure work on bytes."""
        self.callbacks = 0
        self._now = 0.0
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._serial = 0
        self._cancelled_timers = 0
        self._since_time_moved = 0
        self._tasks: list[tuple[asyncio.Task[Any], object]] = []
        self._prune_at = 64
        self._dead: list[object] = []
        self.set_exception_handler(SimLoop._reached_nobody)

    # Time.

    def time(self) -> float:
        """Give the virtual seconds since the loop was made."""
        return self._now

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Schedule a callback; those of one moment run in the order in which they were scheduled."""
        self._check_closed()
        when = _whole_ns(when)
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        heapq.heappush(self._timers, (when, self._serial, timer))
        self._serial += 1
        timer._scheduled = True
        return timer

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Count a cancelled timer; where most are cancelled, forget them."""
        if not handle._scheduled:
            return
        self._cancelled_timers += 1
        if self._cancelled_timers > max(CANCELLED_TIMERS_KEPT_MAX, len(self._timers) // 2):
            self._keep_timers(lambda timer: not timer._cancelled and timer is not handle)
            self._cancelled_timers = 0

    def _keep_timers(self, wanted: Callable[[asyncio.TimerHandle], bool]) -> None:
        self._timers = [each for each in self._timers if wanted(each[2])]
        heapq.heapify(self._timers)

    def _run_once(self) -> None:
        """Run what is ready now; where nothing is, let time come to the next timer."""
        ready, timers = self._ready, self._timers
        if not ready:
            self._advance()
            timers = self._timers
        while timers and timers[0][0] <= self._now:
            timer = heapq.heappop(timers)[2]
            timer._scheduled = False
            if not timer._cancelled:
                ready.append(timer)
        for _ in range(len(ready)):
            handle = ready.popleft()
            if handle._cancelled or (self._dead and handle._context.get(OWNER) in self._dead):
                continue
            handle._run()
            self.callbacks += 1
            if self.callbacks % CALLBACKS_BETWEEN_COLLECTIONS == 0:
                gc.collect()
        self._since_time_moved += 1
        if self._since_time_moved > TURNS_AT_ONE_MOMENT_MAX:
            raise Spinning(f"time stands still at {self._now} s while callbacks run\n{self.dump()}")

    def _advance(self) -> None:
        """Move time to the next timer that counts."""
        while self._timers and self._timers[0][2]._cancelled:
            heapq.heappop(self._timers)[2]._scheduled = False
            self._cancelled_timers = max(0, self._cancelled_timers - 1)
        if not self._timers:
            raise Deadlock(f"nothing is ready at {self._now} s, and no timer will come\n{self.dump()}")
        when = self._timers[0][0]
        if when > self.limit_s:
            raise TooLong(f"the next timer is at {when} s, the limit is {self.limit_s} s\n{self.dump()}")
        if when > self._now:
            self._now = when
            self._since_time_moved = 0

    # Tasks.

    def create_task(self, coro: Any, *, context: Context | None = None, **said: Any) -> Any:
        """Make a task, and hold it until it is done: none vanishes because a collector came by."""
        if len(self._tasks) >= self._prune_at:
            self._tasks = [each for each in self._tasks if not each[0].done()]
            self._prune_at = 2 * len(self._tasks) + 64
        task = super().create_task(coro, context=context, **said)
        self._tasks.append((task, OWNER.get() if context is None else context.get(OWNER)))
        return task

    def pending(self) -> list[asyncio.Task[Any]]:
        """Give the living tasks that are not done, in the order in which they were made."""
        own = [task for task, owner in self._tasks if not task.done() and owner not in self._dead]
        held = {id(task) for task, _ in self._tasks}
        others = [task for task in asyncio.all_tasks(self) if id(task) not in held]
        return own + sorted(others, key=_natural)

    def dump(self) -> str:
        """Say where every living task waits."""
        return "\n".join(_where(task) for task in self.pending()) or "no task is pending"

    def kill(self, owner: object) -> None:
        """End a process of the world between two callbacks: nothing of it runs again, nothing is tidied."""
        assert owner is not None, "the world itself does not end"
        self._dead.append(owner)
        self._keep_timers(lambda timer: timer._context.get(OWNER) is not owner)

    def is_dead(self, owner: object) -> bool:
        """Tell whether a process was killed."""
        return owner in self._dead

    def abandon(self) -> None:
        """Close the loop, and every coroutine that still waits, without a word: nothing runs any more."""
        for task, _ in self._tasks:
            if not task.done():
                task._log_destroy_pending = False
                with contextlib.suppress(BaseException):
                    task.get_coro().close()
        self.close()

    def _reached_nobody(self, context: dict[str, Any]) -> None:
        """Keep an exception that nobody took; that a task was cancelled is none (3.11's streams say so).

        Where a process was killed, what it had open is found unclosed by the collector: its kernel closed it.
        """
        is_of_the_dead = bool(self._dead) and str(context.get("message")).startswith("Unclosed")
        if not is_of_the_dead and not isinstance(context.get("exception"), asyncio.CancelledError):
            self.unhandled.append(context)

    # Generators that are not exhausted.

    def _asyncgen_finalizer_hook(self, agen: Any) -> None:
        self._asyncgens.discard(agen)
        if not self.is_closed():
            self.call_soon(self.create_task, agen.aclose())

    # The machine.

    def call_soon_threadsafe(self, callback: Any, *args: Any, context: Context | None = None) -> NoReturn:  # type: ignore[override]
        _forbid("call_soon_threadsafe: there is one thread")

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> Any:  # type: ignore[override]
        """Run the functions of `inline` at once; refuse all others."""
        module = getattr(func, "__module__", None) or type(getattr(func, "__self__", func)).__module__
        if module not in self.inline:
            _forbid(f"run_in_executor({module}.{getattr(func, '__qualname__', func)}): there is one thread")
        done = self.create_future()
        done.set_result(func(*args))
        return done

    async def getaddrinfo(self, host: Any, port: Any, **said: Any) -> Any:  # type: ignore[override]
        return await self._net("getaddrinfo").getaddrinfo(host, port, **said)

    async def create_connection(self, factory: Any, host: Any = None, port: Any = None, **said: Any) -> Any:  # type: ignore[override]
        return await self._net("create_connection").create_connection(factory, host, port, **said)

    async def create_server(self, factory: Any, host: Any = None, port: Any = None, **said: Any) -> Any:  # type: ignore[override]
        return await self._net("create_server").create_server(factory, host, port, **said)

    async def sock_connect(self, sock: Any, address: Any) -> None:
        await self._net("sock_connect").sock_connect(sock, address)

    def _net(self, asked: str) -> NetworkOfLoop:
        if self.network is None:
            _forbid(f"{asked}: this world has no network")
        return self.network

    def _write_to_self(self) -> None:
        """Nobody sleeps, so nobody is woken."""

    def _process_events(self, event_list: Any) -> None:
        """No event comes from outside."""


def _whole_ns(when: float) -> float:
    """Put a time on the next whole nanosecond, so that clocks with other beginnings tell the same time.

    It is never before what was asked for: whoever finds that a timer came too early sets it again.
    """
    whole = math.ceil(when * 1e9 - 1e-3) / 1e9
    return whole if whole > when else when


def _forbid(what: str) -> NoReturn:
    raise Forbidden(f"the simulation refuses {what}")


def _forbidden(name: str) -> Callable[..., NoReturn]:
    def refuse(*_: Any, **__: Any) -> NoReturn:
        _forbid(name)

    return refuse


for _name in (
    "add_reader", "remove_reader", "add_writer", "remove_writer", "add_signal_handler",
    "remove_signal_handler", "subprocess_exec", "subprocess_shell", "connect_read_pipe", "connect_write_pipe",
    "create_unix_connection", "create_unix_server", "create_datagram_endpoint", "connect_accepted_socket",
    "sock_recv", "sock_recv_into", "sock_recvfrom", "sock_recvfrom_into", "sock_sendall", "sock_sendto",
    "sock_accept", "sock_sendfile", "sendfile", "start_tls", "getnameinfo", "set_default_executor",
):  # fmt: skip
    setattr(SimLoop, _name, _forbidden(_name))


def _natural(task: asyncio.Task[Any]) -> list[Any]:
    """Sort Task-2 before Task-10."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", task.get_name())]


def _where(task: asyncio.Task[Any]) -> str:
    """Say what a task is and in which lines it waits, innermost last."""
    lines = [f"task {task.get_name()}: {getattr(task.get_coro(), '__qualname__', task.get_coro())}"]
    coro: Any = task.get_coro()
    while coro is not None and hasattr(coro, "cr_frame"):
        frame = coro.cr_frame
        if frame is not None:
            where = traceback.extract_stack(frame, limit=1)[0]
            lines.append(f"    {where.filename}:{where.lineno} {where.name}: {where.line}")
        coro = coro.cr_await
    return "\n".join(lines)
