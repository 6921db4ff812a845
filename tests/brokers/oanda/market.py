"""The market and the user between the tape and the truth: halts, gaps, and what is done by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from brokers.oanda.faults import Faults
from brokers.oanda.server.clocks import Clock
from brokers.oanda.text import decimal
from brokers.oanda.truth import closeout, closes, orders
from brokers.oanda.truth.account import Account
from brokers.oanda.truth.broker import Broker
from brokers.oanda.truth.orders import Answer
from brokers.oanda.truth.prices import Quote
from brokers.oanda.truth.records import ExitTerms, Request


class Row(NamedTuple):
    """One price of a tape: a time in nanoseconds UTC, and prices in points or as text."""

    ts: int
    instrument: str
    bid: int | str
    ask: int | str
    more: Mapping[str, Any] = MappingProxyType({})
    """What else `Broker.price` takes."""


class Market:
    """Feeds prices to the broker, as far as the instrument may be traded, moved by what gaps there were."""

    def __init__(self, broker: Broker, faults: Faults) -> None:
        self.broker = broker
        self.faults = faults
        self.halted: set[str] = set()
        self.moved: dict[str, int] = {}
        """Points by which every later price of an instrument is higher than its tape."""
        self.wider: dict[str, int] = {}
        """Points by which every later spread of an instrument is wider."""
        self.spikes: dict[str, int] = {}
        """Points by which the next price of an instrument is higher, and no other."""

    def price(self, instrument: str, bid: Any, ask: Any, ts: int, **more: Any) -> Quote | None:
        """Feed a price. In a halt it is swallowed."""
        if instrument in self.halted:
            self.broker.advance(ts)
            return None
        moved = self.moved.get(instrument, 0) + self.spikes.pop(instrument, 0)
        wider = self.wider.get(instrument, 0)
        if moved or wider:
            bid, ask = (self._points(instrument, each) + moved for each in (bid, ask))
            bid, ask = bid - wider // 2, ask + (wider - wider // 2)
        return self.broker.price(instrument, bid, ask, ts, **more)

    def _points(self, instrument: str, price: Any) -> int:
        rules = self.broker.instruments[instrument]
        return price if isinstance(price, int) else rules.points(decimal(price))

    def halt(self, *instruments: str) -> None:
        """Stop trading: the last price stays, and cannot be traded."""
        for name in instruments or tuple(self.broker.prices.quotes):
            self.faults.hits["halt"] += 1
            self.halted.add(name)
            self.broker.put(replace(self.broker.prices.quotes[name], tradeable=False, ts=self.broker.now))

    def resume(self, *instruments: str) -> None:
        """Let trading go on with the next price."""
        self.halted -= set(instruments or self.halted)

    def calm(self) -> None:
        """Let everything trade again, at its own spread."""
        self.resume()
        self.wider.clear()
        self.spikes.clear()

    def gap(self, instrument: str, points: int) -> None:
        """Move every later price of an instrument by some points, below zero for down."""
        self.faults.hits["gap"] += 1
        self.moved[instrument] = self.moved.get(instrument, 0) + points

    def spike(self, instrument: str, points: int) -> None:
        """Let the next price of an instrument, and no other, be off by some points."""
        self.faults.hits["spike"] += 1
        self.spikes[instrument] = points

    def widen(self, instrument: str, points: int) -> None:
        """Let every later spread of an instrument be wider by some points; 0 ends it."""
        if points:
            self.faults.hits["widen"] += 1
        self.wider[instrument] = points


class Hands:
    """What the account's owner does in another window, and what the broker does by itself."""

    def __init__(self, broker: Broker, faults: Faults, clock: Clock, publish: Callable[[], None]) -> None:
        self.broker = broker
        self.faults = faults
        self.clock = clock
        self.publish = publish

    def _done(self, name: str, account: Account, what: Callable[[Any], Answer]) -> Answer:
        self.faults.hits[name] += 1
        answer = self.broker.act(account, self.clock.now(), what)
        self.publish()
        return answer

    def opens(
        self, account: Account, instrument: str, units: Decimal | int | str, **terms: ExitTerms
    ) -> Answer:
        """Open a trade at the market."""
        request = Request("MARKET", instrument, Decimal(units), **terms)  # type: ignore[arg-type]
        request = replace(request, echo={"instrument": instrument, "units": str(units)})
        return self._done(
            "user_opens", account, lambda batch: orders.create(self.broker, account, request, batch)
        )

    def closes(self, account: Account, trade_id: int, units: Decimal | str = "ALL") -> Answer:
        """Close a trade or a part of it."""
        return self._done(
            "user_closes",
            account,
            lambda batch: closes.close_trade(self.broker, account, str(trade_id), units, batch),
        )

    def cancels(self, account: Account, order_id: int) -> Answer:
        """Cancel a pending order, a stop too."""
        return self._done("user_cancels", account, lambda batch: orders.cancel(account, str(order_id), batch))

    def removes_stop(self, account: Account, trade_id: int) -> Answer:
        """Take the stop off a trade."""
        stop = account.state.open[trade_id].stop_loss
        assert stop is not None, f"trade {trade_id} has no stop"
        return self.cancels(account, stop)

    def deposits(self, account: Account, amount: Decimal | int | str) -> None:
        """Put money in, or take it out where the amount is below zero."""
        self.faults.hits["deposit"] += 1
        self.broker.advance(self.clock.now())
        self.broker.transfer(account, Decimal(amount), self.broker.now)
        self.publish()

    def margin_closeout(self, account: Account) -> None:
        """Let the broker close everything, whatever the margin."""
        self.faults.hits["margin_closeout"] += 1
        self.broker.advance(self.clock.now())
        closeout.close_all(self.broker, account, self.broker.now)
        self.publish()
