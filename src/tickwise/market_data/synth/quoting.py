"""How dealers quote around the fair price: when, how far off it, and how wide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tickwise.market_data.synth.characters import Character
from tickwise.market_data.synth.clock import Floats, Minutes
from tickwise.market_data.synth.course import BEAT_NS, BEATS, BEATS_S, Hour, beginning
from tickwise.market_data.synth.schedule import Shock, widening

QUOTES_PER_S_MAX = 4.0
"""No instrument quotes faster on average: OANDA sends at most four prices a second."""

_PAUSE = 0.35
"""The part of the mean spacing that no quote comes sooner than; the rest is a Poisson process."""

_NOISE = 6e-6
"""Standard deviation of a dealer's disagreement with the fair price, as a fraction of the price (0.6 ticks of
EUR/USD); it fades over a few quotes, so quotes revert a little, as on real tapes."""

_NOISE_KEPT = (1.0, 0.6, 0.36)
_SAME_DEALER = 0.7
"""The chance that a quote comes with the same view of the spread as the one before."""

_MINUTE_S = np.arange(61) * 60.0


class Quotes(NamedTuple):
    """Quotes of one instrument: nanoseconds UTC, and prices in ticks."""

    ts: NDArray[np.int64]
    bid: NDArray[np.int32]
    ask: NDArray[np.int32]


def quotes_of(
    character: Character,
    hour: Hour,
    minutes: Minutes,
    shocks: Sequence[Shock],
    hour_ns: int,
    rng: np.random.Generator,
) -> Quotes:
    """Quote one hour of an instrument; nothing while the market is shut."""
    at_s = _times(rng, character, hour, minutes)
    beat = np.minimum((at_s * (1e9 / BEAT_NS)).astype(np.int64), BEATS - 1)
    mid = hour.mids[beat] + _noise(rng, len(at_s)) * (_NOISE * beginning(character).mid)
    width = character.spread_ticks * minutes.spread * np.exp(0.4 * hour.heat)
    spread = width[(at_s * (1.0 / 60.0)).astype(np.int64)] * _views(rng, len(at_s), character)
    if shocks:
        spread *= widening(BEATS_S, shocks, hour_ns)[beat]
    whole = np.maximum(np.rint(spread), 1.0)
    bid = np.floor(mid - 0.5 * whole + 0.5)
    ts = hour_ns + (at_s * 1e9).astype(np.int64)
    kept = hour.open[beat]
    return Quotes(ts[kept], bid[kept].astype(np.int32), (bid + whole)[kept].astype(np.int32))


def _times(rng: np.random.Generator, character: Character, hour: Hour, minutes: Minutes) -> Floats:
    """Draw when quotes come, seconds into the hour, ascending: faster when busy, faster when hot."""
    rate = np.minimum(character.quotes_per_s * minutes.pace * np.exp(0.5 * hour.heat), QUOTES_PER_S_MAX)
    expected = np.concatenate([[0.0], np.cumsum(rate * 60.0)])
    count = int(expected[-1] + 8.0 * np.sqrt(expected[-1])) + 16
    reached = np.cumsum(_PAUSE + (1.0 - _PAUSE) * rng.standard_exponential(count))
    at_s: Floats = np.interp(reached[: np.searchsorted(reached, expected[-1])], expected, _MINUTE_S)
    return at_s


def _noise(rng: np.random.Generator, count: int) -> Floats:
    """Draw each quote's disagreement with the fair price, fading over the quotes after it."""
    fresh = rng.standard_normal(count + 2)
    now, before, earlier = _NOISE_KEPT
    return now * fresh[2:] + before * fresh[1:-1] + earlier * fresh[:-2]


def _views(rng: np.random.Generator, count: int, character: Character) -> Floats:
    """Draw each quote's view of the spread, a factor of mean 1 that several quotes in a row share."""
    dealer = np.cumsum(rng.random(count) > _SAME_DEALER)
    unevenness = character.spread_unevenness
    factor: Floats = 1.0 + unevenness * (rng.standard_exponential(count + 1)[dealer] - 1.0)
    return factor
