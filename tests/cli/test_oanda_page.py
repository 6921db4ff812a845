"""The page that leads to an OANDA practice account: every command of it is run as it stands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.at_oanda import ACCOUNT, Oanda, count, environ_in, serving
from cli.commands import ROOT
from tickwise.market_data.tape import open_tape

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the page is written for a POSIX shell")

PAGE = (ROOT / "docs" / "oanda.md").read_text()
FIVE, BEFORE = (block.splitlines() for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL))


@pytest.fixture(scope="module")
def oanda() -> Iterator[Oanda]:
    with serving() as served:
        yield served


def script(lines: list[str], oanda: Oanda) -> str:
    """Give a shell what stands on the page; only the address is another, and Ctrl-C is pressed for it."""
    asks = re.compile(r"^tickwise (doctor|run|data record)\b.*")
    ends = re.compile(r"^tickwise run\b")
    told = [f"{line} --rest {oanda.base}" if asks.match(line) else line for line in lines]
    return "set -e\n" + "\n".join(
        f"timeout --preserve-status -s INT 12 {line}" if ends.match(line) else line for line in told
    )


def typed_in(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    """Type lines into a shell in a folder; the token is pasted when it is asked for."""
    environ = environ_in(folder, PATH=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    del environ["TICKWISE_TOKEN"]
    return subprocess.run(
        ["bash", "-c", text], input="local-token\n", capture_output=True, text=True, cwd=folder, env=environ,
        check=False,
    )  # fmt: skip


@pytest.mark.slow
def test_the_five_lines_lead_to_a_session_at_the_practice_account(tmp_path: Path, oanda: Oanda) -> None:
    assert len(FIVE) == 5
    done = typed_in(tmp_path, script(FIVE, oanda))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"practice account {ACCOUNT}: 100,000.00 USD" in " ".join(done.stdout.split())
    assert f"OANDA practice account {ACCOUNT}, practice money: EUR_USD" in done.stderr
    assert "local-token" not in done.stdout + done.stderr
    assert (count(tmp_path, "session_opened"), count(tmp_path, "session_closed")) == (1, 1)
    (bot,) = (tmp_path / "bots").iterdir()
    assert bot.name == "fast.toml"


@pytest.mark.slow
def test_before_that_nothing_is_sent(tmp_path: Path, oanda: Oanda) -> None:
    lines = [*FIVE[:3], *(line.replace("--for 8h", "--for 3s") for line in BEFORE)]
    done = typed_in(tmp_path, script(lines, oanda))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "paper at OANDA's live prices, nothing is sent: EUR_USD" in done.stderr
    assert open_tape(tmp_path / "monday.parquet").rows > 20
    assert oanda.changes == []
