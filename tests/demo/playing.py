"""What the tests of the demo share: its first minutes, played, and a clock moved by hand."""

from __future__ import annotations

from typing import NamedTuple

from tickwise.demo import SEED
from tickwise.demo.events import Event
from tickwise.demo.framing import Screen
from tickwise.demo.play import Play

MINUTE_NS = 60_000_000_000


class Told(NamedTuple):
    """A play fed for so many minutes, what happened, and its screen."""

    play: Play
    events: list[Event]
    screen: Screen


def told(minutes: float, seed: int = SEED) -> Told:
    """Play the first minutes of a seed."""
    play = Play.of(seed)
    play.see_history()
    screen = Screen(play)
    events = list(play.until(play.market.begin_ts + int(minutes * MINUTE_NS)))
    screen.take(events)
    return Told(play, events, screen)


class HandClock:
    """A clock that is moved by hand; waiting moves it."""

    def __init__(self) -> None:
        self.at_s = 100.0

    def now_s(self) -> float:
        return self.at_s

    def sleep(self, seconds: float) -> None:
        self.at_s += max(0.0, seconds)
