"""What the pictures of the demo are drawn with: marks, styles, and the pieces both layouts share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap
from types import MappingProxyType
from typing import NamedTuple

from rich.text import Text

from tickwise.demo.frame import Bot, Header, Line, Mark, Position, Tone
from tickwise.demo.sparkline import ASCII, BLOCKS, sparkline


class Ink(NamedTuple):
    """Characters a terminal can show."""

    allows: str
    refuses: str
    quiet: str
    dot: str
    rail: str
    knob: str
    blocks: str

    def mark(self, mark: Mark) -> str:
        """Give the character of a verdict."""
        known = {Mark.ALLOWS: self.allows, Mark.QUIET: self.quiet, Mark.HOLDS: self.knob}
        return known.get(mark, self.refuses)


UNICODE = Ink("✓", "✗", "·", "·", "─", "●", BLOCKS)
PLAIN = Ink("+", "x", ".", "|", "-", "o", ASCII)
"""For a terminal whose encoding has nothing but ASCII."""

STYLES: Mapping[Mark, str] = MappingProxyType(
    {
        Mark.ALLOWS: "green",
        Mark.REFUSES: "red",
        Mark.FIRST: "bold red",
        Mark.QUIET: "dim",
        Mark.HOLDS: "bold",
    }
)

TONES: Mapping[Tone, str] = MappingProxyType(
    {Tone.PLAIN: "", Tone.WON: "green", Tone.LOST: "red", Tone.REFUSED: "yellow"}
)

NAMES = ("cyan", "magenta", "blue")
"""Styles of the bots' names, in the order of the bots."""

KEYS = "q stop   space pause   + faster   - slower"


def header_line(header: Header, ink: Ink, *, is_wide: bool) -> Text:
    """Say what runs: paper, synthetic, its seed, its time, its speed."""
    day = header.day if is_wide else header.day[:3]
    speed = "paused" if header.is_paused else header.speed
    parts = ["PAPER", "synthetic market", f"seed {header.seed}", f"{day} {header.clock}", speed]
    line = Text(no_wrap=True, overflow="ellipsis").append(" tickwise demo ", style="bold reverse")
    return line.append(" " + f" {ink.dot} ".join(parts), style="bold")


def spark(values: Sequence[int], width: int, ink: Ink, style: str = "cyan") -> Text:
    """Draw a sparkline in its style."""
    return Text(sparkline(values, width, ink.blocks), style=style, no_wrap=True)


def gauge(position: Position, width: int, ink: Ink) -> Text:
    """Draw where the price stands between the nearest stop and the target."""
    at = round(position.share * (width - 1))
    style = "green" if position.is_winning else "red"
    line = Text().append(ink.rail * at, style="dim").append(ink.knob, style=style)
    line.append(ink.rail * (width - 1 - at), style="dim")
    return line


def holding(position: Position) -> Text:
    """Say what is held, since when, and what it has gained."""
    line = Text(f"{position.what} at {position.entry} for {position.held}: ", no_wrap=True)
    return line.append(position.gain, style="green" if position.is_winning else "red")


def exits(position: Position, width: int, ink: Ink) -> Text:
    """Draw the nearest stop, the price on its way and the target, within `width` characters."""
    nearest = f"soft stop {position.soft_stop}" if position.soft_stop else f"stop {position.stop}"
    target = f"target {position.target}"
    line = Text(f"{nearest} ", no_wrap=True)
    line.append_text(gauge(position, max(3, min(40, width - len(nearest) - len(target) - 2)), ink))
    return line.append(f" {target}")


def verdict_line(bot: Bot, ink: Ink) -> Text:
    """Say what a bot does at this moment."""
    mark, style = (ink.refuses, "bold red") if bot.is_refused else (ink.allows, "green")
    if bot.position is not None:
        mark, style = ink.knob, "bold"
    return Text(f"{mark} {bot.verdict}", style=style, no_wrap=True, overflow="ellipsis")


def short(name: str) -> str:
    """Give the first word of a bot's name."""
    return name.partition("-")[0]


def log_lines(log: Sequence[Line], bots: Sequence[Bot], width: int, rows: int) -> list[Text]:
    """Give the newest lines of the log that fit, oldest first; a long one goes on below itself."""
    styles = {short(bot.name): NAMES[place % len(NAMES)] for place, bot in enumerate(bots)}
    name_width = max((len(name) for name in styles), default=0)
    indent = len("00:00:00 ") + name_width + 1
    found: list[Text] = []
    for line in reversed(log):
        pieces = wrap(line.says, max(20, width - indent)) or [""]
        if len(found) + len(pieces) > rows:
            break
        first = Text(no_wrap=True).append(f"{line.clock} ", style="dim")
        first.append(short(line.bot).ljust(name_width + 1), style=styles.get(short(line.bot), ""))
        first.append(pieces[0], style=TONES[line.tone])
        rest = [Text(" " * indent + piece, style=TONES[line.tone], no_wrap=True) for piece in pieces[1:]]
        found = [first, *rest, *found]
    return found
