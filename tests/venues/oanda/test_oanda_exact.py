"""Numbers and times of the wire are read exactly and written exactly; what cannot be meant is refused."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tickwise.venues.oanda.exact import Malformed, money_of, nearest_steps, steps_of, written
from tickwise.venues.oanda.times import TS_MAX, ts_of, written_ts

DECIMALS = st.integers(0, 12)
STEPS = st.integers(-(10**17), 10**17)


@given(STEPS, DECIMALS)
@example(0, 0)
@example(-1, 5)
def test_what_is_written_is_read_back(steps: int, decimals: int) -> None:
    assert steps_of(written(steps, decimals), decimals, "here") == steps


@given(STEPS, DECIMALS)
def test_what_is_written_is_the_number_with_just_so_many_decimals(steps: int, decimals: int) -> None:
    text = written(steps, decimals)
    assert Decimal(text) == Decimal(steps).scaleb(-decimals)
    assert -int(Decimal(text).as_tuple().exponent) == decimals


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=12))
@example(Decimal("1.100125"))
@example(Decimal("-1.100135"))
def test_the_nearest_step_is_the_one_decimal_arithmetic_rounds_to(value: Decimal) -> None:
    rounded = value.quantize(Decimal("0.00001"), ROUND_HALF_EVEN)
    assert nearest_steps(f"{value:f}", 5, "here") == int(rounded.scaleb(5))


def test_zeros_beyond_the_decimals_are_no_precision() -> None:
    assert steps_of("1.1000000", 5, "here") == 110_000
    assert steps_of("1000.0", 0, "here") == 1_000
    assert steps_of("-0.5", 1, "here") == -5
    assert money_of("100000.12345678", "here") == 100_000_123_457


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "-", ".", ".5", "5.", "NaN", "nan", "Infinity", "1e5", "1E-5", "+1", "1,0", "1_0", " 1"),
        *("1 ", "--1", "1.-5", "1.1.1", "0x10", "\u0661", "1\u00b2", "9" * 19, "0." + "1" * 19, "1\n"),
    ],
)
def test_what_is_no_plain_decimal_number_is_malformed(text: str) -> None:
    with pytest.raises(Malformed, match=r"^bid of EUR_USD: ") as caught:
        steps_of(text, 5, "bid of EUR_USD")
    assert isinstance(caught.value, ValueError)
    with pytest.raises(Malformed):
        nearest_steps(text, 5, "bid of EUR_USD")


def test_a_price_between_two_ticks_is_malformed() -> None:
    with pytest.raises(Malformed, match=r"'1.100001' has more than 5 decimals"):
        steps_of("1.100001", 5, "bid")


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_malformed(text: str) -> None:
    try:
        steps = steps_of(text, 5, "here")
    except Malformed:
        return
    assert Decimal(text) == Decimal(steps).scaleb(-5)


@given(st.integers(1, TS_MAX))
@example(1_767_623_400_123_456_789)
def test_a_time_is_written_to_the_nanosecond_and_read_back(ts: int) -> None:
    assert ts_of(written_ts(ts), "here") == ts
    seconds = datetime.fromisoformat(written_ts(ts)[:19] + "+00:00").timestamp()
    assert seconds == ts // 10**9


@given(st.integers(1, TS_MAX))
def test_the_venues_other_way_of_writing_times_is_read_too(ts: int) -> None:
    assert ts_of(written(ts, 9), "here") == ts


def test_an_absent_time_is_zero() -> None:
    assert [ts_of(text, "here") for text in (None, "", "0")] == [0, 0, 0]


def test_fewer_decimals_of_a_second_are_read_as_they_stand() -> None:
    assert ts_of("2026-01-05T14:30:00Z", "here") == 1_767_623_400_000_000_000
    assert ts_of("2026-01-05T14:30:00.5Z", "here") == 1_767_623_400_500_000_000


@pytest.mark.parametrize(
    "text",
    [
        *("2026-01-05T14:30:00", "2026-01-05T14:30:00+01:00", "2026-13-05T14:30:00Z", "2026-02-30T00:00:00Z"),
        *("2026-01-05T25:00:00Z", "2026-01-05T14:30:00.Z", "2026-01-05T14:30:00.1234567890Z", "T", "Z"),
        *("1969-12-31T23:59:59Z", "9999-12-31T00:00:00Z", "-5", "99999999999999.0", "2026-W01-1T14:30:00Z"),
    ],
)
def test_what_is_no_time_in_utc_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        ts_of(text, "here")


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_malformed(text: str) -> None:
    with suppress(Malformed):
        assert 0 <= ts_of(text, "here") <= TS_MAX
