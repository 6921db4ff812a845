"""A fill of OANDA's in our words: a single one may close trades, reduce one and open one."""

from __future__ import annotations

from typing import Literal, TypeAlias

from tickwise.venues.oanda.exact import Malformed, cost_of, money_of, nearest_steps, steps_of
from tickwise.venues.oanda.memory import LEFT_UNKNOWN, OpenTrade
from tickwise.venues.oanda.scale import Scale, scale_named
from tickwise.venues.oanda.telling import Told
from tickwise.venues.oanda.wire import TradePart
from tickwise.venues.venue import Change, OrderEnded, OrderFilled, PositionReduced

Cause: TypeAlias = Literal["target", "stop", "trailing", "own_order", "manual", "margin", "other"]

CAUSES: dict[str, Cause] = {
    "TAKE_PROFIT_ORDER": "target",
    "STOP_LOSS_ORDER": "stop",
    "GUARANTEED_STOP_LOSS_ORDER": "stop",
    "TRAILING_STOP_LOSS_ORDER": "trailing",
    "MARKET_ORDER_MARGIN_CLOSEOUT": "margin",
    "MARKET_ORDER_DELAYED_TRADE_CLOSE": "other",
}
"""Who left a position, by the reason of the fill; every other reason is an order, ours or a person's."""

ENTERING = ("MARKET_ORDER", "FIXED_PRICE_ORDER", "LIMIT_ORDER", "STOP_ORDER", "MARKET_IF_TOUCHED_ORDER")
"""Reasons of the fill of an order to enter, which on a netting account may reduce instead."""

ORDERED = (*ENTERING, "MARKET_ORDER_TRADE_CLOSE", "MARKET_ORDER_POSITION_CLOSEOUT")
"""Reasons of a fill that somebody asked for."""


