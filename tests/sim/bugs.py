"""Does the checker bite? `uv run python -m sim.bugs`: plants each known bug, and counts the seeds to it.

A hunt is ten minutes of faults instead of an hour, with as many kills, pauses and second starts as an hour
has, so that a bug of a restart is not waited for. Without a bug the same seeds must hold.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from sim.faults import Phases
from sim.oanda_engine import MENU, oanda_engine
from sim.oanda_process import PROCESS_FAULTS
from sim.planted import PLANTED, planted, says
from sim.world import SeedFailed, played

PHASES = Phases(20.0, 600.0, 180.0)
OFTEN = 12.0
HUNT = {
    name: replace(kind, per_hour=kind.per_hour * OFTEN) if name in PROCESS_FAULTS else kind
    for name, kind in MENU.items()
}
"""The menu of a hunt."""

SEEDS_MAX = 2_000


class Hunted(NamedTuple):
    """A bug, how many seeds it took to find it (0 where none did), by what, and the CPU seconds."""

    bug: str
    seeds: int
    found_by: str
    cpu_s: float

    def __str__(self) -> str:
        if not self.seeds:
            return f"{self.bug:4} NOT FOUND in {self.cpu_s:.0f} CPU s: {says(self.bug)}"
        head = f"{self.bug:4} found after {self.seeds} seeds ({self.cpu_s:.0f} CPU s): {says(self.bug)}"
        return f"{head}\n       {self.found_by}"


def hunted(bug: str, seeds_max: int = SEEDS_MAX) -> Hunted:
    """Run seeds with a bug until one of them finds it."""
    begun = time.process_time()
    for seed in range(seeds_max):
        found = failure_of(seed, bug)
        if found:
            return Hunted(bug, seed + 1, found, time.process_time() - begun)
    return Hunted(bug, 0, "", time.process_time() - begun)


def failure_of(seed: int, bug: str = "") -> str:
    """Run one seed; say what does not hold in it, or nothing."""
    try:
        with planted(bug):
            played(oanda_engine, seed, menu=HUNT, phases=PHASES)
    except SeedFailed as failure:
        cause = failure.__cause__
        return f"{type(cause).__name__}: {str(cause).partition(chr(10))[0]}"
    return ""


def all_hunted(bugs: Iterable[str], seeds_max: int, processes: int) -> Iterator[Hunted]:
    """Hunt bugs, one after the other in each process."""
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        asked = [pool.apply_async(hunted, (bug, seeds_max)) for bug in bugs]
        for each in asked:
            yield each.get()


def main(words: list[str] | None = None) -> int:
    """Hunt the bugs that are named, or all; 0 where each is found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("bugs", nargs="*", default=sorted(PLANTED, key=lambda name: int(name[1:])))
    parser.add_argument("--seeds", type=int, default=SEEDS_MAX, help="after so many seeds a hunt is given up")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args(words)
    missed = 0
    for each in all_hunted(asked.bugs, asked.seeds, asked.processes):
        sys.stdout.write(f"{each}\n")
        sys.stdout.flush()
        missed += not each.seeds
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
