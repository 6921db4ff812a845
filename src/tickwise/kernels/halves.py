"""Compile a kernel in two halves at once, where a second core is free.

What is done at moments of time (bars, calendars, the turn of the day) and what is done for a lane (orders,
fills, exits) are two functions of the kernel that call neither each other nor the loop of quotes. A second
process compiles the first while this one compiles the other, and leaves it in the cache; a cold start takes
three quarters of the time. Whatever goes wrong there, this process compiles it itself.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numba
import numpy as np

from tickwise.core.compiled import JIT
from tickwise.core.layout import (
    ACCOUNT,
    DECISION,
    HOUSE,
    INTERVAL,
    LANE,
    MARKET,
    MINUTE_DIGEST,
    TALLY,
    TRADE,
)
from tickwise.core.params import PARAMS
from tickwise.core.record import rows
from tickwise.kernels.generated import kernel_of
from tickwise.kernels.strategy_file import load
from tickwise.kernels.uncollected import uncollected

PATIENCE_S = 60.0
"""How long the second process may take beyond the first."""

IDLE_LOAD = 0.75
"""Processes that run for each core, of the last minute, up to which a core counts as free."""

type_of: Any = numba.typeof

RECORDS = (PARAMS, HOUSE, ACCOUNT, TALLY, MARKET, LANE, INTERVAL)
"""What the kernel's functions take first, in their order."""


def compile_halves(kernel: ModuleType, strategies: Sequence[Path]) -> None:
    """Compile `attend` here and `moment` in a second process, if a core is free for it; else do nothing."""
    if not JIT or not sys.executable or not core_is_free():
        return
    options = [f"-Xpycache_prefix={sys.pycache_prefix}"] if sys.pycache_prefix else []
    command = [sys.executable, *options, "-m", __name__, *(str(path) for path in strategies)]
    silent = subprocess.DEVNULL
    other = subprocess.Popen(command, stdin=silent, stdout=silent, stderr=silent)
    try:
        kernel.attend.compile(attend_types())
        other.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        return
    finally:
        other.kill()
        other.wait()


def core_is_free() -> bool:
    """Tell whether there is a second core and little else runs."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return cores > 1 and load < IDLE_LOAD * cores


def attend_types() -> tuple[Any, ...]:
    """Give the types `attend` is called with: records, lane and work, log, time."""
    whole = numba.int64
    return (*_of(*RECORDS), whole, whole, *_of(TRADE, DECISION), type_of(np.zeros(1, np.int64)), whole)


def moment_types() -> tuple[Any, ...]:
    """Give the types `moment` is called with: records, turns of the day, log, time."""
    times = type_of(np.zeros(1, np.int64))
    return (*_of(*RECORDS), times, *_of(DECISION, MINUTE_DIGEST), times, numba.int64)


def _of(*kinds: np.dtype[Any]) -> tuple[Any, ...]:
    return tuple(type_of(rows(kind, 1)) for kind in kinds)


def main(paths: Sequence[str]) -> None:
    """Compile `moment` of the kernel of these strategies, and leave it in the cache."""
    kernel = kernel_of([load(Path(path)) for path in paths])
    with uncollected():
        kernel.moment.compile(moment_types())


if __name__ == "__main__":
    main(sys.argv[1:])
