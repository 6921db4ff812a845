"""Reading what a client sends: query parameters and the blocks of an order."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from brokers.oanda.api.http import Refused, invalid
from brokers.oanda.text import decimal, parse_time
from brokers.oanda.truth.records import ENTRY_TYPES, EXIT_TYPES, ExitTerms, Extensions, Request

TIMES_IN_FORCE = ("GTC", "GTD", "GFD", "FOK", "IOC")
POSITION_FILLS = ("DEFAULT", "OPEN_ONLY", "REDUCE_FIRST", "REDUCE_ONLY")
TRIGGERS = ("DEFAULT", "INVERSE", "BID", "ASK", "MID")
YES, NO = ("true", "1"), ("false", "0")


class Reader:
    """Reads the fields of one JSON object. `at` names the object in errors, as in `order.units`."""

    def __init__(self, told: dict[str, Any], at: str, refuses_numbers: bool = False) -> None:
        self.told = told
        self.at = at
        self.refuses_numbers = refuses_numbers

    def _invalid(self, name: str) -> Refused:
        return invalid(f"{self.at}.{name}" if self.at else name)

    def number(self, name: str) -> Decimal | None:
        value = self.told.get(name)
        if value is None:
            return None
        if self.refuses_numbers and not isinstance(value, str):
            raise self._invalid(name)
        try:
            return decimal(value)
        except ValueError:
            raise self._invalid(name) from None

    def text(self, name: str) -> str | None:
        value = self.told.get(name)
        if isinstance(value, Decimal):
            value = format(value, "f")
        if value is not None and not isinstance(value, str):
            raise self._invalid(name)
        return value

    def one_of(self, name: str, allowed: tuple[str, ...], otherwise: str | None) -> str | None:
        value = self.text(name)
        if value is not None and value not in allowed:
            raise self._invalid(name)
        return otherwise if value is None else value

    def time(self, name: str) -> int | None:
        value = self.text(name)
        try:
            return None if value is None else parse_time(value)
        except ValueError:
            raise self._invalid(name) from None

    def flag(self, name: str) -> bool:
        value = self.told.get(name, False)
        if not isinstance(value, bool):
            raise self._invalid(name)
        return value

    def block(self, name: str) -> Reader | None:
        value = self.told.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self._invalid(name)
        return Reader(value, f"{self.at}.{name}" if self.at else name, self.refuses_numbers)

    def extensions(self, name: str) -> Extensions:
        found = self.block(name)
        return Extensions(*(found.text(each) for each in ("id", "tag", "comment"))) if found else Extensions()

    def terms(self, name: str) -> ExitTerms | None:
        found = self.block(name)
        return found.as_terms() if found else None

    def as_terms(self) -> ExitTerms:
        return ExitTerms(
            self.number("price"),
            self.number("distance"),
            self.one_of("timeInForce", TIMES_IN_FORCE, "GTC") or "GTC",
            self.time("gtdTime"),
            self.one_of("triggerCondition", TRIGGERS, "DEFAULT") or "DEFAULT",
            self.flag("guaranteed"),
            self.extensions("clientExtensions"),
        )


def order_request(told: dict[str, Any], known: dict[str, Any], refuses_numbers: bool) -> Request:
    """Read the order of a POST or PUT. Raises Refused where no transaction would ever tell of it."""
    if not isinstance(told.get("order"), dict):
        raise Refused(400, "The request was missing required data")
    read = Reader(told["order"], "order", refuses_numbers)
    kind = read.one_of("type", (*ENTRY_TYPES, *EXIT_TYPES), None)
    if kind is None:
        raise invalid("order.type")
    instrument = read.text("instrument")
    if instrument is not None and instrument not in known:
        raise invalid("order.instrument")
    return Request(
        kind,
        instrument,
        read.number("units"),
        read.number("price"),
        read.number("priceBound"),
        read.number("distance"),
        read.one_of("timeInForce", TIMES_IN_FORCE, None),
        read.time("gtdTime"),
        read.one_of("positionFill", POSITION_FILLS, "DEFAULT") or "DEFAULT",
        read.one_of("triggerCondition", TRIGGERS, "DEFAULT") or "DEFAULT",
        read.flag("guaranteed"),
        read.extensions("clientExtensions"),
        read.extensions("tradeClientExtensions"),
        read.terms("takeProfitOnFill"),
        read.terms("stopLossOnFill"),
        read.terms("trailingStopLossOnFill"),
        read.block("guaranteedStopLossOnFill") is not None,
        read.text("tradeID"),
        read.text("clientTradeID"),
        echo=_echo(told["order"]),
    )


def _echo(value: Any) -> Any:
    """Give back what came, numbers as text."""
    if isinstance(value, dict):
        return {name: _echo(each) for name, each in value.items() if each is not None}
    return format(value, "f") if isinstance(value, Decimal) else value


def flag(query: dict[str, str], name: str, otherwise: bool) -> bool:
    """Read a yes or no of a query; capitals do not matter."""
    value = query.get(name, "").lower()
    if value in YES or value in NO:
        return value in YES
    if value:
        raise invalid(name)
    return otherwise


def count(query: dict[str, str], name: str, otherwise: int, most: int) -> int:
    """Read a number of things to list."""
    value = query.get(name)
    if value is None:
        return otherwise
    if not value.isdecimal() or not int(value):
        raise invalid(name)
    if int(value) > most:
        raise Refused(400, f"Maximum value for '{name}' exceeded")
    return int(value)


def time(query: dict[str, str], name: str) -> int | None:
    """Read a time of a query."""
    try:
        return parse_time(query[name]) if name in query else None
    except (ValueError, OverflowError):
        raise invalid(name) from None


def names(query: dict[str, str], name: str) -> list[str]:
    """Read a list with commas; empty where it is not given."""
    return [each for each in query.get(name, "").split(",") if each]
