"""Tables of a report, and the ones that say what each bot, instrument and reason earned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tickwise.research.report.markup import Child, Markup, element
from tickwise.research.report.written import number, percent, seconds, signed

EARNED = ("", "trades", "net", "win rate", "profit factor", "average R", "average hold")
"""The columns of what each part earned."""


def table(
    headings: Sequence[str], rows: Iterable[Sequence[Child]], names: str, left: Sequence[int] = (0,)
) -> Markup:
    """Lay out rows, numbers to the right; the first cell of a row is its heading.

    `names` says what the table is, for whoever hears it; `left` are the columns of words.
    """
    kind = ["words" if place in left else "figures" for place in range(len(headings))]
    head = element(
        "tr", [element("th", each, scope="col", class_=kind[place]) for place, each in enumerate(headings)]
    )
    body = [
        element(
            "tr",
            element("th", row[0], scope="row", class_=kind[0]),
            [element("td", cell, class_=kind[place]) for place, cell in enumerate(row[1:], 1)],
        )
        for row in rows
    ]
    whole = element(
        "table", element("caption", names, class_="unseen"), element("thead", head), element("tbody", body)
    )
    return element("div", whole, class_="wide", tabindex=0, role="region", aria_label=names)


def toned(value: float | None, digits: int = 2) -> Markup:
    """Write money in the colour of a gain or a loss."""
    tone = "" if not value else "gain" if value > 0 else "loss"
    return element("span", signed(value, digits), class_=tone)


def earned(parts: Mapping[str, Mapping[str, Any]], names: str) -> Markup:
    """Say what each of several parts earned."""
    rows = [
        (
            name,
            number(part["trades"]),
            toned(part["net_pnl"]),
            percent(part["win_rate"]),
            number(part["profit_factor"]),
            number(part["avg_r"], 3),
            seconds(part["avg_hold_s"]),
        )
        for name, part in parts.items()
    ]
    return table(EARNED, rows, names)
