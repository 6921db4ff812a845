"""Show settings: all there are with default, unit and help, or those of one bot and what said each."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from rich.text import Text

from tickwise.cli.screen import err, heading, indented, out
from tickwise.config.bot import BotConfig
from tickwise.config.engine import engine_variables
from tickwise.config.environment import unheard
from tickwise.config.origins import Origin
from tickwise.config.secret import TOKEN_VARIABLE
from tickwise.config.setting import Row
from tickwise.config.table import settings_table
from tickwise.errors import ConfigError
from tickwise.kernels.strategy_file import names


def found_settings(search: str, strategy: str) -> tuple[Row, ...]:
    """Give the settings whose key or help holds a word.

    Raises ConfigError where there is none, naming the nearest, or no such strategy.
    """
    if strategy and strategy not in names():
        raise ConfigError(f"strategy {strategy!r} is no built-in; built-in are {', '.join(names())}")
    rows = settings_table(strategy or None)
    word = search.lower()
    found = tuple(row for row in rows if word in row.key.lower() or word in row.help.lower())
    if not found:
        near = get_close_matches(search, [row.key.rpartition(".")[2] for row in rows], n=1, cutoff=0.4)
        raise ConfigError(f"no setting has {search!r} in it" + (f"; did you mean {near[0]}?" if near else ""))
    return found


def show_settings(rows: Sequence[Row]) -> None:
    """Print settings by the table they stand in."""
    section = None
    for row in rows:
        table, _, name = row.key.rpartition(".")
        if table != section:
            section = table
            out().print(heading(f"[{table}]" if table else "At the top of the file"))
        line = Text(name, style="cyan")
        unit = f" {row.unit}" if row.unit and row.default != "not set" else ""
        line.append(f" = {row.default}{unit}", style="default")
        line.append(f"  ({row.kind})", style="dim")
        out().print(line)
        out().print(indented(row.help))


def show_origins(origins: Sequence[Origin]) -> None:
    """Print the settings of one bot by their tables; what somebody said stands out from the defaults."""
    section = None
    for each in origins:
        table, _, name = each.key.rpartition(".")
        if table != section:
            section = table
            out().print(heading(f"[{table}]" if table else "At the top of the file"))
        style = "dim" if each.by == "default" else "default"
        line = Text(name, style="cyan" if each.by != "default" else "dim")
        line.append(f" = {each.value} {each.unit}".rstrip(), style=style)
        line.append(f"  ({each.by})", style="dim")
        out().print(line, soft_wrap=True)


def warn_of_variables(bots: Iterable[BotConfig]) -> None:
    """Print a warning for each TICKWISE_ variable of the process that nothing hears."""
    for line in unheard(os.environ, bots, (TOKEN_VARIABLE, *engine_variables())):
        err().print(Text(f"warning: {line}", style="yellow"), soft_wrap=True)
