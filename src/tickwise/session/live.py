"""A session that is fed one event at a time, as it happens: what the engine and a replay drive.

A quote or another event goes in, what the core decided comes out. The same kernel, the same records and the
same digest as where a whole tape is fed.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tickwise.core.layout import DECISION, EVENT, MINUTE_DIGEST, TRADE
from tickwise.core.live import HEAD, LOGS, QUOTE, TO_EVENT, WRITTEN, exchange_for
from tickwise.core.record import rows
from tickwise.core.replay import DECISIONS, MINUTES, TRADES
from tickwise.session.session import Session

NOTHING_DECIDED: NDArray[Any] = rows(DECISION, 0)
NO_TRADES: NDArray[Any] = rows(TRADE, 0)


class Outcome(NamedTuple):
    """What came of one event: decisions (DECISION) and ended trades (TRADE), in the order they were made."""

    decisions: NDArray[Any]
    trades: NDArray[Any]


NOTHING = Outcome(NOTHING_DECIDED, NO_TRADES)


class LiveSession:
    """A session and the exchange of bytes through which it is asked."""

    def __init__(self, session: Session) -> None:
        """Take a session over; `tickwise.session.assembly.assembled` makes one."""
        self.session = session
        self._block = session.records.block
        self._exchange = exchange_for(len(session.lanes))
        self._quote = self._exchange[: 8 * len(QUOTE)].view(np.int64)
        self._written = self._exchange[8 * len(QUOTE) : 8 * (len(QUOTE) + WRITTEN)].view(np.int64)
        self._event = self._exchange[HEAD:TO_EVENT].view(EVENT)
        places = self._exchange[HEAD - 8 * LOGS : HEAD].view(np.int64)
        self._trades = self._exchange[places[0] : places[1]].view(TRADE)
        self._decisions = self._exchange[places[1] : places[2]].view(DECISION)
        self._minutes = self._exchange[places[2] : places[3]].view(MINUTE_DIGEST)
        self._house, self._markets = session.records.houses, len(session.records.markets)
        self._minute_digests = bytearray()

    @property
    def due(self) -> int:
        """When time has to be brought to the session next, nanoseconds UTC; far off where nothing is due."""
        return int(self._house["clock"][0])

    def quote(self, ts: int, ts_event: int, bid: int, ask: int, instrument: int) -> Outcome:
        """Take a quote that was seen at `ts`; `instrument` is its place among the session's markets."""
        assert 0 <= instrument < self._markets, instrument  # compiled code does not look
        self._quote[:] = (ts, ts_event, bid, ask, instrument)
        return self._until_taken(self.session.kernel.live)

    def take(self, event: NDArray[Any]) -> Outcome:
        """Take an event that is no quote: one row of EVENT, from `new_event`."""
        self._event[0] = event[0]
        return self._until_taken(self.session.kernel.event)

    def pass_time(self, ts: int) -> Outcome:
        """Let timers strike up to `ts`."""
        self._event[0] = np.zeros(1, EVENT)[0]
        self._event["ts"] = ts
        return self._until_taken(self.session.kernel.event)

    def state(self) -> tuple[bytes, bytes]:
        """Give the records as bytes, and the digests of the minutes that have passed."""
        return self.session.snapshot(), bytes(self._minute_digests)

    def put_back(self, state: bytes, minutes: bytes) -> bool:
        """Put a state back before the first event; False, and nothing is changed, for another layout."""
        if not self.session.restore(state):
            return False
        self._add_minutes(np.frombuffer(minutes, MINUTE_DIGEST))
        return True

    def take_minutes(self, other: LiveSession) -> None:
        """Begin with the minutes of another session, before the first event."""
        self._add_minutes(np.frombuffer(bytes(other._minute_digests), MINUTE_DIGEST))

    def _add_minutes(self, minutes: NDArray[Any]) -> None:
        self.session.add_minutes(minutes)
        self._minute_digests += minutes.tobytes()

    def _until_taken(self, entry: Any) -> Outcome:
        """Call the kernel until it took what was given; more than once only after a long silence."""
        if entry(self._block, self._exchange):
            return self._written_now()
        parts = [self._written_now()]
        while not entry(self._block, self._exchange):
            parts.append(self._written_now())
        parts.append(self._written_now())
        decisions, trades = zip(*parts, strict=True)
        return Outcome(np.concatenate(decisions), np.concatenate(trades))

    def _written_now(self) -> Outcome:
        if self._written[MINUTES]:
            self._add_minutes(self._minutes[: self._written[MINUTES]])
        if not self._written[DECISIONS] and not self._written[TRADES]:
            return NOTHING
        decisions = np.array(self._decisions[: self._written[DECISIONS]])
        return Outcome(decisions, np.array(self._trades[: self._written[TRADES]]))


def new_event(kind: int, ts: int, **fields: int | float) -> NDArray[Any]:
    """Make one row of EVENT: what happened, when (nanoseconds UTC), and the fields its kind reads."""
    event = np.zeros(1, EVENT)
    event["kind"] = kind
    event["ts"] = ts
    for name, value in fields.items():
        event[name] = value
    return event
