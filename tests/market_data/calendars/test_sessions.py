"""Trading sessions: named hours on their region's clock, and what a bot that prefers some is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tickwise.errors import ConfigError
from tickwise.market_data.calendars import DailyWindow, Intervals, session_blocked, session_intervals


def ns(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000_000


def utc(spans) -> list[tuple[str, str]]:
    return [tuple(f"{datetime.fromtimestamp(ts // 10**9, UTC):%d %H:%M}" for ts in span) for span in spans]


DAY = ns("2024-07-02"), ns("2024-07-03")


def test_each_session_keeps_its_regions_hours_on_a_summer_tuesday():
    hours = {
        name: utc(session_intervals([name], *DAY))
        for name in ("asia", "london", "new_york", "new_york_late", "london_new_york")
    }
    assert hours == {
        "asia": [("02 00:00", "02 09:00")],
        "london": [("02 07:00", "02 16:00")],
        "new_york": [("02 12:00", "02 21:00")],
        "new_york_late": [("02 16:00", "02 21:00")],
        "london_new_york": [("02 12:00", "02 16:00")],
    }


def test_london_and_new_york_drift_apart_in_the_weeks_between_their_changes():
    between = ns("2024-03-12"), ns("2024-03-13")
    assert utc(session_intervals(["london_new_york"], *between)) == [("12 12:00", "12 17:00")]


def test_several_sessions_are_one_set_of_hours():
    assert utc(session_intervals(["new_york", "london"], *DAY)) == [("02 07:00", "02 21:00")]


def test_no_session_opens_on_saturday():
    saturday = ns("2024-07-06"), ns("2024-07-07")
    assert session_intervals(["sydney", "asia", "london", "new_york"], *saturday) == Intervals.none()


def test_without_a_preference_every_hour_is_allowed_but_the_disabled():
    assert session_blocked([], [], *DAY) == Intervals.none()
    assert utc(session_blocked([], ["london"], *DAY)) == [("02 07:00", "02 16:00")]


def test_a_preference_blocks_every_other_hour_and_the_disabled_win_where_they_overlap():
    assert utc(session_blocked(["new_york"], ["london"], *DAY)) == [
        ("02 00:00", "02 16:00"),
        ("02 21:00", "03 00:00"),
    ]


def test_a_config_may_bring_its_own_table_of_sessions():
    own = {"lunch": (DailyWindow.parse_line("12:00-13:00 Europe/Paris"),)}
    assert utc(session_intervals(["lunch"], *DAY, sessions=own)) == [("02 10:00", "02 11:00")]


def test_an_unknown_session_is_refused_and_the_nearest_named():
    with pytest.raises(ConfigError, match="unknown trading session 'asian': did you mean 'asia'"):
        session_intervals(["asian"], *DAY)
    with pytest.raises(ConfigError, match="choose from asia, london, london_new_york, new_york"):
        session_blocked([], ["?"], *DAY)
