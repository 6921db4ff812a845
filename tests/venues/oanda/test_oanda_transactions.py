"""Transactions become changes: the life of an order and a trade, whoever tells of it and in which order."""

from __future__ import annotations

import itertools
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oanda_words import (
    ACCOUNT,
    SCALES,
    TIME,
    TS,
    close_order,
    closing,
    fill,
    market_order,
    read,
    told,
    transaction,
)

from tickwise.venues.oanda.exact import Malformed
from tickwise.venues.oanda.memory import LEFT_UNKNOWN, Leaving, Memory
from tickwise.venues.oanda.transactions import changes_of, line_of
from tickwise.venues.venue import (
    Change,
    Heartbeat,
    MoneyMoved,
    Noted,
    OrderAccepted,
    OrderEnded,
    OrderFilled,
    PositionReduced,
    ProtectionSet,
)

OPENED = [
    market_order(7, "bot-1"),
    fill(8, 7, "bot-1"),
    transaction(
        "STOP_LOSS_ORDER",
        9,
        tradeID="8",
        price="1.09712",
        distance="0.00300",
        timeInForce="GTC",
        reason="ON_FILL",
    ),
    transaction("TAKE_PROFIT_ORDER", 10, tradeID="8", price="1.10112", timeInForce="GTC", reason="ON_FILL"),
]
"""An entry of 1,000 with its stop and its target: trade 8."""


def since(mark: int) -> Memory:
    """Give a memory that has read the account as of a mark, without any trade."""
    memory = Memory()
    memory.learn(mark, {}, {})
    return memory


def opened() -> Memory:
    """Give a memory that has seen the entry."""
    memory = since(6)
    told(memory, *OPENED)
    return memory


def filled(**changed: Any) -> OrderFilled:
    """Give the fill of the entry."""
    fields: dict[str, Any] = {
        "account": ACCOUNT,
        "mark": 8,
        "ts_event": TS,
        "order": "bot-1",
        "venue_order": "7",
        "instrument": "EUR_USD",
        "execution": "8:8",
        "venue_position": "8",
        "units": 1_000,
        "price": 110_012,
        "commission": 0,
        "balance": 100_000_000_000,
    }
    return OrderFilled(**{**fields, **changed})


def reduced(**changed: Any) -> PositionReduced:
    """Give the end of trade 8 at its target."""
    fields: dict[str, Any] = {
        "account": ACCOUNT,
        "mark": 11,
        "ts_event": TS,
        "order": "",
        "entry_order": "bot-1",
        "instrument": "EUR_USD",
        "execution": "11:8",
        "venue_position": "8",
        "units": 1_000,
        "price": 110_112,
        "left": 0,
        "cause": "target",
        "gross": 1_000_000,
        "commission": 0,
        "financing": -10_000,
        "balance": 100_000_990_000,
    }
    return PositionReduced(**{**fields, **changed})


def test_an_entry_is_accepted_and_filled_and_its_stop_and_target_rest() -> None:
    assert told(Memory(), *OPENED) == [
        OrderAccepted(ACCOUNT, 7, TS, "bot-1", "7"),
        filled(),
        ProtectionSet(ACCOUNT, 9, TS, "8", stop=109_712),
        ProtectionSet(ACCOUNT, 10, TS, "8", target=110_112),
    ]


def test_a_stop_told_by_distance_alone_is_counted_from_the_fill() -> None:
    by_distance = transaction("STOP_LOSS_ORDER", 9, tradeID="8", distance="0.00300")
    memory = Memory()
    assert told(memory, *OPENED[:2], by_distance)[-1] == ProtectionSet(ACCOUNT, 9, TS, "8", stop=109_712)


@pytest.mark.parametrize(
    ("reason", "of", "cause"),
    [
        ("TAKE_PROFIT_ORDER", 10, "target"),
        ("STOP_LOSS_ORDER", 9, "stop"),
        ("GUARANTEED_STOP_LOSS_ORDER", 9, "stop"),
        ("TRAILING_STOP_LOSS_ORDER", 9, "trailing"),
        ("MARKET_ORDER_TRADE_CLOSE", 99, "manual"),
        ("MARKET_ORDER_POSITION_CLOSEOUT", 99, "manual"),
        ("MARKET_ORDER", 99, "manual"),
        ("MARKET_ORDER_MARGIN_CLOSEOUT", 99, "margin"),
        ("MARKET_ORDER_DELAYED_TRADE_CLOSE", 99, "other"),
        ("SOMETHING_NEW", 99, "other"),
    ],
)
def test_who_left_a_position_is_told(reason: str, of: int, cause: Any) -> None:
    assert told(opened(), closing(11, of, 8, reason)) == [reduced(cause=cause)]


