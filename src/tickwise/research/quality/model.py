"""What orders at a venue say of the settings of simulated fills, `[fills]`, and on how many rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import floor
from typing import NamedTuple

from tickwise.core.params import TABLE_ROWS
from tickwise.core.types import MILLION
from tickwise.research.quality.figures import NEEDED
from tickwise.research.quality.orders import Executed

ROWS_OF_TABLE = 4 * TABLE_ROWS
"""Rows a table of equally likely values needs: four for each of its values."""

SIMULATED = ("price_bound", "stop_reached")
"""Why the simulated exchange refuses an order by itself, whatever `reject_fraction` says."""

ANSWERED = ("filled", "partly_filled", "cancelled", "rejected", "expired")
"""The statuses of an order that a venue has answered."""

CENT = 5_000
"""Half a cent in millionths: a venue that charges by the unit rounds each fill to cents."""


class Setting(NamedTuple):
    """One setting of `[fills]`: what the orders say, nothing where they are too few to say anything."""

    name: str
    value: float | tuple[float, ...] | None
    rows: int
    says: str
    """What the value is, or why there is none."""


def settings_of(rows: Sequence[Executed]) -> tuple[Setting, ...]:
    """Give every setting of fills that orders can speak of, with what these say."""
    return tuple(found for of in (_latency, _slippage, _rejects, _partial, _commission) for found in of(rows))


def _latency(rows: Sequence[Executed]) -> tuple[Setting, ...]:
    """From the decision to the fill: the way back is in it, so simulated ones are rather late than early."""
    waits = sorted(each.to_fill_ms for each in rows if each.to_fill_ms is not None)
    median = waits[(len(waits) - 1) // 2] if waits else 0.0
    return (
        _enough("latency_ms", len(waits), NEEDED[50], "median of {} fills", lambda: round(median, 1)),
        _table("latency_ms_table", waits, 1),
    )


def _slippage(rows: Sequence[Executed]) -> tuple[Setting, ...]:
    """Beyond the touch when the fill was seen, of market orders and stops; what was better counts as 0."""
    found = sorted(
        max(0.0, each.met_pips) for each in rows if each.met_pips is not None and each.reason != "target"
    )
    mean = sum(found) / max(1, len(found))
    says = "mean of {} fills whose quote was recorded"
    return (
        _enough("slippage_pips", len(found), NEEDED[50], says, lambda: round(mean, 3)),
        _table("slippage_pips_table", found, 3),
    )


def _rejects(rows: Sequence[Executed]) -> tuple[Setting, ...]:
    """Entries that the venue refused for another reason than those the simulated exchange has of its own."""
    answered = [each for each in rows if each.is_entry and each.status in ANSWERED]
    refused = sum(not each.share and each.says not in SIMULATED for each in answered)
    says = f"{refused} of {{}} answered entries"
    share = refused / max(1, len(answered))
    return (_enough("reject_fraction", len(answered), NEEDED[99], says, lambda: round(share, 4)),)


def _partial(rows: Sequence[Executed]) -> tuple[Setting, ...]:
    """Entries that were filled in part, and the least part that was."""
    filled = [each.share for each in rows if each.is_entry and each.share]
    parts = [share for share in filled if share < 1]
    says = f"{len(parts)} of {{}} filled entries"
    share = len(parts) / max(1, len(filled))
    least = float(min(parts, default=1))
    return (
        _enough("partial_fill_fraction", len(filled), NEEDED[99], says, lambda: round(share, 4)),
        _enough(
            "partial_share_min", len(parts), NEEDED[50], "least of {} partial fills", lambda: round(least, 4)
        ),
    )


def _commission(rows: Sequence[Executed]) -> tuple[Setting, ...]:
    """Commission a unit, where it is the same for every fill but for the rounding to cents."""
    filled = [
        (each.commission, float(each.units * each.share.numerator / each.share.denominator))
        for each in rows
        if each.share
    ]
    units = sum(count for _, count in filled)
    rate = sum(money for money, _ in filled) / units if units else 0.0
    name = "commission_per_unit"
    if any(abs(money - rate * count) > CENT for money, count in filled):
        return (Setting(name, None, len(filled), "not the same for each unit: look at the venue's terms"),)
    return (_enough(name, len(filled), NEEDED[50], "of {} fills", lambda: round(rate / int(MILLION), 9)),)


def _enough(name: str, rows: int, needed: int, says: str, value: Callable[[], float]) -> Setting:
    """Give a setting, or how many rows are missing."""
    if rows < needed:
        return Setting(name, None, rows, f"too few: {rows} of the {needed} rows that are needed")
    return Setting(name, value(), rows, says.format(f"{rows:,}"))


def _table(name: str, ordered: Sequence[float], places: int) -> Setting:
    """Give equally likely values: of as many equal parts of the rows, each one's middle."""
    count = len(ordered)
    if count < ROWS_OF_TABLE:
        return Setting(name, None, count, f"too few: {count} of the {ROWS_OF_TABLE} rows that are needed")
    middles = [ordered[floor((k + 0.5) * count / TABLE_ROWS)] for k in range(TABLE_ROWS)]
    return Setting(name, tuple(round(each, places) for each in middles), count, f"of {count:,} fills")


def fragment_of(settings: Sequence[Setting], heads: Sequence[str]) -> str:
    """Write settings as TOML for a bot's file; those without a value are comments that say why."""
    lines = [*(f"# {head}" for head in heads), "[fills]"]
    for each in settings:
        if each.value is None:
            lines.append(f"# {each.name}: {each.says}")
        elif isinstance(each.value, tuple):
            lines.append(f"{each.name} = [{', '.join(map(repr, each.value))}]  # {each.says}")
        else:
            lines.append(f"{each.name} = {each.value!r}  # {each.says}")
    return "\n".join(lines) + "\n"
