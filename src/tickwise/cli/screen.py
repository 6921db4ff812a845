"""Where commands write for people: results on the standard output, everything else on the standard error."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text


@cache
def out() -> Console:
    """The standard output; plain where it is no terminal."""
    return Console(highlight=False, markup=False)


@cache
def err() -> Console:
    """The standard error: progress and what happens by the way."""
    return Console(stderr=True, highlight=False, markup=False)


def heading(text: str) -> Text:
    """Give the heading of a part of the output, with a line of air above."""
    return Text(f"\n{text}", style="bold")


def indented(text: str) -> Padding:
    """Give a dim text that belongs to the line above it."""
    return Padding(Text(text, style="dim"), (0, 0, 0, 4))


def columns(*names: str, right: tuple[str, ...] = (), whole: int = 1) -> Table:
    """Give a table without lines; columns named in `right` are numbers, the first `whole` never wrap."""
    table = Table(box=None, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for place, name in enumerate(names):
        side = "right" if name in right else "left"
        table.add_column(name, justify=side, overflow="fold", no_wrap=place < whole)  # type: ignore[arg-type]
    return table


def bullets(lines: Iterable[str], style: str = "") -> Table:
    """Give lines with a dash before each; a long one hangs."""
    table = Table(box=None, show_header=False, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(style=style)
    table.add_column(style=style)
    for line in lines:
        table.add_row("-", Text(line))
    return table


def shown(value: float | int | None, places: int = 2) -> str:
    """Write a number with thousands apart; what is not known as a line."""
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.{places}f}"


def percent(share: float | None, places: int = 1) -> str:
    """Write a share of one in percent."""
    return "-" if share is None else f"{100 * share:.{places}f} %"


def tone(value: float | None) -> str:
    """Give the style of an amount of money: gains green, losses red."""
    return "" if not value else "green" if value > 0 else "red"
