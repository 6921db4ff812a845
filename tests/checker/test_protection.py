"""I11, I12, I13, I20 and I41: each accepts a right run and rejects at least three wrong ones."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checker.bare import never_bare
from checker.case import Case, Rules
from checker.case import Stop as Killed
from checker.payload import bytes_are_the_intent
from checker.protection import exits_always_leave, never_looser, no_entry_without_a_stop
from checker.traces import ACCOUNT, ASK, BOT, EURUSD, STOP, UNITS, Story, told
from checker.world import SECOND, Asked, Rests
from tickwise.journal import entries as j

RESTING = ASK - STOP


def rests(story: Story, stop: int, trade: str = "t-a", **said) -> Story:  # type: ignore[no-untyped-def]
    """Let a stop rest at the broker."""
    story.now += 1_000_000
    return story.happens(Rests(story.now, ACCOUNT, story.next_mark(), trade, stop, **said))


def moves(story: Story, stop: int, reason: str = "trailing") -> Story:
    """Decide on a better stop and ask for it."""
    story.says(
        j.StopIntent,
        position="a",
        lane=0,
        bot=BOT,
        instrument=EURUSD,
        account=ACCOUNT,
        stop=stop,
        reason=reason,
    )
    path, body = "/trades/t-a/orders", {"stopLoss": stop}
    story.marks("a", Asked(0, "set_stop", "PUT", path, b""), verb="set_stop")
    return story.asks("set_stop", "PUT", path, body, trade="t-a", stop=stop)


def day() -> Story:
    """A right run: a stop that trails, one that a person takes away and that is set again, and exits."""
    story = rests(moves(Story().opens().enters(), RESTING + 50), RESTING + 50)
    rests(story.after(3), 0, by="user").after(2)
    rests(moves(story, RESTING + 50, "set again"), RESTING + 50)
    story.wants_out("x0").says(j.Denied, order="x0", lane=0, why="restart", is_exit=True)
    story.exits("x1").after(20)
    short = story.intends("s", -UNITS).sends_it("s").is_made("s").trades("s", price=110_000).knows("s")
    return short.wants_out("s-x", "s", 4_000).sends_out("s-x", "s", part=4_000).after(30)


RULES = Rules(bare_ns_max=3 * SECOND, requests_per_s=60)


@pytest.mark.parametrize(
    "check",
    [no_entry_without_a_stop, never_bare, never_looser, exits_always_leave, bytes_are_the_intent],
)
def test_a_right_run_is_accepted(check):
    assert told(check(day().case(RULES))) == []


I11 = {
    "decided without": (
        lambda: Story().opens().intends(stop=0),
        "a: an entry is decided with a stop, its distance is 0",
    ),
    "left out of the bytes": (
        lambda: Story().opens().intends().sends_it(stop=0),
        "a: an entry leaves with a stop, the bytes say 0",
    ),
    "on the wrong side": (
        lambda: Story().opens().intends().sends_it(stop=-300),
        "a: an entry leaves with a stop, the bytes say -300",
    ),
}


@pytest.mark.parametrize(("tale", "says"), I11.values(), ids=I11)
def test_i11_no_entry_is_without_a_stop(tale, says):
    assert says in told(no_entry_without_a_stop(tale().case()))


BARE = "and nothing leaves the position"
I12 = {
    "never set": (
        lambda: Story().opens().intends().sends_it().is_made().trades(stop=None).after(10),
        f"a: no stop at the broker for 10.000 s, 3.000 s at most, {BARE}",
    ),
    "taken away and not set again": (
        lambda: rests(Story().opens().enters().after(60), 0, by="user").after(10),
        f"a: no stop at the broker for 10.000 s, 3.000 s at most, {BARE}",
    ),
    "cancelled before the next one rests": (
        lambda: rests(rests(Story().opens().enters(), 0).after(5), RESTING + 10).after(60),
        f"a: no stop at the broker for 5.001 s, 3.000 s at most, {BARE}",
    ),
    "left too late": (
        lambda: rests(Story().opens().enters(), 0, by="user").after(4).wants_out().after(4),
        f"a: no stop at the broker for 8.001 s, 3.000 s at most, {BARE}",
    ),
    "an adopted one": (
        lambda: Story().opens().user_opens("t-u").sees_foreign("t-u").says(
            j.Adopted, venue_id="t-u", position="p", lane=0, units=500, price=ASK, stop=0, target=0
        ).after(9),
        f"p: no stop at the broker for 9.002 s, 3.000 s at most, {BARE}",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("tale", "says"), I12.values(), ids=I12)
def test_i12_no_position_is_bare(tale, says):
    assert says in told(never_bare(tale().case(RULES)))


def test_i12_a_position_that_is_left_in_time_may_be_bare():
    story = rests(Story().opens().enters(), 0, by="user").after(2).wants_out().after(4)
    assert never_bare(story.case(RULES)) == []


def test_i12_what_is_not_ours_is_not_protected():
    assert never_bare(Story().opens().user_opens().sees_foreign().after(60).case(RULES)) == []


def loses(story: Story, seen_s: float | None = 0.0) -> Story:
    """Let a person take the stop away, and the client see it so much later; None is never."""
    seen = {} if seen_s is None else {"visible_ts": story.now + round(seen_s * SECOND) + 1_000_000}
    return rests(story, 0, by="user", **seen)


def alarms(story: Story, what: str = "no_stop", position: str = "a") -> Story:
    """Tell a person of a position."""
    return story.says(j.Alarm, level="critical", what=what, says=f"{position}: no stop at the venue")


def reads_all(story: Story) -> Story:
    """Hold our books against all that the broker has."""
    return story.says(j.Reconciled, account=ACCOUNT, mark=story.mark)


def bare(seen_s: float | None = 0.0) -> Story:
    """A position whose stop is taken away, of which a person hears."""
    return alarms(loses(Story().opens().enters().after(60), seen_s).after(0.5))


def refused(again_s: float) -> Story:
    """A broker that does not let a position be left; it is asked again, and lets it."""
    story = alarms(bare().after(1.5).wants_out("x0").sends_out("x0").after(3), "not_flat")
    story.ends("x0", "rejected").after(again_s)
    return story.wants_out("x1").sends_out("x1").leaves("x1").knows_out("x1").after(60)


def killed(then: Callable[[Story], Story]) -> Case:
    """A process that is killed just after a stop was taken away; the next one looks a minute later."""
    story = loses(Story().opens().enters().after(60))
    stop = Killed(story.now + SECOND // 10, len(story.rows))
    return then(reads_all(story.after(60))).case(LAW, stops=(stop,))


LAW = Rules(bare_ns_max=600 * SECOND)

HELD = {
    "set again": lambda: rests(bare().after(2), RESTING).after(60),
    "left": lambda: bare().after(1.5).exits().after(60),
    "not let out by the broker, and asked again": lambda: refused(100),
    "seen by nobody, found by a read": lambda: rests(bare(100.0).after(99), RESTING).after(60),
    "set again at once": lambda: rests(loses(Story().opens().enters()).after(0.6), RESTING).after(60),
    "on its way out already": lambda: alarms(
        alarms(loses(Story().opens().enters().wants_out().sends_out().doubts("a-x1")).after(0.5)).after(4.5),
        "not_flat",
    ).after(20),
}  # fmt: skip


@pytest.mark.parametrize("tale", HELD.values(), ids=HELD)
def test_i12_what_is_told_and_set_again_or_left_in_time_is_accepted(tale):
    assert told(never_bare(tale().case(LAW))) == []


def test_i12_a_process_that_was_killed_has_time_from_its_next_look():
    assert told(never_bare(killed(lambda story: rests(alarms(story.after(0.5)).after(3), RESTING)))) == []


HEARS = "a: a person hears within 1.000 s that it has no stop, nobody did"
FLAT = "a: without a stop it is flat within 5.000 s"
UNTOLD = {
    "nobody hears": (lambda: rests(loses(Story().opens().enters()).after(3), RESTING).after(60), HEARS),
    "a person hears too late": (
        lambda: rests(alarms(loses(Story().opens().enters()).after(1.5)).after(1), RESTING).after(60),
        HEARS,
    ),
    "of another position": (
        lambda: rests(alarms(loses(Story().opens().enters()), position="b").after(3), RESTING),
        HEARS,
    ),
    "the journal knows and nobody hears": (
        lambda: rests(reads_all(loses(Story().opens().enters(), None)).after(3), RESTING).after(60),
        HEARS,
    ),
    "made without one": (
        lambda: Story().opens().intends().sends_it().is_made().trades(stop=None).knows().after(4),
        HEARS,
    ),
    "neither set again nor left": (lambda: bare().after(6), f"{FLAT}, nothing sent leaves it"),
    "left too late": (lambda: bare().after(6).exits(), f"{FLAT}, nothing sent leaves it"),
    "decided and not sent": (lambda: bare().after(1).wants_out().after(6), f"{FLAT}, nothing sent leaves it"),
    "not let out, and nobody hears": (
        lambda: bare().after(1).wants_out().sends_out().after(6),
        f"{FLAT}, it is not and nobody was told",
    ),
    "not let out, and given up": (
        lambda: refused(200),
        "a: leaving it is asked for again within 180 s, it was not",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("tale", "says"), UNTOLD.values(), ids=UNTOLD)
def test_i12_a_position_without_a_stop_is_told_and_flat_in_time(tale, says):
    assert told(never_bare(tale().case(LAW)))[:1] == [says]


def test_i12_a_process_that_was_killed_is_no_excuse_after_its_next_look():
    assert told(never_bare(killed(lambda story: story.after(20)))) == [
        HEARS,
        f"{FLAT}, nothing sent leaves it",
    ]


I13 = {
    "loosened": (
        lambda: rests(moves(Story().opens().enters(), RESTING - 10), RESTING - 10),
        f"a: a stop at {RESTING} moves toward less risk, not to {RESTING - 10}",
    ),
    "taken away by us": (
        lambda: rests(Story().opens().enters(), 0),
        f"a: a stop at {RESTING} moves toward less risk, not to 0",
    ),
    "set again lower than it was": (
        lambda: rests(rests(Story().opens().enters(), 0, by="user"), RESTING - 1),
        f"a: a stop at {RESTING} moves toward less risk, not to {RESTING - 1}",
    ),
    "a short one raised": (
        lambda: rests(Story().opens().intends(units=-UNITS).sends_it().is_made().trades().knows(), 110_303),
        "a: a stop at 110302 moves toward less risk, not to 110303",
    ),
}


@pytest.mark.parametrize(("tale", "says"), I13.values(), ids=I13)
def test_i13_a_stop_only_gets_better(tale, says):
    assert says in told(never_looser(tale().case()))


def test_i13_a_command_may_loosen_a_stop():
    story = Story().opens().enters()
    story.says(j.CommandStarted, command="c77", actor="ann", verb="stop", arguments="{}")
    assert never_looser(rests(moves(story, RESTING - 10, "command c77"), RESTING - 10).case()) == []


def test_i13_a_target_that_moves_while_there_is_no_stop_loosens_nothing():
    story = rests(rests(Story().opens().enters(), 0, by="user"), 0, target=120_000)
    assert never_looser(rests(story, RESTING).case()) == []


def reads(count: int) -> Story:
    story = Story().opens()
    for number in range(count):
        story.asks("read", "GET", f"/summary?{number}")
    return story


I20 = {
    "denied by a halt": (
        lambda: Story().opens().enters().switches("halt").wants_out()
        .says(j.Denied, order="a-x1", lane=0, why="halt of house", is_exit=True).after(60),
        "a-x1: no gate, halt or limit denies an exit, this one was: halt of house",
    ),
    "denied by a limit, though not said to be an exit": (
        lambda: Story().opens().enters().wants_out()
        .says(j.Denied, order="a-x1", lane=0, why="too many requests").after(60),
        "a-x1: no gate, halt or limit denies an exit, this one was: too many requests",
    ),
    "kept waiting": (
        lambda: Story().opens().enters().wants_out().after(7).sends_out(),
        "a-x1: an exit leaves within 2.0 s, this one did not",
    ),
    "reads take all": (
        lambda: reads(50),
        ": 42 requests a second that reduce no risk, the rest is kept; these are 43",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("tale", "says"), I20.values(), ids=I20)
def test_i20_exits_always_leave(tale, says):
    assert says in told(exits_always_leave(tale().case(RULES)))


def test_i20_an_exit_that_died_with_its_process_is_excused():
    story = Story().opens().enters().wants_out().after(7)
    stop = Killed(story.now - 6 * SECOND, len(story.rows))
    assert exits_always_leave(story.case(RULES, stops=(stop,))) == []


I41 = {
    "lots as units": (
        lambda: Story().opens().intends().sends_it(units=1_000_000_000),
        "a: units: decided is 10000, the bytes say 1000000000",
    ),
    "the other side": (
        lambda: Story().opens().intends().sends_it(units=-UNITS),
        "a: units: decided is 10000, the bytes say -10000",
    ),
    "pips as points": (
        lambda: Story().opens().intends().sends_it(stop=3_000),
        "a: stop: decided is 300, the bytes say 3000",
    ),
    "another instrument": (
        lambda: Story().opens().intends().sends_it(instrument="USD_JPY"),
        "a: instrument: decided is EUR_USD, the bytes say USD_JPY",
    ),
    "no bound": (
        lambda: Story().opens().intends().sends_it(bound=0),
        "a: bound: decided is 110005, the bytes say 0",
    ),
    "a bound on the wrong side": (
        lambda: Story().opens().intends(bound=109_000).sends_it(),
        "a: bound: the worst price 109000 is better than the price 110002",
    ),
    "bytes nobody can read": (
        lambda: Story().opens().intends().sends_it().changes_request(0, says="1.5 units are no whole steps"),
        "a: the bytes can be read by another parser, they cannot: 1.5 units are no whole steps",
    ),
    "an entry nobody decided": (
        lambda: Story().opens().asks("enter", "POST", "/orders", order="z", stop=1),
        "z: an entry leaves for an intent, there is none of this id",
    ),
    "too much is left": (
        lambda: Story().opens().enters().wants_out(units=-10).sends_out(part=100),
        "leave t-a: units: to leave [10] was decided, the bytes say 100",
    ),
    "another position is left": (
        lambda: Story().opens().enters().wants_out().asks("leave", "PUT", "/trades/t9/close", trade="t9"),
        "leave t9: position t9 of the broker is not known here",
    ),
    "a stop nobody decided": (
        lambda: moves(Story().opens().enters(), RESTING + 5).changes_request(-1, stop=RESTING + 6),
        f"set_stop t-a: stop: decided are [{RESTING}, {RESTING + 5}], the bytes say {RESTING + 6}",
    ),
}


@pytest.mark.parametrize(("tale", "says"), I41.values(), ids=I41)
def test_i41_the_bytes_say_what_was_decided(tale, says):
    assert says in told(bytes_are_the_intent(tale().case()))
