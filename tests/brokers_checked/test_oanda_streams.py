"""The two streams of the local OANDA, in virtual time: what comes, when, and what faults do to it."""

from __future__ import annotations

import asyncio

import pytest
from served import Served, played

from brokers.oanda.manners import Manners
from brokers.oanda.server.garbled import NAMES
from brokers.oanda.text import parse_time

EVERY = Manners(every_price=True)


def test_a_price_stream_begins_with_the_last_prices_and_beats_every_five_seconds() -> None:
    async def story(at: Served) -> None:
        heard = at.prices()
        await asyncio.sleep(16)
        assert heard.status == 200
        assert [line["instrument"] for line in heard.told("PRICE")] == ["EUR_USD"]
        assert [round(each) for each in heard.times("HEARTBEAT")] == [5, 10, 15]
        without = at.hear("/pricing/stream?instruments=EUR_USD&snapshot=False")
        await asyncio.sleep(1)
        assert (without.status, without.lines) == (200, [])

    played(story)


def test_at_most_four_prices_a_second_come_and_each_is_the_last_of_its_window() -> None:
    async def story(at: Served) -> None:
        heard = at.prices()
        await asyncio.sleep(1)
        for number in range(40):
            at.price(f"1.1{number:04d}", "1.20000")
            at.price(f"150.{number:03d}", "160.000", "USD_JPY")
            await asyncio.sleep(0.05)
        await asyncio.sleep(1)
        euro = [(when, line) for when, line in heard.lines if line.get("instrument") == "EUR_USD"][1:]
        assert 8 <= len(euro) <= 10
        assert euro[-1][1]["bids"][0]["price"] == "1.10039"
        assert sum(line.get("instrument") == "USD_JPY" for _, line in heard.lines) == len(euro)

    played(story)


def test_every_price_comes_where_that_is_switched_on() -> None:
    async def story(at: Served) -> None:
        heard = at.prices()
        await asyncio.sleep(1)
        for number in range(100):
            at.price(f"1.1{number:04d}", "1.20000")
        await at.server.settled()
        await asyncio.sleep(1)
        assert len(heard.told("PRICE")) == 101

    played(story, EVERY)


def test_times_on_a_stream_take_the_form_that_was_asked_for() -> None:
    async def story(at: Served) -> None:
        at.client.headers["Accept-Datetime-Format"] = "UNIX"
        heard = at.transactions()
        await asyncio.sleep(1)
        assert heard.lines[0][1]["time"].startswith("17676234")

    played(story)


def test_the_transaction_stream_tells_what_since_id_tells() -> None:
    async def story(at: Served) -> None:
        heard = at.transactions()
        await asyncio.sleep(1)
        await at.order(stopLossOnFill={"price": "1.09900"}, takeProfitOnFill={"price": "1.10100"})
        await at.order("5", clientExtensions={"id": "x" * 129})
        at.price("1.10100", "1.10110")
        await asyncio.sleep(6)
        status, since = await at.ask("GET", "/transactions/sinceid?id=3")
        assert (status, heard.told()) == (200, since["transactions"])
        assert heard.told("HEARTBEAT")[-1]["lastTransactionID"] == since["lastTransactionID"] == "10"

    played(story)


def test_what_comes_with_time_alone_is_told_when_it_comes() -> None:
    async def story(at: Served) -> None:
        heard = at.transactions()
        await at.order("1000")
        limit = {"type": "LIMIT", "price": "1.0", "timeInForce": "GTD", "gtdTime": "2026-01-05T21:56:00Z"}
        await at.ask("POST", "/orders", {"order": {"instrument": "EUR_USD", "units": "1", **limit}})
        await asyncio.sleep(400)
        (expired,) = heard.told("ORDER_CANCEL")
        (financing,) = heard.told("DAILY_FINANCING")
        assert (expired["time"], financing["time"]) == (
            "2026-01-05T21:56:00.000000000Z",
            "2026-01-05T22:00:00.000000000Z",
        )
        assert round(heard.times("ORDER_CANCEL")[0]) == 60

    played(story, now=parse_time("2026-01-05T21:55:00Z"))


def test_on_friday_evening_prices_stop_being_tradeable() -> None:
    async def story(at: Served) -> None:
        heard = at.prices()
        await asyncio.sleep(400)
        assert [line["tradeable"] for line in heard.told("PRICE")] == [True, False]
        assert heard.told("PRICE")[-1]["time"] == "2026-01-09T22:00:00.000000000Z"
        again = at.prices()
        await asyncio.sleep(6)
        kinds = [(line["type"], line.get("tradeable")) for _, line in again.lines]
        assert kinds == [("PRICE", False), ("HEARTBEAT", None)]

    played(story, now=parse_time("2026-01-09T21:55:00Z"))


def test_prices_may_stall_while_heartbeats_go_on() -> None:
    async def story(at: Served) -> None:
        heard = at.prices()
        await asyncio.sleep(1)
        at.server.faults.add("stall_prices", times=None, seconds=20, instruments=("EUR_USD",))
        for _ in range(30):
            at.price("1.10000", "1.10010")
            at.price("150.000", "150.010", "USD_JPY")
            await asyncio.sleep(1)
        euro = [round(when) for when, line in heard.lines if line.get("instrument") == "EUR_USD"]
        yen = [round(when) for when, line in heard.lines if line.get("instrument") == "USD_JPY"]
        assert not [when for when in euro if 1 <= when < 21]
        assert len(yen) == 30
        assert len(heard.times("HEARTBEAT")) == 6
        assert at.server.faults.hits["stall_prices"] == 20

    played(story)


