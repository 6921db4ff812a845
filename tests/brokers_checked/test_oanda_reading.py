"""Reading the local OANDA: who may, in which form, in pages, from the past, and what is said otherwise."""

from __future__ import annotations

import json
from typing import Any

import pytest
from asked_world import Answered, World
from hypothesis import given
from hypothesis import strategies as st

from brokers.oanda.api.call import Token
from brokers.oanda.api.http import Asked, Reply
from brokers.oanda.manners import Manners
from brokers.oanda.text import parse_time, rfc3339, unix


def raw(world: World, method: str, target: str, **headers: str) -> Answered:
    answer = world.interface.answer(Asked(method, target, headers), world.now)
    assert isinstance(answer, Reply)
    return Answered(answer)


@given(st.integers(0, 4_000_000_000_000_000_000))
def test_both_forms_of_a_time_are_read_back(ns: int) -> None:
    assert parse_time(rfc3339(ns)) == parse_time(unix(ns)) == ns


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2026-01-05T15:30:00+01:00", "2026-01-05T14:30:00Z"),
        ("2026-01-05T14:30:00", "2026-01-05T14:30:00Z"),
        ("2026-01-05T14:30:00.5Z", "1767623400.500000000"),
    ],
)
def test_times_may_be_written_in_other_ways(text: str, same: str) -> None:
    assert parse_time(text) == parse_time(same)


def test_times_come_in_the_form_that_is_asked_for() -> None:
    world = World()
    world.order()
    path = "/transactions/4"
    assert world.ask("GET", path)["transaction"]["time"] == "2026-01-05T14:30:00.000000000Z"
    told = world.ask("GET", path, headers={"accept-datetime-format": "UNIX"})
    assert told["transaction"]["time"] == "1767623400.000000000"


