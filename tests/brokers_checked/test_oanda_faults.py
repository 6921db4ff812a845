"""What goes wrong at the local OANDA on demand: what the client sees, what is true, what the book says."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from served import FAILURES, Served, played

from brokers.oanda.faults import FAULTS
from brokers.oanda.manners import Manners
from sim.link import AT_ONCE


async def fails(asking: Any) -> BaseException:
    """Give what a request raised."""
    try:
        answered = await asking
    except FAILURES as failure:
        return failure
    raise AssertionError(f"it was answered: {answered}")


@pytest.mark.parametrize("how", ["reset", "close"])
def test_a_lost_reply_leaves_a_filled_order(how: str) -> None:
    async def story(at: Served) -> None:
        at.server.faults.add("drop_reply", method="POST", how=how)
        await fails(at.order(clientExtensions={"id": "mine"}))
        _, since = await at.ask("GET", "/transactions/sinceid?id=3")
        assert [each["type"] for each in since["transactions"]] == ["MARKET_ORDER", "ORDER_FILL"]
        exchange = at.server.exchanges[0]
        assert (exchange.status, exchange.wrote, exchange.faults) == (None, (4, 5), ["drop_reply"])
        assert at.server.faults.hits == {"drop_reply": 1}
        assert (await at.order())[0] == 201

    played(story)


@pytest.mark.parametrize("how", ["reset", "close"])
def test_a_lost_request_leaves_nothing(how: str) -> None:
    async def story(at: Served) -> None:
        at.server.faults.add("drop_request", path="/orders", how=how)
        await fails(at.order())
        exchange = at.server.exchanges[0]
        assert (exchange.status, exchange.wrote, exchange.acted_at) == (None, None, None)
        assert at.account.state.last_id == 3

    played(story)


@pytest.mark.parametrize("late_s", [0.2, 8.0, 119.0])
def test_an_order_may_be_accepted_long_after_the_client_gave_up(late_s: float) -> None:
    async def story(at: Served) -> None:
        at.server.faults.add("delay_acceptance", method="POST", delay_s=late_s)
        heard = at.transactions()
        begun = at.loop.time()
        assert isinstance(await fails(at.order(timeout_s=0.1)), asyncio.TimeoutError)
        assert at.account.state.last_id == 3
        await asyncio.sleep(late_s + 1)
        (when,) = heard.times("ORDER_FILL")
        assert when - begun == pytest.approx(late_s, abs=0.2)
        (exchange,) = (each for each in at.server.exchanges if each.method == "POST")
        assert exchange.acted_at is not None
        assert exchange.acted_at - exchange.at == pytest.approx(late_s * 1e9, rel=1e-3)

    played(story)


def test_a_reply_may_come_after_the_fill_was_told() -> None:
    async def story(at: Served) -> None:
        heard = at.transactions()
        await asyncio.sleep(1)
        at.server.faults.add("delay_reply", method="POST", delay_s=4)
        begun = at.loop.time()
        status, _ = await at.order()
        assert (status, round(at.loop.time() - begun)) == (201, 4)
        assert heard.times("ORDER_FILL")[0] < begun + 1

    played(story)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_an_error_may_follow_an_order_that_was_filled(status: int) -> None:
    async def story(at: Served) -> None:
        at.server.faults.add("error_after", method="POST", status=status)
        answered, body = await at.order()
        assert (answered, "errorMessage" in body) == (status, True)
        assert list(at.account.state.open) == [5]

    played(story)


@pytest.mark.parametrize("status", [429, 503])
def test_a_storm_refuses_everything_for_its_time(status: int) -> None:
    async def story(at: Served) -> None:
        at.server.faults.add("refuse", times=None, seconds=60, status=status)
        for _ in range(6):
            assert (await at.order())[0] == status
            assert (await at.ask("GET", "/summary"))[0] == status
            await asyncio.sleep(9)
        await asyncio.sleep(9)
        assert (await at.order())[0] == 201
        assert at.account.state.last_id == 5
        assert at.server.faults.hits["refuse"] == 12

    played(story)


def test_a_revoked_token_is_refused_everywhere_and_stops_stay() -> None:
    async def story(at: Served) -> None:
        await at.order(stopLossOnFill={"price": "1.09000"})
        at.server.faults.add("revoke", times=None)
        assert [(await at.ask("GET", path))[0] for path in ("", "/summary", "/pricing")] == [401] * 3
        heard = at.prices()
        await asyncio.sleep(1)
        assert heard.status == 401
        at.price("1.08900", "1.08910")
        assert at.account.state.open == {}

    played(story)


@pytest.mark.parametrize("name", ["never_answer", "dead_connection"])
def test_a_connection_may_stay_open_in_silence(name: str) -> None:
    async def story(at: Served) -> None:
        at.server.faults.add(name)
        assert isinstance(await fails(at.order(timeout_s=20)), asyncio.TimeoutError)
        assert at.account.state.last_id == 3
        assert (await at.order())[0] == 201
        assert at.server.faults.hits == {name: 1}

    played(story)


def test_a_connection_may_be_refused() -> None:
    async def story(at: Served) -> None:
        at.server.faults.add("refuse_connection")
        assert isinstance(await fails(at.order()), aiohttp.ClientError)
        assert (await at.order())[0] == 201

    played(story)


def test_replies_may_leave_byte_by_byte() -> None:
    async def story(at: Served) -> None:
        at.server.faults.add("one_byte_writes")
        status, body = await at.order()
        assert (status, body["lastTransactionID"]) == (201, "5")

    played(story)


def test_reads_lag_for_as_long_as_it_is_asked() -> None:
    async def story(at: Served) -> None:
        await asyncio.sleep(5)
        at.server.faults.add("lag", times=None, seconds=10, lag_s=0.5)
        _, made = await at.order()
        order = f"/orders/{made['orderCreateTransaction']['id']}"
        assert (await at.ask("GET", order))[0] == 404
        assert (await at.ask("GET", "/transactions/sinceid?id=3"))[1]["transactions"] == []
        await asyncio.sleep(0.6)
        assert (await at.ask("GET", order))[0] == 200
        await asyncio.sleep(10)
        _, other = await at.order()
        assert (await at.ask("GET", f"/orders/{other['orderCreateTransaction']['id']}"))[0] == 200

    played(story)


def test_an_order_may_be_rejected_cancelled_or_filled_in_part() -> None:
    async def story(at: Served) -> None:
        faults = at.server.faults
        faults.add("reject", reason="ACCOUNT_LOCKED")
        assert (await at.order())[1]["errorCode"] == "ACCOUNT_LOCKED"
        faults.add("cancel", reason="MARKET_HALTED")
        assert (await at.order())[1]["orderCancelTransaction"]["reason"] == "MARKET_HALTED"
        faults.add("partial_fill", fraction=0.3)
        assert (await at.order())[1]["orderFillTransaction"]["units"] == "300"
        faults.add("partial_fill", path="/close", fraction=0.5)
        (trade,) = at.account.state.open
        _, closed = await at.ask("PUT", f"/trades/{trade}/close", {"units": "ALL"})
        assert closed["orderFillTransaction"]["tradeReduced"]["units"] == "-150"
        faults.add("cancel", path="/close", reason="MARKET_HALTED")
        _, kept = await at.ask("PUT", f"/trades/{trade}/close", {"units": "ALL"})
        assert kept["orderCancelTransaction"]["reason"] == "MARKET_HALTED"
        assert at.account.state.open[trade].units == 150

    played(story)


def test_the_user_and_the_broker_act_on_their_own() -> None:
    async def story(at: Served) -> None:
        heard = at.transactions()
        _, made = await at.order(stopLossOnFill={"price": "1.09000"}, clientExtensions={"id": "mine"})
        trade = int(made["orderFillTransaction"]["id"])
        hands = at.server.hands
        hands.removes_stop(at.account, trade)
        assert at.account.state.open[trade].stop_loss is None
        hands.closes(at.account, trade, "400")
        hands.opens(at.account, "EUR_USD", -100)
        hands.deposits(at.account, "250.5")
        hands.margin_closeout(at.account)
        await asyncio.sleep(1)
        told = [" ".join(filter(None, (line["type"], line.get("reason")))) for line in heard.told()]
        assert told[-8:] == [
            "ORDER_CANCEL CLIENT_REQUEST",
            "MARKET_ORDER TRADE_CLOSE",
            "ORDER_FILL MARKET_ORDER_TRADE_CLOSE",
            "MARKET_ORDER CLIENT_ORDER",
            "ORDER_FILL MARKET_ORDER",
            "TRANSFER_FUNDS",
            "MARKET_ORDER MARGIN_CLOSEOUT",
            "ORDER_FILL MARKET_ORDER_MARGIN_CLOSEOUT",
        ]
        assert "clientExtensions" not in heard.told("MARKET_ORDER")[-1]
        assert dict(at.server.faults.hits) == {
            "user_cancels": 1,
            "user_closes": 1,
            "user_opens": 1,
            "deposit": 1,
            "margin_closeout": 1,
        }

    played(story)


def test_a_halt_and_a_gap_are_the_markets() -> None:
    async def story(at: Served) -> None:
        await at.order(stopLossOnFill={"price": "1.09000"})
        at.server.market.halt("EUR_USD")
        at.server.publish()
        at.price("1.08000", "1.08010")
        assert (await at.order())[1]["orderCancelTransaction"]["reason"] == "MARKET_HALTED"
        assert len(at.account.state.open) == 1
        at.server.market.gap("EUR_USD", -3000)
        at.server.market.resume("EUR_USD")
        at.price("1.10000", "1.10010")
        fill = at.account.transactions[-1]
        assert (fill["reason"], fill["price"]) == ("STOP_LOSS_ORDER", "1.07000")

    played(story)


def test_one_price_may_be_far_off_and_spreads_may_widen_for_a_while() -> None:
    async def story(at: Served) -> None:
        market, quotes = at.server.market, at.broker.prices.quotes
        market.spike("EUR_USD", -5500)
        seen = []
        for _ in range(2):
            at.price("1.10000", "1.10010")
            seen.append((quotes["EUR_USD"].bid, quotes["EUR_USD"].ask))
        market.widen("EUR_USD", 90)
        for _ in range(2):
            at.price("1.10000", "1.10010")
            seen.append((quotes["EUR_USD"].bid, quotes["EUR_USD"].ask))
        market.calm()
        at.price("1.10000", "1.10010")
        seen.append((quotes["EUR_USD"].bid, quotes["EUR_USD"].ask))
        calm, wide = (110_000, 110_010), (109_955, 110_055)
        assert seen == [(104_500, 104_510), calm, wide, wide, calm]

    played(story)


def test_cutting_words_short_is_counted() -> None:
    async def story(at: Served) -> None:
        await at.order(clientExtensions={"id": "mine", "tag": "t" * 20, "comment": "c"})
        assert at.server.faults.hits == {"truncate": 1}

    played(story, Manners(tag_kept=16))


def test_the_limits_of_an_address_are_kept_where_they_are_switched_on() -> None:
    async def story(at: Served) -> None:
        answers = [(await at.ask("GET", "/summary"))[0] for _ in range(130)]
        assert answers == [200] * 120 + [429] * 10
        await asyncio.sleep(1.1)
        assert (await at.ask("GET", "/summary"))[0] == 200
        await asyncio.sleep(1.1)
        many = await asyncio.gather(*(at.ask("GET", "/summary") for _ in range(4)))
        assert sorted(status for status, _ in many) == [200, 200, 200, 429]
        said = next(body["errorMessage"] for status, body in many if status == 429)
        assert "newly established connections" in said

    played(story, Manners(rate_limited=True), quality=AT_ONCE)


def test_a_refused_order_was_not_acted_on_however_often_it_comes() -> None:
    async def story(at: Served) -> None:
        statuses = [(await at.order("1"))[0] for _ in range(125)]
        assert (statuses.count(201), statuses.count(429)) == (120, 5)
        assert at.account.state.last_id == 3 + 2 * 120

    played(story, Manners(rate_limited=True), quality=AT_ONCE)


def test_a_fault_strikes_what_it_is_meant_for_and_as_often_as_it_may() -> None:
    async def story(at: Served) -> None:
        faults = at.server.faults
        faults.add("refuse", times=2, method="GET", path="/summary", status=503)
        asked = [("GET", "/openTrades"), *[("GET", "/summary")] * 3]
        assert [(await at.ask(*each))[0] for each in asked] == [200, 503, 503, 200]
        faults.add("refuse", times=None, chance=0.3)
        some = [(await at.ask("GET", "/summary"))[0] for _ in range(200)]
        assert 40 <= some.count(503) <= 80
        faults.clear("refuse")
        assert (await at.ask("GET", "/summary"))[0] == 200
        with pytest.raises(AssertionError, match="no fault is called"):
            faults.add("earthquake")

    played(story)


def test_every_name_of_a_fault_says_what_it_does() -> None:
    assert len(FAULTS) >= 30
    assert all(said and said[0].islower() and not said.endswith(".") for said in FAULTS.values())
