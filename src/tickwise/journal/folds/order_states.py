"""The states of an order, and the only ways from one to another.

`unknown` is not an end: an order leaves it by the venue's word or by evidence, and a lost order that turns up
after all, or a fill that crosses a cancel, is believed, because the venue is right. Whatever is not listed
stops the journal.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from tickwise.errors import JournalImpossible

Status: TypeAlias = Literal[
    "intended",
    "sent",
    "accepted",
    "partly_filled",
    "filled",
    "cancelled",
    "rejected",
    "expired",
    "denied",
    "never_received",
    "unknown",
]

ENDED = frozenset({"filled", "cancelled", "rejected", "expired", "denied", "never_received"})
"""States in which nothing of an order works at the venue any more."""

ACCEPTED_BEFORE = frozenset({"partly_filled", "filled", "cancelled", "rejected", "expired"})
"""States in which an acceptance that arrives late moves nothing."""

_FILLS = ("partly_filled", "filled")
_ENDS = ("cancelled", "rejected", "expired")

EDGES: dict[str, tuple[str, ...]] = {
    "": ("intended",),
    # A send mark may be lost with a crash, and what the core fills itself is never sent.
    "intended": ("sent", "denied", "unknown", "accepted", *_FILLS, *_ENDS),
    "sent": ("unknown", "accepted", *_FILLS, *_ENDS),
    "accepted": ("unknown", *_FILLS, *_ENDS),
    "partly_filled": ("unknown", *_FILLS, *_ENDS),
    "unknown": ("unknown", "accepted", "never_received", *_FILLS, *_ENDS),
    # A fill may be larger than what was asked for, or cross the end of its order on the way.
    "filled": ("filled",),
    "cancelled": ("cancelled", "filled"),
    "rejected": ("rejected", "filled"),
    "expired": ("expired", "filled"),
    # Evidence that an order was never received is our conclusion; what the venue says later is stronger.
    "never_received": ("accepted", *_FILLS, *_ENDS),
    "denied": (),
}
"""From each state ("" is before the order) to the states that may follow."""

_FILLED_LATE = frozenset({"cancelled", "rejected", "expired"})


def moved(order: str, was: str, now: Status) -> Status:
    """Give the next state of an order; raises JournalImpossible where no such way is listed."""
    if now not in EDGES[was]:
        raise JournalImpossible(f"order {order} went from {was or 'nothing'} to {now}, which no order does")
    return now


def ended(order: str, was: str, now: Status) -> Status:
    """Give the state of an order that ended; raises JournalImpossible where it had ended already."""
    if was in ENDED and was != "never_received":
        raise JournalImpossible(f"order {order} was {was} and ended once more, as {now}")
    return moved(order, was, now)


def filled(order: str, was: str, is_whole: bool) -> Status:
    """Give the state of an order after a fill: one that had ended works no more, whatever is left of it."""
    if is_whole or was == "filled":
        return moved(order, was, "filled")
    return moved(order, was, was if was in _FILLED_LATE else "partly_filled")  # type: ignore[arg-type]
