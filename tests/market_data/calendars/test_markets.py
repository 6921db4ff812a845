"""When each kind of market is shut, on ordinary weeks, holidays and the worst days."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest

from tickwise.errors import ConfigError
from tickwise.market_data.calendars import Closure, Intervals, market_closed, market_closures
from tickwise.market_data.calendars.us_holidays import easter, nyse_early_closes, nyse_holidays

HOUR = 3_600_000_000_000


def ns(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000_000


def utc(spans) -> list[tuple[str, str]]:
    return [tuple(f"{datetime.fromtimestamp(ts // 10**9, UTC):%m-%d %H:%M}" for ts in span) for span in spans]


WEEK = ns("2024-07-08"), ns("2024-07-15")


def test_the_ordinary_week_of_each_kind():
    assert utc(market_closed("fx", *WEEK)) == [("07-12 21:00", "07-14 21:00")]
    assert utc(market_closed("metals", *WEEK)) == [
        *((f"07-{day:02} 21:00", f"07-{day:02} 22:00") for day in (8, 9, 10, 11)),
        ("07-12 21:00", "07-14 22:00"),
    ]
    assert market_closed("crypto", *WEEK) == Intervals.none()
    assert utc(market_closed("us_equity", *WEEK).complement(*WEEK)) == [
        (f"07-{day:02} 13:30", f"07-{day:02} 20:00") for day in (8, 9, 10, 11, 12)
    ]


def test_foreign_exchange_rests_at_christmas_and_at_the_new_year():
    assert utc(market_closed("fx", ns("2024-12-23"), ns("2025-01-03"))) == [
        ("12-24 18:00", "12-25 22:00"),
        ("12-27 22:00", "12-29 22:00"),
        ("12-31 18:00", "01-01 22:00"),
    ]


def test_a_christmas_next_to_the_weekend_becomes_one_long_rest():
    assert utc(market_closed("fx", ns("2015-12-21"), ns("2015-12-31"))) == [("12-24 18:00", "12-27 22:00")]


def test_gold_halts_on_holidays_of_the_united_states_and_on_good_friday():
    assert utc(market_closed("metals", ns("2013-03-27 23:00"), ns("2013-04-01"))) == [
        ("03-28 21:00", "03-31 22:00")
    ]
    thanksgiving = market_closed("metals", ns("2012-11-21 23:00"), ns("2012-11-26"))
    assert utc(thanksgiving) == [("11-22 18:00", "11-22 23:00"), ("11-23 18:00", "11-25 23:00")]


def test_gold_keeps_a_christmas_sunday_on_monday():
    assert utc(market_closed("metals", ns("2022-12-24"), ns("2022-12-27"))) == [
        ("12-24 00:00", "12-26 23:00")
    ]


def test_stocks_close_early_around_thanksgiving_and_stay_shut_for_a_hurricane():
    since, until = ns("2012-11-22"), ns("2012-11-24")
    assert utc(market_closed("us_equity", since, until).complement(since, until)) == [
        ("11-23 14:30", "11-23 18:00")
    ]
    assert utc(market_closed("us_equity", ns("2012-10-26 20:00"), ns("2012-10-31 13:30"))) == [
        ("10-26 20:00", "10-31 13:30")
    ]


def test_closures_have_names_in_time_order():
    names = [one.name for one in market_closures("us_equity", ns("2025-01-01 05:00"), ns("2026-01-01"))]
    assert names == [
        "New Year's Day", "Mourning for President Carter", "Martin Luther King Day", "Presidents' Day",
        "Good Friday", "Memorial Day", "Juneteenth", "Independence Eve (early)", "Independence Day",
        "Labor Day", "Thanksgiving", "Day after Thanksgiving (early)", "Christmas Eve (early)",
        "Christmas Day",
    ]  # fmt: skip


def test_a_new_years_saturday_is_not_kept_on_friday():
    assert date(2021, 12, 31) not in nyse_holidays(2021)
    assert not any(day.month == 1 and day.day < 10 for day in nyse_holidays(2022))
    assert date(2021, 12, 24) in nyse_holidays(2021)
    assert date(2021, 12, 24) not in nyse_early_closes(2021)


def test_easter_falls_where_the_churches_said():
    assert [easter(year) for year in (2008, 2011, 2014, 2024, 2025, 2035)] == [
        date(2008, 3, 23), date(2011, 4, 24), date(2014, 4, 20),
        date(2024, 3, 31), date(2025, 4, 20), date(2035, 3, 25),
    ]  # fmt: skip


def test_a_config_adds_a_closure_and_leaves_one_out():
    outage = Closure.parse("venue outage", "2024-12-23 09:00", "2024-12-23 10:00", "Europe/London")
    shut = market_closed("fx", ns("2024-12-23"), ns("2024-12-27"), added=[outage], left_out=["Christmas Eve"])
    assert utc(shut) == [("12-23 09:00", "12-23 10:00"), ("12-24 22:00", "12-25 22:00")]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: market_closed("forex", *WEEK), "unknown kind of market 'forex'"),
        (lambda: market_closed("fx", *WEEK, left_out=["Chrismas Day"]), "did you mean 'Christmas Day'?"),
        (lambda: market_closed("us_equity", ns("2035-12-01"), ns("2036-02-01")), "2006 to 2035"),
        (lambda: Closure.parse("x", "tomorrow", "2024-12-23 10:00"), "'tomorrow' is not a local time"),
        (lambda: Closure.parse("x", "2024-12-23 10:00Z", "2024-12-23 11:00"), "is not a local time"),
        (lambda: Closure.parse("x", "2024-12-23 10:00", "2024-12-23 10:00"), "is not after its start"),
        (lambda: Closure.parse("x", "2024-12-23 10:00", "2024-12-24 10:00", "NewYork"), "America/New_York"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_line(call, message):
    with pytest.raises(ConfigError) as refused:
        call()
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def real_ts(real_data, name):
    import duckdb

    with duckdb.connect() as connection:
        query = connection.execute("SELECT ts FROM read_parquet(?)", [str(real_data / f"{name}.parquet")])
        return query.fetchnumpy()["ts"]


def test_nine_years_of_euro_hours_lie_in_open_weeks_but_for_the_ends_of_years(real_data):
    ts = real_ts(real_data, "bars/eurusd_oanda_h1_2007_2015")
    shut = market_closed("fx", int(ts[0]), int(ts[-1]) + 1)
    within = [datetime.fromtimestamp(at // 10**9, UTC) for at in ts[shut.contains_each(ts)].tolist()]
    assert len(within) == 84
    assert all((at.month, at.day) in {(12, 24), (12, 25), (12, 31), (1, 1)} for at in within)
    # from 2012 on only the hour that begins at 13:00 in New York, of which nobody knows how much is quoted
    assert [f"{at:%Y-%m-%d %H}" for at in within if at.year >= 2012] == [
        f"{year}-12-{day} 18" for year in (2012, 2013, 2014, 2015) for day in (24, 31)
    ]


def test_nine_years_of_euro_hours_are_silent_only_when_the_market_is_shut(real_data):
    ts = real_ts(real_data, "bars/eurusd_oanda_h1_2007_2015")
    shut = market_closed("fx", int(ts[0]), int(ts[-1]) + 1)
    gaps = Intervals.of(ts[:-1] + HOUR, ts[1:])
    silent = gaps.intersection(shut.complement(int(ts[0]), int(ts[-1])))
    long = [span for span in silent if span[1] - span[0] > HOUR]
    assert utc(long) == [
        ("01-08 23:00", "01-09 21:00"),  # 2007: a hole in the history
        ("12-25 22:00", "12-26 13:00"),  # 2012: reopened late
        ("01-01 22:00", "01-02 05:00"),  # 2013: reopened late
        ("08-20 19:00", "08-21 04:00"),  # 2015: a hole in the history
    ]


def test_ticks_of_a_weekend_stop_and_begin_at_the_edges_of_the_calendar(real_data):
    for name, kind in (("eurusd", "fx"), ("xauusd", "metals")):
        ts = real_ts(real_data, f"quotes/{name}_oanda_20140501_0509")
        shut = market_closed(kind, int(ts[0]), int(ts[-1]) + 1)
        longest = int(np.argmax(np.diff(ts)))
        closes, opens = shut.next_from(int(ts[longest]))
        assert 0 <= closes - int(ts[longest]) < 10 * 10**9
        assert 0 <= int(ts[longest + 1]) - opens < 10 * 10**9


def test_regular_hours_of_real_stock_options_lie_in_the_open_exchange(real_data):
    for name in ("spy_quotes_m1_20230803", "goog_quotes_m1_20151223", "goog_quotes_m1_20151224"):
        ts = real_ts(real_data, f"options/{name}")
        opened = market_closed("us_equity", int(ts[0]) - 24 * HOUR, int(ts[-1]) + 24 * HOUR).complement(
            int(ts[0]) - 24 * HOUR, int(ts[-1]) + 24 * HOUR
        )
        day = Intervals.of([ts[0] - HOUR], [ts[-1] + HOUR]).intersection(opened)
        assert len(day) == 1, name
        begins, ends = next(iter(day))
        assert np.mean((ts > begins) & (ts <= ends)) > 0.9, name  # stamps are the end of the minute
