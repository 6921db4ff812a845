"""A bar on the standard error for work that lasts; where no terminal is, nothing."""

from __future__ import annotations

from typing import Any

from tickwise.cli.screen import err


class Bar:
    """Shows how far work has come. Use it with `with`; it leaves the screen clean."""

    def __init__(self, says: str, total: int | None = None) -> None:
        """Expect so many of what `says` names; None where nobody knows."""
        self._says, self._total, self._done = says, total, 0
        self._bar: Any = None

    def __enter__(self) -> Bar:
        if err().is_terminal:
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

            of = f"of {self._total:,} {self._says}" if self._total else self._says
            text = TextColumn("{task.completed:,.0f} {task.description}")
            self._bar = Progress(BarColumn(), text, TimeElapsedColumn(), console=err(), transient=True)
            self._bar.start()
            self._task = self._bar.add_task(of, total=self._total)
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def more(self, count: int) -> None:
        """Hear that so much more is done."""
        self.at(self._done + count)

    def at(self, done: int, total: int | None = None) -> None:
        """Hear how much is done, and of how much where that is known by now."""
        self._done = done
        if self._bar is not None:
            self._bar.update(self._task, completed=done, **({"total": total} if total else {}))
