"""Show on the standard error that the core compiles, and how far a long tape has come."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tickwise.cli.screen import err

COMPILING = "compiling the core for this machine, once: about 10 s"
LONG_ROWS = 3_000_000
"""A tape of more rows than these has a progress bar; a shorter one is done before it would be seen."""


class ScreenWatch:
    """Lines on the standard error; on a terminal they move."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None

    def compiling(self) -> None:
        """Say that the core is being compiled, with the seconds that pass."""
        if err().is_terminal:
            from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

            columns = (SpinnerColumn("line"), TextColumn("{task.description}"), TimeElapsedColumn())
            self._show(Progress(*columns, console=err(), transient=True), COMPILING, None)
        else:
            err().print(COMPILING, soft_wrap=True)

    def compiled(self, seconds: float) -> None:
        """Say how long the compiling took."""
        self.close()
        err().print(f"compiled in {seconds:.1f} s; kept for the next time", soft_wrap=True)

    def ran(self, rows: int, total: int) -> None:
        """Move the progress bar of a long tape; `total` is 0 where nobody knows."""
        if 0 < total < LONG_ROWS or not err().is_terminal:
            return
        if self._bar is None:
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

            says = f"of {total:,} rows" if total else "rows"
            columns = (
                BarColumn(),
                TextColumn("{task.completed:,.0f} {task.description}"),
                TimeElapsedColumn(),
            )
            self._show(Progress(*columns, console=err(), transient=True), says, total or None)
        self._bar.update(self._task, completed=rows)

    def _show(self, bar: Any, says: str, total: int | None) -> None:
        self._bar = bar
        self._bar.start()
        self._task = self._bar.add_task(says, total=total)

    def close(self) -> None:
        """Take what moves off the screen."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


@contextmanager
def watching() -> Iterator[ScreenWatch]:
    """Give a watch that leaves the screen clean, whatever happens."""
    watch = ScreenWatch()
    try:
        yield watch
    finally:
        watch.close()
