"""What a strategy's file must hold, checked before anything is compiled.

A file has a class `Params` and is asked in one of three ways: by `on_quote`, by `on_bar`, or by its parts
`update`, `maybe`, `features` and `signal`, of which only `signal` must be there. Each function is given what
its arguments name, in whatever order, and nothing else.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping
from types import FunctionType, MappingProxyType, ModuleType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import numpy as np

from tickwise.core.layout import FRAME_NAMES
from tickwise.kernels.compiled_copy import plain
from tickwise.kernels.source import Source, complaint, nearest

TRIGGERS = ("on_quote", "on_bar", "signal")
"""The functions that make a file a strategy; it has one of them."""

PARTS = ("update", "maybe", "features")
"""What may stand beside `signal`."""

ARGUMENTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "on_quote": ("params", "state", "market", "quote"),
        "on_bar": ("params", "state", "market", "bar", "bars"),
        "update": ("params", "state", "market", "quote"),
        "maybe": ("params", "state", "market", "quote"),
        "features": ("params", "state", "market", "quote"),
        "signal": ("params", "features", "state", "market", "quote"),
        "levels": ("params", "pip"),
        "warm_up": ("params",),
    }
)
"""What each function may ask for; a file with `Levels` says `levels` where `params` stands here, but for the
two functions that are called from Python."""

ON_THE_OUTSIDE = ("levels", "warm_up")
"""Functions that plain Python calls, once for each lane; all others are compiled."""

PIP_TRIED = 10
"""Ticks in a pip with which `levels` is tried on the default params: those of most currency pairs."""


def takes(function: Callable[..., Any]) -> tuple[str, ...]:
    """Name the arguments of a function, in order."""
    return tuple(inspect.signature(plain(function)).parameters)


def flat_fields(small: type) -> list[tuple[str, Any]]:
    """Name the plain fields of a NamedTuple, nested ones by their path, with their kinds."""
    rows: list[tuple[str, Any]] = []
    for name, kind in get_type_hints(small).items():
        if is_small(kind):
            rows += [(f"{name}.{inner}", what) for inner, what in flat_fields(kind)]
        else:
            rows.append((name, kind))
    return rows


def flat_values(value: Any) -> tuple[list[int], list[float]]:
    """Give the values of a NamedTuple, nested ones in their place: whole numbers and truths, and floats."""
    wholes: list[int] = []
    reals: list[float] = []
    for name, kind in flat_fields(type(value)):
        found = value
        for step in name.split("."):
            found = getattr(found, step)
        if kind is float:
            reals.append(float(found))
        else:
            wholes.append(int(found))
    return wholes, reals


def is_small(kind: Any) -> bool:
    """Tell whether a kind is a NamedTuple class."""
    return isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields")


def marks_of(params: type) -> dict[str, str]:
    """Give the params that are marked `AtLeast` or `AtMost`, with what their mark says."""
    hints = get_type_hints(params, include_extras=True)
    return {name: get_args(kind)[1] for name, kind in hints.items() if get_origin(kind) is Annotated}


def check_written(source: Source) -> None:
    """Check what can be read off the text: every field of Params and State has a kind and a first value.

    Raises StrategyError.
    """
    for name, first in (("Params", "default"), ("State", "first value")):
        for node in source.fields(name):
            if isinstance(node, ast.Assign):
                names = ", ".join(ast.unparse(each) for each in node.targets)
                value = ast.unparse(node.value)
                raise complaint(
                    source.path,
                    node.lineno,
                    f"`{name}.{names}` says no kind, so it is no field",
                    f"write `{names}: {_kind_like(node.value)} = {value}`",
                )
            if node.value is None and isinstance(node.target, ast.Name):
                kind = ast.unparse(node.annotation)
                raise complaint(
                    source.path,
                    node.lineno,
                    f"`{name}.{node.target.id}` has no {first}",
                    f"write `{node.target.id}: {kind} = …`",
                )


def _kind_like(value: ast.expr) -> str:
    """Name the kind that a value in the text would have."""
    found = value.value if isinstance(value, ast.Constant) else None
    return type(found).__name__ if isinstance(found, bool | int | float) else "float"


def small_of(source: Source, module: ModuleType, name: str) -> type | None:
    """Give a NamedTuple class of the file, or None. Raises StrategyError where it is another thing."""
    found = getattr(module, name, None)
    if found is None:
        return None
    if not is_small(found):
        raise complaint(
            source.path, source.line(name), f"`{name}` is no NamedTuple", f"write `class {name}(NamedTuple):`"
        )
    kept: type = found
    return kept


def functions_of(source: Source, module: ModuleType) -> dict[str, Callable[..., Any]]:
    """Give the file's functions that the contract knows. Raises StrategyError where one is something else."""
    found: dict[str, Callable[..., Any]] = {}
    for name in ARGUMENTS:
        value = plain(getattr(module, name, None))
        if value is None:
            continue
        if not isinstance(value, FunctionType) or hasattr(value, "__wrapped__") or value.__closure__:
            raise complaint(
                source.path,
                source.line(name),
                f"`{name}` is no plain function",
                f"write `def {name}({', '.join(ARGUMENTS[name])}):`, without a decorator",
            )
        if inspect.isgeneratorfunction(value) or inspect.iscoroutinefunction(value):
            raise complaint(
                source.path, source.line(name), f"`{name}` pauses", "write it without `yield` and `async`"
            )
        found[name] = value
    return found


