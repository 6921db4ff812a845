"""The decisions of a lane at one event, in the order they were made.

A lane has a small box for them; the loop empties it after each event. The engine acts on them, the backtest
keeps them, the digest holds every field of an intent.
"""

from typing import Any

from tickwise.core.compiled import constant, hot
from tickwise.core.layout import MAILBOX
from tickwise.core.mix import chained, combined

ENTER = constant(1)
LEAVE = constant(2)
MOVE_STOP = constant(3)
FILLED = constant(4)
REJECTED = constant(5)
CLOSED = constant(6)
SIGNAL_ONLY = constant(7)
DAY_LOST = constant(8)
TRIPPED = constant(9)

NONE = constant(0)

ACTS = {
    ENTER: "enter",
    LEAVE: "leave",
    MOVE_STOP: "move_stop",
    FILLED: "filled",
    REJECTED: "rejected",
    CLOSED: "closed",
    SIGNAL_ONLY: "signal_only",
    DAY_LOST: "day_lost",
    TRIPPED: "tripped",
}
"""What a decision does, or what it saw happen: `enter`, `leave` and `move_stop` are intents."""


@hot
def note(
    lane: Any,
    ts: int,
    act: int,
    reason: int,
    units: int,
    price: int,
    stop: int,
    target: int,
    bound: int,
    order: int,
) -> None:
    """Put a decision into the lane's box and its intent into the digest; prices in ticks."""
    assert lane.mail < MAILBOX
    box = lane.box[lane.mail]
    box.ts = ts
    box.act = act
    box.reason = reason
    box.side = 1 if units > 0 else -1
    box.units = units
    box.price = price
    box.stop = stop
    box.target = target
    box.bound = bound
    box.id = order
    box.earned = 0
    box.commission = 0
    lane.mail += 1
    if act <= MOVE_STOP:
        intent = chained(chained(chained(lane.salt, ts), lane.account), act * 1000 + reason)
        intent = chained(chained(intent, units), price)
        intent = chained(chained(chained(intent, stop), target), bound)
        lane.digest = combined(lane.digest, intent)


@hot
def money_noted(lane: Any, earned: int, commission: int) -> None:
    """Add to the decision noted last what a fill earned and what it cost, in millionths."""
    box = lane.box[lane.mail - 1]
    box.earned = earned
    box.commission = commission
