"""`run` at OANDA and on paper at its prices: the real command against the local OANDA."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.at_oanda import ACCOUNT, QUICK, SETTINGS, Oanda, count, environ_in, home_in, kinds, serving, started
from cli.commands import Run, typed

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send to another process")


@pytest.fixture
def oanda() -> Iterator[Oanda]:
    with serving() as served:
        yield served


def test_orders_go_to_oanda_practice_and_ctrl_c_ends_the_session_in_order(
    tmp_path: Path, oanda: Oanda
) -> None:
    home_in(tmp_path)
    with started(tmp_path, "run", "quick.toml", "--rest", oanda.base, "--json", "end.json") as command:
        command.until(lambda: count(tmp_path, "trade") >= 2)
        ended = command.interrupted()
    assert ended.code == 0, ended.err
    assert f"OANDA practice account {ACCOUNT}, practice money: EUR_USD" in ended.err
    assert "local-token" not in ended.out + ended.err
    assert "Written down" in ended.out
    lines = [line for line in ended.out.splitlines() if str(tmp_path) not in line]
    assert max(map(len, lines)) <= 80
    said = (tmp_path / "end.json").read_text()
    assert f'"recording": "{tmp_path}/tapes/' in said
    sent = [each for each in oanda.changes if each.startswith("POST")]
    assert len(sent) == kinds(tmp_path).count("intent") > 0
    assert kinds(tmp_path)[-1] == "session_closed"
    again = typed("replay", "--json", "-", environ=environ_in(tmp_path), cwd=tmp_path)
    assert again.json["is_equal"] is True


PATIENT = (
    QUICK.replace("time_stop_s = 1", "time_stop_s = 5")
    .replace("target_pips = 3.0", "target_pips = 30.0")
    .replace("stop_pips = 6.0", "stop_pips = 60.0")
)
"""Holds its positions for seconds."""


@pytest.mark.slow
def test_the_next_run_takes_over_the_position_that_stayed_open(tmp_path: Path, oanda: Oanda) -> None:
    home_in(tmp_path, bot=PATIENT)
    with started(tmp_path, "run", "quick.toml", "--rest", oanda.base) as command:
        command.until(lambda: count(tmp_path, "filled"))
        assert command.interrupted().code == 0
    assert [bool(trade.units) for trade in oanda.account.state.trades()] == [True]
    with started(tmp_path, "run", "quick.toml", "--rest", oanda.base) as command:
        command.until(lambda: count(tmp_path, "filled") == 2)
        ended = command.interrupted()
    assert ended.code == 0
    assert (count(tmp_path, "adopted"), count(tmp_path, "trade")) == (1, 1)
    assert "a second program" not in ended.err
    assert count(tmp_path, "foreign") == 0


def test_paper_takes_the_prices_and_sends_nothing(tmp_path: Path, oanda: Oanda) -> None:
    home_in(tmp_path)
    arguments = ("run", "quick.toml", "--feed", "paper:oanda", "--rest", oanda.base, "--json", "-")
    with started(tmp_path, *arguments) as command:
        command.until(lambda: count(tmp_path, "trade") >= 2)
        ended = command.interrupted()
    assert ended.code == 0, ended.err
    assert ended.json["environment"] == "paper"
    assert ended.json["trades"] >= 2
    assert oanda.changes == []
    assert not oanda.account.state.open


@pytest.mark.slow
def test_files_are_watched_and_commands_reach_it(tmp_path: Path, oanda: Oanda) -> None:
    home_in(tmp_path)
    told = environ_in(tmp_path)
    with started(tmp_path, "run", ".", "--feed", "paper:oanda", "--rest", oanda.base) as command:
        command.until(lambda: "lives" in command.err or "live=true" in command.err)
        (tmp_path / "quick.toml").write_text(QUICK.replace("spread_pips_max = 3.0", "spread_pips_max = 2.5"))
        command.until(lambda: count(tmp_path, "reloaded") == 1)
        looser = QUICK.replace("spread_pips_max = 3.0", "spread_pips_max = 4.0")
        (tmp_path / "quick.toml").write_text(looser)
        refused = typed("reload", environ=told, cwd=tmp_path)
        assert (refused.code, "quick.toml: gates.spread_pips_max = 4" in refused.out) == (1, True), refused
        taken = typed("reload", "--allow-looser", "--reason", "a test", environ=told, cwd=tmp_path)
        assert taken.code == 0, taken
        assert count(tmp_path, "reloaded") == 2
        assert typed("stop", environ=told, cwd=tmp_path).code == 0
        assert command.ended().code == 0


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(os.environ):
        if name.startswith("TICKWISE_") and name not in ("TICKWISE_CACHE_DIR", "TICKWISE_TEST_DATA"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TICKWISE_DB", str(tmp_path / "journal.db"))
    monkeypatch.chdir(tmp_path)
    return home_in(tmp_path)


@pytest.mark.parametrize(
    ("settings", "options", "error"),
    [
        (
            "",
            (),
            "--feed is not given, and venue.name is paper: write --feed with one of tape:FILE, paper:oanda, "
            "oanda",
        ),
        (
            "",
            ("--feed", "oanda"),
            '--feed oanda sends orders there, and venue.name is paper: write name = "oanda" and account = '
            '"..." under [venue] in tickwise.toml, or take --feed paper:oanda',
        ),
        (SETTINGS, ("--feed", "paper"), "--feed paper: write it like paper:oanda"),
        (SETTINGS, ("--feed", "paper:tape"), "--feed paper:tape: write it like paper:oanda"),
        (SETTINGS, ("--feed", "oanda:live"), "--feed oanda:live: write it like oanda"),
        (SETTINGS, ("--speed", "60"), "--speed: oanda goes as fast as the market does; leave it out"),
        (
            SETTINGS,
            ("--feed", "tape:x.parquet", "--rest", "http://127.0.0.1:1"),
            "--rest and --stream: tape:FILE asks no venue; leave them out",
        ),
        (
            SETTINGS,
            ("--rest", "https://example.com"),
            "oanda: example.com is no host of the practice environment: leave it out, or name one on this "
            "machine",
        ),
        (
            SETTINGS,
            (),
            "no token: put it into TICKWISE_TOKEN, or into a file that only you can read and name that in "
            "venue.token_file",
        ),
        (
            SETTINGS.replace(ACCOUNT, ""),
            (),
            "venue.account is not set: give the account's id in tickwise.toml or TICKWISE_VENUE_ACCOUNT",
        ),
    ],
)
def test_what_cannot_be_meant_is_one_line_and_nothing_is_begun(
    settings: str,
    options: tuple[str, ...],
    error: str,
    folder: Path,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (folder / "tickwise.toml").write_text(settings)
    if "no token" not in error:
        monkeypatch.setenv("TICKWISE_TOKEN", "local-token")
    ended = run("run", "quick.toml", *options)
    assert (ended.code, ended.error) == (2, error)
    assert not (folder / "tapes").exists()


def test_live_names_each_act_that_is_missing_and_how_to_do_it(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TICKWISE_TOKEN", "local-token")
    (folder / "tickwise.toml").write_text(SETTINGS + 'environment = "live"\n')
    ended = run("run", "quick.toml")
    assert (ended.code, ended.error) == (
        2,
        "live trading is not allowed: live = true does not stand in tickwise.toml; LIVE_TRADING_ENABLED=true "
        f"is not set; account {ACCOUNT} was never armed: `tickwise arm`",
    )
