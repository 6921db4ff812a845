"""A local time in doubt never opens a door: blocked windows grow, allowed ones shrink."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tickwise.errors import ConfigError
from tickwise.market_data.calendars import DailyWindow, TimeOfDay, daily
from tickwise.market_data.calendars.clock_changes import clock_changes
from tickwise.market_data.calendars.local_time import EVERY_DAY, WORKDAYS

HOUR = 3_600_000_000_000
ZONES = (
    "America/New_York", "Europe/London", "Asia/Tokyo", "Australia/Sydney", "Australia/Lord_Howe",
    "America/St_Johns", "Pacific/Apia", "Africa/Casablanca", "UTC",
)  # fmt: skip


def ns(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000_000


def utc(spans) -> list[tuple[str, str]]:
    return [tuple(f"{datetime.fromtimestamp(ts // 10**9, UTC):%m-%d %H:%M}" for ts in span) for span in spans]


def spring(start, end, doubt="wide"):
    """A window of New York's 10 March 2024, when 02:00 became 03:00 (07:00 UTC)."""
    return utc(daily(start, end, "America/New_York", [6], ns("2024-03-10"), ns("2024-03-11 12:00"), doubt))


def autumn(start, end, doubt="wide"):
    """A window of New York's 3 November 2024, when 02:00 became 01:00 (06:00 UTC)."""
    return utc(daily(start, end, "America/New_York", [6], ns("2024-11-03"), ns("2024-11-04 12:00"), doubt))


def test_a_blocked_window_that_starts_in_the_skipped_hour_starts_at_the_jump():
    assert spring("02:30", "04:00") == [("03-10 07:00", "03-10 08:00")]


def test_a_blocked_window_that_ends_in_the_skipped_hour_ends_as_much_later():
    assert spring("01:00", "02:30") == [("03-10 06:00", "03-10 07:30")]


def test_a_blocked_window_within_the_skipped_hour_still_blocks():
    assert spring("02:15", "02:45") == [("03-10 07:00", "03-10 07:45")]


def test_a_blocked_window_in_the_doubled_hour_covers_both():
    assert autumn("01:15", "01:45") == [("11-03 05:15", "11-03 06:45")]


def test_an_allowed_window_in_the_doubled_hour_is_open_in_neither():
    assert autumn("01:15", "01:45", "narrow") == []
    assert autumn("00:30", "01:30", "narrow") == [("11-03 04:30", "11-03 05:30")]
    assert autumn("01:30", "03:00", "narrow") == [("11-03 06:30", "11-03 08:00")]


def test_an_allowed_window_around_the_skipped_hour_is_the_shorter_one():
    assert spring("01:00", "02:30", "narrow") == [("03-10 06:00", "03-10 07:00")]
    assert spring("02:30", "04:00", "narrow") == [("03-10 07:30", "03-10 08:00")]


def test_a_window_across_midnight_belongs_to_the_day_it_starts():
    friday = daily("22:00", "02:00", "Europe/London", [4], ns("2024-07-01"), ns("2024-07-14"))
    assert utc(friday) == [("07-05 21:00", "07-06 01:00"), ("07-12 21:00", "07-13 01:00")]


def test_a_window_that_began_before_the_span_is_cut_to_it():
    cut = daily("22:00", "02:00", "UTC", EVERY_DAY, ns("2024-07-02 00:30"), ns("2024-07-02 22:10"))
    assert utc(cut) == [("07-02 00:30", "07-02 02:00"), ("07-02 22:00", "07-02 22:10")]


def test_whole_days_touch_and_become_one_span_over_clock_changes():
    since, until = ns("2024-01-01"), ns("2025-01-01")
    assert list(daily("00:00", "24:00", "America/New_York", EVERY_DAY, since, until)) == [(since, until)]


def test_a_zone_that_skipped_a_whole_day_rolls_at_the_jump():
    rolls = TimeOfDay.parse("17:00", "Pacific/Apia").instants(ns("2011-12-29"), ns("2012-01-02"))
    assert [f"{datetime.fromtimestamp(ts // 10**9, UTC):%m-%d %H:%M}" for ts in rolls.tolist()] == [
        "12-29 03:00", "12-30 03:00", "12-30 10:00", "12-31 03:00", "01-01 03:00",
    ]  # fmt: skip


