"""Draw the demo's picture again: `python examples/picture_of_the_demo.py [FOLDER]`.

Plays the demo's market to one moment and writes what the terminal shows at 140 by 40: demo.txt as plain text
and demo.svg in colour. The same code gives the same files. FOLDER is docs/pictures unless named.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from rich.console import Console

from tickwise.demo import SEED, SPEED
from tickwise.demo.drawing import drawn
from tickwise.demo.framing import Screen
from tickwise.demo.play import Play

MINUTES = 14.25
"""A moment at which one bot holds a position and the other waits for the news to pass."""

WIDTH, HEIGHT = 140, 40


def main(folder: Path) -> None:
    """Play to the moment, draw it, and write both files."""
    play = Play.of(SEED)
    play.see_history()
    screen = Screen(play)
    screen.take(play.until(play.market.begin_ts + int(MINUTES * 60e9)))
    console = Console(record=True, width=WIDTH, height=HEIGHT, file=io.StringIO(), force_terminal=True)
    console.print(drawn(screen.frame(SPEED), console), end="")
    folder.mkdir(parents=True, exist_ok=True)
    lines = [line.rstrip() for line in console.export_text(clear=False).splitlines()]
    (folder / "demo.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    console.save_svg(str(folder / "demo.svg"), title="tickwise demo")
    print(f"wrote {folder / 'demo.txt'} and {folder / 'demo.svg'}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "docs" / "pictures")
