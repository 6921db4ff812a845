"""What a function is given and what it gives back, whether it was compiled or run as plain Python.

A `Shape` says of what a value is made: it is read off the compiler's type or off a value, and held against
what the contract wants.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, get_type_hints

import numba
import numpy as np
from numba.core import types as nb

from tickwise.core.compiled import JIT
from tickwise.core.layout import BARS_KEPT, FRAME, FRAMES, MARKET, QUOTES_KEPT
from tickwise.core.record import rows
from tickwise.core.types import MINUTE, Bar, Quote, Signal
from tickwise.kernels.contract import PIP_TRIED, is_small
from tickwise.kernels.strategy_file import Strategy

typeof: Any = numba.typeof

MID2_TRIED = 220_000
"""A mid in half-ticks around which a market is made up to try plain functions in: EUR/USD at 1.1."""


class Shape(NamedTuple):
    """The make of a value: its name, its parts where it is a tuple, and its class where that is named."""

    name: str
    parts: tuple[tuple[str, Any], ...] = ()
    small: type | None = None

    def __str__(self) -> str:
        if self.name == "tuple":
            return f"({', '.join(str(part) for _, part in self.parts)})"
        return f"{self.parts[0][1]} or nothing" if self.name == "optional" else self.name


def shape_of(found: Any) -> Shape:
    """Give the shape of a compiler's type, or of a value where there is no compiler."""
    return _of_type(found) if JIT else _of_value(found)


def _of_type(kind: Any) -> Shape:
    if isinstance(kind, nb.Optional):
        return Shape("optional", (("", _of_type(kind.type)),))
    if isinstance(kind, nb.BaseTuple):
        return _of_tuple_type(kind)
    return Shape(next((name for which, name in NAMES if isinstance(kind, which)), "something else"))


NAMES: tuple[tuple[type, str], ...] = (
    (nb.Boolean, "bool"),
    (nb.Integer, "int"),
    (nb.Float, "float"),
    (nb.NoneType, "nothing"),
    (nb.UnicodeType, "str"),
    (nb.DictType, "dict"),
    (nb.List, "list"),
    (nb.Array, "array"),
    (nb.Record, "record"),
)
"""What an author calls the compiler's types."""


def _of_tuple_type(kind: Any) -> Shape:
    parts = [_of_type(each) for each in kind.types]
    small = getattr(kind, "instance_class", None)
    if small is None:
        return Shape("tuple", tuple(("", part) for part in parts))
    return Shape(small.__name__, tuple(zip(small._fields, parts, strict=False)), small)


def _of_value(value: Any) -> Shape:
    if is_small(type(value)):
        parts = tuple((name, _of_value(getattr(value, name))) for name in value._fields)
        return Shape(type(value).__name__, parts, type(value))
    if isinstance(value, tuple):
        return Shape("tuple", tuple(("", _of_value(each)) for each in value))
    names = (
        (bool | np.bool_, "bool"),
        (int | np.integer, "int"),
        (float | np.floating, "float"),
        (type(None), "nothing"),
    )
    return Shape(next((name for kind, name in names if isinstance(value, kind)), type(value).__name__))


def given_to(strategy: Strategy, function: str, known: Mapping[str, Any]) -> tuple[Any, ...]:
    """Give what a function is called with: types where it is compiled, values where it is not."""
    levels = strategy.levels_of(strategy.params(), PIP_TRIED)
    values = {
        "params": levels,
        "levels": levels,
        "quote": Quote(0, 0, 0),
        "bar": Bar(0, 0.0, 0.0, 0.0, 0.0, 0.0, 0),
    }
    if strategy.state is not None:
        values["state"] = strategy.state()
    if JIT:
        kinds = {name: typeof(_cleared(type(value))) for name, value in values.items()}
        kinds |= {"market": numba.from_dtype(MARKET), "bars": numba.from_dtype(FRAME), **known}
        return tuple(kinds[name] for name in strategy.takes(function))
    market = market_tried()
    half = MID2_TRIED / 2
    values |= {
        "quote": Quote(market.ts, market.bid, market.ask),
        "bar": Bar(0, half, half, half, half, 1.0, 9),
    }
    values |= {"market": market, "bars": market.frames[0], **known}
    return tuple(values[name] for name in strategy.takes(function))


