"""What a person is told: a line of some kind, and what it is about."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class Urgency(IntEnum):
    """How soon a person should know; the most urgent goes first."""

    CRITICAL = 0
    WARNING = 1
    NEWS = 2


class Kind(NamedTuple):
    """Notices that share a message: what stands above them, and how urgent they are."""

    title: str
    urgency: Urgency
    is_whole: bool = False
    """Whether its lines say all: none of them stands for one notice among many."""


FILL = Kind("Filled", Urgency.NEWS)
TRADE = Kind("Trade ended", Urgency.NEWS)
REJECTED = Kind("Order rejected", Urgency.WARNING)
DENIED = Kind("Order not sent", Urgency.WARNING)
UNKNOWN = Kind("Order unknown", Urgency.CRITICAL)
KNOWN = Kind("Unknown order cleared up", Urgency.WARNING)
STOP_REFUSED = Kind("Stop refused", Urgency.CRITICAL)
LOST = Kind("Connection lost", Urgency.WARNING)
BACK = Kind("Connection back", Urgency.NEWS)
BREAKER = Kind("Breaker opened", Urgency.WARNING)
KILL_SWITCH = Kind("Kill switch tripped", Urgency.CRITICAL)
DAY_LOST = Kind("Day lost", Urgency.CRITICAL)
STOPPED = Kind("Stopped", Urgency.CRITICAL)
SWITCHED = Kind("Switched", Urgency.WARNING)
COMMAND = Kind("Command failed", Urgency.WARNING)
ALARM = Kind("Alarm", Urgency.CRITICAL)
WARNING = Kind("Warning", Urgency.WARNING)
FAILURE = Kind("Failure", Urgency.WARNING)
FOREIGN = Kind("Not ours at the venue", Urgency.WARNING)
DIFFERENCES = Kind("Our book and the venue's differ", Urgency.WARNING)
ARMED = Kind("Armed for real money", Urgency.WARNING)
SESSION = Kind("Session", Urgency.NEWS)
SILENT = Kind("Engine silent", Urgency.CRITICAL)
SPEAKS = Kind("Engine writes again", Urgency.WARNING)
MISSED = Kind("While nobody was told", Urgency.WARNING, is_whole=True)
SUMMARY = Kind("Daily summary", Urgency.NEWS, is_whole=True)
TEST = Kind("Test", Urgency.NEWS)


class Notice(NamedTuple):
    """One thing to tell. `seq` is the entry that says so, 0 for what no entry says; `ts` nanoseconds UTC."""

    kind: Kind
    says: str
    ts: int
    seq: int = 0
    instrument: str = ""
    bot: str = ""
