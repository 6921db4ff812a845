"""`arm`: a person sees what may be lost and types the account's id; then live runs, and no more."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.at_oanda import ACCOUNT, QUICK, Oanda, count, environ_in, home_in, serving, started
from cli.commands import Ended, typed

if sys.platform == "win32":
    pytest.skip("no terminals to open", allow_module_level=True)

import pty

LIVE = f"""\
live = true

[venue]
name = "oanda"
environment = "live"
account = "{ACCOUNT}"
"""


@pytest.fixture(scope="module")
def oanda() -> Iterator[Oanda]:
    with serving() as served:
        yield served


def at_terminal(folder: Path, says: str, *arguments: object) -> Ended:
    """Run the real command at a terminal of its own, where a person answers its question."""
    command = [sys.executable, "-m", "tickwise", *(str(each) for each in arguments)]
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.execve(command[0], command, environ_in(folder))
    shown = b""
    while True:
        try:
            shown += (part := os.read(terminal, 4096))
        except OSError:
            break
        if not part:
            break
        if says and b"account id: " in shown:
            os.write(terminal, f"{says}\n".encode())
            says = ""
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.close(terminal)
    return Ended(code, shown.decode().replace("\r\n", "\n"), "")


@pytest.mark.slow
def test_what_was_armed_runs_and_any_change_of_it_does_not(tmp_path: Path, oanda: Oanda) -> None:
    home_in(tmp_path, LIVE)
    run = ("run", "quick.toml", "--rest", oanda.base)
    armed = at_terminal(tmp_path, ACCOUNT, "arm", "quick.toml", "--days", "2", "--rest", oanda.base)
    assert armed.code == 0, armed.out
    words = " ".join(armed.out.split())
    assert "orders will be sent with REAL MONEY" in words
    assert f"account {ACCOUNT} at OANDA live, netting balance" in words
    assert "bot quick: fast_scalp on EUR_USD" in words
    assert "2 days from now" in words
    assert "quick on EUR_USD: an order of 10,000 units (sizing.units_fixed) may lose 6." in words
    assert "a day may lose 3,000.00 USD (3 % of 100,000.00)" in words
    assert "armed until 20" in words
    assert "LIVE_TRADING_ENABLED=true is not set here" in words
    with started(tmp_path, *run, LIVE_TRADING_ENABLED="true") as command:
        command.until(lambda: count(tmp_path, "trade"))
        busy = typed("arm", "--disarm", environ=environ_in(tmp_path), cwd=tmp_path)
        assert (busy.code, "end the engine first, `tickwise stop`" in busy.err) == (2, True)
        assert command.interrupted().code == 0
    assert f"OANDA live account {ACCOUNT}, REAL MONEY: EUR_USD" in command.err
    (tmp_path / "quick.toml").write_text(QUICK.replace("10_000", "20_000"))
    told = environ_in(tmp_path, LIVE_TRADING_ENABLED="true")
    refused = typed(*run, environ=told, cwd=tmp_path)
    assert refused.code == 2
    assert refused.error.startswith("live trading is not allowed: what was armed was another config (")
    (tmp_path / "quick.toml").write_text(QUICK)
    ended = typed("arm", "--disarm", environ=told, cwd=tmp_path)
    assert (ended.code, ended.out) == (0, f"account {ACCOUNT} is armed no longer\n")
    refused = typed(*run, environ=told, cwd=tmp_path)
    assert refused.error.startswith("live trading is not allowed: the arming held from ")
    again = typed("arm", "--disarm", environ=told, cwd=tmp_path)
    assert again.error == f"account {ACCOUNT} is not armed in this journal: nothing is changed"


def test_another_id_arms_nothing(tmp_path: Path, oanda: Oanda) -> None:
    home_in(tmp_path, LIVE)
    ended = at_terminal(tmp_path, "101-001-1234567-002", "arm", "quick.toml", "--rest", oanda.base)
    assert ended.code == 2
    says = "typed was 101-001-1234567-002, and venue.account is another: nothing is armed"
    assert ended.out.splitlines()[-1] == f"error: {says}"
    assert not (tmp_path / "journal.db").exists()


def test_what_other_currencies_lose_is_told_in_the_accounts_own(tmp_path: Path, oanda: Oanda) -> None:
    home_in(tmp_path, LIVE, QUICK.replace("EUR_USD", "USD_JPY"))
    ended = at_terminal(tmp_path, "no", "arm", "quick.toml", "--rest", oanda.base)
    assert "quick on USD_JPY: an order of 10,000 units (sizing.units_fixed) may lose 4." in " ".join(
        ended.out.split()
    )


@pytest.mark.parametrize(
    ("settings", "arguments", "error"),
    [
        (
            LIVE.replace("live = true", "live = false"),
            ("quick.toml",),
            "nothing to arm: tickwise.toml does not say live = true and venue.environment = live",
        ),
        (LIVE, ("quick.toml", "--days", "8"), "armed for 8 days: at most 7, and more than none"),
        (
            LIVE,
            ("quick.toml",),
            "arming needs a person at a terminal: there is nobody here to type the account's id",
        ),
        (
            LIVE.replace('"oanda"', '"paper"'),
            ("quick.toml",),
            "nothing to arm: venue.name is paper, not oanda, in tickwise.toml",
        ),
        (LIVE, (), "Invalid value: name the configs to arm, as for `tickwise run`"),
        (LIVE, ("quick.toml", "--disarm"), "Invalid value: --disarm ends whatever is armed: name no config"),
    ],
)
def test_what_cannot_be_armed_is_told_in_one_line(
    tmp_path: Path, settings: str, arguments: tuple[str, ...], error: str
) -> None:
    home_in(tmp_path, settings)
    told = environ_in(tmp_path)
    ended = typed("arm", *arguments, environ=told, cwd=tmp_path)
    assert (ended.code, ended.error.partition(" See `")[0]) == (2, error)
    assert not (tmp_path / "journal.db").exists()
