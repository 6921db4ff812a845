"""A bot's file, written: from a document with its comments, or from the bot with every setting."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit

from tickwise.config.bot import BotConfig
from tickwise.config.load import bot_of
from tickwise.errors import ConfigError


def toml_of(bot: BotConfig) -> str:
    """Write a bot with every setting, those nobody said included; read again it is the same bot."""
    return tomlkit.dumps(_plain(bot.model_dump(exclude_none=True)))


def write_bot(path: str | Path, document: Mapping[str, Any], force: bool = False) -> BotConfig:
    """Write a bot's file, whole or not at all, once it has been found good; gives the bot.

    Raises ConfigError where the file exists and `force` is not said, or the bot cannot be meant.
    """
    place = Path(path)
    plain = document.unwrap() if isinstance(document, tomlkit.TOMLDocument) else document
    bot = bot_of(plain, str(place), place.resolve().parent)
    if place.exists() and not force:
        raise ConfigError(f"{place}: exists already; name another file, or say --force to replace it")
    place.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(tomlkit.dumps(document))
    os.replace(temporary, place)
    return bot


def _plain(value: Any) -> Any:
    """Give tables and lists as TOML knows them, empty tables left out."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items() if each != {}}
    return [_plain(each) for each in value] if isinstance(value, tuple) else value
