"""The interface: a request's bytes in, an answer's bytes out. It reads no clock and opens no socket."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from brokers.oanda.api import accounts, orders, prices, trades, transactions
from brokers.oanda.api.call import Call, Token
from brokers.oanda.api.fields import flag
from brokers.oanda.api.http import (
    Asked,
    PriceStream,
    Refused,
    Reply,
    TransactionStream,
    encoded,
    packed,
)
from brokers.oanda.text import SECOND
from brokers.oanda.truth.broker import Broker
from brokers.oanda.truth.orders import FREE, Forced

Streams = PriceStream | TransactionStream
Handler = Callable[[Call], Reply | Streams]

FIRST_REQUEST = 42_000_000_000
"""Ids of requests count up from here, so that no one takes them for ids of transactions."""


def price_stream(call: Call) -> PriceStream:
    """GET /accounts/{a}/pricing/stream."""
    wanted = tuple(prices.wanted_instruments(call))
    snapshot = flag(call.asked.query, "snapshot", True)
    return PriceStream(call.account.id, wanted, snapshot, call.asked.is_unix, call.headers)


def transaction_stream(call: Call) -> TransactionStream:
    """GET /accounts/{a}/transactions/stream."""
    return TransactionStream(call.account.id, call.asked.is_unix, call.headers)


ROUTES: tuple[tuple[str, dict[str, Handler]], ...] = (
    ("/accounts", {"GET": accounts.listed}),
    ("/accounts/{a}", {"GET": accounts.whole}),
    ("/accounts/{a}/summary", {"GET": accounts.summary}),
    ("/accounts/{a}/instruments", {"GET": accounts.instruments}),
    ("/accounts/{a}/configuration", {"PATCH": accounts.configure}),
    ("/accounts/{a}/changes", {"GET": accounts.changes}),
    ("/accounts/{a}/instruments/{x}/candles", {"GET": prices.candles}),
    ("/accounts/{a}/candles/latest", {"GET": prices.latest_candles}),
    ("/instruments/{x}/candles", {"GET": prices.candles}),
    ("/accounts/{a}/pricing", {"GET": prices.pricing}),
    ("/accounts/{a}/pricing/stream", {"GET": price_stream}),
    ("/accounts/{a}/orders", {"GET": orders.listed, "POST": orders.create}),
    ("/accounts/{a}/pendingOrders", {"GET": orders.pending}),
    ("/accounts/{a}/orders/{x}", {"GET": orders.one, "PUT": orders.replace}),
    ("/accounts/{a}/orders/{x}/cancel", {"PUT": orders.cancel}),
    ("/accounts/{a}/orders/{x}/clientExtensions", {"PUT": orders.write}),
    ("/accounts/{a}/trades", {"GET": trades.listed}),
    ("/accounts/{a}/openTrades", {"GET": trades.open_trades}),
    ("/accounts/{a}/trades/{x}", {"GET": trades.one}),
    ("/accounts/{a}/trades/{x}/close", {"PUT": trades.close}),
    ("/accounts/{a}/trades/{x}/orders", {"PUT": trades.set_exits}),
    ("/accounts/{a}/trades/{x}/clientExtensions", {"PUT": trades.write}),
    ("/accounts/{a}/positions", {"GET": trades.positions}),
    ("/accounts/{a}/openPositions", {"GET": trades.open_positions}),
    ("/accounts/{a}/positions/{x}", {"GET": trades.position}),
    ("/accounts/{a}/positions/{x}/close", {"PUT": trades.close_position}),
    ("/accounts/{a}/transactions", {"GET": transactions.listed}),
    ("/accounts/{a}/transactions/idrange", {"GET": transactions.id_range}),
    ("/accounts/{a}/transactions/sinceid", {"GET": transactions.since}),
    ("/accounts/{a}/transactions/stream", {"GET": transaction_stream}),
    ("/accounts/{a}/transactions/{x}", {"GET": transactions.one}),
)
"""The first that matches answers. `{a}` is an account, `{x}` anything."""


def _pattern(route: str) -> re.Pattern[str]:
    return re.compile("/v3" + route.replace("{a}", "(?P<a>[^/]+)").replace("{x}", "([^/]+)"))


PATTERNS = tuple((_pattern(route), methods) for route, methods in ROUTES)


def is_stream(path: str) -> bool:
    """Tell whether a path lives on the host of the streams."""
    return path.endswith(("/pricing/stream", "/transactions/stream"))


@dataclass(slots=True)
class Interface:
    """The v20 interface of one broker, for the bearers of some tokens."""

    broker: Broker
    tokens: dict[str, Token]
    requests: int = 0

    def answer(self, asked: Asked, now: int, *, lag_s: float = 0.0, forced: Forced = FREE) -> Reply | Streams:
        """Answer a request at a time in nanoseconds UTC.

        `lag_s` makes reads of an account answer from that long ago. `forced` is what fate has in store for
        the order that the request may bring.
        """
        now = max(now, self.broker.now)
        self.broker.advance(now)
        self.requests += 1
        request_id = str(FIRST_REQUEST + self.requests)
        headers = {"RequestID": request_id, "Content-Type": "application/json"}
        try:
            found, handler = self._found(asked)
            call = Call(self.broker, asked, self._token(asked), now, request_id, forced=forced)
            call.headers = headers
            self._open(call, found, lag_s)
            answer = handler(call)
        except Refused as refused:
            answer = self.refusal(refused, headers)
        if isinstance(answer, Reply):
            return packed(answer, asked, self.broker.manners.compresses)
        return answer

    @staticmethod
    def refusal(refused: Refused, headers: dict[str, str]) -> Reply:
        """Write an error."""
        return Reply(refused.status, encoded(refused.body, False), headers)

    def _found(self, asked: Asked) -> tuple[re.Match[str], Handler]:
        others = False
        for pattern, methods in PATTERNS:
            if found := pattern.fullmatch(asked.path):
                if handler := methods.get(asked.method):
                    return found, handler
                others = True
        if others:
            raise Refused(405, "Method Not Allowed")
        raise Refused(404, "The endpoint specified does not exist")

    def _token(self, asked: Asked) -> Token:
        scheme, _, bearer = asked.headers.get("authorization", "").partition(" ")
        token = self.tokens.get(bearer.strip()) if scheme.lower() == "bearer" else None
        if token is None:
            raise Refused(401, "Insufficient authorization to perform request.")
        if asked.method != "GET" and not token.may_trade:
            raise Refused(403, "The provided request was forbidden.")
        return token

    def _open(self, call: Call, found: re.Match[str], lag_s: float) -> None:
        """Find the account of a route and the state that reading sees."""
        name = found.groupdict().get("a")
        call.parts = tuple(each for each in found.groups() if each != name)
        if name is None:
            return
        account = self.broker.accounts.get(name)
        if account is None:
            if not re.fullmatch(r"\d+-\d+-\d+-\d+", name):
                raise Refused(400, "Invalid value specified for 'accountID'")
            raise Refused(404, "The account specified does not exist")
        if not call.token.sees(name):
            raise Refused(403, "The provided request was forbidden.")
        call.account = account
        reads = call.asked.method == "GET" and lag_s > 0
        call.state = account.as_of(call.now - int(lag_s * SECOND)) if reads else account.state
