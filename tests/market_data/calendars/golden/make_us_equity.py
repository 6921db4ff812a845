"""Write the golden table of New York Stock Exchange holidays and early closes, 2006 to 2035.

The answers are those of another program: exchange_calendars 4.13.2 (Apache-2.0), calendar XNYS. It
is not a dependency of Tickwise, so the table is kept and this script is run by hand where that
package is installed.
"""

from __future__ import annotations

from pathlib import Path

import exchange_calendars
import pandas as pd

FIRST, LAST = "2006-01-01", "2035-12-31"

if __name__ == "__main__":
    calendar = exchange_calendars.get_calendar("XNYS", start=FIRST, end=LAST)
    open_days = calendar.schedule
    shut = [(day, "shut") for day in pd.bdate_range(FIRST, LAST) if day not in open_days.index]
    closes = open_days.loc[calendar.early_closes, "close"].dt.tz_convert("America/New_York")
    early = [(day, at.strftime("%H:%M")) for day, at in closes.items()]
    rows = [f"{day.date().isoformat()},{closes}" for day, closes in sorted(shut + early)]
    table = "\n".join(["new_york_date,closes", *rows]) + "\n"
    (Path(__file__).parent / "us_equity.csv").write_text(table, encoding="utf-8")
