"""What the tests of the indicators share: real bars in ticks, runs by one value, batch oracles."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
from hypothesis import settings
from hypothesis import strategies as st

from tickwise.core.compiled import called

Floats = npt.NDArray[np.float64]

LAW = settings(deadline=None, max_examples=60)

HALF_TICK = {"eurusd": 0.000005, "xauusd": 0.0005}


class Bars(NamedTuple):
    """Mid bars in whole half-ticks."""

    open: npt.NDArray[np.int64]
    high: npt.NDArray[np.int64]
    low: npt.NDArray[np.int64]
    close: npt.NDArray[np.int64]

    @property
    def ticks(self) -> tuple[Floats, Floats, Floats]:
        """High, low and close in ticks."""
        return self.high * 0.5, self.low * 0.5, self.close * 0.5


def read_bars(folder: Path, name: str) -> Bars:
    table = pq.read_table(folder / "bars" / f"{name}_oanda_m1_20140501_0509.parquet")
    columns = [table[side].to_numpy() / HALF_TICK[name] for side in ("open", "high", "low", "close")]
    return Bars(*(np.rint(column).astype(np.int64) for column in columns))


def run(step: Callable[..., Any], state: Any, rows: Iterable[Any], *settings: Any) -> list[Any]:
    """Give the state after each row, one value at a time."""
    states = []
    for row in rows:
        state = step(state, *row, *settings) if isinstance(row, tuple) else step(state, row, *settings)
        states.append(state)
    return states


def run_window(step: Callable[..., Any], state: Any, prices: npt.NDArray[np.int64], period: int) -> list[Any]:
    """Run a windowed indicator, handing it what leaves."""
    held = [int(price) for price in prices]
    leaving = [0] * period + held
    return run(step, state, list(zip(held, leaving, strict=False)), period)


def for_python(function: Callable[..., Any]) -> Callable[..., Any]:
    """The compiled function, to be called from Python: what is only ever inlined has no entry of its own."""
    found = called(function)
    _WRITTEN[found] = getattr(function, "py_func", function)
    return found


def plain(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function as written, not compiled."""
    return _WRITTEN[function]


_WRITTEN: dict[Callable[..., Any], Callable[..., Any]] = {}


def assert_same(ours: Any, theirs: Any, rtol: float = 0.0, atol: float = 0.0) -> None:
    np.testing.assert_allclose(np.asarray(ours, float), np.asarray(theirs, float), rtol=rtol, atol=atol)


def walk(lowest: int = -200, highest: int = 200) -> st.SearchStrategy[list[int]]:
    """Whole prices in half-ticks that move by steps, with runs that stand still."""
    steps = st.lists(st.integers(lowest, highest) | st.just(0), min_size=1, max_size=120)
    return steps.map(lambda moves: [int(price) for price in 220_000 + np.cumsum(moves)])


def bar_walk() -> st.SearchStrategy[list[tuple[float, float, float]]]:
    """High, low and close in ticks."""
    row = st.tuples(st.integers(-200, 200), st.integers(0, 80), st.integers(0, 80))
    return st.lists(row, min_size=1, max_size=120).map(_bars_of)


def _bars_of(rows: list[tuple[int, int, int]]) -> list[tuple[float, float, float]]:
    close, bars = 220_000, []
    for move, above, below in rows:
        opened, close = close, close + move
        bars.append((0.5 * (max(opened, close) + above), 0.5 * (min(opened, close) - below), 0.5 * close))
    return bars


def smoothed(values: Floats, weight: float) -> Floats:
    """Exponential smoothing from the first value: the closed form, a weighted sum, not the recursion."""
    count = len(values)
    age = np.arange(count)[:, None] - np.arange(count)[None, :]
    weights = np.where(age >= 0, weight * (1.0 - weight) ** np.maximum(age, 0), 0.0)
    weights[:, 0] = (1.0 - weight) ** np.arange(count)
    total: Floats = weights @ values
    return total


def true_ranges(high: Floats, low: Floats, close: Floats) -> Floats:
    """Wilder's true range; the first bar has only its own range."""
    before = np.concatenate([[np.nan], close[:-1]])
    widest: Floats = np.nanmax([high - low, abs(high - before), abs(low - before)], axis=0)
    return widest


def wilder(values: Floats, period: int) -> Floats:
    """The mean of the first `period` values, then Wilder's smoothing; NaN before."""
    out = np.full(len(values), np.nan)
    if len(values) >= period:
        seeded = np.concatenate([[values[:period].mean()], values[period:]])
        out[period - 1 :] = smoothed(seeded, 1.0 / period)
    return out
