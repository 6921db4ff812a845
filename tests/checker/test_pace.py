"""I22 and I24: each accepts a right run and rejects at least three wrong ones."""

from __future__ import annotations

import pytest

from checker.case import Rules
from checker.pace import never_again, within_budget
from checker.traces import MONDAY, MS, Story, told
from checker.windows import largest_in, most_in
from checker.world import SECOND

RULES = Rules(requests_per_s=10, requests_per_min=100, connections_per_s=1)


def reads(story: Story, count: int, every_s: float) -> Story:
    for _ in range(count):
        story.after(every_s).asks("read", "GET", "/summary")
    return story


def day() -> Story:
    return reads(reads(Story().opens().enters(), 40, 0.2), 120, 1.0)


def test_a_right_run_is_accepted():
    story = day()
    outage = (story.now - 60 * SECOND, story.now)
    case = story.case(RULES, connects=(MONDAY, MONDAY + SECOND), outages=(outage,))
    assert told(within_budget(case)) == []
    assert told(never_again(case)) == []


I22 = {
    "too many in a second": (
        lambda: reads(Story().opens(), 30, 0.05),
        (),
        "requests: 10 in 1 s at most, these are 11",
    ),
    "too many in a minute": (
        lambda: reads(Story().opens(), 300, 0.3),
        (),
        "requests: 100 in 60 s at most, these are 101",
    ),
    "across the edge of a second": (
        lambda: reads(reads(Story().opens(), 6, 0.0).after(0.9), 6, 0.0),
        (),
        "requests: 10 in 1 s at most, these are 11",
    ),
    "a storm of connections": (
        Story,
        (MONDAY, MONDAY + 999 * MS),
        "new connections: 1 in 1 s at most, these are 2",
    ),
}


@pytest.mark.parametrize(("tale", "connects", "says"), I22.values(), ids=I22)
def test_i22_requests_keep_to_the_budget(tale, connects, says):
    assert says in told(within_budget(tale().case(RULES, connects=connects)))


def outage(count: int, every_s: float, usual: int = 20) -> tuple[Story, tuple[int, int]]:
    """Have a usual minute, and then an outage with other requests."""
    story = reads(Story().opens(), usual, 60 / usual).after(60)
    since = story.now
    return reads(story, count, every_s), (since, story.now + 1)


I24 = {
    "an order again after a while": (
        lambda: (resent(0.3), None),
        "a: the bytes of an order leave once, these left 0.302 s before",
    ),
    "an order again at once": (
        lambda: (resent(0.0), None),
        "a: the bytes of an order leave once, these left 0.002 s before",
    ),
    "reads multiply": (
        lambda: outage(60, 1.0),
        "requests: a minute of an outage has 24 at most, 20 are usual; this has 25",
    ),
    "reads in one burst": (
        lambda: outage(40, 0.01),
        "requests: a minute of an outage has 24 at most, 20 are usual; this has 25",
    ),
}


def resent(after_s: float) -> Story:
    story = Story().opens().intends().sends_it().after(after_s)
    body = story.requests[0].body
    story.asks("enter", "POST", "/orders", order="a").changes_request(-1, body=body)
    story.requests[-1] = story.requests[-1].__class__(
        **{**{f: getattr(story.requests[0], f) for f in story.requests[0].__slots__}, "ts": story.now + MS}
    )
    return story


@pytest.mark.parametrize(("tale", "says"), I24.values(), ids=I24)
def test_i24_nothing_is_tried_again_by_itself(tale, says):
    story, span = tale()
    assert says in told(never_again(story.case(outages=(span,) if span else ())))


def test_i24_a_fifth_more_in_an_outage_is_allowed():
    story, span = outage(24, 2.5)
    assert never_again(story.case(outages=(span,))) == []


def test_a_stretch_is_counted_from_any_moment():
    assert list(most_in([0, 5, 9, 10, 30], 10, 2)) == [(9, 3)]
    assert list(most_in([0, 1, 2, 100, 101, 102], 10, 2)) == [(2, 3), (102, 3)]
    assert largest_in([0, 5, 9, 10, 30], 10) == 3
    assert largest_in([], 10) == 0
