"""The course of an instrument's fair price through one hour, a quarter of a second at a time.

The price is a random walk whose variance follows the clock (sessions), its own heat (volatility that lasts,
so that wild minutes follow wild minutes) and the news. On top of it come bursts, short runs in one direction
of which half is given back, jumps at the news, a gap when the market opens again, and a slow return to the
character's price that keeps a tape of years within bounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tickwise.market_data.calendars.clock_changes import DAY_NS
from tickwise.market_data.calendars.intervals import Intervals
from tickwise.market_data.synth.characters import Character
from tickwise.market_data.synth.clock import HOUR_NS, MEAN_ACTIVITY, Floats, Minutes
from tickwise.market_data.synth.draws import draws
from tickwise.market_data.synth.schedule import Shock, excitement

BEAT_NS = 250_000_000
"""The step of the course: no faster than a venue that quotes at most four times a second."""

BEATS = HOUR_NS // BEAT_NS
_MINUTE_BEATS = BEATS // 60
_DAY_BEATS = DAY_NS // BEAT_NS

BEATS_S: Floats = np.arange(BEATS, dtype=np.float64) * (BEAT_NS / 1e9)
"""When each beat begins, seconds into the hour, shape (14,400,)."""

_HEAT_KEPT = 0.985
"""What a minute leaves of the heat: half of it is gone after 46 minutes."""

_HEAT_SPREAD = 0.45
"""Standard deviation of the heat, the logarithm of volatility."""

_RETURN_PER_BEAT = 1.0 / (30 * _DAY_BEATS)
"""The slow return to the character's price: a third is left after thirty days."""

_BURSTS_PER_HOUR = 60.0
"""At full activity; a scalper on 16 quotes then finds some dozens of moves an hour, right and wrong."""

_BURST_BEATS = (10, 48)
_BURST_PUSH = 0.45
"""How far a burst carries the price each beat, in standard deviations of a beat."""

_GIVEN_BACK = 0.5
"""The part of a burst that the next, twice as long, stretch gives back."""

_NEWS_DAY_SHARE = 0.25
"""Standard deviation of the jump at an item of high impact, in standard deviations of a day's move."""

_NEWS_BEATS = np.array([0.5, 0.2, 0.1, 0.1, 0.05, 0.05])
"""How the jump is spread over the beats after the item: payrolls took six seconds on 2014-05-02."""

_GAP_DAY_SHARE = 0.25
"""Standard deviation of the gap over one shut day, in those of a day's move; it grows as the root of days."""

_LOWEST = 0.05
"""The least the price may fall to, of the character's price: it keeps quotes positive whatever is drawn."""


class Course(NamedTuple):
    """Where an instrument stands between two hours: its fair price in ticks, and its heat."""

    mid: float
    heat: float = 0.0


class Hour(NamedTuple):
    """One instrument's hour: fair mids in ticks, shape (14,400,), heat by minute, shape (60,)."""

    mids: Floats
    heat: Floats
    open: NDArray[np.bool_]
    """Whether the market is open, by beat."""


def beginning(character: Character) -> Course:
    """Stand at the character's price, in a market neither hot nor cold."""
    return Course(character.price / float(character.tick))


