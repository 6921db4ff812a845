"""What a newcomer sees in the first minute at the usual speed."""

from __future__ import annotations

from tickwise.demo import SPEED
from tickwise.demo.events import Closed, Event, Opened, Refused, Resumes, Waits

COMPILING_S = 25.0
"""What is taken off the first minute for compiling from empty caches; half of it is needed on two cores."""


def seconds_to_see(event: Event, begin_ts: int) -> float:
    """Give the seconds a viewer waits for an event from the beginning of the market."""
    return (event.ts - begin_ts) / 1e9 / SPEED


def test_a_newcomer_sees_a_trade_won_a_trade_lost_and_a_refusal_within_the_first_minute(half_hour):
    begin_ts = half_hour.play.market.begin_ts
    won = next(each for each in half_hour.events if isinstance(each, Closed) and each.pnl > 0)
    lost = next(each for each in half_hour.events if isinstance(each, Closed) and each.pnl < 0)
    refused = next(
        each for each in half_hour.events if isinstance(each, Refused) and each.reading.code >= 200
    )
    seen = [seconds_to_see(each, begin_ts) for each in (won, lost, refused)]
    assert seen == sorted(seen)
    assert [round(each) for each in seen] == [9, 11, 11]
    assert seen[-1] < 60.0 - COMPILING_S


def test_both_bots_trade_in_the_first_minute(half_hour):
    begin_ts = half_hour.play.market.begin_ts
    opened = [each for each in half_hour.events if isinstance(each, Opened)]
    soon = {each.lane for each in opened if seconds_to_see(each, begin_ts) < 60.0 - COMPILING_S}
    assert soon == {0, 1}


def test_the_session_opens_first_and_a_news_window_comes_within_the_minute(half_hour):
    begin_ts = half_hour.play.market.begin_ts
    waits = [(each.reading.name, each.lane) for each in half_hour.events if isinstance(each, Waits)]
    resumes = [(each.gate, each.lane) for each in half_hour.events if isinstance(each, Resumes)]
    assert waits[:2] == [("session", 0), ("session", 1)]
    assert resumes[:2] == [("session", 1), ("session", 0)]
    news = next(each for each in half_hour.events if isinstance(each, Waits) and each.reading.name == "news")
    assert seconds_to_see(news, begin_ts) < 60.0 - COMPILING_S


def test_the_first_minutes_are_told_in_these_words(half_hour):
    said = [f"{line.clock} {line.bot} {line.says}" for line in half_hour.screen.log][:10]
    assert said == [
        "12:58:00 fast-eurusd opens nothing: outside its trading session until 13:00",
        "12:58:00 pullback-xauusd opens nothing: outside its trading session until 13:00",
        "12:59:39 fast-eurusd refused a signal: outside its trading session until 13:00",
        "13:00:00 pullback-xauusd may trade again: its trading session began",
        "13:00:00 fast-eurusd may trade again: its trading session began",
        "13:00:47 fast-eurusd sold 20,000 EUR_USD at 1.10280: "
        "the mid ran 1.1 pips below its mean of 16 quotes; stop 1.10580, target 1.10263",
        "13:02:00 pullback-xauusd sold 5 XAU_USD at 1994.043: "
        "a rise to the fast average ended, the trend is down; stop 1996.123, target 1991.963",
        "13:02:27 fast-eurusd closed at target 1.10263: +1.7 pips, +3.40 USD after 99 s",
        "13:02:40 fast-eurusd bought 20,000 EUR_USD at 1.10285: "
        "the mid ran 1.2 pips above its mean of 16 quotes; stop 1.09985, target 1.10302",
        "13:03:36 fast-eurusd closed by its soft stop at 1.10244: -4.1 pips, -8.20 USD after 56 s",
    ]