def style_of(source: Source, module: ModuleType, functions: Mapping[str, Callable[..., Any]]) -> str:
    """Tell how the strategy is asked: `on_quote`, `on_bar` or `parts`. Raises StrategyError."""
    present = [name for name in TRIGGERS if name in functions]
    if not present:
        others = [
            name
            for name, value in vars(module).items()
            if getattr(plain(value), "__globals__", None) is vars(module)
        ]
        close = next((name for name in others if nearest(name, TRIGGERS).startswith("did")), "")
        mend = f"`{close}`: {nearest(close, TRIGGERS)}" if close else "write one of them"
        raise complaint(
            source.path, source.line(close), "there is no `on_quote`, no `on_bar` and no `signal`", mend
        )
    beside = [name for name in (*present[1:], *PARTS) if name in functions and present[0] != "signal"]
    if beside:
        raise complaint(
            source.path,
            source.line(beside[0]),
            f"`{beside[0]}` stands beside `{present[0]}`",
            f"a strategy is asked in one way; give one of them another name, or keep `{present[0]}` alone",
        )
    return present[0] if present[0] != "signal" else "parts"


def check_fields(source: Source, name: str, small: type, numbers: int, texts: bool = False) -> None:
    """Check that fields are numbers or truths, no more than there is room for, and that defaults fit them.

    `name` is what the file calls the class. Raises StrategyError.
    """
    for field, kind in _hints(source, small):
        line = source.field_line(name, field.partition(".")[0])
        if kind not in (int, float, bool) and not (texts and kind is str):
            spelled = getattr(kind, "__name__", str(kind))
            raise complaint(
                source.path,
                line,
                f"`{name}.{field}` is {spelled}",
                "a field is int, float, bool or a NamedTuple of them",
            )
    rows = flat_fields(small)
    for kinds, words in (((int, bool), "whole numbers"), ((float,), "floats")):
        if sum(kind in kinds for _, kind in rows) > numbers:
            raise complaint(
                source.path,
                source.line(name),
                f"`{name}` has over {numbers} {words}",
                "keep fewer; older quotes and bars are in `market`",
            )
    for field, value in getattr(small, "_field_defaults", {}).items():
        for inner, kind in _unfitting(get_type_hints(small)[field], value, field):
            raise complaint(
                source.path,
                source.field_line(name, field),
                f"`{name}.{inner}` is {kind}, but begins as {value!r}",
                "make the two agree",
            )


def check_marks(source: Source, params: type) -> None:
    """Check that only numbers of Params are marked. Raises StrategyError."""
    hints = get_type_hints(params)
    for name in marks_of(params):
        if hints[name] not in (int, float):
            raise complaint(
                source.path,
                source.field_line("Params", name),
                f"`Params.{name}` is marked, but is {getattr(hints[name], '__name__', hints[name])}",
                "AtLeast and AtMost are for int and float",
            )


def check_arguments(
    source: Source, functions: Mapping[str, Callable[..., Any]], levels: bool, state: bool
) -> None:
    """Check that each function asks only for what there is. Raises StrategyError."""
    for name, function in functions.items():
        for argument in inspect.signature(function).parameters.values():
            line = function.__code__.co_firstlineno
            known = _known(name, functions, levels, state)
            if argument.name in known and _is_plain(argument):
                continue
            wrong, mend = _about(argument, name, known)
            raise complaint(source.path, line, wrong, mend)
    if state and "signal" in functions and "update" not in functions:
        raise complaint(
            source.path,
            source.line("State"),
            "nothing moves `State`",
            "write `def update(params, state, market)`",
        )


