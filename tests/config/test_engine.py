"""Claims about the engine's own settings: rows, one line for what is wrong, secrets that nothing shows."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from tickwise.config import bot_of, settings_table
from tickwise.config.engine import FILE_ONLY, EngineConfig, engine_keys, engine_rows, engine_variables
from tickwise.config.engine_file import engine_from, engine_of, load_engine
from tickwise.config.problems import problems_of
from tickwise.config.secret import secrets_in, token_of
from tickwise.errors import ConfigError

OANDA_LIKE = "0123456789abcdef0123456789abcdef-fedcba9876543210fedcba9876543210"
NO_VARIABLES: Mapping[str, str] = {}


def says(document: Mapping[str, Any], environ: Mapping[str, str] = NO_VARIABLES) -> tuple[str, ...]:
    """Give every line about a document that cannot be meant."""
    with pytest.raises(ConfigError) as caught:
        engine_of(document, environ=environ)
    return problems_of(caught.value)


def test_without_a_file_everything_is_its_default_and_nothing_is_live(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    config = load_engine(environ=NO_VARIABLES)
    assert config == EngineConfig()
    assert (config.live, config.venue.name, config.venue.environment) == (False, "paper", "practice")
    assert (config.streams.prices_silence_s, config.streams.changes_silence_s) == (10.0, 20.0)
    assert (config.orders.timeout_s, config.orders.lateness_s, config.orders.prefix) == (
        5.0,
        120.0,
        "qr-fast-",
    )
    assert (config.reconcile.changes_s, config.reconcile.account_s) == (5.0, 45.0)
    assert (config.requests.per_s_max, config.requests.exits_share_min) == (60, 0.3)
    assert (config.last_hop.repeats_max, config.last_hop.repeats_s, config.snapshot_events) == (
        30,
        60.0,
        10_000,
    )
    assert config.database is None


def test_the_working_folders_file_is_read_and_the_environment_stands_above_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tickwise.toml").write_text("live = true\n[orders]\ntimeout_s = 4\n[log]\nlevel = 'debug'\n")
    environ = {"TICKWISE_ORDERS_TIMEOUT_S": "3", "TICKWISE_DB": "x.db", "TICKWISE_LIVE": "false"}
    config = load_engine(environ=environ, overrides={"log.level": "error"})
    assert (config.live, config.orders.timeout_s, config.log.level) == (True, 3.0, "error")
    assert config.database == Path("x.db")


def test_a_file_that_is_named_and_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"engine.toml: there is no such file; leave it out for the defaults"
    ):
        load_engine(tmp_path / "engine.toml", environ=NO_VARIABLES)


def test_every_row_explains_itself_and_every_variable_but_lives_sets_its_setting() -> None:
    plain = EngineConfig()
    for row in engine_rows():
        assert row.help.endswith(".")
        assert row.help[0].isupper()
        assert row.default
        assert row.kind != "a table"
        table, _, name = row.key.rpartition(".")
        value = getattr(getattr(plain, table) if table else plain, name)
        text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        if row.key not in FILE_ONLY:
            assert engine_of({}, environ={row.variable: text}) == plain
    assert {row.key for row in engine_rows()} == set(engine_keys())


def test_no_variable_means_a_setting_of_the_engine_and_one_of_a_bot() -> None:
    assert not {row.variable for row in settings_table()} & set(engine_variables())


def test_what_cannot_be_meant_is_named_all_at_once() -> None:
    assert says({"orders": {"timeout_s": "soon", "prefix": "a b"}, "snapshot_events": 1}) == (
        "tickwise.toml: snapshot_events = 1: must be at least 100; the default is 10_000",
        'tickwise.toml: orders.prefix = "a b": use letters, digits and lines, 16 at most; '
        'the default is "qr-fast-"',
        'tickwise.toml: orders.timeout_s = "soon": not a number; the default is 5.0 s',
    )
    assert says({"order": {}, "log": 3, "orders": {"time_out_s": 1}, "databse": "x"}) == (
        "tickwise.toml: order: unknown setting; did you mean [orders]?",
        "tickwise.toml: log = 3: not a table; write [log] and its settings below",
        "tickwise.toml: orders.time_out_s: unknown setting; did you mean orders.timeout_s (default 5.0 s)?",
        "tickwise.toml: databse: unknown setting; choose from live, db, db_url, tape_folder, snapshot_events",
    )
    assert says({"db": "x.db", "reconcile": {"changes_s": 60}}, {"TICKWISE_DB_URL": "postgresql://h/x"}) == (
        'tickwise.toml: db = "x.db" and db_url both name a journal: leave one',
        "tickwise.toml: reconcile.account_s = 45.0 is below reconcile.changes_s = 60.0: "
        "raise the one or lower the other",
    )


def test_live_is_written_in_the_file_and_comes_from_nowhere_else() -> None:
    assert engine_of({}, environ={"TICKWISE_LIVE": "true"}).live is False
    with pytest.raises(ConfigError, match=r"--set live: this is written in tickwise\.toml and nowhere else"):
        engine_of({}, overrides={"live": "true"})


def test_nothing_changes_once_it_is_read() -> None:
    config = EngineConfig()
    with pytest.raises(ValidationError):
        config.live = True
    with pytest.raises(ValidationError):
        config.venue.environment = "live"


def test_exits_always_keep_their_share_of_the_requests() -> None:
    assert says({"requests": {"exits_share_min": 0.1}})[0].endswith(
        "must be at least 0.3; the default is 0.3"
    )


def test_a_secret_in_a_file_of_settings_is_refused_and_not_shown() -> None:
    texts = [
        f'token = "{OANDA_LIKE}"\n',
        f'[venue]\naccount = "{OANDA_LIKE}"\n',
        f'[venue]\naccess_token = "{OANDA_LIKE}"\n',
        'db_url = "postgresql://me:swordfish@host/ticks"\n',
        '[news]\nsource = "https://me:swordfish@host/week.json"\n',
        '[alpaca]\napi_key = "swordfish"\n',
    ]
    for text in texts:
        with pytest.raises(ConfigError) as caught:
            engine_from(text.encode(), "tickwise.toml")
        line = str(caught.value)
        assert "a secret does not belong here; put it into the variable TICKWISE_TOKEN" in line
        assert "swordfish" not in line
        assert OANDA_LIKE[:8] not in line


@pytest.mark.parametrize("key", ["token", "gates.token", "venue.password", "owner"])
def test_a_secret_in_a_bots_file_or_on_its_command_line_is_refused_and_not_shown(key: str) -> None:
    table, _, name = key.rpartition(".")
    document: dict[str, Any] = {"name": "one", "strategy": "fast_scalp", "instruments": ["EUR_USD"]}
    with pytest.raises(ConfigError) as in_file:
        bot_of(
            {**document, **({table: {name: OANDA_LIKE}} if table else {name: OANDA_LIKE})}, "bots/one.toml"
        )
    with pytest.raises(ConfigError) as in_command:
        bot_of(document, overrides={key: OANDA_LIKE})
    assert str(in_file.value).startswith(f"bots/one.toml: {key}: a secret does not belong here")
    assert str(in_command.value).startswith(f"--set: {key}: a secret does not belong here")
    assert OANDA_LIKE[:8] not in f"{in_file.value}{in_command.value}"


def test_the_token_comes_from_its_variable_or_from_a_file_nobody_else_can_read(tmp_path: Path) -> None:
    place = tmp_path / "token"
    place.write_text(OANDA_LIKE + "\n")
    place.chmod(0o600)
    kept = engine_of({"venue": {"token_file": "token"}})
    assert token_of(kept, NO_VARIABLES, tmp_path).get_secret_value() == OANDA_LIKE
    assert token_of(EngineConfig(), {"TICKWISE_TOKEN": f" {OANDA_LIKE}\n"}).get_secret_value() == OANDA_LIKE
    assert token_of(EngineConfig(), NO_VARIABLES).get_secret_value() == ""


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX's")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o601])
def test_a_token_that_others_can_use_is_refused(tmp_path: Path, mode: int) -> None:
    place = tmp_path / "token"
    place.write_text(OANDA_LIKE)
    place.chmod(mode)
    config = engine_of({"venue": {"token_file": str(place)}})
    with pytest.raises(ConfigError) as caught:
        token_of(config, NO_VARIABLES)
    assert f"others can use {place} (mode {mode:04o}): `chmod 600" in str(caught.value)


def test_what_is_no_token_is_refused_without_being_shown(tmp_path: Path) -> None:
    place = tmp_path / "token"
    place.touch(0o600)
    config = engine_of({"venue": {"token_file": str(place)}})
    for text in ("", "\n", "two words", "two\nlines", "x" * 5000, "\x1b[31mred"):
        place.write_text(text)
        with pytest.raises(ConfigError, match=r"no token|not a token") as caught:
            token_of(config, NO_VARIABLES)
        assert not text.strip() or text not in str(caught.value)
    with pytest.raises(ConfigError, match="both give a token: leave one"):
        token_of(config, {"TICKWISE_TOKEN": "swordfish"})
    with pytest.raises(ConfigError, match="cannot be read"):
        token_of(engine_of({"venue": {"token_file": "nowhere"}}), NO_VARIABLES, tmp_path)


def test_no_repr_no_dump_and_no_digest_tells_a_secret() -> None:
    url = "postgresql://me:sword%2Ffish@host/ticks"
    config = engine_of({}, environ={"TICKWISE_DB_URL": url})
    token = token_of(config, {"TICKWISE_TOKEN": OANDA_LIKE})
    shown = f"{config!r} {config} {config.model_dump()} {config.model_dump_json()} {token!r} {token}"
    assert "sword" not in shown
    assert OANDA_LIKE[:8] not in shown
    assert config.database == url
    assert secrets_in(config, token) == (OANDA_LIKE, "sword%2Ffish", "sword/fish")
    assert config.digest == EngineConfig().digest


def test_the_digest_moves_with_what_may_move_an_order_and_with_nothing_else() -> None:
    plain = EngineConfig().digest
    same = [{"db": "x.db"}, {"tape_folder": "t"}, {"log": {"level": "debug"}}, {"snapshot_events": 500}]
    other = [
        {"live": True},
        {"venue": {"account": "1"}},
        {"last_hop": {"units_max": 1}},
        {"news": {"source": "x"}},
    ]
    assert [engine_of(each).digest == plain for each in same] == [True] * 4
    assert len({plain, *(engine_of(each).digest for each in other)}) == 5


values = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers(), max_size=3)
)


@given(st.sampled_from(sorted(engine_keys())), values)
def test_any_value_gives_a_config_or_one_line_that_names_its_place(key: str, value: Any) -> None:
    table, _, name = key.rpartition(".")
    document = {table: {name: value}} if table else {name: value}
    with suppress(ConfigError):
        assert isinstance(engine_of(document), EngineConfig)
        return
    assert all(key in each and "\n" not in each for each in says(document))
