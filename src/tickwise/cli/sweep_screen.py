"""A bar for work of many like parts: how many are done, how fast, and how long the rest will take."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tickwise.cli.screen import err
from tickwise.cli.watch import ScreenWatch


class Counting(ScreenWatch):
    """Shows the compiling as any run does, and then the parts that are done."""

    def __init__(self, says: str) -> None:
        """Name the parts that are counted."""
        super().__init__()
        self._says = says
        self.done = self.total = 0
        self._counted: Any = None
        self._counter: Any = None

    def ran(self, rows: int, total: int) -> None:
        """Hear how many parts are done, of how many."""
        self.done, self.total = rows, total
        if not err().is_terminal:
            return
        if self._counted is None:
            self._counted = _bar()
            self._counted.start()
            self._counter = self._counted.add_task(f"of {total:,} {self._says}", total=total, completed=rows)
        self._counted.update(self._counter, completed=rows)

    def close(self) -> None:
        """Take what moves off the screen."""
        super().close()
        if self._counted is not None:
            self._counted.stop()
            self._counted = None


def _bar() -> Any:
    """Make the bar: done, rate, time left."""
    from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Any) -> Text:
            return Text("" if not task.speed else f"{task.speed:,.1f} a second")

    text = TextColumn("{task.completed:,.0f} {task.description}")
    left = TimeRemainingColumn()
    return Progress(BarColumn(), text, Rate(), left, TextColumn("left"), console=err(), transient=True)


@contextmanager
def counting(says: str, keeps: bool | None = None) -> Iterator[Counting]:
    """Give a watch that leaves the screen clean; with `keeps` said, an interrupt tells what becomes of it."""
    watch = Counting(says)
    try:
        yield watch
    except KeyboardInterrupt:
        watch.close()
        kept = "kept: the same command goes on from there" if keeps else "lost: with --out they are kept"
        if keeps is not None:
            err().print(f"{watch.done:,} of {watch.total:,} {says} were done and are {kept}", soft_wrap=True)
        raise
    finally:
        watch.close()
