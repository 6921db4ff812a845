from __future__ import annotations

import math
from pathlib import Path

import pytest

from tickwise.config.instruments import instrument_of
from tickwise.core.outcome import NO_SIGNAL, STAGES, TABLE
from tickwise.core.types import BREAKER_TRIPPED, KILL_TRIPPED, REASONS, TAPE_END
from tickwise.demo.bots import bot_named
from tickwise.demo.events import (
    Closed,
    DayLost,
    NotFilled,
    Opened,
    Refused,
    Resumes,
    StopMoved,
    Tripped,
    Waits,
)
from tickwise.demo.readings import REFUSALS, refusal
from tickwise.demo.sentences import LEFT, sentence
from tickwise.demo.terms import Terms
from tickwise.market_data.calendars import NewsItem
from tickwise.session.session import GateReading

S = 1_000_000_000
TS = 1_763_040_600 * S
"""Thursday 2025-11-13 13:30:00 UTC."""

NEWS = (
    NewsItem(TS, "USD", "high", "CPI m/m", "macro"),
    NewsItem(TS + 60 * S, "GBP", "high", "CPI y/y", "macro"),
)


def terms(name: str, symbol: str) -> Terms:
    bot = bot_named(name, Path("news.csv"))
    return Terms(bot, instrument_of(bot, symbol), name.startswith("pullback"), NEWS)


EURO = terms("fast-eurusd", "EUR_USD")
GOLD = terms("pullback-xauusd", "XAU_USD")


