"""Moments as people write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickwise.errors import ConfigError
from tickwise.research.moment import moment_of

HALF_PAST = 1_549_287_000_000_000_000
"""2019-02-04 13:30 UTC."""


@pytest.mark.parametrize(
    "written",
    [
        HALF_PAST,
        str(HALF_PAST),
        np.int64(HALF_PAST),
        np.datetime64(HALF_PAST, "ns"),
        np.datetime64("2019-02-04T13:30", "m"),
        datetime(2019, 2, 4, 13, 30),
        datetime(2019, 2, 4, 13, 30, tzinfo=UTC),
        datetime(2019, 2, 4, 8, 30, tzinfo=timezone(timedelta(hours=-5))),
        "2019-02-04T13:30:00",
        "2019-02-04 13:30",
        "2019-02-04T13:30:00Z",
        " 2019-02-04T08:30:00-05:00 ",
        "20190204T133000",
    ],
)
def test_one_moment_has_many_spellings(written: object) -> None:
    assert moment_of(written) == HALF_PAST  # type: ignore[arg-type]


def test_a_date_is_its_first_moment() -> None:
    assert moment_of("2019-02-04") == HALF_PAST - 13 * 3600 * 10**9 - 30 * 60 * 10**9
    assert moment_of("20190204") == moment_of("2019-02-04")


@given(st.integers(min_value=0, max_value=4_000_000_000_000_000_000))
def test_no_digit_of_a_nanosecond_is_lost(ts: int) -> None:
    assert moment_of(f"{np.datetime64(ts, 'ns')}") == ts
    assert moment_of(f"{np.datetime64(ts, 'ns')}+00:00") == ts


@pytest.mark.parametrize("written", ["", "tomorrow", "2019-02-30", "13:30", "2019-02-04T25:00"])
def test_what_is_no_time_is_refused_with_the_way_to_write_one(written: str) -> None:
    with pytest.raises(ConfigError, match="is no time: write it like 2019-02-04"):
        moment_of(written)
