"""The trades each strategy makes on the synthetic tape, as text; run as a script it writes them anew.

python tests/strategies/golden_trades.py
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import fleet  # noqa: E402

from tickwise.core.outcome import NAMES  # noqa: E402
from tickwise.core.types import REASONS  # noqa: E402
from tickwise.session.session import Session  # noqa: E402

FOLDER = HERE.parent / "golden" / "strategies"
HOURS = 4

COLUMNS = "entry_ts side units entry_price exit_ts exit_price reason pnl"
"""Nanoseconds UTC, unit steps, ticks, and millionths of a dollar."""


def text_of(session: Session, name: str) -> str:
    """Write one strategy's outcomes and trades."""
    lane = fleet.NAMES.index(name)
    counts = session.counts()[lane]
    outcomes = " ".join(f"{NAMES[place]}={int(n)}" for place, n in enumerate(counts) if n)
    lines = [
        f"# {name} on the synthetic EUR/USD of 2024-03-04 from 07:00 UTC, {HOURS} hours, seed {fleet.SEED}"
    ]
    lines += [f"# {outcomes}", COLUMNS]
    for row in fleet.rows_of(session.trades, lane):
        prices = (f"{float(row[each]):.3f}" for each in ("entry_price", "exit_price"))
        entry, leaving = prices
        lines.append(
            f"{row['entry_ts']} {row['side']:+d} {row['units']} {entry} {row['exit_ts']} {leaving} "
            f"{REASONS[int(row['reason'])]} {row['pnl']}"
        )
    return "\n".join(lines) + "\n"


def path_of(name: str) -> Path:
    """Give the file that holds a strategy's trades."""
    return FOLDER / f"{name}.txt"


if __name__ == "__main__":
    done = fleet.run(fleet.quotes(HOURS))
    for each in fleet.NAMES:
        path_of(each).write_text(text_of(done, each), encoding="utf-8")
