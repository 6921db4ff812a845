"""Compile each function of a strategy alone, and say in the author's words what is wrong with it.

Compiled on its own, with its declared kinds, a function can only be blamed for itself: the kernel is built
when all of them stand. The compiler's many lines are cut down to one, which names the author's line, the
reason and what to do. With the compiler off each function is run once, in a market made up for it.
"""

from __future__ import annotations

import re
import traceback
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import numba
from numba.core.errors import NumbaWarning
from numba.core.ir import Loc

from tickwise.core.compiled import JIT
from tickwise.errors import TickwiseError
from tickwise.kernels.grammar import Grammar
from tickwise.kernels.kinds import given_to, unlike
from tickwise.kernels.loading import Blame
from tickwise.kernels.own_modules import TICKWISE
from tickwise.kernels.reasons import reason_of
from tickwise.kernels.source import complaint
from tickwise.kernels.strategy_file import Strategy

COMPILED = ("update", "maybe", "features", "signal", "on_quote", "on_bar")
"""The functions of the contract that are compiled, in the order in which one needs the other."""

PLACE = re.compile(
    r'File "(?P<file>[^"\n]+)", line (?P<line>\d+)|(?:at|from) (?P<at>/[^\n]+?) \((?P<row>\d+)\)'
)
"""How the compiler names a line of a file."""


def check(strategy: Strategy) -> None:
    """Check every function that the kernel will run. Raises StrategyError for the first that is wrong."""
    grammar = Grammar(strategy)
    grammar.check()
    known: dict[str, Any] = {}
    for name in COMPILED:
        if name not in strategy.functions:
            continue
        given = given_to(strategy, name, known)
        known[name] = _compiled(strategy, grammar, name, given) if JIT else _run(strategy, name, given)
        wrong = unlike(strategy, name, known[name])
        if wrong is not None:
            raise complaint(strategy.path, grammar.return_line(name), *wrong)


def _compiled(strategy: Strategy, grammar: Grammar, name: str, given: tuple[Any, ...]) -> Any:
    """Compile one function and give the type of what it returns."""
    dispatcher = getattr(strategy.compiled, name)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        with _Listening(grammar, name):
            dispatcher.compile(given)
    for each in said:
        unset = re.match(r"Detected uninitialized variable (\w+)", str(each.message))
        if unset and issubclass(each.category, NumbaWarning):
            place, line = _place(grammar, name, str(each.message), None)
            raise complaint(place, line, f"`{unset[1]}` may have no value", "give it one on every path")
    return dispatcher.overloads[given].signature.return_type


def _run(strategy: Strategy, name: str, given: tuple[Any, ...]) -> Any:
    """Run one function as plain Python and give what it returns."""
    with Blame(strategy.path):
        return getattr(strategy.compiled, name)(*given)


class _Listening:
    """A block in which a function is compiled: what the compiler raises becomes one line."""

    def __init__(self, grammar: Grammar, name: str) -> None:
        self.grammar = grammar
        self.name = name
        self.warned = numba.config.ALWAYS_WARN_UNINIT_VAR  # type: ignore[attr-defined]

    def __enter__(self) -> None:
        """Have the compiler tell of variables that may have no value."""
        numba.config.ALWAYS_WARN_UNINIT_VAR = 1  # type: ignore[attr-defined]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Turn what the compiler raises into a complaint; leave an interruption alone."""
        numba.config.ALWAYS_WARN_UNINIT_VAR = self.warned  # type: ignore[attr-defined]
        if error is None or not isinstance(error, Exception) or isinstance(error, TickwiseError):
            return
        text = str(error) or type(error).__name__
        place, line = _place(self.grammar, self.name, text, trace)
        words = _of_a_call(self.grammar, place, line, text, trace)
        raise complaint(place, line, *(words or reason_of(text, _names(self.grammar, place)))) from None


def _place(grammar: Grammar, name: str, text: str, trace: TracebackType | None) -> tuple[Path, int]:
    """Find the author's line: the first the compiler names, that of an unknown name, or the function's."""
    for path, line in _spots(text, trace):
        if path in grammar.files:
            return path, line
    unknown = re.search(r"name '(\w+)'", text)
    named = grammar.line_naming(unknown[1]) if unknown else None
    function: Any = grammar.strategy.functions[name]
    return named or (grammar.strategy.path, function.__code__.co_firstlineno)


def _spots(text: str, trace: TracebackType | None) -> Iterator[tuple[Path, int]]:
    """Give the lines the compiler names, the innermost first; failing that, those it was at."""
    found = [
        (Path(each["file"] or each["at"]).resolve(), int(each["line"] or each["row"]))
        for each in PLACE.finditer(text)
    ]
    yield from sorted(found) if "unify return type" in text else found
    for frame, _ in reversed(list(traceback.walk_tb(trace))):
        spot: Any = getattr(frame.f_locals.get("self"), "loc", None) or frame.f_locals.get("loc")
        if isinstance(spot, Loc) and isinstance(spot.line, int):
            yield Path(spot.filename).resolve(), spot.line


def _of_a_call(
    grammar: Grammar, place: Path, line: int, text: str, trace: TracebackType | None
) -> tuple[str, str] | None:
    """Blame the call, where what went wrong stands in a function of Tickwise's that the line calls."""
    inside = next((path for path, _ in _spots(text, trace)), None)
    if inside is None or not inside.is_relative_to(TICKWISE) or place.is_relative_to(TICKWISE):
        return None
    calls = [f"`{name}` takes {takes}" for name, takes in grammar.calls_at(place, line)]
    return ("a call is given something of the wrong kind", " and ".join(calls)) if calls else None


def _names(grammar: Grammar, place: Path) -> Mapping[str, Any]:
    """Give the names that functions of the blamed file may use: its own, and their local ones."""
    names: dict[str, Any] = {}
    for function in grammar.reached():
        if Path(function.__code__.co_filename) == place:
            names |= {**dict.fromkeys(function.__code__.co_varnames), **function.__globals__}
    return names or vars(grammar.strategy.module)
