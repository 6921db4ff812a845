"""Read the text of the functions that will be compiled for what cannot be meant, and name the line.

Checked here is what can be told from the text alone: fields that are not there, NamedTuples made without all
of their values, Python that does not compile, and whatever reaches out of the fold: clocks, chance, files, or
a change of the market. It is the same with the compiler off.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, get_type_hints

import numpy as np

from tickwise.core.layout import FRAME, FRAME_NAMES, MARKET
from tickwise.core.types import Bar, Quote
from tickwise.errors import StrategyError
from tickwise.kernels.compiled_copy import plain
from tickwise.kernels.contract import ON_THE_OUTSIDE, is_small
from tickwise.kernels.source import Source, complaint, nearest
from tickwise.kernels.strategy_file import Strategy

NOT_HERE: Mapping[type[ast.AST], tuple[str, str]] = {
    ast.With: ("`with`", "a strategy opens nothing; take the line out"),
    ast.Try: ("`try`", "test the value first: a division by zero gives inf or NaN here, it does not raise"),
    ast.ClassDef: ("a class inside a function", "define it at the top of the file"),
    ast.Import: ("`import` inside a function", "import at the top of the file"),
    ast.ImportFrom: ("`import` inside a function", "import at the top of the file"),
    ast.Global: ("`global`", "what is remembered between events stands in State"),
    ast.Nonlocal: ("`nonlocal`", "what is remembered between events stands in State"),
    ast.Yield: ("`yield`", "return a value"),
    ast.YieldFrom: ("`yield`", "return a value"),
    ast.Await: ("`await`", "a strategy waits for nothing; return a value"),
    ast.GeneratorExp: ("a generator", "write the loop out"),
    ast.JoinedStr: ("a text made at run time", "a strategy knows numbers only; take it out"),
}
"""Python that does not compile, or that has no place in a strategy, and what to do instead."""

CHANCE = ("chance", "a strategy is deterministic: the same quotes give the same signals")
CLOCK = ("the clock", "the time is `market.ts`, in nanoseconds UTC")
OUTSIDE = ("the world outside", "a strategy sees its market, its params and its state")

REACHES: Mapping[str, tuple[str, str]] = (
    {
        "random": CHANCE,
        "_random": CHANCE,
        "secrets": CHANCE,
        "uuid": CHANCE,
        "numpy.random": CHANCE,
        "time": CLOCK,
        "datetime": CLOCK,
    }
    | dict.fromkeys(
        ("builtins.print", "builtins.open", "builtins.input", "os", "sys", "io", "pathlib"), OUTSIDE
    )
    | (dict.fromkeys(("logging", "json", "socket", "subprocess", "urllib", "requests", "pandas"), OUTSIDE))
)
"""Modules and functions that no compiled function may use, what they reach for, and what to do instead."""

SHOWN = (
    "ts",
    "bid",
    "ask",
    "mid2",
    "n",
    "mids",
    "times",
    "frames",
    "spread_mean",
    "regime",
    "last_sides",
    "pip",
)
"""Fields of the market that are meant for strategies."""


MEANT: Mapping[str, str] = {
    "mid": "`market.mid2` is bid + ask: the mid in half-ticks",
    "price": "`market.mid2` is bid + ask: the mid in half-ticks",
    "spread": "write `market.ask - market.bid`",
    "time": "the time is `market.ts`",
    "timestamp": "the time is `market.ts`",
    "close": "closed bars are in `market.frames`; see bar_ago",
}
"""What people look for in a market under another name."""


class Grammar:
    """The texts of a strategy's modules and the functions in them that will be compiled."""

    def __init__(self, strategy: Strategy) -> None:
        self.strategy = strategy
        self.files = tuple(strategy.brought.files)

    @cached_property
    def sources(self) -> dict[Path, Source]:
        """The syntax trees of the author's files."""
        return {path: Source(path, path.read_bytes()) for path in self.files if path.is_file()}

    def check(self) -> None:
        """Read every function that will be compiled. Raises StrategyError for the first that is wrong."""
        for function in self.reached():
            node = self.node_of(function)
            if node is not None:
                path = Path(function.__code__.co_filename)
                _Reader(self.strategy, path, function, self._kinds(function)).visit(node)
                if self.strategy.functions.get(function.__name__) is function:
                    self._ends(path, function.__name__, node)

    def _ends(self, path: Path, name: str, node: ast.FunctionDef) -> None:
        """Check that every path of a function of the contract gives something back."""
        returns = [each for each in ast.walk(node) if isinstance(each, ast.Return)]
        empty = [each.lineno for each in returns if each.value is None or ast.unparse(each.value) == "None"]
        if not empty and not _falls_through(node.body):
            return
        every = len(empty) == len(returns)
        wrong = f"`{name}` gives nothing" + ("" if every else " on one of its paths")
        mend = "end every path with `return`"
        if name in ("on_quote", "on_bar", "signal"):
            mend += "; where there is nothing to do, the signal is `NO_WISH`"
        raise complaint(path, min(empty, default=node.lineno), wrong, mend)

    def reached(self) -> Iterator[FunctionType]:
        """Give the functions of the contract that are compiled, then those of the author's that they call."""
        names = [name for name in self.strategy.functions if name not in ON_THE_OUTSIDE]
        queue: list[Any] = [self.strategy.functions[name] for name in names]
        seen: set[int] = set()
        while queue:
            function = queue.pop(0)
            if id(function) in seen:
                continue
            seen.add(id(function))
            yield function
            queue += [other for other in _called(function) if Path(other.__code__.co_filename) in self.files]

    def node_of(self, function: FunctionType) -> ast.FunctionDef | None:
        """Find the text of a function."""
        source = self.sources.get(Path(function.__code__.co_filename))
        return source.function_at(function.__code__.co_firstlineno) if source else None

    def return_line(self, name: str) -> int:
        """Give the line of a function's first `return`, or of its `def`."""
        function: Any = self.strategy.functions[name]
        node = self.node_of(function)
        returns = [each.lineno for each in ast.walk(node) if isinstance(each, ast.Return)] if node else []
        return min(returns, default=int(function.__code__.co_firstlineno))

    def line_naming(self, name: str) -> tuple[Path, int] | None:
        """Find the first line of the compiled functions that uses a name."""
        for function in self.reached():
            for node in ast.walk(self.node_of(function) or ast.Module([], [])):
                if isinstance(node, ast.Name) and node.id == name:
                    return Path(function.__code__.co_filename), node.lineno
        return None

    def calls_at(self, path: Path, line: int) -> list[tuple[str, str]]:
        """Name the functions of others that a line calls, with what each takes."""
        found: dict[str, str] = {}
        for function in self.reached():
            node = self.node_of(function) if Path(function.__code__.co_filename) == path else None
            for call in ast.walk(node) if node is not None else ():
                if isinstance(call, ast.Call) and call.lineno == line and isinstance(call.func, ast.Name):
                    other = plain(function.__globals__.get(call.func.id))
                    if isinstance(other, FunctionType) and Path(other.__code__.co_filename) not in self.files:
                        found[call.func.id] = str(inspect.signature(other)).partition(" -> ")[0]
        return [
            (name, re.sub(r": (?:\w+\.)*Any\b|(?<=: )(?:\w+\.)+", "", takes)) for name, takes in found.items()
        ]

    def _kinds(self, function: FunctionType) -> dict[str, Any]:
        """Give the kinds of a function's arguments: by the contract, or by what a helper declares."""
        strategy = self.strategy
        code = function.__code__
        arguments = code.co_varnames[: code.co_argcount]
        if strategy.functions.get(function.__name__) is not function:
            hints = _hints(function)
            return {name: hints[name] for name in arguments if is_small(hints.get(name))}
        kinds = {
            "params": strategy.levels,
            "levels": strategy.levels,
            "state": strategy.state,
            "market": MARKET,
            "bars": FRAME,
            "bar": Bar,
            "quote": Quote,
            "features": _hints(strategy.functions.get("features")).get("return"),
        }
        return {name: kinds[name] for name in arguments if kinds.get(name) is not None}


