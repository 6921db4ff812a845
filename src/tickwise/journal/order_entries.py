"""Entries of what became of orders, positions and money."""

from __future__ import annotations

from typing import Literal

from tickwise.journal.entry import By, Entry


class Sent(Entry, frozen=True, tag="sent"):
    """The bytes of a request left: SHA-256 of them, and the venue's mark (last transaction) noted before.

    `order` is a position's id where `verb` sets its stop.
    """

    order: str
    payload: str
    mark: int
    number: int
    verb: Literal["enter", "leave", "set_stop", "cancel"] = "enter"


class Denied(Entry, frozen=True, tag="denied"):
    """The last hop did not let an order out: it is ended, nothing was sent."""

    order: str
    lane: int
    why: str
    by: By = "venue"
    is_exit: bool = False


class Accepted(Entry, frozen=True, tag="accepted"):
    """The venue has the order."""

    order: str
    venue_order: str
    mark: int


class Unknown(Entry, frozen=True, tag="unknown"):
    """Nobody knows what became of an order: it counts as exposure and blocks its instrument.

    `again` tells of an order to leave that the position may be left by another meanwhile, where leaving twice
    leaves once.
    """

    order: str
    lane: int
    why: str
    again: bool = False


class Evidence(Entry, frozen=True, tag="evidence"):
    """Why an order is unknown no longer: what the venue said, from which mark to which."""

    order: str
    lane: int
    found: bool
    since: int
    until: int
    says: str


class Filled(Entry, frozen=True, tag="filled"):
    """An entry was filled, whole or in part; `added` tells that the position was there already.

    `stop` and `target` are the prices that rest at the venue, 0 where none does. `latency` is nanoseconds
    from the decision to the fill, as the engine saw it.
    """

    by: By
    order: str
    position: str
    execution: str
    lane: int
    units: int
    price: int
    stop: int
    target: int
    commission: int
    balance: int = 0
    mark: int = 0
    added: bool = False
    latency: int = 0
    instrument: str = ""
    account: str = ""
    venue_position: str = ""


class Reduced(Entry, frozen=True, tag="reduced"):
    """A position was left, in whole or in part: `units` are signed as the position was."""

    by: By
    order: str
    position: str
    execution: str
    lane: int
    units: int
    price: int
    reason: str
    gross: int
    commission: int
    financing: int = 0
    balance: int = 0
    mark: int = 0
    left: int = 0
    instrument: str = ""
    account: str = ""
    venue_position: str = ""


class Ended(Entry, frozen=True, tag="ended"):
    """An order ended without a fill, or what was left of it did. `reason` is ours, `says` the venue's."""

    by: By
    order: str
    lane: int
    status: Literal["rejected", "cancelled", "expired", "never_received"]
    reason: str
    policy: Literal["retry_later", "resize", "give_up"]
    says: str
    is_exit: bool = False
    mark: int = 0
    account: str = ""


class StopSet(Entry, frozen=True, tag="stop_set"):
    """The stop and target that rest at the venue for a position; 0 is none. `refused` says why a change
    failed.
    """

    position: str
    lane: int
    stop: int
    target: int
    refused: str = ""
    mark: int = 0


class ForeignSeen(Entry, frozen=True, tag="foreign"):
    """A position or order at the venue that is not ours: counted, shown, not managed. `units` 0 is gone.

    `open_by` is by how much this changes how many there are: 1, 0 or -1. `mark` is the venue's change that
    told of it, 0 where a look at the account did.
    """

    venue_id: str
    account: str
    instrument: str
    units: int
    price: int
    open_by: int = 0
    mark: int = 0
    is_order: bool = False


class Adopted(Entry, frozen=True, tag="adopted"):
    """A foreign position was given to a lane by command, or one of an earlier session to the lane it had."""

    venue_id: str
    position: str
    lane: int
    units: int
    price: int
    stop: int
    target: int
    instrument: str = ""
    account: str = ""
    was_foreign: bool = True


class BalanceSeen(Entry, frozen=True, tag="balance"):
    """The venue's balance of an account; `flow` is what a deposit, a withdrawal or financing moved.

    `why` is `opening` at the start of a session, with the equity at the start of the trading day and whether
    the day is lost already, `deposit`, `financing`, or anything else.
    """

    account: str
    balance: int
    flow: int
    why: str
    mark: int = 0
    day_start: int = 0
    day_lost: bool = False


class Reconciled(Entry, frozen=True, tag="reconciled"):
    """Our positions and orders were held against the venue's: what differed, nothing where all agrees."""

    account: str
    mark: int
    differences: tuple[str, ...] = ()
