"""Execution quality by hour, spread, size, side and reason: how much worse, and how late."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Any, NamedTuple

from tickwise.research.quality.figures import NEEDED, Figure, figure_of
from tickwise.research.quality.orders import Executed

NANOS_OF_HOUR = 3_600_000_000_000

SPREADS = (0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
"""Upper ends of the groups of spreads, in pips."""

MEASURES: Mapping[str, Callable[[Executed], float | None]] = {
    name: attrgetter(name) for name in ("touch_pips", "mid_pips", "to_sent_ms", "to_answer_ms", "to_fill_ms")
}
"""What is measured of each order."""


class Line(NamedTuple):
    """One group of orders, and its measures."""

    group: str
    orders: int
    filled: int
    measures: Mapping[str, Figure]

    @property
    def is_thin(self) -> bool:
        """Whether too few of its orders were filled for a median."""
        return self.filled < NEEDED[50]


class Quality(NamedTuple):
    """What came of orders, and the tables of their execution."""

    orders: int
    """Orders that were decided on; resting stops and targets are none."""
    ended: Mapping[str, int]
    """How many orders there are of each status."""
    refused: Mapping[str, int]
    """Why orders were rejected, cancelled, expired or denied, and how many."""
    answers_lost: int
    """Orders of which for a while nobody knew what became of them; no latency is taken from them."""
    quotes_unknown: int
    """Fills whose decision's quote is not known, so that no mid is: the recording is gone or incomplete."""
    tables: Mapping[str, tuple[Line, ...]]


def quality_of(rows: Sequence[Executed]) -> Quality:
    """Sum up orders as they were executed."""
    orders = [each for each in rows if not each.is_resting]
    return Quality(
        orders=len(orders),
        ended=_counted(each.status for each in orders),
        refused=_counted(each.says for each in orders if each.says),
        answers_lost=sum(each.was_unknown for each in orders),
        quotes_unknown=sum(each.share > 0 and not each.bid for each in rows),
        tables={name: _table(rows if name in WITH_RESTING else orders, of) for name, of in GROUPS.items()},
    )


def _counted(names: Any) -> dict[str, int]:
    return dict(sorted(Counter(names).items(), key=lambda each: (-each[1], each[0])))


def _table(rows: Sequence[Executed], of: Callable[[Executed], tuple[Any, str]]) -> tuple[Line, ...]:
    """Give a line for each group, in their order."""
    groups: dict[tuple[Any, str], list[Executed]] = {}
    for row in rows:
        groups.setdefault(of(row), []).append(row)
    return tuple(_line(key[1], groups[key]) for key in sorted(groups))


def _line(name: str, rows: Sequence[Executed]) -> Line:
    measures = {measure: figure_of(map(of, rows)) for measure, of in MEASURES.items()}
    return Line(name, len(rows), sum(each.share > 0 for each in rows), measures)


def _whole(row: Executed) -> tuple[Any, str]:
    if row.is_resting:
        return 2, "at venue"
    return (0, "entries") if row.is_entry else (1, "exits")


def _hour(row: Executed) -> tuple[Any, str]:
    hour = row.decided_ts // NANOS_OF_HOUR % 24
    return hour, f"{hour:02}:00"


def _spread(row: Executed) -> tuple[Any, str]:
    """Name the group of a spread: the upper end that it does not exceed."""
    pips = row.spread_pips
    if pips is None:
        return len(SPREADS) + 1, "not known"
    place = next((k for k, top in enumerate(SPREADS) if pips <= top), len(SPREADS))
    return place, f"to {SPREADS[place]:g}" if place < len(SPREADS) else f"over {SPREADS[-1]:g}"


def _size(row: Executed) -> tuple[Any, str]:
    """Name the group of a size: its power of ten."""
    least = Decimal(1).scaleb(row.units.adjusted())
    return least, f"from {least.normalize():,f}"


def _side(row: Executed) -> tuple[Any, str]:
    return -row.side, "buy" if row.side > 0 else "sell"


def _reason(row: Executed) -> tuple[Any, str]:
    return not row.is_entry, row.reason


GROUPS: Mapping[str, Callable[[Executed], tuple[Any, str]]] = {
    "all": _whole,
    "hour": _hour,
    "spread": _spread,
    "size": _size,
    "side": _side,
    "reason": _reason,
}
"""The tables: by what their groups are made, and in which order they stand."""

WITH_RESTING = ("all", "reason")
"""Tables in which stops and targets stand that the venue filled by itself. In the others they would hide what
orders cost that were sent: a target has no slippage, and none of them has a latency of ours."""