def test_the_stop_that_goes_with_its_trade_is_no_news() -> None:
    gone = transaction("ORDER_CANCEL", 12, orderID="9", reason="LINKED_TRADE_CLOSED", closedTradeID="8")
    assert told(opened(), closing(11, 10, 8, "TAKE_PROFIT_ORDER"), gone) == [
        reduced(),
        Noted(ACCOUNT, 12, TS, "ORDER_CANCEL LINKED_TRADE_CLOSED"),
    ]


def test_a_stop_that_a_person_takes_away_is_told_and_one_that_is_replaced_is_not() -> None:
    taken = transaction("ORDER_CANCEL", 11, orderID="9", reason="CLIENT_REQUEST")
    assert told(opened(), taken) == [ProtectionSet(ACCOUNT, 11, TS, "8", stop=0)]
    moved = [
        transaction(
            "ORDER_CANCEL", 11, orderID="9", reason="CLIENT_REQUEST_REPLACED", replacedByOrderID="12"
        ),
        transaction("STOP_LOSS_ORDER", 12, tradeID="8", price="1.10000", reason="REPLACEMENT"),
    ]
    assert told(opened(), *moved) == [
        Noted(ACCOUNT, 11, TS, "ORDER_CANCEL CLIENT_REQUEST_REPLACED"),
        ProtectionSet(ACCOUNT, 12, TS, "8", stop=110_000),
    ]


def test_a_stop_that_is_refused_leaves_what_rested() -> None:
    refused = transaction("STOP_LOSS_ORDER_REJECT", 11, tradeID="8", rejectReason="PRICE_INVALID")
    assert told(opened(), refused) == [ProtectionSet(ACCOUNT, 11, TS, "8", refused="PRICE_INVALID")]


def test_an_entry_that_is_killed_ends_with_a_reason_of_ours() -> None:
    killed = transaction("ORDER_CANCEL", 8, orderID="7", clientOrderID="bot-1", reason="BOUNDS_VIOLATION")
    assert told(Memory(), market_order(7, "bot-1"), killed)[1:] == [
        OrderEnded(
            *(ACCOUNT, 8, TS, "bot-1", "7", "cancelled", "price_bound", "retry_later", "BOUNDS_VIOLATION")
        )
    ]


def test_the_cancellation_of_an_order_finds_our_id_though_it_does_not_carry_it() -> None:
    killed = transaction("ORDER_CANCEL", 8, orderID="7", reason="INSUFFICIENT_MARGIN")
    ended = told(Memory(), market_order(7, "bot-1"), killed)[1]
    assert isinstance(ended, OrderEnded)
    assert (ended.order, ended.reason, ended.policy) == ("bot-1", "margin", "resize")


def test_an_order_whose_time_is_over_has_expired() -> None:
    over = transaction("ORDER_CANCEL", 8, orderID="7", reason="TIME_IN_FORCE_EXPIRED")
    ended = told(Memory(), market_order(7, "bot-1"), over)[1]
    assert isinstance(ended, OrderEnded)
    assert (ended.status, ended.reason) == ("expired", "time_in_force")


def test_an_entry_that_is_rejected_was_never_an_order() -> None:
    rejected = transaction(
        "MARKET_ORDER_REJECT", 7, rejectReason="UNITS_LIMIT_EXCEEDED", clientExtensions={"id": "bot-1"}
    )
    assert told(Memory(), rejected) == [
        OrderEnded(*(ACCOUNT, 7, TS, "bot-1", "", "rejected", "units", "resize", "UNITS_LIMIT_EXCEEDED"))
    ]


def test_a_part_that_was_had_is_filled_and_the_rest_is_ended() -> None:
    part = fill(8, 7, "bot-1", units="400", tradeOpened={"tradeID": "8", "units": "400", "price": "1.10012"})
    rest = transaction("ORDER_CANCEL", 9, orderID="7", reason="INSUFFICIENT_LIQUIDITY")
    changes = told(Memory(), market_order(7, "bot-1"), part, rest)
    assert changes[1:] == [
        filled(units=400),
        OrderEnded(
            *(ACCOUNT, 9, TS, "bot-1", "7", "cancelled", "liquidity", "resize", "INSUFFICIENT_LIQUIDITY")
        ),
    ]


