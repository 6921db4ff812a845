"""Write the pages that follow from the code: docs/gates.md and docs/settings.md.

    python docs/generate.py

A test compares the pages with what this gives, so that they cannot say anything else than the code.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
from collections.abc import Iterable, Sequence
from pathlib import Path

from tickwise.config import Row, settings_table
from tickwise.config.engine import FILE_ONLY, engine_rows
from tickwise.config.engine import TABLES as ENGINE_TABLES
from tickwise.config.setting import kind_of
from tickwise.core.gates.calendars import CALENDARS
from tickwise.core.outcome import STAGES, TABLE
from tickwise.kernels.contract import flat_fields
from tickwise.kernels.strategy_file import Strategy, find, load, names

HERE = Path(__file__).parent

FROM = "<!-- Written by `python docs/generate.py` from the code. Change the code, then run it again. -->"

SETTINGS_OF: dict[str, tuple[str, ...]] = {
    "session": ("calendar.sessions", "calendar.sessions_disabled"),
    "time_of_day": ("calendar.quiet_windows",),
    "rollover": ("calendar.rollover_before_min", "calendar.rollover_after_min", "calendar.day_roll"),
    "holiday": ("calendar.market_closed", "calendar.closures_left_out", "calendar.bank_holidays"),
    "quote_age": ("gates.quote_age_ms_max",),
    "underlying_age": ("gates.underlying_age_ms_max",),
    "spread_pips": ("gates.spread_pips_max",),
    "spread_fraction": ("gates.spread_fraction_max",),
    "spread_monitor": ("gates.spread_monitor", "market.spread_monitor_ratio_max"),
    "open_interest": ("gates.open_interest_min",),
    "volume": ("gates.volume_min",),
    "quote_size": ("gates.quote_units_min",),
    "news": (
        "calendar.news_file",
        "calendar.news_impacts",
        "calendar.news_before_min",
        "calendar.news_after_min",
        "calendar.news_categories",
        "calendar.news_currencies",
    ),
    "calendar_stale": ("calendar.news_file",),
    "open_bot": ("gates.open_bot_max",),
    "open_instrument": ("gates.open_instrument_max",),
    "open_pocket": ("gates.open_pocket_max",),
    "open_account": ("gates.open_account_max",),
    "open_house": ("gates.open_house_max",),
    "correlation": ("gates.group", "gates.group_fraction_max"),
    "spacing": ("gates.spacing_s",),
    "per_minute": ("gates.per_minute_max",),
    "per_hour": ("gates.per_hour_max",),
    "per_day": ("gates.per_day_max",),
    "cool_down": ("gates.cool_down_s",),
    "back_off": ("gates.back_off_s", "gates.back_off_factor", "gates.back_off_s_max"),
    "breaker": ("gates.breaker_failures", "gates.breaker_rest_s"),
    "adaptive_interval": ("gates.interval_s_min", "gates.interval_s_max"),
    "units_cap": ("gates.units_cap",),
    "value_cap": ("gates.value_cap",),
    "price_band": ("gates.price_band_fraction_max",),
    "repeat": ("gates.repeats_max",),
    "day_loss": ("gates.day_loss_fraction_max",),
    "pocket_loss": ("gates.pocket_loss_fraction_max",),
    "balance": ("gates.balance_min",),
    "margin": ("gates.margin_fraction_max",),
    "market_state": ("gates.states",),
    "score": ("gates.score_min",),
    "cost": ("gates.cost_ratio_min",),
}
"""The settings that move each gate. Gates that are not here answer to events and commands alone."""

TABLES = {
    "": "The bot",
    "gates": "Gates",
    "exits": "Exits",
    "sizing": "Sizing",
    "fills": "The simulated exchange",
    "account": "The account",
    "calendar": "Calendars",
    "market": "The market",
    "instrument": "What a venue does otherwise",
    "states": "By state of the market",
}


def plain(text: str) -> str:
    """Put a text into one cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def first_sentence(text: str | None) -> str:
    """Give the first paragraph of a docstring as one line."""
    return plain(inspect.cleandoc(text or "").split("\n\n")[0])


def reading_of(name: str) -> str:
    """Say what a gate reads and against what, in the words of its own file; nothing for what is no gate."""
    calendars = [TABLE[int(place)].name for place in CALENDARS]
    module = f"tickwise.core.gates.{'calendars' if name in calendars else name}"
    if importlib.util.find_spec(module) is None:
        return ""
    return first_sentence(importlib.import_module(module).read.__doc__)


GATES_TEXT = """\
# Gates and outcomes

An evaluation is one call of a strategy's trigger. It ends in exactly one outcome, and the counts of the
outcomes add up to the number of evaluations. The gates are asked in the order of this page; the first that
refuses names the outcome, and it is always the smallest code. A code is never used again for anything else.
No gate refuses an order that reduces risk.

A number of 0 switches a limit off unless its line on the [settings page](settings.md) says otherwise. Times
are read in nanoseconds, prices and spreads in ticks, money in millionths of the account's currency.
"""

