"""Peak memory of a backtest: on a tape of one chunk, and on one twenty times as long.

Each runs in a process of its own, from a file. What grows with the tape is the list of trades and decisions
and nothing else; the peak of the long tape may be larger by those.
"""

from __future__ import annotations

import resource
import subprocess
import sys

import numpy as np

import measure
from tickwise.market_data.tape import CHUNK_ROWS, QuoteChunk, TapeWriter
from tickwise.research.backtest import backtest

CHUNKS = 20
GROWTH_MAX = 1.10
"""How much more the long tape may take: trades and decisions, and the noise of the allocator."""


def written(chunks: int) -> str:
    """Write a tape of so many chunks, the data over and over with its times moved on; give its path."""
    path = measure.FOLDER / f"quotes-{chunks}.tape.parquet"
    if path.is_file():
        return str(path)
    found = measure.columns("quotes")
    length = len(found["ts"])
    span = int(found["ts"][-1] - found["ts"][0]) + 1_000_000_000
    with TapeWriter(path, [("EUR_USD", "0.00001")], source="benchmarks/make_data.py") as tape:
        for first in range(0, chunks * CHUNK_ROWS, CHUNK_ROWS):
            rows = np.arange(first, first + CHUNK_ROWS)
            at = rows % length
            ts = found["ts"][at] + rows // length * span
            tape.append(QuoteChunk(ts, found["bid"][at], found["ask"][at]))
    return str(path)


def peak(path: str) -> tuple[float, int]:
    """Backtest a tape in a process of its own; give its peak memory in MiB and the trades."""
    run = subprocess.run([sys.executable, __file__, path], capture_output=True, text=True, check=True)
    kilobytes, trades = run.stdout.split()
    return int(kilobytes) / 1024, int(trades)


def child(path: str) -> None:
    """Run the backtest and print what it took: kilobytes on Linux, bytes on macOS."""
    result = backtest(measure.EXAMPLES / "reference_w1.toml", path)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(most // 1024 if sys.platform == "darwin" else most, result.stats["trades"])


def main() -> None:
    """Print both peaks."""
    peak(written(1))
    short, few = peak(written(1))
    long, many = peak(written(CHUNKS))
    if long > GROWTH_MAX * short:
        raise SystemExit(f"{long:.0f} MiB against {short:.0f}: memory grows with the tape")
    print(
        f"peak memory: {short:.0f} MiB on a tape of one chunk ({few:,} trades), "
        f"{long:.0f} MiB on one of {CHUNKS} ({many:,} trades)"
    )


if __name__ == "__main__":
    child(sys.argv[1]) if len(sys.argv) > 1 else main()
