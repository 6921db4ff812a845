"""Draw a frame for the terminal there is."""

from __future__ import annotations

from rich.console import Console, RenderableType

from tickwise.demo.compact import compact
from tickwise.demo.frame import Frame
from tickwise.demo.ink import PLAIN, UNICODE
from tickwise.demo.wide import HEIGHT_MIN, WIDTH_MIN, wide


def drawn(frame: Frame, console: Console) -> RenderableType:
    """Draw a frame in the size and the characters of a console."""
    width, height = console.size
    ink = PLAIN if console.options.ascii_only else UNICODE
    if width >= WIDTH_MIN and height >= HEIGHT_MIN:
        return wide(frame, width, height, ink)
    return compact(frame, width, height, ink)
