"""What a reply to an order-changing request proves: changes, a refusal, or nothing.

`201 Created` does not mean filled: the transactions in the body say what happened. A refusal is believed
where the venue says it in its own words; a page of some gateway, a failure of the venue's, a limit of its
rate and a body that cannot be read leave the order unknown.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from tickwise.venues.oanda import wire
from tickwise.venues.oanda.exact import Malformed, shown
from tickwise.venues.oanda.memory import Memory
from tickwise.venues.oanda.protection import KINDS
from tickwise.venues.oanda.reasons import MEANINGS, Meaning, meaning_of
from tickwise.venues.oanda.scale import Scales
from tickwise.venues.oanda.transactions import changes_of, mark_of
from tickwise.venues.venue import Answer, Change, NoReply, Noted, Refusal, Request

DONE = (200, 201)
REFUSED = (400, 401, 403, 404, 405, 409, 410, 415, 416, 422)
"""Statuses that say the request was not carried out; 408 and 429 do not prove it, nor does any 5xx."""

_body = msgspec.json.Decoder(dict[str, msgspec.Raw])


class Reply(NamedTuple):
    """A reply whole."""

    status: int
    body: bytes


def answer_of(request: Request, reply: Reply, memory: Memory, scales: Scales) -> Answer:
    """Say what came of a request; it raises nothing for what a venue may write."""
    if reply.status in DONE:
        return _done(request, reply, memory, scales)
    if reply.status in REFUSED:
        return _refused(request, reply, memory, scales)
    return NoReply(f"status {reply.status}: {says_of(reply.body) or shown(reply.body[:60])}")


def says_of(body: bytes) -> str:
    """Give what the venue says of a failure, "" where the body is not in its words."""
    try:
        said = wire.complaint(body)
    except Malformed:
        return ""
    parts = [part for part in (said.error_code, said.error_message) if part]
    return ": ".join(dict.fromkeys(parts))[:300]


def _done(request: Request, reply: Reply, memory: Memory, scales: Scales) -> Answer:
    """Tell the transactions of a success; the order must be among them."""
    try:
        said = _transactions(reply.body)
        if not _is_of(request, said):
            return NoReply(f"status {reply.status} without the transaction of the order")
        return _told(request, said, memory, scales)
    except Malformed as error:
        return NoReply(f"status {reply.status}, but {error}")


def _is_of(request: Request, said: list[wire.Transaction]) -> bool:
    """Tell whether a reply is of this request: of an order it has the creation, under the same id of ours."""
    created = [each for each in said if KINDS.get(each.type) == "entry"]
    if request.verb == "enter":
        ids = [each.client_extensions.id for each in created if each.client_extensions]
        return bool(created) and all(each in (None, request.order) for each in ids)
    return bool(created) if request.verb == "leave" else bool(said)


def _refused(request: Request, reply: Reply, memory: Memory, scales: Scales) -> Answer:
    """Tell the transaction of a rejection where there is one, and if not a refusal in the venue's words."""
    says = says_of(reply.body)
    try:
        changes = _told(request, _transactions(reply.body), memory, scales)
        if any(not isinstance(change, Noted) for change in changes):
            return changes
    except Malformed as error:
        return NoReply(f"status {reply.status}, but {error}")
    if not says:
        return NoReply(f"status {reply.status} in no words of the venue's: {shown(reply.body[:60])}")
    reason, policy = _meaning(reply)
    return Refusal(reason, policy, f"{reply.status} {says}")


def _meaning(reply: Reply) -> Meaning:
    """Say why a request without a transaction was refused: by its code where listed, else by its status."""
    code = wire.complaint(reply.body).error_code or ""
    if code in MEANINGS:
        return meaning_of(code)
    return ("not_authorised", "give_up") if reply.status in (401, 403) else ("other", "give_up")


def _transactions(body: bytes) -> list[wire.Transaction]:
    """Give every transaction that stands in a body, by their numbers. Raises Malformed."""
    try:
        parts = _body.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"the body cannot be read: {error}", "reply") from None
    said = [wire.transaction_body(bytes(raw)) for name, raw in parts.items() if name.endswith("Transaction")]
    return sorted(said, key=lambda each: mark_of(each.id, "reply"))


def _told(
    request: Request, said: list[wire.Transaction], memory: Memory, scales: Scales
) -> tuple[Change, ...]:
    """Tell transactions that belong to an order of ours."""
    if request.verb != "set_stop":
        for each in said:
            if KINDS.get(each.type.removesuffix("_REJECT")) == "entry":
                memory.own(mark_of(each.id, "reply"), request.order)
    return tuple(change for each in said for change in changes_of(request.account, each, memory, scales))
