"""Sessions, rollover and the week of foreign exchange around every clock change of 2006 to 2035.

The tables in `golden` come from published rules without a zone database (`golden/make_golden.py`)
or from another program (`golden/make_us_equity.py`), so each claim compares two implementations.
"""

from __future__ import annotations

import csv
import runpy
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from tickwise.market_data.calendars import (
    market_closed,
    rollover_window,
    session_intervals,
    trading_days,
)
from tickwise.market_data.calendars.clock_changes import clock_changes
from tickwise.market_data.calendars.us_holidays import nyse_early_closes, nyse_holidays

GOLDEN = Path(__file__).parent / "golden"
ZONES = {
    "new_york": "America/New_York",
    "london": "Europe/London",
    "sydney": "Australia/Sydney",
    "asia": "Asia/Tokyo",
}
HOUR = 3_600_000_000_000
MINUTE = 60_000_000_000
DAY = 24 * HOUR


def table(name: str) -> list[dict[str, str]]:
    with (GOLDEN / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ns(text: str) -> int:
    return int(datetime.fromisoformat(text).astimezone(UTC).timestamp()) * 1_000_000_000


SINCE, UNTIL = ns("2006-01-01T00:00Z"), ns("2036-01-01T00:00Z")


def test_the_tables_are_what_the_published_rules_say():
    tables = runpy.run_path(str(GOLDEN / "make_golden.py"))["TABLES"]
    assert {name: make() for name, make in tables.items()} == {
        name: (GOLDEN / name).read_text(encoding="utf-8") for name in tables
    }


@pytest.mark.parametrize("place", ZONES)
def test_every_clock_change_of_thirty_years_is_found(place):
    found = clock_changes(ZONES[place], 2006, 2035)
    hours = (found.offsets // HOUR).tolist()
    golden = [row for row in table("clock_changes.csv") if row["place"] == place]
    assert list(zip(found.at.tolist(), hours, hours[1:], strict=False)) == [
        (ns(row["utc"]), int(row["hours_before"]), int(row["hours_after"])) for row in golden
    ]
    assert len(golden) == (0 if place == "asia" else 60)


@pytest.mark.parametrize("place", ZONES)
def test_sessions_open_and_close_on_their_own_clock_around_every_change(place):
    spans = dict(session_intervals([place], SINCE, UNTIL))
    for row in table("session_hours.csv"):
        opens, closes = ns(row[f"{place}_opens"]), ns(row[f"{place}_closes"])
        assert spans[opens] == closes, row


def test_tokyo_opens_at_midnight_utc_on_every_workday_of_thirty_years():
    first = date(2006, 1, 1)
    workdays = [day for day in range(30 * 365 + 8) if (first + timedelta(days=day)).isoweekday() <= 5]
    midnights = np.array(workdays, dtype=np.int64) * DAY + SINCE
    midnights = midnights[midnights < UNTIL]
    spans = session_intervals(["asia"], SINCE, UNTIL)
    assert np.array_equal(spans.bounds, np.column_stack((midnights, midnights + 9 * HOUR)))


def test_the_trading_day_rolls_at_new_yorks_five_and_lasts_23_24_or_25_hours():
    rolls = trading_days(SINCE, UNTIL)
    known = set(rolls.tolist())
    for row in table("rollovers.csv"):
        at = ns(row["rolls"])
        assert at in known, row
        if at > rolls[0]:
            assert (at - int(rolls[np.searchsorted(rolls, at) - 1])) // HOUR == int(row["hours"]), row
    lengths, counts = np.unique(np.diff(rolls) // HOUR, return_counts=True)
    assert dict(zip(lengths.tolist(), counts.tolist(), strict=True)) == {23: 30, 24: 10896, 25: 30}
    assert len(rolls) == (date(2036, 1, 1) - date(2006, 1, 1)).days  # exactly one each calendar day


def test_the_rollover_window_is_16_55_to_17_15_around_every_change():
    window = rollover_window(SINCE, UNTIL)
    assert len(window) == len(trading_days(SINCE, UNTIL))
    spans = dict(window)
    for row in table("rollovers.csv"):
        at = ns(row["rolls"])
        assert spans[at - 5 * MINUTE] == at + 15 * MINUTE, row


def test_the_fx_week_closes_and_opens_at_new_yorks_five_around_every_change():
    shut = market_closed("fx", SINCE, UNTIL, left_out=YEAR_END)
    spans = dict(shut)
    for row in table("fx_weeks.csv"):
        assert spans[ns(row["closes"])] == ns(row["opens"]), row
    assert len(shut) == 1566  # the first begins cut: 2006 began on a Sunday


YEAR_END = ("Christmas Eve", "Christmas Day", "New Year's Eve", "New Year's Day")


def test_the_stock_exchange_keeps_the_days_another_program_says_it_keeps():
    mine = [(day.isoformat(), "shut") for year in range(2006, 2036) for day in nyse_holidays(year)]
    mine += [(day.isoformat(), "13:00") for year in range(2006, 2036) for day in nyse_early_closes(year)]
    assert sorted(mine) == [(row["new_york_date"], row["closes"]) for row in table("us_equity.csv")]


def test_the_stock_exchange_is_open_from_half_past_nine_on_every_day_it_keeps():
    offsets = clock_changes("America/New_York", 2006, 2035)
    kept = {row["new_york_date"]: row["closes"] for row in table("us_equity.csv")}
    opens, closes = [], []
    for n in range(30 * 365 + 8):
        day = date(2006, 1, 1) + timedelta(days=n)
        if day.year > 2035 or day.isoweekday() > 5 or kept.get(day.isoformat()) == "shut":
            continue
        midnight = ns(f"{day.isoformat()}T00:00Z")
        midnight -= int(offsets.offsets[np.searchsorted(offsets.at, midnight, side="right")])
        opens.append(midnight + 9 * HOUR + 30 * MINUTE)
        closes.append(midnight + (13 if day.isoformat() in kept else 16) * HOUR)
    found = market_closed("us_equity", SINCE, UNTIL).complement(SINCE, UNTIL)
    assert np.array_equal(found.bounds, np.column_stack((opens, closes)))
