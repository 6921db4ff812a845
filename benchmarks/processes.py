"""`tickwise backtest` of 300,000 quotes as a whole process: with nothing cached, and warm.

Cold means an empty folder for compiled code; the byte code of the installed packages is there, as after any
first import. What is timed is what a person waits for: from the shell's start of the program to its end.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import measure
from tickwise.market_data.tape import TapeWriter

QUOTES = 300_000
ROUNDS = 7
COLD_ROUNDS = 2


def tape() -> Path:
    """Write the first quotes as a file, once; give its path."""
    path = measure.FOLDER / f"quotes-{QUOTES}.tape.parquet"
    if not path.is_file():
        with TapeWriter(path, [("EUR_USD", "0.00001")], source="benchmarks/make_data.py") as writer:
            writer.append(measure.quote_tape(QUOTES).read())
    return path


def run(path: Path, cache: str) -> dict[str, object]:
    """Run the command; give what it printed."""
    command = [str(Path(sys.executable).parent / "tickwise"), "backtest"]
    command += [str(measure.EXAMPLES / "reference_w1.toml"), "--data", str(path), "--json", "-"]
    environment = {**os.environ, "TICKWISE_CACHE_DIR": cache}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def main() -> None:
    """Print the seconds of a cold and of a warm run."""
    path = tape()
    with tempfile.TemporaryDirectory() as cache:
        run(path, cache)
        warm = [measure.timed(lambda: run(path, cache)) for _ in range(ROUNDS)]
        trades = run(path, cache)["trades"]
    cold = []
    for _ in range(COLD_ROUNDS):
        with tempfile.TemporaryDirectory() as cache:
            cold.append(measure.timed(lambda: run(path, cache)))
    print(
        f"tickwise backtest, {QUOTES:,} quotes, {trades} trades: "
        f"cold {statistics.median(cold):.1f} s, warm {statistics.median(warm):.2f} s"
    )


if __name__ == "__main__":
    main()
