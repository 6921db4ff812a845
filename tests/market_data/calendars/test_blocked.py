"""Every calendar gate of a bot becomes blocked spans, with the defaults the mission settled."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tickwise.errors import ConfigError
from tickwise.market_data.calendars import (
    FAR_FUTURE,
    CalendarRules,
    DailyWindow,
    Intervals,
    NewsItem,
    NewsRule,
    TimeOfDay,
    blocked_intervals,
    expiry_blocked,
    rollover_window,
    time_of_day_blocked,
    trading_days,
)

HOUR = 3_600_000_000_000


def ns(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000_000


def utc(spans) -> list[tuple[str, str]]:
    return [tuple(f"{datetime.fromtimestamp(ts // 10**9, UTC):%m-%d %H:%M}" for ts in span) for span in spans]


DAY = ns("2014-05-02"), ns("2014-05-03")
PAYROLLS = NewsItem(ns("2014-05-02 12:30"), "USD", "high", "Nonfarm Payrolls", "macro")


def test_a_day_with_the_defaults():
    blocked = blocked_intervals(CalendarRules(news=NewsRule(("EUR", "USD"))), *DAY, [PAYROLLS])
    assert blocked.session == Intervals.none()
    assert utc(blocked.time_of_day) == [("05-02 18:00", "05-02 20:30")]
    assert utc(blocked.rollover) == [("05-02 20:55", "05-02 21:15")]
    assert utc(blocked.market_closed) == [("05-02 21:00", "05-03 00:00")]
    assert blocked.expiry == Intervals.none()
    assert utc(blocked.news) == [("05-02 12:00", "05-02 13:00")]
    assert list(blocked.news_stale)[-1] == (ns("2014-05-04"), FAR_FUTURE)
    assert blocked.news_is_on


def test_the_quiet_window_of_tokyo_misses_the_rollover_of_new_york_in_summer_and_winter():
    for day in ("2024-07-02", "2024-01-02"):
        since = ns(day)
        quiet = time_of_day_blocked(since, since + 24 * HOUR)
        rolls = rollover_window(since, since + 24 * HOUR)
        assert len(quiet) == len(rolls) == 1
        assert len(quiet.intersection(rolls)) == 0


def test_the_rollover_window_follows_new_yorks_clock():
    assert utc(rollover_window(ns("2024-03-08"), ns("2024-03-12"))) == [
        ("03-08 21:55", "03-08 22:15"),
        ("03-09 21:55", "03-09 22:15"),
        ("03-10 20:55", "03-10 21:15"),
        ("03-11 20:55", "03-11 21:15"),
    ]


def test_a_rollover_window_cut_by_the_span_keeps_its_part():
    assert utc(rollover_window(ns("2024-07-01 21:10"), ns("2024-07-02 20:57"))) == [
        ("07-01 21:10", "07-01 21:15"),
        ("07-02 20:55", "07-02 20:57"),
    ]
    assert rollover_window(*DAY, before_min=0, after_min=0) == Intervals.none()


def test_a_trading_day_may_roll_elsewhere():
    rolls = trading_days(ns("2024-03-30"), ns("2024-04-02"), TimeOfDay.parse("00:00", "Europe/London"))
    assert rolls.tolist() == [
        ns("2024-03-30"), ns("2024-03-31"), ns("2024-03-31 23:00"), ns("2024-04-01 23:00")
    ]  # fmt: skip


def test_without_a_news_calendar_the_news_gates_are_off_and_say_so():
    blocked = blocked_intervals(CalendarRules(), *DAY)
    assert (blocked.news, blocked.news_stale) == (Intervals.none(), Intervals.none())
    assert not blocked.news_is_on


def test_an_empty_news_calendar_blocks_everything():
    assert blocked_intervals(CalendarRules(), *DAY, []).news_stale.complement(*DAY) == Intervals.none()


def test_no_entry_from_three_in_new_york_on_the_day_of_expiry_on():
    for day, cut_off in ((date(2024, 7, 19), "2024-07-19 19:00"), (date(2024, 12, 20), "2024-12-20 20:00")):
        assert list(expiry_blocked(day)) == [(ns(cut_off), FAR_FUTURE)]
    assert blocked_intervals(CalendarRules(expiry=date(2014, 5, 1)), *DAY).expiry.contains(DAY[0])


def test_bank_holidays_of_the_named_currencies_count_as_a_shut_market():
    holiday = NewsItem(ns("2014-05-05 06:00"), "GBP", "holiday", "Early May Bank Holiday", "macro")
    span = ns("2014-05-05"), ns("2014-05-06")
    assert utc(blocked_intervals(CalendarRules(bank_holidays=("GBP",)), *span, [holiday]).market_closed) == [
        ("05-05 00:00", "05-05 23:00")
    ]
    assert len(blocked_intervals(CalendarRules(), *span, [holiday]).market_closed) == 0


def test_the_digest_changes_with_any_calendar_and_with_nothing_else():
    rules = CalendarRules(sessions=("london",))
    again = blocked_intervals(rules, *DAY, [PAYROLLS]).digest
    assert blocked_intervals(rules, *DAY, [PAYROLLS]).digest == again
    others = [
        CalendarRules(sessions=("asia",)),
        CalendarRules(sessions=("london",), quiet_windows=(DailyWindow.parse_line("01:00-02:00 UTC"),)),
        CalendarRules(sessions=("london",), rollover_after_min=20),
        CalendarRules(sessions=("london",), market="crypto"),
        CalendarRules(sessions=("london",), expiry=date(2014, 5, 2)),
        CalendarRules(sessions=("london",), news=NewsRule(after_min=31)),
    ]
    assert len({again, *(blocked_intervals(one, *DAY, [PAYROLLS]).digest for one in others)}) == 7


@pytest.mark.parametrize(("before", "after"), [(-1, 15), (5, -1), (700, 700)])
def test_a_rollover_window_that_cannot_be_meant_is_refused(before, after):
    with pytest.raises(ConfigError, match=f"{before} minutes before and {after} after"):
        rollover_window(*DAY, before, after)
