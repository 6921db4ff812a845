"""Claims about what lives: a heartbeat is no price, and no stream speaks for another."""

from __future__ import annotations

from typing import Any, Literal

from hypothesis import given
from hypothesis import strategies as st

from tickwise.engine.liveness import SECOND, Limits, Liveness, Turn

EUR, GBP = "EUR_USD", "GBP_USD"


def s(seconds: float) -> int:
    return round(seconds * SECOND)


def prices(limits: Limits | None = None) -> Liveness:
    """Give a stream of two instruments that has just begun to bring heartbeats, at second 0."""
    liveness = Liveness("prices", (EUR, GBP), limits)
    assert liveness.something(0) == [Turn("prices", "", "live", "the stream brings something")]
    assert liveness.silence(0, (EUR, GBP)) == []
    return liveness


def passed(
    liveness: Liveness, since: int, until: int, heartbeat_s: int = 5, is_open: bool = True
) -> list[Turn]:
    """Let seconds pass in which only heartbeats come, looking at the time each second."""
    turns: list[Turn] = []
    for second in range(since + 1, until + 1):
        if heartbeat_s and second % heartbeat_s == 0:
            turns += liveness.something(s(second))
        turns += liveness.silence(s(second), (EUR, GBP) if is_open else ())
    return turns


def test_nothing_lives_before_something_came() -> None:
    liveness = Liveness("prices", (EUR,))
    assert (liveness.is_live, liveness.condition(), liveness.condition(EUR)) == (False, "dead", "dead")
    assert liveness.silence(s(100), (EUR,)) == []
    assert liveness.broken("no route to host") == []


def test_a_heartbeat_is_no_price() -> None:
    liveness = prices()
    liveness.quote(EUR, s(1))
    liveness.quote(GBP, s(1))
    assert passed(liveness, 1, 30) == [
        Turn("prices", EUR, "silent", "no quote for 11.0 s, the stream lives"),
        Turn("prices", GBP, "silent", "no quote for 11.0 s, the stream lives"),
    ]
    assert (liveness.is_live, liveness.condition(EUR)) == (True, "silent")
    assert liveness.quote(EUR, s(31)) == [Turn("prices", EUR, "live", "quoted again")]
    assert (liveness.condition(EUR), liveness.condition(GBP)) == ("live", "silent")


def test_one_instrument_that_is_dropped_is_told_though_the_other_goes_on() -> None:
    liveness, turns = prices(), []
    for tenth in range(400):
        turns += liveness.quote(GBP, s(tenth / 10))
        if tenth < 100:
            turns += liveness.quote(EUR, s(tenth / 10))
        if tenth % 10 == 0:
            turns += liveness.silence(s(tenth / 10), (EUR, GBP))
    assert turns == [Turn("prices", EUR, "silent", "no quote for 10.1 s, the stream lives")]


def test_an_instrument_that_is_never_quoted_is_told_too() -> None:
    assert [turn.instrument for turn in passed(prices(), 0, 11)] == [EUR, GBP]


def test_a_stream_without_anything_is_silent_and_all_it_carries_with_it() -> None:
    liveness = prices()
    liveness.quote(EUR, s(1))
    liveness.quote(GBP, s(1))
    assert passed(liveness, 1, 60, heartbeat_s=0) == [
        Turn("prices", "", "silent", "nothing came for 11.0 s"),
    ]
    assert (liveness.condition(), liveness.condition(EUR)) == ("silent", "silent")
    assert liveness.something(s(61)) == [Turn("prices", "", "live", "the stream brings something")]


def test_a_broken_stream_is_dead_and_told_once() -> None:
    liveness = prices()
    assert liveness.broken("connection reset") == [Turn("prices", "", "dead", "connection reset")]
    assert liveness.broken("connection reset") == []
    assert passed(liveness, 0, 60, heartbeat_s=0) == []
    assert [turn.live for turn in liveness.quote(EUR, s(61))] == [True]


def test_what_was_silent_before_a_stream_came_back_is_told_again() -> None:
    liveness = prices()
    liveness.quote(EUR, s(1))
    passed(liveness, 1, 20)
    liveness.broken("connection reset")
    why = "no quote since it fell silent"
    assert liveness.quote(GBP, s(25)) == [
        Turn("prices", "", "live", "the stream brings something"),
        Turn("prices", EUR, "silent", why),
        Turn("prices", GBP, "live", "quoted again"),
    ]


