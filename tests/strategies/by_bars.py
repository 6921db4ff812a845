"""Ask a strategy of bars bar by bar, as the kernel does, with bars a test has made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from asking import callable_from_python, newest_bar

from oracles.strategies.minutes import Minute
from tickwise.core.compiled import called
from tickwise.core.layout import FRAME
from tickwise.core.market import close_frame
from tickwise.core.record import rows
from tickwise.core.types import Signal
from tickwise.kernels.strategy_file import BUILT_IN, load

close = called(close_frame)


class Told(NamedTuple):
    """What a strategy wants at a bar, and what it remembers after it."""

    signal: Signal
    state: Any


def told(name: str, bars: Iterable[Minute], **params: Any) -> list[Told]:
    """Give the answer of a built-in strategy of bars to each bar; `params` stand for its defaults."""
    strategy = load(BUILT_IN / f"{name}.py")
    assert strategy.state is not None
    levels = strategy.levels_of(strategy.params(**params), 10)
    ask, asked = callable_from_python(strategy, "on_bar"), strategy.takes("on_bar")
    frame, state, answers = rows(FRAME, 1)[0], strategy.state(), []
    for bar in bars:
        put(frame, bar)
        close(frame)
        known = {"params": levels, "state": state, "bar": newest_bar(frame, 0), "bars": frame}
        state, signal = ask(*(known[each] for each in asked))
        answers.append(Told(Signal(*signal), state))
    return answers


def put(frame: Any, bar: Minute) -> None:
    """Make a bar the open one of a frame: prices in half-ticks, the spread as its sum over the quotes."""
    frame["start"], frame["end"] = bar.ts, bar.ts + 60_000_000_000
    for name in ("open", "high", "low", "close"):
        frame[name] = round(2 * getattr(bar, name))
    frame["spread_sum"], frame["quotes"] = round(bar.spread * bar.quotes), bar.quotes


def signals(name: str, bars: Iterable[Minute], **params: Any) -> list[Signal]:
    """Give the signals alone."""
    return [each.signal for each in told(name, bars, **params)]


def mirrored(bar: Minute) -> Minute:
    """Turn a bar upside down: what rose falls as far."""
    return bar._replace(open=-bar.open, high=-bar.low, low=-bar.high, close=-bar.close)


def scaled(bar: Minute, factor: int) -> Minute:
    """Count a bar's prices and its spread in ticks that are smaller by a factor."""
    prices = {name: factor * getattr(bar, name) for name in ("open", "high", "low", "close", "spread")}
    return bar._replace(**prices)
