"""A local OANDA without sockets, for tests: requests go straight to the interface."""

from __future__ import annotations

import gzip
import json
from decimal import Decimal
from typing import Any

from brokers.oanda.api.call import Token
from brokers.oanda.api.http import Asked, Reply
from brokers.oanda.api.interface import Interface
from brokers.oanda.manners import Manners
from brokers.oanda.text import SECOND, parse_time
from brokers.oanda.truth.account import Account
from brokers.oanda.truth.broker import Broker
from brokers.oanda.truth.orders import FREE, Forced

MONDAY = parse_time("2026-01-05T14:30:00Z")
"""A Monday morning in New York."""


class Answered:
    """An answer: its status, its headers and its JSON."""

    def __init__(self, reply: Reply) -> None:
        self.status = reply.status
        self.headers = reply.headers
        packed = reply.headers.get("Content-Encoding") == "gzip"
        self.raw = gzip.decompress(reply.body) if packed else reply.body
        self.json: dict[str, Any] = json.loads(self.raw)

    def __getitem__(self, key: str) -> Any:
        return self.json[key]

    def __contains__(self, key: str) -> bool:
        return key in self.json

    @property
    def keys(self) -> list[str]:
        """Give the names of the transactions it tells of."""
        return [key for key in self.json if key.endswith("Transaction")]

    def __repr__(self) -> str:
        return f"{self.status} {self.raw.decode()}"


class World:
    """A broker with one account and a EUR_USD price, and a hand that asks."""

    def __init__(self, manners: Manners | None = None, *, now: int = MONDAY, **account: Any) -> None:
        self.broker = Broker(manners=manners or Manners())
        self.broker.advance(now)
        self.account: Account = self.broker.open_account(**account)
        self.interface = Interface(self.broker, {"token": Token()})
        self.now = now
        self.price("1.10000", "1.10010")

    def price(
        self, bid: str, ask: str, instrument: str = "EUR_USD", *, after_s: float = 0, **more: Any
    ) -> None:
        self.now = max(self.now, self.broker.now) + round(after_s * SECOND)
        self.broker.price(instrument, bid, ask, self.now, **more)

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        forced: Forced = FREE,
        lag_s: float = 0.0,
        below_account: bool = True,
    ) -> Answered:
        told = {"authorization": "Bearer token", **(headers or {})}
        base = f"/v3/accounts/{self.account.id}" if below_account else "/v3"
        payload = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        asked = Asked(method, base + path, told, payload)
        answer = self.interface.answer(asked, self.now, forced=forced, lag_s=lag_s)
        assert isinstance(answer, Reply)
        return Answered(answer)

    def order(
        self, kind: str = "MARKET", units: str | None = "1000", forced: Forced = FREE, **more: Any
    ) -> Answered:
        told = {"type": kind, "instrument": "EUR_USD", "units": units, **more}
        told = {name: value for name, value in told.items() if value is not None}
        return self.ask("POST", "/orders", {"order": told}, forced=forced)

    def opened(self, units: str = "1000", **more: Any) -> str:
        """Open a trade at the market and give its id."""
        return str(self.order(units=units, **more)["orderFillTransaction"]["tradeOpened"]["tradeID"])

    def types(self, since: int = 3) -> list[str]:
        """Give the types of the transactions after one, with the reason where there is one."""
        told = self.account.since(since)
        return [" ".join(filter(None, (each["type"], each.get("reason")))) for each in told]

    @property
    def balance(self) -> Decimal:
        return self.account.state.balance
