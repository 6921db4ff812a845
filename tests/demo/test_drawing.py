from __future__ import annotations

import io
import re
from typing import Any

import pytest
from playing import told
from rich.console import Console

from tickwise.demo.drawing import drawn
from tickwise.demo.frame import Frame, Mark


def picture(frame: Frame, width: int, height: int, **how: Any) -> list[str]:
    console = Console(file=how.pop("file", io.StringIO()), width=width, height=height, **how)
    console.begin_capture()
    console.print(drawn(frame, console), end="")
    return console.end_capture().rstrip("\n").split("\n")


@pytest.fixture(scope="module")
def frames():
    """Give frames of moments that look different: shut, holding, refused by news, some hours on."""
    return [told(minutes).screen.frame(30.0) for minutes in (0, 3.2, 6.3, 15.3)]


@pytest.mark.parametrize(
    ("width", "height"), [(80, 24), (100, 30), (110, 34), (140, 40), (200, 60), (80, 50), (60, 16)]
)
def test_a_picture_fills_the_terminal_and_never_passes_its_edge(frames, width, height):
    for frame in frames:
        lines = picture(frame, width, height)
        assert len(lines) == height
        assert max(len(line) for line in lines) <= width


def test_eighty_by_twenty_four_shows_everything_that_matters(frames):
    shown = "\n".join(picture(frames[2], 80, 24))
    for part in (
        *("PAPER", "synthetic market", "seed 7", "13:04:18 UTC", "30x", "EUR_USD", "XAU_USD"),
        *("session ✓", "news ✓", "position ●", "day loss ✓", "state ✓", "signal"),
        *(
            "short 20,000 EUR_USD at 1.10242 for 39 s: -0.8 pips, -1.60 USD",
            "soft stop 1.10282",
            "target 1.10225",
        ),
        *("day -", "equity 9,99", "evaluations", "signals missed", "2 trades, 1 won, -4.80 USD"),
        *("closed by its soft stop at 1.10244", "refused a signal: spread 0.4 pips above 0.35"),
        *("Simulated", "No venue, no real money.", "Risk:", "q stop"),
    ):
        assert part in shown, part


def test_a_large_terminal_shows_each_gate_with_its_number(frames):
    shown = "\n".join(picture(frames[3], 140, 40))
    for part in (
        *(
            "1 session      ✓ clear until 21:55",
            "3 news         ✗ news of EUR Main Refinancing Rate until 13:20",
        ),
        *(
            "4 position     ✓ 0 of 1 open",
            "5 daily loss   ✓",
            "of 300.00 USD",
            "7 signal       · none at this quote",
        ),
        *(
            "✗ refuses: news of EUR Main Refinancing Rate until 13:20",
            "last: closed by its soft stop at 1.10268",
        ),
        *("how every evaluation ended", "spread pips", "in position", "minutes"),
    ):
        assert part in shown, part


def test_one_gate_is_the_first_that_refuses(frames):
    for frame in frames:
        for bot in frame.bots:
            firsts = [stage for stage in bot.stages if stage.mark is Mark.FIRST]
            assert len(firsts) == int(bot.is_refused)
            assert all(stage.says in bot.verdict for stage in firsts)


def test_every_bot_has_the_seven_stages_in_their_order(frames):
    names = ["session", "spread", "news", "position", "daily loss", "market state", "signal"]
    assert all([stage.name for stage in bot.stages] == names for frame in frames for bot in frame.bots)


def test_without_colour_nothing_but_characters_is_written(frames, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    lines = picture(frames[2], 140, 40, force_terminal=True, color_system="standard")
    styles = ";".join(re.findall(r"\x1b\[([\d;]*)m", "\n".join(lines))).split(";")
    assert {"0", "1", "2"} <= set(styles)
    assert not [style for style in styles if re.fullmatch(r"[349]\d|10\d", style)]


def test_a_terminal_without_block_characters_gets_plain_ones(frames):
    for size in ((80, 24), (140, 40)):
        assert "\n".join(picture(frames[2], *size, file=io.TextIOWrapper(io.BytesIO(), "ascii"))).isascii()
