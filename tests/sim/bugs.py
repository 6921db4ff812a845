"""Does the checker bite? `uv run python -m sim.bugs`: plants each known bug, and counts the seeds to it.

A hunt is ten minutes of faults instead of an hour, with as many kills, pauses and second starts as an hour
has, so that a bug of a restart is not waited for. A bug is found by a seed that holds without it, and by an
invariant that the bug is about; where a law of the journal stops the process first, that is counted apart.
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
from sim.oanda_engine import MENU, Stopped, oanda_engine, read_too_early
from sim.oanda_process import PROCESS_FAULTS
from sim.planted import ABOUT, PLANTED, planted, says
from sim.world import SeedFailed, played

PHASES = Phases(20.0, 600.0, 180.0)
OFTEN = 12.0
HUNT = {
    name: replace(kind, per_hour=kind.per_hour * OFTEN) if name in PROCESS_FAULTS else kind
    for name, kind in MENU.items()
}
"""The menu of a hunt."""

LATE = ("M7",)
"""Bugs that show where a fill comes after the time-out: they are hunted where every other order is late."""

SEEDS_MAX = 2_000

SEEDS_AFTER_STOP = 20
"""How many seeds more the checker gets where the journal stopped a bug first: it may never see that one."""


class Verdict(NamedTuple):
    """What came of a seed: the invariants that do not hold, and the law that ended a process, or ""."""

    violated: frozenset[str]
    stopped: str
    says: str

    @property
    def is_fine(self) -> bool:
        """Whether the seed holds."""
        return not self.says


class Hunted(NamedTuple):
    """A bug, the seeds until the checker found it, and those until the journal stopped it; 0 is never."""

    bug: str
    found: int
    by: tuple[str, ...]
    """The invariants that found it: some of those it is about."""
    stopped: int
    law: str
    seeds: int
    cpu_s: float

    def __str__(self) -> str:
        found = f"found by {' '.join(self.by)} at seed {self.found - 1}" if self.found else "NOT found"
        stopped = f"stopped by the journal at seed {self.stopped - 1}" if self.stopped else "not stopped"
        head = (
            f"{self.bug:4} {found}, {stopped}; {self.seeds} seeds, {self.cpu_s:.0f} CPU s: {says(self.bug)}"
        )
        return f"{head}\n       {self.law}" if self.law else head


def hunted(bug: str, seeds_max: int = SEEDS_MAX) -> Hunted:
    """Run seeds with a bug until the checker finds it; a seed that fails without the bug does not count."""
    begun, stopped, law = time.process_time(), 0, ""
    for seed in range(seeds_max):
        if stopped and seed >= stopped + SEEDS_AFTER_STOP:
            seeds_max = seed
            break
        verdict = verdict_of(seed, bug)
        by = tuple(sorted(verdict.violated & ABOUT[bug], key=lambda name: int(name[1:])))
        is_new_stop = bool(verdict.stopped) and not stopped
        if not (by or is_new_stop) or not verdict_of(seed, is_late=bug in LATE).is_fine:
            continue
        if is_new_stop:
            stopped, law = seed + 1, verdict.stopped
        if by:
            return Hunted(bug, seed + 1, by, stopped, law, seed + 1, time.process_time() - begun)
    return Hunted(bug, 0, (), stopped, law, seeds_max, time.process_time() - begun)


def verdict_of(seed: int, bug: str = "", is_late: bool = False) -> Verdict:
    """Run one seed, with a bug or without; `is_late` is by the venue at which orders are acted on late."""
    try:
        with planted(bug):
            if bug in LATE or is_late:
                played(read_too_early, seed, **read_too_early.said)  # type: ignore[attr-defined]
            else:
                played(oanda_engine, seed, menu=HUNT, phases=PHASES)
    except SeedFailed as failure:
        cause = failure.__cause__
        first = f"{type(cause).__name__}: {str(cause).partition(chr(10))[0]}"
        found = frozenset(each.invariant for each in getattr(cause, "found", ()))
        return Verdict(found, first if isinstance(cause, Stopped) else "", first)
    return Verdict(frozenset(), "", "")


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
        missed += not (each.found or each.stopped)
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
