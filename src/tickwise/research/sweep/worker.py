"""A process of a sweep: reads a job and then tasks, a line each, and answers each line with its rows.

It is a program of its own and not a fork, so that a notebook or a script without a `__main__` guard can
sweep, and so that no lock of the parent is inherited. It ends when nobody writes to it any more.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TextIO

from tickwise.research.sweep.job import Bench, Job


def main() -> None:
    """Answer the lines of the standard input until it ends."""
    answers = _own_output()
    bench = Bench(Job(**json.loads(sys.stdin.readline())))
    for line in sys.stdin:
        answers.write(json.dumps(bench.rows(json.loads(line))) + "\n")
        answers.flush()


def _own_output() -> TextIO:
    """Keep the standard output for answers; what a strategy's file prints goes to the standard error."""
    kept = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return kept


if __name__ == "__main__":
    main()
