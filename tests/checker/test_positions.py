"""I7 to I10 and I14: each accepts a right run and rejects at least three wrong ones."""

from __future__ import annotations

import pytest

from checker.case import Cap, Rules
from checker.positions import all_counts, foreign_seen, none_flips, same_money, same_positions
from checker.traces import ACCOUNT, BALANCE, BID, EURUSD, MS, UNITS, Story, told
from checker.world import SECOND, Made
from tickwise.journal import entries as j

CHANGES = f"changes of {ACCOUNT}"

CAPS = Rules(
    caps=(
        Cap("instrument", EURUSD, units_max=25_000, count_max=3),
        Cap("account", units_max=40_000),
        Cap("bot", count_max=2),
        Cap("house", units_max=100_000),
    )
)


def quiet(story: Story, **known):  # type: ignore[no-untyped-def]
    """Check a story whose end is quiet."""
    return story.case(quiet=(story.now,), **known)


def day() -> Story:
    """A right run with fills, costs, a deposit, financing and a person who trades beside us."""
    story = Story().opens().enters("a").pays(5_000_000).user_opens().sees_foreign()
    story.enters("b", 5_000).pays(-1_234, is_flow=False).exits("a-x1", "a", cash=-7_890_123)
    story.intends("c", 5_000).sends_it("c").is_made("c").trades("c", cash=-50_000).knows("c")
    return story.exits("c-x1", "c", cash=1_000_000).after(60)


@pytest.mark.parametrize("check", [same_positions, same_money, foreign_seen, all_counts, none_flips])
def test_a_right_run_is_accepted(check):
    assert told(check(quiet(day(), rules=CAPS))) == []


