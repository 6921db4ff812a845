"""Where quotes come from: each feed of `tickwise run` by its first word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from typing import TypeAlias

from tickwise.cli.run_tape import run_tape
from tickwise.config.bot import BotConfig
from tickwise.config.engine import EngineConfig
from tickwise.errors import ConfigError

Start: TypeAlias = Callable[[Sequence[BotConfig], str, EngineConfig, float | None, str], int]
"""Runs bots on a feed: what stands behind its colon, the engine's settings, the speed, where JSON goes.

Gives the exit code.
"""

FEEDS: dict[str, tuple[Start, str]] = {"tape": (run_tape, "tape:FILE")}
"""What runs each feed, and how it is written."""


def feed_of(text: str) -> tuple[Start, str]:
    """Find what runs a feed, and where that begins. Raises ConfigError naming what there is."""
    word, _, where = text.partition(":")
    if word not in FEEDS:
        there = ", ".join(written for _, written in FEEDS.values())
        raise ConfigError(f"--feed {text}: there is no such feed; write {there}")
    start, written = FEEDS[word]
    if not where and ":" in written:
        raise ConfigError(f"--feed {text}: write it like {written}")
    return start, where


def speed_of(text: str) -> float | None:
    """Read a speed; None is as fast as it goes. Raises ConfigError."""
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not (isfinite(speed) and speed > 0):
        raise ConfigError(f"--speed {text}: write a number above zero, such as 1 or 60, or max")
    return speed
