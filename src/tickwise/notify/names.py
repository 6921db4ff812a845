"""What the numbers of a session's entries mean: its lanes, ticks, unit steps and currency."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import Connection

from tickwise.core.types import MILLION
from tickwise.journal.entries import InstrumentRow, LaneRow, Reloaded, SessionOpened
from tickwise.journal.entry_readings import PAGE, entries_after
from tickwise.journal.readings import sessions


class Names:
    """The session that entries belong to, as far as they were read."""

    def __init__(self) -> None:
        """Begin before the first session."""
        self.currency = ""
        self.is_on_tape = False
        self._lanes: Sequence[LaneRow] = ()
        self._instruments: dict[str, InstrumentRow] = {}

    def opened(self, entry: SessionOpened) -> None:
        """Go on to another session."""
        self.currency = entry.currency
        self.is_on_tape = entry.venue.startswith("tape:")
        self._lanes = entry.lanes
        self._instruments = {each.symbol: each for each in entry.instruments}

    def reloaded(self, entry: Reloaded) -> None:
        """Take the lanes and instruments of a reload, where it changed them."""
        self._lanes = entry.lanes or self._lanes
        self._instruments |= {each.symbol: each for each in entry.instruments}

    def bot(self, lane: int) -> str:
        """Name the bot of a lane, "" where there is none."""
        return self._lanes[lane].bot if 0 <= lane < len(self._lanes) else ""

    def instrument(self, lane: int) -> str:
        """Name the instrument of a lane, "" where there is none."""
        return self._lanes[lane].instrument if 0 <= lane < len(self._lanes) else ""

    def price(self, symbol: str, ticks: int) -> str:
        """Write a price with all the decimals of its tick; in ticks where the instrument is not known."""
        row = self._instruments.get(symbol)
        return f"{ticks * Decimal(row.tick):f}" if row else f"{ticks} ticks"

    def units(self, symbol: str, steps: int) -> str:
        """Write a quantity as a person counts it, without its sign."""
        row = self._instruments.get(symbol)
        return f"{abs(steps) * Decimal(row.unit_step if row else '1'):,f}"

    def money(self, millionths: int) -> str:
        """Write an amount with its sign and currency."""
        return f"{millionths / int(MILLION):+,.2f} {self.currency}".rstrip()


def names_at(connection: Connection, seq: int) -> Names:
    """Give the names that hold after an entry."""
    names = Names()
    began = next((row.seq for row in sessions(connection, limit=PAGE) if row.seq <= seq), 0)
    if began:
        kinds = ("session_opened", "reloaded")
        for at, entry in entries_after(connection, began - 1, kinds=kinds, limit=PAGE):
            if at > seq:
                break
            if isinstance(entry, SessionOpened):
                names.opened(entry)
            elif isinstance(entry, Reloaded):
                names.reloaded(entry)
    return names
