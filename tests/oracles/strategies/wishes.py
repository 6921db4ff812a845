"""What the minute strategies want at each bar, in plain Python: buying and selling spelled out, each from the
whole list of bars, nothing kept from bar to bar but the averages' lists.

It imports nothing from the core. Numbers are the strategies' defaults, written out.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

from oracles.strategies.minutes import Minute


class Wish(NamedTuple):
    """Side, score and distances in ticks."""

    side: int
    score: float
    stop: float
    target: float


Wishes = list[Wish | None]


def ema(values: list[float], bars: int) -> list[float]:
    """The first value is the first average; weight 2 / (bars + 1)."""
    averages = values[:1]
    for value in values[1:]:
        averages.append(averages[-1] + 2.0 / (bars + 1.0) * (value - averages[-1]))
    return averages


def atr(bars: list[Minute], period: int = 14) -> list[float]:
    """Wilder's, from the first bar's own range."""
    averages = [bars[0].high - bars[0].low]
    for before, bar in pairwise(bars):
        reach = max(bar.high - bar.low, abs(bar.high - before.close), abs(bar.low - before.close))
        averages.append(averages[-1] + (reach - averages[-1]) / period)
    return averages


def trend_pullback(bars: list[Minute]) -> Wishes:
    """W2 of the reference rules."""
    closes = [bar.close for bar in bars]
    fast, slow, ranges = ema(closes, 9), ema(closes, 21), atr(bars)
    found: Wishes = []
    for i, bar in enumerate(bars):
        wish = None
        if fast[i] > slow[i] and bar.low <= fast[i] < bar.close:
            wish = Wish(1, 1.0, 1.5 * ranges[i], ranges[i])
        if fast[i] < slow[i] and bar.high >= fast[i] > bar.close:
            wish = Wish(-1, 1.0, 1.5 * ranges[i], ranges[i])
        found.append(wish)
    return found


def price_action_pinbar(bars: list[Minute]) -> Wishes:
    """A pin whose wick ends near a turning point of the last hundred bars, with the averages."""
    closes = [bar.close for bar in bars]
    fast, slow, ranges = ema(closes, 20), ema(closes, 50), atr(bars)
    lows, highs = turning_points(bars)
    found: Wishes = [None] * len(bars)
    for i, bar in enumerate(bars):
        span, body = bar.high - bar.low, abs(bar.close - bar.open)
        if i < 100 or span <= 0 or span < 0.8 * ranges[i] or body > 0.33 * span:
            continue
        reach, apart = 0.3 * ranges[i], min(1.0, abs(fast[i] - slow[i]) / ranges[i])
        if fast[i] > slow[i]:
            wick = min(bar.open, bar.close) - bar.low
            near = [abs(bar.low - bars[k].low) for k in lows if i - 97 <= k <= i - 4]
            risk = bar.close - bar.low + 0.3 * ranges[i]
            side = 1
        elif fast[i] < slow[i]:
            wick = bar.high - max(bar.open, bar.close)
            near = [abs(bar.high - bars[k].high) for k in highs if i - 97 <= k <= i - 4]
            risk = bar.high - bar.close + 0.3 * ranges[i]
            side = -1
        else:
            continue
        if wick >= 0.6 * span and near and min(near) <= reach:
            score = (wick / span + (1.0 - min(near) / reach) + apart) / 3
            found[i] = Wish(side, score, risk, 1.5 * risk)
    return found


def turning_points(bars: list[Minute]) -> tuple[list[int], list[int]]:
    """Places of bars whose low (high) lies beyond those of the three bars before and not inside those of the
    three bars after.
    """
    lows, highs = [], []
    for k in range(3, len(bars) - 3):
        before, after = bars[k - 3 : k], bars[k + 1 : k + 4]
        if bars[k].low < min(b.low for b in before) and bars[k].low <= min(b.low for b in after):
            lows.append(k)
        if bars[k].high > max(b.high for b in before) and bars[k].high >= max(b.high for b in after):
            highs.append(k)
    return lows, highs


def doji_breakout(bars: list[Minute]) -> Wishes:
    """A close beyond a low box of four bars, two of them dojis, on the average's side."""
    trend, ranges = ema([bar.close for bar in bars], 21), atr(bars)
    found: Wishes = [None] * len(bars)
    for i, bar in enumerate(bars):
        box = bars[max(0, i - 4) : i]
        if len(box) < 4 or ranges[i] <= 0:
            continue
        top, bottom = max(b.high for b in box), min(b.low for b in box)
        moving = [b for b in box if b.high > b.low and b.high - b.low >= 0.25 * ranges[i]]
        dojis = sum(abs(b.close - b.open) <= 0.2 * (b.high - b.low) for b in moving)
        if dojis < 2 or top - bottom > 2.5 * ranges[i]:
            continue
        if bar.close > trend[i]:
            side, beyond = 1, bar.close - top
        elif bar.close < trend[i]:
            side, beyond = -1, bottom - bar.close
        else:
            continue
        if beyond <= 0 or beyond < 0.1 * ranges[i]:
            continue
        low_box = 1.0 - (top - bottom) / (2.5 * ranges[i])
        risk = beyond + (top - bottom) + 0.2 * ranges[i]
        found[i] = Wish(side, (dojis / 4 + low_box + min(1.0, beyond / ranges[i])) / 3, risk, risk)
    return found


