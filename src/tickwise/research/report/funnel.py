"""Why so few trades: the evaluations that came to each gate, and those it let no further, as a picture."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from tickwise.core.outcome import TABLE
from tickwise.research.backtest import Result
from tickwise.research.report.markup import Markup, element
from tickwise.research.report.svg import strip
from tickwise.research.report.tables import table
from tickwise.research.report.written import number, percent

SAYS = {row.code: row.says for row in TABLE}
INTENT, *BUSY = (900, 910, 920)
"""Codes of what is no refusal: an order was decided; an order is on its way, or a position open."""


class Stop(NamedTuple):
    """One gate of the funnel: how many evaluations came to it, and how many ended there."""

    code: int
    name: str
    stage: str
    came: int
    ended: int
    missed: int
    """Signals that this gate refused."""


def funnel_of(rows: Iterable[dict[str, Any]]) -> tuple[Stop, ...]:
    """Put rows of a result's gates, of one lane or of many, in the order of the chain.

    Evaluations while an order or a position was there looked for no entry and are left out.
    """
    kept: dict[int, dict[str, Any]] = {}
    for row in rows:
        mine = kept.setdefault(row["code"], {**row, "evaluations": 0, "missed_signals": 0})
        mine["evaluations"] += row["evaluations"]
        mine["missed_signals"] += row["missed_signals"]
    left = sum(row["evaluations"] for code, row in kept.items() if code not in BUSY)
    found = []
    for code in sorted(set(kept) - set(BUSY)):
        row = kept[code]
        found.append(
            Stop(code, row["outcome"], row["stage"], left, row["evaluations"], row["missed_signals"])
        )
        left -= row["evaluations"]
    return tuple(found)


def funnel(result: Result) -> Markup:
    """Draw the funnel of all lanes, and folded away that of each where there are several."""
    rows = result.gates.to_dicts()
    lanes = list(dict.fromkeys((row["bot"], row["instrument"]) for row in rows))
    each = [
        element(
            "details",
            element("summary", f"{bot} on {instrument}"),
            _drawn([row for row in rows if (row["bot"], row["instrument"]) == (bot, instrument)]),
        )
        for bot, instrument in lanes
    ]
    return element("div", _drawn(rows), each if len(lanes) > 1 else "")


def _drawn(rows: list[dict[str, Any]]) -> Markup:
    """Draw one funnel with the sentence it comes to."""
    stops, busy = funnel_of(rows), sum(row["evaluations"] for row in rows if row["code"] in BUSY)
    asked = stops[0].came if stops else 0
    said = element("p", _sentence(stops, asked, busy), class_="quiet")
    return element("div", said, _rows(stops, asked)) if asked else said


def _sentence(stops: tuple[Stop, ...], asked: int, busy: int) -> str:
    intents = sum(stop.ended for stop in stops if stop.code == INTENT)
    waited = f" In {busy:,} more an order or a position was already there." if busy else ""
    if not asked:
        return f"No strategy was asked for an entry.{waited}"
    share = percent(intents / asked, 3)
    orders = f"{intents:,} order{'' if intents == 1 else 's'}"
    return f"{asked:,} evaluations looked for an entry; {orders} came of them ({share}).{waited}"


def _rows(stops: tuple[Stop, ...], asked: int) -> Markup:
    """Lay out a row for each gate: what it lets through is what is left of the strip's first part."""
    headings = ("gate", "came to it", "ended there", "share of all", "signals missed", "")
    rows = []
    for stop in stops:
        name = [stop.name, element("small", f"{stop.stage}: {SAYS[stop.code]}")]
        marks = _marks(stop, asked)
        share = percent(stop.ended / asked, 2)
        missed = number(stop.missed) if stop.missed else ""
        rows.append((name, number(stop.came), number(stop.ended), share, missed, strip(*marks)))
    return element(
        "div", table(headings, rows, "Evaluations that came to each gate and ended there"), class_="funnel"
    )


def _marks(stop: Stop, asked: int) -> tuple[tuple[float, float, str], ...]:
    through = (stop.came - stop.ended) / asked
    ended = (through, stop.came / asked, "gain" if stop.code == INTENT else "loss")
    return ((0.0, through, "plain"), ended) if through else (ended,)
