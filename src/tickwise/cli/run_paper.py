"""Bots on paper at OANDA's live prices: the account only reads, and orders are answered here."""

from __future__ import annotations

from tickwise.cli.run_live import run_live
from tickwise.cli.wanted import Wanted
from tickwise.engine import run_paper as paper


def run_paper(wanted: Wanted) -> int:
    """Run until a command or a signal ends it; give the exit code. Raises a TickwiseError."""
    return run_live(wanted, paper.run_paper, "paper at OANDA's live prices, nothing is sent")
