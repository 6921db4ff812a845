"""A recorded session read back whole: what a replay and an explanation begin with."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from tickwise.engine.past import session_of
from tickwise.errors import JournalError
from tickwise.journal import entries as j
from tickwise.market_data.recording import Recording


class Recorded(NamedTuple):
    """A session as journal and tape hold it."""

    opened: j.SessionOpened
    entries: list[j.Entry]
    tape: Path
    prefix: str
    """How its order ids begin."""

    @property
    def events(self) -> int:
        """How many events it took in, as far as the tape goes."""
        rows = len(Recording(self.tape).rows())
        return rows + sum(each.taken for each in self.entries)

    @property
    def last_ts(self) -> int:
        """When the last event was taken, as far as tape and journal go; nanoseconds UTC."""
        rows = Recording(self.tape).rows()
        on_tape = int(rows["ts"][-1]) if len(rows) else self.opened.ts
        return max(on_tape, max((each.ts for each in self.entries if each.taken), default=0))


def recorded(where: str | Path | None, session: str, tape: Path | None, prefix: str) -> Recorded:
    """Read a session, the last one where no name is given; from another tape file where one is named.

    `prefix` is how order ids begin where the session has none. Raises JournalError and DataError.
    """
    found = session_of(where, session)
    if found is None:
        named = f"no session {session} in this journal" if session else "this journal holds no session"
        raise JournalError(f"{named}: `tickwise journal sessions` lists them, `tickwise run` makes one")
    opened, entries = found.opened, found.entries
    path = tape or Path(opened.tape)
    Recording(path)
    return Recorded(opened, entries, path, _prefix(opened, entries) or prefix)


def _prefix(opened: j.SessionOpened, entries: list[j.Entry]) -> str:
    """Read off an order how its session called them; "" where there was none."""
    order = next((each.order for each in entries if isinstance(each, j.Intent)), "")
    return order.rpartition(f"{opened.session}-")[0]
