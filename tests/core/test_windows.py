"""The window of the last quotes, by count and by time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tickwise.config import load_bot
from tickwise.core import market
from tickwise.core.compiled import called
from tickwise.core.layout import QUOTES_KEPT
from tickwise.market_data.tape import QuoteChunk, tape_of
from tickwise.session.assembly import assembled

BOT = load_bot(Path(__file__).parents[2] / "examples" / "reference_w1.toml")
SECOND = 1_000_000_000
BEGIN = 1_704_153_600 * SECOND

quotes_since = called(market.quotes_since)
mid_ago = called(market.mid_ago)


def seen(gaps_ms: list[int], mids: list[int]) -> tuple[np.ndarray, np.void]:
    """Give the times of quotes that far apart, and the market that saw them."""
    ts = BEGIN + np.cumsum(gaps_ms).astype(np.int64) * 1_000_000
    price = np.array(mids, np.int32)
    tape = tape_of(QuoteChunk(ts, price, price + np.int32(2)), [("EUR_USD", "0.00001")])
    session = assembled([BOT], tape)
    session.feed(tape.read())
    return ts, session.records.markets[0]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(1, 3_000), min_size=1, max_size=400), st.data())
def test_a_window_in_seconds_holds_the_quotes_since_then_and_one_in_quotes_the_last_of_them(
    gaps_ms: list[int], drawn: st.DataObject
) -> None:
    mids = drawn.draw(st.lists(st.integers(1, 10**6), min_size=len(gaps_ms), max_size=len(gaps_ms)))
    ts, found = seen(gaps_ms, mids)
    kept = ts[-QUOTES_KEPT:]
    for seconds in (1, 4, 60):
        since = int(ts[-1]) - seconds * SECOND
        assert quotes_since(found, since) == np.count_nonzero(kept >= since)
    for back in range(min(len(ts), QUOTES_KEPT)):
        assert mid_ago(found, back) == 2 * mids[-1 - back] + 2
