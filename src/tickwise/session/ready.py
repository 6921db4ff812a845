"""A live session's kernel compiled before the first event: nothing waits for the compiler while it runs."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from tickwise.core._cache import CACHE_DIR
from tickwise.core.compiled import JIT
from tickwise.kernels.halves import compile_halves
from tickwise.kernels.uncollected import uncollected
from tickwise.session.live import LiveSession

type_of: Any = numba.typeof

BYTES: Any = type_of(np.zeros(1, np.uint8))
"""What crosses the border: the packed session, and the exchange."""


def is_ready(live: LiveSession, *, events: bool = True) -> bool:
    """Tell whether the machine code lies in the cache, or none is wanted; without `events` that of quotes."""
    kernel = live.session.kernel
    kept = (f"{kernel.__name__}.{name}-*.nbi" for name in _entries(events))
    return not JIT or all(next(CACHE_DIR.rglob(each), None) is not None for each in kept)


def make_ready(live: LiveSession, *, events: bool = True) -> None:
    """Compile what takes a session's quotes and, with `events`, all else; or load it. Nothing is run."""
    if not JIT:
        return
    kernel = live.session.kernel
    with uncollected():
        if not is_ready(live, events=events):
            compile_halves(kernel, kernel.STRATEGIES)
        for name in _entries(events):
            getattr(kernel, name).compile((BYTES, BYTES))


def _entries(events: bool) -> tuple[str, ...]:
    return ("live", "event") if events else ("live",)
