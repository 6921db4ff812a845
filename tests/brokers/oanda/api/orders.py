"""The routes of orders."""

from __future__ import annotations

from typing import Any

from brokers.oanda.api import shown
from brokers.oanda.api.call import Call
from brokers.oanda.api.fields import Reader, count, names, order_request
from brokers.oanda.api.http import Reply, invalid
from brokers.oanda.truth import orders
from brokers.oanda.truth.records import Order

STATES = ("PENDING", "FILLED", "TRIGGERED", "CANCELLED", "ALL")


def create(call: Call) -> Reply:
    """POST /accounts/{a}/orders."""
    broker = call.broker
    refuses = broker.manners.refuses_json_numbers
    request = order_request(call.asked.json(), broker.instruments, refuses)
    answer = orders.create(broker, call.account, request, call.batch(), call.forced)
    made = answer.parts.get("orderCreateTransaction", {}).get("id")
    headers = {"Location": f"{call.asked.origin}{call.asked.path}/{made}"} if made else {}
    return call.answered(answer, 201, **headers)


def replace(call: Call) -> Reply:
    """PUT /accounts/{a}/orders/{o}."""
    refuses = call.broker.manners.refuses_json_numbers
    request = order_request(call.asked.json(), call.broker.instruments, refuses)
    answer = orders.replace_order(call.broker, call.account, call.parts[0], request, call.batch())
    made = answer.parts.get("orderCreateTransaction", {}).get("id")
    base = call.asked.path.rsplit("/", 1)[0]
    headers = {"Location": f"{call.asked.origin}{base}/{made}"} if made else {}
    return call.answered(answer, 201, **headers)


def cancel(call: Call) -> Reply:
    """PUT /accounts/{a}/orders/{o}/cancel."""
    return call.answered(orders.cancel(call.account, call.parts[0], call.batch()), 200)


def write(call: Call) -> Reply:
    """PUT /accounts/{a}/orders/{o}/clientExtensions."""
    read = Reader(call.asked.json(), "")
    mine, trade = read.extensions("clientExtensions"), read.extensions("tradeClientExtensions")
    answer = orders.write_on_order(call.broker, call.account, call.parts[0], mine, trade, call.batch())
    return call.answered(answer, 200)


def pending(call: Call) -> Reply:
    """GET /accounts/{a}/pendingOrders."""
    return _listed(call, [*call.state.pending.values()])


def listed(call: Call) -> Reply:
    """GET /accounts/{a}/orders: the newest first, pages linked by `beforeID`."""
    query = call.asked.query
    state = query.get("state", "PENDING")
    if state not in STATES:
        raise invalid("state")
    wanted = names(query, "ids")
    found = [
        order
        for order in call.state.orders()
        if (state in ("ALL", order.state))
        and (not wanted or str(order.id) in wanted)
        and query.get("instrument", order.instrument) == order.instrument
    ]
    page, headers = paged(call, found)
    return _listed(call, page, **headers)


def paged(call: Call, found: list[Any]) -> tuple[list[Any], dict[str, str]]:
    """Cut a page out of a list, newest first, and link to the next."""
    query = call.asked.query
    most = count(query, "count", 50, call.broker.manners.list_max)
    before = query.get("beforeID")
    if before is not None and not before.isdecimal():
        raise invalid("beforeID")
    below = [each for each in found if before is None or each.id < int(before)]
    page = sorted(below, key=lambda each: -each.id)[:most]
    if len(below) <= most:
        return page, {}
    kept = "&".join(f"{name}={value}" for name, value in query.items() if name != "beforeID")
    link = f"{call.asked.origin}{call.asked.path}?beforeID={page[-1].id}" + (f"&{kept}" if kept else "")
    return page, {"Link": f'<{link}>; rel="next"'}


def _listed(call: Call, found: list[Order], **headers: str) -> Reply:
    told = [shown.order(call.broker, order) for order in found]
    return call.told({"orders": told, **call.last()}, **headers)


def one(call: Call) -> Reply:
    """GET /accounts/{a}/orders/{o}: by a client's id only while it is pending."""
    specifier, state = call.parts[0], call.state
    found = None
    if specifier.startswith("@"):
        mine = specifier[1:]
        found = next((each for each in state.pending.values() if each.extensions.id == mine), None)
    elif specifier.isdecimal():
        found = state.order(int(specifier))
    if found is None:
        raise call.missing("NO_SUCH_ORDER")
    return call.told({"order": shown.order(call.broker, found), **call.last()})
