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
from functools import partial
from typing import NamedTuple

from brokers.oanda.faults import FAULTS
from sim import oanda_engine
from sim.sometimes import Condition, Sometimes, every_kind
from sim.world import SeedFailed, played

NEVER_DRAWN = ("truncate",)
"""What the local OANDA can do and no weather does."""

STORIES = {
    "oanda_engine": [
        *every_kind(oanda_engine.MENU),
        *(Condition(f"oanda {name}", 20) for name in sorted(FAULTS) if name not in NEVER_DRAWN),
        Condition("unknown that later filled", part=0.2),
    ],
    "lost_reply": [
        Condition("oanda drop_reply", part=0.99),
        Condition("unknown that later filled", part=0.9),
    ],
    "read_too_early": [
        Condition("oanda delay_acceptance", part=0.9),
        Condition("unknown that later filled", part=0.8),
    ],
}
"""What is run, and what its seeds must have met."""


class Ran(NamedTuple):
    """What came of one seed: what it met, what failed in it, and the CPU seconds it took."""

    seed: int
    counts: dict[str, int]
    failed: str
    cpu_s: float


def ran(story: str, seed: int) -> Ran:
    """Run one seed."""
    begun, scenario = time.process_time(), getattr(oanda_engine, story)
    try:
        counts, failed = dict(played(scenario, seed, **scenario.said).counts), ""
    except SeedFailed as failure:
        counts, failed = {}, f"{str(failure).partition(chr(10) + '  ')[0]}\n{failure.__cause__}"
    return Ran(seed, counts, failed, time.process_time() - begun)


def all_ran(story: str, seeds: Iterable[int], processes: int) -> Iterator[Ran]:
    """Run seeds, in no order where there are several processes."""
    if processes == 1:
        yield from map(partial(ran, story), seeds)
        return
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap_unordered(partial(ran, story), seeds, chunksize=4)


def main(words: list[str] | None = None) -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--story", choices=STORIES, default="oanda_engine")
    parser.add_argument("--seeds", type=int, default=500)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args(words)
    met = Sometimes(STORIES[asked.story])
    begun, cpu_s, failed = time.monotonic(), 0.0, 0
    for each in all_ran(asked.story, range(asked.first, asked.first + asked.seeds), asked.processes):
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
