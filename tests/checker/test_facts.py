"""I19, I21, I42 and I43: each accepts a right run and rejects at least three wrong ones."""

from __future__ import annotations

import pytest

from checker.case import Frames, Rules
from checker.facts import every_frame_counts, only_on_facts, only_on_fresh_prices, whole_numbers
from checker.traces import ACCOUNT, ASK, BID, BOT, EURUSD, MONDAY, STREAMS, Story, config, told
from checker.world import SECOND
from tickwise.journal import entries as j

CLOSED = MONDAY + 3600 * SECOND
RULES = Rules(
    streams=STREAMS,
    closed=((EURUSD, CLOSED, CLOSED + 600 * SECOND),),
    calendar_age_ns=3600 * SECOND,
    quote_age_ns=2 * SECOND,
    deadline_ns=SECOND,
    band_ticks=200,
)


def reads_calendar(story: Story, error: str = "") -> Story:
    return story.says(
        j.CalendarRefreshed, source="file", fetched_ts=story.now, digest="d", raw="", error=error
    )


def began() -> Story:
    return reads_calendar(Story().opens())


def day() -> Story:
    """A right run: fresh prices, between entries a stream that dies, a doubt that ends, a jump that holds."""
    story = began().enters("a").exits("a-x", "a").after(60)
    story.connects("prices", False).connects("prices", True).connects("prices", False, "USD_JPY").quotes()
    story.intends("b").sends_it("b").after(5).doubts("b").is_made("b").ends("b").quotes().after(1)
    story.quotes(BID + 500, ASK + 500).quotes(BID + 501, ASK + 501).quotes(BID + 500, ASK + 500)
    story.enters("c", bid=BID + 500, ask=ASK + 500, price=ASK + 500, bound=ASK + 503)
    story.says(j.Fact, bot=BOT, name="weight", value=0.5, source="desk")
    reads_calendar(story.after(4500)).quotes().quotes(BID - 1, ASK - 1).quotes()
    return story.enters("d")


FRAMES = (Frames("prices", 10, 6, 1, 1, 1, 1, sent=12), Frames("changes", 3, 3))


@pytest.mark.parametrize("check", [only_on_facts, only_on_fresh_prices, every_frame_counts, whole_numbers])
def test_a_right_run_is_accepted(check):
    assert told(check(day().case(RULES, frames=FRAMES))) == []


def lacks(fact: str) -> str:
    return f"a: an entry is decided where {fact}; it does not hold"


I19 = {
    "a stream that died": (lambda: began().connects("prices", False).intends(), lacks("stream prices lives")),
    "a stream that is dead for the instrument": (
        lambda: began().connects("tradeable", False, EURUSD).intends(),
        lacks("stream tradeable lives"),
    ),
    "the other stream lives": (
        lambda: began().connects(STREAMS[2], False).intends(),
        lacks(f"stream {STREAMS[2]} lives"),
    ),
    "nothing was heard of a stream": (
        lambda: reads_calendar(Story()).intends(),
        lacks("stream start lives"),
    ),
    "an order is unknown": (
        lambda: began().intends("z").sends_it("z").doubts("z").intends(),
        lacks("no order of EUR_USD is unknown, z is"),
    ),
    "the market is closed": (
        lambda: reads_calendar(began().after(3700)).intends(),
        lacks("EUR_USD may be entered at this time"),
    ),
    "the calendar is stale": (
        lambda: began().after(4500).intends(),
        lacks("the calendar was read within 3600 s"),
    ),
    "the calendar could not be read": (
        lambda: reads_calendar(Story().opens(), error="503").intends(),
        lacks("the calendar was read within 3600 s"),
    ),
}


@pytest.mark.parametrize(("tale", "says"), I19.values(), ids=I19)
def test_i19_an_entry_needs_its_facts(tale, says):
    assert says in told(only_on_facts(tale().case(RULES)))


HEARD = Rules(heard_ns={"prices": 12 * SECOND, "transactions": 22 * SECOND})
UNHEARD = "an entry is decided where"


def at(*seconds: float) -> tuple[int, ...]:
    """Give times of a run that began on Monday."""
    return tuple(MONDAY + round(each * SECOND) for each in seconds)


def decided_after(seconds: float, **heard: tuple[int, ...]) -> list[str]:
    """Decide an entry so long after the beginning, and say what the checker finds of what was heard."""
    story = Story().opens()
    story.now = MONDAY + round(seconds * SECOND) - 1_000_000
    return told(only_on_facts(story.intends().case(HEARD, heard=heard)))


def test_i19_streams_that_bring_something_in_time_are_fine():
    assert decided_after(60, prices=at(1, 48), transactions=at(38, 61)) == []


