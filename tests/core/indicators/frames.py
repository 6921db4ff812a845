"""Frames of closed bars, made for tests of what reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tickwise.core.compiled import called
from tickwise.core.layout import FRAME
from tickwise.core.market import close_frame
from tickwise.core.record import rows

close = called(close_frame)


def frame_of(ranges: Sequence[tuple[float, float]]) -> Any:
    """Give a frame of bars with these lows and highs, in ticks, each from its low to its high."""
    frame = rows(FRAME, 1)[0]
    for low, high in ranges:
        frame["open"], frame["low"] = round(2 * low), round(2 * low)
        frame["high"], frame["close"] = round(2 * high), round(2 * high)
        frame["quotes"] = 1
        close(frame)
    return frame
