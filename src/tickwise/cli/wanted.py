"""What a person wants to run: the bots of files and folders, under settings of the engine, on a feed."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tickwise.cli.journal_options import settings_of
from tickwise.cli.screen import err
from tickwise.config.bot import BotConfig
from tickwise.config.engine import EngineConfig
from tickwise.config.engine_file import ENGINE_FILE
from tickwise.config.problems import all_of
from tickwise.config.reload import Configs, Refusal, Source
from tickwise.engine.watch_configs import begun
from tickwise.errors import ConfigError


class Wanted(NamedTuple):
    """Configs, the files they come from, and how they are to run."""

    configs: Configs
    places: tuple[Path, ...]
    """Files and folders of the configs, that of the engine last."""
    source: Source
    where: str = ""
    """What stands behind the colon of the feed."""
    speed: float | None = None
    """Market seconds a second; None is as fast as it goes."""
    rest: str = ""
    """Another address of the venue, on this machine."""
    stream: str = ""
    json_to: str = ""

    @property
    def bots(self) -> list[BotConfig]:
        """The bots, those that are not enabled too."""
        return list(self.configs.bots.values())

    @property
    def engine(self) -> EngineConfig:
        """The engine's settings."""
        return self.configs.engine

    def enabled(self) -> list[BotConfig]:
        """Leave out bots that are not to run, and say which. Raises ConfigError where none is left."""
        running = [bot for bot in self.bots if bot.enabled]
        if not running:
            names = ", ".join(bot.name for bot in self.bots)
            raise ConfigError(f"{names}: enabled = false, so there is no bot to run")
        for bot in self.bots:
            if not bot.enabled:
                err().print(f"{bot.name} does not run: enabled = false", soft_wrap=True)
        return running


def wanted_of(files: Sequence[Path], changes: Mapping[str, Any], db: str) -> Wanted:
    """Read bots and the engine's settings. Raises ConfigError naming the first problem, and how many more.

    The file of the engine's settings counts where one is in this folder.
    """
    own = Path(ENGINE_FILE)
    places = (*files, *((own,) if own.exists() else ()))
    source = Source(changes, {"db": db} if db else {}, os.environ, settings_of(db))
    found = begun(places, source)
    if isinstance(found, Refusal):
        raise all_of(found.problems) or AssertionError("a refusal without a problem")
    return Wanted(found, places, source)
