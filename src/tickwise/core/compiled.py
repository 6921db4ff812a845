"""Three words instead of `njit`, so that the rules of compiling hold in one place.

`hot`     runs on each quote: inlined by LLVM into its caller. It takes records and scalars, never an array:
          an array argument is a counted reference and costs five to ten nanoseconds a call, even unused.
`rare`    runs on bars, fills and exits: a function of its own, compiled once and kept on disk.
`entry`   what Python calls: stands in generated kernels, kept on disk.

No fastmath, no parallel loops, no `inline='always'`: replays must be identical, and LLVM inlines better.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np

from tickwise.core._lowering import InlinedCompiler, OutOfLineCompiler

F = TypeVar("F", bound=Callable[..., Any])


def constant(value: int) -> int:
    """Give a whole number that the compiler takes as a value.

    A plain literal is a type of its own to Numba: a function called with seven of them is compiled seven
    times.
    """
    return cast(int, np.int64(value))


JIT = not numba.config.DISABLE_JIT  # type: ignore[attr-defined]
"""False when NUMBA_DISABLE_JIT=1: the same functions run as plain Python, slowly."""

_COMMON: dict[str, Any] = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
_INLINED: dict[str, Any] = {
    "forceinline": True,
    "no_cpython_wrapper": True,
    "pipeline_class": InlinedCompiler,
} | _COMMON
_OUT_OF_LINE: dict[str, Any] = {"cache": True, "forceinline": False} | _COMMON


def hot(function: F) -> F:
    """Compile what is called on each quote; LLVM inlines it into its caller.

    No entry for Python is made, which saves a fifth of the compiling: call it through `called`.
    """
    return cast(F, numba.njit(function, **_INLINED))


def rare(function: F) -> F:
    """Compile what is called seldom, as a function of its own that is cached on disk."""
    return cast(F, numba.njit(function, **({"pipeline_class": OutOfLineCompiler} | _OUT_OF_LINE)))


def entry(function: F) -> F:
    """Compile what Python calls; the machine code is cached on disk."""
    return cast(F, numba.njit(function, **_OUT_OF_LINE))


def called(function: F) -> F:
    """Give a compiled function that Python may call around one that is `hot`."""
    inner = function

    def outer(*args: Any) -> Any:
        return inner(*args)

    return cast(F, numba.njit(outer, nogil=True, error_model="numpy"))
