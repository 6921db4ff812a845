"""How the trades of a group were spread: R, hold time, MAE and MFE, hour, weekday, spread and cost."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tickwise.core.types import DAY, HOUR
from tickwise.research.report.markup import Markup, element
from tickwise.research.report.measures import Measures
from tickwise.research.report.svg import columns, grid, short, steps
from tickwise.research.report.tables import table
from tickwise.research.report.written import NOTHING, counted, number, percent, seconds, signed
from tickwise.research.report.written import span as _span

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
EPOCH_WEEKDAY = 3
"""1970-01-01 was a Thursday."""

BINS = 24
"""Columns of a histogram, about."""

VALUES_MOST = BINS
"""Different values up to which each has a column of its own."""

HOLDS_S = (0, 1, 2, 5, 10, 20, 30, 60, 120, 300, 900, 3_600, 14_400, 86_400)
"""Edges of hold times, seconds; the last bin has no end."""

CLIPPED = 0.01
"""Share of values at each end of a histogram that may go into its outermost columns."""

ENDS = (100 * CLIPPED, 100 - 100 * CLIPPED)

Floats = NDArray[np.float64]


class Figure(NamedTuple):
    """One picture: its title, the picture, what it comes to, and its numbers."""

    title: str
    drawn: Markup
    says: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]

    def markup(self) -> Markup:
        """Lay the figure out, its numbers folded away."""
        numbers = element(
            "details", element("summary", "Numbers"), table(self.headings, self.rows, self.title)
        )
        says = element("figcaption", element("strong", self.title), element("span", self.says))
        return element("figure", says, self.drawn, numbers)


def figures_of(measures: Measures, currency: str) -> tuple[Figure, ...]:
    """Draw every figure of one group of trades; there must be at least one."""
    assert len(measures.pnl)
    found = [
        _histogram("R of a trade", measures.r, "R"),
        _holds(measures),
        _excursion("Against us before the end (MAE)", measures.against_pips, measures.gained_pips),
        _excursion("For us before the end (MFE)", measures.for_pips, measures.gained_pips),
        _by_time("Net by hour of entry, UTC", _hours(measures.entry_ts), HOURS, measures.pnl, currency),
        _by_time(
            "Net by weekday of entry, UTC", _weekdays(measures.entry_ts), WEEKDAYS, measures.pnl, currency
        ),
        _histogram("Spread at the decision", measures.spread_pips, "pips"),
        _histogram("Slippage of the entry", measures.slipped_pips, "pips"),
        _histogram("Cost against the target", 100 * measures.cost_of_target, "% of the target"),
    ]
    return tuple(each for each in found if each is not None)


HOURS = tuple(f"{hour:02d}" for hour in range(24))


def _hours(ts: NDArray[np.int64]) -> NDArray[np.int64]:
    return ts // int(HOUR) % 24


def _weekdays(ts: NDArray[np.int64]) -> NDArray[np.int64]:
    return (ts // int(DAY) + EPOCH_WEEKDAY) % 7


def _histogram(title: str, values: Floats, unit: str) -> Figure | None:
    """Count values: each for itself where they are few, else in columns of one width; None without any."""
    known = _rounded(values[np.isfinite(values)])
    if not len(known):
        return None
    each, often = np.unique(known, return_counts=True)
    if len(each) <= VALUES_MOST:
        names = [short(float(value)) for value in each]
        labels = [name if not place % (1 + len(each) // 9) else "" for place, name in enumerate(names)]
        counts = often.tolist()
    else:
        names, labels, counts = _columns(known)
    told = [f"{name} {unit}: {counted(count, 'trade')}" for name, count in zip(names, counts, strict=True)]
    middle, mean, least, most = (
        short(float(value)) for value in (np.median(known), known.mean(), known.min(), known.max())
    )
    says = f"median {middle}, mean {mean} {unit}; from {least} to {most}"
    drawn = columns(counts, labels, told, f"{title}: {says}", unit, "trades", counts=True)
    rows = [(name, number(count)) for name, count in zip(names, counts, strict=True)]
    return Figure(title, drawn, says, (unit, "trades"), rows)


def _columns(known: Floats) -> tuple[list[str], list[str], list[int]]:
    """Give names, labels of the edges and counts of columns of one width.

    Where few values lie far out, they go into the outermost columns, whose names say so.
    """
    low, high = (float(each) for each in np.percentile(known, ENDS))
    edges = np.array(_edges(low, high, BINS))
    counts = _counted(known, edges)
    names = [f"{short(a)} to {short(b)}" for a, b in pairwise(edges)]
    if known.min() < edges[0]:
        names[0] = f"up to {short(edges[1])}"
    if known.max() > edges[-1]:
        names[-1] = f"{short(edges[-2])} and more"
    return names, _labels(edges, 7), counts.tolist()


def _holds(measures: Measures) -> Figure:
    """Count hold times in columns that grow wider, with what each earned."""
    edges = np.array(HOLDS_S, np.float64)
    at = np.searchsorted(edges, measures.hold_s, side="right") - 1
    first, last = int(at.min()), int(at.max())
    names = [f"{_span(a)} to {_span(b)}" for a, b in pairwise(HOLDS_S)]
    names.append(f"{_span(HOLDS_S[-1])} and more")
    rows, counts, told = [], [], []
    for place in range(first, last + 1):
        mine = measures.pnl[at == place]
        counts.append(float(len(mine)))
        told.append(f"{names[place]}: {counted(len(mine), 'trade')}, {signed(mine.sum())} net")
        rows.append((names[place], number(len(mine)), signed(float(mine.sum())), _won(mine)))
    every = -(-len(counts) // 7)
    labels = ["" if k % every else _span(HOLDS_S[first + k]) for k in range(len(counts))]
    middle, longest = float(np.median(measures.hold_s)), float(measures.hold_s.max())
    says = f"median {seconds(middle)}, longest {seconds(longest)}"
    drawn = columns(counts, labels, told, f"Hold time: {says}", "held at least", "trades", counts=True)
    return Figure("Hold time", drawn, says, ("held", "trades", "net", "win rate"), rows)


def _won(pnl: Floats) -> str:
    return percent(float(np.mean(pnl > 0))) if len(pnl) else NOTHING


def _excursion(title: str, went: Floats, gained: Floats) -> Figure:
    """Count trades by how far they went and what they gained in the end."""
    far = np.array(_edges(0.0, float(np.percentile(went, ENDS[1])), 24))
    low, high = (float(each) for each in np.percentile(gained, ENDS))
    ends = np.array(_edges(min(low, 0.0), max(high, 0.0), 12))
    counts, _, _ = np.histogram2d(
        np.clip(_rounded(gained), ends[0], ends[-1]), np.clip(_rounded(went), far[0], far[-1]), (ends, far)
    )
    kinds = ["gain" if middle >= 0 else "loss" for middle in (ends[:-1] + ends[1:]) / 2]
    won, lost = went[gained > 0], went[gained <= 0]
    says = f"median {_median(won)} pips of those that gained, {_median(lost)} of those that did not"
    across, along = _labels(far, 7), _labels(ends, 5)
    drawn = grid(
        counts.astype(np.int64), across, along, f"{title}: {says}", "pips it went", "pips in the end", kinds
    )
    rows = [
        (f"{short(a)} to {short(b)}", number(int(up)), number(int(down)))
        for a, b, up, down in zip(far, far[1:], *(_counted(each, far) for each in (won, lost)), strict=False)
    ]
    return Figure(title, drawn, says, ("pips", "gained", "did not"), rows)


def _rounded(values: Floats) -> Floats:
    """Take out of values the last digits, which decide at an edge where values are whole ticks; no -0."""
    found: Floats = np.round(values, 9) + 0.0
    return found


def _counted(values: Floats, edges: Floats) -> NDArray[np.int64]:
    counts, _ = np.histogram(np.clip(_rounded(values), edges[0], edges[-1]), edges)
    return counts.astype(np.int64)


def _edges(low: float, high: float, about: int) -> list[float]:
    return steps(low, high if high > low else low + 1.0, about)


def _labels(edges: Floats, most: int) -> list[str]:
    every, zero = -(-len(edges) // most), int(np.argmin(np.abs(edges)))
    return ["" if (place - zero) % every else short(float(edge)) for place, edge in enumerate(edges)]


def _median(values: Floats) -> str:
    return number(float(np.median(values))) if len(values) else NOTHING


def _by_time(
    title: str, places: NDArray[np.int64], names: Sequence[str], pnl: Floats, currency: str
) -> Figure:
    """Add up what was earned in each hour or on each weekday."""
    nets, told, rows = [], [], []
    for place, name in enumerate(names):
        mine = pnl[places == place]
        nets.append(float(mine.sum()))
        told.append(f"{name}: {signed(nets[-1])} {currency}, {counted(len(mine), 'trade')}, {_won(mine)} won")
        rows.append((name, number(len(mine)), signed(nets[-1]), _won(mine)))
    traded = [place for place in range(len(names)) if np.any(places == place)]
    best = max(traded, key=lambda place: nets[place])
    worst = min(traded, key=lambda place: nets[place])
    says = f"best {names[best]} {signed(nets[best])}, worst {names[worst]} {signed(nets[worst])} {currency}"
    every = 3 if len(names) > 12 else 1
    labels = ["" if place % every else name for place, name in enumerate(names)]
    drawn = columns(nets, labels, told, f"{title}: {says}", "", f"net {currency}")
    return Figure(title, drawn, says, ("", "trades", "net", "win rate"), rows)
