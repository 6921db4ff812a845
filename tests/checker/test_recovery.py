"""I40: it accepts a right run and rejects wrong ones; and the whole check over one right run."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from checker.case import Case, Rules
from checker.check import Violated, check, found_in
from checker.invariants import INVARIANTS
from checker.recovery import recovers
from checker.traces import ACCOUNT, STREAMS, Story, told
from checker.world import SECOND
from tickwise.journal import entries as j

RULES = Rules(streams=STREAMS)


def faulty() -> Story:
    """Have an hour of faults behind it: streams dead, an order in doubt."""
    story = Story().opens().intends().sends_it().doubts()
    for stream in STREAMS:
        story.connects(stream, False)
    return story.after(3600)


def calm(story: Story, calm_ts: int) -> Case:
    return story.after(600).case(RULES, calm_ts=calm_ts)


def recovered() -> tuple[Story, int]:
    story = faulty()
    calm_ts = story.now
    return story.after(10).lives().finds_nothing(since=100), calm_ts


def test_a_right_run_is_accepted():
    assert told(recovers(calm(*recovered()))) == []


def late(seconds: float) -> tuple[Story, int]:
    story = faulty()
    calm_ts = story.now
    return story.after(seconds).lives().finds_nothing(since=100), calm_ts


def never_live(stream: str) -> tuple[Story, int]:
    story, calm_ts = recovered()
    return story.connects(stream, False), calm_ts


def never_agreed() -> tuple[Story, int]:
    story = faulty()
    calm_ts = story.now
    for stream in STREAMS:
        story.connects(stream, True)
    return story.finds_nothing(since=100), calm_ts


def hangs() -> tuple[Story, int]:
    story = faulty()
    calm_ts = story.now
    return story.lives(), calm_ts


I40 = {
    "streams that live too late": (
        lambda: late(90),
        "prices: it lives within 60 s after the faults, it does not",
    ),
    "a stream that died again": (
        lambda: never_live("prices"),
        "prices: it lives within 60 s after the faults, it does not",
    ),
    "books never held against each other": (
        never_agreed,
        f"{ACCOUNT}: its books are held against the venue's within 60 s after the faults, they were not",
    ),
    "an order that hangs": (hangs, "a: it has come to its end 120 s after the faults, it is still unknown"),
    "a stream nobody heard of": (
        lambda: (Story().says(j.SessionClosed, session="s", reason="", decision_digest=""), 1),
        "prices: it lives within 60 s after the faults, nothing was heard of it",
    ),
}


@pytest.mark.parametrize(("tale", "says"), I40.values(), ids=I40)
def test_i40_all_comes_back_by_itself(tale, says):
    assert says in told(recovers(calm(*tale())))


def test_i40_an_order_may_wait_for_the_lateness_of_the_broker():
    story = Story().opens().intends().sends_it().doubts()
    calm_ts = story.now
    case = story.lives().after(150).case(RULES, calm_ts=calm_ts)
    assert told(recovers(case)) == []


QUIET = Rules(streams=STREAMS, quiet_ns=300 * SECOND)
NOT_QUIET = "-: nothing is on its way and our books are the broker's 300 s after the faults, they are not"


def quiet_at(*seconds: float, lasts_s: float = 600.0) -> list[str]:
    """Give what is found where all was quiet so long after the faults."""
    story, calm_ts = recovered()
    quiet = tuple(calm_ts + round(each * SECOND) for each in seconds)
    return told(recovers(story.after(lasts_s).case(QUIET, calm_ts=calm_ts, quiet=quiet)))


@pytest.mark.parametrize("seconds", [(20.0,), (300.0,), (299.0, 400.0)])
def test_i40_quiet_comes_in_time(seconds):
    assert quiet_at(*seconds) == []


@pytest.mark.parametrize("seconds", [(), (301.0,), (300.001, 500.0)])
def test_i40_without_quiet_in_time_the_books_are_not_the_brokers(seconds):
    assert quiet_at(*seconds) == [NOT_QUIET]


def test_i40_a_run_that_ends_before_is_not_asked_for_quiet():
    assert quiet_at(lasts_s=200.0) == []


# All of them.


def test_every_invariant_of_one_engine_is_here():
    others = {16, 26, 28, 29, 30, 32, 33, 34, 38}
    assert {int(name[1:]) for name in INVARIANTS} == set(range(1, 44)) - others


def test_every_invariant_says_what_must_hold():
    assert all(check.__doc__ for check in INVARIANTS.values())


def test_a_right_run_holds_and_a_wrong_one_is_named():
    story = Story().opens().enters().exits().after(60)
    known = {"quiet": (story.now,)}
    check(story.case(**known))
    story.sees_foreign().after(1)
    with pytest.raises(Violated, match="I7 at 2026-01-05 15:0"):
        check(story.case(quiet=(story.now,)))
    assert [each.invariant for each in found_in(story.case(quiet=(story.now,)), ["I8"])] == []


def test_a_long_list_is_cut():
    story = Story().opens()
    for number in range(30):
        story.intends(f"o{number}", stop=0).after(SECOND // SECOND)
    with pytest.raises(Violated, match="and 10 more"):
        check(story.case(), ["I11"])


def test_a_run_without_a_broker_is_held_against_what_it_tells_itself():
    rows = Story("paper").opens().enters().exits().rows
    check(Case(tuple(rows), rules=Rules(), end_ts=rows[-1].entry.ts))


def test_the_checker_knows_nothing_of_the_engine_but_the_kinds_of_entries():
    for path in Path(__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert not name.startswith("tickwise") or name.startswith("tickwise.journal"), (path, name)
            if isinstance(node, ast.ImportFrom) and node.module == "tickwise.journal":
                assert [each.name for each in node.names] == ["entries"]
