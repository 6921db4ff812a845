"""What the broker does when an account's margin no longer suffices: it calls, and then it closes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from brokers.oanda.truth.account import Account
from brokers.oanda.truth.closes import market_close
from brokers.oanda.truth.margin import nearly_called, worth
from brokers.oanda.truth.orders import Answer
from brokers.oanda.truth.records import Order

if TYPE_CHECKING:
    from brokers.oanda.truth.broker import Broker


def check(broker: Broker, account: Account, now: int) -> None:
    """Enter or leave a margin call, and close everything where the closeout level is passed."""
    state = account.state
    if not state.open and state.margin_called_at is None:
        return
    if state.margin_called_at is None and not nearly_called(broker, account):
        return
    valued = worth(broker, account)
    called = valued.call_fraction() >= 1
    if called and state.margin_called_at is None:
        broker.batch(account, now).add("MARGIN_CALL_ENTER")
        state.margin_called_at = now
    elif not called and state.margin_called_at is not None:
        broker.batch(account, now).add("MARGIN_CALL_EXIT")
        state.margin_called_at = None
    if valued.closeout_fraction(broker.manners.closeout_fraction) >= 1:
        close_all(broker, account, now)


def close_all(broker: Broker, account: Account, now: int) -> None:
    """Close every trade whose instrument can be traded, one market order for each side held."""
    held: dict[tuple[str, int], int] = {}
    for trade in account.state.open.values():
        key = (trade.instrument, trade.side)
        held[key] = held.get(key, 0) + abs(trade.units)
    for (instrument, side), steps in held.items():
        if not broker.prices.quotes[instrument].tradeable:
            continue
        order = Order(
            0,
            "MARKET",
            now,
            instrument,
            -side * steps,
            tif="FOK",
            position_fill="REDUCE_ONLY",
            closes=("marginCloseout", {"reason": "MARGIN_CHECK_VIOLATION"}),
        )
        why = ("MARGIN_CLOSEOUT", "MARKET_ORDER_MARGIN_CLOSEOUT")
        market_close(broker, Answer(broker.batch(account, now)), order, why)
