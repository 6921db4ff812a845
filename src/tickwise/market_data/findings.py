"""What a look through a tape found, as numbers, as a table and as plain mappings."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

GAPS_LISTED = 10
"""How many of the longest gaps are listed."""

COUNTED = (
    "rows", "gaps", "crossed", "locked", "one_sided", "unpriced",
    "duplicates", "late", "out_of_order", "outliers", "misshapen",
)  # fmt: skip
"""The findings that are counts."""


@dataclass(frozen=True)
class Gap:
    """A silence between two rows."""

    after_ts: int
    """The last time before it, nanoseconds since 1970 UTC."""
    seconds: float
    """How long it lasted; of bars, beyond the length of one."""


@dataclass(frozen=True)
class Findings:
    """What was found about one instrument. Shares and medians are None where nothing was quoted."""

    symbol: str
    rows: int
    first_ts: int | None
    """Nanoseconds since 1970 UTC."""
    last_ts: int | None
    """Nanoseconds since 1970 UTC."""
    step_ms_median: float | None
    """Between one row and the next; rows out of order left out."""
    gaps: int
    gap_longest_s: float
    """The longest silence, be it a gap or not."""
    crossed: int
    """Rows whose bid is above their ask."""
    locked: int
    """Rows whose bid is their ask."""
    one_sided: int
    """Rows with one side missing."""
    unpriced: int
    """Rows with both sides missing."""
    duplicates: int
    """Rows with the time of the event, bid and ask of the row above."""
    late: int
    """Rows whose event is strictly older than the latest above."""
    out_of_order: int
    """Rows whose time is before that of the row above."""
    outliers: int
    """Mids that jump and are back at the next quote."""
    misshapen: int
    """Bars whose open or close lies outside their high and low."""
    zero_spread_share: float | None
    spread_ticks_median: float | None
    spread_pips_median: float | None
    """None also where custom knows no pip of the instrument."""
    gaps_longest: tuple[Gap, ...]
    """The ten longest, longest first."""


@dataclass(frozen=True)
class Report:
    """What was found in a tape, instrument by instrument."""

    kind: str
    source: str
    gap_s: float
    outlier_scale: float
    instruments: tuple[Findings, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give the report as plain numbers, texts, lists and mappings, ready for JSON."""
        plain = asdict(self)
        plain["instruments"] = [_listed(findings) for findings in plain["instruments"]]
        return plain

    def rows(self) -> list[tuple[str, ...]]:
        """Give the report as a table of texts: what was counted, then a column for each instrument."""
        names = [field.name for field in fields(Findings) if field.name != "gaps_longest"]
        table = [
            (_words(name), *(_shown(name, getattr(each, name)) for each in self.instruments))
            for name in names
        ]
        for place in range(max((len(each.gaps_longest) for each in self.instruments), default=0)):
            listed = (_gap_shown(each.gaps_longest, place) for each in self.instruments)
            table.append((f"gap {place + 1}", *listed))
        return table


def _listed(findings: dict[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in findings.items()}


def _words(name: str) -> str:
    """Write a field's name as words, its unit in brackets: `step median (ms)`."""
    words = name.split("_")
    for unit in ("ms", "s", "ticks", "pips"):
        if unit in words[1:]:
            return " ".join(word for word in words if word != unit) + f" ({unit})"
    return " ".join(word for word in words if word != "ts")


def _shown(name: str, value: float | str | None) -> str:
    if value is None:
        return "not known"
    if isinstance(value, str):
        return value
    if name.endswith("_ts"):
        return utc(int(value))
    if name.endswith("_share"):
        return f"{value:.1%}"
    return f"{value:,.6g}" if isinstance(value, float) else f"{value:,}"


def _gap_shown(gaps: tuple[Gap, ...], place: int) -> str:
    return f"{gaps[place].seconds:,.1f} s after {utc(gaps[place].after_ts)}" if place < len(gaps) else ""


def utc(ts: int) -> str:
    """Write nanoseconds since 1970 as a UTC time to the millisecond."""
    return f"{np.datetime64(ts, 'ns').astype('datetime64[ms]')}Z".replace("T", " ")
