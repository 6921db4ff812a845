"""The clock: the only place where the time of day, or the time that has passed, is read.

Everything that waits or paces gets a `Clock` from outside, so that a test or a simulation brings its own.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Protocol

_IMPORTED_S = time.monotonic()
_STAT = Path("/proc/self/stat")
_STARTED_FIELD = 19
"""The place of `starttime` after the process's name in /proc/self/stat: proc(5), field 22."""
_TICKS_PER_S = 100.0
"""USER_HZ: proc(5) counts in hundredths of a second on every common machine."""
_BOOT_CLOCK = getattr(time, "CLOCK_BOOTTIME", None)


class Clock(Protocol):
    """What a pace needs: how far time has come, and to wait."""

    def now_s(self) -> float:
        """Give seconds since some fixed moment; they never go back."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait; at once over where `seconds` is zero or less."""
        ...


class WallClock:
    """The machine's own clock."""

    def now_s(self) -> float:
        """Give seconds of the monotonic clock."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait so many seconds."""
        if seconds > 0:
            time.sleep(seconds)


def process_age_s() -> float:
    """Give the seconds since the process began; where the system does not say, since this file was read."""
    since_import = time.monotonic() - _IMPORTED_S
    if _BOOT_CLOCK is None or not _STAT.exists():
        return since_import
    fields = _STAT.read_text().rpartition(")")[2].split()
    age = time.clock_gettime(_BOOT_CLOCK) - int(fields[_STARTED_FIELD]) / _TICKS_PER_S
    return max(age, since_import)


def now_ns() -> int:
    """Give the machine's time of day, nanoseconds UTC; for who looks once, where no event loop runs."""
    return time.time_ns()


class Time(Protocol):
    """The time of day as the engine stamps it."""

    def now_ns(self) -> int:
        """Give nanoseconds UTC; never less than what was given before."""
        ...


class LoopTime:
    """The time of day when it was made, and from then on the event loop's own clock.

    A clock of the machine that is set forwards or back moves nothing here; under a loop with virtual time it
    is virtual too.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, start_ns: int | None = None) -> None:
        """Begin at `start_ns`, else at the machine's time of day."""
        self._loop = loop
        self._start_ns = time.time_ns() if start_ns is None else start_ns
        self._start_s = loop.time()

    def now_ns(self) -> int:
        """Give nanoseconds UTC."""
        return self._start_ns + round((self._loop.time() - self._start_s) * 1e9)


class TapeTime:
    """The time of the tape that is played: whoever plays it sets it."""

    def __init__(self, start_ns: int = 0) -> None:
        """Begin at a time, nanoseconds UTC."""
        self.ns = start_ns

    def now_ns(self) -> int:
        """Give the time of the tape's last row."""
        return self.ns
