"""A calendar that is read again: the last good one stands for a day, then nothing is known."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from tickwise.market_data.calendars import FAR_FUTURE, FAR_PAST, NewsItem, news_unknown, parse_news, read_news
from tickwise.market_data.calendars.refresh import BYTES_MAX, Refreshed, refreshed

HOUR = 3_600_000_000_000
DAY = 24 * HOUR
MONDAY = 1_714_348_800_000_000_000
"""2024-04-29 00:00 UTC."""


def item(day: int, hour: int = 12, title: str = "Rate", country: str = "USD") -> dict[str, str]:
    return {
        "title": title,
        "country": country,
        "date": f"2024-05-{day:02}T{hour:02}:00:00+00:00",
        "impact": "High",
    }


def raw(*items: dict[str, str]) -> bytes:
    return json.dumps(items).encode()


def rate(day: int, hour: int = 12, title: str = "Rate") -> NewsItem:
    return NewsItem(MONDAY + (day + 1) * DAY + hour * HOUR, "USD", "high", title, "macro")


def good(ts: int = MONDAY, was: Refreshed | None = None) -> Refreshed:
    return refreshed("week.json", raw(item(2), item(3)), ts, was)


def test_a_good_reading_keeps_its_text_its_items_and_when_it_was_made() -> None:
    found = good()
    text = raw(item(2), item(3)).decode()
    assert found == Refreshed("week.json", text, (rate(2), rate(3)), MONDAY, "", MONDAY)
    assert len(found.digest) == 64


def test_the_last_good_reading_stands_while_the_source_fails_and_no_longer_than_a_day() -> None:
    was = good()
    for hour in range(1, 30):
        was = refreshed("week.json", b"", MONDAY + hour * HOUR, was, "week.json: answered 503")
        assert (was.raw, was.error, was.good_ts) == ("", "week.json: answered 503", MONDAY)
        known = was.known_at(MONDAY + hour * HOUR, DAY)
        assert known == ((rate(2), rate(3)) if hour < 24 else ())
    again = good(MONDAY + 30 * HOUR, was)
    assert again.known_at(MONDAY + 53 * HOUR, DAY) == (rate(2), rate(3))


def test_what_is_not_known_any_more_blocks_every_moment() -> None:
    assert list(news_unknown(good().known_at(MONDAY + DAY, DAY))) == [(FAR_PAST, FAR_FUTURE)]
    assert refreshed("x", b"", MONDAY, None, "x: down").known_at(MONDAY, DAY) == ()


WRONG = [
    (b"", "week.json: no column 'currency' in its first line"),
    (b"[]", "week.json: no item stands in it"),
    (b"<html>busy</html>", "no column 'currency' in its first line"),
    (raw(item(2))[:-9], "is not JSON"),
    (raw({**item(2), "date": "2024-05-02T12:00:00"}), "has no offset from UTC"),
    (raw({**item(2), "impact": "Hihg"}), "impact"),
    (b"[" * 100_000, "is not JSON"),
    (b"\xff\xfe", "week.json: byte 0 is not UTF-8"),
    (b" " * (BYTES_MAX + 1), "week.json: longer than 5_000_000 bytes"),
]


def test_what_is_no_calendar_changes_nothing_and_says_why_in_a_line() -> None:
    was = good()
    for content, says in WRONG:
        found = refreshed("week.json", content, MONDAY + HOUR, was)
        assert says in found.error, found.error
        assert (found.events, found.good_ts) == (was.events, MONDAY)
        assert "\n" not in found.error
        assert len(found.error) <= 300


@given(st.binary(max_size=200))
def test_bytes_that_are_no_calendar_never_raise(content: bytes) -> None:
    was = good()
    found = refreshed("week.json", content, MONDAY + HOUR, was)
    assert found.error
    assert (found.events, found.good_ts) == (was.events, was.good_ts)


def test_an_item_that_moved_is_kept_at_both_times() -> None:
    moved = refreshed("week.json", raw(item(2, 14), item(3)), MONDAY + HOUR, good())
    assert moved.events == (rate(2), rate(2, 14), rate(3))


def test_the_next_weeks_calendar_knows_nothing_of_the_last_nor_the_last_of_the_next() -> None:
    both = refreshed("week.json", raw(item(2), item(9)), MONDAY)
    this_week = refreshed("week.json", raw(item(3)), MONDAY + HOUR, both)
    assert this_week.events == (rate(2), rate(3))
    assert list(news_unknown(this_week.events)) == list(news_unknown([rate(3)]))


def test_a_replay_of_the_readings_gives_what_was_known() -> None:
    readings = [
        (raw(item(2), item(3)), ""),
        (b"", "down"),
        (raw(item(2, 14)), ""),
        (b"[]", ""),
        (raw(item(3, 9)), ""),
    ]
    was: Refreshed | None = None
    told = []
    for hour, (content, error) in enumerate(readings):
        was = refreshed("week.json", content, MONDAY + hour * HOUR, was, error)
        told.append(was)
    again: Refreshed | None = None
    for each in told:
        again = refreshed(each.source, each.raw.encode(), each.fetched_ts, again, each.error)
        assert again == each


def test_a_text_shows_itself_what_it_is(tmp_path) -> None:
    csv = "date,currency,impact,title\n2024-05-02T12:00:00+00:00,USD,high,Rate\n"
    assert parse_news("x", csv) == parse_news("x", raw(item(2)).decode()) == (rate(2),)
    (tmp_path / "week.csv").write_text(csv)
    assert read_news(tmp_path / "week.csv") == (rate(2),)