def range_reversion(bars: list[Minute]) -> Wishes:
    """An edge of a tight range of thirty bars that was reached and left."""
    ranges = atr(bars)
    found: Wishes = [None] * len(bars)
    for i, bar in enumerate(bars):
        box = bars[max(0, i - 30) : i]
        if len(box) < 30:
            continue
        top, bottom = max(b.high for b in box), min(b.low for b in box)
        height, span = top - bottom, bar.high - bar.low
        if height <= 0 or height > 5.0 * ranges[i] or span <= 0:
            continue
        tight, wishes = 1.0 - height / (5.0 * ranges[i]), []
        into, back, reach = bar.low - bottom, bar.close - bar.low, 0.5 * height - (bar.close - bottom)
        if into <= 0.15 * height and bar.close >= bottom and back >= 0.5 * span and reach > 0:
            score = (tight + 1.0 - max(0.0, into) / (0.15 * height) + back / span) / 3
            wishes.append(Wish(1, score, bar.close - min(bottom, bar.low) + ranges[i], reach))
        into, back, reach = top - bar.high, bar.high - bar.close, 0.5 * height - (top - bar.close)
        if into <= 0.15 * height and bar.close <= top and back >= 0.5 * span and reach > 0:
            score = (tight + 1.0 - max(0.0, into) / (0.15 * height) + back / span) / 3
            wishes.append(Wish(-1, score, max(top, bar.high) - bar.close + ranges[i], reach))
        if len(wishes) == 1:
            found[i] = wishes[0]
    return found


def vwap(bars: list[Minute]) -> float:
    """The mean of high, low and close of each bar, weighed by its quotes."""
    paid = sum((int(2 * b.high) + int(2 * b.low) + int(2 * b.close)) * b.quotes for b in bars)
    return paid / (6.0 * sum(b.quotes for b in bars))


def micro_scalp(bars: list[Minute]) -> Wishes:
    """A close stretched away from the average price, at the edge of the range, with a wick or a burst."""
    ranges = atr(bars)
    volume, spread = ema([float(b.quotes) for b in bars], 30), ema([b.spread for b in bars], 30)
    found: Wishes = [None] * len(bars)
    for i, bar in enumerate(bars):
        box = bars[max(0, i - 19) : i + 1]
        if len(box) < 20 or i < 20 or ranges[i] <= 0:
            continue
        if bar.spread > 1.5 * spread[i - 1] or bar.spread > 0.5 * ranges[i]:
            continue
        mean = vwap(bars[max(0, i - 59) : i + 1])
        top, bottom, span = max(b.high for b in box), min(b.low for b in box), bar.high - bar.low
        stretch = mean - bar.close
        if abs(stretch) < 1.0 * ranges[i] or top <= bottom:
            continue
        depth = bar.close - bottom if stretch > 0 else top - bar.close
        tail = min(bar.open, bar.close) - bar.low if stretch > 0 else bar.high - max(bar.open, bar.close)
        wick = tail / span if span > 0 else 0.0
        burst = bar.quotes / volume[i - 1]
        if depth > 0.25 * (top - bottom) or (wick < 0.35 and burst < 1.5):
            continue
        place = 1.0 - depth / (0.25 * (top - bottom))
        strengths = min(1.0, 0.5 * abs(stretch) / ranges[i]) + place + wick + min(1.0, 0.5 * burst / 1.5)
        target = min(1.5 * ranges[i], abs(stretch))
        found[i] = Wish(1 if stretch > 0 else -1, strengths / 4, 1.5 * ranges[i], target)
    return found


PLAIN: dict[str, Callable[[list[Minute]], Wishes]] = {
    "trend_pullback": trend_pullback,
    "price_action_pinbar": price_action_pinbar,
    "doji_breakout": doji_breakout,
    "range_reversion": range_reversion,
    "micro_scalp": micro_scalp,
}
"""Each strategy's wishes at every bar, by its name."""

BARS_NEEDED = {
    "trend_pullback": 101,
    "price_action_pinbar": 101,
    "doji_breakout": 101,
    "range_reversion": 101,
    "micro_scalp": 61,
}
"""Bars that must have closed before a wish counts, the newest included."""
