"""All settings as rows, for the docs and the command line."""

from __future__ import annotations

from collections.abc import Iterator

from tickwise.config.bot import SECTIONS, BotConfig
from tickwise.config.keys import STATES, TOP
from tickwise.config.made_for import MADE_FOR
from tickwise.config.setting import Row, rows_of, written
from tickwise.config.terms import InstrumentTerms


def settings_table(strategy: str | None = None) -> tuple[Row, ...]:
    """Give a row for each setting, in the order of a bot's file, with a strategy's defaults if one is named.

    The params of a strategy stand in its own file.
    """
    return tuple(_for_strategy(row, strategy) for row in _rows())


def _rows() -> Iterator[Row]:
    yield from (row for row in rows_of(BotConfig) if row.key in TOP)
    for section, model in SECTIONS.items():
        yield from rows_of(model, f"{section}.")
    yield from rows_of(InstrumentTerms, "instrument.SYMBOL.")
    for state in STATES:
        yield Row(
            f"states.{state}.TABLE.SETTING",
            "what the setting takes",
            "the bot's",
            "",
            f"What differs while the market is in the state {state}: of params, gates, exits and sizing.",
        )


def _for_strategy(row: Row, strategy: str | None) -> Row:
    section, _, name = row.key.partition(".")
    own = MADE_FOR.get(strategy or "", {}).get(section, {})
    return row._replace(default=written(own[name])) if name in own else row
