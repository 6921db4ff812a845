"""One request on its way through the interface: who asks, of which account, and how it is answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from brokers.oanda.api.http import Asked, Refused, Reply, encoded
from brokers.oanda.truth.account import Account, Batch, State
from brokers.oanda.truth.broker import Broker
from brokers.oanda.truth.orders import FREE, Answer, Forced

MESSAGES = {
    "NO_SUCH_ORDER": "The order ID specified does not exist",
    "NO_SUCH_TRADE": "The trade ID specified does not exist",
    "NO_SUCH_POSITION": "The position specified does not exist",
    "NO_SUCH_TRANSACTION": "The transaction ID specified does not exist",
    "ORDER_DOESNT_EXIST": "The order ID specified does not exist",
    "TRADE_DOESNT_EXIST": "The trade specified does not exist",
    "INSUFFICIENT_MARGIN": "Insufficient margin for the order",
}
"""What the server says for a person to read. Where it is not known, the reason's own words stand in."""


@dataclass(frozen=True, slots=True)
class Token:
    """What the bearer of a token may do. None for accounts means all of them."""

    accounts: tuple[str, ...] | None = None
    may_trade: bool = True

    def sees(self, account: str) -> bool:
        return self.accounts is None or account in self.accounts


@dataclass(slots=True)
class Call:
    """A request with what its handler needs. `state` is what reading sees: now, or some time ago."""

    broker: Broker
    asked: Asked
    token: Token
    now: int
    request_id: str
    account: Account = None  # type: ignore[assignment]  # every route below /accounts/{a} has one
    state: State = None  # type: ignore[assignment]
    forced: Forced = FREE
    parts: tuple[str, ...] = ()
    """The pieces of the path that a route leaves open, after the account."""
    headers: dict[str, str] = field(default_factory=dict)

    def batch(self) -> Batch:
        """Begin to write transactions for this request."""
        client_request = self.asked.headers.get("clientrequestid")
        return self.broker.batch(self.account, self.now, client_request or self.request_id)

    def last(self) -> dict[str, str]:
        return {"lastTransactionID": str(self.state.last_id)}

    def told(self, body: Any, status: int = 200, **headers: str) -> Reply:
        """Answer with a body."""
        written = encoded(body, self.asked.is_unix)
        return Reply(status, written, {**self.headers, **headers})

    def answered(self, answer: Answer, status: int, **headers: str) -> Reply:
        """Answer with what a request came to: its transactions, or why it was refused."""
        written = answer.batch.written()
        made = next(
            (each["id"] for key, each in answer.parts.items() if key.endswith("CreateTransaction")), None
        )
        if made and "/orders" not in self.asked.path:
            base = self.asked.path.split("/accounts/")[0]
            headers["Location"] = f"{self.asked.origin}{base}/accounts/{self.account.id}/orders/{made}"
        body: dict[str, Any] = {
            **answer.parts,
            "relatedTransactionIDs": [each["id"] for each in written],
            "lastTransactionID": str(self.account.state.last_id),
        }
        if answer.refused:
            reason = answer.refused
            said = MESSAGES.get(reason) or f"The request was refused: {reason}"
            body |= {"errorMessage": said, "errorCode": reason}
            status = 404 if answer.missing else 400
        return self.told(body, status, **headers)

    def missing(self, code: str) -> Refused:
        """Say that something is not there, without a transaction."""
        return Refused(404, MESSAGES[code], code, **self.last())
