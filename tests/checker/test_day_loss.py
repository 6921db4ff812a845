"""I18: it accepts a right run and rejects wrong ones."""

from __future__ import annotations

import pytest

from checker.case import Rules
from checker.day_loss import day_loss_bounded
from checker.traces import ACCOUNT, ASK, BID, MONDAY, STOP, TICK_VALUE, UNITS, Story, told
from checker.world import SECOND

STOP_LOSS = STOP * UNITS * 10
"""What a position of 10,000 units loses at its stop: 30 dollars."""

RULES = Rules(day_loss_max=70_000_000, tick_value=TICK_VALUE, day_starts=(MONDAY + 7 * 3600 * SECOND,))
SLIPPING = Rules(day_loss_max=70_000_000, tick_value=TICK_VALUE, slippage_ticks=20)


def stopped(story: Story, order: str = "a", slip: int = 0) -> Story:
    """Let a long position be left at its stop, or some ticks behind it."""
    price = ASK - STOP - slip
    story.quotes(price, price + 2)
    story.leaves("x", order, units=-UNITS, cash=-(STOP + slip) * UNITS * 10, cause="stop", price=price)
    return story.knows_out("", order, reason="stop")


def day() -> Story:
    """A right run: two open at once, one stopped, a deposit that is no gain, and the next day."""
    story = stopped(Story().opens().enters("a").enters("b"))
    story.pays(50_000_000).exits("b-x", "b", cash=-10_000_000).intends("c").sends_it("c").is_made("c").ends(
        "c"
    )
    return story.after(8 * 3600).quotes().enters("d").enters("e").after(10)


def test_a_right_run_is_accepted():
    assert told(day_loss_bounded(day().case(RULES))) == []


MOST = "70.00 at most"
I18 = {
    "the stops of open positions are forgotten": (
        lambda: Story().opens().enters("a").enters("b").intends("c").sends_it("c"),
        f"c: with every stop reached the day loses 90.00, {MOST}",
    ),
    "an unknown order is forgotten": (
        lambda: Story().opens().enters("a").intends("b").sends_it("b").doubts("b").intends("c").sends_it("c"),
        f"c: with every stop reached the day loses 90.00, {MOST}",
    ),
    "what was lost is forgotten": (
        lambda: stopped(stopped(Story().opens().enters("a")).enters("b"), "b").intends("c").sends_it("c"),
        f"c: with every stop reached the day loses 90.00, {MOST}",
    ),
    "a deposit hides a loss": (
        lambda: stopped(stopped(Story().opens().enters("a")).pays(500_000_000).enters("b"), "b")
        .intends("c").sends_it("c"),
        f"c: with every stop reached the day loses 90.00, {MOST}",
    ),
    "too much at once": (
        lambda: Story().opens().intends("a", 30_000).sends_it("a"),
        f"a: with every stop reached the day loses 90.00, {MOST}",
    ),
    "the day lost more than it may": (
        lambda: Story().opens().enters("a").leaves("x", "a", units=-UNITS, cash=-80_000_000, price=BID - 800)
        .knows_out("", "a"),
        f"{ACCOUNT}: the day lost 80.00, {MOST} with what slipped",
    ),
    "financing is a loss": (
        lambda: Story().opens().pays(-80_000_000, is_flow=False),
        f"{ACCOUNT}: the day lost 80.00, {MOST} with what slipped",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("tale", "says"), I18.values(), ids=I18)
def test_i18_a_day_loses_no_more_than_its_limit(tale, says):
    assert says in told(day_loss_bounded(tale().case(RULES)))


def test_i18_the_allowance_for_slippage_counts_before_each_entry():
    story = Story().opens().enters("a").intends("b", 12_500).sends_it("b")
    assert day_loss_bounded(story.case(RULES)) == []
    assert told(day_loss_bounded(story.case(SLIPPING))) == [
        "b: with every stop reached the day loses 72.00, 70.00 at most"
    ]


def test_i18_a_gap_behind_a_stop_is_no_fault_of_ours_but_the_entry_after_it_is():
    story = stopped(Story().opens().enters("a"), slip=500)
    assert day_loss_bounded(story.case(SLIPPING)) == []
    assert len(day_loss_bounded(story.intends("b").sends_it("b").case(SLIPPING))) == 1


def test_i18_a_stop_in_profit_makes_room():
    story = Story().opens().enters("a").enters("b").quotes(BID + 900, ASK + 900)
    from checker.world import Rests

    story.happens(Rests(story.now, ACCOUNT, story.next_mark(), "t-a", ASK + 500))
    assert STOP_LOSS == 30_000_000
    assert day_loss_bounded(story.intends("c").sends_it("c").case(RULES)) == []
