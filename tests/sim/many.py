"""Many seeds of an engine's hour on several processes: `uv run python -m sim.many --seeds 500` in tests.

Prints how long they took, what they met, and each seed in which something does not hold. The exit status is 0
where all hold and everything that must be met was met.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sim.oanda_engine import MENU, PHASES, oanda_engine
from sim.sometimes import Condition, Sometimes, every_kind
from sim.world import SeedFailed, played

UNKNOWN_FILLED = Condition("unknown that later filled", part=0.2)


class Ran(NamedTuple):
    """What came of one seed: what it met, what failed in it, and the CPU seconds it took."""

    seed: int
    counts: dict[str, int]
    failed: str
    cpu_s: float


def ran(seed: int) -> Ran:
    """Run one seed."""
    begun = time.process_time()
    try:
        counts, failed = dict(played(oanda_engine, seed, menu=MENU, phases=PHASES).counts), ""
    except SeedFailed as failure:
        counts, failed = {}, f"{str(failure).partition(chr(10) + '  ')[0]}\n{failure.__cause__}"
    return Ran(seed, counts, failed, time.process_time() - begun)


def all_ran(seeds: Iterable[int], processes: int) -> Iterator[Ran]:
    """Run seeds, in no order where there are several processes."""
    if processes == 1:
        yield from map(ran, seeds)
        return
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap_unordered(ran, seeds, chunksize=4)


def main(words: list[str] | None = None) -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=500)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args(words)
    met = Sometimes([*every_kind(MENU), UNKNOWN_FILLED])
    begun, cpu_s, failed = time.monotonic(), 0.0, 0
    for each in all_ran(range(asked.first, asked.first + asked.seeds), asked.processes):
        met.add(each.seed, each.counts)
        cpu_s += each.cpu_s
        failed += bool(each.failed)
        if each.failed:
            sys.stdout.write(f"{each.failed}\n")
            sys.stdout.flush()
    wall_s = time.monotonic() - begun
    sys.stdout.write(
        f"{asked.seeds} seeds on {asked.processes} processes: {wall_s:.1f} s, {cpu_s:.1f} CPU s,"
        f" {cpu_s / asked.seeds:.2f} a seed; {failed} failed\n{met.report()}\n"
    )
    return int(bool(failed) or not all(each.is_met for each in met.results()))


if __name__ == "__main__":
    sys.exit(main())
