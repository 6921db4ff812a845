"""What share of a tape's quotes each bot's spread caps let through.

A cap that hardly any quote passes is the commonest reason for a bot that never trades, and the least visible.
So every result names the share, and below one percent the cap that is the cause.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tickwise.config.bot import BotConfig
from tickwise.core.types import MILLION
from tickwise.market_data.chunks import QuoteChunk
from tickwise.session.session import Session

HARDLY_EVER = 0.01
"""Share of quotes under a cap below which a bot hardly ever trades."""


class Cap(NamedTuple):
    """One spread cap of a bot on an instrument, and the share of two-sided, uncrossed quotes within it."""

    bot: str
    instrument: str
    setting: str
    limit: float
    share: float

    @property
    def starves(self) -> bool:
        """Whether so few quotes pass that the bot will hardly ever trade."""
        return self.share < HARDLY_EVER


class CapCounts:
    """Counts the quotes within each cap, chunk by chunk; lanes with the same cap are counted once."""

    def __init__(self, session: Session) -> None:
        lanes, params = session.records.lanes, session.records.params
        self._places = [
            (int(lane["instrument"]), int(row["spread_ticks_max"]), int(row["spread_millionths_max"]))
            for lane in lanes
            for row in [params[int(lane["rows"][0])]]
        ]
        self._bots = [int(place) for place in lanes["bot"]]
        self._symbols = [lane.instrument for lane in session.lanes]
        self._within: dict[tuple[int, str, int], int] = {}
        for instrument, ticks, millionths in self._places:
            if ticks >= 0:
                self._within[instrument, "ticks", ticks] = 0
            if millionths > 0:
                self._within[instrument, "millionths", millionths] = 0
        self._quoted = [0] * len(session.records.markets)

    def add(self, chunk: QuoteChunk) -> None:
        """Count the quotes of a chunk."""
        sound = (chunk.bid > 0) & (chunk.ask >= chunk.bid)
        spread = np.subtract(chunk.ask, chunk.bid)
        for place in range(len(self._quoted)):
            mine = sound & (chunk.instrument == place) if len(chunk.instrument) else sound
            self._quoted[place] += int(np.count_nonzero(mine))
            for instrument, kind, limit in self._within:
                if instrument == place:
                    passes = spread <= limit if kind == "ticks" else _within_part(chunk, limit)
                    self._within[instrument, kind, limit] += int(np.count_nonzero(mine & passes))

    def caps(self, bots: Sequence[BotConfig]) -> tuple[Cap, ...]:
        """Give every cap, in the order of the lanes; accounts of one bot share theirs."""
        found: dict[Cap, None] = {}
        for (place, ticks, millionths), b, symbol in zip(
            self._places, self._bots, self._symbols, strict=True
        ):
            gates, name, quoted = bots[b].gates, bots[b].name, self._quoted[place]
            if quoted and ticks >= 0:
                share = self._within[place, "ticks", ticks] / quoted
                found[Cap(name, symbol, "gates.spread_pips_max", gates.spread_pips_max, share)] = None
            if quoted and millionths > 0:
                share = self._within[place, "millionths", millionths] / quoted
                found[Cap(name, symbol, "gates.spread_fraction_max", gates.spread_fraction_max, share)] = None
        return tuple(found)


def _within_part(chunk: QuoteChunk, millionths: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Mark the quotes whose spread is at most this part of their mid, compared as the gate does."""
    bid, ask = chunk.bid.astype(np.int64), chunk.ask.astype(np.int64)
    return np.asarray(2 * int(MILLION) * (ask - bid) <= millionths * (ask + bid))
