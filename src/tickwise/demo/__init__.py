"""The demo: two bots scalp a synthetic market on paper, watched live in the terminal or told in plain lines.

It drives the same session a backtest runs, over the same kind of tape; what it shows is a reading of that
session's records, decisions and counts.
"""

from __future__ import annotations

import sys

from rich.console import Console

from tickwise.core.types import SECOND
from tickwise.demo.framing import Screen
from tickwise.demo.headless import UNTIL_S, play_through
from tickwise.demo.keys import keys_of_terminal
from tickwise.demo.live import prepared, watch
from tickwise.demo.pace import FASTEST, SLOWEST, Pace
from tickwise.demo.play import Play
from tickwise.demo.summary import summary, summary_lines
from tickwise.engine.clock import WallClock, process_age_s
from tickwise.errors import ConfigError

__all__ = ["SEED", "SPEED", "run_demo"]

SEED = 7
"""The seed whose first minutes hold a trade won, a trade lost, and signals refused for spread and news."""

SPEED = 30.0
"""Market seconds a second: a scalper's trade then lasts long enough to be seen."""


def run_demo(
    headless: bool = False,
    until_s: float | None = None,
    speed: float = SPEED,
    json_lines: bool = False,
    seed: int = SEED,
) -> int:
    """Run the demo and give the exit code, 0.

    `headless` prints a line for each event and a summary, as JSON with `json_lines`, without waiting; so does
    a standard output that is no terminal. `until_s` ends it after so many seconds of market time. Raises
    ConfigError for a speed, a time or a seed that cannot be meant.
    """
    if not SLOWEST <= speed <= FASTEST:
        raise ConfigError(f"a demo at {speed:g} times the speed: give {SLOWEST:g} to {FASTEST:g}")
    console = Console(highlight=False)
    if headless or json_lines or not console.is_terminal or console.is_dumb_terminal:
        return _told(seed, UNTIL_S if until_s is None else until_s, is_json=json_lines)
    return _shown(seed, until_s, speed, console)


def _told(seed: int, until_s: float, *, is_json: bool) -> int:
    """Tell the demo in lines: events to the output, what the wall clock says to the errors' stream."""
    clock = WallClock()
    begun_s = clock.now_s()
    play = Play.of(seed, until_s)
    play.see_history()
    sys.stderr.write(f"market made and core compiled or loaded in {clock.now_s() - begun_s:.1f} s\n")

    def first_trade() -> None:
        sys.stdout.flush()
        sys.stderr.write(f"first explained trade after {process_age_s():.1f} s\n")

    def write(text: str) -> None:
        sys.stdout.write(f"{text}\n")

    play_through(play, until_s, write, first_trade, is_json=is_json)
    return 0


def _shown(seed: int, until_s: float | None, speed: float, console: Console) -> int:
    """Show the demo live, and leave its summary on the screen."""
    clock = WallClock()
    play, took_s = prepared(seed, until_s, console, clock)
    screen = Screen(play)
    screen.say("demo", f"market made and core compiled or loaded in {took_s:.1f} s")
    end_ts = int(play.quotes.ts[-1]) if until_s is None else play.ts + int(until_s * int(SECOND))
    pace = Pace(clock, speed, play.ts)
    try:
        with keys_of_terminal() as pressed:
            watch(screen, pace, console, pressed, end_ts)
    except KeyboardInterrupt:
        pace.pause()
    for text in summary_lines(summary(play, screen.terms)):
        console.print(text, markup=False, soft_wrap=True)
    return 0
