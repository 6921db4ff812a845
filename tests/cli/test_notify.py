"""The command that tells people: one message as a test, telling until Ctrl-C, and no address anywhere."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from cli.commands import typed
from notify.told_journals import written
from notify.webhook import PATH, TOKEN, Webhook, webhook
from oracles.entries_made import made
from tickwise.engine.clock import now_ns
from tickwise.journal import entries as j
from tickwise.notify.cursors import read_cursors

VARIABLES = ("DISCORD_WEBHOOK_URL", "DISCORD_WEBHOOK_CRYPTO", "DISCORD_WEBHOOK_GOLD", "TICKWISE_NOTIFY_FILE")


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is to be told but whom a test names."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def windows_in(text: str) -> list[str]:
    """Give every eight characters of the address's secret that stand in a text."""
    return [TOKEN[k : k + 8] for k in range(len(TOKEN) - 7) if TOKEN[k : k + 8] in text]


def with_webhook(test: Callable[[Webhook], Coroutine[Any, Any, None]], *answers: Any) -> None:
    async def served() -> None:
        async with webhook(*answers) as hook:
            await asyncio.wait_for(test(hook), 120)

    asyncio.run(served())


def test_one_message_shows_whether_a_target_can_be_told() -> None:
    async def test(hook: Webhook) -> None:
        environ = {"DISCORD_WEBHOOK_URL": hook.url, "DISCORD_WEBHOOK_GOLD": hook.url}
        ended = await asyncio.to_thread(typed, "notify", "--test", environ=environ)
        assert (ended.code, ended.out, ended.err) == (0, "main: told\ngold: told\n", "")
        assert hook.titles == ["Test", "Test"]
        assert hook.lines == [
            "main is told of what happens from here",
            "gold is told of what happens from here",
        ]
        one = await asyncio.to_thread(typed, "notify", "--test", "--to", "gold", environ=environ)
        assert (one.code, one.out) == (0, "gold: told\n")

    with_webhook(test)


def test_a_target_that_cannot_be_told_is_named_and_the_command_fails() -> None:
    async def test(hook: Webhook) -> None:
        environ = {"DISCORD_WEBHOOK_URL": hook.url}
        ended = await asyncio.to_thread(typed, "notify", "--test", environ=environ)
        assert (ended.code, ended.out, ended.err) == (
            1,
            "main: answers 404: the address is not, or no longer, that of a webhook\n",
            "",
        )

    with_webhook(test, (404, {}, ""))


@pytest.mark.parametrize(
    ("arguments", "environ", "says"),
    [
        ((), {}, "nobody is to be told: set DISCORD_WEBHOOK_URL, or name a file of mode 0600 in "
         "TICKWISE_NOTIFY_FILE"),
        (("--to", f"https://discord.example{PATH}"), {"DISCORD_WEBHOOK_URL": f"https://discord.example{PATH}"},
         "--to: an address is a secret, and every process can read a command line; set DISCORD_WEBHOOK_URL, "
         "or name a file of mode 0600 in TICKWISE_NOTIFY_FILE"),
        ((), {"DISCORD_WEBHOOK_URL": f"discord.example{PATH}"},
         "DISCORD_WEBHOOK_URL: not the address of a webhook: https://, a host and its path are needed"),
        (("--daily", "24:00"), {"DISCORD_WEBHOOK_URL": f"https://discord.example{PATH}"},
         "--daily '24:00': not a time of day: write it like 21:05"),
        (("--db", "nowhere.db"), {"DISCORD_WEBHOOK_URL": f"https://discord.example{PATH}"},
         "{cwd}/nowhere.db: there is no journal here; `tickwise run` makes one"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_one_line_without_the_address(
    tmp_path: Path, arguments: tuple[str, ...], environ: dict[str, str], says: str
) -> None:
    ended = typed("notify", *arguments, environ=environ, cwd=tmp_path)
    assert (ended.code, ended.error) == (2, says.replace("{cwd}", str(tmp_path)))
    assert windows_in(ended.err) == []


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is sent as POSIX sends it")
def test_it_tells_until_ctrl_c_and_the_address_stands_nowhere(tmp_path: Path) -> None:
    now = now_ns()
    path = written(tmp_path, made(j.SessionOpened, now, venue="oanda", environment="practice"))

    async def test(hook: Webhook) -> None:
        command = [sys.executable, "-m", "tickwise", "notify", "--db", str(path)]
        environ = {**os.environ, "DISCORD_WEBHOOK_URL": hook.url}
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*command, env=environ, stdout=pipe, stderr=pipe)
        assert process.stderr is not None
        began = [(await process.stderr.readline()).decode() for _ in range(2)]
        assert began == ["main: told from now on, from entry 2\n", "telling main, until Ctrl-C\n"]
        written(tmp_path, made(j.Intent, now), made(j.Filled, now))
        await hook.until(2)
        place = tmp_path / "journal.db.notified"
        while read_cursors(place)["main"].seq < 3:
            await asyncio.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = await process.communicate()
        assert (process.returncode, out, err) == (0, b"", b"main: answers 503\nmain: told\n")
        assert hook.titles == ["Filled", "Filled"]
        kept = b"".join(each.read_bytes() for each in sorted(tmp_path.iterdir()))
        assert windows_in("".join(began) + err.decode() + kept.decode("latin-1") + str(hook.bodies)) == []

    with_webhook(test, (503, {}, ""))
