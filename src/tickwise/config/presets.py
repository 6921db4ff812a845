"""Presets: a bot for each system and asset class, ready to run, with a comment at each value.

A preset is a bot's file in `tickwise/presets`, written for one instrument. For another of its asset class its
distances in pips are stretched where that instrument's usual spread in pips is another.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import tomlkit
from tomlkit.items import Table

from tickwise.config.bot import BotConfig
from tickwise.config.layers import path_of
from tickwise.config.load import bot_of
from tickwise.core.instrument import CATALOGUE, instrument_named
from tickwise.errors import ConfigError

FOLDER = Path(__file__).parents[1] / "presets"

WIDTHS: Mapping[str, float] = MappingProxyType({"XAG": 7.0, "ETH": 0.1})
"""Usual spread in pips over that of the instrument the preset was written for: silver's pip is a hundredth of
gold's, and ether costs a twentieth of bitcoin."""


def preset_names() -> tuple[str, ...]:
    """Name the presets there are."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def bot_from_preset(
    preset: str, symbol: str, changes: Mapping[str, Any] = MappingProxyType({})
) -> tomlkit.TOMLDocument:
    """Give a preset's document, comments and all, for an instrument and with changes by dotted key.

    Raises ConfigError for a preset that does not exist, an instrument of another asset class, or a change
    that makes a bot which cannot be meant.
    """
    document = _document(preset)
    known = instrument_named(symbol)
    written_for = CATALOGUE[str(document["instruments"][0])]
    if known is not None and known.asset_class != written_for.asset_class:
        fitting = ", ".join(_made_for(known.asset_class)) or "none yet"
        raise ConfigError(
            f"preset {preset} is for {written_for.asset_class}, and {known.symbol} is {known.asset_class}: "
            f"presets for it: {fitting}"
        )
    name = known.symbol if known is not None else symbol
    document["instruments"] = [name]
    document["name"] = f"{preset}-{name.lower().replace('_', '')}"
    _stretch(document, WIDTHS.get(known.base, 1.0) if known is not None else 1.0)
    bot = bot_of(document.unwrap(), f"preset {preset}", overrides=changes)
    for key in changes:
        _put(document, path_of(key), _said(bot, path_of(key)))
    return document


def _document(preset: str) -> tomlkit.TOMLDocument:
    names = preset_names()
    if preset not in names:
        near = difflib.get_close_matches(preset, names, n=1, cutoff=0.4)
        advice = f"did you mean {near[0]}?" if near else f"choose from {', '.join(names)}"
        raise ConfigError(f"preset '{preset}' does not exist; {advice}")
    return tomlkit.parse((FOLDER / f"{preset}.toml").read_text(encoding="utf-8"))


def _made_for(asset_class: str) -> Iterator[str]:
    """Name the presets for a kind of instrument."""
    for name in preset_names():
        if CATALOGUE[str(_document(name)["instruments"][0])].asset_class == asset_class:
            yield name


def _stretch(document: tomlkit.TOMLDocument, width: float) -> None:
    """Multiply every distance in pips of a preset, its params apart."""
    tables = [each for name, each in document.items() if isinstance(each, Table) and name != "params"]
    for table in tables if width != 1.0 else ():
        for name, value in list(table.items()):
            if "_pips" in name and isinstance(value, (int, float)) and value > 0:
                table[name] = float(f"{value * width:.6g}")


def _said(bot: BotConfig, path: tuple[str, ...]) -> Any:
    at: Any = bot.said
    for part in path:
        at = at[part]
    return at


def _put(document: Any, path: tuple[str, ...], value: Any) -> None:
    """Set a value in a document, making the tables on the way; a comment beside it stays."""
    *tables, name = path
    at = document
    for table in tables:
        if table not in at:
            at[table] = tomlkit.table()
        at = at[table]
    at[name] = value
