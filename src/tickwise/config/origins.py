"""Where each value of a bot comes from: option, variable, file, strategy or default."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tickwise.config.bot import SECTIONS, BotConfig
from tickwise.config.keys import TOP
from tickwise.config.layers import path_of
from tickwise.config.made_for import MADE_FOR
from tickwise.config.setting import Section, rows_of, written
from tickwise.config.strategy_params import strategy_of

ABSENT = object()
"""Stands for what was not said."""


class Origin(NamedTuple):
    """One setting of one bot as it stands, and what said it."""

    key: str
    value: str
    """As it stands in a bot's file."""
    unit: str
    by: str
    """`--set KEY`, a variable, the bot's file, `strategy NAME` or `default`."""


def origins_of(bot: BotConfig) -> tuple[Origin, ...]:
    """Give every setting of a bot in the order of its file, each with what said it.

    A setting that depends on the instrument and that nobody said is shown in the words of its default. What
    differs for an instrument or in a state of the market stands at the end, where it was said.
    """
    return (*_plain(bot), *_params(bot), *_further(bot))


def _plain(bot: BotConfig) -> Iterator[Origin]:
    tables: tuple[tuple[str, type[Section]], ...] = (("", BotConfig), *SECTIONS.items())
    for section, model in tables:
        table = getattr(bot, section) if section else bot
        for row in rows_of(model):
            if section or row.key in TOP:
                key, value = f"{section}.{row.key}".removeprefix("."), getattr(table, row.key)
                unit = row.unit if value is not None else ""
                yield Origin(key, row.default if value is None else written(value), unit, _by(bot, key))


def _params(bot: BotConfig) -> Iterator[Origin]:
    strategy = strategy_of(bot)
    defaults: Mapping[str, Any] = getattr(strategy.params, "_field_defaults", {})
    for name in getattr(strategy.params, "_fields", ()):
        key = f"params.{name}"
        said = _said(bot, key) is not ABSENT
        if said or name in defaults:
            value = bot.params[name] if said else defaults[name]
            yield Origin(key, written(value), "", _by(bot, key, f"strategy {strategy.name}"))


def _further(bot: BotConfig) -> Iterator[Origin]:
    for table in ("instrument", "states"):
        for key, value in _leaves(bot.said.get(table, {}), table):
            yield Origin(key, written(value), "", _by(bot, key))


def _leaves(table: Mapping[str, Any], under: str) -> Iterator[tuple[str, Any]]:
    """Give every setting of nested tables with its dotted key."""
    for name, value in table.items():
        key = f"{under}.{name}"
        if isinstance(value, Mapping):
            yield from _leaves(value, key)
        else:
            yield key, value


def _by(bot: BotConfig, key: str, otherwise: str = "default") -> str:
    """Name what said a setting."""
    if key in bot.by:
        return bot.by[key]
    if _said(bot, key) is not ABSENT:
        return bot.source or "file"
    section, _, name = key.partition(".")
    made = MADE_FOR.get(bot.strategy, {}).get(section, {})
    if name in made and made[name] == getattr(getattr(bot, section), name):
        return f"strategy {bot.strategy}"
    return otherwise


def _said(bot: BotConfig, key: str) -> Any:
    """Give what was said of a setting, ABSENT where nothing was."""
    at: Any = bot.said
    for part in path_of(key):
        if not isinstance(at, Mapping) or part not in at:
            return ABSENT
        at = at[part]
    return at
