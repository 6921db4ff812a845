"""Show the quality of execution: one sentence, what became of the orders, then the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from tickwise.cli.lists_view import moment
from tickwise.cli.screen import bullets, columns, heading, out, shown
from tickwise.journal.export import time_text
from tickwise.journal.scope import Scope
from tickwise.research.quality.figures import NEEDED
from tickwise.research.quality.model import Setting
from tickwise.research.quality.tables import Quality

Plain = Mapping[str, Any]

HEADS = {
    "touch_pips": "touch",
    "mid_pips": "mid",
    "to_sent_ms": "sent ms",
    "to_answer_ms": "answer ms",
    "to_fill_ms": "fill ms",
}
"""The heads of the measures."""

TITLES = {
    "all": "All",
    "hour": "By hour, UTC",
    "spread": "By spread of the decision, pips",
    "size": "By size, units",
    "side": "By side",
    "reason": "By reason",
}
"""The titles of the tables."""


def plain_quality(found: Quality, fills: Sequence[Setting], scope: Scope, since_ts: int) -> dict[str, Any]:
    """Write it as plain values, for JSON and for the screen."""
    return {
        "sessions": list(scope.sessions),
        "venue": scope.last.venue,
        "environment": scope.last.environment,
        "since": time_text(since_ts),
        "until": time_text(scope.until_ts),
        "orders": found.orders,
        "ended": dict(found.ended),
        "refused": dict(found.refused),
        "answers_lost": found.answers_lost,
        "quotes_unknown": found.quotes_unknown,
        "rows_needed": {f"p{name}": count for name, count in NEEDED.items()},
        "tables": {
            name: [
                {
                    "group": line.group,
                    "orders": line.orders,
                    "filled": line.filled,
                    **{measure: each._asdict() for measure, each in line.measures.items()},
                }
                for line in lines
            ]
            for name, lines in found.tables.items()
        },
        "fills": [each._asdict() for each in fills],
    }


def show_quality(found: Plain) -> None:
    """Print what a person looks for first, in the order they look for it."""
    out().print(Text(_sentence(found), style="bold"))
    where = f"{found['venue']} {found['environment']}" if found["venue"] != "paper" else "paper"
    count = len(found["sessions"])
    said = f"{count} session{'' if count == 1 else 's'}, {where}, to {moment(found['until'])} UTC"
    out().print(Text(said, style="dim"))
    notes = _notes(found)
    if notes:
        out().print(bullets(notes))
    for name, lines in found["tables"].items():
        if lines:
            out().print(heading(TITLES[name]))
            out().print(_table(lines))
    if any(found["tables"].values()):
        out().print(Text(_legend(), style="dim"))
    if found["fills"]:
        out().print(heading("What this says of simulated fills, [fills]"))
        out().print(_fills(found["fills"]))


def _sentence(found: Plain) -> str:
    """Say in one sentence how many orders there were, and what the median cost."""
    if not found["orders"]:
        return "no order was decided on"
    (entries,) = [each for each in found["tables"]["all"] if each["group"] == "entries"] or [None]
    says = f"{found['orders']:,} order{'' if found['orders'] == 1 else 's'}"
    if entries is None:
        return f"{says}, none of them an entry"
    slip, wait = entries["touch_pips"]["median"], entries["to_fill_ms"]["median"]
    if slip is None or wait is None:
        return f"{says}, {_few(entries['filled'])}"
    return f"{says}; an entry fills {slip:+.2f} pips from its touch after {wait:,.0f} ms, in the median"


def _few(filled: int) -> str:
    return f"too few filled entries for a median: {filled}, and {NEEDED[50]} are needed"


def _notes(found: Plain) -> list[str]:
    """Say what became of orders, and what is not known."""
    notes = [", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in found["ended"].items())]
    if found["refused"]:
        why = ", ".join(f"{name or 'no reason'} {count:,}" for name, count in found["refused"].items())
        notes.append(f"not filled because of: {why}")
    if found["answers_lost"]:
        notes.append(f"the answers to {found['answers_lost']:,} were lost for a while: no latency of theirs")
    if found["quotes_unknown"]:
        notes.append(f"no recording has the decision's quote of {found['quotes_unknown']:,} fills: no mid")
    if found["environment"] == "paper":
        notes.append("on paper the simulated exchange answered: its assumptions come back, no venue's")
    return [each for each in notes if each]


def _table(lines: Sequence[Plain]) -> Table:
    """Lay out one table: median and 90th percentile of each measure."""
    heads = tuple(HEADS.values())
    table = columns("", "filled", *heads, right=("filled", *heads), whole=2 + len(heads))
    for line in lines:
        table.add_row(line["group"], shown(line["filled"]), *(_cell(line[name], name) for name in HEADS))
    return table


def _fills(settings: Sequence[Plain]) -> Table:
    """Lay out the settings of fills: what the orders say, and on how many it rests."""
    table = columns("setting", "value", "", right=("value",), whole=1)
    for each in settings:
        value = each["value"]
        shown_as = "-" if value is None else f"{value:g}" if isinstance(value, float) else _ends(value)
        table.add_row(each["name"], shown_as, each["says"])
    return table


def _ends(values: Sequence[float]) -> str:
    """Write a table of values as its least and its largest."""
    return f"{values[0]:g} to {values[-1]:g}"


def _cell(figure: Plain, name: str) -> str:
    """Write the median and the 90th percentile, or that too few rows are there."""
    if figure["rows"] == 0:
        return "-"
    if figure["median"] is None:
        return f"few ({figure['rows']})"
    places = 2 if name.endswith("pips") else 0
    return " / ".join(shown(figure[each], places) for each in ("median", "p90"))


def _legend() -> str:
    """Say what a cell means."""
    return (
        "median / 90th percentile; touch and mid: pips worse than the decision's; "
        f"few: under {NEEDED[50]} rows; the 90th needs {NEEDED[90]}, the 99th (in JSON) {NEEDED[99]}"
    )
