"""How an order is filled: what it closes, what it opens, at which price, and what may stand in its way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from brokers.oanda.text import FACTOR, ZERO, Instant, money
from brokers.oanda.truth import exits
from brokers.oanda.truth.account import Batch, Transaction
from brokers.oanda.truth.margin import binding_steps, margin_of, profit, worth
from brokers.oanda.truth.prices import Quote, Tier, Walked, walk
from brokers.oanda.truth.records import Earned, Order, Trade

if TYPE_CHECKING:
    from brokers.oanda.truth.broker import Broker


@dataclass(frozen=True, slots=True)
class Plan:
    """What filling some signed steps means: how much of which trades it closes, and what it opens."""

    closes: tuple[tuple[Trade, int], ...]
    """Trades with the steps taken off them, as positive numbers, oldest first."""
    opens: int
    """Signed steps of a new trade."""

    @property
    def closed(self) -> int:
        return sum(steps for _, steps in self.closes)


def plan(broker: Broker, batch: Batch, order: Order, units: int) -> Plan:
    """Say what filling signed steps of an order would do."""
    state = batch.account.state
    side = 1 if units > 0 else -1
    if order.trade_id is not None:
        against = [state.open[order.trade_id]]
    else:
        against = [trade for trade in state.open_in(order.instrument) if trade.side == -side]
    action = order.position_fill
    if action == "DEFAULT":
        action = "OPEN_ONLY" if batch.account.hedging else "REDUCE_FIRST"
    if action == "OPEN_ONLY" and order.trade_id is None:
        return Plan((), units)
    closes, left = [], abs(units)
    for trade in against:
        part = min(left, abs(trade.units))
        if part:
            closes.append((trade, part))
            left -= part
    only_closes = action == "REDUCE_ONLY" or order.trade_id is not None
    return Plan(tuple(closes), 0 if only_closes else side * left)


def obstacle(broker: Broker, batch: Batch, order: Order, quote: Quote, planned: Plan) -> str | None:
    """Give the reason for which an order is cancelled before any liquidity is looked for."""
    account, buys = batch.account, order.units > 0
    if not quote.tradeable:
        return "MARKET_HALTED"
    if quote.ask_halted if buys else quote.bid_halted:
        return "INSTRUMENT_ASK_HALTED" if buys else "INSTRUMENT_BID_HALTED"
    for lock in ("ACCOUNT_LOCKED", "ACCOUNT_ORDER_FILL_LOCKED"):
        if lock in account.locks:
            return lock
    if not planned.closed and not planned.opens:
        return "POSITION_CLOSEOUT_FAILED"
    if account.fifo and order.trade_id is not None and not order.is_exit:
        older = account.state.open_in(order.instrument)[0]
        if older.id < order.trade_id and older.side == planned.closes[0][0].side:
            return "FIFO_VIOLATION"
    return None if not planned.opens else opening_obstacle(broker, batch, order, quote, planned)


def opening_obstacle(broker: Broker, batch: Batch, order: Order, quote: Quote, planned: Plan) -> str | None:
    """Give the reason for which no new trade may be opened, but for price and margin."""
    account, buys = batch.account, order.units > 0
    if quote.ask_reduces_only if buys else quote.bid_reduces_only:
        return "INSTRUMENT_ASK_REDUCE_ONLY" if buys else "INSTRUMENT_BID_REDUCE_ONLY"
    if "ACCOUNT_NEW_POSITIONS_LOCKED" in account.locks:
        return "ACCOUNT_NEW_POSITIONS_LOCKED"
    trades = account.state.open_in(order.instrument)
    only_opens = order.position_fill == "OPEN_ONLY" and not account.hedging
    if only_opens and any(trade.side * order.units < 0 for trade in trades):
        return "FIFO_VIOLATION"
    client_id = order.trade_extensions.id
    if client_id is not None and account.client_trade(client_id):
        return "CLIENT_TRADE_ID_ALREADY_EXISTS"
    if len(account.state.open) >= broker.manners.open_trades_max:
        return "OPEN_TRADES_ALLOWED_EXCEEDED"
    most = quote.instrument.steps(quote.instrument.maximum_position_units)
    held = sum(abs(trade.units) for trade in trades if trade.side * order.units > 0)
    if most and held + abs(planned.opens) > most:
        return "POSITION_SIZE_EXCEEDED"
    if account.fifo and order.stop_loss and any(trade.units == planned.opens for trade in trades):
        return "FIFO_VIOLATION_SAFEGUARD_VIOLATION"
    return exits.on_fill_obstacle(broker, batch, order)


def margin_obstacle(broker: Broker, batch: Batch, order: Order, planned: Plan) -> str | None:
    """Give the reason where a plan binds more margin than the account would be worth."""
    if not planned.opens or not broker.manners.checks_margin:
        return None
    account = batch.account
    after = {trade.id: trade for trade in account.state.open.values()}
    for trade, part in planned.closes:
        after[trade.id] = replace(trade, units=trade.units - trade.side * part)
    opened = Trade(0, order.instrument, 0, 0, planned.opens, planned.opens, ZERO)
    bound = binding_steps(account, [*after.values(), opened])
    used = sum(
        (margin_of(broker, account, account.state, name, steps) for name, steps in bound.items()), ZERO
    )
    now = worth(broker, account)
    return "INSUFFICIENT_MARGIN" if used > now.nav and used > now.margin_used else None


def attempt(
    broker: Broker, batch: Batch, order: Order, reason: str, *, units_max: int | None = None
) -> tuple[Transaction | None, str]:
    """Fill an order as far as it goes. Give the fill, if any, and why the rest of it was not filled.

    `units_max` is the most steps the market gives, whatever stands in the book: for partial fills on
    demand. The order itself is left for the caller to finish when nothing was filled.
    """
    quote = broker.prices.quotes[order.instrument]
    planned = plan(broker, batch, order, order.units)
    if refused := obstacle(broker, batch, order, quote, planned):
        return None, refused
    wanted = (1 if order.units > 0 else -1) * (planned.closed + abs(planned.opens))
    found = walk(quote, wanted, _bound(order, quote), deep=order.is_exit or is_margin_closeout(order))
    if units_max is not None and found.steps > units_max:
        found = walk(quote, (1 if wanted > 0 else -1) * units_max, _bound(order, quote))
        found = found._replace(short_of="INSUFFICIENT_LIQUIDITY")
    all_or_nothing = order.tif == "FOK" and units_max is None
    if not found.steps or (found.short_of and all_or_nothing and not order.is_exit):
        return None, found.short_of
    units = (1 if wanted > 0 else -1) * found.steps
    planned = plan(broker, batch, order, units)
    if planned.opens:
        refused = exits.losing_on_fill(order, quote, found.price)
        refused = refused or margin_obstacle(broker, batch, order, planned)
        if refused:
            return None, refused
    return book(broker, batch, order, quote, planned, found, reason), found.short_of


def _bound(order: Order, quote: Quote) -> int | None:
    """Give the worst price an order takes. A target met by another side's price takes what there is."""
    if order.type not in ("LIMIT", "TAKE_PROFIT"):
        return order.price_bound
    side = 1 if order.units > 0 else -1
    assert order.price is not None
    return order.price if order.type == "LIMIT" or side * (quote.side(side) - order.price) <= 0 else None


