"""Shards done by several processes, each on the one mapped tape; in whatever order they end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from queue import SimpleQueue
from threading import Lock
from typing import IO

from tickwise.errors import TickwiseError
from tickwise.research.sweep import worker
from tickwise.research.sweep.job import Bench, Job, Task
from tickwise.research.sweep.measures import Row

Shard = tuple[int, Sequence[Task]]
"""A shard's number and its tasks: what is done as one, and kept as one."""

Done = tuple[int, list[tuple[int, Row]]]
"""A shard's number, and the rows of its tasks with their numbers."""

LIVES = 2
"""How often a shard is begun before a process that ends over it is taken for its fault."""


class Worker:
    """One process, and the pipe to it."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._lock = Lock()
        self._is_over = False
        self._begin()

    def _begin(self) -> None:
        """Start the process. It leaves our group, so that an interrupt at the terminal is ours alone."""
        self.running = subprocess.Popen(
            [sys.executable, "-m", worker.__name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self._say(self._job.to_json())

    def _say(self, line: str) -> None:
        assert self.running.stdin is not None
        try:
            self.running.stdin.write(line.encode() + b"\n")
            self.running.stdin.flush()
        except BrokenPipeError:
            return  # it is gone; the answer that does not come says so

    def do(self, shard: Shard) -> Done:
        """Have a shard done. Raises TickwiseError where the process ends over it again and again."""
        for _ in range(LIVES):
            self._say(json.dumps(shard[1]))
            pipe: IO[bytes] | None = self.running.stdout
            assert pipe is not None
            answer = pipe.readline()
            if answer.endswith(b"\n"):
                return shard[0], [(number, row) for number, row in json.loads(answer)]
            self._begin_again()
        raise TickwiseError(
            f"a process of the sweep ended {LIVES} times over the same sets, the last time with "
            f"{self.running.poll()}: its standard error says why; too little memory is the usual reason"
        )

    def _begin_again(self) -> None:
        """Start another process for one that is gone, unless the work was ended."""
        with self._lock:
            self._stop()
            if self._is_over:
                raise TickwiseError("the sweep was ended")
            self._begin()

    def end(self) -> None:
        """Stop the process for good and wait until it is gone."""
        with self._lock:
            self._is_over = True
            self._stop()

    def _stop(self) -> None:
        self.running.kill()
        self.running.wait()
        for pipe in (self.running.stdin, self.running.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):  # what was not sent yet
                    pipe.close()


def cores() -> int:
    """Count the cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def done(job: Job, shards: Sequence[Shard], processes: int) -> Iterator[Done]:
    """Do the shards, and give each as it ends; with one process, in this one.

    Leaving the iteration ends every process at once; what was given by then is whole.
    """
    if processes == 1 or len(shards) < 2:
        bench = Bench(job)
        for number, tasks in shards:
            yield number, bench.rows(tasks)
        return
    workers = [Worker(job) for _ in range(min(processes, len(shards)))]
    free: SimpleQueue[Worker] = SimpleQueue()
    for each in workers:
        free.put(each)

    def work(shard: Shard) -> Done:
        mine = free.get()
        try:
            return mine.do(shard)
        finally:
            free.put(mine)

    threads = ThreadPoolExecutor(len(workers))
    try:
        for ended in as_completed([threads.submit(work, shard) for shard in shards]):
            yield ended.result()
    finally:
        threads.shutdown(wait=False, cancel_futures=True)
        for each in workers:
            each.end()
        threads.shutdown(wait=True)