def test_a_fill_over_several_tiers_has_the_nearest_tick() -> None:
    mean = {"tradeID": "8", "units": "1000", "price": "1.100126"}
    assert told(Memory(), fill(8, 7, "bot-1", tradeOpened=mean)) == [filled(price=110_013)]


def test_a_reversing_order_closes_and_reduces_and_opens_in_that_order_and_shares_its_cost() -> None:
    memory = since(0)
    for mark, units in ((2, "300"), (4, "500")):
        part = {"tradeID": str(mark), "units": units, "price": "1.10000"}
        told(memory, fill(mark, mark - 1, f"old-{mark}", units=units, requestedUnits=units, tradeOpened=part))
    told(memory, *(transaction("CLIENT_CONFIGURE", mark) for mark in (1, 3, 5, 6)))
    turned = fill(
        7,
        6,
        "new",
        units="-600",
        requestedUnits="-600",
        commission="0.0601",
        tradesClosed=[{"tradeID": "2", "units": "-300", "price": "1.10000", "realizedPL": "0.30"}],
        tradeReduced={"tradeID": "4", "units": "-200", "price": "1.10000", "realizedPL": "-0.20"},
        tradeOpened={"tradeID": "7", "units": "-100", "price": "1.10000"},
    )
    closed, less, more, ended = told(memory, turned)
    common: dict[str, Any] = {
        "mark": 7,
        "order": "new",
        "price": 110_000,
        "cause": "own_order",
        "financing": 0,
        "balance": 100_000_000_000,
    }
    assert closed == reduced(
        **common, entry_order="old-2", execution="7:2", venue_position="2", units=300, gross=300_000,
        commission=30_050,
    )  # fmt: skip
    assert less == reduced(
        **common, entry_order="old-4", execution="7:4", venue_position="4", units=200, gross=-200_000,
        commission=20_033, left=300,
    )  # fmt: skip
    assert more == filled(
        mark=7, order="new", venue_order="6", execution="7:7", venue_position="7", units=-100, price=110_000,
        commission=10_017,
    )  # fmt: skip
    says = "the rest of it reduced what was open"
    assert ended == OrderEnded(ACCOUNT, 7, TS, "new", "6", "cancelled", "other", "give_up", says)


def test_an_entry_that_only_reduces_what_was_open_is_done() -> None:
    against = closing(12, 11, 8, "MARKET_ORDER", clientOrderID="bot-2", orderID="11")
    assert told(opened(), market_order(11, "bot-2"), against)[1:] == [
        reduced(mark=12, execution="12:8", order="bot-2", cause="own_order"),
        OrderEnded(
            *(ACCOUNT, 12, TS, "bot-2", "11", "cancelled", "other", "give_up"),
            says="it only reduced what was open",
        ),
    ]


def part_closed(mark: int, units: str, reason: str = "MARKET_ORDER_TRADE_CLOSE") -> dict[str, Any]:
    """Write a fill that took a part of trade 8."""
    part = {"tradeID": "8", "units": f"-{units}", "price": "1.10112", "realizedPL": "0.10"}
    return fill(
        mark, mark - 1, reason=reason, units=f"-{units}", requestedUnits=f"-{units}", tradeOpened=None,
        tradeReduced=part,
    )  # fmt: skip


def lefts(changes: list[Change]) -> list[int]:
    """Give what stays open after each reduction."""
    return [change.left for change in changes if isinstance(change, PositionReduced)]


def test_what_stays_open_is_told_where_nothing_was_missed() -> None:
    created = [market_order(11), market_order(13)]
    parts = [part_closed(12, "300"), part_closed(14, "200")]
    assert lefts(told(opened(), created[0], parts[0], created[1], parts[1])) == [700, 500]


def test_what_stays_open_is_not_guessed_after_a_gap() -> None:
    assert lefts(told(opened(), part_closed(14, "200"))) == [LEFT_UNKNOWN]


def test_once_the_gap_is_filled_what_stays_open_is_known_again() -> None:
    memory = opened()
    late = [market_order(11), part_closed(12, "300"), market_order(13)]
    assert lefts(told(memory, part_closed(14, "200"), *late)) == [LEFT_UNKNOWN, 700]
    assert lefts(told(memory, market_order(15), part_closed(16, "100"))) == [400]


