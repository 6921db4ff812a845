"""Prices and candles at the local OANDA."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from asked_world import MONDAY, World
from hypothesis import given, settings
from hypothesis import strategies as st

from brokers.oanda.manners import Manners
from brokers.oanda.text import SECOND, parse_time, rfc3339
from brokers.oanda.truth.candles import GRANULARITIES, end_of, start_of


def candles(world: World, query: str = "", name: str = "EUR_USD") -> list[dict[str, Any]]:
    answer = world.ask("GET", f"/instruments/{name}/candles?{query}", below_account=False)
    assert answer.status == 200, answer
    return list(answer["candles"])


def test_a_price_is_told_with_what_it_means_for_the_account() -> None:
    world = World(currency="EUR")
    world.price("150.000", "150.010", "USD_JPY", bid_units=0)
    answer = world.ask("GET", "/pricing?instruments=USD_JPY,EUR_USD&includeHomeConversions=True")
    yen, euro = answer["prices"]
    assert (yen["bids"], yen["asks"]) == ([], [{"price": "150.010", "liquidity": 1_000_000}])
    assert (yen["tradeable"], yen["status"], yen["closeoutBid"]) == (True, "tradeable", "150.000")
    assert euro["quoteHomeConversionFactors"] == {
        "positiveUnits": "0.9090082720",
        "negativeUnits": "0.9090909091",
    }
    assert {each["currency"] for each in answer["homeConversions"]} == {"EUR", "USD", "JPY"}
    world.opened("1000")
    units = world.ask("GET", "/pricing?instruments=EUR_USD")["prices"][0]["unitsAvailable"]
    assert units["reduceOnly"] == {"long": "0", "short": "1000"}
    assert int(units["reduceFirst"]["short"]) == int(units["openOnly"]["short"]) + 2000


def test_since_gives_only_what_is_newer() -> None:
    world = World()
    world.price("150.000", "150.010", "USD_JPY", after_s=1)
    path = "/pricing?instruments=EUR_USD,USD_JPY&since="
    assert [each["instrument"] for each in world.ask("GET", path + rfc3339(MONDAY))["prices"]] == ["USD_JPY"]
    assert world.ask("GET", path + world.ask("GET", path + "0")["time"])["prices"] == []


@pytest.mark.parametrize(
    "query", ["", "instruments=", "instruments=EUR_XXX", "instruments=EUR_USD&since=noon"]
)
def test_prices_of_nothing_known_are_refused(query: str) -> None:
    assert World().ask("GET", f"/pricing?{query}").status == 400


def test_zeros_are_trimmed_where_the_broker_trims_them() -> None:
    world = World(Manners(trims_zeros=True))
    told = world.ask("GET", "/pricing?instruments=EUR_USD")["prices"][0]
    assert (told["bids"][0]["price"], told["asks"][0]["price"]) == ("1.1", "1.1001")


def test_candles_are_of_bid_ask_and_middle_and_gaps_are_left_out() -> None:
    world = World()
    for after_s, bid, ask in (
        (1, "1.10020", "1.10031"),
        (2, "1.09990", "1.10000"),
        (8, "1.10005", "1.10015"),
    ):
        world.price(bid, ask, after_s=after_s)
    first, second = candles(world, "price=MBA")
    assert first == {
        "time": "2026-01-05T14:30:00.000000000Z",
        "volume": 3,
        "complete": True,
        "mid": {"o": "1.10005", "h": "1.10026", "l": "1.09995", "c": "1.09995"},
        "bid": {"o": "1.10000", "h": "1.10020", "l": "1.09990", "c": "1.09990"},
        "ask": {"o": "1.10010", "h": "1.10031", "l": "1.10000", "c": "1.10000"},
    }
    assert (second["time"], second["complete"]) == ("2026-01-05T14:30:10.000000000Z", False)
    assert list(second) == ["time", "volume", "complete", "mid", "bid", "ask"]
    (smooth,) = candles(world, "smooth=true&granularity=M1")
    assert smooth["mid"]["o"] == "1.10005"
    smoothed = candles(world, "smooth=true")[1]["mid"]
    assert (smoothed["o"], smoothed["l"]) == ("1.09995", "1.09995")


def minutes(world: World, many: int) -> None:
    for number in range(many):
        world.price(f"1.{10000 + number}", f"1.{10010 + number}", after_s=60)


def test_a_poller_walks_through_candles_without_meeting_one_twice() -> None:
    world = World()
    minutes(world, 9)
    start = "2026-01-05T14:32:00Z"
    assert [each["bid"]["c"] for each in candles(world, f"granularity=M1&price=B&from={start}&count=2")] == [
        "1.10001",
        "1.10002",
    ]
    later = candles(world, f"granularity=M1&price=B&from={start}&count=2&includeFirst=false")
    assert [each["bid"]["c"] for each in later] == ["1.10002", "1.10003"]
    ranged = candles(world, f"granularity=M1&price=B&from={start}&to=2026-01-05T14:35:00Z")
    assert [each["time"][14:16] for each in ranged] == ["32", "33", "34"]
    last = candles(world, "granularity=M1&price=B&count=3")
    assert [(each["bid"]["c"], each["complete"]) for each in last] == [
        ("1.10006", True),
        ("1.10007", True),
        ("1.10008", False),
    ]
    before = candles(world, "granularity=M1&price=B&count=2&to=2026-01-05T14:33:00Z")
    assert [each["time"][14:16] for each in before] == ["31", "32"]


def test_the_account_route_and_the_latest_route_tell_the_same_candles() -> None:
    world = World()
    minutes(world, 3)
    plain = candles(world, "granularity=M1&count=2")
    assert world.ask("GET", "/instruments/EUR_USD/candles?granularity=M1&count=2")["candles"] == plain
    latest = world.ask("GET", "/candles/latest?candleSpecifications=EUR_USD:M1:M")["latestCandles"]
    assert (latest[0]["instrument"], latest[0]["candles"]) == ("EUR_USD", plain)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("count=5001", "Maximum value for 'count' exceeded"),
        ("count=0", "Invalid value specified for 'count'"),
        ("count=x", "Invalid value specified for 'count'"),
        ("granularity=M7", "Invalid value specified for 'granularity'"),
        ("price=X", "Invalid value specified for 'price'"),
        ("to=2030-01-01T00:00:00Z", "Invalid value specified for 'to'. Time is in the future"),
        ("from=yesterday", "Invalid value specified for 'from'"),
        ("from=2026-01-04T14:30:00Z&to=2026-01-05T14:30:00Z", "Maximum value for 'count' exceeded"),
        ("from=2026-01-05T14:00:00Z&to=2026-01-05T14:30:00Z&count=3", "'count' cannot be specified"),
        ("alignmentTimezone=Nowhere/Land", "Invalid value specified for 'alignmentTimezone'"),
        ("dailyAlignment=24", "Invalid value specified for 'dailyAlignment'"),
    ],
)
def test_a_wrong_question_about_candles_is_refused(query: str, said: str) -> None:
    answer = World().ask("GET", f"/instruments/EUR_USD/candles?{query}", below_account=False)
    assert answer.status == 400
    assert answer["errorMessage"].startswith(said)


@pytest.mark.parametrize(
    ("granularity", "at", "begins", "ends"),
    [
        ("H1", "2026-01-05T14:30:00Z", "2026-01-05T14:00:00Z", "2026-01-05T15:00:00Z"),
        ("H4", "2026-01-05T14:30:00Z", "2026-01-05T14:00:00Z", "2026-01-05T18:00:00Z"),
        ("D", "2026-01-05T21:59:59Z", "2026-01-04T22:00:00Z", "2026-01-05T22:00:00Z"),
        ("D", "2026-03-08T12:00:00Z", "2026-03-07T22:00:00Z", "2026-03-08T21:00:00Z"),
        ("D", "2026-07-01T12:00:00Z", "2026-06-30T21:00:00Z", "2026-07-01T21:00:00Z"),
        ("W", "2026-01-05T14:30:00Z", "2026-01-02T22:00:00Z", "2026-01-09T22:00:00Z"),
        ("M", "2026-01-05T14:30:00Z", "2025-12-31T22:00:00Z", "2026-01-31T22:00:00Z"),
        ("M", "2026-02-28T23:30:00Z", "2026-02-28T22:00:00Z", "2026-03-31T21:00:00Z"),
    ],
)
def test_long_candles_begin_with_new_yorks_day(granularity: str, at: str, begins: str, ends: str) -> None:
    start = start_of(parse_time(at), granularity)
    assert (start, end_of(start, granularity)) == (parse_time(begins), parse_time(ends))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(GRANULARITIES), st.integers(1_577_836_800, 1_893_456_000))
def test_candles_tile_time(granularity: str, second: int) -> None:
    at = second * SECOND
    start = start_of(at, granularity)
    end = end_of(start, granularity)
    assert start <= at < end
    assert (start_of(start, granularity), start_of(end, granularity)) == (start, end)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 400), st.integers(-50, 50)), min_size=1, max_size=60),
    st.sampled_from(("S10", "M1", "M5", "H1", "D")),
)
def test_longer_candles_hold_exactly_the_prices_of_their_time(
    moves: list[tuple[float, int]], granularity: str
) -> None:
    world = World(Manners(charges_financing=False))
    bids: dict[int, list[int]] = {start_of(MONDAY, granularity): [110_000]}
    bid = 110_000
    for after_s, move in moves:
        bid += move
        world.price(str(Decimal(bid).scaleb(-5)), str(Decimal(bid + 9).scaleb(-5)), after_s=after_s)
        bids.setdefault(start_of(world.now, granularity), []).append(bid)
    told = candles(world, f"price=B&count=5000&granularity={granularity}")
    expected = [
        (rfc3339(start), len(seen), seen[0], max(seen), min(seen), seen[-1]) for start, seen in bids.items()
    ]
    assert [
        (each["time"], each["volume"], *(int(each["bid"][part].replace(".", "")) for part in "ohlc"))
        for each in told
    ] == expected
