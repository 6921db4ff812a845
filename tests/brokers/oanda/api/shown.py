"""How accounts, orders, trades, positions and prices look on the wire."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from brokers.oanda.text import ZERO, Instant, fixed, money, trimmed
from brokers.oanda.truth.account import Account, State
from brokers.oanda.truth.broker import Broker
from brokers.oanda.truth.forms import order_fields
from brokers.oanda.truth.levels import twice_watched
from brokers.oanda.truth.margin import Worth, margin_rate, unrealized, value, worth
from brokers.oanda.truth.prices import Quote
from brokers.oanda.truth.records import EXIT_FIELDS, Earned, Order, Trade

Told = dict[str, Any]


def present(told: Told) -> Told:
    """Leave out what is None."""
    return {name: value for name, value in told.items() if value is not None}


def ids(numbers: tuple[int, ...]) -> list[str] | None:
    return [str(each) for each in numbers] or None


def text(number: int | None) -> str | None:
    return None if number is None else str(number)


def at(ns: int | None) -> Instant | None:
    return None if ns is None else Instant(ns)


def order(broker: Broker, shown: Order) -> Told:
    """Write an order as it stands."""
    instrument = broker.instruments[shown.instrument]
    return present(
        {
            "id": str(shown.id),
            "createTime": Instant(shown.created),
            "type": shown.type,
            "state": shown.state,
            **order_fields(shown, instrument),
            "trailingStopValue": None
            if shown.trailing_value is None
            else instrument.price(shown.trailing_value),
            "initialMarketPrice": None
            if shown.initial_price is None
            else instrument.price(shown.initial_price),
            "fillingTransactionID": text(shown.filled_by),
            "filledTime": at(shown.filled_at),
            "tradeOpenedID": text(shown.opened),
            "tradeReducedID": text(shown.reduced),
            "tradeClosedIDs": ids(shown.closed),
            "cancellingTransactionID": text(shown.cancelled_by),
            "cancelledTime": at(shown.cancelled_at),
            "replacesOrderID": text(shown.replaces),
            "replacedByOrderID": text(shown.replaced_by),
        }
    )


def trade_margin(broker: Broker, account: Account, state: State, shown: Trade) -> Decimal:
    rate = margin_rate(broker, state, shown.instrument)
    return money(value(broker, account, shown.instrument, shown.units) * rate)


def trade_summary(broker: Broker, account: Account, state: State, shown: Trade) -> Told:
    """Write a trade with the ids of its exits."""
    instrument = broker.instruments[shown.instrument]
    told: Told = {
        "id": str(shown.id),
        "instrument": shown.instrument,
        "price": instrument.price(shown.price),
        "openTime": Instant(shown.opened),
        "initialUnits": instrument.units(shown.initial_units),
        "initialMarginRequired": str(shown.initial_margin),
        "state": "OPEN" if shown.is_open else "CLOSED",
        "currentUnits": instrument.units(shown.units),
        "realizedPL": str(shown.realized),
        "financing": str(shown.financing),
        "dividendAdjustment": "0.0000",
        "closingTransactionIDs": ids(shown.closed_by),
        "clientExtensions": shown.extensions.to_wire(),
        "takeProfitOrderID": text(shown.take_profit),
        "stopLossOrderID": text(shown.stop_loss),
        "trailingStopLossOrderID": text(shown.trailing_stop),
    }
    if shown.closed_by:
        closed = abs(shown.initial_units) - abs(shown.units)
        told["averageClosePrice"] = instrument.price(_nearest(shown.closed_value, closed))
    if shown.is_open:
        told["unrealizedPL"] = str(unrealized(broker, account, shown))
        told["marginUsed"] = str(trade_margin(broker, account, state, shown))
    else:
        told["closeTime"] = at(shown.closed_at)
    return present(told)


def trade(broker: Broker, account: Account, state: State, shown: Trade) -> Told:
    """Write a trade with its exits in full."""
    told = trade_summary(broker, account, state, shown)
    for kind, field in EXIT_FIELDS.items():
        name = {"TAKE_PROFIT": "takeProfitOrder", "STOP_LOSS": "stopLossOrder"}.get(
            kind, "trailingStopLossOrder"
        )
        told.pop(f"{name}ID", None)
        exit_id = getattr(shown, field)
        found = state.order(exit_id) if exit_id is not None else None
        if found:
            told[name] = order(broker, found)
    return told


def _nearest(total: int, parts: int) -> int:
    return (2 * total + parts) // (2 * parts)


def position(broker: Broker, account: Account, state: State, instrument_name: str) -> Told:
    """Write what an instrument brought and what is open in it."""
    sides = {side: _side(broker, account, state, instrument_name, side) for side in (1, -1)}
    trades = state.open_in(instrument_name)
    steps = {side: sum(abs(each.units) for each in trades if each.side == side) for side in (1, -1)}
    rate = margin_rate(broker, state, instrument_name)
    bound = value(broker, account, instrument_name, max(steps.values())) * rate if trades else ZERO

    def total(name: str) -> str:
        return str(sum((Decimal(side[name]) for side in sides.values()), ZERO))

    return {
        "instrument": instrument_name,
        "pl": total("pl"),
        "unrealizedPL": total("unrealizedPL"),
        "marginUsed": str(money(bound)),
        "resettablePL": total("resettablePL"),
        "financing": total("financing"),
        "commission": "0.0000",
        "dividendAdjustment": "0.0000",
        "guaranteedExecutionFees": "0.0000",
        "long": sides[1],
        "short": sides[-1],
    }


def _side(broker: Broker, account: Account, state: State, name: str, side: int) -> Told:
    instrument = broker.instruments[name]
    trades = [each for each in state.open_in(name) if each.side == side]
    earned = state.earned.get((name, side), Earned())
    steps = sum(abs(each.units) for each in trades)
    paid = sum(abs(each.units) * each.price for each in trades)
    floating = sum((unrealized(broker, account, each) for each in trades), ZERO)
    return present(
        {
            "units": instrument.units(side * steps),
            "averagePrice": instrument.price(_nearest(paid, steps)) if steps else None,
            "tradeIDs": ids(tuple(each.id for each in trades)),
            "pl": str(earned.pl),
            "unrealizedPL": str(floating),
            "resettablePL": str(earned.resettable_pl),
            "financing": str(earned.financing),
            "dividendAdjustment": "0.0000",
            "guaranteedExecutionFees": "0.0000",
        }
    )


def calculated(broker: Broker, valued: Worth) -> Told:
    """Write what depends on prices."""
    share = broker.manners.closeout_fraction
    return {
        "unrealizedPL": str(valued.unrealized),
        "NAV": str(valued.nav),
        "marginUsed": str(valued.margin_used),
        "marginAvailable": str(valued.margin_available),
        "positionValue": str(valued.position_value),
        "marginCloseoutUnrealizedPL": str(valued.unrealized),
        "marginCloseoutNAV": str(valued.nav),
        "marginCloseoutMarginUsed": str(valued.margin_used),
        "marginCloseoutPercent": str(valued.closeout_fraction(share)),
        "marginCloseoutPositionValue": str(valued.position_value),
        "withdrawalLimit": str(valued.margin_available),
        "marginCallMarginUsed": str(valued.margin_used),
        "marginCallPercent": str(valued.call_fraction()),
    }


def accumulated(broker: Broker, state: State) -> Told:
    """Write what transactions have added up to."""
    absent = "0" if broker.manners.zero_times else None
    return present(
        {
            "balance": str(state.balance),
            "pl": str(state.pl),
            "resettablePL": str(state.resettable_pl),
            "resettablePLTime": absent,
            "financing": str(state.financing),
            "commission": "0.0000",
            "dividendAdjustment": "0.0000",
            "guaranteedExecutionFees": "0.0000",
            "marginCallEnterTime": at(state.margin_called_at) or absent,
        }
    )


def summary(broker: Broker, account: Account, state: State) -> Told:
    """Write an account without what it holds."""
    return present(
        {
            "id": account.id,
            "alias": state.alias,
            "currency": account.currency,
            "createdByUserID": account.user_id,
            "createdTime": Instant(account.created),
            "guaranteedStopLossOrderParameters": {
                "mutabilityMarketOpen": "REPLACEABLE",
                "mutabilityMarketHalted": "FIXED",
            },
            "guaranteedStopLossOrderMode": "DISABLED",
            "marginRate": format(state.margin_rate, "f"),
            "openTradeCount": len(state.open),
            "openPositionCount": len({each.instrument for each in state.open.values()}),
            "pendingOrderCount": len(state.pending),
            "hedgingEnabled": account.hedging,
            "lastOrderFillTimestamp": at(state.last_fill_at),
            **accumulated(broker, state),
            **calculated(broker, worth(broker, account, state)),
            "lastTransactionID": str(state.last_id),
        }
    )


def dynamic(broker: Broker, account: Account, state: State) -> Told:
    """Write what prices do to each thing an account holds."""
    trailing = [each for each in state.pending.values() if each.trailing_value is not None]
    held = sorted({each.instrument for each in state.open.values()})
    positions = [position(broker, account, state, name) for name in held]
    return {
        "orders": [_trailing(broker, each) for each in trailing],
        "trades": [
            {
                "id": str(each.id),
                "unrealizedPL": str(unrealized(broker, account, each)),
                "marginUsed": str(trade_margin(broker, account, state, each)),
            }
            for each in state.open.values()
        ],
        "positions": [
            {
                "instrument": each["instrument"],
                "netUnrealizedPL": each["unrealizedPL"],
                "longUnrealizedPL": each["long"]["unrealizedPL"],
                "shortUnrealizedPL": each["short"]["unrealizedPL"],
                "marginUsed": each["marginUsed"],
            }
            for each in positions
        ],
    }


def _trailing(broker: Broker, shown: Order) -> Told:
    instrument = broker.instruments[shown.instrument]
    quote = broker.prices.quotes[shown.instrument]
    assert shown.trailing_value is not None
    away = abs(twice_watched(shown, quote) // 2 - shown.trailing_value)
    return {
        "id": str(shown.id),
        "trailingStopValue": instrument.price(shown.trailing_value),
        "triggerDistance": instrument.price(away),
        "isTriggerDistanceExact": True,
    }


def price(broker: Broker, quote: Quote) -> Told:
    """Write a price as the stream sends it."""
    instrument = quote.instrument
    trims = broker.manners.trims_zeros

    def shown(points: int) -> str:
        written = fixed(points, instrument.display_precision)
        return trimmed(written) if trims else written

    return {
        "type": "PRICE",
        "time": Instant(quote.ts),
        "bids": [{"price": shown(tier.price), "liquidity": tier.units} for tier in quote.bids],
        "asks": [{"price": shown(tier.price), "liquidity": tier.units} for tier in quote.asks],
        "closeoutBid": shown(quote.closeout_bid),
        "closeoutAsk": shown(quote.closeout_ask),
        "status": "tradeable" if quote.tradeable else "non-tradeable",
        "tradeable": quote.tradeable,
        "instrument": instrument.name,
    }
