"""Run the command line as `python -m tickwise`."""

from __future__ import annotations

from tickwise.cli import main

main()
