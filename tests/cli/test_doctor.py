"""The command `doctor`: one line for each thing that should be well, and what to do where it is not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from cli.commands import EXAMPLES, ROOT, Run, typed
from cli.sessions import Held
from oracles.entries_made import MONDAY, made
from oracles.journals import tampered
from tickwise.cli import checks_journal, checks_venue
from tickwise.cli.checks import Check
from tickwise.config.engine import EngineConfig
from tickwise.config.engine_file import engine_of
from tickwise.engine.home import Home
from tickwise.journal import entries as j
from tickwise.journal.inline import InlineJournal
from tickwise.journal.place import place_of

SECOND = 1_000_000_000
DAY = 86_400 * SECOND
ACCOUNT = "101-001-1234567-001"
AT_OANDA = f"[venue]\nname = 'oanda'\naccount = '{ACCOUNT}'\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder, with no TICKWISE_ variable but the cache's."""
    for name in list(os.environ):
        if name.startswith("TICKWISE_") and name not in ("TICKWISE_CACHE_DIR", "TICKWISE_TEST_DATA"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(run: Run, *arguments: object) -> dict[str, list[dict[str, str]]]:
    """Give what doctor finds, by what was looked at."""
    by_name: dict[str, list[dict[str, str]]] = {}
    for check in run("doctor", *arguments, "--json", "-").json["checks"]:
        by_name.setdefault(check["name"], []).append(check)
    return by_name


def states(checks: Mapping[str, list[dict[str, str]]]) -> dict[str, list[str]]:
    return {name: [each["state"] for each in of] for name, of in checks.items()}


def test_a_healthy_journal_gives_a_line_for_each_check_and_exit_code_0(held: Held, run: Run) -> None:
    ended = run("doctor", "--db", held.journal)
    lines = ended.out.splitlines()
    assert ended.code == 0
    assert [line.split()[0] for line in lines if not line.startswith(" ")][:-1] == ["ok"] * 14
    assert lines[-1] == "14 checks, all well"
    assert max(map(len, lines)) <= 80


def test_before_anything_was_run_all_is_well(run: Run, folder: Path) -> None:
    checks = found(run, "--db", folder / "none.db")
    assert {state for of in states(checks).values() for state in of} == {"ok"}
    assert checks["journal"][0]["says"] == f"none yet in {folder}/none.db; `tickwise run` makes it"
    assert list(folder.iterdir()) == []


def test_the_core_decides_what_is_known(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(run)["core"][0]["says"] == "decides what is known: 15 trades, -84.60 USD"
    monkeypatch.setattr("tickwise.cli.checks_machine.RIGHT", (15, -8_459))
    monkeypatch.setattr("tickwise.cli.checks_machine._core", lambda: Check("core", "fail", "x", "y"))
    assert run("doctor").code == 1


def test_settings_that_cannot_be_meant_are_each_named_and_nothing_else_is_guessed(
    run: Run, folder: Path
) -> None:
    (folder / "tickwise.toml").write_text("snapshot_events = 1\n[orders]\ntimeout_s = 0\n")
    checks = found(run)
    assert [each["state"] for each in checks["settings"]] == ["fail", "fail"]
    assert "journal" not in checks
    assert run("doctor").code == 1


def test_bots_variables_and_keys_are_looked_at(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "bots").mkdir()
    shutil.copy(EXAMPLES / "fast_scalp.toml", folder / "bots" / "fast.toml")
    (folder / "bots" / "wrong.toml").write_text("name = 'wrong'\n")
    (folder / "journal.db.key").write_text("ab" * 32)
    (folder / "journal.db.key").chmod(0o644)
    monkeypatch.setenv("TICKWISE_GATES_SPREAD_PIP_MAX", "0.1")
    checks = found(run, "--db", folder / "journal.db")
    assert states(checks)["bots"] == ["fail", "ok"]
    assert checks["bots"][0]["says"].startswith("bots/wrong.toml: ")
    assert "did you mean TICKWISE_GATES_SPREAD_PIPS_MAX?" in checks["variables"][0]["says"]
    assert states(checks)["variables"] == ["warn"]
    assert states(checks)["command key"] == ["fail"]
    assert checks["command key"][0]["todo"].startswith(f"chmod 600 {folder}/journal.db.key: ")


def test_a_token_that_others_can_read_fails(run: Run, folder: Path) -> None:
    (folder / "token").write_text("secret")
    (folder / "token").chmod(0o644)
    (folder / "tickwise.toml").write_text(AT_OANDA + "token_file = 'token'\n")
    ended = run("doctor")
    assert ended.code == 1
    assert "secret" not in ended.out
    assert states(found(run))["token"] == ["fail"]
    (folder / "token").chmod(0o600)
    assert states(found(run))["token"] == ["ok"]


def test_a_news_calendar_that_has_ended_fails(run: Run, folder: Path) -> None:
    (folder / "bots").mkdir()
    news = folder / "bots" / "news.csv"
    bot = (
        (EXAMPLES / "fast_scalp.toml").read_text().replace("[calendar]", "[calendar]\nnews_file = 'news.csv'")
    )
    (folder / "bots" / "fast.toml").write_text(bot)
    news.write_text("date,currency,impact,title\n2019-02-04T13:30:00Z,USD,high,Payrolls\n")
    (old,) = found(run)["calendar"]
    assert (old["state"], old["todo"]) == ("fail", "get a newer one: no entry passes it")
    assert f"{news} reaches to 2019-02-10 00:00Z, " in old["says"]


def test_a_chain_that_does_not_hold_fails(held: Held, run: Run, folder: Path) -> None:
    copy = shutil.copy(held.journal, folder / "journal.db")
    shutil.copytree(held.journal.parent / "tapes", folder / "tapes")
    tampered(copy, "UPDATE entries SET ts = ts + 1 WHERE seq = 12")
    ended = run("doctor", "--db", copy)
    assert ended.code == 1
    assert "entry 12 is not what was written" in " ".join(ended.out.split())


def test_files_of_no_session_are_told_of(held: Held, run: Run, folder: Path) -> None:
    copy = shutil.copy(held.journal, folder / "journal.db")
    shutil.copytree(held.journal.parent / "tapes", folder / "tapes")
    (folder / "tapes" / "other.recording").write_bytes(bytes(1_000))
    (check,) = found(run, "--db", copy)["tapes"]
    assert (check["state"], check["says"]) == (
        "warn",
        f"1 file of no session of this journal, 0.0 MB, such as {folder}/tapes/other.recording",
    )


def looked(path: Path, config: EngineConfig, now: int, *entries: j.Entry) -> dict[str, Check]:
    """Give what is found in a journal of these entries."""
    journal = InlineJournal(path, owner="test", ts=MONDAY)
    for entry in entries:
        journal.append(entry)
    journal.close()
    home = Home(path.parent / "tapes", path.parent / "tapes" / "states")
    return {check.name: check for check in checks_journal.journal(place_of(path), home, config, now)}


def at_venue(**said: Any) -> j.SessionOpened:
    return made(j.SessionOpened, venue="oanda", environment="practice", **said)


def test_a_position_without_a_stop_and_an_unknown_order_fail(folder: Path) -> None:
    checks = looked(
        folder / "journal.db",
        EngineConfig(),
        MONDAY + DAY,
        at_venue(),
        made(j.Intent),
        made(j.Sent),
        made(j.Filled, stop=0, target=0, instrument="EUR_USD", account="acc-1"),
        made(j.Intent, order="s1-9"),
        made(j.Unknown, order="s1-9"),
    )
    assert {name: check.state for name, check in checks.items()} == {
        "journal": "ok",
        "chain": "ok",
        "session": "warn",
        "positions": "fail",
        "orders": "fail",
        "tapes": "warn",
    }
    assert checks["positions"].says == "NOT PROTECTED BY THE BROKER: p1 in EUR_USD"
    assert checks["orders"].says == "nobody knows what became of s1-9 on EUR_USD"
    assert checks["session"].says == "s1 was not closed; its last entry is of 2026-01-05 15:00:00Z"


def test_the_same_on_paper_is_nothing_to_worry_about(folder: Path) -> None:
    checks = looked(
        folder / "journal.db",
        EngineConfig(),
        MONDAY + DAY,
        made(j.SessionOpened),
        made(j.Intent),
        made(j.Filled, stop=0, target=0, instrument="EUR_USD", account="acc-1"),
    )
    assert (checks["positions"].state, checks["session"].state) == ("ok", "warn")


def test_a_session_at_a_venue_that_wrote_a_moment_ago_runs(folder: Path) -> None:
    checks = looked(folder / "journal.db", EngineConfig(), MONDAY + 5 * SECOND, at_venue())
    assert checks["session"] == Check("session", "ok", "s1 runs")


@pytest.mark.parametrize(
    ("until", "state", "says"),
    [
        (MONDAY + 3 * DAY, "ok", "acc-1 is armed for live trading until 2026-01-08 15:00Z"),
        (MONDAY + DAY // 2, "warn", "acc-1 is armed for live trading until 2026-01-06 03:00Z, 12 h from now"),
        (MONDAY - DAY, "warn", "the arming of acc-1 ended 1 d ago"),
    ],
)
def test_an_arming_about_to_end_is_told_of(folder: Path, until: int, state: str, says: str) -> None:
    config = engine_of({"live": True, "venue": {"name": "oanda", "environment": "live", "account": "acc-1"}})
    armed = made(j.Armed, account="acc-1", config_digest="c0de", limits="", until=until, actor="me")
    checks = looked(folder / "journal.db", config, MONDAY, at_venue(), armed)
    assert (checks["arming"].state, checks["arming"].says) == (state, says)


def test_live_that_was_never_armed_is_told_of(folder: Path) -> None:
    config = engine_of({"live": True, "venue": {"name": "oanda", "environment": "live", "account": "acc-1"}})
    checks = looked(folder / "journal.db", config, MONDAY, at_venue())
    assert checks["arming"] == Check(
        "arming", "warn", "live = true, and acc-1 was never armed", "`tickwise arm`"
    )


@pytest.fixture(scope="module")
def oanda() -> Iterator[str]:
    """Serve a local OANDA in another process; give its address."""
    command = [sys.executable, "-m", "brokers.oanda", "--port", "0", "--account", ACCOUNT]
    with subprocess.Popen(command, cwd=ROOT / "tests", stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[2]
        process.terminate()


def test_the_venue_is_asked_for_its_clock_and_the_account(run: Run, folder: Path, oanda: str) -> None:
    (folder / "tickwise.toml").write_text(AT_OANDA)
    told = {"TICKWISE_TOKEN": "local-token"}
    ended = typed("doctor", "--live", "--rest", oanda, "--json", "-", environ=told, cwd=folder)
    checks = {check["name"]: check for check in ended.json["checks"]}
    assert ended.code == 0, ended.out
    assert checks["clock"]["says"] == "agrees with 127.0.0.1 to 2 s"
    assert checks["access"]["says"].startswith(f"practice account {ACCOUNT}: 100,000.00 USD, netting, ")
    assert checks["at the venue"]["says"] == "no open position"


def test_a_wrong_token_or_account_fails(run: Run, folder: Path, oanda: str) -> None:
    (folder / "tickwise.toml").write_text(AT_OANDA)
    told = {"TICKWISE_TOKEN": "another"}
    ended = typed("doctor", "--live", "--rest", oanda, "--json", "-", environ=told, cwd=folder)
    (check,) = [each for each in ended.json["checks"] if each["name"] == "access"]
    assert (ended.code, check["state"]) == (1, "fail")
    assert "another" not in ended.out
    (folder / "tickwise.toml").write_text(AT_OANDA.replace("-001'", "-009'"))
    told = {"TICKWISE_TOKEN": "local-token"}
    ended = typed("doctor", "--live", "--rest", oanda, environ=told, cwd=folder)
    assert ended.code == 1
    assert "is not one of this token's" in " ".join(ended.out.split())


@pytest.mark.parametrize(("off_s", "state"), [(0, "ok"), (4, "warn"), (-30, "fail")])
def test_a_clock_that_is_off_is_told_of(
    oanda: str, monkeypatch: pytest.MonkeyPatch, off_s: int, state: str
) -> None:
    from tickwise.cli.event_loop import in_loop
    from tickwise.engine.clock import now_ns

    config = engine_of({"venue": {"name": "oanda", "account": ACCOUNT}})
    (check,) = in_loop(checks_venue._clock(config, oanda, lambda: now_ns() + off_s * SECOND))
    assert check.state == state
    if off_s:
        assert f"{'ahead of' if off_s > 0 else 'behind'} 127.0.0.1" in check.says


def test_paper_has_no_venue_to_ask(run: Run) -> None:
    assert states(found(run, "--live"))["venue"] == ["warn"]
