"""Holidays of the United States and the days the New York Stock Exchange keeps, by rule, 2006 to 2035.

Rules: NYSE Rule 7.2 and its published holiday lists. A holiday on a Saturday is kept on the Friday
before (New Year's Day is not, because that Friday closes a year's books), on a Sunday the Monday
after. Days the rules do not foresee are named in `NYSE_EXCEPTIONS`. All dates are New York dates.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType

YEAR_FIRST, YEAR_LAST = 2006, 2035
"""The years for which the rules were checked."""

NYSE_EXCEPTIONS: Mapping[date, str] = MappingProxyType(
    {
        date(2007, 1, 2): "Mourning for President Ford",
        date(2012, 10, 29): "Hurricane Sandy",
        date(2012, 10, 30): "Hurricane Sandy",
        date(2018, 12, 5): "Mourning for President G. H. W. Bush",
        date(2025, 1, 9): "Mourning for President Carter",
    }
)
"""Full closures of the New York Stock Exchange outside the rules."""

_MONDAY, _THURSDAY, _FRIDAY, _SATURDAY, _SUNDAY = 0, 3, 4, 5, 6
_JUNETEENTH_SINCE = 2022


def easter(year: int) -> date:
    """Give Easter Sunday of the Gregorian calendar (the anonymous computus of Meeus, 1991)."""
    golden, century, rest = year % 19, year // 100, year % 100
    skipped = century - century // 4 - (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + skipped + 15) % 30
    to_sunday = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * to_sunday) // 451
    month, day = divmod(moon + to_sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    """Give the nth weekday (Monday = 0) of a month, counting from 1."""
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def last_weekday(year: int, month: int, weekday: int) -> date:
    """Give the last weekday (Monday = 0) of a month that is not December."""
    return nth_weekday(year, month + 1, weekday, 1) - timedelta(days=7)


def observed(day: date) -> date:
    """Give the working day on which a fixed holiday is kept: Friday for Saturday, Monday for Sunday."""
    if day.weekday() == _SATURDAY:
        return day - timedelta(days=1)
    return day + timedelta(days=1) if day.weekday() == _SUNDAY else day


def federal_mondays_and_feasts(year: int) -> dict[date, str]:
    """Give the holidays on which New York trades part of a day or not at all, without the year's ends."""
    days = {
        nth_weekday(year, 1, _MONDAY, 3): "Martin Luther King Day",
        nth_weekday(year, 2, _MONDAY, 3): "Presidents' Day",
        last_weekday(year, 5, _MONDAY): "Memorial Day",
        observed(date(year, 7, 4)): "Independence Day",
        nth_weekday(year, 9, _MONDAY, 1): "Labor Day",
        thanksgiving(year): "Thanksgiving",
    }
    if year >= _JUNETEENTH_SINCE:
        days[observed(date(year, 6, 19))] = "Juneteenth"
    return days


def thanksgiving(year: int) -> date:
    """Give the fourth Thursday of November."""
    return nth_weekday(year, 11, _THURSDAY, 4)


def good_friday(year: int) -> date:
    """Give the Friday before Easter."""
    return easter(year) - timedelta(days=2)


@lru_cache(maxsize=64)
def nyse_holidays(year: int) -> Mapping[date, str]:
    """Give the weekdays of a year on which the New York Stock Exchange does not open, with their names."""
    days = federal_mondays_and_feasts(year)
    days[good_friday(year)] = "Good Friday"
    days[observed(date(year, 12, 25))] = "Christmas Day"
    if date(year, 1, 1).weekday() != _SATURDAY:
        days[observed(date(year, 1, 1))] = "New Year's Day"
    days.update({day: name for day, name in NYSE_EXCEPTIONS.items() if day.year == year})
    return MappingProxyType(dict(sorted(days.items())))


@lru_cache(maxsize=64)
def nyse_early_closes(year: int) -> Mapping[date, str]:
    """Give the days of a year on which the New York Stock Exchange closes at 13:00, with their names."""
    eves = {date(year, 7, 3): "Independence Eve", date(year, 12, 24): "Christmas Eve"}
    days = {day: name for day, name in eves.items() if day.weekday() < _FRIDAY}  # kept on a Friday: closed
    days[thanksgiving(year) + timedelta(days=1)] = "Day after Thanksgiving"
    return MappingProxyType(dict(sorted(days.items())))
