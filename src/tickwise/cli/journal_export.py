"""Write signals or trades of a journal as CSV, whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import Connection

from tickwise.cli.plain import STDOUT
from tickwise.cli.progress import Bar
from tickwise.cli.since import since_of
from tickwise.journal.database import run_once
from tickwise.journal.export import export_signals, export_trades
from tickwise.journal.scope import scope_of
from tickwise.research.moment import moment_of

WAYS: dict[str, Callable[..., int]] = {"signals": export_signals, "trades": export_trades}
"""What writes each."""

FOREVER = 2**63 - 1


def exported(where: str | Path | None, kind: str, target: str, since: str, until: str) -> int:
    """Write them to a file, or to the standard output; give how many there are. Raises a TickwiseError."""

    def write(connection: Connection) -> int:
        scope = scope_of(connection)
        first = since_of(since, scope.until_ts if scope else 0) if since else 0
        end = moment_of(until) if until else FOREVER
        with Bar(kind) as bar, _opened(target) as file:
            return WAYS[kind](connection, file, first, end, bar.at)

    return run_once(where, write)


@contextmanager
def _opened(target: str) -> Iterator[TextIO]:
    """Give a file to write that takes its name when it is whole."""
    if target == STDOUT:
        yield sys.stdout
        return
    unfinished = Path(f"{target}.unfinished")
    file: Any = unfinished.open("w", encoding="utf-8", newline="")
    try:
        with file:
            yield file
        os.replace(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)
