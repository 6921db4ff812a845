"""Show a sweep: the sentence, the best sets beside their neighbours, the map, and what to doubt."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

from rich.table import Table
from rich.text import Text

from tickwise.cli.screen import bullets, columns, heading, out, percent, shown, tone
from tickwise.research.sweep.heat import Heat, colour
from tickwise.research.sweep.result import Ranked, SweepResult

NUMBERS = ("neighbours", "trades", "win", "drawdown", "days up")


def show_sweep(result: SweepResult, heat: Heat | None, top: int) -> None:
    """Print what a person looks for first, in the order they look for it."""
    out().print(Text(result.first_line, style=f"bold {tone(result.best.score if result.best else None)}"))
    pace = f"{result.ran_now:,} sets run in {result.seconds:.1f} s by {result.processes} processes"
    out().print(Text(f"{pace}; {result.tape_days} trading days on the tape", style="dim"))
    if result.best is not None:
        out().print(heading(f"The best by {result.score}"))
        out().print(_listed(result.ranked(top), result.score))
        out().print(heading("The steadiest: the lesser of its own score and its neighbours' median"))
        out().print(_listed(result.ranked(min(top, 3), steadily=True), result.score))
    if heat is not None:
        out().print(heading(f"{heat.score}: {heat.across} across, {heat.down} down"))
        out().print(_map(heat))
    out().print(heading("What to doubt"))
    out().print(bullets(doubts(result)))


def _listed(sets: Sequence[Ranked], score: str) -> Table:
    """Lay out sets, a line each: the varied settings by their last names, then the measures."""
    keys = [key.rpartition(".")[2] for key in sets[0].values]
    table = columns(*keys, score, *NUMBERS, "", right=(*keys, score, *NUMBERS), whole=len(keys))
    for each in sets:
        row = each.row
        net = row["net_pnl"]
        assert not isinstance(net, str)
        table.add_row(
            *(str(value) for value in each.values.values()),
            Text(shown(each.score), style=tone(net)),
            "-" if isnan(each.plateau) else shown(each.plateau),
            f"{row['trades']:,}",
            percent(row["win_rate"]),  # type: ignore[arg-type]
            shown(row["max_drawdown"]),  # type: ignore[arg-type]
            f"{row['days_up']} of {row['days']}",
            Text("one day", style="yellow") if each.one_day else "",
        )
    return table


def _map(heat: Heat) -> Table:
    """Draw the map: the numbers, on a colour where the terminal has colours."""
    table = columns(
        "", *(str(each) for each in heat.columns), right=tuple(str(each) for each in heat.columns)
    )
    for value, cells in zip(heat.rows, heat.cells, strict=True):
        table.add_row(Text(str(value), style="dim"), *(_cell(float(cell), heat) for cell in cells))
    return table


def _cell(value: float, heat: Heat) -> Text:
    if isnan(value):
        return Text("-", style="dim")
    red, green, blue = colour(value, heat.cells)
    return Text(f"{value:,.4g}", style=f"black on rgb({red},{green},{blue})")


def doubts(result: SweepResult) -> list[str]:
    """Say in a sentence each what may be luck, and what that does not prove."""
    lines = []
    if result.tape_days < 2:
        lines.append("the tape holds one trading day: nothing here says that any set works on another")
    elif result.one_day.any():
        count = int(result.one_day.sum())
        lines.append(
            f"{count:,} of the {result.earning:,} sets that earn lose without their best day; the others may "
            "still owe all to two"
        )
    luck = result.deflated
    if luck is not None:
        lines.append(
            f"the best set's Sharpe ratio of a trade is {luck.sharpe:.3f}; the best of {luck.tries:,} tries "
            f"without skill would have {luck.expected:.3f}, so it is above luck with a probability of "
            f"{percent(luck.sure)}; trades that hang together, and tries that were not swept here, lower that"
        )
    lines.append("the sets were chosen on this very tape: `tickwise walk-forward` tries them on rows unseen")
    return lines