class _Reader(ast.NodeVisitor):
    """Reads one function; raises StrategyError at the first thing that is wrong."""

    def __init__(self, strategy: Strategy, path: Path, function: FunctionType, kinds: dict[str, Any]) -> None:
        self.strategy = strategy
        self.path = path
        self.names = function.__globals__
        self.kinds = kinds
        self.local = set(_every_name(function.__code__)) - set(kinds)

    def fault(self, node: ast.AST, wrong: str, mend: str) -> StrategyError:
        """Make the complaint about a place in the text."""
        return complaint(self.path, getattr(node, "lineno", 1), wrong, mend)

    def visit(self, node: ast.AST) -> None:
        """Refuse what does not compile; read on."""
        if type(node) in NOT_HERE:
            what, mend = NOT_HERE[type(node)]
            raise self.fault(node, f"{what} does not compile", mend)
        super().visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Read the body; annotations and decorators are Python's."""
        for name in (each.id for each in ast.walk(node) if isinstance(each, ast.Name) and _is_set(each)):
            self.kinds.pop(name, None)
            self.local.add(name)
        for statement in node.body:
            self.visit(statement)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Read an assignment without what it declares."""
        self.visit(node.target)
        if node.value is not None:
            self.visit(node.value)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Check that a field is there, and that nobody sets one."""
        if not isinstance(node.ctx, ast.Load):
            raise self._set(node)
        self._reach(node)
        self.kind_of(node)
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """Check that nobody writes into a window of the market, and that a frame is one that is built."""
        if not isinstance(node.ctx, ast.Load) and isinstance(node.value, ast.Attribute):
            raise self._set(node)
        frames = isinstance(node.value, ast.Attribute) and node.value.attr == "frames"
        if frames and isinstance(node.slice, ast.Constant) and self.kind_of(node.value) is not None:
            self._frame(node, node.slice.value)
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        """Check that a name does not reach out of the fold, and that a constant is one."""
        self._reach(node)
        value = self._value(node)
        if isinstance(value, list | dict | set):
            kind = type(value).__name__
            mend = (
                "write it as a tuple, with ( and )" if kind == "list" else "write numbers or tuples of them"
            )
            raise self.fault(node, f"`{node.id}` is a {kind}, which does not compile", mend)

    def visit_Call(self, node: ast.Call) -> None:
        """Check that a NamedTuple is made of all its values."""
        made = self._value(node.func)
        if is_small(made):
            self._make(node, made)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "_replace":
            raise self.fault(node, "`_replace` does not compile", "make a new one, with every field")
        self.generic_visit(node)

    def kind_of(self, node: ast.expr) -> Any:
        """Tell what an expression is, as far as the contract says: a record, a window, a NamedTuple."""
        if isinstance(node, ast.Name):
            return self.kinds.get(node.id)
        if isinstance(node, ast.Subscript):
            inner = self.kind_of(node.value)
            return inner.base if isinstance(inner, np.dtype) and inner.subdtype else None
        if not isinstance(node, ast.Attribute):
            return None
        owner = self.kind_of(node.value)
        fields = _fields(owner)
        if fields is None:
            return None
        if node.attr not in fields:
            known = [each for each in fields if owner is not MARKET or each in SHOWN]
            mend = MEANT.get(node.attr, "") if owner is MARKET else ""
            raise self.fault(
                node, f"`{ast.unparse(node.value)}` has no `{node.attr}`", mend or nearest(node.attr, known)
            )
        return fields[node.attr]

    def _set(self, node: ast.Attribute | ast.Subscript) -> StrategyError:
        """Complain that something is set which a strategy only reads."""
        root: ast.expr = node
        while isinstance(root, ast.Attribute | ast.Subscript):
            root = root.value
        what = ast.unparse(node)
        small: Any = self.kinds.get(root.id) if isinstance(root, ast.Name) else None
        if is_small(small):
            return self.fault(
                node, f"`{what}` cannot be set", f"make a new {small.__name__}, with every field"
            )
        return self.fault(
            node, f"`{what}` cannot be set", "a strategy reads; what it remembers stands in State"
        )

    def _frame(self, node: ast.AST, place: Any) -> None:
        """Check that a frame read by its number is one that the file declares."""
        declared = self.strategy.frames
        if isinstance(place, int) and 0 <= place < len(FRAME_NAMES) and FRAME_NAMES[place] not in declared:
            name = FRAME_NAMES[place]
            raise self.fault(
                node, f"reads {name} bars, but FRAMES leaves them out", f'add "{name}" to FRAMES'
            )

    def _make(self, node: ast.Call, small: Any) -> None:
        """Check the values a NamedTuple is made of against its fields."""
        name, fields = small.__name__, list(small._fields)
        if any(isinstance(each, ast.Starred) for each in node.args) or any(not k.arg for k in node.keywords):
            raise self.fault(node, f"`{name}` is made of `*` or `**`", f"write out {', '.join(fields)}")
        if fields and not node.args and not node.keywords:
            raise self.fault(
                node,
                f"`{name}()` has no fields once compiled",
                f"write `EMPTY = {name}()` at the top of the file and use EMPTY",
            )
        unknown = next((str(each.arg) for each in node.keywords if each.arg not in fields), None)
        if unknown is not None:
            raise self.fault(node, f"`{name}` has no `{unknown}`", nearest(unknown, fields))
        if len(node.args) > len(fields):
            raise self.fault(
                node, f"`{name}` has {len(node.args)} values", f"its fields are {', '.join(fields)}"
            )
        given = {*fields[: len(node.args)], *(each.arg for each in node.keywords)}
        lacking = [each for each in fields if each not in given]
        if lacking:
            raise self.fault(
                node,
                f"`{name}(…)` lacks {', '.join(lacking)}",
                "give every field: defaults do not reach compiled code",
            )

    def _value(self, node: ast.expr) -> Any:
        """Look up a global name, or what a module has under a name; None for what is not known in advance."""
        if isinstance(node, ast.Name) and node.id not in self.local and node.id not in self.kinds:
            builtin = self.names.get("__builtins__", {})
            every = builtin if isinstance(builtin, dict) else vars(builtin)
            return self.names.get(node.id, every.get(node.id))
        if isinstance(node, ast.Attribute):
            owner = self._value(node.value)
            return getattr(owner, node.attr, None) if isinstance(owner, ModuleType | type) else None
        return None

    def _reach(self, node: ast.expr) -> None:
        """Check that a name, or a name of a module, does not reach out of the fold."""
        value = self._value(node)
        home = value.__name__ if isinstance(value, ModuleType) else _home(value)
        parts = home.split(".")
        each = [".".join(parts[:length]) for length in range(1, len(parts) + 1)]
        found = next(
            (name for name in [*each, f"{home}.{getattr(value, '__name__', '')}"] if name in REACHES), None
        )
        if found is not None:
            what, mend = REACHES[found]
            raise self.fault(node, f"`{ast.unparse(node)}` reaches for {what}", mend)


