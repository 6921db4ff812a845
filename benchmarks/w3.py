"""W3: two hundred parameter sets of W1 over half a million quotes, through the full step on two threads.

Every set is a session of its own with its own account. The kernel lets go of Python's lock, so that threads
run at once. The loop by hand runs the same sets on the same threads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import loops
import measure

THREADS = 2
ROUNDS = 3
QUOTES = 500_000
RIGHT = (60_785, -16_019.90)

THRESHOLDS = (0.20, 0.25, 0.30, 0.35, 0.40, 0.45, 0.50, 0.55, 0.60, 0.70)
FLOORS = (0.6, 0.8, 1.0, 1.2, 1.4)
TARGETS = (0.6, 0.8, 1.0, 1.5)
GRID = tuple(product(THRESHOLDS, FLOORS, TARGETS))


def on_threads(work: Callable[[object], object], each: Iterable[object]) -> list[object]:
    """Do a work for each set, on both threads."""
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, each))


def main() -> None:
    """Print evaluations a second, beside the loop's."""
    tape = measure.quote_tape(QUOTES)
    chunk = tape.read()
    configs = [
        measure.bot(
            "reference_w1.toml",
            {"params.threshold_pips": a, "params.range_floor_pips": b, "exits.target_pips": c},
        )
        for a, b, c in GRID
    ]
    ran = []

    def ours():
        ran[:] = [measure.session(config, tape) for config in configs]
        return lambda: on_threads(lambda each: each.feed(chunk), ran)

    def theirs():
        return on_threads(lambda p: loops.w1(chunk.ts, chunk.bid, chunk.ask, p[0], p[1], 0.35, p[2]), GRID)

    measure.session(configs[0], tape).feed(chunk)
    each = theirs()
    by_hand = sum(n for n, _ in each), sum(ticks for _, ticks in each) / 10 * loops.UNITS_PER_PIP
    measure.verdict("the loop", by_hand, RIGHT)
    seconds, plain, ratio = measure.in_turns(ROUNDS, ours, theirs)
    found = [measure.found(each) for each in ran]
    said = measure.verdict("W3", (sum(n for n, _ in found), sum(money for _, money in found)), RIGHT)
    evaluations = sum(int(each.counts().sum()) for each in ran)
    print(
        f"W3 on {THREADS} threads: {evaluations / seconds / 1e9:.3f} G evaluations a second; "
        f"by hand {evaluations / plain / 1e9:.3f}, ratio {ratio:.1f}; {said}"
    )


if __name__ == "__main__":
    main()
