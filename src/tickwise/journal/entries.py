"""The kinds of entry of the journal, and what each says.

Times are nanoseconds UTC. Prices are whole ticks of the instrument as `SessionOpened` describes it; units are
signed whole unit steps; money is in millionths of the account's currency. No float is money or price.

`event` is the number of the event that the entry belongs to: the engine numbers everything that it takes in
(quotes and timers stand on the tape, all else in the journal), in the order in which it takes it. An entry
with `by = "venue"` was taken in and then given to the core; one with `by = "core"` came out of the core, and
a replay must give it again.

Fields are only ever added, with a default; a kind is never used again for another thing.
"""

from __future__ import annotations

from tickwise.journal.decision_entries import (
    Counted,
    DayLost,
    ExitIntent,
    Intent,
    Refused,
    SignalSeen,
    StopIntent,
    SwitchTripped,
    TradeBooked,
)
from tickwise.journal.entry import ENTRIES_VERSION, By, Entry
from tickwise.journal.order_entries import (
    Accepted,
    Adopted,
    BalanceSeen,
    Denied,
    Ended,
    Evidence,
    Filled,
    ForeignSeen,
    Reconciled,
    Reduced,
    Sent,
    StopSet,
    Unknown,
)
from tickwise.journal.session_entries import (
    CalendarRefreshed,
    ConfigText,
    InstrumentRow,
    LaneRow,
    Reloaded,
    SessionClosed,
    SessionOpened,
    SessionRecovered,
    SnapshotTaken,
    TapeWritten,
)
from tickwise.journal.watch_entries import (
    Alarm,
    Armed,
    CommandEnded,
    CommandStarted,
    Connection,
    Fact,
    Failure,
    Ordered,
    Switched,
)

__all__ = [
    "ENTRIES_VERSION",
    "KINDS",
    "Accepted",
    "Adopted",
    "Alarm",
    "Armed",
    "BalanceSeen",
    "By",
    "CalendarRefreshed",
    "CommandEnded",
    "CommandStarted",
    "ConfigText",
    "Connection",
    "Counted",
    "DayLost",
    "Denied",
    "Ended",
    "Entry",
    "Evidence",
    "ExitIntent",
    "Fact",
    "Failure",
    "Filled",
    "ForeignSeen",
    "InstrumentRow",
    "Intent",
    "LaneRow",
    "Ordered",
    "Reconciled",
    "Reduced",
    "Refused",
    "Reloaded",
    "Sent",
    "SessionClosed",
    "SessionOpened",
    "SessionRecovered",
    "SignalSeen",
    "SnapshotTaken",
    "StopIntent",
    "StopSet",
    "SwitchTripped",
    "Switched",
    "TapeWritten",
    "TradeBooked",
    "Unknown",
]

KINDS: tuple[type[Entry], ...] = (
    SessionOpened,
    SessionRecovered,
    SessionClosed,
    SnapshotTaken,
    TapeWritten,
    Reloaded,
    CalendarRefreshed,
    Intent,
    ExitIntent,
    StopIntent,
    SignalSeen,
    Refused,
    Counted,
    DayLost,
    SwitchTripped,
    TradeBooked,
    Sent,
    Denied,
    Accepted,
    Unknown,
    Evidence,
    Filled,
    Reduced,
    Ended,
    StopSet,
    ForeignSeen,
    Adopted,
    BalanceSeen,
    Reconciled,
    Connection,
    Switched,
    Ordered,
    Fact,
    Failure,
    Alarm,
    CommandStarted,
    CommandEnded,
    Armed,
)
"""Every kind of entry there is."""
