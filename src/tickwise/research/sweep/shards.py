"""Tasks put together into shards, done, kept as each ends, and put in order again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tickwise.research.sweep.job import Job, Task
from tickwise.research.sweep.kept import Kept
from tickwise.research.sweep.measures import Row
from tickwise.research.sweep.workers import Shard, done
from tickwise.research.watch import Watch

SHARD_ROWS = 20_000_000
"""Quotes times sets in a shard: a few tenths of a second, so that little is lost when one is cut off."""

SHARD_SETS = 16
"""The most sets in a shard, however short the tape: making a session takes some 15 ms of a set."""


def shards_of(tasks: Sequence[Task], rows: Sequence[int]) -> list[Shard]:
    """Put tasks together into shards, by the length of the tape alone."""
    size = max(1, min(SHARD_SETS, SHARD_ROWS // (rows[1] - rows[0])))
    parts = [tasks[first : first + size] for first in range(0, len(tasks), size)]
    return list(enumerate(parts))


def finish(job: Job, shards: Sequence[Shard], processes: int, kept: Kept, watch: Watch) -> None:
    """Do the shards that are not done yet; keep each as it ends, and let the watch hear of it."""
    total = sum(len(tasks) for _, tasks in shards)
    ended = sum(len(each) for each in kept.rows.values())
    watch.ran(ended, total)
    for each in done(job, [shard for shard in shards if shard[0] not in kept.rows], processes):
        kept.add(each)
        ended += len(each[1])
        watch.ran(ended, total)


def ordered(parts: Iterable[Sequence[tuple[int, Row]]], total: int) -> tuple[Row, ...]:
    """Put the rows of all shards in the order of their tasks."""
    found = dict(pair for part in parts for pair in part)
    assert sorted(found) == list(range(total))
    return tuple(found[at] for at in range(total))
