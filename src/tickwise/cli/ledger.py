"""Show the ledger of a moment: every gate with its reading, its limit and its verdict."""

from __future__ import annotations

from rich.text import Text

from tickwise.cli.screen import columns, heading, out
from tickwise.core.outcome import TABLE
from tickwise.market_data.findings import utc
from tickwise.research.ledger import Terms, ledger
from tickwise.session.session import Explanation

STYLES = {"refuses": "red", "off": "dim", "allows": ""}
OF_ORDERS = ("units_cap", "value_cap", "price_band", "margin", "score", "cost")
"""Gates that judge an order, and are asked only when a signal would make one."""


def show_ledger(explanation: Explanation, terms: Terms) -> None:
    """Print why one bot on one instrument traded or did not at a moment."""
    lane = explanation.lane
    out().print(
        heading(f"{lane.bot} on {lane.instrument} at {utc(explanation.ts)}, money in {terms.currency}")
    )
    out().print(f"{explanation.outcome}: {explanation.says}", style="bold")
    table = columns("stage", "gate", "reading", "limit", "verdict", "until", whole=2)
    lines = sorted(ledger(explanation, terms), key=lambda line: PLACES[line.gate])
    stage = ""
    for line in lines:
        shown = "" if line.stage == stage else line.stage
        stage = line.stage
        table.add_row(
            Text(shown, style="bold"),
            line.gate,
            line.reading,
            line.limit,
            Text(line.verdict, style=STYLES[line.verdict]),
            _until(line.until, explanation.ts),
            style=STYLES[line.verdict] if line.verdict == "off" else "",
        )
    out().print(table)
    asked = {line.gate for line in lines}
    if not asked & set(OF_ORDERS):
        out().print(f"not asked, for there is no order to judge: {', '.join(OF_ORDERS)}", style="dim")


PLACES = {row.name: place for place, row in enumerate(TABLE)}


def _until(until: str, ts: int) -> str:
    """Shorten a time to its second on the day of the moment, to its day on another."""
    day, _, hour = until.partition(" ")
    return hour[:8] if day == utc(ts).partition(" ")[0] else day
