"""Where entries and the rows folded out of them are kept, as the writer sees it: by transactions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from tickwise.journal.chain import Written
from tickwise.journal.folds.rows import Changes, Key
from tickwise.journal.schema import JournalState, Row


class Disconnected(Exception):
    """The connection broke: whether what was under way is stored, nobody knows."""


class Store(Protocol):
    """A journal opened to be written by one writer, whose token stands in its one row.

    What goes wrong is raised as a JournalError; `Disconnected` where it can only be found out by asking anew.
    """

    where: str
    """The place, for messages."""

    def transaction(self, *, synced: bool) -> AbstractContextManager[None]:
        """Begin; what is done inside is stored together or not at all.

        `synced` transactions are on disk when they are over, and all before them.
        """
        ...

    def state(self) -> JournalState:
        """Read the journal's one row."""
        ...

    def take_over(self, owner: str, ts: int) -> JournalState:
        """Take the next token: whoever wrote before can commit no more."""
        ...

    def set_state(self, state: JournalState, was_seq: int) -> bool:
        """Change the journal's one row; False where another token or another end stands there."""
        ...

    def row(self, kind: type[Row], key: Key) -> Row | None:
        """Look a row up."""
        ...

    def add(self, entries: Sequence[Written]) -> None:
        """Store entries."""
        ...

    def put(self, changes: Changes) -> None:
        """Store rows, new ones and changed ones."""
        ...

    def clear(self, kinds: Iterable[type[Row]]) -> None:
        """Throw away every row of these kinds."""
        ...

    def entries(self, after: int, limit: int) -> list[Written]:
        """Read entries in their order, after a number."""
        ...

    def rows(self, kind: type[Row], after: Key | None, limit: int) -> list[Row]:
        """Read rows of a kind in the order of their key, after one."""
        ...

    def reconnect(self) -> None:
        """Connect anew after `Disconnected`, and make sure that nothing of before is under way any more."""
        ...

    def rest(self, *, is_calm: bool) -> None:
        """Do what keeps the database fast; `is_calm` tells that nobody waits now."""
        ...

    def log_bytes(self) -> int:
        """Give the size of what is written ahead of the database's own file; 0 where there is no such."""
        ...

    def close(self) -> None:
        """End, and let another write."""
        ...
