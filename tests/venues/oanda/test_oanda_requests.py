"""Orders are written for the wire and read back by other code; a byte that differs and matters is caught."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oanda_words import ACCOUNT, SCALES, TERMS

from tickwise.venues.oanda.exact import Malformed
from tickwise.venues.oanda.parse import parsed
from tickwise.venues.oanda.requests import entry_request, exit_request, stop_request
from tickwise.venues.venue import EntryOrder, ExitOrder, Request, StopOrder

ENTRY = EntryOrder("tw-a1-7", ACCOUNT, "EUR_USD", -1_000, 300, 10, 110_002, 109_990, "fast-eurusd")
EXIT = ExitOrder("tw-a1-7-x1", ACCOUNT, "EUR_USD", "8", 0)
STOP = StopOrder("tw-a1-7", ACCOUNT, "USD_JPY", "8", 150_123, 0)


def back(request: Request, instrument: str = "EUR_USD") -> EntryOrder | ExitOrder | StopOrder:
    """Read a request back; every trade is in the one instrument."""
    return parsed(request, TERMS, lambda trade: instrument)


def test_an_entry_is_a_market_order_with_bound_stop_and_target() -> None:
    request = entry_request(ENTRY, SCALES, "FOK")
    extensions = {"id": "tw-a1-7", "tag": "fast-eurusd", "comment": "target 10"}
    assert (request.verb, request.order, request.account) == ("enter", "tw-a1-7", ACCOUNT)
    assert (request.method, request.path) == ("POST", f"/v3/accounts/{ACCOUNT}/orders")
    assert json.loads(request.body) == {
        "order": {
            "type": "MARKET",
            "instrument": "EUR_USD",
            "units": "-1000",
            "timeInForce": "FOK",
            "positionFill": "DEFAULT",
            "priceBound": "1.09990",
            "stopLossOnFill": {"distance": "0.00300", "timeInForce": "GTC"},
            "takeProfitOnFill": {"price": "1.10002", "timeInForce": "GTC"},
            "clientExtensions": extensions,
            "tradeClientExtensions": extensions,
        }
    }


def test_an_entry_may_ask_for_what_can_be_had() -> None:
    request = entry_request(ENTRY, SCALES, "IOC")
    assert json.loads(request.body)["order"]["timeInForce"] == "IOC"
    assert back(request) == ENTRY


def test_leaving_is_closing_the_trade_whole_or_in_part() -> None:
    whole, part = (
        exit_request(EXIT, SCALES),
        exit_request(ExitOrder("x", ACCOUNT, "XAU_USD", "8", 150), SCALES),
    )
    assert (whole.verb, whole.method, whole.body) == ("leave", "PUT", b'{"units":"ALL"}')
    assert whole.path == f"/v3/accounts/{ACCOUNT}/trades/8/close"
    assert part.body == b'{"units":"1.50"}'


def test_a_stop_is_set_without_touching_the_target() -> None:
    request = stop_request(STOP, SCALES)
    assert (request.verb, request.order, request.method) == ("set_stop", "tw-a1-7", "PUT")
    assert request.path == f"/v3/accounts/{ACCOUNT}/trades/8/orders"
    assert request.body == b'{"stopLoss":{"price":"150.123","timeInForce":"GTC"}}'


TEXT = st.from_regex(r"[!-~]([ -~]{0,126}[!-~])?", fullmatch=True)
COUNT = st.integers(1, 10**12)
INSTRUMENT = st.sampled_from(sorted(SCALES))
NUMBER = st.integers(1, 10**17).map(str)

ENTRIES = st.builds(
    EntryOrder,
    order=TEXT,
    account=st.just(ACCOUNT),
    instrument=INSTRUMENT,
    units=COUNT | COUNT.map(lambda units: -units),
    stop=COUNT,
    target=st.just(0) | COUNT,
    target_price=st.just(0) | COUNT,
    bound=st.just(0) | COUNT,
    tag=st.just("") | TEXT,
)
EXITS = st.builds(ExitOrder, TEXT, st.just(ACCOUNT), INSTRUMENT, NUMBER, st.just(0) | COUNT)
STOPS = st.builds(StopOrder, TEXT, st.just(ACCOUNT), INSTRUMENT, NUMBER, st.just(0) | COUNT, COUNT)


@given(ENTRIES, st.sampled_from(["FOK", "IOC"]))
def test_an_entry_reads_back_as_it_was_decided(order: EntryOrder, time_in_force: Any) -> None:
    assert back(entry_request(order, SCALES, time_in_force)) == order


@given(EXITS)
def test_an_exit_reads_back_as_it_was_decided(order: ExitOrder) -> None:
    assert back(exit_request(order, SCALES), order.instrument) == order


@given(STOPS)
def test_a_stop_reads_back_as_it_was_decided(order: StopOrder) -> None:
    assert back(stop_request(order, SCALES), order.instrument) == order


def changed(request: Request, **fields: Any) -> Request:
    """Give a request of an entry with some fields of its order changed; None takes one away."""
    wanted = {**json.loads(request.body)["order"], **fields}
    body = {"order": {name: value for name, value in wanted.items() if value is not None}}
    return Request(
        request.verb, request.order, request.account, request.method, request.path, json.dumps(body).encode()
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"units": "1000"},
        {"units": "-1001"},
        {"priceBound": "1.09991"},
        {"priceBound": None},
        {"stopLossOnFill": {"distance": "0.00301", "timeInForce": "GTC"}},
        {"takeProfitOnFill": {"price": "1.10003", "timeInForce": "GTC"}},
        {"takeProfitOnFill": None},
    ],
)
def test_an_entry_that_says_something_else_reads_back_as_something_else(fields: dict[str, Any]) -> None:
    assert back(changed(entry_request(ENTRY, SCALES, "FOK"), **fields)) != ENTRY


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "LIMIT"},
        {"timeInForce": "GTC"},
        {"positionFill": "REDUCE_ONLY"},
        {"stopLossOnFill": None},
        {"stopLossOnFill": {"distance": "0.00300", "timeInForce": "GFD"}},
        {"stopLossOnFill": {"price": "1.10300", "timeInForce": "GTC"}},
        {"stopLossOnFill": {"distance": "0.00300", "timeInForce": "GTC", "guaranteed": True}},
        {"stopLossOnFill": {"distance": "-0.00300", "timeInForce": "GTC"}},
        {"stopLossOnFill": {"distance": "0", "timeInForce": "GTC"}},
        {"clientExtensions": {"id": "other"}},
        {"clientExtensions": None},
        {"tradeClientExtensions": {"id": "tw-a1-7", "tag": "fast-eurusd", "comment": "target 11"}},
        {"units": -1000},
        {"units": "-1000.5"},
        {"units": "-1e3"},
        {"units": "NaN"},
        {"units": ""},
        {"units": "1" + "0" * 30},
        {"priceBound": "1.099900000000000000000000000001"},
        {"priceBound": "1.099905"},
        {"instrument": "USD_JPY"},
        {"instrument": "EUR_XXX"},
        {"instrument": ["EUR_USD"]},
        {"gtdTime": "2026-01-05T14:30:00Z"},
        {"trailingStopLossOnFill": {"distance": "0.00100"}},
    ],
)
def test_an_entry_that_is_not_as_ours_are_does_not_pass(fields: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        back(changed(entry_request(ENTRY, SCALES, "FOK"), **fields))


@pytest.mark.parametrize(
    "request_",
    [
        Request("enter", "o", ACCOUNT, "POST", "/v3/accounts/101-001-9999999-001/orders", b"{}"),
        Request("enter", "o", ACCOUNT, "POST", f"/v3/accounts/{ACCOUNT}/orders/", b"{}"),
        Request("enter", "o", ACCOUNT, "POST", f"/v3/accounts/{ACCOUNT}/orders?x=1", b"{}"),
        Request("enter", "o", ACCOUNT, "PUT", f"/v3/accounts/{ACCOUNT}/orders", b"{}"),
        Request("leave", "o", ACCOUNT, "POST", f"/v3/accounts/{ACCOUNT}/orders", b'{"order":{}}'),
        Request("enter", "o", ACCOUNT, "PUT", f"/v3/accounts/{ACCOUNT}/trades/8/close", b'{"units":"ALL"}'),
        Request(
            "set_stop", "o", ACCOUNT, "PUT", f"/v3/accounts/{ACCOUNT}/trades/8/close", b'{"units":"ALL"}'
        ),
        Request("leave", "o", ACCOUNT, "PUT", f"/v3/accounts/{ACCOUNT}/trades/8/close", b'{"units":"0"}'),
        Request("leave", "o", ACCOUNT, "PUT", f"/v3/accounts/{ACCOUNT}/trades/8/close", b'{"units":"-5"}'),
        Request("leave", "o", ACCOUNT, "PUT", f"/v3/accounts/{ACCOUNT}/trades/8/close", b'{"units":5}'),
        Request("leave", "o", ACCOUNT, "PUT", f"/v3/accounts/{ACCOUNT}/trades/8/close", b"{}"),
        Request("leave", "o", ACCOUNT, "PUT", f"/v3/accounts/{ACCOUNT}/trades/@8/close", b'{"units":"ALL"}'),
        Request(
            *("leave", "o", ACCOUNT, "PUT", f"/v3/accounts/{ACCOUNT}/trades/8/close"),
            b'{"units":"ALL","units":"ALL"}',
        ),
        Request("set_stop", "o", ACCOUNT, "PUT", f"/v3/accounts/{ACCOUNT}/trades/8/orders", b"{}"),
        Request(
            "set_stop", "o", ACCOUNT, "PUT", f"/v3/accounts/{ACCOUNT}/trades/8/orders", b'{"stopLoss":null}'
        ),
        Request("set_stop", "o", ACCOUNT, "PUT", f"/v3/accounts/{ACCOUNT}/trades/8/orders", b"[]"),
        Request("set_stop", "o", ACCOUNT, "PUT", f"/v3/accounts/{ACCOUNT}/trades/8/orders", b"[" * 100_000),
        Request("set_stop", "o", ACCOUNT, "PUT", f"/v3/accounts/{ACCOUNT}/trades/8/orders", b"\xff"),
    ],
)
def test_a_request_that_is_not_as_ours_are_does_not_pass(request_: Request) -> None:
    with pytest.raises(Malformed, match=r"^request: "):
        back(request_)


@given(st.data())
def test_an_entry_with_any_byte_changed_does_not_pass_as_what_was_decided(data: st.DataObject) -> None:
    """White space and zeros before a number mean nothing; everything else must be seen."""
    request = entry_request(ENTRY, SCALES, "FOK")
    at = data.draw(st.integers(0, len(request.body) - 1))
    byte = data.draw(st.integers(33, 126).map(lambda code: bytes([code])))
    raw = request.body[:at] + byte + request.body[at + 1 :]
    if raw == request.body:
        return
    try:
        read = back(Request(request.verb, request.order, request.account, request.method, request.path, raw))
    except Malformed:
        return
    assert read != ENTRY


@pytest.mark.parametrize("order", ["", "x" * 129, " lead", "trail ", "tab\tbed", "\u00e9t\u00e9", "line\n"])
def test_an_id_that_the_venue_would_refuse_is_malformed(order: str) -> None:
    wrong = EntryOrder(order, ACCOUNT, "EUR_USD", 1, 300, 0, 0, 0)
    with pytest.raises(Malformed, match="client id"):
        entry_request(wrong, SCALES, "FOK")
    entry_request(EntryOrder("x" * 128, ACCOUNT, "EUR_USD", 1, 300, 0, 0, 0), SCALES, "FOK")


@pytest.mark.parametrize("place", ["", "../101-001-1234567-001", "a b", "101/orders", "a?b", "x" * 65])
def test_an_account_that_is_none_does_not_reach_a_path(place: str) -> None:
    with pytest.raises(Malformed, match="account"):
        exit_request(ExitOrder("x", place, "EUR_USD", "8", 0), SCALES)


@pytest.mark.parametrize("trade", ["", "@mine", "8/close", "-8", "8 "])
def test_a_trade_that_is_none_does_not_reach_a_path(trade: str) -> None:
    with pytest.raises(Malformed, match="venue_position"):
        exit_request(ExitOrder("x", ACCOUNT, "EUR_USD", trade, 0), SCALES)


def test_no_entry_is_written_without_a_stop() -> None:
    with pytest.raises(AssertionError, match="no entry without a stop"):
        entry_request(EntryOrder("x", ACCOUNT, "EUR_USD", 1, 0, 0, 0, 0), SCALES, "FOK")