def is_margin_closeout(order: Order) -> bool:
    """Tell whether the broker itself closes, because the margin no longer suffices."""
    return order.closes is not None and order.closes[0] == "marginCloseout"


def decimal_units(fill: Transaction) -> Decimal:
    """Give the signed units of a fill."""
    return Decimal(fill["units"])


@dataclass(frozen=True, slots=True)
class Costs:
    """What a fill's quote currency is worth to the account, and what half the spread costs for a step."""

    gain: Decimal
    loss: Decimal
    half_spread: Decimal

    @classmethod
    def of(cls, broker: Broker, batch: Batch, quote: Quote) -> Costs:
        home, instrument = batch.account.currency, quote.instrument
        gain, loss = (broker.prices.factor(instrument.quote, home, gain=each) for each in (True, False))
        spread = Decimal(quote.ask - quote.bid).scaleb(-instrument.places)
        return cls(gain, loss, spread / 2 * loss)

    def spread_cost(self, steps: int) -> str:
        return str(money(self.half_spread * steps))

    def to_wire(self) -> dict[str, Any]:
        gain, loss = _plain(self.gain), _plain(self.loss)
        return {
            "gainQuoteHomeConversionFactor": gain,
            "lossQuoteHomeConversionFactor": loss,
            "homeConversionFactors": {"gainQuoteHome": {"factor": gain}, "lossQuoteHome": {"factor": loss}},
        }


def book(
    broker: Broker, batch: Batch, order: Order, quote: Quote, planned: Plan, found: Walked, reason: str
) -> Transaction:
    """Write the fill and everything that follows from it: trades, balance, exits that go and come."""
    instrument, state = quote.instrument, batch.account.state
    costs, fill_id = Costs.of(broker, batch, quote), batch.next_id
    pieces = [
        _taken_off(broker, batch, quote, trade, part, found.price, costs) for trade, part in planned.closes
    ]
    opened = _opened(broker, batch, order, planned.opens, found.price, fill_id) if planned.opens else None
    pl = sum((Decimal(piece["realizedPL"]) for piece in pieces), ZERO)
    state.balance += pl
    state.pl += pl
    state.resettable_pl += pl
    state.last_fill_at = batch.now
    finished = [state.done_trades[trade.id] for trade, _ in planned.closes if trade.id not in state.open]
    reduced = pieces[-1] if len(finished) < len(pieces) else None
    fill = batch.add(
        "ORDER_FILL",
        orderID=str(order.id),
        clientOrderID=order.extensions.id,
        instrument=order.instrument,
        units=instrument.units((1 if order.units > 0 else -1) * found.steps),
        requestedUnits=instrument.units(order.units),
        price=instrument.price(found.price),
        fullVWAP=_plain(found.vwap),
        fullPrice=_full_price(quote),
        reason=reason,
        pl=str(pl),
        financing="0.0000",
        commission="0.0000",
        guaranteedExecutionFee="0.0000",
        halfSpreadCost=costs.spread_cost(found.steps),
        accountBalance=str(state.balance),
        **costs.to_wire(),
        tradeOpened=opened and _told_opened(quote, opened, costs),
        tradesClosed=[piece for piece in pieces if piece is not reduced] or None,
        tradeReduced=reduced,
    )
    _finish(batch, order, planned, fill_id, reduced is not None, finished)
    for trade in finished:
        for exit_id in trade.exits():
            if exit_id in state.pending:
                batch.cancel(state.pending[exit_id], "LINKED_TRADE_CLOSED")
    if opened:
        exits.create_on_fill(broker, batch, order, opened, fill_id)
    return fill


