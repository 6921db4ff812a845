"""Show a session beside its simulation: one sentence, the first other decision, money by cause, trades."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from tickwise.cli.lists_view import moment
from tickwise.cli.screen import bullets, columns, heading, out, tone
from tickwise.core.types import MILLION
from tickwise.journal import entries as j
from tickwise.journal.export import time_text
from tickwise.research.quality.causes import CAUSES
from tickwise.research.quality.parity import Pair, Parity

Plain = Mapping[str, Any]

SAYS = {
    "latency": "the mid moved between the two fills",
    "slippage": "filled beyond the quote that was seen",
    "spread": "another spread at the fill",
    "partial": "other units were filled",
    "reject": "only one of both filled the order",
    "decision": "only one of both decided on it",
    "costs": "commission, financing, conversion",
}
"""What each cause means."""


def plain_parity(found: Parity, opened: j.SessionOpened) -> dict[str, Any]:
    """Write it as plain values, for JSON and for the screen; money in millionths, so that sums are exact."""
    return {
        "session": opened.session,
        "venue": opened.venue,
        "environment": opened.environment,
        "currency": opened.currency,
        "decisions_equal": found.equal,
        "decisions_only_in_session": found.only_then,
        "decisions_only_simulated": found.only_simulated,
        "first_difference": found.first,
        "is_explained": found.is_explained,
        "compared": len(found.pairs),
        "not_compared": found.unpaired,
        "pnl_millionths": sum(each.pnl for each in found.pairs),
        "simulated_pnl_millionths": sum(each.simulated_pnl for each in found.pairs),
        "difference_millionths": found.difference,
        "causes": found.causes,
        "trades": [_plain(each) for each in found.pairs],
    }


def _plain(pair: Pair) -> dict[str, Any]:
    return {
        "order": pair.order,
        "bot": pair.bot,
        "instrument": pair.instrument,
        "decided": time_text(pair.decided_ts),
        "pnl_millionths": pair.pnl,
        "simulated_pnl_millionths": pair.simulated_pnl,
        "difference_millionths": pair.difference,
        "causes": pair.causes,
    }


def show_parity(found: Plain, worst: int) -> None:
    """Print what a person looks for first, in the order they look for it."""
    out().print(Text(_sentence(found), style=f"bold {tone(found['difference_millionths'])}"))
    where = " ".join(dict.fromkeys((found["venue"], found["environment"])))
    out().print(Text(f"session {found['session']}, {where}", style="dim"))
    out().print(bullets(_notes(found)))
    if any(found["causes"].values()):
        out().print(heading("Where the difference comes from"))
        out().print(_causes(found))
    differ = [each for each in found["trades"] if any(each["causes"].values())]
    if differ and worst:
        differ.sort(key=lambda each: -abs(each["difference_millionths"]))
        out().print(heading("The trades that differ most"))
        out().print(_trades(differ[:worst]))


def _sentence(found: Plain) -> str:
    """Say in one sentence what the venue's answers made of the session."""
    count = found["compared"]
    trades = f"{count:,} order{'' if count == 1 else 's'}"
    if not count:
        return "no order can be compared"
    if not any(found["causes"].values()) and not found["first_difference"]:
        return f"{trades}, all as simulated, {_money(found['pnl_millionths'])} {found['currency']}"
    names = ("pnl_millionths", "simulated_pnl_millionths", "difference_millionths")
    pnl, simulated, difference = (_money(found[name]) for name in names)
    return f"{trades}: {pnl}, simulated {simulated}, a difference of {difference} {found['currency']}"


def _notes(found: Plain) -> list[str]:
    """Say what was decided alike and otherwise, and what could not be compared."""
    only, only_s = found["decisions_only_in_session"], found["decisions_only_simulated"]
    notes = [
        f"{found['decisions_equal']:,} decisions are equal, {only:,} only the session's, "
        f"{only_s:,} only the simulation's"
    ]
    if found["first_difference"]:
        notes.append(f"the first difference, {found['first_difference']}")
    if found["not_compared"]:
        notes.append(f"{found['not_compared']:,} orders are open in one of both, or no quote was recorded")
    return notes


def _causes(found: Plain) -> Table:
    """Lay out the money by cause, down to the sum."""
    table = columns("cause", "money", "orders", "", right=("money", "orders"), whole=3)
    for cause in CAUSES:
        count = sum(each["causes"][cause] != 0 for each in found["trades"])
        if count:
            table.add_row(cause, _coloured(found["causes"][cause]), f"{count:,}", SAYS[cause])
    table.add_row("all", _coloured(found["difference_millionths"]), "", "")
    return table


def _trades(trades: Sequence[Plain]) -> Table:
    """Lay out trades with the causes of their differences."""
    heads = ("session", "simulated", "difference")
    table = columns("decided", "order", *heads, "causes", right=heads, whole=5)
    for each in trades:
        why = ", ".join(f"{cause} {_money(money)}" for cause, money in each["causes"].items() if money)
        table.add_row(
            moment(each["decided"])[5:],
            each["order"].rpartition("-")[2],
            _money(each["pnl_millionths"]),
            _money(each["simulated_pnl_millionths"]),
            _coloured(each["difference_millionths"]),
            why,
        )
    return table


def _money(millionths: int) -> str:
    return f"{millionths / int(MILLION):+,.2f}"


def _coloured(millionths: int) -> Text:
    return Text(_money(millionths), style=tone(millionths))