def _is_plain(argument: inspect.Parameter) -> bool:
    """Tell whether an argument is an ordinary one without a default."""
    return argument.kind is argument.POSITIONAL_OR_KEYWORD and argument.default is argument.empty


def _known(name: str, functions: Mapping[str, Any], levels: bool, state: bool) -> tuple[str, ...]:
    """Name what a function of this strategy may ask for."""
    absent = set() if state else {"state"}
    absent |= set() if "features" in functions else {"features"}
    first = "levels" if levels and name not in ON_THE_OUTSIDE else "params"
    return tuple(first if each == "params" else each for each in ARGUMENTS[name] if each not in absent)


MISSING = {
    "state": "there is no `class State(NamedTuple)`: write one, each field with its first value",
    "features": "there is no `def features`: write it, or ask for `state` or `market`",
    "params": "`levels` has turned them into Levels: ask for `levels`",
    "levels": "there is no `class Levels(NamedTuple)`: ask for `params`",
}


def _about(argument: inspect.Parameter, name: str, known: tuple[str, ...]) -> tuple[str, str]:
    """Say what is wrong with an argument, and what to do."""
    asks = f"`{name}` asks for `{argument.name}`"
    if argument.name in known:
        return f"`{name}` gives `{argument.name}` a default", "it is always given; leave the default out"
    if argument.name in MISSING and argument.name in (*ARGUMENTS[name], "levels"):
        absent, _, mend = MISSING[argument.name].partition(": ")
        return f"{asks}, but {absent}", mend
    close = nearest(argument.name, known)
    offered = ", ".join(f"`{each}`" for each in known)
    return asks, close if close.startswith("did") else f"it may ask for {offered}"


def check_levels(source: Source, made: Any, wanted: type) -> None:
    """Check what `levels` made of the default params. Raises StrategyError."""
    if not isinstance(made, wanted):
        raise complaint(
            source.path,
            source.line("levels"),
            f"`levels` gives {type(made).__name__}",
            f"it is to give {wanted.__name__}, made of params",
        )
    for field, kind in get_type_hints(wanted).items():
        for inner, what in _unfitting(kind, getattr(made, field), field):
            raise complaint(
                source.path,
                source.line("levels"),
                f"`{wanted.__name__}.{inner}` is {what}, but `levels` gives {getattr(made, field)!r}",
                "round it, or declare it float" if what == "int" else "make the two agree",
            )


def check_declared(source: Source, module: ModuleType) -> None:
    """Check the two words about what the strategy reads: FRAMES and SIDES. Raises StrategyError."""
    frames = getattr(module, "FRAMES", ())
    if not isinstance(frames, tuple):
        raise complaint(
            source.path,
            source.line("FRAMES"),
            "`FRAMES` is no tuple",
            'write names in it, as `FRAMES = ("M1",)`',
        )
    for frame in frames:
        if frame not in FRAME_NAMES:
            raise complaint(
                source.path,
                source.line("FRAMES"),
                f"there are no {frame!r} bars",
                nearest(str(frame), FRAME_NAMES),
            )
    if not isinstance(getattr(module, "SIDES", False), bool):
        raise complaint(source.path, source.line("SIDES"), "`SIDES` is no truth", "write True or False")


def _hints(source: Source, small: type) -> Iterator[tuple[str, Any]]:
    """Give the plain fields with their kinds. Raises StrategyError where a kind has no meaning."""
    try:
        yield from flat_fields(small)
    except (NameError, TypeError, AttributeError) as error:
        raise complaint(
            source.path, source.line(small.__name__), f"`{small.__name__}`: {error}", "import what it names"
        ) from None


def _unfitting(kind: Any, value: Any, name: str) -> Iterator[tuple[str, str]]:
    """Name the fields, with their kinds, whose value is of another kind."""
    if is_small(kind):
        if not isinstance(value, kind):
            yield name, kind.__name__
            return
        for inner, what in get_type_hints(kind).items():
            yield from _unfitting(what, getattr(value, inner), f"{name}.{inner}")
    elif not _fits(kind, value):
        yield name, kind.__name__


def _fits(kind: type, value: Any) -> bool:
    """Tell whether a value may stand in a field: a whole number in a float's too, a truth only in its own."""
    if kind is bool or isinstance(value, bool | np.bool_):
        return kind is bool and isinstance(value, bool | np.bool_)
    if kind is float:
        return isinstance(value, int | float | np.integer | np.floating)
    whole = isinstance(value, int | np.integer) and abs(int(value)) < 2**63
    return whole if kind is int else isinstance(value, kind)
