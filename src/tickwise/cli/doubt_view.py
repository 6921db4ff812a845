"""Show what doubts found: a verdict, the sentence, and what it does not prove; and the folds of a walk."""

from __future__ import annotations

from collections.abc import Iterable

from rich.padding import Padding
from rich.text import Text

from tickwise.cli.screen import columns, heading, indented, out, percent, shown, tone
from tickwise.market_data.findings import utc
from tickwise.research.doubt.examine import Doubts
from tickwise.research.doubt.finding import Finding
from tickwise.research.doubt.walk import WalkForward


def show_doubts(found: Doubts) -> None:
    """Print the sentence to read first, then each doubt."""
    out().print(Text(found.first_line, style="bold yellow" if found.alarms else "bold"))
    _show(found.findings)


def _show(findings: Iterable[Finding]) -> None:
    for each in findings:
        verdict = Text("against" if each.alarm else "fine", style="red" if each.alarm else "green")
        out().print(heading(each.name).append(": ").append(verdict))
        out().print(Padding(Text(each.says), (0, 0, 0, 2)))
        out().print(indented(each.proves_not))


def show_walk(found: WalkForward) -> None:
    """Print the sentence to read first, then what was chosen for each part and what it did there."""
    out().print(Text(found.finding.says, style="bold yellow" if found.finding.alarm else "bold"))
    out().print(indented(found.finding.proves_not))
    keys = found.sets.keys
    names = [key.rpartition(".")[2] for key in keys]
    numbers = ("trades", "net", "net chosen on", "better sets")
    table = columns("judged from", *names, *numbers, right=(*names, *numbers))
    for fold in found.folds:
        table.add_row(
            utc(fold.since)[:16],
            *(str(fold.values.get(key, "-")) for key in keys),
            shown(fold.judged.trades),
            Text(shown(fold.judged.net_pnl), style=tone(fold.judged.net_pnl)),
            shown(fold.chosen.net_pnl),
            percent(fold.better),
        )
    out().print(heading(f"{len(found.folds)} parts, {found.purge_s:,.0f} s left out between them"))
    out().print(table)