SETTINGS_TEXT = """\
# Settings

A bot is one TOML file. What it does not name has the default below; what a strategy is made for stands at the
end. The same settings can come from the command line (`--set gates.spread_pips_max=0.5`) and from the
environment: `TICKWISE_GATES_SPREAD_PIPS_MAX=0.5` speaks to every bot, and with a bot's name in it,
`TICKWISE_FAST_EURUSD_GATES_SPREAD_PIPS_MAX=0.5`, to that bot alone, and wins. The command line comes before
the environment, the environment before the file. `tickwise bot show` says where each value came from. A key
that is not on this page refuses the whole file and names the nearest one that is; a variable that nothing
hears is told in a warning.

While an engine runs, a file that is changed is read again. The last column says what such a change may do
without a person's word: a limit may only become tighter, and what is fixed needs a new start. An empty cell
leaves every change to the file.
"""

ENGINE_TEXT = """\
One file for the whole engine, looked for in the working folder; without one the defaults hold. A venue's
token never stands in a file of settings: it comes from the variable `TICKWISE_TOKEN`, or from a file of mode
0600 that `venue.token_file` names. A secret that is found in a file of settings refuses it.
"""

BY_FILE: dict[str | None, str] = {
    "up": "down",
    "down": "up",
    "more": "shorter",
    "fewer": "longer",
    "any": "no",
    "fixed": "fixed",
    None: "",
}
"""What a file alone may change, by what is looser."""


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table of Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def gates_page() -> str:
    """Give the page of every outcome, in the order of the chain."""
    parts = [FROM + "\n", GATES_TEXT]
    for stage, title in STAGES.items():
        heading = f"Stage {stage}: {title}" if stage <= 7 else f"After the gates: {title}"
        rows = [
            (
                str(row.code),
                f"`{row.name}`",
                plain(row.says),
                reading_of(row.name),
                "<br>".join(f"`{key}`" for key in SETTINGS_OF.get(row.name, ())),
            )
            for row in TABLE
            if row.code // 100 == stage
        ]
        parts += [f"## {heading}\n", table(("code", "outcome", "says", "reads", "settings"), rows)]
    return "\n".join(parts)


def section_of(row: Row) -> str:
    """Name the table a setting stands in; the bot's own stand in none."""
    return row.key.partition(".")[0] if "." in row.key else ""


SETTING_HEADS = ("setting", "variable", "takes", "default", "unit", "what it does", "by file")


def setting_cells(row: Row) -> tuple[str, ...]:
    """Give the cells of one setting."""
    return (
        f"`{row.key}`",
        "none: the file alone" if row.key in FILE_ONLY else f"`{row.variable}`",
        plain(row.kind),
        default(row.default),
        row.unit,
        plain(row.help),
        by_file(row),
    )


def by_file(row: Row) -> str:
    """Say which change of a setting a running engine takes from a file alone."""
    if isinstance(row.looser, tuple):
        return f"to `{row.looser[0]}`"
    if row.kind == "true or false" and row.looser in ("up", "down"):
        return "to `false`" if row.looser == "up" else "to `true`"
    return BY_FILE[row.looser]


def settings_page() -> str:
    """Give the page of every setting, in the order of a bot's file."""
    parts = [FROM + "\n", SETTINGS_TEXT]
    for section, title in TABLES.items():
        rows = [setting_cells(row) for row in settings_table() if section_of(row) == section]
        name = f"{title}: `[{section}]`" if section else title
        parts += [f"## {name}\n", table(SETTING_HEADS, rows)]
    for name in names():
        parts += strategy_parts(load(find(name)))
    parts += engine_parts()
    return "\n".join(parts)


def engine_parts() -> list[str]:
    """Give the part of the page that is the engine's own settings."""
    parts = ["## The engine: `tickwise.toml`\n", ENGINE_TEXT]
    for section in ("", *ENGINE_TABLES):
        rows = [setting_cells(row) for row in engine_rows() if section_of(row) == section]
        if section:
            parts += [f"### `[{section}]`\n", paragraphs(ENGINE_TABLES[section].__doc__)]
        parts += [table(SETTING_HEADS, rows)]
    return parts


def paragraphs(text: str | None) -> str:
    """Write a docstring as paragraphs of one line each."""
    return "\n\n".join(plain(each) for each in inspect.cleandoc(text or "").split("\n\n")) + "\n"


def default(text: str) -> str:
    """Write a default: a value as code, words as words."""
    return f"`{text}`" if text and (text[0] in '"[{-0123456789' or text in ("true", "false")) else plain(text)


def strategy_parts(strategy: Strategy) -> list[str]:
    """Give a strategy's part of the page: what it does, its params, and the defaults it is made for."""
    defaults = getattr(strategy.params, "_field_defaults", {})
    params = [
        (f"`params.{name}`", kind_of(kind), f"`{defaults[name]}`")
        for name, kind in flat_fields(strategy.params)
        if name in defaults
    ]
    usual = {row.key: row.default for row in settings_table()}
    own = [
        (f"`{row.key}`", default(row.default))
        for row in settings_table(strategy.name)
        if row.default != usual[row.key]
    ]
    parts = [f"## The strategy `{strategy.name}`\n", paragraphs(strategy.module.__doc__)]
    parts += [table(("param", "takes", "default"), params)]
    if own:
        parts += ["It is made for these; they stand where the file says nothing:\n"]
        parts += [table(("setting", "default"), own)]
    return parts


PAGES = {"gates.md": gates_page, "settings.md": settings_page}


def main() -> None:
    """Write both pages."""
    for name, page in PAGES.items():
        (HERE / name).write_text(page())


if __name__ == "__main__":
    main()
