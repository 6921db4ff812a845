"""I15, I17 and I23: each accepts a right run and rejects at least three wrong ones."""

from __future__ import annotations

import pytest

from checker.case import Rules
from checker.halts import halts_last, no_entry_after_a_halt, repeats_are_stopped
from checker.traces import ACCOUNT, EURUSD, MONDAY, Story, told
from checker.world import SECOND
from tickwise.journal import entries as j

NEXT_DAY = MONDAY + 7 * 3600 * SECOND
RULES = Rules(day_starts=(MONDAY - 17 * 3600 * SECOND, NEXT_DAY), repeat_max=3, repeat_ns=60 * SECOND)


def recovers(story: Story) -> Story:
    return story.says(j.SessionRecovered, session="s1", snapshot_event=0, events_again=9)


def loses(story: Story) -> Story:
    return story.says(j.DayLost, account=ACCOUNT, equity=97_000_000_000, floor=97_000_000_000)


def tries(story: Story, order: str, **said) -> Story:  # type: ignore[no-untyped-def]
    return story.intends(order, **said).sends_it(order)


def day() -> Story:
    """A right run: halts of every scope, exits in them, lifted by commands; a lost day and the next one."""
    story = Story().opens().enters("a").switches("halt").exits("a-x1", "a")
    tries(recovers(story).switches("halt", on=False), "b")
    story.switches("kill", scope="account", name="other")
    tries(story.switches("pause", scope="instrument", name="USD_JPY"), "c")
    story.switches("pause", scope="instrument", name="USD_JPY", on=False, actor="engine")
    story.switches("halt", scope="bot", name="fast").switches("halt", on=False, scope="bot", name="fast")
    loses(tries(story.after(120), "d"))
    recovers(story).opens(session="s2").changes(-8, day_lost=True)
    tries(story.after(8 * 3600), "e")
    return story


@pytest.mark.parametrize("check", [no_entry_after_a_halt, halts_last, repeats_are_stopped])
def test_a_right_run_is_accepted(check):
    story = day()
    balances = [row.entry for row in story.rows if isinstance(row.entry, j.BalanceSeen)]
    assert [each.day_lost for each in balances] == [False, True]
    assert told(check(story.case(RULES))) == []