def _cleared(small: type) -> Any:
    """Make a NamedTuple of zeros: its type is what counts."""
    return small(*(_cleared(kind) if is_small(kind) else kind() for kind in get_type_hints(small).values()))


def market_tried() -> Any:
    """Make up a market to try a plain function in: full windows, a mid that swings by a few ticks."""
    market = rows(MARKET, 1)[0]
    swing = np.arange(max(QUOTES_KEPT, BARS_KEPT)) % 7
    market.n, market.ts, market.ts_event, market.pip = 1000, 1000 * MINUTE, 1000 * MINUTE, PIP_TRIED
    market.mid2, market.bid, market.ask = MID2_TRIED, MID2_TRIED // 2, MID2_TRIED // 2
    market.mids[:] = MID2_TRIED + swing[:QUOTES_KEPT]
    market.times[:] = market.ts
    for which in range(FRAMES):
        frame = market.frames[which]
        frame.closed = 1000
        for column in (frame.opens, frame.highs, frame.lows, frame.closes):
            column[:] = MID2_TRIED + swing[:BARS_KEPT]
        frame.spreads[:], frame.volumes[:] = 1.0, 9
    return market


def unlike(strategy: Strategy, function: str, found: Any) -> tuple[str, str] | None:
    """Say what is wrong with what a function gives back, and what to do; None where nothing is."""
    shape = shape_of(found)
    gives = f"`{function}` gives {shape}"
    if shape.name in ("nothing", "optional"):
        return gives, "give a value on every path"
    if function == "maybe":
        return (
            None if shape.name == "bool" else (gives, "it is to give bool: write a comparison, as `x >= y`")
        )
    if function == "features":
        plain = shape.small is not None and all(
            kind.name in ("int", "float", "bool") for _, kind in shape.parts
        )
        return None if plain else (gives, "it is to give a NamedTuple of numbers")
    if function == "update":
        return _unlike_small(shape, strategy.state, gives, "`return State(…)`")
    if strategy.state is None or function == "signal":
        return _unlike_small(shape, Signal, gives, "`return Signal(side, score, stop, target)`")
    return _unlike_pair(shape, strategy.state, gives)


def _unlike_pair(shape: Shape, state: type, gives: str) -> tuple[str, str] | None:
    """Hold what `on_quote` or `on_bar` gives against a state and a signal."""
    write = "`return State(…), Signal(…)`"
    if shape.name != "tuple" or len(shape.parts) != 2:
        return gives, f"with a State it is to give both, the state first: write {write}"
    first, second = (part for _, part in shape.parts)
    if first.small is Signal:
        return gives, f"the state comes first: write {write}"
    return _unlike_small(first, state, gives, write) or _unlike_small(second, Signal, gives, write)


def _unlike_small(shape: Shape, wanted: type | None, gives: str, write: str) -> tuple[str, str] | None:
    """Hold a shape against a NamedTuple class, field by field."""
    assert wanted is not None
    if shape.small is not wanted:
        return gives, f"write {write}"
    hints = get_type_hints(wanted)
    if len(shape.parts) != len(hints):
        lacking = ", ".join(list(hints)[len(shape.parts) :])
        return (
            f"`{wanted.__name__}(…)` lacks {lacking}",
            "give every field: defaults do not reach compiled code",
        )
    for name, part in shape.parts:
        where = f"{wanted.__name__}.{name}"
        if is_small(hints[name]):
            inner = _unlike_small(
                part, hints[name], f"`{where}` is {hints[name].__name__}, but gets {part}", write
            )
            if inner is not None:
                return inner
        elif part.name == "optional":
            return f"`{where}` is nothing on one of the paths", "give it a number on every path"
        elif part.name not in TAKES[hints[name]]:
            kind = hints[name].__name__
            mend = (
                f"write `int(…)` or `round(…)`, or declare it {part}"
                if part.name == "float"
                else f"give it {kind}"
            )
            return f"`{where}` is {kind}, but gets {part}", _for_signal(wanted, mend)
    return None


TAKES: Mapping[type, tuple[str, ...]] = {int: ("int", "bool"), float: ("float", "int"), bool: ("bool", "int")}
"""What may be put into a field of each kind without losing anything."""


def _for_signal(wanted: type, mend: str) -> str:
    """Leave out the advice that an author cannot follow: nobody else declares Signal."""
    return mend.partition(", or declare")[0] if wanted is Signal else mend
