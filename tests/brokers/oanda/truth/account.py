"""One account: its state, the transactions that made it so, and the only way to write another."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from brokers.oanda.text import SECOND, ZERO, Instant
from brokers.oanda.truth.records import EXIT_FIELDS, Earned, Order, Trade

Transaction = dict[str, Any]
"""A transaction as the wire shows it, but for its times."""


@dataclass(slots=True)
class State:
    """What can be read of an account after its last transaction."""

    balance: Decimal
    margin_rate: Decimal
    alias: str = ""
    last_id: int = 0
    pending: dict[int, Order] = field(default_factory=dict)
    open: dict[int, Trade] = field(default_factory=dict)
    done_orders: dict[int, Order] = field(default_factory=dict)
    """Filled and cancelled orders; shared with earlier states, for such an order changes no more."""
    done_trades: dict[int, Trade] = field(default_factory=dict)
    earned: dict[tuple[str, int], Earned] = field(default_factory=dict)
    """By instrument and side, long +1 and short -1."""
    pl: Decimal = ZERO
    resettable_pl: Decimal = ZERO
    financing: Decimal = ZERO
    margin_called_at: int | None = None
    last_fill_at: int | None = None

    def copy(self) -> State:
        """Give the state as it is now; later changes do not reach it."""
        return replace(self, pending=dict(self.pending), open=dict(self.open), earned=dict(self.earned))

    def order(self, order_id: int) -> Order | None:
        """Find an order, finished or not."""
        if found := self.pending.get(order_id):
            return found
        done = self.done_orders.get(order_id)
        return done if done and done.done_by <= self.last_id else None

    def trade(self, trade_id: int) -> Trade | None:
        """Find a trade, closed or not."""
        if found := self.open.get(trade_id):
            return found
        done = self.done_trades.get(trade_id)
        return done if done and done.closed_by[-1] <= self.last_id else None

    def orders(self) -> Iterator[Order]:
        """Give every order, oldest first."""
        known = [*self.pending.values()]
        known += [done for done in self.done_orders.values() if done.done_by <= self.last_id]
        return iter(sorted(known, key=lambda order: order.id))

    def trades(self) -> Iterator[Trade]:
        """Give every trade, oldest first."""
        known = [*self.open.values()]
        known += [done for done in self.done_trades.values() if done.closed_by[-1] <= self.last_id]
        return iter(sorted(known, key=lambda trade: trade.id))

    def open_in(self, instrument: str) -> list[Trade]:
        """Give the open trades of an instrument, oldest first."""
        return [trade for trade in self.open.values() if trade.instrument == instrument]


class Account:
    """An account of one client. Only a batch changes its state."""

    def __init__(
        self, name: str, currency: str, state: State, created: int, *, hedging: bool, fifo: bool
    ) -> None:
        self.id = name
        self.currency = currency
        self.state = state
        self.created = created
        self.hedging = hedging
        self.fifo = fifo
        self.user_id = int(name.split("-")[2])
        self.transactions: list[Transaction] = []
        self.locks: set[str] = set()
        """What is not allowed: ACCOUNT_LOCKED, ACCOUNT_ORDER_CREATION_LOCKED and their like."""
        self.past: deque[tuple[int, State]] = deque()
        """Earlier states and until when each of them stood."""

    def remember(self, now: int, kept_s: float) -> None:
        """Keep the state that a change is about to end, and forget what is too old to be asked for."""
        if kept_s:
            self.past.append((now, self.state.copy()))
            while self.past and self.past[0][0] < now - int(kept_s * SECOND):
                self.past.popleft()

    def as_of(self, ts: int) -> State:
        """Give the state that stood at a time, as far back as states are kept."""
        return next((state for ended, state in self.past if ended > ts), self.state)

    def since(self, transaction_id: int, until: int | None = None) -> list[Transaction]:
        """Give the transactions newer than an id, up to another."""
        return self.transactions[transaction_id : self.state.last_id if until is None else until]

    def client_order(self, client_id: str) -> Order | None:
        """Find the pending order that carries a client's id."""
        return next(
            (order for order in self.state.pending.values() if order.extensions.id == client_id), None
        )

    def client_trade(self, client_id: str) -> Trade | None:
        """Find the open trade that carries a client's id."""
        return next((trade for trade in self.state.open.values() if trade.extensions.id == client_id), None)


class Batch:
    """Transactions that take effect together: one time, one batch id, consecutive ids."""

    def __init__(self, account: Account, now: int, request_id: str | None, kept_s: float = 0.0) -> None:
        account.remember(now, kept_s)
        self.account = account
        self.now = now
        self.request_id = request_id
        self.first = account.state.last_id + 1

    @property
    def next_id(self) -> int:
        return self.account.state.last_id + 1

    def add(self, kind: str, **fields: Any) -> Transaction:
        """Write a transaction; fields that are None are left out."""
        account = self.account
        told = {
            "id": str(self.next_id),
            "time": Instant(self.now),
            "userID": account.user_id,
            "accountID": account.id,
            "batchID": str(self.first),
            "requestID": self.request_id,
            "type": kind,
            **fields,
        }
        transaction = {name: value for name, value in told.items() if value is not None}
        account.transactions.append(transaction)
        account.state.last_id += 1
        return transaction

    def written(self) -> list[Transaction]:
        """Give what this batch has written so far."""
        return self.account.transactions[self.first - 1 : self.account.state.last_id]

    def cancel(self, order: Order, reason: str, replaced_by: int | None = None) -> Transaction:
        """Cancel an order, and unhook it from its trade."""
        state = self.account.state
        transaction = self.add(
            "ORDER_CANCEL",
            orderID=str(order.id),
            clientOrderID=order.extensions.id,
            reason=reason,
            replacedByOrderID=None if replaced_by is None else str(replaced_by),
        )
        state.pending.pop(order.id, None)
        state.done_orders[order.id] = replace(
            order,
            state="CANCELLED",
            cancelled_by=state.last_id,
            cancelled_at=self.now,
            replaced_by=replaced_by,
        )
        self.unhook(order)
        return transaction

    def unhook(self, order: Order) -> None:
        """Take a finished exit off its trade."""
        state = self.account.state
        trade = state.open.get(order.trade_id or 0)
        if trade and order.is_exit and getattr(trade, EXIT_FIELDS[order.type]) == order.id:
            state.open[trade.id] = replace(trade, **{EXIT_FIELDS[order.type]: None})
