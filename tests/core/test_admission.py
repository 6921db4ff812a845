"""Admission: what is refused before anything else sees it, why, and what is not."""

from __future__ import annotations

import numpy as np
import pytest

from oracles.tapes import BEGIN
from oracles.worlds import LanePlan, MarketPlan, World, session_of
from tickwise.market_data.chunks import MISSING, QuoteChunk
from tickwise.session.session import Session

MS = 1_000_000
WHY = ("non_positive", "crossed", "late", "duplicate", "out_of_band")
Row = tuple[int, int, int, int]
"""Milliseconds seen, milliseconds at the source, bid, ask."""

FIRST: Row = (0, 0, 110_000, 110_002)


def see(*rows: Row, band: float = 0.0) -> Session:
    """Show quotes to a market."""
    ts, event, bid, ask = (np.array(column) for column in zip(*rows, strict=True))
    session = session_of(World([LanePlan(params={"one_in": 10**9})], [MarketPlan(band_fraction=band)]))
    session.feed(
        QuoteChunk(
            BEGIN + ts.astype(np.int64) * MS,
            bid.astype(np.int32),
            ask.astype(np.int32),
            ts_event=BEGIN + event.astype(np.int64) * MS,
        )
    )
    return session


def refused(session: Session) -> dict[str, int]:
    return {name: int(session.records.markets[name][0]) for name in WHY if session.records.markets[name][0]}


@pytest.mark.parametrize(
    ("second", "why"),
    [
        ((5, 5, 110_003, 110_002), "crossed"),
        ((5, 5, 0, 110_002), "non_positive"),
        ((5, 5, -3, 110_002), "non_positive"),
        ((5, 5, MISSING, 110_002), "non_positive"),
        ((5, 5, 110_000, MISSING), "non_positive"),
        ((5, -1, 110_001, 110_003), "late"),
        ((5, 0, 110_000, 110_002), "duplicate"),
        ((0, 0, 110_000, 110_002), "duplicate"),
    ],
)
def test_what_is_refused_and_why(second: Row, why: str) -> None:
    session = see(FIRST, second)
    assert refused(session) == {why: 1}
    market = session.records.markets[0]
    assert (int(market["n"]), int(market["bid"]), int(market["ask"])) == (1, 110_000, 110_002)
    assert session.counts().sum() == 1


@pytest.mark.parametrize(
    "second",
    [
        (5, 5, 110_000, 110_002),
        (5, 5, 110_002, 110_002),
        (5, 0, 110_000, 110_003),
        (5, 0, 109_999, 110_002),
        (0, 0, 110_000, 110_001),
        (5, 5, 400_000, 400_001),
    ],
)
def test_what_is_seen_equal_prices_at_a_later_time_and_locked_quotes_too(second: Row) -> None:
    session = see(FIRST, second)
    assert refused(session) == {}
    assert int(session.records.markets["n"][0]) == 2


def test_the_first_reason_in_the_order_of_the_codes_is_counted() -> None:
    assert refused(see(FIRST, (5, -1, -5, -7))) == {"non_positive": 1}
    assert refused(see(FIRST, (5, -1, 110_005, 110_001))) == {"crossed": 1}


def test_a_quote_outside_its_band_is_refused_against_the_last_one_that_was_seen() -> None:
    half = 55_000
    session = see(
        FIRST, (1, 1, half, half + 2), (2, 2, 110_900, 110_902), (3, 3, 112_200, 112_202), band=0.01
    )
    assert refused(session) == {"out_of_band": 2}
    assert int(session.records.markets["bid"][0]) == 110_900


def test_the_first_quote_is_never_out_of_band() -> None:
    assert refused(see(FIRST, band=0.000001)) == {}


def test_a_late_quote_does_not_turn_back_time() -> None:
    session = see(FIRST, (5, 5, 110_001, 110_003), (6, 4, 110_009, 110_011), (7, 5, 110_002, 110_004))
    assert refused(session) == {"late": 1}
    assert int(session.records.markets["ts_event"][0]) == BEGIN + 5 * MS


def test_each_instrument_is_admitted_by_its_own_last_quote() -> None:
    lanes = [LanePlan(params={"one_in": 10**9}, instrument=at, bot=at) for at in range(2)]
    session = session_of(World(lanes, [MarketPlan("A"), MarketPlan("B")]))
    same = np.array([110_000] * 4, np.int32)
    session.feed(QuoteChunk(np.full(4, BEGIN, np.int64), same, same + 2, np.array([0, 1, 0, 1], np.int16)))
    assert session.records.markets["n"].tolist() == [1, 1]
    assert session.records.markets["duplicate"].tolist() == [1, 1]
