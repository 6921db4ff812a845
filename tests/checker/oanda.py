"""OANDA's transactions and requests as the checker's records: read from the wire by code of its own.

The truth is the list of transactions that a local OANDA keeps, as it would show them. A request is its bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from checker.world import FOREVER, Asked, Happened, Made, Over, Paid, Rests, Traded

Transaction = Mapping[str, Any]


class Digits(NamedTuple):
    """How many decimals prices and units of an instrument have: what a tick and a step are."""

    price: int
    units: int = 0


CAUSES = {
    "STOP_LOSS_ORDER": "stop",
    "TRAILING_STOP_LOSS_ORDER": "stop",
    "TAKE_PROFIT_ORDER": "target",
    "MARKET_ORDER_MARGIN_CLOSEOUT": "broker",
}
MADE = ("MARKET_ORDER", "LIMIT_ORDER", "STOP_ORDER", "MARKET_IF_TOUCHED_ORDER")
MONEY = ("TRANSFER_FUNDS", "DAILY_FINANCING", "CLIENT_CONFIGURE", "DIVIDEND_ADJUSTMENT")
MOVED = ("CLIENT_REQUEST_REPLACED", "LINKED_TRADE_CLOSED")
"""Reasons for which a stop is cancelled that leave no position without one."""


class Truth:
    """Reads the transactions of one account in order; `time_of` gives one's time in nanoseconds UTC."""

    def __init__(
        self,
        account: str,
        digits: Mapping[str, Digits],
        time_of: Callable[[Transaction], int],
        visible: Mapping[int, int] | None = None,
    ) -> None:
        self.account = account
        self.digits = digits
        self.time_of = time_of
        self.visible = visible or {}
        self._ours: dict[str, str] = {}
        self._closing: dict[str, str] = {}
        self._exits: dict[str, tuple[str, str]] = {}
        self._rests: dict[str, dict[str, int]] = {}
        self._instruments: dict[str, str] = {}

    def read(self, transactions: Iterable[Transaction]) -> list[Happened]:
        """Give what happened, in order."""
        return [each for transaction in transactions for each in self._of(transaction)]

    def _of(self, said: Transaction) -> list[Happened]:
        kind, mark, ts = said["type"], int(said["id"]), self.time_of(said)
        if kind in MADE:
            return [self._made(said, mark, ts)]
        if kind == "ORDER_FILL":
            return self._filled(said, mark, ts)
        if kind in ("STOP_LOSS_ORDER", "TAKE_PROFIT_ORDER"):
            return self._rested(said, mark, ts)
        if kind == "ORDER_CANCEL":
            return self._cancelled(said, mark, ts)
        if kind.endswith("_ORDER_REJECT"):
            ours = said.get("clientExtensions", {}).get("id", "")
            return [Over(ts, self.account, mark, "", ours, "rejected")]
        if kind in MONEY and "accountBalance" in said:
            amount = said.get("amount", said.get("financing", "0"))
            is_flow = kind == "TRANSFER_FUNDS"
            return [Paid(ts, self.account, mark, _money(amount), _money(said["accountBalance"]), is_flow)]
        return []

    def _made(self, said: Transaction, mark: int, ts: int) -> Made:
        ours = said.get("clientExtensions", {}).get("id", "")
        trade = said.get("tradeClose", {}).get("tradeID", "")
        self._ours[said["id"]], self._closing[said["id"]] = ours, trade
        units = self._steps(said["instrument"], said["units"])
        return Made(ts, self.account, mark, said["id"], ours, said["instrument"], units, trade)

    def _filled(self, said: Transaction, mark: int, ts: int) -> list[Happened]:
        """Give each part of a fill: what it closed, reduced and opened; the last carries what it cost."""
        parts = [*said.get("tradesClosed", ()), *filter(None, [said.get("tradeReduced")])]
        opened = said.get("tradeOpened")
        costs = _money(said.get("commission", "0")) + _money(said.get("guaranteedExecutionFee", "0"))
        instrument = said["instrument"]
        found = []
        for part in [*parts, *([opened] if opened else [])]:
            ours = said.get("clientOrderID") or self._ours.get(said["orderID"], "")
            price = Decimal(part.get("price", said["price"]))
            self._instruments[part["tradeID"]] = instrument
            found.append(
                Traded(
                    ts,
                    self.account,
                    mark,
                    said["orderID"],
                    ours,
                    instrument,
                    part["tradeID"],
                    f"{said['id']}:{part['tradeID']}",
                    self._steps(instrument, part["units"]),
                    round(price.scaleb(self.digits[instrument].price)),
                    _money(part.get("realizedPL", "0")) + _money(part.get("financing", "0"))
                    - (costs if part is (opened or parts[-1]) else 0),
                    _money(said["accountBalance"]),
                    self._cause(said, part is opened),  # type: ignore[arg-type]
                    self.visible.get(mark, FOREVER),
                )
            )  # fmt: skip
        return list(found)

    def _cause(self, said: Transaction, opens: bool) -> str:
        if said["reason"] in CAUSES:
            return CAUSES[said["reason"]]
        if "requestID" not in said:
            return "user"
        return "entry" if opens else "exit"

    def _rested(self, said: Transaction, mark: int, ts: int) -> list[Happened]:
        trade = said["tradeID"]
        which = "stop" if said["type"] == "STOP_LOSS_ORDER" else "target"
        digits = self.digits[self._instruments[trade]].price
        self._exits[said["id"]] = (trade, which)
        self._rests.setdefault(trade, {})[which] = round(Decimal(said["price"]).scaleb(digits))
        return [self._now_rests(said, trade, mark, ts)]

    def _now_rests(self, said: Transaction, trade: str, mark: int, ts: int) -> Rests:
        rests = self._rests.get(trade, {})
        by = "client" if "requestID" in said else "user"
        return Rests(
            ts,
            self.account,
            mark,
            trade,
            rests.get("stop", 0),
            rests.get("target", 0),
            by,  # type: ignore[arg-type]
            self.visible.get(mark, FOREVER),
        )

    def _cancelled(self, said: Transaction, mark: int, ts: int) -> list[Happened]:
        order = said["orderID"]
        if order in self._exits:
            trade, which = self._exits[order]
            if said["reason"] in MOVED:
                return []
            self._rests[trade][which] = 0
            return [self._now_rests(said, trade, mark, ts)]
        ours = said.get("clientOrderID") or self._ours.get(order, "")
        return [Over(ts, self.account, mark, order, ours, "cancelled")]

    def _steps(self, instrument: str, units: str) -> int:
        return round(Decimal(units).scaleb(self.digits[instrument].units))


