"""Moving average convergence divergence, one price at a time."""

from math import nan
from typing import NamedTuple

from tickwise.core.compiled import hot
from tickwise.core.indicators.ema import Ema, ema_next


class Macd(NamedTuple):
    """Prices seen, their fast and slow average, and the average of the distance between these, in ticks."""

    seen: int = 0
    fast: float = nan
    slow: float = nan
    signal: float = nan


class MacdLines(NamedTuple):
    """What is drawn: fast less slow average, its own average, and the distance of the two, in ticks."""

    line: float
    signal: float
    histogram: float


EMPTY = Macd()


@hot
def macd_next(macd: Macd, price: float, fast_period: int, slow_period: int, signal_period: int) -> Macd:
    """Take one price; all three averages are EMAs that begin with their first value.

    TA-Lib begins each with a plain mean, so readings agree only after a warm-up of some slow periods.
    """
    fast = ema_next(Ema(macd.seen, macd.fast), price, fast_period)
    slow = ema_next(Ema(macd.seen, macd.slow), price, slow_period)
    signal = ema_next(Ema(macd.seen, macd.signal), fast.value - slow.value, signal_period)
    return Macd(macd.seen + 1, fast.value, slow.value, signal.value)


@hot
def macd_value(macd: Macd) -> MacdLines:
    """Read the three lines in ticks; NaN before the first price."""
    if macd.seen == 0:
        return MacdLines(nan, nan, nan)
    line = macd.fast - macd.slow
    return MacdLines(line, macd.signal, line - macd.signal)
