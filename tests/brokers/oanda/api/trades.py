"""The routes of trades and positions."""

from __future__ import annotations

from decimal import Decimal

from brokers.oanda.api import shown
from brokers.oanda.api.call import Call
from brokers.oanda.api.fields import Reader, names
from brokers.oanda.api.http import Reply, invalid
from brokers.oanda.api.orders import paged
from brokers.oanda.truth import closes
from brokers.oanda.truth.records import ExitTerms, Trade

STATES = ("OPEN", "CLOSED", "CLOSE_WHEN_TRADEABLE", "ALL")
EXIT_KEYS = {
    "takeProfit": "TAKE_PROFIT",
    "stopLoss": "STOP_LOSS",
    "trailingStopLoss": "TRAILING_STOP_LOSS",
}


def _listed(call: Call, found: list[Trade], **headers: str) -> Reply:
    told = [shown.trade(call.broker, call.account, call.state, trade) for trade in found]
    return call.told({"trades": told, **call.last()}, **headers)


def open_trades(call: Call) -> Reply:
    """GET /accounts/{a}/openTrades: the newest first."""
    return _listed(call, [*call.state.open.values()][::-1])


def listed(call: Call) -> Reply:
    """GET /accounts/{a}/trades: the newest first, pages linked by `beforeID`."""
    query = call.asked.query
    state = query.get("state", "OPEN")
    if state not in STATES:
        raise invalid("state")
    wanted = names(query, "ids")
    found = [
        trade
        for trade in call.state.trades()
        if (state in ("ALL", "OPEN" if trade.is_open else "CLOSED"))
        and (not wanted or str(trade.id) in wanted)
        and query.get("instrument", trade.instrument) == trade.instrument
    ]
    page, headers = paged(call, found)
    return _listed(call, page, **headers)


def one(call: Call) -> Reply:
    """GET /accounts/{a}/trades/{t}."""
    specifier, state = call.parts[0], call.state
    found = None
    if specifier.startswith("@"):
        mine = specifier[1:]
        found = next((each for each in state.open.values() if each.extensions.id == mine), None)
    elif specifier.isdecimal():
        found = state.trade(int(specifier))
    if found is None:
        raise call.missing("NO_SUCH_TRADE")
    return call.told({"trade": shown.trade(call.broker, call.account, state, found), **call.last()})


def _amount(read: Reader, name: str) -> Decimal | str | None:
    value = read.told.get(name)
    return value if value in ("ALL", "NONE") else read.number(name)


def close(call: Call) -> Reply:
    """PUT /accounts/{a}/trades/{t}/close."""
    units = _amount(Reader(call.asked.json(), ""), "units")
    if units == "NONE":
        raise invalid("units")
    amount = "ALL" if units is None else units
    answer = closes.close_trade(call.broker, call.account, call.parts[0], amount, call.batch(), call.forced)
    return call.answered(answer, 200)


def set_exits(call: Call) -> Reply:
    """PUT /accounts/{a}/trades/{t}/orders: an object creates or replaces, null cancels, absent leaves."""
    told = call.asked.json()
    read = Reader(told, "", call.broker.manners.refuses_json_numbers)
    wanted: dict[str, ExitTerms | None] = {
        kind: read.terms(name) for name, kind in EXIT_KEYS.items() if name in told
    }
    answer = closes.set_exits(call.broker, call.account, call.parts[0], wanted, call.batch())
    return call.answered(answer, 200)


def write(call: Call) -> Reply:
    """PUT /accounts/{a}/trades/{t}/clientExtensions."""
    extensions = Reader(call.asked.json(), "").extensions("clientExtensions")
    answer = closes.write_on_trade(call.broker, call.account, call.parts[0], extensions, call.batch())
    return call.answered(answer, 200)


def positions(call: Call) -> Reply:
    """GET /accounts/{a}/positions: every instrument that was ever traded."""
    return _positions(call, {name for name, _ in call.state.earned})


def open_positions(call: Call) -> Reply:
    """GET /accounts/{a}/openPositions."""
    return _positions(call, {trade.instrument for trade in call.state.open.values()})


def _positions(call: Call, wanted: set[str]) -> Reply:
    told = [shown.position(call.broker, call.account, call.state, name) for name in sorted(wanted)]
    return call.told({"positions": told, **call.last()})


def position(call: Call) -> Reply:
    """GET /accounts/{a}/positions/{i}."""
    name = call.parts[0]
    if name not in call.broker.instruments:
        raise invalid("instrument")
    if not any(traded == name for traded, _ in call.state.earned):
        raise call.missing("NO_SUCH_POSITION")
    told = shown.position(call.broker, call.account, call.state, name)
    return call.told({"position": told, **call.last()})


def close_position(call: Call) -> Reply:
    """PUT /accounts/{a}/positions/{i}/close. A side that is not named is closed if it is there."""
    name = call.parts[0]
    if name not in call.broker.instruments:
        raise invalid("instrument")
    read = Reader(call.asked.json(), "")
    held = {trade.side for trade in call.account.state.open_in(name)}
    named = any(key in read.told for key in ("longUnits", "shortUnits"))
    wanted: dict[int, Decimal | str] = {}
    for side, key in ((1, "longUnits"), (-1, "shortUnits")):
        amount = _amount(read, key)
        if amount is None and not named and (side in held or not held):
            amount = "ALL"
        if amount is not None and amount != "NONE":
            wanted[side] = amount
    answer = closes.close_position(call.broker, call.account, name, wanted, call.batch(), call.forced)
    return call.answered(answer, 200)
