"""Bad input to the real command: one clear line and an exit code, or a safe state; nothing is lost."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cli.at_oanda import ACCOUNT, QUICK, SETTINGS, Oanda, count, environ_in, home_in, serving, started
from cli.commands import Ended, typed

pytestmark = pytest.mark.slow

TOGETHER = "token, account, environment and instruments go together: see `tickwise doctor --live`"
RUN = ("run", "quick.toml")


@pytest.fixture
def oanda() -> Iterator[Oanda]:
    with serving() as served:
        yield served


def refused(folder: Path, oanda: Oanda, *more: object, **environ: str) -> tuple[int, str]:
    """Run, and give the exit code and the one line that says why it ended."""
    told = environ_in(folder, **environ)
    ended = typed(*RUN, *more, "--rest", oanda.base, environ=told, cwd=folder)
    return ended.code, ended.error


def a_session(folder: Path, oanda: Oanda) -> Ended:
    """Run until a trade has ended, and press Ctrl-C."""
    before = count(folder, "trade")
    with started(folder, *RUN, "--rest", oanda.base) as command:
        command.until(lambda: count(folder, "trade") > before)
        return command.interrupted()


def test_a_wrong_token_account_or_instrument_is_a_wrong_config(tmp_path: Path, oanda: Oanda) -> None:
    home_in(tmp_path)
    code, says = refused(tmp_path, oanda, TICKWISE_TOKEN="another")
    assert (code, says) == (
        2,
        "the venue refuses: /v3/accounts: status 401 Insufficient authorization to perform request; "
        + TOGETHER,
    )
    code, says = refused(tmp_path, oanda, TICKWISE_VENUE_ACCOUNT="101-001-1234567-009")
    assert (code, says) == (
        2,
        "the venue refuses: oanda: account 101-001-1234567-009 is not one of this token's; " + TOGETHER,
    )
    (tmp_path / "quick.toml").write_text(QUICK.replace("EUR_USD", "SEK_USD"))
    code, says = refused(tmp_path, oanda)
    assert (code, says) == (
        2,
        f"the venue refuses: oanda: account {ACCOUNT} cannot trade SEK_USD; " + TOGETHER,
    )
    assert count(tmp_path, "session_opened") == 0
    assert oanda.changes == []


def test_a_venue_that_is_away_is_a_failure_of_the_work(tmp_path: Path) -> None:
    home_in(tmp_path)
    ended = typed(*RUN, "--rest", "http://127.0.0.1:9", environ=environ_in(tmp_path), cwd=tmp_path)
    assert ended.code == 1
    assert ended.error.startswith(
        "the venue cannot be read: /v3/accounts: ClientConnectorError Cannot connect"
    )


@pytest.mark.parametrize(
    ("settings", "bot", "says"),
    [
        (SETTINGS, QUICK[: len(QUICK) // 2], "quick.toml: "),
        (SETTINGS, QUICK[:-1], "quick.toml: it does not end with a line break, so it may be cut off"),
        (SETTINGS[: len(SETTINGS) // 2], QUICK, "tickwise.toml: not TOML: "),
        (SETTINGS[:-1], QUICK, "tickwise.toml: it does not end with a line break, so it may be cut off"),
        (SETTINGS + "acount = 'x'\n", QUICK, "tickwise.toml: venue.acount: unknown setting; did you mean"),
    ],
)
def test_a_config_half_written_is_not_run(
    tmp_path: Path, oanda: Oanda, settings: str, bot: str, says: str
) -> None:
    home_in(tmp_path, settings, bot)
    code, error = refused(tmp_path, oanda)
    assert (code, error[: len(says)]) == (2, says)
    assert not (tmp_path / "journal.db").exists()


def test_malformed_lines_are_counted_and_entries_wait_until_prices_can_be_read(
    tmp_path: Path, oanda: Oanda
) -> None:
    home_in(tmp_path)
    with started(tmp_path, *RUN, "--rest", oanda.base) as command:
        command.until(lambda: count(tmp_path, "trade"))
        oanda.loop.call_soon_threadsafe(lambda: oanda.server.faults.add("garble_price", times=20))
        command.until(lambda: "unreadable_prices" in command.err)
        before = count(tmp_path, "trade")
        command.until(lambda: count(tmp_path, "trade") > before)
        assert command.interrupted().code == 0


def test_a_second_engine_on_one_journal_is_told_who_writes_it(tmp_path: Path, oanda: Oanda) -> None:
    home_in(tmp_path)
    with started(tmp_path, *RUN, "--rest", oanda.base) as command:
        command.until(lambda: count(tmp_path, "trade"))
        code, error = refused(tmp_path, oanda)
        assert code == 2
        assert f"already written by process {command.process.pid} (tickwise run)" in error
        before = count(tmp_path, "trade")
        command.until(lambda: count(tmp_path, "trade") > before)
        assert command.interrupted().code == 0
    assert count(tmp_path, "session_opened") == 1


def test_a_second_engine_with_a_journal_of_its_own_halts_itself(tmp_path: Path, oanda: Oanda) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
        home_in(folder)
    with started(one, *RUN, "--rest", oanda.base) as first:
        first.until(lambda: count(one, "trade"))
        with started(other, *RUN, "--rest", oanda.base) as second:
            second.until(lambda: "a second program trades here" in second.err)
            before = count(one, "trade")
            first.until(lambda: count(one, "trade") > before)
            assert second.interrupted().code == 0
        assert first.interrupted().code == 0
    assert count(other, "intent") == 0


def test_a_locked_journal_is_told_and_nothing_of_it_is_lost(tmp_path: Path, oanda: Oanda) -> None:
    home_in(tmp_path)
    assert a_session(tmp_path, oanda).code == 0
    before = count(tmp_path, "trade")
    with closing(sqlite3.connect(tmp_path / "journal.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        code, error = refused(tmp_path, oanda)
    assert code == 2
    assert "journal.db" in error
    assert count(tmp_path, "trade") == before
    assert a_session(tmp_path, oanda).code == 0


def test_a_corrupt_journal_is_named_and_not_touched(tmp_path: Path, oanda: Oanda) -> None:
    home_in(tmp_path)
    assert a_session(tmp_path, oanda).code == 0
    path = tmp_path / "journal.db"
    content = bytearray(path.read_bytes())
    content[4096 : 4096 + 8192] = b"\xa5" * 8192
    path.write_bytes(content)
    code, error = refused(tmp_path, oanda)
    assert code == 2
    assert str(path) in error
    assert path.read_bytes() == bytes(content)
    path.write_bytes(b"not a database, " * 1_000)
    code, error = refused(tmp_path, oanda)
    assert (code, str(path) in error) == (2, True)


def test_a_journal_that_may_not_be_written_is_told(tmp_path: Path, oanda: Oanda) -> None:
    home_in(tmp_path)
    assert a_session(tmp_path, oanda).code == 0
    path = tmp_path / "journal.db"
    if os.getuid() == 0:  # root may write what nobody may; this flag holds for root too, where there is one
        if subprocess.run(["chattr", "+i", path], capture_output=True, check=False).returncode:
            pytest.skip("root, and no file system that knows immutable files")
    else:
        path.chmod(0o444)
    try:
        code, error = refused(tmp_path, oanda)
    finally:
        if os.getuid() == 0:
            subprocess.run(["chattr", "-i", path], check=True)
        else:
            path.chmod(0o644)
    assert (code, str(path) in error) == (2, True)
    assert a_session(tmp_path, oanda).code == 0


def test_a_disk_that_fills_ends_the_session_and_nothing_that_was_sent_is_lost(
    tmp_path: Path, oanda: Oanda
) -> None:
    home_in(tmp_path)
    assert a_session(tmp_path, oanda).code == 0
    used = max(each.stat().st_size for each in tmp_path.rglob("*") if each.is_file())
    with started(tmp_path, *RUN, "--rest", oanda.base) as command:
        command.until(lambda: count(tmp_path, "session_opened") == 2)
        limit = used + 300_000
        resource.prlimit(command.process.pid, resource.RLIMIT_FSIZE, (limit, limit))  # no file grows beyond
        ended = command.ended()
    assert ended.code == 1, ended.err
    said = ended.err.splitlines()[-1]
    assert said.startswith(f"error: {tmp_path}/")
    assert said.endswith("goes on with it, and asks the venue what happened")
    assert "Traceback" not in ended.err
    again = a_session(tmp_path, oanda)
    assert again.code == 0, again.err
    verified = typed("journal", "verify", environ=environ_in(tmp_path), cwd=tmp_path)
    assert verified.code == 0, verified
    assert count(tmp_path, "session_recovered") == 1
    sent = [each for each in oanda.changes if each.startswith("POST")]
    assert len(sent) == count(tmp_path, "intent")
    assert "a second program" not in again.err