def test_a_stream_that_came_back_is_given_its_time() -> None:
    liveness = prices()
    liveness.quote(EUR, s(1))
    liveness.quote(GBP, s(1))
    liveness.broken("connection reset")
    liveness.something(s(100))
    assert passed(liveness, 100, 110) == []
    assert [turn.instrument for turn in passed(liveness, 110, 112)] == [EUR, GBP]


def test_a_closed_market_is_not_expected_to_quote_and_has_its_time_when_it_opens() -> None:
    liveness = prices()
    liveness.quote(EUR, s(1))
    liveness.quote(GBP, s(1))
    assert passed(liveness, 1, 100, is_open=False) == []
    assert passed(liveness, 100, 110) == []
    assert [turn.instrument for turn in passed(liveness, 110, 112)] == [EUR, GBP]


def quoted_every(gap_s: float, times: int, limits: Limits | None = None) -> Liveness:
    liveness = prices(limits)
    for number in range(times):
        liveness.something(s(number * gap_s))
        liveness.silence(s(number * gap_s), (EUR, GBP))
        liveness.quote(EUR, s(number * gap_s))
    return liveness


def test_a_quiet_instrument_is_waited_for_longer_by_its_own_gaps() -> None:
    assert quoted_every(0.25, 200).patience(EUR) == s(10)
    assert quoted_every(4.0, 200).patience(EUR) == s(20)
    assert quoted_every(60.0, 200).patience(EUR) == s(120)
    assert quoted_every(4.0, 20).patience(EUR) == s(10)
    assert prices().patience("XAU_USD") == s(10)


def test_one_long_gap_among_many_does_not_make_patient() -> None:
    liveness = quoted_every(0.25, 200)
    liveness.quote(EUR, s(60))
    for number in range(200):
        liveness.quote(EUR, s(60 + number / 4))
    assert liveness.patience(EUR) == s(10)


def test_a_night_and_a_broken_line_are_no_gaps_between_quotes() -> None:
    liveness = quoted_every(1.0, 33)
    slow = liveness.patience(EUR)
    for day in range(1, 100):
        at = 86_400.0 * day
        if day % 2:
            liveness.broken("line")
            liveness.something(s(at))
        liveness.silence(s(at), ())
        liveness.something(s(at + 1))
        liveness.silence(s(at + 1), (EUR,))
        liveness.quote(EUR, s(at + 1.5))
        liveness.quote(EUR, s(at + 2.5))
    assert liveness.patience(EUR) == slow


Step = tuple[Literal["heartbeat", "quote", "broken", "look"], float, Any]
steps = st.lists(
    st.tuples(
        st.sampled_from(["heartbeat", "quote", "broken", "look"]),
        st.floats(0, 30),
        st.sampled_from([(), (EUR,), (EUR, GBP)]),
    ),
    max_size=60,
)


def done(liveness: Liveness, what: str, now: int, instruments: tuple[str, ...]) -> list[Turn]:
    """Do one step of a script to a stream."""
    if what == "heartbeat":
        return liveness.something(now)
    if what == "quote":
        return liveness.quote(EUR if len(instruments) < 2 else GBP, now)
    return liveness.broken("line") if what == "broken" else liveness.silence(now, instruments)


@given(steps)
def test_whoever_hears_every_turn_knows_what_lives(script: list[Step]) -> None:
    """A listener that believes a whole stream's turn of everything on it, as the book of the engine does."""
    liveness, now = Liveness("prices", (EUR, GBP)), 0.0
    dead = {""}
    for what, after, instruments in script:
        now += after
        turns = done(liveness, what, s(now), instruments)
        for turn in turns:
            if not turn.live:
                dead.add(turn.instrument)
            elif turn.instrument:
                dead.discard(turn.instrument)
            else:
                dead.clear()
        assert ("" in dead) == (not liveness.is_live)
        for instrument in (EUR, GBP):
            assert bool(dead & {"", instrument}) == (liveness.condition(instrument) != "live")


@given(steps)
def test_streams_do_not_share_what_they_are(script: list[Step]) -> None:
    """What happens to one stream leaves another one's state where it was."""
    other, now = prices(), 0.0
    one = Liveness("changes of main")
    for what, after, instruments in script:
        now += after
        done(one, what, s(now), instruments)
    assert (other.is_live, other.condition(EUR)) == (True, "live")
