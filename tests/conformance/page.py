"""The page of the laws: `uv run python -m conformance.page` in the folder of the tests writes it anew."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from conformance.kinds import KINDS
from conformance.laws import LAWS, Law

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "conformance.md"
FILES = ("test_orders", "test_positions", "test_streams")

HEAD = """\
# What holds at every venue

Numbered laws, each a test in `tests/conformance`. A law is written against the protocol of a venue
(`src/tickwise/venues/venue.py`) and the engine at it, never against one venue. At its end the books of
engine, journal and venue agree, and the session replays to equal decisions. *Holds* is a test that runs with
every change; *n/a* is a law about what cannot happen there: nothing travels to the core's own exchange, and
nobody else acts in its account.

Paper is the core's exchange on the prices of a venue's stream. OANDA is its local stand-in in
`tests/brokers`, over HTTP, with an account that nets and one that hedges. Another venue is one entry in
`tests/conformance/kinds.py`.

"""


def laws() -> dict[int, Law]:
    """Give every law by its number; their files are read for it."""
    for name in FILES:
        import_module(f"conformance.{name}")
    return dict(sorted(LAWS.items()))


def page() -> str:
    """Write the page."""
    names = [kind.name for kind in KINDS]
    rows = [f"| law | what it says | {' | '.join(names)} |", f"| --- | --- |{' --- |' * len(names)}"]
    for each in laws().values():
        held = " | ".join("holds" if name in each.kinds else "n/a" for name in names)
        rows.append(f"| C{each.number:02} | {each.says} | {held} |")
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    sys.stdout.write(f"{PAGE}: {PAGE.write_text(page())} characters\n")
