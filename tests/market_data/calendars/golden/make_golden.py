"""Write the golden tables of clock changes and the hours around them, 2006 to 2035.

No zone database is asked: the answers are a second implementation.

Everything here follows from published rules only:

* United States (Energy Policy Act of 2005): clocks go forward at 02:00 standard time on the second
  Sunday of March and back at 02:00 daylight time on the first Sunday of November since 2007; in 2006
  the first Sunday of April and the last Sunday of October (Uniform Time Act as amended in 1986).
* European Union and United Kingdom (Directive 2000/84/EC): forward at 01:00 UTC on the last Sunday
  of March, back at 01:00 UTC on the last Sunday of October.
* New South Wales (Standard Time Act 1987 and its amendments): forward at 02:00 standard time on the
  first Sunday of October, back at 03:00 daylight time on the first Sunday of April since 2008;
  before, forward on the last Sunday of October and back on the last Sunday of March, in 2006 a week
  later, on 2 April, because of the Commonwealth Games.
* Japan: none.

Run `python make_golden.py` in this folder to write the tables again; a test compares them with what
this script says, and the calendars with the tables.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

HERE = Path(__file__).parent
YEARS = range(2006, 2036)
HOUR = timedelta(hours=1)
STANDARD = {"new_york": -5, "london": 0, "sydney": 10, "asia": 9}
SESSIONS = {"sydney": (7, 16), "asia": (9, 18), "london": (8, 17), "new_york": (8, 17)}
ROLL_HOUR = 17


def sunday(year: int, month: int, nth: int) -> datetime:
    """Midnight of the nth Sunday of a month; -1 is the last."""
    days = [date(year, month, 1) + timedelta(days=n) for n in range(31)]
    sundays = [day for day in days if day.month == month and day.isoweekday() == 7]
    return datetime.combine(sundays[nth - 1 if nth > 0 else nth], datetime.min.time())


def new_york(year: int) -> list[tuple[datetime, int]]:
    """Instants in UTC at which summer time starts (+1) and ends (0)."""
    start = sunday(year, 4, 1) if year == 2006 else sunday(year, 3, 2)
    end = sunday(year, 10, -1) if year == 2006 else sunday(year, 11, 1)
    return [(start + 2 * HOUR + 5 * HOUR, 1), (end + 2 * HOUR + 4 * HOUR, 0)]


def london(year: int) -> list[tuple[datetime, int]]:
    return [(sunday(year, 3, -1) + HOUR, 1), (sunday(year, 10, -1) + HOUR, 0)]


def sydney(year: int) -> list[tuple[datetime, int]]:
    if year == 2006:
        end = datetime(2006, 4, 2)
    elif year == 2007:
        end = sunday(2007, 3, -1)
    else:
        end = sunday(year, 4, 1)
    start = sunday(year, 10, -1) if year < 2008 else sunday(year, 10, 1)
    return [(end + 3 * HOUR - 11 * HOUR, 0), (start + 2 * HOUR - 10 * HOUR, 1)]


RULES = {"new_york": new_york, "london": london, "sydney": sydney, "asia": lambda year: []}


CHANGES = {place: sorted(one for year in YEARS for one in rule(year)) for place, rule in RULES.items()}


def offset(place: str, utc: datetime) -> int:
    """Hours between a place's clock and UTC at an instant of UTC, from 1 January 2006 on."""
    summer = 1 if place == "sydney" else 0
    for at, one in CHANGES[place]:
        if at > utc:
            break
        summer = one
    return STANDARD[place] + summer


def utc_of(place: str, day: date, hour: int) -> datetime:
    """The instant at which a place's clock shows an hour; none asked for here is skipped or doubled."""
    wall = datetime.combine(day, datetime.min.time()) + hour * HOUR
    standard = wall - STANDARD[place] * HOUR
    found = [utc for utc in (standard, standard - HOUR) if utc + offset(place, utc) * HOUR == wall]
    assert len(found) == 1, (place, wall)
    return found[0]


def text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%MZ")


def changes() -> list[tuple[str, datetime, int, int]]:
    """Every change: place, instant, hours from UTC before and after."""
    return [
        (place, at, offset(place, at - HOUR), offset(place, at))
        for year in YEARS
        for place in ("new_york", "london", "sydney")
        for at, _ in RULES[place](year)
    ]


def days_around(reach: int) -> list[date]:
    """The dates up to so many days around each change's Sunday, each once, in order."""
    sundays = {(at + after * HOUR).date() for _, at, _, after in changes()}
    return sorted({day + timedelta(days=n) for day in sundays for n in range(-reach, reach + 1)})


def clock_changes() -> str:
    rows = [f"{place},{text(at)},{before},{after}" for place, at, before, after in changes()]
    return "\n".join(["place,utc,hours_before,hours_after", *rows]) + "\n"


def session_hours() -> str:
    """Opens and closes of each session on the workdays from Wednesday before to Wednesday after a change."""
    rows = [
        ",".join(
            [day.isoformat()]
            + [text(utc_of(place, day, hour)) for place, hours in SESSIONS.items() for hour in hours]
        )
        for day in days_around(4)
        if day.isoweekday() <= 5
    ]
    columns = [f"{place}_{end}" for place in SESSIONS for end in ("opens", "closes")]
    return "\n".join([",".join(["local_date", *columns]), *rows]) + "\n"


def rollovers() -> str:
    """The rolls of the trading day around a change, and the hours since the one before."""
    rows = []
    for day in days_around(3):
        at = utc_of("new_york", day, ROLL_HOUR)
        before = utc_of("new_york", day - timedelta(days=1), ROLL_HOUR)
        rows.append(f"{day.isoformat()},{text(at)},{(at - before) // HOUR}")
    return "\n".join(["new_york_date,rolls,hours", *rows]) + "\n"


def fx_weeks() -> str:
    """The close on Friday and the opening on Sunday, for the weekends of a change and beside it."""
    sundays = [day for day in days_around(7) if day.isoweekday() == 7]
    rows = [
        f"{text(utc_of('new_york', day - timedelta(days=2), 17))},{text(utc_of('new_york', day, 17))}"
        for day in sundays
    ]
    return "\n".join(["closes,opens", *rows]) + "\n"


TABLES = {
    "clock_changes.csv": clock_changes,
    "session_hours.csv": session_hours,
    "rollovers.csv": rollovers,
    "fx_weeks.csv": fx_weeks,
}

if __name__ == "__main__":
    for name, table in TABLES.items():
        (HERE / name).write_text(table(), encoding="utf-8")
