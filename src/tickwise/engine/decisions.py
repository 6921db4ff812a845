"""What the core decided, as entries of the journal: the core's numbers become names."""

from __future__ import annotations

from typing import Any

from tickwise.core.outcome import TABLE
from tickwise.core.types import STATES
from tickwise.engine.book import PositionState
from tickwise.engine.names import REASON_NAMES, REJECT_NAMES, Names
from tickwise.journal import entries as j
from tickwise.session.session import Records

PLACE_NAMES = tuple(row.name for row in TABLE)
CODES = tuple(row.code for row in TABLE)


def intent_of(decision: Any, names: Names, records: Records, ts: int, event: int) -> j.Intent:
    """Write an entry that was decided; its quote is the market's last."""
    at = int(decision["lane"])
    row, lane = names.lanes[at], records.lanes[at]
    market, order = records.markets[int(lane["instrument"])], lane["order"]
    return j.Intent(
        ts=ts,
        event=event,
        order=names.order(int(decision["id"])),
        lane=at,
        bot=row.bot,
        strategy=row.strategy,
        instrument=row.instrument,
        account=row.account,
        pocket=row.pocket,
        units=int(decision["units"]),
        bid=int(market["bid"]),
        ask=int(market["ask"]),
        price=int(decision["price"]),
        stop=int(decision["stop"]),
        target=int(decision["target"]),
        bound=int(decision["bound"]),
        spread=int(order["spread"]),
        score=float(order["score"]),
        risk=int(order["risk"]),
        value=int(order["value"]),
    )


def exit_of(decision: Any, names: Names, position: str, leavings: int, ts: int, event: int) -> j.ExitIntent:
    """Write an order to leave that was decided."""
    at = int(decision["lane"])
    row = names.lanes[at]
    return j.ExitIntent(
        ts=ts,
        event=event,
        order=names.leaving(position, leavings + 1),
        position=position,
        lane=at,
        bot=row.bot,
        instrument=row.instrument,
        account=row.account,
        units=int(decision["units"]),
        price=int(decision["price"]),
        reason=REASON_NAMES[int(decision["reason"])],
    )


def stray_exit_of(position: PositionState, names: Names, reason: str, ts: int, event: int) -> j.ExitIntent:
    """Write an order to leave a position that no lane holds, at whatever price there is."""
    lane = position.lane
    return j.ExitIntent(
        ts=ts,
        event=event,
        order=names.leaving(position.id, position.leavings + 1),
        position=position.id,
        lane=lane,
        bot=names.lanes[lane].bot if lane >= 0 else "",
        instrument=position.instrument,
        account=position.account,
        units=-position.units,
        price=0,
        reason=reason,
    )


def stop_of(decision: Any, names: Names, position: str, ts: int, event: int) -> j.StopIntent:
    """Write a better stop that was decided."""
    at = int(decision["lane"])
    row = names.lanes[at]
    return j.StopIntent(
        ts=ts,
        event=event,
        position=position,
        lane=at,
        bot=row.bot,
        instrument=row.instrument,
        account=row.account,
        stop=int(decision["stop"]),
        reason=REASON_NAMES[int(decision["reason"])],
    )


def signal_of(decision: Any, names: Names, records: Records, ts: int, event: int) -> j.SignalSeen:
    """Write a signal of a bot that sends no orders. Its key is unique: bot, instrument, side, moment."""
    at = int(decision["lane"])
    row, lane = names.lanes[at], records.lanes[at]
    market = records.markets[int(lane["instrument"])]
    units = int(decision["units"])
    side = "buy" if units > 0 else "sell"
    return j.SignalSeen(
        ts=ts,
        event=event,
        key=f"{row.bot}:{row.strategy}:{row.instrument}:{row.account}:{int(decision['ts'])}:{side}",
        lane=at,
        bot=row.bot,
        strategy=row.strategy,
        instrument=row.instrument,
        account=row.account,
        units=units,
        bid=int(market["bid"]),
        ask=int(market["ask"]),
    )


def fill_of(decision: Any, names: Names, latency: int, ts: int, event: int) -> j.Filled:
    """Write the fill of an entry that the core's own exchange gave."""
    at = int(decision["lane"])
    row, number = names.lanes[at], int(decision["id"])
    return j.Filled(
        ts=ts,
        event=event,
        by="core",
        order=names.order(number),
        position=names.order(number),
        execution=f"paper-{number}",
        lane=at,
        units=int(decision["units"]),
        price=int(decision["price"]),
        stop=int(decision["stop"]),
        target=int(decision["target"]),
        commission=int(decision["commission"]),
        latency=latency,
        instrument=row.instrument,
        account=row.account,
        venue_position=f"paper-{number}",
    )


def reduction_of(
    decision: Any, names: Names, order: str, position: str, left: int, ts: int, event: int
) -> j.Reduced:
    """Write the fill of an exit that the core's own exchange gave; `left` is what stays open."""
    at = int(decision["lane"])
    row = names.lanes[at]
    return j.Reduced(
        ts=ts,
        event=event,
        by="core",
        order=order,
        position=position,
        execution=f"paper-{int(decision['id'])}-{left}",
        lane=at,
        units=-int(decision["units"]),
        price=int(decision["price"]),
        reason=REASON_NAMES[int(decision["reason"])],
        gross=int(decision["earned"]),
        commission=int(decision["commission"]),
        left=left,
        instrument=row.instrument,
        account=row.account,
    )


def end_of(decision: Any, names: Names, ts: int, event: int) -> j.Ended:
    """Write that the core's own exchange refused an entry."""
    reason = REJECT_NAMES[int(decision["reason"])]
    return j.Ended(
        ts=ts,
        event=event,
        by="core",
        order=names.order(int(decision["id"])),
        lane=int(decision["lane"]),
        status="rejected",
        reason=reason,
        policy="retry_later",
        says=f"the simulated exchange: {reason}",
    )


def trade_of(trade: Any, names: Names, position: str, ts: int, event: int) -> j.TradeBooked:
    """Write a trade from flat to flat. The mean exit price is kept as a whole sum over whole units."""
    at = int(trade["lane"])
    row, units = names.lanes[at], int(trade["units"])
    return j.TradeBooked(
        ts=ts,
        event=event,
        position=position,
        lane=at,
        bot=row.bot,
        strategy=row.strategy,
        instrument=row.instrument,
        account=row.account,
        pocket=row.pocket,
        side=int(trade["side"]),
        units=units,
        decided_ts=int(trade["decided_ts"]),
        entry_ts=int(trade["entry_ts"]),
        entry_price=int(trade["entry_price"]),
        exit_ts=int(trade["exit_ts"]),
        exit_value=round(float(trade["exit_price"]) * units),
        exit_units=units,
        reason=REASON_NAMES[int(trade["reason"])],
        gross=int(trade["gross"]),
        commission=int(trade["commission"]),
        financing=int(trade["financing"]),
        pnl=int(trade["pnl"]),
        risk=int(trade["risk"]),
        stop=int(trade["stop"]),
        target=int(trade["target"]),
        best=int(trade["best"]),
        worst=int(trade["worst"]),
        spread=int(trade["spread"]),
        score=float(trade["score"]),
        state=STATES[int(trade["state"])],
        latency=int(trade["latency"]),
    )
