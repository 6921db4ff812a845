"""Follows the journal: a page of entries at a time, from where the last one ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from tickwise.journal.entries import Entry, Reloaded, SessionOpened
from tickwise.journal.entry_readings import entries_after, state
from tickwise.notify.names import Names, names_at
from tickwise.notify.notice import Notice
from tickwise.notify.notices import WRITERS, notice_of

PAGE = 2_000
"""Entries read at a time."""

_READ: tuple[type[Entry], ...] = (*WRITERS, Reloaded)

KINDS = tuple(str(kind.__struct_config__.tag) for kind in _READ)
"""The kinds of entries that are read; most of a journal is of others."""


class Page(NamedTuple):
    """What a look at the journal gave: notices in their order, and whether these are all there are."""

    notices: Sequence[Notice]
    is_last: bool


class Follower:
    """Where the journal was read up to, and what the numbers there mean.

    Entries of a session on a tape are passed over: nothing of it is at any venue, and its times are not ours.
    """

    def __init__(self, after: int) -> None:
        """Go on after an entry; 0 is the beginning."""
        self.after = after
        self._names: Names | None = None

    def read(self, connection: Connection) -> Page:
        """Give the next page, in one transaction."""
        if self._names is None:
            self._names = names_at(connection, self.after)
        end = state(connection).seq
        found = entries_after(connection, self.after, kinds=KINDS, limit=PAGE)
        notices = []
        for seq, entry in found:
            if isinstance(entry, SessionOpened):
                self._names.opened(entry)
            elif isinstance(entry, Reloaded):
                self._names.reloaded(entry)
            notice = None if self._names.is_on_tape else notice_of(seq, entry, self._names)
            if notice:
                notices.append(notice)
        is_last = len(found) < PAGE
        self.after = end if is_last else found[-1][0]
        return Page(notices, is_last)