def _taken_off(
    broker: Broker, batch: Batch, quote: Quote, trade: Trade, part: int, price: int, costs: Costs
) -> dict[str, Any]:
    """Take steps off a trade, and write how the fill tells of it."""
    state, instrument = batch.account.state, quote.instrument
    earned = profit(broker, batch.account, trade, price, trade.side * part)
    after = _closed_part(state.open[trade.id], part, price, earned, batch.next_id, batch.now)
    if after.is_open:
        state.open[trade.id] = after  # in its place: trades stand in the order of their age
    else:
        state.done_trades[trade.id] = after
        del state.open[trade.id]
    _earn(state.earned, trade, earned)
    return {
        "tradeID": str(trade.id),
        "units": instrument.units(-trade.side * part),
        "price": instrument.price(price),
        "realizedPL": str(earned),
        "financing": "0.0000",
        "guaranteedExecutionFee": "0.0000",
        "halfSpreadCost": costs.spread_cost(part),
    }


def _told_opened(quote: Quote, opened: Trade, costs: Costs) -> dict[str, Any]:
    instrument = quote.instrument
    told = {
        "tradeID": str(opened.id),
        "units": instrument.units(opened.units),
        "price": instrument.price(opened.price),
        "guaranteedExecutionFee": "0.0000",
        "halfSpreadCost": costs.spread_cost(abs(opened.units)),
        "initialMarginRequired": str(opened.initial_margin),
        "clientExtensions": opened.extensions.to_wire(),
    }
    return {name: value for name, value in told.items() if value is not None}


def _closed_part(trade: Trade, part: int, price: int, earned: Decimal, fill_id: int, now: int) -> Trade:
    units = trade.units - trade.side * part
    return replace(
        trade,
        units=units,
        realized=trade.realized + earned,
        closed_value=trade.closed_value + part * price,
        closed_by=(*trade.closed_by, fill_id),
        closed_at=None if units else now,
    )


def _earn(earned: dict[tuple[str, int], Earned], trade: Trade, pl: Decimal) -> None:
    key = (trade.instrument, trade.side)
    was = earned.get(key, Earned())
    earned[key] = replace(was, pl=was.pl + pl, resettable_pl=was.resettable_pl + pl)


def _opened(broker: Broker, batch: Batch, order: Order, units: int, price: int, fill_id: int) -> Trade:
    account = batch.account
    margin = margin_of(broker, account, account.state, order.instrument, units)
    trade = Trade(
        fill_id,
        order.instrument,
        price,
        batch.now,
        units,
        units,
        margin,
        extensions=order.trade_extensions,
    )
    account.state.open[fill_id] = trade
    account.state.earned.setdefault((order.instrument, trade.side), Earned())
    return trade


def _finish(
    batch: Batch, order: Order, planned: Plan, fill_id: int, is_reduced: bool, finished: list[Trade]
) -> None:
    state = batch.account.state
    state.pending.pop(order.id, None)
    ended = {trade.id for trade in finished}
    state.done_orders[order.id] = replace(
        order,
        state="FILLED",
        filled_by=fill_id,
        filled_at=batch.now,
        opened=fill_id if planned.opens else None,
        reduced=planned.closes[-1][0].id if is_reduced else None,
        closed=tuple(trade.id for trade, _ in planned.closes if trade.id in ended),
    )
    batch.unhook(order)


def _full_price(quote: Quote) -> dict[str, object]:
    instrument = quote.instrument

    def shown(tiers: tuple[Tier, ...]) -> list[dict[str, str]]:
        return [{"price": instrument.price(tier.price), "liquidity": str(tier.units)} for tier in tiers]

    return {
        "bids": shown(quote.bids),
        "asks": shown(quote.asks),
        "closeoutBid": instrument.price(quote.closeout_bid),
        "closeoutAsk": instrument.price(quote.closeout_ask),
        "timestamp": Instant(quote.ts),
    }


def _plain(number: Decimal) -> str:
    text = format(number.quantize(FACTOR), "f")
    return text.rstrip("0").rstrip(".")
