"""I1 to I6: each accepts a right run and rejects at least three wrong ones."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checker.case import Rules, Stop
from checker.orders import (
    filled_once,
    one_end,
    one_order,
    out_of_doubt_by_evidence,
    written_first,
)
from checker.states import listed_edges
from checker.traces import ACCOUNT, EURUSD, UNITS, Story, told
from checker.world import FOREVER, Made
from tickwise.journal import entries as j

Tale = Callable[[], Story]
Tales = dict[str, tuple[Tale, str]]


def day() -> Story:
    """A right run: an entry filled and left, one refused by the broker, one never received, one late."""
    story = Story().opens().enters("a").exits("a-x1", "a")
    story.intends("b").sends_it("b").is_made("b").ends("b")
    story.intends("c").sends_it("c").after(5).doubts("c")
    mark = story.rows[-2].entry.mark  # type: ignore[attr-defined]
    story.after(130).finds_nothing("c", since=mark)
    story.intends("d").sends_it("d").after(5).doubts("d").is_made("d").after(80).trades("d").knows("d")
    story.wants_out("d-x1", "d").says(j.Denied, order="d-x1", lane=0, why="restart", is_exit=True)
    return story.exits("d-x2", "d").after(400)


def rejected(check: Callable, tales: Tales):  # type: ignore[no-untyped-def, type-arg]
    """Make the cases of a check that must reject."""
    return pytest.mark.parametrize(
        ("tale", "says"), [pytest.param(*each, id=name) for name, each in tales.items()]
    )


@pytest.mark.parametrize(
    "check",
    [one_order, written_first, one_end, out_of_doubt_by_evidence, listed_edges, filled_once],
)
def test_a_right_run_is_accepted(check):
    assert told(check(day().case())) == []


I1: Tales = {
    "sent twice": (
        lambda: Story().opens().intends().sends_it().sends_it(),
        "a: an intent is sent 1 times at most, this is one more",
    ),
    "two orders at the broker": (
        lambda: Story().opens().intends().sends_it().is_made().is_made(),
        "a: the broker has one order of an intent, 102 is another",
    ),
    "an id used again": (
        lambda: Story().opens().intends().sends_it().is_made().intends(),
        "a: the id of an intent is used for one intent, this is the second",
    ),
    "left twice": (
        lambda: Story().opens().enters().wants_out().sends_out().sends_out(),
        "position t-a: 1 intents to leave it, and this is request 2",
    ),
    "left without an intent": (
        lambda: Story().opens().enters().asks("leave", "PUT", "/close", trade="t-a"),
        "position t-a: 0 intents to leave it, and this is request 1",
    ),
}


@rejected(one_order, I1)
def test_i1_an_intent_is_one_order(tale, says):
    assert says in told(one_order(tale().case()))


def test_i1_a_broker_that_drops_the_second_may_be_sent_the_same_bytes_twice():
    story = Story().opens().intends().sends_it().sends_it()
    assert one_order(story.case(Rules(send_max=2))) == []
    story.changes_request(1, body=b"other")
    assert told(one_order(story.case(Rules(send_max=2)))) == [
        "a: an intent that is sent again is the same bytes, these are others"
    ]


I2: Tales = {
    "no send mark": (
        lambda: Story().opens().intends().asks("enter", "POST", "/orders", order="a"),
        "a: a send mark with payload",
    ),
    "other bytes than marked": (
        lambda: Story().opens().intends().sends_it().changes_request(0, body=b"{}"),
        "a: a send mark with payload",
    ),
    "marked after the bytes left": (
        lambda: Story().opens().intends().sends_it().changes_request(0, ts=0),
        "a: a send mark with payload",
    ),
    "sent twice with one mark": (
        lambda: twice_with_one_mark(),
        "a: a send mark with payload",
    ),
    "an intent that is not on disk": (
        lambda: not_on_disk(),
        "a: its intent, entry 10, is on disk first; 9 are",
    ),
    "a mark without an intent": (
        lambda: Story().opens().says(j.Sent, order="z", payload="p", mark=0, number=1),
        "z: a send mark follows its intent, there is none before it",
    ),
    "a number left out": (
        lambda: Story().opens().intends().sends_it().intends("b").sends_it("b").changes(-1, number=3),
        "b: send mark 2 is next, this is 3",
    ),
    "a mark of another order": (
        lambda: Story().opens().intends().intends("b").sends_it("a").changes(-1, order="b"),
        "a: the send mark of these bytes names b",
    ),
    "a stop that was not marked": (
        lambda: Story().opens().enters().asks("set_stop", "PUT", "/trades/t-a/orders", {}, trade="t-a"),
        "set_stop t-a: a send mark with payload",
    ),
}


def twice_with_one_mark() -> Story:
    story = Story().opens().intends().sends_it()
    story.requests.append(story.requests[0])
    return story


def not_on_disk() -> Story:
    story = Story().opens().intends().sends_it()
    story.durable = [each for each in story.durable if each[1] < 10]
    return story


@rejected(written_first, I2)
def test_i2_what_leaves_was_written_first(tale, says):
    assert any(each.startswith(says) for each in told(written_first(tale().case())))


def test_i2_a_send_mark_may_be_lost_with_the_process_but_not_its_intent():
    story = Story().opens().intends().sends_it()
    sent = story.rows.pop()
    stop = Stop(story.now, sent.seq - 1)
    assert written_first(story.case(stops=(stop,))) == []
    assert len(written_first(story.case())) == 1


I3: Tales = {
    "unknown for good": (
        lambda: Story().opens().intends().sends_it().doubts().after(600),
        "a: every intent comes to an end, it is still unknown",
    ),
    "sent and forgotten": (
        lambda: Story().opens().intends().sends_it().after(600),
        "a: every intent comes to an end, it is still sent",
    ),
    "filled in part and never ended": (
        lambda: Story().opens().intends().sends_it().is_made().trades(units=10).knows().after(600),
        "a: every intent comes to an end, it is still partly_filled",
    ),
    "ended twice": (
        lambda: Story().opens().intends().sends_it().is_made().ends().ends(),
        "a: an order ends once: it was cancelled and ends again",
    ),
    "an exit that hangs": (
        lambda: Story().opens().enters().wants_out().sends_out().after(600),
        "a-x1: every intent comes to an end, it is still sent",
    ),
}


@rejected(one_end, I3)
def test_i3_every_intent_comes_to_one_end(tale, says):
    assert says in told(one_end(tale().case()))


def test_i3_a_part_that_was_filled_and_the_rest_cancelled_is_one_end():
    story = Story().opens().intends().sends_it().is_made().trades(units=10).knows().ends()
    assert one_end(story.after(600).case()) == []


def unknown(order: str = "a") -> Story:
    return Story().opens().intends(order).sends_it(order).after(5).doubts(order)


I4: Tales = {
    "a time-out is no": (
        lambda: unknown().ends(status="rejected", mark=0),
        "a: an unknown order ends by a change of the broker's, this names no mark",
    ),
    "never received without evidence": (
        lambda: unknown().after(200).ends(status="never_received", mark=0),
        "a: never received is said by evidence that it was not found, there is none",
    ),
    "evidence that came too soon": (
        lambda: unknown().after(20).finds_nothing(since=100),
        "a: the broker may act for 120 s, 25.0 were waited",
    ),
    "looked for in too little": (
        lambda: unknown().after(200).finds_nothing(since=101),
        "a: it was looked for since 101, it was sent at mark 100",
    ),
    "the broker had it all the time": (
        lambda: unknown().is_made().after(200).finds_nothing(since=100),
        "a: called not found, and the broker has it since 101",
    ),
    "the core decides": (
        lambda: unknown().ends(status="expired", by="core"),
        "a: an unknown order ends by the broker's word, this is our own",
    ),
    "denied after it left": (
        lambda: unknown().says(j.Denied, order="a", lane=0, why="too old"),
        "a: an unknown order ends by the broker's word, this is our own",
    ),
    "a fill the broker never had": (
        lambda: unknown().enters("b").knows("a", mark=999),
        "a: the broker's change 999 is no Filled of it",
    ),
    "another order's fill": (
        lambda: unknown().intends("b").sends_it("b").is_made("b").trades("b").knows("a"),
        "a: the broker's change 102 is no Filled of it",
    ),
}


@rejected(out_of_doubt_by_evidence, I4)
def test_i4_unknown_ends_by_evidence_alone(tale, says):
    assert says in told(out_of_doubt_by_evidence(tale().case()))


def test_i4_a_broker_that_acts_later_than_ever_seen_is_believed():
    story = unknown().after(200).finds_nothing(since=100).is_made().trades().knows()
    assert out_of_doubt_by_evidence(story.case()) == []


I5: Tales = {
    "a fill of nothing we asked": (
        lambda: Story().opens().says(j.Accepted, order="z", venue_order="7", mark=7),
        "z: accepted follows an intent, there is none",
    ),
    "sent after its end": (
        lambda: Story().opens().intends().sends_it().is_made().ends().sends_it_again(),  # type: ignore[attr-defined]
        "a: cancelled may not become sent",
    ),
    "sent in doubt": (
        lambda: unknown().marks_again(),  # type: ignore[attr-defined]
        "a: unknown may not become sent",
    ),
    "denied after it left": (
        lambda: Story().opens().intends().sends_it().says(j.Denied, order="a", lane=0, why="no"),
        "a: sent may not become denied",
    ),
    "filled after denied": (
        lambda: Story().opens().intends().says(j.Denied, order="a", lane=0, why="no").trades().knows(),
        "a: denied may not become filled",
    ),
    "never received though it was there": (
        lambda: Story().opens().intends().sends_it().finds_nothing(),
        "a: sent may not become never_received",
    ),
    "a position opened twice": (
        lambda: Story().opens().enters().trades().knows(),
        "a: a fill that opens, and the position is open",
    ),
    "added to nothing": (
        lambda: Story().opens().intends().sends_it().is_made().trades().knows(added=True),
        "a: a fill that adds, and the position is not open",
    ),
    "more left than there is": (
        lambda: Story().opens().enters().wants_out().sends_out().leaves(units=-2 * UNITS).knows_out(),
        "a: 20000 of 10000 units cannot be left",
    ),
    "left the wrong way": (
        lambda: Story().opens().enters().wants_out().sends_out().leaves(units=UNITS).knows_out(),
        "a: -10000 of 10000 units cannot be left",
    ),
    "left in part and called all": (
        lambda: Story().opens().enters().wants_out().sends_out().leaves(units=-10).knows_out(),
        "a: 9990 units stay open, the entry says 0",
    ),
    "a stop of no position": (
        lambda: Story().opens().says(j.StopSet, position="a", lane=0, stop=1, target=0),
        "a: a stop belongs to an open position, this one is not open",
    ),
    "adopted though ours": (
        lambda: Story().opens().enters().says(
            j.Adopted, venue_id="t-a", position="a", lane=0, units=UNITS, price=1, stop=1, target=0
        ),
        "a: what is adopted was not ours before, this position is",
    ),
}  # fmt: skip


def _again(self: Story) -> Story:
    from checker.world import Asked

    return self.marks("a", Asked(0, "enter", "POST", "/orders"))


Story.sends_it_again = Story.marks_again = _again  # type: ignore[attr-defined]


@rejected(listed_edges, I5)
def test_i5_only_listed_edges_are_taken(tale, says):
    assert says in told(listed_edges(tale().case()))


I6: Tales = {
    "a fill told twice": (
        lambda: Story().opens().enters().knows(added=True),
        "a: execution 102:t-a is applied once, entry 12 did it before",
    ),
    "an exit told twice": (
        lambda: Story().opens().enters().wants_out(units=-10).sends_out(part=10).leaves(units=-10)
        .knows_out(left=UNITS - 10).knows_out(left=UNITS - 20),
        "a-x1: execution 104:t-a is applied once, entry 15 did it before",
    ),
    "told again after a restart": (
        lambda: Story().opens().enters().opens(session="s2").knows(added=True),
        "a: execution 102:t-a is applied once, entry 12 did it before",
    ),
    "told again as a fill of nobody": (
        lambda: Story().opens().enters().knows("", position="p"),
        "p: execution 102:t-a is applied once, entry 12 did it before",
    ),
}  # fmt: skip


@rejected(filled_once, I6)
def test_i6_an_execution_is_applied_once(tale, says):
    assert says in told(filled_once(tale().case()))


def test_i6_two_accounts_may_number_alike():
    story = Story().opens().enters().knows("", position="p", account="other")
    assert filled_once(story.case()) == []


def test_a_message_names_invariant_time_order_and_what_was_expected():
    story = Story().opens().intends().sends_it()
    story.happens(
        Made(story.now, ACCOUNT, 101, "1", "a", EURUSD, UNITS),
        Made(story.now, ACCOUNT, 102, "2", "a", EURUSD, UNITS),
    )
    (found,) = one_order(story.case())
    assert str(found) == (
        "I1 at 2026-01-05 15:00:00.013000000, a: the broker has one order of an intent, 2 is another"
    )
    assert str(found._replace(ts=FOREVER)).startswith("I1 at 4611686018427387904, ")
