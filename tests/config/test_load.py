"""Claims about reading a bot: layers of what is said, and one clear line for what cannot be meant."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickwise.config import Row, bot_of, changed, load_bot, settings_table
from tickwise.config.bot import SECTIONS
from tickwise.config.files import toml_of
from tickwise.errors import TickwiseError
from tickwise.kernels.strategy_file import names

HEAD = 'name = "one"\nstrategy = "fast_scalp"\ninstruments = ["EUR_USD"]\n'
NO_VARIABLES: Mapping[str, str] = {}
PLAIN: dict[str, Any] = {"name": "one", "strategy": "fast_scalp", "instruments": ["EUR_USD"]}


def write(folder: Path, text: str) -> Path:
    place = folder / "bot.toml"
    place.write_text(text, encoding="utf-8")
    return place


def message(
    place: Path, overrides: Mapping[str, Any] | None = None, environ: Mapping[str, str] = NO_VARIABLES
) -> str:
    """Load what cannot be meant and give the error without its folder."""
    with pytest.raises(TickwiseError) as caught:
        load_bot(place, overrides or {}, environ)
    return str(caught.value).replace(f"{place.parent}/", "")


def test_a_file_of_three_lines_is_fast_scalp_with_its_defaults(tmp_path: Path) -> None:
    bot = load_bot(write(tmp_path, HEAD), environ=NO_VARIABLES)
    assert (bot.gates.spread_pips_max, bot.gates.spacing_s, bot.gates.per_minute_max) == (0.35, 2.5, 24)
    assert (bot.exits.target_pips, bot.exits.stop_pips, bot.exits.soft_stop_pips) == (1.0, 30.0, 5.0)
    assert (bot.exits.time_stop_s, bot.exits.time_stop_gain_pips) == (60.0, 0.4)
    assert (bot.sizing.risk_fraction, bot.sizing.pocket_share, bot.gates.pocket_loss_fraction_max) == (
        0.005,
        0.12,
        0.02,
    )
    assert bot.calendar.quiet_windows == ("03:00-05:30 Asia/Tokyo",)
    assert bot.folder == tmp_path.resolve()


def test_a_strategy_that_brings_its_own_distances_has_none_by_default() -> None:
    bot = bot_of({"name": "one", "strategy": "trend_pullback", "instruments": ["EUR_USD"]})
    assert (bot.exits.target_pips, bot.exits.stop_pips, bot.exits.time_stop_s) == (0.0, 0.0, 0.0)
    assert bot.exits.time_stop_gain_pips is None


def test_naming_a_rule_of_sizing_means_that_rule_alone(tmp_path: Path) -> None:
    bot = load_bot(write(tmp_path, HEAD + "[sizing]\nunits_fixed = 20_000\n"), environ=NO_VARIABLES)
    assert (bot.sizing.units_fixed, bot.sizing.risk_fraction, bot.sizing.pocket_share) == (20_000.0, 0.0, 0.0)


def test_a_target_in_percent_takes_the_place_of_the_one_in_pips(tmp_path: Path) -> None:
    bot = load_bot(write(tmp_path, HEAD + "[exits]\ntarget_fraction = 0.3\n"), environ=NO_VARIABLES)
    assert (bot.exits.target_pips, bot.exits.target_fraction, bot.exits.stop_pips) == (0.0, 0.3, 30.0)


def test_the_command_line_stands_above_the_environment_and_that_above_the_file(tmp_path: Path) -> None:
    place = write(tmp_path, HEAD + "[gates]\nspread_pips_max = 1.0\nspacing_s = 1.0\nper_day_max = 1\n")
    environ = {"TICKWISE_GATES_SPREAD_PIPS_MAX": "2.0", "TICKWISE_GATES_SPACING_S": "2.0", "PATH": "/bin"}
    bot = load_bot(place, {"gates.spread_pips_max": "3.0"}, environ)
    assert (bot.gates.spread_pips_max, bot.gates.spacing_s, bot.gates.per_day_max) == (3.0, 2.0, 1)


def test_a_variable_of_the_process_is_heard_without_being_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TICKWISE_AUTO_TRADE", "off")
    assert load_bot(write(tmp_path, HEAD)).auto_trade is False


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("gates.spread_pips_max", "2", 2.0),
        ("gates.spread_pips_max", "-1", -1.0),
        ("gates.open_bot_max", "1_000", 1000),
        ("gates.spread_monitor", "no", False),
        ("gates.spread_monitor", "TRUE", True),
        ("gates.states", "range,trend", ("range", "trend")),
        ("calendar.sessions", '["london", "asia"]', ("london", "asia")),
        ("calendar.sessions", "", ()),
        ("fills.latency_ms_table", "50, 100,150.5", (50.0, 100.0, 150.5)),
        ("exits.time_stop_gain_pips", "-0.5", -0.5),
        ("sizing.units_min", "10000", 10_000.0),
        ("account.currency", "USD", "USD"),
        ("fills.commission_per_unit", ".5e-5", 0.000005),
        ("market.classifier_frame", "M5", "M5"),
    ],
)
def test_text_from_the_command_line_is_read_as_the_type_of_the_setting(
    key: str, text: str, value: Any
) -> None:
    section, _, name = key.partition(".")
    bot = bot_of(PLAIN, overrides={key: text})
    assert getattr(getattr(bot, section), name) == value


def test_params_instruments_and_states_can_be_set_from_the_command_line_too() -> None:
    overrides = {
        "params.threshold_pips": "0.4",
        "params.mean_quotes": "8",
        "instruments": "EURUSD, usd/jpy",
        "states.range.gates.spread_pips_max": "0.2",
        "states.trend.params.threshold_pips": "0.5",
        "instrument.EUR_USD.margin_rate": "0.02",
    }
    bot = bot_of(PLAIN, overrides=overrides)
    assert bot.params == {"threshold_pips": 0.4, "mean_quotes": 8}
    assert bot.instruments == ("EUR_USD", "USD_JPY")
    assert bot.in_state("range")[1].spread_pips_max == 0.2
    assert bot.in_state("trend")[0] == {"threshold_pips": 0.5, "mean_quotes": 8}
    assert bot.in_state("dead")[1] == bot.gates
    assert bot.instrument["EUR_USD"].margin_rate == 0.02


def test_every_setting_has_a_variable_that_sets_it() -> None:
    rows = [row for row in settings_table() if row.key.split(".")[0] in SECTIONS]
    given = {row.variable: row.default.strip('"') for row in rows if row.default[0] in '0123456789-["tf'}
    given = {name: text for name, text in given.items() if " " not in text or text.startswith("[")}
    assert len(given) > 95
    bot = bot_of({"name": "one", "strategy": "trend_pullback", "instruments": ["EUR_USD"]}, environ=given)
    plain = bot_of({"name": "one", "strategy": "trend_pullback", "instruments": ["EUR_USD"]})
    assert bot.model_dump() == plain.model_dump()
    assert set(bot.said) >= set(SECTIONS)


def test_a_changed_bot_says_what_it_said_and_the_change() -> None:
    bot = bot_of(
        {"name": "one", "strategy": "fast_scalp", "instruments": ["EUR_USD"], "gates": {"per_day_max": 5}}
    )
    other = changed(bot, {"exits.target_fraction": 0.1})
    assert (other.gates.per_day_max, other.exits.target_fraction, other.exits.target_pips) == (5, 0.1, 0.0)
    assert bot.exits.target_pips == 1.0


def test_a_bot_written_out_whole_reads_back_the_same(tmp_path: Path) -> None:
    text = HEAD + (
        "[params]\nthreshold_pips = 0.5\n[gates]\nstates = ['range']\n[fills]\nlatency_ms_table = [1, 2.5]\n"
        "[instrument.EUR_USD]\ntick = 0.00001\n[states.range.exits]\nstop_pips "
        "= 10\n[states.range.params]\nmean_quotes = 9\n"
    )
    bot = load_bot(write(tmp_path, text), environ=NO_VARIABLES)
    again = load_bot(write(tmp_path, toml_of(bot)), environ=NO_VARIABLES)
    assert again.model_dump() == bot.model_dump()
    assert bot.instrument["EUR_USD"].tick == "0.00001"


ERRORS = [
    (
        "[gates]\nspred_pips_max = 1\n",
        "bot.toml: gates.spred_pips_max: unknown setting; did you mean "
        "gates.spread_pips_max (default 0.35 pips)?",
    ),
    (
        "[gates]\nstop_pips = 1\n",
        "bot.toml: gates.stop_pips: unknown setting; did you mean exits.stop_pips (default 30.0 pips)?",
    ),
    ("[gate]\nper_day_max = 1\n", "bot.toml: gate: unknown setting; did you mean [gates]?"),
    ("gates = 3\n", "bot.toml: gates = 3: not a table; write [gates] and its settings below"),
    ("instrumens = 3\n", "bot.toml: instrumens: unknown setting; did you mean instruments?"),
    (
        "[account]\nxyzzy = 1\n",
        "bot.toml: account.xyzzy: unknown setting; choose from currency, balance, kill_failures, "
        "kill_window_s, day_loss_resume",
    ),
    (
        "[params]\nthreshold = 1\n",
        "bot.toml: params.threshold: unknown setting; did you mean params.threshold_pips?",
    ),
    (
        "[params]\nthreshold_pips = 'a'\n",
        'bot.toml: params.threshold_pips = "a": not a number; the default is 0.6',
    ),
    (
        "[params]\nmean_quotes = 1.5\n",
        "bot.toml: params.mean_quotes = 1.5: not a whole number; the default is 16",
    ),
    (
        "[params]\nthreshold_pips = nan\n",
        "bot.toml: params.threshold_pips = nan: not a number; the default is 0.6",
    ),
    (
        "[gates]\nspread_pips_max = 'wide'\n",
        'bot.toml: gates.spread_pips_max = "wide": not a number; the default is 0.35 pips',
    ),
    ("[gates]\nspacing_s = true\n", "bot.toml: gates.spacing_s = true: not a number; the default is 2.5 s"),
    (
        "[gates]\nspacing_s = inf\n",
        "bot.toml: gates.spacing_s = inf: not a finite number; the default is 2.5 s",
    ),
    (
        "[gates]\nspread_monitor = 1\n",
        "bot.toml: gates.spread_monitor = 1: not true or false; the default is true",
    ),
    (
        "[gates]\nopen_bot_max = 1.5\n",
        "bot.toml: gates.open_bot_max = 1.5: not a whole number; the default is 1",
    ),
    (
        "[gates]\nper_minute_max = 100\n",
        "bot.toml: gates.per_minute_max = 100: must be at most 64; the default is 24",
    ),
    (
        "[exits]\nstop_pips = -1\n",
        "bot.toml: exits.stop_pips = -1: must be at least 0; the default is 30.0 pips",
    ),
    ("[sizing]\nramp = 0\n", "bot.toml: sizing.ramp = 0: must be above 0; the default is 1.0"),
    (
        "[exits]\npartial_fraction = 1\n",
        "bot.toml: exits.partial_fraction = 1: must be below 1; the default is 0.5",
    ),
    (
        "[sizing]\nunits_min = 'few'\n",
        'bot.toml: sizing.units_min = "few": not a number; the default is 10_000 of a pair, '
        "a hundredth of a lot of a metal, 0.01 of a coin, else 1",
    ),
    (
        "[exits]\nanchor = 'fil'\n",
        'bot.toml: exits.anchor = "fil": not one of fill, decision; did you '
        'mean fill?; the default is "fill"',
    ),
    (
        "[calendar]\nsessions = ['londn']\n",
        'bot.toml: calendar.sessions = "londn": not one of sydney, asia, london, new_york, new_york_late, '
        "london_new_york; did you mean london?; the default is []",
    ),
    (
        "[calendar]\nsessions = 'london'\n",
        'bot.toml: calendar.sessions = "london": not a list of texts; the default is []',
    ),
    (
        "[gates]\nstates = []\n",
        'bot.toml: gates.states = []: empty; name at least one; the default is ["unknown", "range", "trend", '
        '"volatile", "dead"]',
    ),
    (
        f"[fills]\nlatency_ms_table = {[1] * 17}\n",
        f"bot.toml: fills.latency_ms_table = {[1] * 17}: longer than 16; the default is [] ms",
    ),
    (
        "[account]\ncurrency = 'usd'\n",
        'bot.toml: account.currency = "usd": not the code of a currency; write '
        'it like USD; the default is "USD"',
    ),
    (
        "[states.rnge.gates]\nper_day_max = 1\n",
        "bot.toml: states.rnge: unknown setting; did you mean [states.range]?",
    ),
    (
        "[states.range.gates]\nper_dy_max = 1\n",
        "bot.toml: states.range.gates.per_dy_max: unknown setting; did you "
        "mean states.range.gates.per_day_max "
        "(default 0)?",
    ),
    (
        "[states.range.gates]\nper_day_max = 'a'\n",
        'bot.toml: states.range.gates.per_day_max = "a": not a whole number; the default is 0',
    ),
    (
        "[states.range.params]\nmean_quotes = 'a'\n",
        'bot.toml: states.range.params.mean_quotes = "a": not a whole number; the default is 16',
    ),
    (
        "[instrument.EUR_USD]\ntikc = 1\n",
        "bot.toml: instrument.EUR_USD.tikc: unknown setting; did you mean instrument.EUR_USD.tick "
        "(default the catalogue's)?",
    ),
    (
        "[instrument.EUR_USD]\ntick = 0\n",
        "bot.toml: instrument.EUR_USD.tick = 0: not above 0; the default is the catalogue's",
    ),
    (
        "[instrument.EUR_USD]\ntick = 0.001\n",
        "bot.toml: instrument.EUR_USD: its pip 0.0001 is not a whole number of "
        "ticks of 0.001: say both tick and pip",
    ),
    ("gates.spacing_s = = 1\n", "bot.toml: not TOML: invalid value (at line 4, column 19)"),
]


@pytest.mark.parametrize(("text", "says"), ERRORS, ids=[text.split("\n")[-2][:40] for text, _ in ERRORS])
def test_what_cannot_be_meant_is_one_line_that_says_where_and_what_instead(
    tmp_path: Path, text: str, says: str
) -> None:
    assert message(write(tmp_path, HEAD + text)) == says


HEADS = [
    (HEAD.replace('name = "one"\n', ""), "bot.toml: name: missing; every bot says it"),
    (HEAD.replace('strategy = "fast_scalp"\n', ""), "bot.toml: strategy: missing; every bot says it"),
    (HEAD.replace('["EUR_USD"]', "[]"), "bot.toml: instruments = []: empty; name at least one"),
    (HEAD.replace('["EUR_USD"]', '"EUR_USD"'), 'bot.toml: instruments = "EUR_USD": not a list of texts'),
    (
        HEAD.replace('"EUR_USD"', '"EUR_USD", "EURUSD"'),
        'bot.toml: instruments = ["EUR_USD", "EUR_USD"]: EUR_USD stands twice',
    ),
    (
        HEAD.replace('"one"', '"a bot"'),
        'bot.toml: name = "a bot": not a name; use letters, digits, dots and lines, 64 at most',
    ),
    (HEAD.replace('"fast_scalp"', "7"), "bot.toml: strategy = 7: not text"),
    (
        HEAD.replace("EUR_USD", "XAUUSDm"),
        'bot.toml: instruments: "XAUUSDm" is not known; did you mean XAU_USD? If not, describe it under '
        "[instrument.XAUUSDm] with tick, pip, quote and asset_class",
    ),
    (
        HEAD.replace("EUR_USD", "ACME")
        + "[instrument.ACME]\ntick = 0.01\nquote = 'USD'\nasset_class = 'equity'\n",
        "bot.toml: instrument.ACME: pip is missing, and it is not in the catalogue either",
    ),
]


@pytest.mark.parametrize(("text", "says"), HEADS, ids=[says[:60] for _, says in HEADS])
def test_a_bot_needs_a_name_a_strategy_and_instruments_somebody_knows(
    tmp_path: Path, text: str, says: str
) -> None:
    assert message(write(tmp_path, text)) == says


def test_an_unknown_strategy_is_named_with_its_place_and_those_there_are(tmp_path: Path) -> None:
    says = message(write(tmp_path, HEAD.replace("fast_scalp", "fast_scalpel")))
    assert says.startswith(
        "bot.toml: strategy: strategy 'fast_scalpel' is neither a built-in nor a file; built-in are "
    )
    assert ", ".join(names()) in says


def test_an_error_of_the_command_line_or_a_variable_names_it_and_not_the_file(tmp_path: Path) -> None:
    place = write(tmp_path, HEAD)
    assert message(place, {"gates.spread_pips_max": "two"}) == (
        '--set gates.spread_pips_max = "two": not a number; the default is 0.35 pips'
    )
    assert message(place, {"gates.spred_pips_max": "2"}) == (
        "--set gates.spred_pips_max: unknown setting; did you mean gates.spread_pips_max (default 0.35 pips)?"
    )
    assert message(place, environ={"TICKWISE_EXITS_STOP_PIPS": "far"}) == (
        'TICKWISE_EXITS_STOP_PIPS = "far": not a number; the default is 30.0 pips'
    )


def test_variables_of_other_rooms_are_left_alone(tmp_path: Path) -> None:
    environ = {"TICKWISE_DB": "x.db", "TICKWISE_TEST_DATA": "/data", "TICKWISE_PARAMS_UNKNOWN": "1"}
    assert load_bot(write(tmp_path, HEAD), {}, environ).name == "one"


def test_a_file_that_is_not_there_or_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    assert message(tmp_path / "no.toml") == "no.toml: there is no such file; `tickwise bot add` makes one"
    (tmp_path / "folder").mkdir()
    assert message(tmp_path / "folder") == "folder: cannot be read (is a directory): name a TOML file"
    (tmp_path / "latin.toml").write_bytes(b'name = "\xe9"\n')
    assert message(tmp_path / "latin.toml") == "latin.toml: byte 8 is not UTF-8: save the file as UTF-8 text"


def test_a_file_saved_on_windows_is_read(tmp_path: Path) -> None:
    place = tmp_path / "bot.toml"
    place.write_bytes(b"\xef\xbb\xbf" + HEAD.replace("\n", "\r\n").encode())
    assert load_bot(place, environ=NO_VARIABLES).name == "one"


def test_a_strategy_of_ones_own_is_found_beside_the_file_and_its_params_are_checked(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        '"""Mine."""\n\nfrom typing import NamedTuple\n\nfrom tickwise.core.types import Signal\n\n\n'
        'class Params(NamedTuple):\n    """Mine."""\n\n    edge: float = 2.0\n    fast: bool = True\n\n\n'
        "def on_quote(params, market):\n    return Signal(0, 0.0, 0.0, 0.0)\n",
        encoding="utf-8",
    )
    head = HEAD.replace("fast_scalp", "mine.py")
    bot = load_bot(write(tmp_path, head + "[params]\nedge = 1\nfast = false\n"), environ=NO_VARIABLES)
    assert (bot.params, bot.exits.stop_pips) == ({"edge": 1, "fast": False}, 0.0)
    assert message(write(tmp_path, head + "[params]\nedge = 1\nfast = 1\n")) == (
        "bot.toml: params.fast = 1: not true or false; the default is true"
    )


def test_a_strategy_may_object_to_its_params_in_its_own_words(tmp_path: Path) -> None:
    (tmp_path / "shy.py").write_text(
        '"""Shy."""\n\nfrom typing import NamedTuple\n\nfrom tickwise.core.types import Signal\n\n\n'
        'class Params(NamedTuple):\n    """Shy."""\n\n    quotes: int = 4\n\n\n'
        'class Levels(NamedTuple):\n    """Shy."""\n\n    quotes: int\n\n\n'
        "def levels(params, pip):\n    if params.quotes < 2:\n"
        '        raise ValueError("quotes 1: a mean needs two")\n    return Levels(params.quotes)\n\n\n'
        "def on_quote(levels, market):\n    return Signal(0, 0.0, 0.0, 0.0)\n",
        encoding="utf-8",
    )
    text = HEAD.replace("fast_scalp", "shy.py") + "[params]\nquotes = 1\n"
    assert message(write(tmp_path, text)) == "bot.toml: params: quotes 1: a mean needs two"


VALUES = st.one_of(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    st.lists(st.integers(), max_size=2) | st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)
ROWS = [row for row in settings_table() if row.key.split(".")[0] not in ("instrument", "states")]


def outcome(document: dict[str, Any], overrides: Mapping[str, Any]) -> str:
    """Say what became of a document: nothing, or the error's line."""
    try:
        bot_of(document, overrides=overrides)
    except TickwiseError as error:
        return str(error)
    return "a bot: "


@given(
    st.lists(st.tuples(st.sampled_from([row.key for row in ROWS]) | st.text(max_size=8), VALUES), max_size=4)
)
def test_no_document_gives_anything_but_a_bot_or_one_line(said: list[tuple[str, Any]]) -> None:
    document = dict(PLAIN)
    for key, value in said:
        section, _, name = key.rpartition(".")
        if section and isinstance(document.setdefault(section, {}), dict):
            document[section] = {**document[section], name: value}
        else:
            document[key] = value
    document["strategy"] = "fast_scalp"
    (line,) = outcome(document, {}).splitlines()
    assert line.startswith(("a bot: ", "bot: "))


@given(st.sampled_from(ROWS), st.text(max_size=6))
def test_no_text_on_the_command_line_gives_anything_but_a_bot_or_one_line(row: Row, text: str) -> None:
    assert len(outcome(PLAIN, {row.key: text}).splitlines()) == 1