def test_answers_are_packed_for_those_who_can_unpack() -> None:
    world = World()
    packed = world.ask("GET", "/summary", headers={"accept-encoding": "gzip, deflate"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.json == world.ask("GET", "/summary").json
    loose = World(Manners(compresses=False)).ask("GET", "/summary", headers={"accept-encoding": "gzip"})
    assert "Content-Encoding" not in loose.headers


def test_every_answer_carries_an_id_of_its_request_and_transactions_name_it() -> None:
    world = World()
    answer = world.order()
    assert answer.headers["RequestID"] == answer["orderCreateTransaction"]["requestID"]
    body = {"order": {"type": "MARKET", "instrument": "EUR_USD", "units": "1"}}
    mine = world.ask("POST", "/orders", body, headers={"clientrequestid": "mine"})
    assert mine["orderFillTransaction"]["requestID"] == "mine"
    assert raw(world, "GET", "/nowhere").headers["RequestID"]


BEARER = "Bearer token"
ACCOUNT = "/v3/accounts/101-001-1234567-001"


@pytest.mark.parametrize(
    ("method", "target", "bearer", "status", "said"),
    [
        ("GET", ACCOUNT, None, 401, "Insufficient authorization to perform request."),
        ("GET", ACCOUNT, "Bearer wrong", 401, "Insufficient authorization to perform request."),
        ("GET", ACCOUNT, "Basic token", 401, "Insufficient authorization to perform request."),
        ("GET", ACCOUNT, "Bearer other", 403, "The provided request was forbidden."),
        ("POST", f"{ACCOUNT}/orders", "Bearer reader", 403, "The provided request was forbidden."),
        ("DELETE", ACCOUNT, BEARER, 405, "Method Not Allowed"),
        ("GET", "/v3/nothing", BEARER, 404, "The endpoint specified does not exist"),
        ("GET", "/v3/accounts/101-001-1-001", BEARER, 404, "The account specified does not exist"),
        ("GET", "/v3/accounts/7", BEARER, 400, "Invalid value specified for 'accountID'"),
        ("GET", f"{ACCOUNT}/orders/9", BEARER, 404, "The order ID specified does not exist"),
        ("GET", f"{ACCOUNT}/trades/9", BEARER, 404, "The trade ID specified does not exist"),
        ("GET", f"{ACCOUNT}/transactions/9", BEARER, 404, "The transaction ID specified does not exist"),
        ("GET", f"{ACCOUNT}/transactions/idrange?from=1&to=9", BEARER, 416, "The transaction ID range"),
        ("GET", f"{ACCOUNT}/transactions/sinceid?id=9", BEARER, 416, "The transaction ID range"),
        ("GET", f"{ACCOUNT}/transactions/sinceid", BEARER, 400, "The request was missing required data"),
        ("GET", f"{ACCOUNT}/transactions/sinceid?id=-1", BEARER, 400, "Invalid value specified for 'id'"),
        ("GET", f"{ACCOUNT}/instruments?instruments=EUR_XXX", BEARER, 400, "Invalid value specified for"),
        ("GET", f"{ACCOUNT}/orders?state=LOST", BEARER, 400, "Invalid value specified for 'state'"),
        ("GET", f"{ACCOUNT}/orders?count=501", BEARER, 400, "Maximum value for 'count' exceeded"),
        ("GET", f"{ACCOUNT}/pricing/stream", BEARER, 400, "Invalid value specified for 'instruments'"),
    ],
)
def test_what_is_not_allowed_or_not_there_is_said_and_changes_nothing(
    method: str, target: str, bearer: str | None, status: int, said: str
) -> None:
    world = World()
    world.interface.tokens |= {"reader": Token(may_trade=False), "other": Token(("101-001-1-001",))}
    answer = raw(world, method, target, **({"authorization": bearer} if bearer else {}))
    assert answer.status == status
    assert answer["errorMessage"].startswith(said)
    assert world.account.state.last_id == 3


def test_a_token_sees_its_own_accounts() -> None:
    world = World()
    world.broker.open_account("101-001-1234567-002")
    world.interface.tokens["second"] = Token(("101-001-1234567-002",))
    told = raw(world, "GET", "/v3/accounts", authorization="Bearer second")
    assert told["accounts"] == [{"id": "101-001-1234567-002", "tags": []}]


def test_every_number_of_money_price_and_units_is_text() -> None:
    world = World()
    world.opened("1000", stopLossOnFill={"price": "1.09000"})
    whole_numbers = {"openTradeCount", "openPositionCount", "pendingOrderCount", "createdByUserID", "userID"}

    def check(value: Any, name: str) -> None:
        if isinstance(value, dict):
            for key, each in value.items():
                check(each, key)
        elif isinstance(value, list):
            for each in value:
                check(each, name)
        elif not isinstance(value, str | bool):
            assert name in whole_numbers | {"siteID", "divisionID", "accountUserID", "accountNumber"}, name

    for path in (
        "",
        "/changes?sinceTransactionID=1",
        "/openTrades",
        "/positions",
        "/transactions/sinceid?id=0",
    ):
        check(world.ask("GET", path).json, path)


def test_transactions_come_in_pages_of_at_most_a_thousand() -> None:
    world = World(Manners(page_max=7))
    for _ in range(10):
        world.order()
    seen: list[str] = []
    while True:
        answer = world.ask("GET", f"/transactions/sinceid?id={seen[-1] if seen else 0}")
        seen += [each["id"] for each in answer["transactions"]]
        if seen[-1] == answer["lastTransactionID"]:
            break
    assert seen == [str(number) for number in range(1, 24)]
    assert len(world.ask("GET", "/transactions/idrange?from=2&to=23")["transactions"]) == 7


def test_pages_are_links_that_can_be_followed() -> None:
    world = World()
    for _ in range(10):
        world.order()
    told = world.ask("GET", "/transactions?pageSize=10&type=ORDER_FILL", headers={"host": "here:1"})
    assert (told["count"], len(told["pages"])) == (10, 1)
    assert told["pages"][0].startswith("http://here:1/v3/accounts/")
    page = raw(world, "GET", told["pages"][0].removeprefix("http://here:1"), authorization=BEARER)
    assert {each["type"] for each in page["transactions"]} == {"ORDER_FILL"}
    groups = world.ask("GET", "/transactions/sinceid?id=0&type=ADMIN,FUNDING")["transactions"]
    assert [each["type"] for each in groups] == ["CREATE", "CLIENT_CONFIGURE", "TRANSFER_FUNDS"]
    since = world.ask("GET", "/transactions?from=2030-01-01T00:00:00Z")
    assert (since["count"], since["pages"]) == (0, [])


def test_lists_are_newest_first_and_link_to_the_next_page() -> None:
    world = World()
    for _ in range(5):
        world.opened("1")
    first = world.ask("GET", "/trades?count=2")
    assert [each["id"] for each in first["trades"]] == ["13", "11"]
    link = first.headers["Link"].split(">")[0].removeprefix("<http://localhost")
    second = raw(world, "GET", link, authorization=BEARER)
    assert [each["id"] for each in second["trades"]] == ["9", "7"]
    assert [each["id"] for each in world.ask("GET", "/trades?ids=5,7")["trades"]] == ["7", "5"]
    assert "Link" not in world.ask("GET", "/trades?count=5").headers
    states = world.ask("GET", "/orders?state=ALL&instrument=EUR_USD")["orders"]
    assert [each["state"] for each in states] == ["FILLED"] * 5
    assert world.ask("GET", "/orders")["orders"] == []


def test_reads_may_lag_behind_writes() -> None:
    world = World()
    world.price("1.10000", "1.10010", after_s=5)
    world.order("LIMIT", price="1.0", clientExtensions={"id": "mine"})
    world.price("1.10000", "1.10010", after_s=0.3)
    for path in ("/orders/4", "/orders/@mine"):
        assert world.ask("GET", path, lag_s=0.5).status == 404
        assert world.ask("GET", path, lag_s=0.2).status == 200
    assert world.ask("GET", "/transactions/sinceid?id=3", lag_s=0.5)["transactions"] == []
    assert world.ask("GET", "/summary", lag_s=0.5)["lastTransactionID"] == "3"
    world.ask("PUT", "/orders/4/cancel")
    assert world.ask("GET", "/orders/4", lag_s=0.2)["order"]["state"] == "PENDING"
    world.price("1.10000", "1.10010", after_s=0.3)
    assert world.ask("GET", "/orders/4", lag_s=0.2)["order"]["state"] == "CANCELLED"


def test_a_lagging_read_of_a_closed_trade_still_shows_it_open() -> None:
    world = World()
    trade = world.opened("1000", stopLossOnFill={"price": "1.09000"})
    world.price("1.10000", "1.10010", after_s=5)
    world.ask("PUT", f"/trades/{trade}/close", {"units": "ALL"})
    past = world.ask("GET", f"/trades/{trade}", lag_s=1)["trade"]
    assert (past["state"], past["currentUnits"], past["stopLossOrder"]["state"]) == (
        "OPEN",
        "1000",
        "PENDING",
    )
    assert world.ask("GET", "/openTrades", lag_s=1)["trades"][0]["id"] == trade
    assert world.ask("GET", f"/trades/{trade}")["trade"]["state"] == "CLOSED"
    assert json.loads(world.ask("GET", "/trades?state=ALL", lag_s=1).raw)["trades"][0]["state"] == "OPEN"