def test_an_instrument_may_be_dropped_until_the_next_connection() -> None:
    async def story(at: Served) -> None:
        heard = at.prices()
        await asyncio.sleep(1)
        at.server.faults.add("drop_instrument", instruments=("EUR_USD",))
        for _ in range(3):
            at.price("1.10000", "1.10010")
            await asyncio.sleep(1)
        assert len(heard.told("PRICE")) == 1
        again = at.prices()
        await asyncio.sleep(1)
        assert len(again.told("PRICE")) == 1

    played(story)


def test_a_fill_may_be_lost_doubled_late_or_out_of_turn() -> None:
    async def story(at: Served) -> None:
        heard = at.transactions()
        await asyncio.sleep(1)
        faults = at.server.faults
        faults.add("lose_transaction", types=("ORDER_FILL",))
        await at.order()
        faults.add("double_transaction", types=("ORDER_FILL",), copies=2)
        await at.order()
        faults.add("reorder_transactions", types=("MARKET_ORDER",))
        await at.order()
        faults.add("late_transaction", types=("ORDER_FILL",), delay_s=3)
        await at.order()
        await at.order()
        await asyncio.sleep(4)
        ids = [int(line["id"]) for line in heard.told()]
        assert ids == [4, 6, 7, 7, 7, 9, 8, 10, 12, 13, 11]
        _, since = await at.ask("GET", "/transactions/sinceid?id=3")
        assert [int(each["id"]) for each in since["transactions"]] == list(range(4, 14))
        assert dict(faults.hits) == {
            "lose_transaction": 1,
            "double_transaction": 1,
            "reorder_transactions": 1,
            "late_transaction": 1,
        }

    played(story)


def test_a_stream_may_fall_silent_and_stay_open() -> None:
    async def story(at: Served) -> None:
        prices, transactions = at.prices(), at.transactions()
        await asyncio.sleep(1)
        at.server.faults.add("silent_stream", times=None, seconds=30, stream="transactions")
        await asyncio.sleep(29.5)
        assert (len(prices.times("HEARTBEAT")), len(transactions.times("HEARTBEAT"))) == (6, 1)
        await asyncio.sleep(10)
        assert (transactions.ended, len(transactions.times("HEARTBEAT"))) == (None, 3)

    played(story)


@pytest.mark.parametrize("how", ["cut_stream", "cut_mid_line", "by hand"])
def test_a_cut_stream_ends_without_its_last_line(how: str) -> None:
    async def story(at: Served) -> None:
        heard = at.prices()
        await asyncio.sleep(1)
        if how == "by hand":
            at.server.cut("prices")
        else:
            at.server.faults.add(how, stream="prices")
            at.price("1.10001", "1.10010")
        await asyncio.sleep(1)
        assert heard.ended is not None
        assert len(heard.told("PRICE")) == 1
        assert at.server.streams == []
        assert sum(at.server.faults.hits.values()) == 1
        again = at.prices()
        await asyncio.sleep(1)
        assert len(again.told("PRICE")) == 1

    played(story)


def test_one_byte_at_a_time_is_the_same_stream() -> None:
    async def story(at: Served) -> list[object]:
        at.server.faults.add("one_byte_chunks", times=None)
        heard = at.prices()
        await asyncio.sleep(1)
        at.price("1.10001", "1.10011")
        await asyncio.sleep(6)
        assert max(len(piece) for piece in heard.pieces) == 1
        return heard.told()

    async def whole(at: Served) -> list[object]:
        heard = at.prices()
        await asyncio.sleep(1)
        at.price("1.10001", "1.10011")
        await asyncio.sleep(6)
        return heard.told()

    assert played(story) == played(whole)


def test_a_slow_reader_is_cut_off_and_not_waited_for() -> None:
    async def story(at: Served) -> None:
        heard = at.prices()
        await asyncio.sleep(1)
        for _ in range(10_050):
            at.price("1.10000", "1.10010")
        await asyncio.sleep(1)
        assert at.server.streams == []
        assert heard.ended is not None

    played(story, EVERY)


@pytest.mark.parametrize("how", NAMES)
def test_a_price_may_come_spoilt(how: str) -> None:
    async def story(at: Served) -> None:
        reading = at.client.get(f"{at.base}/pricing/stream?instruments=EUR_USD&snapshot=false")
        async with reading as answer:
            at.server.faults.add("garble_price", how=how)
            at.price("1.10001", "1.10011")
            at.price("1.10002", "1.10012")
            spoilt, sound = await answer.content.readline(), await answer.content.readline()
        assert b"1.10002" in sound
        assert spoilt.startswith(b"{")
        assert spoilt.replace(b"1.10001", b"1.10002").replace(b"1.10011", b"1.10012") != sound

    played(story, EVERY)


def test_a_price_may_come_twice_or_after_a_newer_one() -> None:
    async def story(at: Served) -> None:
        heard = at.prices()
        await asyncio.sleep(1)
        at.server.faults.add("double_price", copies=2)
        at.price("1.10001", "1.10011")
        at.server.faults.add("late_price", delay_s=3)
        at.price("1.10002", "1.10012")
        at.price("1.10003", "1.10013")
        await asyncio.sleep(4)
        told = [line["bids"][0]["price"] for line in heard.told("PRICE")]
        assert told == ["1.10000", *["1.10001"] * 3, "1.10003", "1.10002"]

    played(story, EVERY)


def test_no_more_than_twenty_streams_are_served_to_an_address() -> None:
    async def story(at: Served) -> None:
        heard = []
        for _ in range(21):
            heard.append(at.transactions())
            await asyncio.sleep(1)
        assert [each.status for each in heard] == [200] * 20 + [429]

    played(story, Manners(rate_limited=True))