def hour_of(
    character: Character,
    was: Course,
    minutes: Minutes,
    dollar: Floats,
    shut: Intervals,
    shocks: Sequence[Shock],
    hour_ns: int,
    seed: int,
) -> tuple[Course, Hour]:
    """Move one hour on; `dollar` are the standard draws all instruments share, shape (14,400,).

    `shut` are all closures around the hour, `shocks` the news from a quarter of an hour before its start.
    """
    rng = draws(seed, character.symbol, hour_ns // HOUR_NS)
    home = beginning(character).mid
    day_ticks = home * character.day_fraction
    heat = _heat(rng, was.heat)
    beat_ticks = _beat_ticks(day_ticks, minutes, heat, shocks, hour_ns)
    own = sqrt(1.0 - character.dollar_share**2)
    moves = beat_ticks * (own * rng.standard_normal(BEATS) + character.dollar_share * dollar)
    moves += _bursts(rng, beat_ticks, float(minutes.activity.mean()))
    moves += (home - was.mid) * _RETURN_PER_BEAT
    for shock in shocks:
        _jump(moves, draws(seed, f"{character.symbol} news", shock.ts), shock, day_ticks, hour_ns)
    is_open = _is_open(shut, hour_ns)
    moves[~is_open] = 0.0
    _gaps(moves, draws(seed, f"{character.symbol} gap", hour_ns // HOUR_NS), shut, day_ticks, hour_ns)
    mids = np.maximum(was.mid + np.cumsum(moves), _LOWEST * home)
    return Course(float(mids[-1]), float(heat[-1])), Hour(mids, heat, is_open)


def _heat(rng: np.random.Generator, heat: float) -> Floats:
    """Let the heat wander through the hour's sixty minutes."""
    heats = np.empty(60)
    pushes = rng.standard_normal(60) * (_HEAT_SPREAD * sqrt(1.0 - _HEAT_KEPT**2))
    for minute in range(60):
        heat = _HEAT_KEPT * heat + pushes[minute]
        heats[minute] = heat
    return heats


def _beat_ticks(
    day_ticks: float, minutes: Minutes, heat: Floats, shocks: Sequence[Shock], hour_ns: int
) -> Floats:
    """Give the standard deviation of each beat's move, in ticks; over a day they add up to `day_ticks`."""
    level = day_ticks * exp(-(_HEAT_SPREAD**2)) / sqrt(MEAN_ACTIVITY * _DAY_BEATS)
    by_beat: Floats = np.repeat(level * np.sqrt(minutes.activity) * np.exp(heat), _MINUTE_BEATS)
    return by_beat * excitement(BEATS_S, shocks, hour_ns) if shocks else by_beat


def _bursts(rng: np.random.Generator, beat_ticks: Floats, activity: float) -> Floats:
    """Give what bursts add to each beat: a run one way, then a slower, weaker one back."""
    count = int(rng.poisson(_BURSTS_PER_HOUR * activity))
    start = rng.integers(0, BEATS, count)
    length = rng.integers(*_BURST_BEATS, count)
    push = _BURST_PUSH * beat_ticks[start] * rng.choice((-1.0, 1.0), count)
    back = -0.5 * _GIVEN_BACK * push
    edges = np.zeros(BEATS + 3 * _BURST_BEATS[1])
    np.add.at(edges, start, push)
    np.add.at(edges, start + length, back - push)
    np.add.at(edges, start + 3 * length, -back)
    added: Floats = np.cumsum(edges[:BEATS])
    return added


def _jump(moves: Floats, rng: np.random.Generator, shock: Shock, day_ticks: float, hour_ns: int) -> None:
    """Add an item's jump, where its seconds lie within the hour."""
    first = -((hour_ns - shock.ts) // BEAT_NS)
    if 0 <= first < BEATS:
        size = shock.weight * _NEWS_DAY_SHARE * day_ticks * rng.standard_normal()
        moves[first : first + len(_NEWS_BEATS)] += size * _NEWS_BEATS[: BEATS - first]


def _is_open(shut: Intervals, hour_ns: int) -> NDArray[np.bool_]:
    """Tell for each beat whether the market is open throughout it."""
    is_open = np.ones(BEATS, np.bool_)
    for start, end in shut.clip(hour_ns, hour_ns + HOUR_NS).bounds.tolist():
        is_open[(start - hour_ns) // BEAT_NS : -((hour_ns - end) // BEAT_NS)] = False
    return is_open


def _gaps(moves: Floats, rng: np.random.Generator, shut: Intervals, day_ticks: float, hour_ns: int) -> None:
    """Add the gap of each closure that ends within the hour; the longer it was shut, the wider."""
    for start, end in shut.bounds[(shut.ends >= hour_ns) & (shut.ends < hour_ns + HOUR_NS)].tolist():
        size = _GAP_DAY_SHARE * day_ticks * sqrt((end - start) / DAY_NS) * rng.standard_normal()
        moves[-((hour_ns - end) // BEAT_NS)] += size
