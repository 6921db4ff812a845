"""The works of the benchmarks written by hand: one plain compiled loop each, nothing but the rules.

This is what a good programmer would write for one strategy and throw away: no gates, no counts, no digest, no
log. The benchmarks run it beside the step, in the same process and in turns, and print the ratio.
"""

from math import ceil, floor

import numba
import numpy as np

UNITS_PER_PIP = 10_000 * 1e-4
"""What a pip earns on 10,000 units, in the quote currency."""

SECOND = 1_000_000_000
KEPT = 64
"""Places in the windows: a power of two, so that a place is found with a mask."""


@numba.njit(nogil=True, error_model="numpy")
def w1(ts, bid, ask, threshold_pips, floor_pips, spread_pips, target_pips):
    """Momentum on quotes; gives trades, and their profit in ticks. Prices in ticks, a pip is ten."""
    reach = round(threshold_pips * 10 * 32)
    span = round(floor_pips * 20)
    widest = floor(spread_pips * 10 + 1e-9)
    target_ticks = round(target_pips * 10)
    mids = np.zeros(KEPT, np.int64)
    entries = np.full(KEPT, -(2**62), np.int64)
    seen = 0
    total = 0
    side = 0
    entry = 0
    entered = -(2**62)
    target = 0
    stop = 0
    opened = 0
    trades = 0
    earned = 0
    for i in range(len(ts)):
        b = np.int64(bid[i])
        a = np.int64(ask[i])
        if a < b:
            continue
        mid = a + b
        total += mid - mids[(seen - 16) & (KEPT - 1)]
        mids[seen & (KEPT - 1)] = mid
        seen += 1
        if side != 0:
            price = b if side > 0 else a
            gain = side * (price - entry)
            if side * (price - target) >= 0:
                earned += side * (target - entry)
            elif side * (price - stop) <= 0 or (ts[i] - entered >= 60 * SECOND and gain < 4):
                earned += gain
            else:
                continue
            trades += 1
            side = 0
            continue
        momentum = 16 * mid - total
        if abs(momentum) < reach or a - b > widest or seen < 32:
            continue
        t = ts[i]
        if t - entered < 5 * SECOND // 2 or t - entries[(opened - 24) & (KEPT - 1)] < 60 * SECOND:
            continue
        high = mid
        low = mid
        for back in range(2, 33):
            other = mids[(seen - back) & (KEPT - 1)]
            high = max(high, other)
            low = min(low, other)
        if high - low < span:
            continue
        side = 1 if momentum > 0 else -1
        entry = a if side > 0 else b
        target = entry + side * (target_ticks + max(a - b, 2))
        stop = entry - side * 300
        entered = t
        entries[opened & (KEPT - 1)] = t
        opened += 1
    return trades, earned


@numba.njit(nogil=True, error_model="numpy")
def w2(opens, highs, lows, closes, whole):
    """Pullback on bars; gives trades, and their profit in ticks, in which the prices are too.

    With `whole`, stop and target are whole ticks, rounded away from the close that was decided on, as
    Tickwise keeps them; else they are what the rules say, to the last bit of a float.
    """
    fast = float(closes[0])
    slow = fast
    atr = float(highs[0] - lows[0])
    side = 0
    waiting = 0
    entry = 0.0
    stop = 0.0
    target = 0.0
    trades = 0
    earned = 0.0
    for i in range(1, len(opens)):
        o = float(opens[i])
        h = float(highs[i])
        low = float(lows[i])
        c = float(closes[i])
        if waiting != 0:
            side = waiting
            entry = o
            waiting = 0
        if side != 0:
            worst = low if side > 0 else h
            best = h if side > 0 else low
            left = 0.0
            if side * (worst - stop) <= 0.0:
                left = side * min(side * o, side * stop)
            elif side * (best - target) >= 0.0:
                left = side * max(side * o, side * target)
            if left != 0.0:
                earned += side * (left - entry)
                trades += 1
                side = 0
        was = float(closes[i - 1])
        fast += 0.2 * (c - fast)
        slow += 2.0 / 22.0 * (c - slow)
        atr += (max(h - low, abs(h - was), abs(low - was)) - atr) / 14.0
        if side == 0 and i >= 100:
            if fast > slow and low <= fast < c:
                waiting = 1
            elif fast < slow and h >= fast > c:
                waiting = -1
            if waiting != 0:
                stop = c - waiting * 1.5 * atr
                target = c + waiting * atr
                if whole:
                    stop = waiting * floor(waiting * stop)
                    target = waiting * ceil(waiting * target)
    return trades, earned
