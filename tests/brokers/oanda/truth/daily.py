"""What comes with time alone: orders that expire, financing, the weekend."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from brokers.oanda.newyork import is_weekend, roll_after, weekday
from brokers.oanda.text import ZERO, money
from brokers.oanda.truth.account import Account
from brokers.oanda.truth.margin import value
from brokers.oanda.truth.records import Trade

if TYPE_CHECKING:
    from brokers.oanda.truth.broker import Broker

DAYS_OF_YEAR = 365


def expires_at(broker: Broker, account: Account) -> int | None:
    """Give the time at which the next of an account's orders expires."""
    times = [
        order.gtd if order.tif == "GTD" else roll_after(order.created)
        for order in account.state.pending.values()
        if order.tif in ("GTD", "GFD")
    ]
    return min((each for each in times if each is not None), default=None)


def expire(broker: Broker, account: Account, now: int) -> None:
    """Cancel the orders whose time is over."""
    for order in list(account.state.pending.values()):
        ends = order.gtd if order.tif == "GTD" else roll_after(order.created)
        is_over = order.tif in ("GTD", "GFD") and ends is not None and ends <= now
        if is_over and order.id in account.state.pending:
            broker.batch(account, now).cancel(order, "TIME_IN_FORCE_EXPIRED")


def roll(broker: Broker, now: int) -> None:
    """Let a trading day end: financing is charged, and on Friday the market closes."""
    if broker.manners.charges_financing:
        for account in broker.accounts.values():
            charge(broker, account, now)
    if broker.manners.closes_on_weekends and is_weekend(now):
        for quote in list(broker.prices.quotes.values()):
            if quote.tradeable:
                broker.put(replace(quote, tradeable=False, ts=now))


def charge(broker: Broker, account: Account, now: int) -> None:
    """Charge or pay a day's financing on every open trade: value x rate x days / 365."""
    state = account.state
    charged: dict[str, list[tuple[Trade, Decimal]]] = {}
    for trade in state.open.values():
        instrument = broker.instruments[trade.instrument]
        days = instrument.days_charged[weekday(now)]
        rate = instrument.long_rate if trade.side > 0 else instrument.short_rate
        amount = money(value(broker, account, trade.instrument, trade.units) * rate * days / DAYS_OF_YEAR)
        if days:
            charged.setdefault(trade.instrument, []).append((trade, amount))
    if not charged:
        return
    batch = broker.batch(account, now)
    for trades in charged.values():
        for trade, amount in trades:
            state.open[trade.id] = replace(trade, financing=trade.financing + amount)
            was = state.earned[(trade.instrument, trade.side)]
            key = (trade.instrument, trade.side)
            state.earned[key] = replace(was, financing=was.financing + amount)
    total = sum((amount for trades in charged.values() for _, amount in trades), ZERO)
    state.balance += total
    state.financing += total
    batch.add(
        "DAILY_FINANCING",
        financing=str(total),
        accountBalance=str(state.balance),
        accountFinancingMode="DAILY",
        positionFinancings=[
            {
                "instrument": name,
                "financing": str(sum((amount for _, amount in trades), ZERO)),
                "openTradeFinancings": [
                    {"tradeID": str(trade.id), "financing": str(amount)} for trade, amount in trades
                ],
                "accountFinancingMode": "DAILY",
            }
            for name, trades in charged.items()
        ],
    )