PRICES = f"a: {UNHEARD} prices brought something within 12 s; nothing came for"
CHANGES = f"a: {UNHEARD} transactions brought something within 22 s; nothing came for"
I19_UNHEARD = {
    "prices are mute, the changes vouch": (at(1, 47.9), at(59), [f"{PRICES} 12.1 s"]),
    "changes are mute, the prices vouch": (at(59), at(1, 37.5), [f"{CHANGES} 22.5 s"]),
    "both are": (at(1), at(2), [f"{PRICES} 59.0 s", f"{CHANGES} 58.0 s"]),
    "what comes later does not help": (at(10, 60.5), at(59), [f"{PRICES} 50.0 s"]),
}


@pytest.mark.parametrize(("prices", "changes", "says"), I19_UNHEARD.values(), ids=I19_UNHEARD)
def test_i19_no_stream_is_mute_whatever_the_journal_says(prices, changes, says):
    assert decided_after(60, prices=prices, transactions=changes) == says


def test_i19_a_stream_that_never_brought_anything_is_mute():
    (says,) = decided_after(60, prices=at(59))
    assert says.startswith(CHANGES)


I21 = {
    "stale": (
        lambda: Story().opens().after(9).intends(),
        "a: its price is at most 2.000 s old, it is 9.008 s",
    ),
    "stale though the stream had others since": (
        lambda: Story().opens().after(9).quotes(BID + 1, ASK + 1).intends(),
        "a: its price is at most 2.000 s old, it is 9.009 s",
    ),
    "crossed": (
        lambda: Story().opens().intends(bid=ASK, ask=BID),
        "a: the bid is below the ask, these are 110002 and 110000",
    ),
    "not above zero": (
        lambda: Story().opens().intends(bid=0, ask=2),
        "a: prices are above zero, these are 0 and 2",
    ),
    "a price that never was": (
        lambda: Story().opens().intends(bid=BID + 7),
        "a: the venue had the price 110007/110002 before, it never did",
    ),
    "not tradeable": (
        lambda: Story().opens().quotes(BID + 1, ASK + 1, tradeable=False).intends(bid=BID + 1, ask=ASK + 1),
        "a: the venue traded at that price, it did not",
    ),
    "a single bad print": (
        lambda: Story().opens().quotes(BID - 5500, ASK - 5500).intends(bid=BID - 5500, ask=ASK - 5500),
        "a: a jump of 5500 ticks is confirmed by another price, this one is not",
    ),
    "sent too late": (
        lambda: Story().opens().intends().after(4).sends_it(),
        "a: an entry leaves within 1.000 s, this one after 4.002",
    ),
}


@pytest.mark.parametrize(("tale", "says"), I21.values(), ids=I21)
def test_i21_an_entry_needs_a_fresh_price(tale, says):
    assert says in told(only_on_fresh_prices(tale().case(RULES)))


I42 = {
    "a frame vanished": (Frames("prices", 10, 8), "prices: 10 frames came, 8 are accounted for"),
    "one counted twice": (Frames("prices", 10, 10, 1), "prices: 10 frames came, 11 are accounted for"),
    "less than nothing": (
        Frames("prices", 10, 11, -1),
        "prices: a count is not below zero, these are (11, -1, 0, 0, 0)",
    ),
    "frames nobody sent": (Frames("prices", 10, 10, sent=9), "prices: 9 frames were sent, 10 came"),
}


@pytest.mark.parametrize(("frames", "says"), I42.values(), ids=I42)
def test_i42_every_frame_is_accounted_for(frames, says):
    assert says in told(every_frame_counts(Story().opens().case(frames=(frames,))))


I43 = {
    "a price": (
        lambda: Story().opens().intends(price=1.1),
        "entry 10: Intent.price is a whole number, it is 1.1",
    ),
    "money": (
        lambda: Story().opens().enters().exits().changes(-1, gross=0.0),
        "entry 15: Reduced.gross is a whole number, it is 0.0",
    ),
    "a time": (
        lambda: Story().opens().changes(-1, ts=1.5e18),
        "entry 9: Reconciled.ts is a whole number, it is 1.5e+18",
    ),
    "deep inside": (
        lambda: Story().opens().says(j.Counted, counts=((0, 1, 2.5),)),
        "entry 10: Counted.counts is a whole number, it is 2.5",
    ),
    "a score that is no number": (
        lambda: Story().opens().intends(score=float("nan")),
        "entry 10: Intent.score is finite, it is nan",
    ),
    "infinite": (
        lambda: Story().opens().says(j.Fact, bot=BOT, name="w", value=float("inf"), source="x"),
        "entry 10: Fact.value is finite, it is inf",
    ),
    "on the wire": (
        lambda: Story().opens().intends().sends_it().changes_request(0, body=b'{"units": NaN}'),
        "a: what leaves is numbers, these bytes have one that is none",
    ),
}


@pytest.mark.parametrize(("tale", "says"), I43.values(), ids=I43)
def test_i43_numbers_are_whole_and_numbers(tale, says):
    assert says in told(whole_numbers(tale().case()))


def test_i43_words_that_only_look_like_no_number_may_leave():
    story = Story().opens().asks("read", "PUT", "/x", {"tag": "finance", "info": "nano", "account": ACCOUNT})
    assert whole_numbers(story.case()) == []
    assert config().text