def test_a_transaction_seen_again_is_told_in_the_same_words_and_learnt_once() -> None:
    memory = opened()
    part = [market_order(11), part_closed(12, "300")]
    first = told(memory, *part)
    assert told(memory, *part, *part, *OPENED) == [*first, *first, *told(Memory(), *OPENED)]
    assert memory.trades["8"].left_at(12) == 700


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_in_whatever_order_transactions_come_the_fills_are_the_same(order: tuple[int, ...]) -> None:
    memory = since(6)
    changes = told(memory, *(OPENED[at] for at in order))
    assert [each for each in changes if isinstance(each, OrderFilled)] == [filled()]
    assert memory.is_whole(10)


def test_a_stop_that_came_before_its_trade_is_told_once_the_trade_is_known() -> None:
    memory = since(6)
    assert told(memory, OPENED[2]) == [Noted(ACCOUNT, 9, TS, "STOP_LOSS_ORDER ON_FILL")]
    assert told(memory, *OPENED) == told(since(6), *OPENED)


def test_a_stop_that_went_before_it_was_seen_is_told_as_gone_once_it_was() -> None:
    gone = transaction("ORDER_CANCEL", 11, orderID="9", reason="CLIENT_REQUEST")
    memory = since(6)
    (unknown,) = told(memory, gone)
    assert isinstance(unknown, OrderEnded)
    assert unknown.order == ""
    assert told(memory, *OPENED, gone)[-1] == ProtectionSet(ACCOUNT, 11, TS, "8", stop=0)


def test_a_trade_that_closed_before_it_was_seen_to_open_is_told_again_with_its_entry() -> None:
    end = closing(11, 10, 8, "TAKE_PROFIT_ORDER")
    memory = since(6)
    assert told(memory, end) == [reduced(entry_order="")]
    assert told(memory, *OPENED, end)[-1] == reduced()
    assert memory.trades == {}


def test_an_exit_we_sent_is_known_by_its_trade_before_its_reply_comes() -> None:
    memory = opened()
    memory.expect_exit(Leaving("bot-1-x1", "8", "ALL"))
    assert told(memory, close_order(11, 8), closing(12, 11, 8, "MARKET_ORDER_TRADE_CLOSE")) == [
        OrderAccepted(ACCOUNT, 11, TS, "bot-1-x1", "11"),
        reduced(mark=12, execution="12:8", order="bot-1-x1", cause="own_order"),
    ]
    assert memory.leaving == []


@pytest.mark.parametrize(("trade", "units"), [(8, "250"), (9, "ALL")])
def test_an_exit_of_somebody_else_is_not_taken_for_ours(trade: int, units: str) -> None:
    memory = opened()
    memory.expect_exit(Leaving("bot-1-x1", "8", "ALL"))
    assert told(memory, close_order(11, trade, units)) == [OrderAccepted(ACCOUNT, 11, TS, "", "11")]
    assert memory.leaving == [Leaving("bot-1-x1", "8", "ALL")]


def test_the_units_of_an_exit_are_compared_as_numbers() -> None:
    memory = opened()
    memory.expect_exit(Leaving("bot-1-x1", "8", "250"))
    assert told(memory, close_order(11, 8, "250.0")) == [OrderAccepted(ACCOUNT, 11, TS, "bot-1-x1", "11")]


def test_an_exit_that_is_killed_or_rejected_is_told_as_an_exit() -> None:
    memory = opened()
    memory.expect_exit(Leaving("x1", "8", "ALL"))
    killed = told(
        memory, close_order(11, 8), transaction("ORDER_CANCEL", 12, orderID="11", reason="MARKET_HALTED")
    )
    memory.expect_exit(Leaving("x2", "8", "ALL"))
    rejected = told(
        memory,
        transaction(
            "MARKET_ORDER_REJECT", 13, rejectReason="TRADE_DOESNT_EXIST", reason="TRADE_CLOSE",
            tradeClose={"tradeID": "8", "units": "ALL"},
        ),
    )  # fmt: skip
    assert killed[1:] + rejected == [
        OrderEnded(
            *(ACCOUNT, 12, TS, "x1", "11", "cancelled", "market_closed", "retry_later", "MARKET_HALTED", True)
        ),
        OrderEnded(*(ACCOUNT, 13, TS, "x2", "", "rejected", "gone", "give_up", "TRADE_DOESNT_EXIST", True)),
    ]


