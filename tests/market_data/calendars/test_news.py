"""News keeps a bot out for the minutes around it, and a calendar that knows nothing keeps it out too."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickwise.errors import ConfigError
from tickwise.market_data.calendars import (
    FAR_FUTURE,
    FAR_PAST,
    Intervals,
    NewsItem,
    categories_touching,
    category_of,
    currency_holidays,
    news_unknown,
    news_windows,
    read_news,
    valid_until,
)

MINUTE = 60_000_000_000
DAY = 1440 * MINUTE

WEEK = [
    {
        "title": "Bank Holiday", "country": "JPY", "date": "2024-05-02T19:50:00-04:00",
        "impact": "Holiday", "forecast": "", "previous": "",
    },
    {
        "title": "OPEC-JMMC Meetings", "country": "All", "date": "2024-05-01T06:15:00-04:00",
        "impact": "Medium", "forecast": "", "previous": "",
    },
    {
        "title": "Non-Farm Employment Change", "country": "USD", "date": "2024-05-03T08:30:00-04:00",
        "impact": "High", "forecast": "238K", "previous": "303K",
    },
    {
        "title": "Spot Bitcoin ETF Decision", "country": "USD", "date": "2024-05-02T16:00:00-04:00",
        "impact": "High", "forecast": "", "previous": "",
    },
    {
        "title": "Main Refinancing Rate", "country": "EUR", "date": "2024-05-02T14:15:00+02:00",
        "impact": "High", "forecast": "4.50%", "previous": "4.50%",
    },
]  # fmt: skip


def ns(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000_000


def utc(spans) -> list[tuple[str, str]]:
    return [tuple(f"{datetime.fromtimestamp(ts // 10**9, UTC):%m-%d %H:%M}" for ts in span) for span in spans]


@pytest.fixture
def week(tmp_path):
    file = tmp_path / "ff_calendar_thisweek.json"
    file.write_text(json.dumps(WEEK), encoding="utf-8")
    return file


def test_a_forexfactory_week_is_read_in_time_order(week):
    assert read_news(week) == (
        NewsItem(ns("2024-05-01 10:15"), "ALL", "medium", "OPEC-JMMC Meetings", "macro"),
        NewsItem(ns("2024-05-02 12:15"), "EUR", "high", "Main Refinancing Rate", "macro"),
        NewsItem(ns("2024-05-02 20:00"), "USD", "high", "Spot Bitcoin ETF Decision", "crypto"),
        NewsItem(ns("2024-05-02 23:50"), "JPY", "holiday", "Bank Holiday", "macro"),
        NewsItem(ns("2024-05-03 12:30"), "USD", "high", "Non-Farm Employment Change", "macro"),
    )


def test_a_csv_of_our_own_says_the_same_in_either_kind_of_time(tmp_path):
    file = tmp_path / "own.csv"
    file.write_text(
        "\ufeffTS,Date,Currency,Impact,Title,Category\n"
        "1714739400000000000,,usd,HIGH,Payrolls,\n"
        "\n"
        ',2024-05-02T14:15:00+02:00,EUR,high,"Rates, and words",crypto\n',
        encoding="utf-8",
    )
    assert read_news(file) == (
        NewsItem(ns("2024-05-02 12:15"), "EUR", "high", "Rates, and words", "crypto"),
        NewsItem(ns("2024-05-03 12:30"), "USD", "high", "Payrolls", "macro"),
    )


def test_a_folder_of_weeks_is_one_calendar_and_an_item_in_two_files_counts_once(tmp_path, week):
    later = dict(WEEK[2], date="2024-06-07T08:30:00-04:00")
    (tmp_path / "next.json").write_text(json.dumps([WEEK[2], later]), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not a calendar", encoding="utf-8")
    items = read_news(tmp_path)
    assert len(items) == len(WEEK) + 1
    assert valid_until(items) == ns("2024-06-09")


def test_windows_hold_the_minutes_before_and_after_and_end_outside(week):
    items = read_news(week)
    windows = news_windows(items, ["USD"], ["high"], 15, 30, ["macro"])
    assert utc(windows) == [("05-03 12:15", "05-03 13:00")]
    assert windows.contains(ns("2024-05-03 12:15"))
    assert not windows.contains(ns("2024-05-03 13:00"))


def test_items_of_every_currency_touch_any_and_crypto_items_touch_whoever_asks_for_crypto(week):
    items = read_news(week)
    at = [start for start, _ in news_windows(items, ["GBP"], ["high", "medium"], 0, 1, ["macro"])]
    assert at == [ns("2024-05-01 10:15")]
    at = [start for start, _ in news_windows(items, ["BTC"], ["high"], 0, 1, ["macro", "crypto"])]
    assert at == [ns("2024-05-02 20:00")]
    assert len(news_windows(items, None, ["high"], 0, 1)) == 3


@pytest.mark.parametrize(
    ("currency", "title", "category"),
    [
        ("USD", "Non-Farm Employment Change", "macro"),
        ("BTC", "Network Upgrade", "crypto"),
        ("USD", "SEC on Cryptocurrency Custody", "crypto"),
        ("ALL", "Ethereum Hard Fork", "crypto"),
        ("EUR", "Weather Forecast", "macro"),
        ("USD", "Whether Rates Rise", "macro"),
    ],
)
def test_an_item_is_macro_or_crypto_by_currency_and_title(currency, title, category):
    assert category_of(currency, title) == category


def test_a_coin_listens_to_both_categories_and_a_pair_of_currencies_to_macro():
    assert categories_touching(["BTC", "USD"]) == ("macro", "crypto")
    assert categories_touching(["EUR", "USD"]) == ("macro",)


def test_a_calendar_is_stale_from_the_sunday_after_its_last_item_and_unknown_before_its_first(week):
    items = read_news(week)
    assert valid_until(items) == ns("2024-05-05")
    assert list(news_unknown(items)) == [(FAR_PAST, ns("2024-04-28")), (ns("2024-05-05"), FAR_FUTURE)]


def test_an_item_on_sunday_opens_its_own_week():
    for at, end in (("2024-05-04 23:59", "2024-05-05"), ("2024-05-05 00:00", "2024-05-12")):
        assert valid_until([NewsItem(ns(at), "NZD", "low", "x", "macro")]) == ns(end)


def test_an_empty_calendar_knows_nothing_and_blocks_everything(tmp_path):
    (tmp_path / "empty.json").write_text("[]", encoding="utf-8")
    items = read_news(tmp_path / "empty.json")
    assert items == ()
    assert list(news_unknown(items)) == [(FAR_PAST, FAR_FUTURE)]


def test_a_bank_holiday_lasts_the_whole_local_day_of_its_currency(week):
    assert utc(currency_holidays(read_news(week), ["JPY"])) == [("05-02 15:00", "05-03 15:00")]
    assert currency_holidays(read_news(week), ["USD"]) == Intervals.none()


def test_a_holiday_without_a_time_means_its_date_at_home():
    noted = [NewsItem(ns("2024-07-04"), "USD", "holiday", "Independence Day", "macro")]
    assert utc(currency_holidays(noted, ["USD"])) == [("07-04 04:00", "07-05 04:00")]


items_of_weeks = st.lists(
    st.builds(
        NewsItem,
        st.integers(20_000 * DAY, 20_060 * DAY),
        st.sampled_from(["USD", "EUR", "BTC", "ALL"]),
        st.sampled_from(["high", "medium", "low"]),
        st.just("x"),
        st.sampled_from(["macro", "crypto"]),
    ),
    max_size=20,
)


@given(items_of_weeks, st.integers(0, 90), st.integers(0, 90), st.integers(20_000 * DAY, 20_060 * DAY))
def test_a_moment_is_blocked_exactly_when_some_matching_item_is_near(items, before, after, ts):
    windows = news_windows(items, ["USD"], ["high", "low"], before, after, ["macro"])
    near = any(
        item.ts - before * MINUTE <= ts < item.ts + after * MINUTE
        for item in items
        if item.impact != "medium" and item.category == "macro" and item.currency in ("USD", "ALL")
    )
    assert windows.contains(ts) == near


@given(items_of_weeks)
def test_every_item_lies_in_the_weeks_its_calendar_knows(items):
    unknown = news_unknown(items)
    assert not any(unknown.contains(item.ts) for item in items)
    assert unknown.contains(valid_until(items))


BAD_ROWS = [
    ({"date": "2024-05-03T08:30:00"}, "item 1, date: '2024-05-03T08:30:00' has no offset from UTC"),
    ({"date": "All Day"}, "item 1, date: 'All Day' is not ISO 8601"),
    ({"date": 5}, "item 1, date: is 5, not text"),
    ({"impact": "Hihg"}, "item 1, unknown impact 'hihg': did you mean 'high'?"),
    ({"country": "Dollar!"}, "item 1, country: 'DOLLAR!' is not a currency code"),
    ({"title": None}, "item 1, title: is missing"),
    ({"date": "0001-01-01T00:00:00+14:00"}, "not nanoseconds UTC of the years 1980 to 2115"),
]


@pytest.mark.parametrize(("change", "message"), BAD_ROWS)
def test_a_bad_json_item_is_refused_by_row_and_field(tmp_path, change, message):
    file = tmp_path / "bad.json"
    file.write_text(json.dumps([WEEK[2] | change]), encoding="utf-8")
    assert_refused(file, message)


BAD_CSV = [
    ("", "no column 'currency'"),
    ("currency,impact,title\n", "no column 'ts' or 'date'"),
    ("ts,currency,impact,title\n1714739400,USD,high,x\n", "line 2, ts: 1714739400 is not nanoseconds"),
    ("ts,currency,impact,title\n1.5e18,USD,high,x\n", "line 2, ts: '1.5e18' is not a whole number"),
    ("ts,currency,impact,title\n" + "9" * 5000 + ",USD,high,x\n", "line 2, ts: '999"),
    (
        "ts,currency,impact,title\n\n1714739400000000000,USD,high\n",
        "line 3: 3 fields where the first line has 4",
    ),
    ("date,currency,impact,title\n,USD,high,x\n", "line 2, date: '' is not ISO 8601"),
    ("ts,currency,impact,title,category\n1714739400000000000,USD,high,x,makro\n", "did you mean 'macro'?"),
    ('ts,currency,impact,title\n1714739400000000000,USD,high,"x\n', "not CSV"),
]


@pytest.mark.parametrize(("text", "message"), BAD_CSV)
def test_a_bad_csv_row_is_refused_by_line_and_field(tmp_path, text, message):
    file = tmp_path / "bad.csv"
    file.write_text(text, encoding="utf-8")
    assert_refused(file, message)


def test_files_that_are_no_calendar_are_refused(tmp_path):
    for name, content, message in (
        ("not.json", b"{", "is not JSON"),
        ("object.json", b"{}", "expected a list of items, found dict"),
        ("numbers.json", b"[1]", "item 1: expected an object with title, country, date and impact"),
        ("deep.json", b"[" * 200_000, "is not JSON"),
        ("latin.csv", b"ts,currency,impact,title\n1,USD,high,\xe9\n", "cannot be read as UTF-8"),
        ("not.parquet", b"PAR1", "cannot be read as Parquet"),
        ("calendar.xml", b"<x/>", "give a .json, .csv, .parquet file"),
    ):
        file = tmp_path / name
        file.write_bytes(content)
        assert_refused(file, message)
    assert_refused(tmp_path / "absent.json", "does not exist")
    empty = tmp_path / "empty"
    empty.mkdir()
    assert_refused(empty, "holds no .json, .csv, .parquet file")


def test_a_parquet_calendar_without_its_columns_is_refused(tmp_path):
    import duckdb

    file = tmp_path / "odd[1].parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT 1 AS ts, 'USD' AS currency) TO '{file}' (FORMAT parquet)")
    assert_refused(file, "no column 'impact'; it has ts, currency")


def assert_refused(file, message):
    with pytest.raises(ConfigError) as refused:
        read_news(file)
    assert message in str(refused.value)
    assert str(file) in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"impacts": ["High"]}, "unknown news impact 'High': did you mean 'high'"),
        ({"categories": ["makro"]}, "unknown news category 'makro': did you mean 'macro'"),
        ({"before_min": -1}, "-1 minutes before and 30 after: use zero or more"),
    ],
)
def test_windows_that_cannot_be_meant_are_refused(arguments, message):
    with pytest.raises(ConfigError, match=message):
        news_windows([], ["USD"], **arguments)


def test_payrolls_of_may_2014_block_the_euro_from_half_past_eight_in_new_york(real_data):
    items = read_news(real_data / "calendar" / "fx_news_events_2008_201906.parquet")
    assert len(items) == 74_678  # of 74,925 rows; the rest repeat another
    payrolls = ns("2014-05-02 12:30")
    assert NewsItem(payrolls, "USD", "high", "Nonfarm Payrolls", "macro") in items
    windows = news_windows(items, ["EUR", "USD"], ["high"], 5, 10)
    assert utc([windows.next_from(payrolls)]) == [("05-02 12:25", "05-02 12:40")]
    assert not windows.contains(ns("2014-05-02 12:24"))
    assert not news_windows(items, ["JPY"], ["high"], 5, 10).contains(payrolls)
    assert list(news_unknown(items)) == [(FAR_PAST, ns("2007-12-30")), (ns("2019-07-07"), FAR_FUTURE)]


def test_the_rate_calendar_reads_although_it_has_further_columns(real_data):
    items = read_news(real_data / "calendar" / "us_rate_events_tradingeconomics.parquet")
    assert {item.currency for item in items} == {"USD"}
    assert ns("2019-06-19 18:00") in {item.ts for item in items if item.title == "Fed Interest Rate Decision"}