class Fill:
    """A fill while it is told."""

    def __init__(self, told: Told) -> None:
        said, memory = told.said, told.memory
        self.told = told
        self.account = told.account
        self.mark = told.mark
        self.ts = told.ts
        self.said = said
        self.memory = memory
        self.where = told.where
        self.scale: Scale = scale_named(told.scales, said.instrument, self.where)
        self.working = memory.orders.get(said.order_id or "")
        self.order = said.client_order_id or (self.working.order if self.working else "")
        self.parts = [*(said.trades_closed or ()), *filter(None, (said.trade_reduced, said.trade_opened))]
        if not self.parts:
            raise Malformed("a fill of no trade", self.where)
        self.units = self.units_of(said.units)
        self.commissions = self._commissions()

    def units_of(self, text: str | None) -> int:
        """Read a quantity in unit steps."""
        return steps_of(text or "", self.scale.units, self.where)

    def price_of(self, part: TradePart) -> int:
        """Read the price of a part in ticks; the mean of several tiers need not be a whole number of them."""
        text = part.price or self.said.full_vwap or self.said.price
        return nearest_steps(text or "", self.scale.price, self.where)

    def _commissions(self) -> list[int]:
        """Share out what the fill cost over its parts, by their units; the last takes what is left over."""
        said = self.said
        whole = cost_of(said.commission, self.where) + cost_of(said.guaranteed_execution_fee, self.where)
        units = [abs(self.units_of(part.units)) for part in self.parts]
        shares = [whole * each // max(sum(units), 1) for each in units]
        return [*shares[:-1], whole - sum(shares[:-1])]

    def balance(self) -> int:
        """Give the account's balance after the fill."""
        return money_of(self.said.account_balance, self.where)

    def side(self, part: TradePart, known: OpenTrade | None) -> int:
        """Tell which way a trade stood that this fill reduced: against the fill."""
        if known:
            return 1 if known.units > 0 else -1
        return -1 if (self.units or self.units_of(part.units)) > 0 else 1

    def cause(self) -> Cause:
        """Tell who left the position."""
        reason = self.said.reason or ""
        if reason in ORDERED:
            return "own_order" if self.order else "manual"
        return CAUSES.get(reason, "other")


def changes_of_fill(told: Told) -> tuple[Change, ...]:
    """Tell a fill: what it closed, what it reduced, what it opened. It is learnt once all of it was read."""
    fill, said = Fill(told), told.said
    changes: list[Change] = []
    for part, commission in zip(fill.parts, fill.commissions, strict=True):
        tell = _opened if part is said.trade_opened else _reduced
        changes.append(tell(fill, part, commission))
    for change in changes:
        _remember(fill, change)
    if fill.order and said.reason in ENTERING and any(part is not said.trade_opened for part in fill.parts):
        changes.append(_reduced_besides(fill))
    if told.is_sure and said.requested_units in (None, said.units):
        told.memory.orders.pop(said.order_id or "", None)
    return tuple(changes)


def _reduced_besides(fill: Fill) -> OrderEnded:
    """Tell that an entry is done though it did not open all it was: the rest went against what was open."""
    says = (
        "the rest of it reduced what was open" if fill.said.trade_opened else "it only reduced what was open"
    )
    return OrderEnded(
        account=fill.account,
        mark=fill.mark,
        ts_event=fill.ts,
        order=fill.order,
        venue_order=fill.said.order_id or "",
        status="cancelled",
        reason="other",
        policy="give_up",
        says=says,
    )


def _opened(fill: Fill, part: TradePart, commission: int) -> OrderFilled:
    """Tell the trade that a fill opened."""
    said = fill.said
    order = fill.order or (part.client_extensions.id if part.client_extensions else None) or ""
    units = fill.units_of(part.units)
    if not units:
        raise Malformed("a trade of no units was opened", fill.where)
    return OrderFilled(
        account=fill.account,
        mark=fill.mark,
        ts_event=fill.ts,
        order=order,
        venue_order=said.order_id or "",
        instrument=said.instrument or "",
        execution=f"{said.id}:{part.trade_id}",
        venue_position=part.trade_id,
        units=units,
        price=fill.price_of(part),
        commission=commission,
        balance=fill.balance(),
    )


def _reduced(fill: Fill, part: TradePart, commission: int) -> PositionReduced:
    """Tell a trade that a fill closed or reduced."""
    said = fill.said
    known = fill.memory.trades.get(part.trade_id)
    fill.told.is_sure &= known is not None
    units = fill.side(part, known) * abs(fill.units_of(part.units))
    return PositionReduced(
        account=fill.account,
        mark=fill.mark,
        ts_event=fill.ts,
        order=fill.order if said.reason in ORDERED else "",
        entry_order=known.order if known else "",
        instrument=said.instrument or "",
        execution=f"{said.id}:{part.trade_id}",
        venue_position=part.trade_id,
        units=units,
        price=fill.price_of(part),
        left=0 if part is not said.trade_reduced else _left(fill, known, units),
        cause=fill.cause(),
        gross=money_of(part.realized_pl, fill.where),
        commission=commission,
        financing=cost_of(part.financing, fill.where),
        balance=fill.balance(),
    )


def _left(fill: Fill, known: OpenTrade | None, units: int) -> int:
    """Give what stays open of a trade; unknown where an earlier transaction was not seen yet."""
    if known is None or known.as_of >= fill.mark or not fill.memory.is_whole(fill.mark - 1):
        return LEFT_UNKNOWN
    return known.left_at(fill.mark - 1) - units


def _remember(fill: Fill, change: Change) -> None:
    """Take into the memory what a part of a fill did."""
    trades = fill.memory.trades
    if isinstance(change, OrderFilled):
        opened = OpenTrade(change.order, change.instrument, change.units, change.price, fill.mark)
        trades.setdefault(change.venue_position, opened)
    elif isinstance(change, PositionReduced) and change.venue_position in trades:
        trade = trades[change.venue_position]
        if change.left == 0 and trade.as_of < fill.mark:
            del trades[change.venue_position]
        elif trade.as_of < fill.mark:
            trade.taken[fill.mark] = change.units