def test_money_that_moves_without_a_trade_is_told() -> None:
    moved = [
        transaction(
            "TRANSFER_FUNDS", 4, amount="-500.25", fundingReason="CLIENT_FUNDING", accountBalance="99499.75"
        ),
        transaction("DAILY_FINANCING", 5, financing="-0.1234567", accountBalance="99499.6265433"),
        transaction("DIVIDEND_ADJUSTMENT", 6, dividendAdjustment="1.50", accountBalance="99501.1265"),
    ]
    assert told(Memory(), *moved) == [
        MoneyMoved(ACCOUNT, 4, TS, -500_250_000, 99_499_750_000, "deposit", "TRANSFER_FUNDS CLIENT_FUNDING"),
        MoneyMoved(ACCOUNT, 5, TS, -123_457, 99_499_626_543, "financing", "DAILY_FINANCING"),
        MoneyMoved(ACCOUNT, 6, TS, 1_500_000, 99_501_126_500, "financing", "DIVIDEND_ADJUSTMENT"),
    ]


@pytest.mark.parametrize(
    "kind",
    [
        *(
            "CREATE",
            "CLOSE",
            "REOPEN",
            "CLIENT_CONFIGURE",
            "CLIENT_CONFIGURE_REJECT",
            "TRANSFER_FUNDS_REJECT",
        ),
        *("ORDER_CANCEL_REJECT", "ORDER_CLIENT_EXTENSIONS_MODIFY", "TRADE_CLIENT_EXTENSIONS_MODIFY_REJECT"),
        *("MARGIN_CALL_ENTER", "MARGIN_CALL_EXTEND", "MARGIN_CALL_EXIT", "DELAYED_TRADE_CLOSURE"),
        *("RESET_RESETTABLE_PL", "SOMETHING_OF_NEXT_YEAR"),
    ],
)
def test_what_moves_nothing_of_ours_is_noted_with_its_mark(kind: str) -> None:
    assert told(Memory(), transaction(kind, 77)) == [Noted(ACCOUNT, 77, TS, kind)]


def test_a_trailing_stop_has_no_price_to_tell() -> None:
    trailing = transaction(
        "TRAILING_STOP_LOSS_ORDER", 11, tradeID="8", distance="0.00100", reason="CLIENT_ORDER"
    )
    assert told(opened(), trailing) == [Noted(ACCOUNT, 11, TS, "TRAILING_STOP_LOSS_ORDER CLIENT_ORDER")]


def test_a_heartbeat_tells_the_last_mark() -> None:
    raw = json.dumps({"type": "HEARTBEAT", "lastTransactionID": "6", "time": TIME}).encode()
    assert line_of(raw, ACCOUNT, Memory(), SCALES) == (Heartbeat("changes", TS, 6),)


@pytest.mark.parametrize(
    "said",
    [
        fill(8, 7, instrument="EUR_XXX"),
        fill(8, 7, accountBalance=None),
        fill(8, 7, tradeOpened=None),
        fill(8, 7, tradeOpened={"tradeID": "8", "units": "0", "price": "1.1"}),
        fill(8, 7, tradeOpened={"tradeID": "8", "units": "1.5", "price": "1.1"}),
        fill(8, 7, tradeOpened={"tradeID": "8", "units": "1000", "price": "NaN"}),
        closing(8, 7, 1, "MARKET_ORDER", tradesClosed=[{"tradeID": "1", "units": "-1", "price": "1.1"}]),
        {**fill(8, 7), "id": "8x"},
        {**fill(8, 7), "id": ""},
        {**fill(8, 7), "time": "then"},
        transaction("TRANSFER_FUNDS", 8, amount="5"),
    ],
)
def test_a_transaction_that_cannot_be_meant_is_malformed_and_not_learnt(said: dict[str, Any]) -> None:
    memory = Memory()
    with pytest.raises(Malformed):
        told(memory, said)
    assert (memory.trades, memory.told, memory.is_whole(8)) == ({}, {}, False)


@given(st.data())
def test_a_fill_with_any_field_changed_is_told_or_malformed(data: st.DataObject) -> None:
    said: dict[str, Any] = json.loads(json.dumps(closing(11, 10, 8, "TAKE_PROFIT_ORDER")))
    name = data.draw(st.sampled_from(sorted(said)))
    said[name] = data.draw(
        st.none()
        | st.text(max_size=8)
        | st.integers()
        | st.floats()
        | st.lists(st.text(max_size=3), max_size=2)
    )
    raw = json.dumps(said).encode()
    with suppress(Malformed):
        line_of(raw, ACCOUNT, opened(), SCALES)


def test_the_words_of_the_wire_are_read_with_fields_nobody_named() -> None:
    said = read({**market_order(7, "bot-1"), "newField": {"deep": [1, 2]}, "gtdTime": None})
    assert changes_of(ACCOUNT, said, Memory(), SCALES) == (OrderAccepted(ACCOUNT, 7, TS, "bot-1", "7"),)
