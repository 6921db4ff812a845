"""What is known of an account's trades and orders, so that its transactions can be told in our words.

OANDA names a stop that is cancelled, or a trade that is closed, by a number alone. The memory holds what the
number stands for: learnt from the account as a whole, and from each transaction once. Transactions come from
three sides (a reply, the stream, a read of what was missed), in any order and more than once; what one was
told as is kept, so that it is told in the same words again.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

import msgspec

from tickwise.venues.venue import Change

Kind: TypeAlias = Literal["entry", "exit", "stop", "target", "trailing"]

LEFT_UNKNOWN = -(2**62)
"""What stays open of a position where that is not known."""

TOLD_MAX = 4096
"""Transactions whose telling is kept: hours of trading, longer than any of them comes late."""


class OpenTrade(msgspec.Struct):
    """A trade that is open: our id of its entry or "", its signed units and the price it opened at."""

    order: str
    instrument: str
    units: int
    price: int
    as_of: int
    """The mark of the opening, or of the account, that it was learnt from: what came before is in `units`."""
    taken: dict[int, int] = msgspec.field(default_factory=dict)
    """Signed units that were taken off it since, by mark."""

    def left_at(self, mark: int) -> int:
        """Give the units that stayed open at a mark, by the reductions that were seen."""
        return self.units - sum(units for at, units in self.taken.items() if at <= mark)


class Working(NamedTuple):
    """An order that works: of which kind, our id of it or "", and the trade it is hung on or ""."""

    kind: Kind
    order: str
    trade: str


class Leaving(NamedTuple):
    """An exit of ours that was sent and not yet seen: nothing on the wire carries its id."""

    order: str
    trade: str
    units: str
    """As it stands on the wire: ALL, or a number."""


class Memory:
    """What is known of one account."""

    def __init__(self) -> None:
        self.trades: dict[str, OpenTrade] = {}
        self.orders: dict[str, Working] = {}
        self.leaving: list[Leaving] = []
        self.told: dict[int, tuple[Change, ...]] = {}
        self._owned: dict[int, str] = {}
        self._claimed: dict[str, int] = {}
        self._upto = -1
        self._ahead: dict[int, None] = {}

    def is_whole(self, mark: int) -> bool:
        """Tell whether every transaction up to a mark has been seen, since the account was read whole."""
        return mark <= self._upto

    def saw(self, mark: int) -> None:
        """Note that a transaction was seen; the marks of an account follow each other without a gap."""
        if mark > self._upto >= 0:
            self._ahead[mark] = None
        while self._upto + 1 in self._ahead:
            self._upto += 1
            del self._ahead[self._upto]

    def is_new(self, mark: int) -> bool:
        """Tell whether an account as of this mark is at least as new as what is known."""
        return mark >= self._upto

    def learn(self, mark: int, trades: dict[str, OpenTrade], orders: dict[str, Working]) -> None:
        """Take the whole of an account as of a mark in place of what is known; an older one is no news."""
        if not self.is_new(mark):
            return
        later = {name: trade for name, trade in self.trades.items() if trade.as_of > mark}
        self.trades = trades | later
        self.orders = self._named(orders) | {name: self.orders[name] for name in self._orders_after(mark)}
        self._upto = mark
        self._ahead = {seen: None for seen in self._ahead if seen > mark}

    def _orders_after(self, mark: int) -> list[str]:
        """Give the orders that were created after a mark: an order's number is its transaction's."""
        return [name for name in self.orders if name.isdigit() and int(name) > mark]

    def _named(self, orders: dict[str, Working]) -> dict[str, Working]:
        """Keep what our ids of orders were."""
        known = self.orders
        return {
            name: order._replace(order=order.order or known[name].order) if name in known else order
            for name, order in orders.items()
        }

    def keep(self, mark: int, changes: tuple[Change, ...]) -> tuple[Change, ...]:
        """Keep what a transaction was told as, and give it."""
        self.told[mark] = changes
        if len(self.told) > TOLD_MAX:
            del self.told[next(iter(self.told))]
        return changes

    def expect_exit(self, exit_sent: Leaving) -> None:
        """Note that an exit of ours is about to be sent."""
        self.leaving.append(exit_sent)

    def forget_exit(self, order: str) -> None:
        """Drop an exit that was proven never to have reached the venue's books."""
        self.leaving = [each for each in self.leaving if each.order != order]

    def own(self, mark: int, order: str) -> None:
        """Note that a transaction stood in the reply to an order of ours, unless another already took it."""
        if order not in self._claimed and mark not in self.told:
            self._owned[mark] = order

    def order_of(self, mark: int, client_id: str, trade: str, units: str) -> str:
        """Give our id of an order: by its client's id, by the reply it stood in, or as an exit we sent."""
        order = client_id or self._owned.pop(mark, "") or self._exit_of(trade, units)
        if order:
            self.forget_exit(order)
            self._claimed[order] = mark
            if len(self._claimed) > TOLD_MAX:
                del self._claimed[next(iter(self._claimed))]
        return order

    def _exit_of(self, trade: str, units: str) -> str:
        """Find the oldest exit of ours, not yet seen, that asks for the same of the same trade."""
        found = (each for each in self.leaving if trade and each.trade == trade and each.units == units)
        return next((each.order for each in found), "")
