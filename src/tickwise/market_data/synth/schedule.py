"""The synthetic market's news: what is published when, and how the market takes each item."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from tickwise.market_data.calendars.clock_changes import DAY_NS, SECOND_NS, clock_changes_between
from tickwise.market_data.calendars.local_time import LONDON, NEW_YORK, TOKYO, TimeOfDay, weekdays_of
from tickwise.market_data.calendars.news import EVERY_CURRENCY, NewsItem, category_of
from tickwise.market_data.synth.clock import HOUR_NS, Floats
from tickwise.market_data.synth.draws import draws

WEIGHTS = {"high": 1.0, "medium": 0.3, "low": 0.1}
"""How strongly an item of each impact moves prices and spreads, against one of high impact."""

_FELT_BEFORE_NS = 5 * SECOND_NS
"""Dealers widen their spreads this long before an item."""

_FELT_AFTER_NS = 15 * 60 * SECOND_NS
"""How long an item is felt: its excitement has halved fifteen times by then."""

_SATURDAY = 5


class _Slot(NamedTuple):
    """A time of day at which something of a currency may be published."""

    currency: str
    at: TimeOfDay
    chance: float
    titles: tuple[tuple[str, str], ...]
    """Title and impact; one of them is published."""


_SLOTS = (
    _Slot(
        "JPY",
        TimeOfDay(8 * 60 + 50, TOKYO),
        0.5,
        (("Household Spending y/y", "low"), ("Trade Balance", "low")),
    ),
    _Slot("GBP", TimeOfDay(7 * 60, LONDON), 0.5, (("CPI y/y", "high"), ("Retail Sales m/m", "medium"))),
    _Slot(
        "EUR",
        TimeOfDay(10 * 60, "Europe/Berlin"),
        0.6,
        (("Flash PMI", "medium"), ("ifo Business Climate", "low")),
    ),
    _Slot("EUR", TimeOfDay(14 * 60 + 15, "Europe/Berlin"), 0.1, (("Main Refinancing Rate", "high"),)),
    _Slot(
        "USD",
        TimeOfDay(8 * 60 + 30, NEW_YORK),
        0.9,
        (
            ("CPI m/m", "high"),
            ("Non-Farm Employment Change", "high"),
            ("Core Retail Sales m/m", "high"),
            ("Unemployment Claims", "medium"),
            ("Housing Starts", "low"),
        ),
    ),
    _Slot(
        "USD",
        TimeOfDay(10 * 60, NEW_YORK),
        0.6,
        (("ISM Services PMI", "high"), ("Factory Orders m/m", "low")),
    ),
    _Slot("USD", TimeOfDay(14 * 60, NEW_YORK), 0.15, (("FOMC Statement", "high"), ("Beige Book", "medium"))),
)
"""Hours at which the real items of these names are published; the chances are ours."""


def synthetic_news(since_ns: int, until_ns: int, seed: int) -> tuple[NewsItem, ...]:
    """Give the items published within [since, until), nanoseconds UTC, in time order, the same for a seed."""
    return tuple(sorted(item for slot in _SLOTS for item in _of_slot(slot, since_ns, until_ns, seed)))


def _of_slot(slot: _Slot, since_ns: int, until_ns: int, seed: int) -> Iterable[NewsItem]:
    clock = clock_changes_between(slot.at.zone, since_ns, until_ns)
    at = slot.at.instants(since_ns, until_ns)
    name = f"{slot.currency} {slot.at.minute}"
    for ts in at[weekdays_of(clock.local(at)) < _SATURDAY].tolist():
        rng = draws(seed, name, ts // DAY_NS)
        if rng.random() < slot.chance:
            title, impact = slot.titles[int(rng.integers(len(slot.titles)))]
            yield NewsItem(ts, slot.currency, impact, title, category_of(slot.currency, title))


def news_csv(items: Sequence[NewsItem]) -> str:
    """Write items as the text of a calendar file that `read_news` reads: CSV with a header."""
    rows = [f'{item.ts},{item.currency},{item.impact},"{item.title}",{item.category}' for item in items]
    return "\n".join(["ts,currency,impact,title,category", *rows]) + "\n"


class Shock(NamedTuple):
    """One item as an instrument meets it: when, in nanoseconds UTC, and how strongly, 0 to 1."""

    ts: int
    weight: float


def shocks_of(items: Iterable[NewsItem], symbol: str) -> tuple[Shock, ...]:
    """Keep the items that move an instrument, of some impact and in one of its currencies, in time order."""
    touched = {*symbol.split("_"), EVERY_CURRENCY}
    return tuple(sorted(Shock(item.ts, WEIGHTS[item.impact]) for item in items if _moves(item, touched)))


def felt_in(shocks: Sequence[Shock], hour_ns: int) -> Sequence[Shock]:
    """Give those of the sorted shocks that are felt in the hour that begins at `hour_ns`, nanoseconds UTC."""
    since_ns, until_ns = hour_ns - _FELT_AFTER_NS, hour_ns + HOUR_NS + _FELT_BEFORE_NS
    return shocks[bisect_left(shocks, (since_ns,)) : bisect_left(shocks, (until_ns,))]


def _moves(item: NewsItem, touched: set[str]) -> bool:
    return item.impact in WEIGHTS and item.currency in touched


def excitement(at_s: Floats, shocks: Sequence[Shock], hour_ns: int) -> Floats:
    """Tell how many times livelier prices are at each `at_s`, seconds into the hour: fades over minutes."""
    return 1.0 + _fading(at_s, shocks, hour_ns, before_s=0.0, half_life_s=60.0, peak=4.0)


def widening(at_s: Floats, shocks: Sequence[Shock], hour_ns: int) -> Floats:
    """Tell how many times wider spreads are: from five seconds before an item, fading within a minute."""
    return 1.0 + _fading(
        at_s, shocks, hour_ns, before_s=_FELT_BEFORE_NS / SECOND_NS, half_life_s=15.0, peak=10.0
    )


def _fading(
    at_s: Floats,
    shocks: Sequence[Shock],
    hour_ns: int,
    *,
    before_s: float,
    half_life_s: float,
    peak: float,
) -> Floats:
    total = np.zeros(len(at_s))
    for shock in shocks:
        since_s = at_s - (shock.ts - hour_ns) / SECOND_NS
        total += (
            (since_s >= -before_s) * peak * shock.weight * np.exp2(-np.maximum(since_s, 0.0) / half_life_s)
        )
    return total
