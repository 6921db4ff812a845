"""Lines of the stream of prices, as the venue writes them and as it never should."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oanda_words import SCALES, TIME, TS

from tickwise.market_data.chunks import MISSING
from tickwise.venues.oanda.exact import Malformed
from tickwise.venues.oanda.lines import LINE_BYTES_MAX, Lines
from tickwise.venues.oanda.quotes import quote_of
from tickwise.venues.venue import Heartbeat, QuoteSeen

PRICE: dict[str, Any] = {
    "type": "PRICE",
    "time": TIME,
    "instrument": "EUR_USD",
    "status": "tradeable",
    "tradeable": True,
    "bids": [{"price": "1.10000", "liquidity": 1_000_000}, {"price": "1.09998", "liquidity": 2_000_000}],
    "asks": [{"price": "1.10012", "liquidity": 1_000_000}],
    "closeoutBid": "1.09990",
    "closeoutAsk": "1.10020",
}


def line(**changed: Any) -> bytes:
    """Write the price with some fields changed; None takes a field away."""
    return json.dumps(
        {name: value for name, value in {**PRICE, **changed}.items() if value is not None}
    ).encode()


def test_a_price_is_its_best_bid_and_ask_in_ticks() -> None:
    seen = QuoteSeen("EUR_USD", TS, 110_000, 110_012, 1e6, 1e6)
    assert quote_of(line(), SCALES) == seen


def test_a_heartbeat_says_the_time_and_nothing_of_prices() -> None:
    raw = b'{"type":"HEARTBEAT","time":"2026-01-05T14:30:05.000000000Z"}'
    assert quote_of(raw, SCALES) == Heartbeat("quotes", 1_767_623_405_000_000_000)


def test_a_side_without_liquidity_is_missing() -> None:
    assert quote_of(line(asks=[]), SCALES) == QuoteSeen("EUR_USD", TS, 110_000, MISSING, 1e6, 0.0)
    assert quote_of(line(bids=None), SCALES) == QuoteSeen("EUR_USD", TS, MISSING, 110_012, 0.0, 1e6)


def test_a_closed_market_is_not_tradeable_and_silence_about_it_is_not_either() -> None:
    closed = [
        line(tradeable=False),
        line(tradeable=None, status="non-tradeable"),
        line(tradeable=None, status=None),
    ]
    assert [quote_of(raw, SCALES).tradeable for raw in closed] == [False] * 3
    assert quote_of(line(tradeable=None), SCALES).tradeable


def test_liquidity_written_as_text_is_read_too() -> None:
    seen = quote_of(line(bids=[{"price": "1.10000", "liquidity": "250000"}]), SCALES)
    assert seen.bid_size == 250_000.0


def test_a_kind_of_line_not_known_is_passed_over() -> None:
    assert quote_of(b'{"type":"NEWS","text":"hello","deep":[[[1]]]}', SCALES) is None


@pytest.mark.parametrize("price", ["", "NaN", "inf", "1e5", "1.100001", "-", "1" * 40, "99999.99999", "0x1"])
def test_a_price_that_cannot_be_meant_is_malformed(price: str) -> None:
    with pytest.raises(Malformed, match="price of EUR_USD, bid"):
        quote_of(line(bids=[{"price": price, "liquidity": 1}]), SCALES)


@pytest.mark.parametrize(
    "changed",
    [
        {"instrument": "EUR_XXX"},
        {"instrument": None},
        {"time": None},
        {"time": "yesterday"},
        {"bids": [{"price": 1.1, "liquidity": 1}]},
        {"bids": [{"liquidity": 1}]},
        {"bids": {"price": "1.1"}},
        {"tradeable": "yes"},
        {"bids": [{"price": "1.10000", "liquidity": "many"}]},
        {"bids": [{"price": "1.10000", "liquidity": "nan"}]},
        {"bids": [{"price": "1.10000", "liquidity": -1}]},
    ],
)
def test_a_price_with_a_field_that_cannot_be_meant_is_malformed(changed: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        quote_of(line(**changed), SCALES)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_quote_or_malformed(raw: bytes) -> None:
    with suppress(Malformed):
        quote_of(raw, SCALES)


@given(st.integers(0, len(line()) - 1), st.binary(min_size=1, max_size=3))
def test_a_price_with_some_bytes_changed_is_a_quote_or_malformed(at: int, other: bytes) -> None:
    raw = line()
    with suppress(Malformed):
        quote_of(raw[:at] + other + raw[at + len(other) :], SCALES)


def test_a_line_nested_without_end_is_malformed() -> None:
    with pytest.raises(Malformed):
        quote_of(b'{"x":' + b"[" * 100_000, SCALES)


@given(st.lists(st.binary(max_size=12).map(lambda raw: raw.replace(b"\n", b"")), max_size=8), st.data())
def test_any_slicing_of_a_stream_gives_the_same_lines(written: list[bytes], data: st.DataObject) -> None:
    raw = b"".join(each + b"\n" for each in written)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=12)))
    pieces = [raw[a:b] for a, b in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
    lines = Lines()
    assert [line for piece in pieces for line in lines.feed(piece)] == [
        each.strip() for each in written if each.strip()
    ]
    lines.end()


def test_a_stream_of_single_bytes_gives_the_same_lines() -> None:
    raw = line() + b"\r\n\n" + line(instrument="USD_JPY") + b"\n"
    lines = Lines()
    assert [each for at in range(len(raw)) for each in lines.feed(raw[at : at + 1])] == [
        line(),
        line(instrument="USD_JPY"),
    ]


def test_a_stream_that_ends_within_a_line_says_so() -> None:
    lines = Lines()
    assert lines.feed(line() + b"\n" + line()[:30]) == [line()]
    with pytest.raises(Malformed, match="ended 30 bytes into a line"):
        lines.end()


def test_a_line_without_end_does_not_fill_the_memory() -> None:
    lines = Lines()
    lines.feed(b"x" * LINE_BYTES_MAX)
    with pytest.raises(Malformed, match="a line of more than"):
        lines.feed(b"x")
