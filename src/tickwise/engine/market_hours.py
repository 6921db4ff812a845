"""When the market of an instrument is open, by a session's own calendars."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tickwise.core.gates.calendars import IN_HOLIDAY
from tickwise.engine.engine import Engine
from tickwise.session.live import LiveSession

Closed = dict[str, NDArray[np.int64]]
"""The hours in which markets are closed, by instrument: rows of [start, end), ns UTC."""


class MarketHours:
    """The hours of an engine's markets; they follow it when its core is made anew."""

    def __init__(self, engine: Engine) -> None:
        """Read them off the engine's core."""
        self._engine = engine
        self._of: LiveSession | None = None
        self._closed: Closed = {}

    def __call__(self, instrument: str, ts: int) -> bool:
        """Tell whether a market is open at a time, ns UTC; one nobody trades is taken to be."""
        if self._engine.live is not self._of:
            self._of = self._engine.live
            self._closed = closed_hours(self._of)
        return is_open_in(self._closed, instrument, ts)


def hours_of(live: LiveSession) -> Callable[[str, int], bool]:
    """Give the hours of a core's markets, as long as it is that one."""
    closed = closed_hours(live)
    return lambda instrument, ts: is_open_in(closed, instrument, ts)


def closed_hours(live: LiveSession) -> Closed:
    """Give the hours in which the markets of a core are closed, by the calendar of their first lane."""
    records, found = live.session.records, {}
    for at, lane in enumerate(live.session.lanes):
        if lane.instrument not in found:
            found[lane.instrument] = _intervals(records, records.lanes[at])
    return found


def is_open_in(closed: Closed, instrument: str, ts: int) -> bool:
    """Tell whether a market is open at a time, ns UTC."""
    bounds = closed.get(instrument)
    if bounds is None or not len(bounds):
        return True
    at = int(np.searchsorted(bounds[:, 0], ts, side="right")) - 1
    return at < 0 or ts >= int(bounds[at, 1])


def _intervals(records: Any, lane: Any) -> NDArray[np.int64]:
    first, end = int(lane["calendar_first"][IN_HOLIDAY]), int(lane["calendar_end"][IN_HOLIDAY])
    return np.array(records.calendar[first:end].tolist(), np.int64).reshape(-1, 2)
