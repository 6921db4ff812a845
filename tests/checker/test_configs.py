"""I35, I36 and I37: each accepts a right run and rejects at least three wrong ones."""

from __future__ import annotations

import pytest

from checker.case import Rules
from checker.configs import live_only_when_armed, none_dropped_in_use, one_valid_config
from checker.traces import ACCOUNT, CONFIG, EURUSD, LANES, MONDAY, UNITS, Story, config, told
from checker.world import SECOND
from tickwise.journal import entries as j

LIVE = "api-fxtrade.example"
RULES = Rules(
    live_hosts=(LIVE,),
    looser={"gates.spread_pips_max": 1, "gates.score_min": -1, "account.day_loss_fraction": 1},
)


def arms(
    story: Story, until: int = MONDAY + 3600 * SECOND, account: str = ACCOUNT, digest: str = ""
) -> Story:
    digest = digest or config().digest
    return story.says(j.Armed, account=account, config_digest=digest, limits="{}", until=until, actor="ann")


def asks_live(story: Story) -> Story:
    story.intends().sends_it()
    for at in range(len(story.requests)):
        story.changes_request(at, host=LIVE)
    return story


def test_i35_a_right_run_is_accepted():
    assert told(live_only_when_armed(asks_live(arms(Story("live")).opens()).case(RULES))) == []
    assert told(live_only_when_armed(Story("paper").opens().enters().case(RULES))) == []


I35 = {
    "a paper session": (
        lambda: asks_live(arms(Story("paper")).opens()),
        f"a: a paper session reaches no live host, this reaches {LIVE}",
    ),
    "not armed": (
        lambda: asks_live(Story("live").opens()),
        f"a: an order reaches {LIVE} when its account is armed, {ACCOUNT} is not",
    ),
    "another account is armed": (
        lambda: asks_live(arms(Story("live"), account="other").opens()),
        f"a: an order reaches {LIVE} when its account is armed, {ACCOUNT} is not",
    ),
    "armed too long ago": (
        lambda: asks_live(arms(Story("live"), until=MONDAY + 10_000_000).opens()),
        f"a: an order reaches {LIVE} while its account is armed, that is over",
    ),
    "another config is armed": (
        lambda: asks_live(arms(Story("live"), digest="f00").opens()),
        "a: what was armed is the config that runs, it is another",
    ),
    "a read of a practice session": (
        lambda: Story().opens().asks("read", "GET", "/summary", host=LIVE),
        f"read: a practice session reaches no live host, this reaches {LIVE}",
    ),
    "before the books agree": (
        lambda: Story().opens().says(j.SessionRecovered, session="s1", snapshot_event=0, events_again=0)
        .intends().sends_it(),
        "a: an entry leaves after this process held its books against the venue's",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("tale", "says"), I35.values(), ids=I35)
def test_i35_no_byte_is_live_unless_armed(tale, says):
    assert says in told(live_only_when_armed(tale().case(RULES)))


def reloads(story: Story, text: str = CONFIG, **said) -> Story:  # type: ignore[no-untyped-def]
    return story.says(j.Reloaded, **{"configs": (config(text),), "changed": ("fast",), **said})


TIGHTER = CONFIG.replace("0.35", "0.2")
LOOSER = CONFIG.replace("0.35", "0.9")


def test_i36_a_right_run_is_accepted():
    story = reloads(Story().opens(), TIGHTER)
    story.says(j.CommandStarted, command="c", actor="ann", verb="reload", arguments="")
    reloads(story, LOOSER).says(
        j.CommandEnded, command="c", actor="ann", verb="reload", status="SUCCEEDED", result=""
    )
    assert told(one_valid_config(story.intends().case(RULES))) == []


I36 = {
    "another text than its digest": (
        lambda: Story().opens(configs=(j.ConfigText("fast", "00", CONFIG),)),
        "fast: the digest is that of the text, it is another",
    ),
    "half written": (
        lambda: reloads(Story().opens(), CONFIG[:20]),
        "fast: a config that runs can be read",
    ),
    "not valid": (
        lambda: reloads(Story().opens(), CONFIG + "nonsense = true\n"),
        "fast: a config that runs is valid, this one is not",
    ),
    "a limit loosened by a file": (
        lambda: reloads(Story().opens(), LOOSER),
        "fast: a file alone only tightens, gates.spread_pips_max goes from 0.35 to 0.9",
    ),
    "a limit taken out": (
        lambda: reloads(Story().opens(), 'name = "fast"\n'),
        "fast: a file alone only tightens, gates.spread_pips_max goes from 0.35 to None",
    ),
    "a minimum lowered": (
        lambda: reloads(
            Story().opens(configs=(config(CONFIG + "score_min = 2\n"),)), CONFIG + "score_min = 1\n"
        ),
        "fast: a file alone only tightens, gates.score_min goes from 2 to 1",
    ),
    "a bot without a config": (
        lambda: Story().opens().intends(bot="ghost"),
        "a: a bot decides by a config of the journal, ghost has none",
    ),
}


@pytest.mark.parametrize(("tale", "says"), I36.values(), ids=I36)
def test_i36_what_runs_is_one_valid_config(tale, says):
    case = tale().case(RULES, is_valid=lambda text: "nonsense" not in text)
    assert any(each.startswith(says) for each in told(one_valid_config(case)))


ONLY_SLOW = (LANES[1],)


def test_i37_a_right_run_is_accepted():
    story = reloads(Story().opens().enters(), lanes=ONLY_SLOW, exit_only=("fast",))
    story.exits().intends("s", bot="slow")
    reloads(story, lanes=LANES).intends("b")
    assert told(none_dropped_in_use(story.case(quiet=(story.now,)))) == []


I37 = {
    "dropped with a position": (
        lambda: reloads(Story().opens().enters(), lanes=ONLY_SLOW),
        "fast EUR_USD: it is taken out and open, so it only leaves; that is not said",
    ),
    "dropped with an order in doubt": (
        lambda: reloads(Story().opens().intends().sends_it().doubts(), lanes=ONLY_SLOW),
        "fast EUR_USD: it is taken out and open, so it only leaves; that is not said",
    ),
    "enters though it only leaves": (
        lambda: reloads(Story().opens().enters(), lanes=ONLY_SLOW, exit_only=("fast",)).intends("b"),
        "b: fast EUR_USD was taken out and only leaves, this enters",
    ),
    "enters after it was flat": (
        lambda: reloads(Story().opens().enters(), lanes=ONLY_SLOW, exit_only=(EURUSD,)).exits().intends("b"),
        "b: fast EUR_USD was taken out and only leaves, this enters",
    ),
    "forgotten": (
        lambda: reloads(
            Story().opens().intends().sends_it().is_made(), lanes=ONLY_SLOW, exit_only=("fast",)
        ).trades(units=UNITS),
        "t-a: it is open at the broker, and nobody here holds it since a",
    ),
}


@pytest.mark.parametrize(("tale", "says"), I37.values(), ids=I37)
def test_i37_nothing_is_dropped_that_is_open(tale, says):
    story = tale()
    assert says in told(none_dropped_in_use(story.case(quiet=(story.now,))))
