"""Who watches a run: told when the core compiles and how far the tape has come."""

from __future__ import annotations

from typing import Protocol


class Watch(Protocol):
    """What a run tells as it goes."""

    def compiling(self) -> None:
        """Hear that the core is compiled for this machine; it takes seconds, and happens once."""
        ...

    def compiled(self, seconds: float) -> None:
        """Hear that the compiling is done, and how long it took."""
        ...

    def ran(self, rows: int, total: int) -> None:
        """Hear how many rows of the tape are done, of how many."""
        ...


class Unwatched:
    """A run that nobody watches."""

    def compiling(self) -> None:
        """Say nothing."""

    def compiled(self, seconds: float) -> None:
        """Say nothing."""

    def ran(self, rows: int, total: int) -> None:
        """Say nothing."""