def _falls_through(body: list[ast.stmt]) -> bool:
    """Tell whether the end of a block is reached on some path."""
    last = body[-1]
    if isinstance(last, ast.Return | ast.Raise):
        return False
    if isinstance(last, ast.If):
        return not last.orelse or _falls_through(last.body) or _falls_through(last.orelse)
    if isinstance(last, ast.Match):
        whole = any(
            isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None for case in last.cases
        )
        return not whole or any(_falls_through(case.body) for case in last.cases)
    endless = isinstance(last, ast.While) and isinstance(last.test, ast.Constant) and bool(last.test.value)
    return not endless or any(isinstance(each, ast.Break) for each in ast.walk(last))


def _home(value: Any) -> str:
    """Name the module a function or class comes from; empty for numbers and the like."""
    if not callable(value):
        return ""
    owner = getattr(value, "__self__", None)
    if owner is not None and not isinstance(owner, ModuleType):
        return type(owner).__module__
    return str(getattr(value, "__module__", "") or "")


def _fields(owner: Any) -> dict[str, Any] | None:
    """Give the fields of a record or a NamedTuple with their kinds; None for what has none."""
    if isinstance(owner, np.dtype) and owner.names is not None and owner.fields is not None:
        return {name: owner.fields[name][0] for name in owner.names}
    if is_small(owner):
        hints = get_type_hints(owner)
        return {name: hints.get(name) for name in owner._fields} | {"_replace": None, "_asdict": None}
    return None


def _is_set(node: ast.Name) -> bool:
    return not isinstance(node.ctx, ast.Load)


def _hints(function: Any) -> dict[str, Any]:
    """Give a function's declared kinds; nothing where they mean nothing."""
    try:
        return get_type_hints(function) if function is not None else {}
    except (NameError, TypeError, AttributeError):
        return {}


def _every_name(code: CodeType) -> Iterator[str]:
    """Give the local names of a function and of those inside it."""
    yield from code.co_varnames
    yield from code.co_cellvars
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _every_name(inner)


def _called(function: FunctionType) -> Iterator[FunctionType]:
    """Give the plain functions that a function's global names lead to."""
    codes = [function.__code__]
    while codes:
        code = codes.pop()
        codes += [each for each in code.co_consts if isinstance(each, CodeType)]
        values = [function.__globals__.get(name) for name in code.co_names]
        for value in list(values):
            if isinstance(value, ModuleType):
                values += [vars(value).get(name) for name in code.co_names]
        for value in values:
            other = plain(value)
            if isinstance(other, FunctionType):
                yield other
