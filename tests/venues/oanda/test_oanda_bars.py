"""Pages of bars: exact, in order, without a doubled or an invented one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from oanda_local import OPEN, SECOND, START, run, world
from oanda_words import SCALES

from tickwise.venues.oanda.bars import PAGE_BARS_MAX, SECONDS, page_of, page_query
from tickwise.venues.oanda.exact import Malformed
from tickwise.venues.oanda.times import written_ts
from tickwise.venues.venue import BarSeen, VenueError

ASKED = {"granularity": "M1", "count": "3"}
MINUTE = 60 * SECOND


def bar(minute: int, **changed: Any) -> dict[str, Any]:
    """Write a bar as the venue does."""
    prices = {"o": "1.10000", "h": "1.10010", "l": "1.09990", "c": "1.10005"}
    asks = {"o": "1.10012", "h": "1.10022", "l": "1.10002", "c": "1.10017"}
    said = {"time": written_ts(START + minute * MINUTE), "volume": 7, "complete": True}
    return {**said, "bid": prices, "ask": asks, **changed}


def page(*bars: dict[str, Any], after: int = START - 1, **changed: Any) -> tuple[list[int], bool]:
    """Read a page; give the minutes its bars open at and whether it is the last."""
    body = {"instrument": "EUR_USD", "granularity": "M1", "candles": list(bars), **changed}
    read = page_of(json.dumps(body).encode(), "EUR_USD", ASKED, after, SCALES)
    return [(each.ts - START) // MINUTE for each in read.bars], read.is_last


def test_a_bar_is_read_in_ticks_on_both_sides() -> None:
    body = {"instrument": "EUR_USD", "granularity": "M1", "candles": [bar(0, complete=False)]}
    (seen,) = page_of(json.dumps(body).encode(), "EUR_USD", ASKED, 0, SCALES).bars
    assert seen == BarSeen(
        *("EUR_USD", START, 110_000, 110_010, 109_990, 110_005, 110_012, 110_022, 110_002, 110_017, 7, False)
    )


def test_a_full_page_is_followed_by_another_and_a_short_or_running_one_is_the_last() -> None:
    assert page(bar(0), bar(1), bar(2)) == ([0, 1, 2], False)
    assert page(bar(0), bar(1)) == ([0, 1], True)
    assert page(bar(0), bar(1), bar(2, complete=False)) == ([0, 1, 2], True)
    assert page() == ([], True)


def test_a_gap_stays_a_gap() -> None:
    assert page(bar(0), bar(700), bar(701)) == ([0, 700, 701], False)


def test_a_bar_that_was_read_before_does_not_come_again() -> None:
    assert page(bar(0), bar(1), bar(2), after=START + MINUTE) == ([2], False)
    assert page(bar(0), bar(1), bar(2), after=START + 2 * MINUTE) == ([], True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"bid": None},
        {"ask": {"o": "1.1", "h": "1.0", "l": "1.1", "c": "1.1"}},
        {"bid": {"o": "1.1", "h": "1.1", "l": "1.2", "c": "1.1"}},
        {"bid": {"o": "NaN", "h": "1.1", "l": "1.1", "c": "1.1"}},
        {"bid": {"o": "1.1", "h": "1.1", "l": "1.1"}},
        {"time": "0"},
        {"time": "x"},
        {"complete": None},
        {"volume": "7"},
    ],
)
def test_a_bar_that_cannot_be_is_malformed(wrong: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        assert page(bar(0, **wrong)) != ([0], True)


def test_a_page_of_something_else_or_out_of_order_is_malformed() -> None:
    for wrong in ({"instrument": "USD_JPY"}, {"granularity": "M5"}, {"candles": [bar(1), bar(0)]}):
        with pytest.raises(Malformed):
            page(bar(0), **wrong)


def test_no_page_is_asked_for_with_more_bars_than_the_venue_gives_or_than_are_needed() -> None:
    year = 365 * 86_400 * SECOND
    asked = {name: page_query(name, START, START + year, is_first=True)["count"] for name in SECONDS}
    assert (asked["S5"], asked["H2"], asked["D"]) == (str(PAGE_BARS_MAX), "4382", "367")
    assert page_query("S5", START, START + SECOND, is_first=False) == {
        "price": "BA",
        "granularity": "S5",
        "from": "2026-01-05T14:30:00.000000000Z",
        "count": "2",
        "includeFirst": "false",
    }


@pytest.mark.parametrize("granularity", ["S5", "M1", "M4", "H1", "H4", "D"])
def test_every_bar_between_two_times_is_read_once_and_no_other(granularity: str) -> None:
    async def main() -> None:
        async with world() as at:
            await at.venue.open(OPEN)
            for minute in range(0, 3_000, 3):
                price = 110_000 + minute % 70
                at.server.price("EUR_USD", price, price + 12, START + minute * MINUTE)
            since, until = START + 100 * MINUTE, START + 2_000 * MINUTE
            times = [each.ts async for each in at.venue.bars("EUR_USD", granularity, since, until)]
            before = START - 86_400 * SECOND
            whole = [each.ts async for each in at.venue.bars("EUR_USD", granularity, before, until)]
            assert times == [ts for ts in whole if ts >= since]
            assert times == sorted(set(times))
            assert all(since <= ts < until for ts in times)

    run(main())


def test_a_read_beyond_the_newest_bar_ends_with_it() -> None:
    async def main() -> None:
        async with world() as at:
            await at.venue.open(OPEN)
            for second in range(0, 60, 5):
                at.server.price("EUR_USD", 110_000 + second, 110_012 + second, START + second * SECOND)
            later = START + 86_400 * SECOND
            bars = [each async for each in at.venue.bars("EUR_USD", "S5", START, later)]
            assert [each.is_complete for each in bars] == [True] * 11 + [False]

    run(main())


def test_bars_of_an_instrument_the_venue_does_not_have_are_an_error() -> None:
    async def main() -> None:
        async with world() as at:
            await at.venue.open(OPEN)
            with pytest.raises(VenueError, match="candles: status 400"):
                await anext(at.venue.bars("EUR_XXX", "M1", START, START + MINUTE))

    run(main())