I15 = {
    "of the house": (
        lambda: tries(Story().opens().switches("halt"), "a"),
        "a: no entry is sent after the halt of house in entry 10, this is entry 12",
    ),
    "decided before, sent after": (
        lambda: Story().opens().intends("a").switches("kill").sends_it("a"),
        "a: no entry is sent after the kill of house in entry 11, this is entry 12",
    ),
    "of its account": (
        lambda: tries(Story().opens().switches("kill", scope="account", name=ACCOUNT), "a"),
        f"a: no entry is sent after the kill of account {ACCOUNT} in entry 10, this is entry 12",
    ),
    "of its instrument": (
        lambda: tries(Story().opens().switches("pause", scope="instrument", name=EURUSD), "a"),
        "a: no entry is sent after the pause of instrument EUR_USD in entry 10, this is entry 12",
    ),
    "of its bot": (
        lambda: tries(Story().opens().switches("exit_only", scope="bot", name="fast"), "a"),
        "a: no entry is sent after the exit_only of bot fast in entry 10, this is entry 12",
    ),
    "tripped by failures": (
        lambda: tries(Story().opens().says(
            j.SwitchTripped, switch="kill", account=ACCOUNT, instrument="", failures=5, until=0
        ), "a"),
        f"a: no entry is sent after the kill of account {ACCOUNT} in entry 10, this is entry 12",
    ),
    "another one was lifted": (
        lambda: tries(Story().opens().switches("halt").switches("kill").switches("kill", on=False), "a"),
        "a: no entry is sent after the halt of house in entry 10, this is entry 15",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("tale", "says"), I15.values(), ids=I15)
def test_i15_nothing_enters_after_a_halt(tale, says):
    assert says in told(no_entry_after_a_halt(tale().case()))


LOST = "the day was lost at 2026-01-05 15:00:00.011000000"
I17 = {
    "forgotten in a restart": (
        lambda: tries(recovers(Story().opens().switches("halt")), "a"),
        "a: the halt of house in entry 10 outlives entry 11, and this one is sent",
    ),
    "forgotten in a reload": (
        lambda: tries(Story().opens().switches("halt").says(j.Reloaded, configs=(), changed=()), "a"),
        "a: the halt of house in entry 10 outlives entry 11, and this one is sent",
    ),
    "lifted by the engine": (
        lambda: Story().opens().switches("halt").switches("halt", on=False, actor="engine"),
        "halt of house: it is lifted by a person's command, none of engine is being run",
    ),
    "lifted without a reason": (
        lambda: Story().opens().switches("kill").switches("kill", on=False, reason=" "),
        "kill of house: it is lifted for a reason, none is named",
    ),
    "lifted after the command was over": (
        lambda: Story().opens().switches("halt").says(
            j.CommandStarted, command="c", actor="bob", verb="resume", arguments=""
        ).says(j.CommandEnded, command="c", actor="bob", verb="resume", status="SUCCEEDED", result="")
        .switches("halt", on=False, actor="bob"),
        "halt of house: it is lifted by a person's command, none of bob is being run",
    ),
    "entered on a lost day": (
        lambda: tries(loses(Story().opens()), "a"),
        f"a: {LOST}, nothing enters until the next one",
    ),
    "entered on a lost day after a restart": (
        lambda: tries(recovers(loses(Story().opens())), "a"),
        f"a: {LOST}, nothing enters until the next one",
    ),
    "opened as if the day were not lost": (
        lambda: loses(Story().opens()).opens(session="s2"),
        f"{ACCOUNT}: {LOST}, the session opens as if it were not",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("tale", "says"), I17.values(), ids=I17)
def test_i17_halts_last_until_a_command(tale, says):
    assert says in told(halts_last(tale().case(RULES)))


def test_i17_a_lost_day_may_be_resumed_by_a_command():
    story = loses(Story().opens()).switches("day", on=False, scope="account", name=ACCOUNT)
    assert halts_last(tries(story, "a").case(RULES)) == []


I23 = {
    "the same again and again": (
        lambda: tries(tries(tries(tries(Story().opens(), "a"), "b"), "c"), "d"),
        "d: 3 entries in 60 s disabled fast at 2026-01-05 15:00:00.018000000, nobody enabled it since",
    ),
    "after a pause": (
        lambda: tries(tries(tries(tries(Story().opens(), "a"), "b"), "c").after(3600), "d"),
        "d: 3 entries in 60 s disabled fast at 2026-01-05 15:00:00.018000000, nobody enabled it since",
    ),
    "after a restart": (
        lambda: tries(recovers(tries(tries(tries(Story().opens(), "a"), "b"), "c")), "d"),
        "d: 3 entries in 60 s disabled fast at 2026-01-05 15:00:00.018000000, nobody enabled it since",
    ),
    "another bot was enabled": (
        lambda: tries(
            tries(tries(tries(Story().opens(), "a"), "b"), "c")
            .switches("halt", on=False, scope="bot", name="slow"), "d"
        ),
        "d: 3 entries in 60 s disabled fast at 2026-01-05 15:00:00.018000000, nobody enabled it since",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("tale", "says"), I23.values(), ids=I23)
def test_i23_a_bot_that_repeats_is_disabled(tale, says):
    assert says in told(repeats_are_stopped(tale().case(RULES)))


def test_i23_fewer_in_that_time_and_other_bots_go_on():
    story = tries(tries(Story().opens(), "a"), "b").after(61)
    tries(tries(story, "c"), "d", bot="slow")
    assert repeats_are_stopped(story.case(RULES)) == []


def test_i23_whoever_was_enabled_again_may_go_on():
    story = tries(tries(tries(Story().opens(), "a"), "b"), "c")
    tries(story.switches("halt", on=False, scope="bot", name="fast"), "d")
    assert repeats_are_stopped(story.case(RULES)) == []
