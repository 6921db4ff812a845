"""What a checker is given: the journal J, the broker's own truth W, and the requests R.

Times are nanoseconds UTC of one clock. Prices are ticks, units signed unit steps, money millionths of the
account's currency. An adapter of a local broker fills in W and R by code that shares nothing with the
engine's.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, NamedTuple, TypeAlias

from tickwise.journal.entries import Entry

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
FOREVER = 2**62


class Row(NamedTuple):
    """An entry of the journal with its number: J is these, in order."""

    seq: int
    entry: Entry


class Stored(NamedTuple):
    """An entry as it is stored: what the chain of hashes is over."""

    seq: int
    kind: str
    ts: int
    event: int
    version: int
    body: bytes
    digest: bytes


# W: the broker's own truth, in the order in which it happened.


@dataclass(frozen=True, slots=True)
class Made:
    """The broker has an order. `ours` is the client's id on it; `trade` is the position it leaves, or "".

    `visible_ts` is when the client could first know of it.
    """

    ts: int
    account: str
    mark: int
    order: str
    ours: str
    instrument: str
    units: int
    trade: str = ""
    visible_ts: int = FOREVER


@dataclass(frozen=True, slots=True)
class Over:
    """An order ended without a fill, or the rest of it did."""

    ts: int
    account: str
    mark: int
    order: str
    ours: str
    how: Literal["rejected", "cancelled", "expired"]


@dataclass(frozen=True, slots=True)
class Traded:
    """Units of a position changed by `units`. `cash` is what the balance changed by; `cause` is who did it.

    `visible_ts` is when the client could first know of it.
    """

    ts: int
    account: str
    mark: int
    order: str
    ours: str
    instrument: str
    trade: str
    execution: str
    units: int
    price: int
    cash: int = 0
    balance: int = 0
    cause: Literal["entry", "exit", "stop", "target", "user", "broker"] = "entry"
    visible_ts: int = FOREVER


@dataclass(frozen=True, slots=True)
class Rests:
    """What rests at the broker to protect a position from now on; 0 is nothing.

    `visible_ts` is when the client could first know of it.
    """

    ts: int
    account: str
    mark: int
    trade: str
    stop: int
    target: int = 0
    by: Literal["client", "user", "broker"] = "client"
    visible_ts: int = FOREVER


@dataclass(frozen=True, slots=True)
class Paid:
    """The balance changed by something that is no trade. A flow is a person's: no loss and no gain."""

    ts: int
    account: str
    mark: int
    amount: int
    balance: int
    is_flow: bool = True


@dataclass(frozen=True, slots=True)
class Quoted:
    """The broker's price from now on, as it was true; what the client saw of it may be later or never."""

    ts: int
    instrument: str
    bid: int
    ask: int
    tradeable: bool = True


Happened: TypeAlias = Made | Over | Traded | Rests | Paid | Quoted


# R: what left.


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as its bytes left, parsed by the adapter. What the bytes do not say is "" or 0.

    `stop` is a distance for an entry and a price where a stop is set. `says` is why the bytes could not be
    read.
    """

    ts: int
    verb: Literal["enter", "leave", "set_stop", "cancel", "read", "stream"]
    method: str
    path: str
    body: bytes = b""
    host: str = ""
    account: str = ""
    order: str = ""
    trade: str = ""
    instrument: str = ""
    units: int = 0
    stop: int = 0
    target: int = 0
    bound: int = 0
    owner: str = ""
    """The process that sent it."""
    says: str = ""

    @property
    def payload(self) -> str:
        """Give the digest that stands in the send mark: SHA-256 of method, path and body."""
        return sha256(f"{self.method} {self.path}\n".encode() + self.body).hexdigest()
