"""Make the copy of a strategy's modules in which every function of the author's is one the compiler inlines.

The author writes plain functions and no decorator. The plain modules stay as they are, so that `levels` and
`warm_up` are called from Python with whatever they call; the copy has the same names, and the kernel takes
the
functions from there.
"""

from __future__ import annotations

import sys
from types import FunctionType, ModuleType
from typing import Any

from tickwise.core.compiled import hot
from tickwise.kernels.own_modules import Brought


def compiled_copy(brought: Brought) -> ModuleType:
    """Give the copy of the strategy's module; importable by its name, the plain one's and `.compiled`."""
    modules = (brought.module, *brought.others)
    copies = {id(each): ModuleType(f"{each.__name__}.compiled") for each in modules}
    homes = {id(vars(each)): vars(copies[id(each)]) for each in modules}
    inlined: dict[int, Any] = {}
    for each in modules:
        for key, value in vars(each).items():
            if key not in ("__name__", "__spec__", "__loader__"):
                vars(copies[id(each)])[key] = _copied(value, copies, homes, inlined)
        sys.modules[copies[id(each)].__name__] = copies[id(each)]
    return copies[id(brought.module)]


def plain(value: Any) -> Any:
    """Give the plain function of one that the author has decorated with Numba's own decorator."""
    return getattr(value, "py_func", value)


def _copied(
    value: Any, copies: dict[int, ModuleType], homes: dict[int, dict[str, Any]], inlined: dict[int, Any]
) -> Any:
    """Give the copy of one name's value: modules and functions of the author's are exchanged, others are
    kept.
    """
    if id(value) in copies:
        return copies[id(value)]
    function = plain(value)
    if not isinstance(function, FunctionType) or id(function.__globals__) not in homes:
        return value
    if id(function) not in inlined:
        inlined[id(function)] = hot(_at_home(function, homes[id(function.__globals__)]))
    return inlined[id(function)]


def _at_home(function: FunctionType, home: dict[str, Any]) -> FunctionType:
    """Give the same function, which finds the names it uses in another module."""
    moved = FunctionType(
        function.__code__, home, function.__name__, function.__defaults__, function.__closure__
    )
    moved.__kwdefaults__ = function.__kwdefaults__
    moved.__annotations__ = function.__annotations__
    moved.__qualname__ = function.__qualname__
    moved.__module__ = str(home["__name__"])
    moved.__doc__ = function.__doc__
    return moved