@settings(deadline=None)
@given(st.sampled_from(ZONES), st.integers(ns("2006-01-01") // 10**9, ns("2035-12-31") // 10**9))
def test_the_wall_clock_agrees_with_the_zone_database_and_back(zone, second):
    clock = clock_changes(zone, 2006, 2035)
    ts = np.array([second * 10**9], dtype=np.int64)
    wall = datetime.fromtimestamp(second, ZoneInfo(zone)).replace(tzinfo=UTC)
    local = clock.local(ts)
    assert local[0] == int(wall.timestamp()) * 10**9
    assert clock.earliest_utc(local)[0] <= second * 10**9 <= clock.latest_utc(local)[0]


@settings(deadline=None)
@given(
    st.sampled_from(ZONES),
    st.integers(0, 1439),
    st.integers(0, 1439),
    st.sets(st.integers(0, 6), min_size=1),
    st.integers(0, 5000),
)
def test_a_blocked_window_holds_every_minute_whose_clock_lies_within(zone, start, end, weekdays, day):
    since = ns("2020-01-01") + day * 24 * HOUR
    until = since + 48 * HOUR
    assume(start != end)
    window = DailyWindow(start, end, zone, tuple(weekdays))
    wide = window.intervals(since, until, "wide")
    narrow = window.intervals(since, until, "narrow")
    minutes = np.arange(since, until, 7 * 60 * 10**9)
    within = np.array([shows_within(ts, zone, start, end, weekdays) for ts in minutes.tolist()])
    assert np.all(wide.contains_each(minutes)[within])
    assert np.all(within[narrow.contains_each(minutes)])
    assert narrow.intersection(wide) == narrow


def shows_within(ts, zone, start, end, weekdays):
    wall = datetime.fromtimestamp(ts // 10**9, ZoneInfo(zone))
    minute, weekday = wall.hour * 60 + wall.minute, wall.weekday()
    if start < end:
        return start <= minute < end and weekday in weekdays
    return (minute >= start and weekday in weekdays) or (minute < end and (weekday - 1) % 7 in weekdays)


def test_a_window_can_be_written_in_one_line():
    assert DailyWindow.parse_line("03:00-05:30 Asia/Tokyo") == DailyWindow(180, 330, "Asia/Tokyo", EVERY_DAY)
    assert DailyWindow.parse_line("22:00-02:00 UTC Fri mon") == DailyWindow(1320, 120, "UTC", (0, 4))
    assert DailyWindow.parse("09:00", "17:00", "UTC", WORKDAYS) == DailyWindow(540, 1020, "UTC", WORKDAYS)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", "'' is not a daily window: write it as '03:00-05:30 Asia/Tokyo'"),
        ("03:00 Asia/Tokyo", "is not a daily window"),
        ("03:00-05:30", "is not a daily window"),
        ("03:00-05:30 UTC monday", "(mon tue wed thu fri sat sun)"),
        ("3:00-05:30 UTC", "'3:00' is not a time of day"),
        ("03:00-25:30 UTC", "'25:30' is not a time of day"),
        ("03:00-03:00 UTC", "is empty: write '00:00' to '24:00'"),
        ("24:00-03:00 UTC", "cannot start at '24:00'"),
        ("03:00-05:30 Asia/Tokio", "unknown time zone 'Asia/Tokio': did you mean 'Asia/Tokyo'?"),
        ("03:00-05:30 America", "unknown time zone 'America'"),
        ("03:00-05:30 ../etc/passwd", "unknown time zone '../etc/passwd'"),
    ],
)
def test_a_window_that_cannot_be_meant_is_refused_in_one_line(line, message):
    with pytest.raises(ConfigError) as refused:
        DailyWindow.parse_line(line)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_weekdays_and_times_of_day_are_checked():
    with pytest.raises(ConfigError, match="0 \\(Monday\\) to 6 \\(Sunday\\)"):
        daily("01:00", "02:00", "UTC", [7], 0, HOUR)
    with pytest.raises(ConfigError, match="at least one"):
        daily("01:00", "02:00", "UTC", [], 0, HOUR)
    with pytest.raises(ConfigError, match="write '00:00'"):
        TimeOfDay.parse("24:00", "UTC")
