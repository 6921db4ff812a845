"""Where quotes come from: each feed of `tickwise run` by its first word."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import NamedTuple, TypeAlias

from tickwise.cli.run_oanda import run_oanda
from tickwise.cli.run_paper import run_paper
from tickwise.cli.run_tape import run_tape
from tickwise.cli.wanted import Wanted
from tickwise.errors import ConfigError

Start: TypeAlias = Callable[[Wanted], int]
"""Runs bots on a feed; gives the exit code."""


class Feed(NamedTuple):
    """One feed: what runs it, how it is written, and whether it plays faster than the clock."""

    start: Start
    written: str
    has_speed: bool = False


FEEDS: dict[str, Feed] = {
    "tape": Feed(run_tape, "tape:FILE", has_speed=True),
    "paper": Feed(run_paper, "paper:oanda"),
    "oanda": Feed(run_oanda, "oanda"),
}
"""Every feed by the word it begins with."""


def feed_of(text: str, venue: str) -> tuple[Feed, str]:
    """Find a feed, and what stands behind its colon; without a text it is the settings' own venue.

    Raises ConfigError naming what there is.
    """
    there = ", ".join(feed.written for feed in FEEDS.values())
    if not text and (venue == "paper" or venue not in FEEDS):
        raise ConfigError(f"--feed is not given, and venue.name is {venue}: write --feed with one of {there}")
    word, _, where = (text or venue).partition(":")
    if word not in FEEDS:
        raise ConfigError(f"--feed {text}: there is no such feed; write {there}")
    feed = FEEDS[word]
    _, colon, wanted = feed.written.partition(":")
    if bool(where) != bool(colon) or (wanted.islower() and where != wanted):
        raise ConfigError(f"--feed {text}: write it like {feed.written}")
    return feed, where


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


def refuse_what_it_ignores(feed: Feed, wanted: Wanted) -> None:
    """Raise ConfigError for an option that this feed has no use for."""
    if wanted.speed is not None and not feed.has_speed:
        raise ConfigError(f"--speed: {feed.written} goes as fast as the market does; leave it out")
    if (wanted.rest or wanted.stream) and feed.has_speed:
        raise ConfigError(f"--rest and --stream: {feed.written} asks no venue; leave them out")
