"""The routes of transactions, but for their stream."""

from __future__ import annotations

from brokers.oanda.api.call import Call
from brokers.oanda.api.fields import count, names, time
from brokers.oanda.api.http import Refused, Reply, invalid
from brokers.oanda.text import Instant
from brokers.oanda.truth.account import Transaction

GROUPS = {
    "ORDER": ("_ORDER", "_ORDER_REJECT", "ORDER_FILL", "ORDER_CANCEL", "ORDER_CANCEL_REJECT"),
    "FUNDING": ("TRANSFER_FUNDS", "TRANSFER_FUNDS_REJECT"),
    "ADMIN": ("CREATE", "CLOSE", "REOPEN", "CLIENT_CONFIGURE", "CLIENT_CONFIGURE_REJECT"),
}
"""Names for several types at once; those that begin with `_` are endings."""

DEFAULT_PAGE = 100


def _filtered(call: Call, found: list[Transaction]) -> list[Transaction]:
    wanted = names(call.asked.query, "type")
    if not wanted:
        return found
    whole = [name for each in wanted for name in GROUPS.get(each, (each,))]
    endings = tuple(name for name in whole if name.startswith("_"))
    return [each for each in found if each["type"] in whole or (endings and each["type"].endswith(endings))]


def _number(call: Call, name: str) -> int:
    value = call.asked.query.get(name)
    if value is None:
        raise Refused(400, "The request was missing required data")
    if not value.isdecimal():
        raise invalid(name)
    return int(value)


def _beyond(call: Call) -> Refused:
    return Refused(416, "The transaction ID range specified is not satisfiable", **call.last())


def listed(call: Call) -> Reply:
    """GET /accounts/{a}/transactions: links to the pages, not what is on them."""
    query = call.asked.query
    size = count(query, "pageSize", DEFAULT_PAGE, call.broker.manners.page_max)
    first = time(query, "from")
    last = time(query, "to")
    found = [
        int(each["id"])
        for each in _filtered(call, call.account.since(0, call.state.last_id))
        if (first is None or each["time"].ns >= first) and (last is None or each["time"].ns <= last)
    ]
    base = f"{call.asked.origin}{call.asked.path}/idrange"
    kind = f"&type={query['type']}" if query.get("type") else ""
    starts = range(0, len(found), size)
    pages = [
        f"{base}?from={found[start]}&to={found[min(start + size, len(found)) - 1]}{kind}" for start in starts
    ]
    told = {
        "from": Instant(call.account.created if first is None else first),
        "to": Instant(call.now if last is None else last),
        "pageSize": size,
        "type": names(query, "type"),
        "count": len(found),
        "pages": pages,
    }
    return call.told({**told, **call.last()})


def one(call: Call) -> Reply:
    """GET /accounts/{a}/transactions/{id}."""
    wanted = call.parts[0]
    if not wanted.isdecimal() or not 0 < int(wanted) <= call.state.last_id:
        raise call.missing("NO_SUCH_TRANSACTION")
    return call.told({"transaction": call.account.transactions[int(wanted) - 1], **call.last()})


def id_range(call: Call) -> Reply:
    """GET /accounts/{a}/transactions/idrange: both ends included."""
    first, last = _number(call, "from"), _number(call, "to")
    if not 0 < first <= last <= call.state.last_id:
        raise _beyond(call)
    last = min(last, first + call.broker.manners.page_max - 1)
    found = _filtered(call, call.account.since(first - 1, last))
    return call.told({"transactions": found, **call.last()})


def since(call: Call) -> Reply:
    """GET /accounts/{a}/transactions/sinceid: the id itself is not included."""
    after = _number(call, "id")
    if after > call.state.last_id:
        raise _beyond(call)
    last = min(call.state.last_id, after + call.broker.manners.page_max)
    found = _filtered(call, call.account.since(after, last))
    return call.told({"transactions": found, **call.last()})