def reading(name: str, value: float, limit: float, until: int | None = None) -> GateReading:
    row = next(row for row in TABLE if row.name == name)
    return GateReading(row.code, name, STAGES[row.code // 100], value, limit, False, until, row.says)


def test_an_entry_says_what_was_bought_at_which_price_and_why():
    opened = Opened(TS, 0, 20_000, 110_012, 109_712, 110_030, 1.25)
    assert sentence(opened, EURO) == (
        "bought 20,000 EUR_USD at 1.10012: the mid ran 1.2 pips above its mean of 16 quotes; "
        "stop 1.09712, target 1.10030"
    )
    assert sentence(opened._replace(units=-20_000, stop=110_312, target=109_994), EURO) == (
        "sold 20,000 EUR_USD at 1.10012: the mid ran 1.2 pips below its mean of 16 quotes; "
        "stop 1.10312, target 1.09994"
    )


def test_an_entry_of_the_pullback_names_the_trend_it_joined():
    opened = Opened(TS, 1, 5, 2_001_123, 1_999_000, 2_003_246, 1.0)
    assert sentence(opened, GOLD) == (
        "bought 5 XAU_USD at 2001.123: a dip to the fast average ended, the trend is up; "
        "stop 1999.000, target 2003.246"
    )
    assert sentence(opened._replace(units=-5, stop=2_003_246, target=1_999_000), GOLD) == (
        "sold 5 XAU_USD at 2001.123: a rise to the fast average ended, the trend is down; "
        "stop 2003.246, target 1999.000"
    )


def test_a_trade_that_ended_says_where_and_what_it_brought():
    won = Closed(TS, 0, 1, 20_000, 1, 110_030.0, 17.0, 3_400_000, 38 * S)
    assert sentence(won, EURO) == "closed at target 1.10030: +1.7 pips, +3.40 USD after 38 s"
    lost = Closed(TS, 1, -1, 5, 2, 1_993_981.0, -2425.0, -12_120_000, 152 * S)
    assert sentence(lost, GOLD) == "closed by its stop at 1993.981: -242.5 pips, -12.12 USD after 2 min 32 s"
    even = Closed(TS, 0, -1, 20_000, 3, 110_242.0, -0.0, 0, 120 * S)
    assert sentence(even, EURO) == "closed by its time stop at 1.10242: 0.0 pips, 0.00 USD after 2 min"


def test_every_reason_to_leave_a_position_has_its_words():
    partly = {"partial"}
    assert {REASONS[reason] for reason in LEFT} == set(REASONS.values()) - {REASONS[TAPE_END]} - partly


def test_an_order_that_was_not_filled_says_why():
    said = [sentence(NotFilled(TS, 1, -5, reason), GOLD) for reason in (1, 2, 3)]
    assert said == [
        "order to sell 5 XAU_USD was not filled: the price ran more than 20 pips away",
        "order to sell 5 XAU_USD was not filled: the venue rejected it",
        "order to sell 5 XAU_USD was not filled: the price was at its stop already",
    ]


def test_a_moved_stop_says_where_to_and_why():
    trailed = StopMoved(TS, 1, 5, 1_990_358, 1_989_358)
    assert sentence(trailed, GOLD) == "moved its stop to 1990.358, trailing the price at 1989.358"
    even = StopMoved(TS, 1, 6, 1_990_358, 1_989_358)
    assert sentence(even, GOLD) == "moved its stop to 1990.358, to break even at 1989.358"


def test_a_refusal_says_what_was_read_and_what_is_allowed():
    spread = reading("spread_pips", 6.0, 3.0)
    assert sentence(Refused(TS, 0, spread, 1), EURO) == "refused a signal: spread 0.6 pips above 0.35"
    assert sentence(Refused(TS, 0, spread, 12), EURO) == "refused 12 signals: spread 0.6 pips above 0.35"


def test_a_wait_says_what_for_and_how_long():
    news = reading("news", 300.0 * S, 600.0 * S, TS + 300 * S)
    assert sentence(Waits(TS, 0, news), EURO) == "opens nothing: news of USD CPI m/m until 13:35"
    overnight = reading("session", 0.0, 0.0, TS + 86_400 * S)
    assert (
        sentence(Waits(TS, 0, overnight), EURO)
        == "opens nothing: outside its trading session until Fri 13:30"
    )
    assert sentence(Resumes(TS, 0, "news"), EURO) == "may trade again: the news window is over"
    assert sentence(Resumes(TS, 0, "paused"), EURO) == "may trade again: the gate is open"


def test_a_lost_day_says_that_nothing_more_is_opened():
    assert sentence(DayLost(TS, 0), EURO) == (
        "lost 3% of the day's equity: nothing more is opened until the next trading day"
    )


def test_a_position_a_venue_closed_says_how():
    closed = Closed(TS, 0, 1, 20_000, 17, 109_712.0, -30.0, -6_000_000, 38 * S)
    assert sentence(closed, EURO) == (
        "closed by the venue for want of margin at 1.09712: -3.0 pips, -6.00 USD after 38 s"
    )


def test_a_switch_that_failures_opened_says_for_how_long():
    assert sentence(Tripped(TS, 0, BREAKER_TRIPPED), EURO) == (
        "3 orders in a row failed: nothing more is opened on EUR_USD for 5 min"
    )
    assert sentence(Tripped(TS, 0, KILL_TRIPPED), EURO) == (
        "5 orders failed within 5 min: the kill switch is on until a person's word"
    )


@pytest.mark.parametrize(
    ("name", "value", "limit", "until", "says"),
    [
        ("session", 0.0, 0.0, TS + 60 * S, "outside its trading session until 13:31"),
        ("time_of_day", 0.0, 0.0, TS + 60 * S, "quiet window of the day until 13:31"),
        ("rollover", 0.0, 0.0, TS + 60 * S, "rollover of the day until 13:31"),
        ("holiday", 0.0, 0.0, None, "market closed"),
        ("quote_age", 6_500e6, 5_000e6, None, "quote 6,500 ms old, 5,000 at most"),
        ("spread_fraction", 300.0, 250.0, None, "spread 0.0300% of the price above 0.0250%"),
        ("spread_monitor", 9.0, 6.0, None, "spread 0.9 pips above 0.6, 2 times its mean"),
        ("spread_monitor", 9.0, -1.0, None, "spread not known long enough to call it usual"),
        ("open_bot", 1.0, 1.0, None, "1 open of this bot, 1 at most"),
        ("open_pocket", 2.0, 2.0, None, "2 open in this pocket, 2 at most"),
        (
            "correlation",
            5e9,
            4e9,
            None,
            "in instruments that move together 5,000.00 USD, 4,000.00 USD at most",
        ),
        ("spacing", 0.8e9, 2.5e9, None, "last entry 0.8 s ago, 2.5 s at least"),
        ("per_minute", 24.0, 24.0, None, "24 entries in a minute, 24 at most"),
        ("cool_down", 12e9, 0.0, None, "a trade lost: rests 12 s more"),
        ("unknown_order", 1.0, 0.0, None, "nobody knows yet what became of an order"),
        ("unknown_order", 2.0, 0.0, None, "nobody knows yet what became of 2 orders"),
        ("breaker", 250e9, 0.0, None, "orders failed in a row: rests 4 min 10 s more"),
        ("units_cap", 50_000.0, 20_000.0, None, "50,000 units in the order, 20,000 at most"),
        ("price_band", 0.012, 0.01, None, "price 1.20% from its mean of five minutes, 1.00% at most"),
        ("day_loss", 310e6, 300e6, None, "the day could cost 310.00 USD, 300.00 USD at most"),
        ("balance", 90e6, 100e6, None, "balance 90.00 USD, 100.00 USD at least"),
        ("margin", 11e9, 10e9, None, "margin 11,000.00 USD, 10,000.00 USD at most"),
        ("market_state", 4.0, 16.0, None, "market dead, trades in unknown, range, trend, volatile, dead"),
        ("warming_up", 7.0, 32.0, None, "still warming up, needs 32 quotes or bars"),
        ("score", 0.5, 1.0, None, "score 0.50 below 1"),
        ("cost", 0.6, 1.0, None, "the target leaves 0.6 times its cost, 1 at least"),
        ("denied_size", 500.0, 10_000.0, None, "sizing allows 500 units, 10,000 at least"),
        ("kill_switch", 1.0, 0.0, None, "the kill switch is on"),
    ],
)
def test_each_gate_says_its_reading_in_human_units(name, value, limit, until, says):
    assert refusal(reading(name, value, limit, until), EURO, TS) == says


def test_a_gate_that_was_not_asked_again_says_it_in_words_alone():
    unknown = reading("spread_pips", math.nan, math.nan)._replace(allows=True)
    assert refusal(unknown, EURO, TS) == "the spread is wider than the cap in pips"


def test_every_saying_belongs_to_a_gate_of_the_table():
    names = {row.name for row in TABLE}
    assert set(REFUSALS) <= names


@pytest.mark.parametrize("row", TABLE[: int(NO_SIGNAL)], ids=lambda row: row.name)
def test_every_gate_can_say_its_refusal(row):
    said = refusal(reading(row.name, 2.0, 1.0, TS + S), EURO, TS)
    assert said
    assert "nan" not in said
