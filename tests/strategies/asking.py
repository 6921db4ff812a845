"""Ask a strategy's functions one by one, with whatever state and market a session has reached."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple, get_type_hints

import numpy as np

from tickwise.core.compiled import called
from tickwise.core.market import bar_ago
from tickwise.core.types import Quote, Signal
from tickwise.kernels.contract import is_small
from tickwise.kernels.strategy_file import Strategy
from tickwise.session.session import Session


class Memory(NamedTuple):
    """The numbers of a state: whole ones and floats."""

    wholes: list[int]
    reals: list[float]


class Moment(NamedTuple):
    """A market just after a quote, and what a strategy remembered before that quote, or bar, and after it."""

    market: Any
    before: Memory
    after: Memory


def memory_of(session: Session, lane: int) -> Memory:
    """Copy the state of a lane's strategy."""
    row = session.records.lanes[lane]
    return Memory([int(each) for each in row["wholes"]], [float(each) for each in row["reals"]])


def market_of(session: Session) -> Any:
    """Copy the market, so that nothing that comes later changes it."""
    return session.records.markets.copy()[0]


def small_of(small: type, wholes: list[Any], reals: list[float]) -> Any:
    """Make a NamedTuple of two rows of numbers, taking from their fronts."""
    values: list[Any] = []
    for kind in get_type_hints(small).values():
        if is_small(kind):
            values.append(small_of(kind, wholes, reals))
        else:
            values.append(kind((reals if kind is float else wholes).pop(0)))
    return small(*values)


@cache
def callable_from_python(strategy: Strategy, name: str) -> Callable[..., Any]:
    """Wrap a compiled function of a strategy so that Python may call it."""
    return called(getattr(strategy.compiled, name))


newest_bar = called(bar_ago)


def ask(strategy: Strategy, name: str, levels: Any, moment: Moment, **known: Any) -> Any:
    """Call one function of a strategy at a moment."""
    market = moment.market
    given: dict[str, Any] = {
        "params": levels,
        "levels": levels,
        "market": market,
        "bars": market["frames"][0],
        **known,
    }
    given["quote"] = Quote(int(market["ts"]), int(market["bid"]), int(market["ask"]))
    if strategy.state is not None:
        memory = moment.before if name in ("on_quote", "on_bar", "update") else moment.after
        given["state"] = small_of(strategy.state, list(memory.wholes), list(memory.reals))
    if "bar" in strategy.takes(name):
        given["bar"] = newest_bar(market["frames"][0], 0)
    return callable_from_python(strategy, name)(*(given[each] for each in strategy.takes(name)))


def features_at(strategy: Strategy, levels: Any, moment: Moment) -> dict[str, Any]:
    """Give the features at a moment, by their name as an argument; nothing where there are none."""
    if "features" not in strategy.functions:
        return {}
    return {"features": ask(strategy, "features", levels, moment)}


def signal_at(strategy: Strategy, levels: Any, moment: Moment) -> Signal:
    """Ask a strategy of any style for its signal, without its cheap test."""
    if strategy.style == "parts":
        wish = ask(strategy, "signal", levels, moment, **features_at(strategy, levels, moment))
    else:
        wish = ask(strategy, strategy.style, levels, moment)
        wish = wish if strategy.state is None else wish[1]
    return Signal(*wish)


def drawn(strategy: Strategy, draws: np.random.Generator, marked: tuple[float, float]) -> Any:
    """Draw params: the marked ones between two multiples of their defaults, all others as they are."""
    params = strategy.params()
    changed = {
        name: type(getattr(params, name))(getattr(params, name) * draws.uniform(*marked))
        for name in strategy.marks
    }
    return params._replace(**changed)


def looser(strategy: Strategy, params: Any, draws: np.random.Generator) -> Any:
    """Loosen each marked param by some factor, in the direction its mark says."""
    changed = {}
    for name, mark in strategy.marks.items():
        value = getattr(params, name)
        factor = draws.uniform(0.2, 1.0) if mark == "at least" else draws.uniform(1.0, 5.0)
        changed[name] = type(value)(value * factor)
    return params._replace(**changed)
