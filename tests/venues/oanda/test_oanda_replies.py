"""What a reply proves: the bodies of the venue's pages, and everything that proves nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oanda_words import ACCOUNT, SCALES, TS, close_order, closing, fill, market_order, told, transaction

from tickwise.venues.oanda.memory import Leaving, Memory
from tickwise.venues.oanda.replies import Reply, answer_of, says_of
from tickwise.venues.oanda.requests import entry_request, exit_request, stop_request
from tickwise.venues.venue import (
    Answer,
    EntryOrder,
    ExitOrder,
    NoReply,
    Noted,
    OrderAccepted,
    OrderEnded,
    OrderFilled,
    PositionReduced,
    ProtectionSet,
    Refusal,
    Request,
    StopOrder,
)

ENTER = entry_request(EntryOrder("bot-1", ACCOUNT, "EUR_USD", 1_000, 300, 0, 0, 0), SCALES, "FOK")
LEAVE = exit_request(ExitOrder("bot-1-x1", ACCOUNT, "EUR_USD", "8", 0), SCALES)
SET_STOP = stop_request(StopOrder("bot-1", ACCOUNT, "EUR_USD", "8", 110_000), SCALES)


def body(**parts: Any) -> bytes:
    """Write a body with these transactions and what every body has."""
    return json.dumps({**parts, "relatedTransactionIDs": ["7", "8"], "lastTransactionID": "8"}).encode()


FILLED = body(orderCreateTransaction=market_order(7, "bot-1"), orderFillTransaction=fill(8, 7, "bot-1"))


def with_trade() -> Memory:
    """Give a memory that knows trade 8 of ours."""
    memory = Memory()
    memory.learn(6, {}, {})
    told(memory, market_order(7, "bot-1"), fill(8, 7, "bot-1"))
    return memory


def answer(request: Request, status: int, raw: bytes, memory: Memory | None = None) -> Answer:
    """Give the answer to a request."""
    return answer_of(request, Reply(status, raw), memory or Memory(), SCALES)


def kinds(given_: Answer) -> list[type]:
    """Give the kinds of changes of an answer."""
    assert isinstance(given_, tuple), given_
    return [type(change) for change in given_]


def test_created_and_filled_is_an_acceptance_and_a_fill() -> None:
    changes = answer(ENTER, 201, FILLED)
    assert kinds(changes) == [OrderAccepted, OrderFilled]
    assert [change.order for change in changes] == ["bot-1", "bot-1"]


def test_created_and_cancelled_is_no_fill() -> None:
    killed = transaction("ORDER_CANCEL", 8, orderID="7", clientOrderID="bot-1", reason="MARKET_HALTED")
    changes = answer(
        ENTER, 201, body(orderCreateTransaction=market_order(7, "bot-1"), orderCancelTransaction=killed)
    )
    assert kinds(changes) == [OrderAccepted, OrderEnded]
    assert (changes[1].reason, changes[1].order) == ("market_closed", "bot-1")


def test_the_parts_of_a_reply_are_told_in_the_order_of_their_numbers() -> None:
    turned = body(orderFillTransaction=fill(8, 7, "bot-1"), orderCreateTransaction=market_order(7, "bot-1"))
    assert answer(ENTER, 201, turned) == answer(ENTER, 201, FILLED)


def test_an_order_whose_id_the_venue_left_out_is_known_by_its_reply() -> None:
    changes = answer(
        ENTER, 201, body(orderCreateTransaction=market_order(7), orderFillTransaction=fill(8, 7))
    )
    assert [change.order for change in changes] == ["bot-1", "bot-1"]


@pytest.mark.parametrize(
    ("status", "raw"),
    [
        (500, b'{"errorMessage":"Internal"}'),
        (502, b"<html>Bad Gateway</html>"),
        (503, b""),
        (504, b'{"errorMessage":"Timeout"}'),
        (
            429,
            b'{"errorMessage":"Rate limit violation of newly established connections. Currently set at 2/s"}',
        ),
        (408, b"{}"),
        (301, b""),
        (302, b""),
        (418, b'{"errorMessage":"?"}'),
        (201, b""),
        (201, b"{}"),
        (201, b"null"),
        (201, b"[]"),
        (201, FILLED[:-1]),
        (201, FILLED[: len(FILLED) // 2]),
        (201, b"\xff\xfe"),
        (201, body(orderFillTransaction=fill(8, 7, "bot-1"))),
        (201, body(orderCreateTransaction=market_order(7, "somebody-elses"))),
        (
            201,
            body(orderCreateTransaction=market_order(7, "bot-1"), orderFillTransaction=fill(8, 7, units="x")),
        ),
        (201, body(orderCreateTransaction={**market_order(7, "bot-1"), "id": None})),
        (200, body(orderCreateTransaction="7")),
        (400, b"<html>Bad Request</html>"),
        (400, b""),
        (400, b"{}"),
        (403, b"Forbidden by the gateway"),
        (404, b"not found"),
        (400, body(orderRejectTransaction={"type": "MARKET_ORDER_REJECT", "id": "x"})),
    ],
)
def test_what_proves_nothing_leaves_the_order_unknown(status: int, raw: bytes) -> None:
    given_ = answer(ENTER, status, raw)
    assert isinstance(given_, NoReply)
    assert given_.why.startswith(f"status {status}")


def test_a_success_that_is_half_unreadable_teaches_nothing_about_the_order() -> None:
    memory = Memory()
    half = body(orderCreateTransaction=market_order(7, "bot-1"), orderFillTransaction=fill(8, 7, units="x"))
    assert isinstance(answer(ENTER, 201, half, memory), NoReply)
    assert 8 not in memory.told
    assert memory.trades == {}


def test_a_rejection_with_its_transaction_is_the_end_of_the_order() -> None:
    rejected = transaction(
        "MARKET_ORDER_REJECT", 7, rejectReason="INSUFFICIENT_MARGIN", clientExtensions={"id": "bot-1"}
    )
    raw = body(orderRejectTransaction=rejected, errorCode="INSUFFICIENT_MARGIN", errorMessage="no margin")
    assert answer(ENTER, 400, raw) == (
        OrderEnded(*(ACCOUNT, 7, TS, "bot-1", "", "rejected", "margin", "resize", "INSUFFICIENT_MARGIN")),
    )


@pytest.mark.parametrize(
    ("status", "said", "reason", "policy"),
    [
        (
            401,
            {"errorMessage": "Insufficient authorization to perform request."},
            "not_authorised",
            "give_up",
        ),
        (403, {"errorMessage": "Forbidden"}, "not_authorised", "give_up"),
        (400, {"errorCode": "INSTRUMENT_UNKNOWN", "errorMessage": "?"}, "instrument", "give_up"),
        (400, {"errorCode": "oanda::rest::core::InvalidParameterException"}, "other", "give_up"),
        (404, {"errorCode": "NO_SUCH_ACCOUNT", "errorMessage": "?"}, "other", "give_up"),
        (405, {"errorMessage": "Method Not Allowed"}, "other", "give_up"),
        (400, {"errorCode": "INTERNAL_SERVER_ERROR"}, "venue_error", "retry_later"),
    ],
)
def test_a_refusal_in_the_venues_words_is_believed(
    status: int, said: dict[str, str], reason: str, policy: Any
) -> None:
    raw = json.dumps(said).encode()
    assert answer(ENTER, status, raw) == Refusal(reason, policy, f"{status} {says_of(raw)}")


def test_closing_what_is_closed_is_gone() -> None:
    raw = json.dumps(
        {"errorCode": "TRADE_DOESNT_EXIST", "errorMessage": "The Trade specified does not exist"}
    )
    assert answer(LEAVE, 404, raw.encode()) == Refusal(
        "gone", "give_up", "404 TRADE_DOESNT_EXIST: The Trade specified does not exist"
    )
    rejected = transaction(
        "MARKET_ORDER_REJECT", 9, rejectReason="TRADE_DOESNT_EXIST", reason="TRADE_CLOSE",
        tradeClose={"tradeID": "8", "units": "ALL"},
    )  # fmt: skip
    assert answer(LEAVE, 404, body(orderRejectTransaction=rejected)) == (
        OrderEnded(
            *(ACCOUNT, 9, TS, "bot-1-x1", "", "rejected", "gone", "give_up", "TRADE_DOESNT_EXIST", True)
        ),
    )


CLOSED = body(
    orderCreateTransaction=close_order(9, 8),
    orderFillTransaction=closing(10, 9, 8, "MARKET_ORDER_TRADE_CLOSE"),
)


def test_a_closed_trade_is_reduced_to_nothing_by_our_order() -> None:
    changes = answer(LEAVE, 200, CLOSED, with_trade())
    assert kinds(changes) == [OrderAccepted, PositionReduced]
    assert [(change.order, change.mark) for change in changes] == [("bot-1-x1", 9), ("bot-1-x1", 10)]
    assert (changes[1].cause, changes[1].entry_order, changes[1].left) == ("own_order", "bot-1", 0)


def test_the_stream_and_the_reply_tell_an_exit_in_the_same_words_whoever_is_first() -> None:
    parts = json.loads(CLOSED)
    said = [parts["orderCreateTransaction"], parts["orderFillTransaction"]]
    memory = with_trade()
    memory.expect_exit(Leaving("bot-1-x1", "8", "ALL"))
    streamed = told(memory, *said)
    assert tuple(streamed) == answer(LEAVE, 200, CLOSED, memory) == answer(LEAVE, 200, CLOSED, with_trade())


def test_an_exit_that_the_stream_told_as_done_is_not_ended_again_by_its_rejection() -> None:
    """A person closed the trade while our order to close it was on its way: theirs was taken for ours."""
    parts = json.loads(CLOSED)
    memory = with_trade()
    memory.expect_exit(Leaving("bot-1-x1", "8", "ALL"))
    told(memory, parts["orderCreateTransaction"], parts["orderFillTransaction"])
    rejected = transaction(
        "MARKET_ORDER_REJECT", 11, rejectReason="TRADE_DOESNT_EXIST", reason="TRADE_CLOSE",
        tradeClose={"tradeID": "8", "units": "ALL"},
    )  # fmt: skip
    (ended,) = answer(LEAVE, 404, body(orderRejectTransaction=rejected), memory)
    assert isinstance(ended, OrderEnded)
    assert ended.order == ""


def test_a_stop_that_is_moved_is_told_as_set() -> None:
    memory = with_trade()
    told(memory, transaction("STOP_LOSS_ORDER", 9, tradeID="8", price="1.09712"))
    raw = body(
        stopLossOrderCancelTransaction=transaction(
            "ORDER_CANCEL", 10, orderID="9", reason="CLIENT_REQUEST_REPLACED", replacedByOrderID="11"
        ),
        stopLossOrderTransaction=transaction("STOP_LOSS_ORDER", 11, tradeID="8", price="1.10000"),
    )
    changes = answer(SET_STOP, 200, raw, memory)
    assert kinds(changes) == [Noted, ProtectionSet]
    assert changes[1] == ProtectionSet(ACCOUNT, 11, TS, "8", stop=110_000)


def test_a_stop_that_is_refused_is_told_as_refused() -> None:
    refused = transaction("STOP_LOSS_ORDER_REJECT", 9, tradeID="8", rejectReason="PRICE_INVALID")
    raw = body(stopLossOrderRejectTransaction=refused, errorCode="PRICE_INVALID")
    assert answer(SET_STOP, 400, raw, with_trade()) == (
        ProtectionSet(ACCOUNT, 9, TS, "8", refused="PRICE_INVALID"),
    )


def test_a_refusal_whose_transaction_moves_nothing_is_a_refusal() -> None:
    noted = transaction("ORDER_CANCEL_REJECT", 9, orderID="9", rejectReason="ORDER_DOESNT_EXIST")
    raw = body(orderCancelRejectTransaction=noted, errorCode="ORDER_DOESNT_EXIST", errorMessage="gone")
    assert answer(SET_STOP, 404, raw) == Refusal("gone", "give_up", "404 ORDER_DOESNT_EXIST: gone")


@given(st.sampled_from([200, 201, 400, 401, 404, 429, 500]), st.binary(max_size=120))
def test_any_reply_has_an_answer(status: int, raw: bytes) -> None:
    given_ = answer(ENTER, status, raw)
    assert isinstance(given_, NoReply | Refusal)


@given(st.integers(0, len(FILLED) - 1))
def test_a_success_cut_anywhere_leaves_the_order_unknown(cut: int) -> None:
    assert isinstance(answer(ENTER, 201, FILLED[:cut]), NoReply)
