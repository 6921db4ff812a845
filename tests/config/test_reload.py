"""Claims about changed files: taken whole or not at all, and a file alone makes nothing looser."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickwise.config import settings_table
from tickwise.config.bot import SECTIONS
from tickwise.config.engine import engine_rows
from tickwise.config.looser import Moved
from tickwise.config.reload import Change, Configs, Refusal, Source, configs_of, reloaded

FILE = "bots/one.toml"
HEAD = 'name = "one"\nstrategy = "fast_scalp"\ninstruments = ["EUR_USD"]\n'
BODY = (
    "[gates]\nspread_pips_max = 1.0 # wide\nper_day_max = 50\n"
    "[exits]\nstop_pips = 20.5\nsoft_stop_pips = 5\n"
    "[states.range.gates]\nspread_pips_max = 0.8\n"
    "# the end\n"
)


def configs(*texts: str, engine: str = "") -> Configs:
    """Read bots, each in a file of its own."""
    files = {f"bots/{place}.toml": text.encode() for place, text in enumerate(texts)}
    found = configs_of({**files, **({"tickwise.toml": engine.encode()} if engine else {})})
    assert isinstance(found, Configs)
    return found


def one(text: str) -> Configs:
    found = configs_of({FILE: text.encode()})
    assert isinstance(found, Configs)
    return found


def after(was: str, now: str, **how: bool) -> Change | Refusal:
    return reloaded(one(was), {FILE: now.encode()}, **how)


def problems(was: str, now: str, **how: bool) -> tuple[str, ...]:
    found = after(was, now, **how)
    assert isinstance(found, Refusal)
    return found.problems


def verdicts(found: Change | Refusal) -> dict[str, str]:
    assert isinstance(found, Change), found
    return {each.key: each.verdict for each in found.moved}


def test_a_tighter_limit_and_a_param_are_taken_from_the_file() -> None:
    found = after(HEAD + BODY, HEAD + "[params]\nthreshold_pips = 0.7\n" + BODY.replace("1.0", "0.9"))
    assert isinstance(found, Change)
    assert found.moved == (
        Moved("one", "gates.spread_pips_max", "1.0", "0.9", "tighter"),
        Moved("one", "params.threshold_pips", "not set", "0.7", "free"),
    )
    assert found.configs.bots[FILE].gates.spread_pips_max == 0.9
    assert found.says == (
        "one: gates.spread_pips_max 1.0 to 0.9",
        "one: params.threshold_pips not set to 0.7",
    )


def test_a_looser_limit_needs_a_command_with_a_reason() -> None:
    was, now = HEAD + BODY, HEAD + BODY.replace("1.0", "1.5").replace("per_day_max = 50", "per_day_max = 60")
    assert problems(was, now) == (
        "bots/one.toml: gates.spread_pips_max = 1.5 is looser than 1.0: needs `tickwise reload "
        "--allow-looser --reason TEXT`",
        "bots/one.toml: gates.per_day_max = 60 is looser than 50: needs `tickwise reload "
        "--allow-looser --reason TEXT`",
    )
    assert problems(was, now, by_command=True) == problems(was, now)
    allowed = after(was, now, by_command=True, allow_looser=True)
    assert verdicts(allowed) == {"gates.spread_pips_max": "looser", "gates.per_day_max": "looser"}


LOOSER = [
    ("gates.spread_pips_max", 1.0, -1.0),
    ("gates.per_day_max", 50, 0),
    ("gates.day_loss_fraction_max", 0.03, 0.0),
    ("gates.day_loss_fraction_max", 0.03, 0.04),
    ("gates.spacing_s", 2.5, 1.0),
    ("gates.spread_monitor", True, False),
    ("gates.states", ["range"], ["range", "trend"]),
    ("gates.group", "dollar", "euro"),
    ("exits.stop_pips", 30, 31),
    ("exits.stop_pips", 30, 0),
    ("exits.soft_stop_pips", 5, 0),
    ("exits.day_loss_flatten", True, False),
    ("sizing.units_max", 20_000, 30_000),
    ("sizing.units_max", 20_000, 0),
    ("sizing.risk_fraction", 0.005, 0.006),
    ("sizing.units_fixed", 10_000, 0),
    ("sizing.ramp", 0.9, 1.0),
    ("fills.slippage_pips_max", 1.0, 0.0),
    ("account.kill_failures", 5, 0),
    ("account.kill_window_s", 300, 60),
    ("account.day_loss_resume", "command", "next_day"),
    ("calendar.sessions", ["london"], []),
    ("calendar.sessions", ["london"], ["asia"]),
    ("calendar.sessions_disabled", ["asia"], []),
    ("calendar.quiet_windows", ["03:00-05:30 Asia/Tokyo"], ["03:00-05:00 Asia/Tokyo"]),
    ("calendar.news_currencies", ["EUR", "USD"], []),
    ("calendar.news_categories", [], ["crypto"]),
    ("calendar.news_file", "week.json", ""),
    ("calendar.news_before_min", 30, 20),
    ("calendar.closures_left_out", [], ["christmas"]),
    ("market.spread_monitor_ratio_max", 2.0, 3.0),
    ("auto_trade", False, True),
]


def document(key: str, value: Any) -> str:
    """Write a bot that says one setting, and what that setting needs beside it."""
    from tickwise.config.setting import written

    table, _, name = key.rpartition(".")
    beside = "group_fraction_max = 1.0\n" if name == "group" else ""
    lines = f"{name} = {written(value)}\n{beside}"
    kept = "[sizing]\nrisk_fraction = 0.005\n" if table != "sizing" else "pocket_share = 0.1\n"
    return HEAD + (f"[{table}]\n{lines}{kept}" if table else f"{lines}{kept}")


@pytest.mark.parametrize(("key", "tight", "loose"), LOOSER, ids=[f"{k} {t} {n}" for k, t, n in LOOSER])
def test_what_is_looser_is_refused_and_the_way_back_is_taken(key: str, tight: Any, loose: Any) -> None:
    tight_text, loose_text = document(key, tight), document(key, loose)
    assert problems(tight_text, loose_text)[0].startswith(f"bots/one.toml: {key} = ")
    assert "is looser than" in problems(tight_text, loose_text)[0]
    incomparable = key in ("gates.group", "calendar.news_currencies", "calendar.news_categories") or (
        key in ("calendar.quiet_windows",) or loose == ["asia"]
    )
    if not incomparable:
        assert set(verdicts(after(loose_text, tight_text)).values()) == {"tighter"}


def test_a_setting_left_out_counts_as_what_it_is_then() -> None:
    sized = HEAD + "[sizing]\nrisk_fraction = 0.005\n"
    assert verdicts(after(sized, sized + "units_max = 20_000\n")) == {"sizing.units_max": "tighter"}
    assert "looser than" in problems(sized, sized + "units_max = 60_000\n")[0]
    assert verdicts(after(sized, sized + "units_max = 50_000\n")) == {}
    assert "looser than" in problems(sized, sized.replace("risk_fraction = 0.005", "risk_fraction = 0"))[0]
    other_rule = HEAD + "[sizing]\nunits_fixed = 50_000\n"
    assert "sizing.risk_fraction = 0.0 is looser" in problems(sized, other_rule, by_command=True)[0]


def test_a_state_of_the_market_is_no_way_around_a_limit() -> None:
    calm = HEAD + "[gates]\nspread_pips_max = 0.5\n"
    says = problems(calm, calm + "[states.volatile.gates]\nspread_pips_max = 3.0\n")
    assert says == (
        "bots/one.toml: states.volatile.gates.spread_pips_max = 3.0 is looser than 0.5: needs "
        "`tickwise reload --allow-looser --reason TEXT`",
    )
    tight = after(calm, calm + "[states.volatile.gates]\nspread_pips_max = 0.2\n")
    assert verdicts(tight) == {"states.volatile.gates.spread_pips_max": "tighter"}


FIXED = [
    (HEAD, HEAD.replace("fast_scalp", "trend_pullback"), 'strategy = "trend_pullback": it is "fast_scalp"'),
    (HEAD, HEAD + 'accounts = ["other"]\n', 'accounts = ["other"]: it is ["main"]'),
    (HEAD, HEAD + 'pocket = "other"\n', 'pocket = "other": it is ""'),
    (HEAD, HEAD + "[account]\nbalance = 1e6\n", "account.balance = 1_000_000.0: it is 100_000.0"),
    (
        HEAD,
        HEAD + "[instrument.EUR_USD]\ntick = 0.0001\n",
        'instrument.EUR_USD.tick = "0.0001": it is not set',
    ),
]


@pytest.mark.parametrize(("was", "now", "says"), FIXED, ids=[says for *_, says in FIXED])
def test_what_is_fixed_stays_even_by_command(was: str, now: str, says: str) -> None:
    found = problems(was, now, by_command=True, allow_looser=True)
    assert f"bots/one.toml: {says} while the engine runs; start the engine anew to change it" in found


ENGINE_FIXED = [
    "live = true\n",
    '[venue]\nenvironment = "live"\n',
    '[venue]\naccount = "001-001"\n',
    '[venue]\nname = "oanda"\n',
    'db = "other.db"\n',
    '[orders]\nprefix = "x"\n',
]


@pytest.mark.parametrize("text", ENGINE_FIXED)
def test_paper_never_becomes_live_by_a_file_nor_by_a_reload(text: str) -> None:
    was = configs(HEAD, engine="[log]\nlevel = 'info'\n")
    files = {**was.texts, "tickwise.toml": (text + "[log]\nlevel = 'info'\n").encode()}
    for allow in (False, True):
        found = reloaded(was, files, by_command=True, allow_looser=allow)
        assert isinstance(found, Refusal)
        assert "while the engine runs; start the engine anew" in found.problems[0]


def test_limits_of_the_engine_may_only_tighten_too() -> None:
    was = configs(HEAD, engine="[last_hop]\nunits_max = 100_000\n")
    tighter = reloaded(was, {**was.texts, "tickwise.toml": b"[last_hop]\nunits_max = 50_000\n"})
    assert verdicts(tighter) == {"last_hop.units_max": "tighter"}
    looser = reloaded(was, {**was.texts, "tickwise.toml": b"[last_hop]\nunits_max = 0\n"})
    assert isinstance(looser, Refusal)
    assert "tickwise.toml: last_hop.units_max = 0.0 is looser than 100_000.0" in looser.problems[0]


def test_bots_and_instruments_come_and_go_and_what_goes_only_leaves() -> None:
    two = HEAD.replace("one", "two").replace('["EUR_USD"]', '["EUR_USD", "GBP_USD"]')
    three = HEAD.replace("one", "three")
    was = configs(HEAD, two)
    files = {"bots/1.toml": two.replace("EUR_USD", "USD_JPY").encode(), "bots/9.toml": three.encode()}
    found = reloaded(was, files)
    assert isinstance(found, Change)
    assert (found.added, found.moved) == (("three",), ())
    assert found.exit_only == (("one", "EUR_USD"), ("two", "EUR_USD"))
    assert found.opened == (("two", "USD_JPY"), ("three", "EUR_USD"))
    assert found.says == (
        "three: new",
        "two: USD_JPY is new",
        "one: EUR_USD only leaves from now on",
        "two: EUR_USD only leaves from now on",
    )


def test_a_bot_that_is_switched_off_only_leaves_and_may_be_switched_on_by_its_file() -> None:
    off = after(HEAD, HEAD + "enabled = false\n")
    assert isinstance(off, Change)
    assert off.exit_only == (("one", "EUR_USD"),)
    on = after(HEAD + "enabled = false\n", HEAD + "enabled = true\n")
    assert isinstance(on, Change)
    assert on.opened == (("one", "EUR_USD"),)


def test_a_file_that_moved_and_one_with_other_comments_change_nothing() -> None:
    was = one(HEAD + BODY)
    found = reloaded(was, {"bots/moved.toml": (HEAD + "# a comment\n" + BODY).encode()})
    assert isinstance(found, Change)
    assert found.is_empty
    assert found.configs.digest == was.digest


def test_every_problem_of_every_file_is_listed_and_nothing_is_taken() -> None:
    was = configs(HEAD, HEAD.replace("one", "two"))
    files = {
        "bots/0.toml": (HEAD + "[gates]\nspacing_s = 'x'\nspread_pips_max = nan\n").encode(),
        "bots/1.toml": (HEAD.replace("one", "two") + "[gatess]\n[gates]\nspacing = 3\n").encode(),
        "bots/2.toml": HEAD.replace("one", "two").encode(),
        "bots/3.toml": HEAD.replace("one", "two").encode(),
        "bots/4.toml": b"name = ",
        "tickwise.toml": b"[orders]\ntimeout_s = -1\n",
    }
    found = reloaded(was, files)
    assert isinstance(found, Refusal)
    assert [line.split(" ")[0] + " " + line.split(" ")[1] for line in found.problems] == [
        "bots/0.toml: gates.spread_pips_max",
        "bots/0.toml: gates.spacing_s",
        "bots/1.toml: gatess:",
        "bots/1.toml: gates.spacing:",
        "bots/4.toml: not",
        "tickwise.toml: orders.timeout_s",
        "bots/3.toml: name",
        "bots/4.toml: it",
    ]


@pytest.mark.parametrize("place", range(len(HEAD + BODY) + 1))
def test_a_file_cut_at_any_byte_never_becomes_half_a_config(place: int) -> None:
    whole = (HEAD + BODY).encode()
    was = one(HEAD + BODY)
    found = reloaded(was, {FILE: whole[:place]})
    if isinstance(found, Change):
        assert found.is_empty
        assert found.configs.bots[FILE] == was.bots[FILE]
    other = whole.replace(b"1.0", b"0.9").replace(b"20.5", b"19.5").replace(b"0.8", b"0.7")
    cut = reloaded(was, {FILE: other[:place]})
    complete = reloaded(was, {FILE: other})
    assert isinstance(complete, Change)
    if isinstance(cut, Change):
        assert cut.moved == complete.moved


def test_a_file_that_lost_its_end_is_taken_when_a_person_says_so() -> None:
    short = HEAD + "[gates]\nspread_pips_max = 1.0 # wide\nper_day_max = 50\n"
    was = HEAD + BODY.replace("20.5", "30.0").replace("0.8", "1.0")
    assert problems(was, short) == (
        "bots/one.toml: all from exits.stop_pips on is gone, so it may be cut off; "
        "`tickwise reload` takes it so",
    )
    assert verdicts(after(was, short, by_command=True)) == {}


def test_what_stands_over_the_files_stands_over_changed_ones_too() -> None:
    source = Source(
        overrides={"gates.spacing_s": "9"},
        environ={"TICKWISE_GATES_SPREAD_PIPS_MAX": "0.2", "TICKWISE_LOG_LEVEL": "error"},
    )
    was = configs_of({FILE: HEAD.encode(), "tickwise.toml": b""}, source)
    assert isinstance(was, Configs)
    loose = HEAD + "[gates]\nspacing_s = 1\nspread_pips_max = 5.0\n"
    found = reloaded(was, {FILE: loose.encode(), "tickwise.toml": b"[log]\nlevel = 'debug'\n"}, source)
    assert isinstance(found, Change)
    assert found.is_empty


def test_the_digest_names_what_the_bots_are_and_not_how_they_are_written() -> None:
    assert one(HEAD + BODY).digest == one("# hello\n" + HEAD + BODY).digest
    assert one(HEAD + BODY).digest != one(HEAD + BODY.replace("1.0", "0.9")).digest
    assert configs(HEAD).digest != configs(HEAD, HEAD.replace("one", "two")).digest
    assert configs(HEAD).digest != configs(HEAD, engine="[last_hop]\nunits_max = 1\n").digest


def test_every_limit_of_the_gates_and_of_sizing_says_what_is_looser() -> None:
    free = {row.key for row in (*settings_table(), *engine_rows()) if row.looser is None}
    assert {key for key in free if key.startswith(("gates.", "sizing.", "account.", "instrument."))} == set()
    assert {key for key in free if key.startswith("calendar.")} == set()
    assert {key for key in free if key.startswith("exits.")} == {
        "exits.target_pips",
        "exits.target_adds_spread",
        "exits.target_spread_pips_min",
        "exits.target_fraction",
        "exits.anchor",
        "exits.time_stop_gain_pips",
        "exits.trail_start_pips",
        "exits.trail_pips",
        "exits.trail_step_pips",
        "exits.break_even_trigger_pips",
        "exits.break_even_offset_pips",
        "exits.partial_trigger_pips",
        "exits.partial_fraction",
    }
    assert {key.split(".")[0] for key in free if "." in key} <= {
        "exits", "fills", "market", "states", "params", "orders", "news", "log", "reload",
    }  # fmt: skip


numbers = st.sampled_from(
    [row for row in settings_table() if row.looser in ("up", "down") and "." in row.key]
)


@settings(max_examples=60)
@given(numbers, st.sampled_from([0, 0.1, 0.5, 1, 2, 5, 30]), st.sampled_from([0, 0.1, 0.5, 1, 2, 5, 30]))
def test_of_any_two_values_of_a_limit_at_most_one_way_is_tighter(row: Any, first: Any, second: Any) -> None:
    """Where both files can be meant: what is tighter one way is looser the other."""
    kind = SECTIONS[row.key.split(".")[0]].model_fields[row.key.split(".")[1]].annotation
    if kind is bool:
        first, second = bool(first), bool(second)
    elif kind is int:
        first, second = int(first), int(second)
    texts = [document(row.key, first).encode(), document(row.key, second).encode()]
    read = [configs_of({FILE: text}) for text in texts]
    if isinstance(read[0], Refusal) or isinstance(read[1], Refusal):
        return
    there, back = reloaded(read[0], {FILE: texts[1]}), reloaded(read[1], {FILE: texts[0]})
    if read[0].bots[FILE] != read[1].bots[FILE]:
        assert isinstance(there, Change) != isinstance(back, Change)