I7 = {
    "a fill nobody learnt of": (
        lambda: Story().opens().intends().sends_it().is_made().trades(),
        f"EUR_USD t-a of {ACCOUNT}: the broker has 10000 units, we 0",
    ),
    "a fill counted twice": (
        lambda: Story().opens().enters().knows(added=True),
        f"EUR_USD t-a of {ACCOUNT}: the broker has 10000 units, we 20000",
    ),
    "closed by hand and not noticed": (
        lambda: Story().opens().enters().leaves("x", "a", units=-UNITS, cause="user"),
        f"EUR_USD t-a of {ACCOUNT}: the broker has 0 units, we 10000",
    ),
    "flat because a list was empty": (
        lambda: Story().opens().enters().wants_out().says(
            j.Reduced, by="venue", order="a-x1", position="a", execution="e", lane=0, units=UNITS, price=BID,
            reason="at_venue", gross=0, commission=0, account=ACCOUNT, instrument=EURUSD,
        ),
        f"EUR_USD t-a of {ACCOUNT}: the broker has 10000 units, we 0",
    ),
    "a foreign position that is gone": (
        lambda: Story().opens().user_opens().sees_foreign().leaves("x", "", units=0).sees_foreign("t2", 5),
        f"EUR_USD t2 of {ACCOUNT}: the broker has 0 units, we 5",
    ),
    "short booked as long": (
        lambda: Story().opens().intends(units=-UNITS).sends_it().is_made().trades().knows(units=UNITS),
        f"EUR_USD t-a of {ACCOUNT}: the broker has -10000 units, we 10000",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("tale", "says"), I7.values(), ids=I7)
def test_i7_positions_are_the_brokers(tale, says):
    assert says in told(same_positions(quiet(tale())))


def test_i7_is_asked_only_where_all_is_quiet():
    story = Story().opens().intends().sends_it().is_made().trades()
    assert same_positions(story.case()) == []


I8 = {
    "a commission nobody booked": (
        lambda: Story().opens().intends().sends_it().is_made().trades(cash=-50_000).knows(commission=0),
        f"{ACCOUNT}: the broker has 99999.950000, our bookings make 100000.000000",
    ),
    "a loss booked as a gain": (
        lambda: Story().opens().enters().exits(cash=-1_000_000).changes(-1, gross=1_000_000),
        f"{ACCOUNT}: the broker has 99999.000000, our bookings make 100001.000000",
    ),
    "a deposit nobody saw": (
        lambda: Story().opens().pays(7_000_000, known=False),
        f"{ACCOUNT}: the broker has 100007.000000, our bookings make 100000.000000",
    ),
    "a balance that is not the broker's": (
        lambda: Story().opens().enters().changes(-1, balance=BALANCE + 1),
        f"{ACCOUNT}: after change 102 the balance is 100000.000000, told is 100000.000001",
    ),
    "a profit booked twice": (
        lambda: Story().opens().enters().exits(cash=300_000).says(
            j.BalanceSeen, account=ACCOUNT, balance=0, flow=300_000, why="correction"
        ),
        f"{ACCOUNT}: the broker has 100000.300000, our bookings make 100000.600000",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("tale", "says"), I8.values(), ids=I8)
def test_i8_money_is_the_brokers(tale, says):
    assert says in told(same_money(quiet(tale())))


def test_i8_a_broker_that_rounds_has_a_tolerance():
    story = Story().opens().enters().exits(cash=300_004).changes(-1, gross=300_000)
    assert len(same_money(quiet(story))) == 1
    assert same_money(quiet(story, rules=Rules(cash_tolerance=5_000))) == []


I9 = {
    "never counted": (
        lambda: Story().opens().user_opens().after(10),
        "t-user: what is not ours is counted within 5 s, it never was",
    ),
    "counted too late": (
        lambda: Story().opens().user_opens().after(8).sees_foreign(),
        "t-user: what is not ours is counted within 5 s, it was after 7.901 s",
    ),
    "entered before it was counted": (
        lambda: Story().opens().user_opens().after(0.5).intends().sends_it().sees_foreign(),
        "a: nothing is entered there before t-user, which is not ours, is counted",
    ),
    "an order with our mark from elsewhere": (
        lambda: Story().opens().user_opens(ours="s0-17").after(10),
        "t-user: what is not ours is counted within 5 s, it never was",
    ),
    "an order that works": (
        lambda: working_order().after(10),
        "o9: what is not ours is counted within 5 s, it never was",
    ),
    "a fill of ours that nobody took in": (
        lambda: Story().opens().intends().sends_it().is_made().trades().after(10),
        "a: what was filled of ours is taken in within 5 s, it never was",
    ),
    "a fill behind an end of our own making": (
        lambda: (
            Story().opens().intends().sends_it().after(5)
            .says(j.Ended, order="a", lane=0, by="venue", status="cancelled", reason="other",
                  policy="retry_later", says="no reply")
            .is_made().trades().after(60)
        ),
        "a: what was filled of ours is taken in within 5 s, it never was",
    ),
    "a fill that was taken in too late": (
        lambda: Story().opens().intends().sends_it().is_made().trades().after(7).knows(),
        "a: what was filled of ours is taken in within 5 s, it was after 7.001 s",
    ),
}  # fmt: skip


def working_order() -> Story:
    story = Story().opens()
    return story.happens(Made(story.now, ACCOUNT, 101, "o9", "", EURUSD, 500, visible_ts=story.now))


@pytest.mark.parametrize(("tale", "says"), I9.values(), ids=I9)
def test_i9_what_is_not_ours_is_counted(tale, says):
    assert says in told(foreign_seen(tale().case()))


def filled_while_dead(late_s: float) -> list[str]:
    story = Story().opens().connects(CHANGES, False).intends().sends_it().is_made().trades().after(60)
    return told(foreign_seen(story.connects(CHANGES, True).after(late_s).knows().case()))


def test_i9_a_stream_that_was_dead_is_believed_when_it_lives_again():
    assert filled_while_dead(4) == []
    assert filled_while_dead(6) == [
        "a: what was filled of ours is taken in within 5 s, it was after 66.002 s"
    ]


def test_i9_what_was_gone_before_it_had_to_be_counted_need_not_be():
    story = Story().opens().user_opens()
    story.venue["u"] = "t-user"
    assert foreign_seen(story.leaves("x", "u", units=-500, cause="user").after(60).case()) == []


def test_i9_what_could_not_be_known_need_not_be_counted():
    story = Story().opens().user_opens(visible_ts=2**62).after(600)
    assert foreign_seen(story.case()) == []


I10 = {
    "one too many": (
        lambda: Story().opens().enters("a").enters("b").intends("c").sends_it("c"),
        "c: 2 at most in bot fast, this is number 3",
    ),
    "an unknown order is forgotten": (
        lambda: Story().opens().intends("a", 20_000).sends_it("a").doubts("a").intends("b").sends_it("b"),
        "b: 25000 units at most in instrument EUR_USD, with this one 30000",
    ),
    "a foreign position is forgotten": (
        lambda: Story().opens().user_opens(units=-20_000).sees_foreign(units=-20_000).intends().sends_it(),
        "a: 25000 units at most in instrument EUR_USD, with this one 30000",
    ),
    "what is on its way is forgotten": (
        lambda: Story().opens().intends("a").intends("b", 20_000).sends_it("a").sends_it("b"),
        "b: 25000 units at most in instrument EUR_USD, with this one 30000",
    ),
    "the account's cap": (
        lambda: Story().opens().enters("a").enters("b", instrument="USD_JPY", bot="slow").intends(
            "c", 25_000, instrument="GBP_USD", bot="third"
        ).sends_it("c"),
        f"c: 40000 units at most in account {ACCOUNT}, with this one 45000",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("tale", "says"), I10.values(), ids=I10)
def test_i10_everything_counts(tale, says):
    assert says in told(all_counts(tale().case(CAPS)))


def test_i10_what_ended_does_not_count():
    story = (
        Story().opens().intends("a", 20_000).sends_it("a").is_made("a").ends("a").intends("b").sends_it("b")
    )
    assert all_counts(story.case(CAPS)) == []


I14 = {
    "target and time at once": (
        lambda: Story().opens().enters().wants_out("x1").sends_out("x1").wants_out("x2").sends_out("x2"),
        "x2: 10000 units of a are open, 20000 are on their way out",
    ),
    "an unknown exit is forgotten": (
        lambda: Story().opens().enters().wants_out("x1").sends_out("x1").doubts("x1")
        .wants_out("x2", units=-5).sends_out("x2"),
        "x2: 10000 units of a are open, 10005 are on their way out",
    ),
    "nothing is open": (
        lambda: Story().opens().enters().exits().wants_out("x2").sends_out("x2"),
        "x2: 0 units of a are open, 10000 are on their way out",
    ),
    "left the wrong way": (
        lambda: Story().opens().enters().wants_out("x1", units=UNITS).sends_out("x1"),
        "x1: 10000 units are left by units of the other sign, not 10000",
    ),
    "turned around at the broker": (
        lambda: Story().opens().enters().wants_out("x1").leaves("x1", units=-15_000),
        "t-a: the position goes from 10000 to -5000 units, none turns around",
    ),
    "the net turned around by an exit": (
        lambda: Story().opens().enters("a").enters("b", -4_000).leaves("x", "c", units=-8_000, cause="exit"),
        "?: EUR_USD goes from 6000 to -2000 units by exit, only an entry turns it around",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("tale", "says"), I14.values(), ids=I14)
def test_i14_no_more_is_closed_than_is_open(tale, says):
    assert says in told(none_flips(tale().case()))


def test_i14_an_exit_that_was_refused_may_be_asked_for_again():
    story = Story().opens().enters().wants_out("x1").sends_out("x1").ends("x1", "rejected")
    assert none_flips(story.wants_out("x2").sends_out("x2").case()) == []


def test_i14_where_a_second_close_finds_nothing_it_may_be_asked_for_but_parts_still_count():
    rules = Rules(whole_closes_once=True)
    story = Story().opens().enters().wants_out("x1").sends_out("x1").doubts("x1")
    assert none_flips(story.wants_out("x2").sends_out("x2").case(rules)) == []
    for order in ("x3", "x4"):
        story.wants_out(order, units=-6_000).sends_out(order, part=6_000)
    assert told(none_flips(story.case(rules))) == [
        "x4: 10000 units of a are open, 12000 are on their way out"
    ]


def test_times_of_a_story_are_what_they_seem():
    story = Story().opens()
    before = story.now
    assert (story.after(1).now - before, SECOND) == (1_000 * MS, 1_000 * MS)
