"""The quotes of a recorded session, looked up by time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tickwise.market_data.recording import QUOTE, Recording


class Quote(NamedTuple):
    """Bid and ask at a time; prices in ticks."""

    ts: int
    bid: int
    ask: int

    def touch(self, side: int) -> int:
        """Give the price at which one buys (side +1) or sells (-1)."""
        return self.ask if side > 0 else self.bid


class Quotes:
    """Every quote of a recording that a market could trade at, by instrument and the time it was seen."""

    def __init__(self, path: Path) -> None:
        """Read a recording. Raises DataError where there is none."""
        held = Recording(path)
        rows = held.rows()
        good = (rows["kind"] == QUOTE) & (rows["bid"] > 0) & (rows["ask"] >= rows["bid"])
        kept = np.array(rows[good])
        places = {each.symbol: place for place, each in enumerate(held.instruments)}
        self._rows: dict[str, Any] = {
            symbol: kept[kept["instrument"] == place] for symbol, place in places.items()
        }
        self._times = {symbol: np.array(rows["ts"]) for symbol, rows in self._rows.items()}
        self._events = {symbol: np.array(rows["event"]) for symbol, rows in self._rows.items()}

    def at(self, instrument: str, ts: int) -> Quote | None:
        """Give the last quote at or before a time; None where none was seen yet."""
        return self._row(instrument, _place(self._times.get(instrument), ts) - 1)

    def at_event(self, instrument: str, event: int) -> Quote | None:
        """Give the last quote that was taken in by an event, itself included; None where none was."""
        return self._row(instrument, _place(self._events.get(instrument), event) - 1)

    def _row(self, instrument: str, place: int) -> Quote | None:
        rows = self._rows.get(instrument, ())
        if not 0 <= place < len(rows):
            return None
        row = rows[place]
        return Quote(int(row["ts"]), int(row["bid"]), int(row["ask"]))


def _place(column: Any, value: int) -> int:
    """Count the rows of a column that do not come after a value."""
    return 0 if column is None else int(np.searchsorted(column, value, "right"))


class Recordings:
    """The recordings of sessions, each read when it is first asked for."""

    def __init__(self, paths: Mapping[str, Path]) -> None:
        """Note where they lie, by the names of the sessions."""
        self._paths = paths
        self._read: dict[str, Quotes] = {}

    def get(self, session: str) -> Quotes | None:
        """Give a session's quotes; None where its file is gone. Raises DataError where it is no recording."""
        path = self._paths.get(session)
        if session not in self._read and path is not None and path.is_file():
            self._read[session] = Quotes(path)
        return self._read.get(session)
