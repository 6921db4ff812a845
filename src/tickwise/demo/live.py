"""The live view: feed the market at its pace, draw a frame a few times a second, listen for keys."""

from __future__ import annotations

from rich.console import Console
from rich.live import Live
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from tickwise.core.types import SECOND
from tickwise.demo.drawing import drawn
from tickwise.demo.framing import Screen
from tickwise.demo.keys import Pressed
from tickwise.demo.pace import Pace
from tickwise.demo.play import Play
from tickwise.engine.clock import Clock

FRAME_S = 0.125
"""Seconds from frame to frame."""

QUOTES_MAX = 500
"""Quotes fed between two frames at most: about a tenth of a second."""


def prepared(seed: int, until_s: float | None, console: Console, clock: Clock) -> tuple[Play, float]:
    """Make the play and compile the core, with a spinner that says so; give the seconds that took, too."""
    begun_s = clock.now_s()
    spinner = SpinnerColumn("line" if console.options.ascii_only else "dots")
    columns = (spinner, TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("making the synthetic market", total=None)
        play = Play.of(seed, until_s)
        progress.update(task, description="compiling the core and both strategies (later starts load them)")
        play.see_history()
    return play, clock.now_s() - begun_s


def watch(screen: Screen, pace: Pace, console: Console, pressed: Pressed, end_ts: int) -> None:
    """Show the play until its end, until `end_ts` (nanoseconds UTC), or until q or ctrl-c is pressed."""
    play = screen.play
    with Live(console=console, screen=True, auto_refresh=False) as live:
        while True:
            if not obeyed(pressed(), pace):
                return
            due = min(pace.reached(), end_ts)
            screen.take(play.until(due, QUOTES_MAX))
            if play.ts < due - int(FRAME_S * pace.speed * int(SECOND)):
                pace.start_from(play.ts)
            live.update(drawn(screen.frame(pace.speed, pace.is_paused), console), refresh=True)
            if play.ts >= end_ts or play.is_over:
                return
            pace.clock.sleep(FRAME_S)


def obeyed(keys: str, pace: Pace) -> bool:
    """Do what the keys ask for; False where they ask to stop."""
    for key in keys:
        if key in "qQ\x03\x04":
            return False
        if key == " ":
            pace.pause()
        elif key in "+=":
            pace.change(pace.speed * 2)
        elif key in "-_":
            pace.change(pace.speed / 2)
    return True