def _money(text: str) -> int:
    return round(Decimal(text) * 1_000_000)


# Requests.

ENTER = re.compile(r"/v3/accounts/([^/]+)/orders")
CLOSE = re.compile(r"/v3/accounts/([^/]+)/trades/([^/]+)/close")
EXITS = re.compile(r"/v3/accounts/([^/]+)/trades/([^/]+)/orders")
CANCEL = re.compile(r"/v3/accounts/([^/]+)/orders/([^/]+)/cancel")
ACCOUNT = re.compile(r"/v3/accounts/([^/?]+)")


class Unreadable(ValueError):
    """The bytes say something that is no order."""


def asked(
    ts: int,
    method: str,
    target: str,
    body: bytes,
    digits: Mapping[str, Digits],
    *,
    host: str = "",
    owner: str = "",
    instrument_of: Callable[[str], str] = lambda trade: "",
) -> Asked:
    """Read a request; `instrument_of` tells what a trade is of, which the bytes do not say."""
    path = target.partition("?")[0]
    found = ACCOUNT.match(path)
    told: dict[str, Any] = {"host": host, "owner": owner, "account": found[1] if found else ""}
    if method == "GET":
        verb: Any = "stream" if path.endswith("/stream") else "read"
        return Asked(ts, verb, method, target, body, **told)
    verb, read, said = "cancel", None, None
    if method == "POST" and ENTER.fullmatch(path):
        verb, read = "enter", _entry
    elif method == "PUT" and (said := CLOSE.fullmatch(path)):
        verb, read = "leave", _exit
    elif method == "PUT" and (said := EXITS.fullmatch(path)):
        verb, read = "set_stop", _stops
    if said is not None:
        told |= {"trade": said[2], "instrument": instrument_of(said[2])}
    try:
        if read is not None:
            told |= read(json.loads(body, parse_float=_no_float), told.get("instrument", ""), digits)
    except (ValueError, KeyError, TypeError, AttributeError, InvalidOperation) as error:
        told["says"] = f"{type(error).__name__}: {error}"
    return Asked(ts, verb, method, target, body, **told)


def _no_float(text: str) -> Any:
    raise Unreadable(f"{text} is a number, OANDA takes text")


def _whole(text: Any, digits: int) -> int:
    """Read a decimal number as a whole count of its last digit."""
    if not isinstance(text, str):
        raise Unreadable(f"{text!r} is no text")
    count = Decimal(text).scaleb(digits)
    if not count.is_finite() or count != count.to_integral_value():
        raise Unreadable(f"{text} has more than {digits} decimals")
    return int(count)


def _entry(body: Any, _: str, digits: Mapping[str, Digits]) -> dict[str, Any]:
    order = body["order"]
    if order["type"] != "MARKET":
        raise Unreadable(f"{order['type']} is no market order")
    of = digits[order["instrument"]]
    told: dict[str, Any] = {
        "order": order["clientExtensions"]["id"],
        "instrument": order["instrument"],
        "units": _whole(order["units"], of.units),
    }
    if "stopLossOnFill" in order:
        told["stop"] = _whole(order["stopLossOnFill"]["distance"], of.price)
    if "takeProfitOnFill" in order:
        told["target"] = _whole(order["takeProfitOnFill"]["price"], of.price)
    if "priceBound" in order:
        told["bound"] = _whole(order["priceBound"], of.price)
    return told


def _exit(body: Any, instrument: str, digits: Mapping[str, Digits]) -> dict[str, Any]:
    if body["units"] == "ALL":
        return {}
    return {"units": _whole(body["units"], digits[instrument].units)}


def _stops(body: Any, instrument: str, digits: Mapping[str, Digits]) -> dict[str, Any]:
    stop = body.get("stopLoss")
    return {"stop": _whole(stop["price"], digits[instrument].price)} if stop else {}
