"""Claims about a running engine with real money: what ends its permission ends its entries at once."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Coroutine
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from brokers.oanda.server.clocks import LoopClock
from brokers.oanda.server.local import LocalOanda
from brokers.oanda.truth.broker import Broker
from tickwise.config.reload import ALONE, Configs
from tickwise.engine.process import Asked
from tickwise.engine.run_oanda import run_oanda
from tickwise.engine.running import Running
from tickwise.engine.watch_configs import begun
from tickwise.errors import ConfigError
from tickwise.journal import entries as j
from tickwise.journal.writer import ThreadedJournal

ACCOUNT = "001-004-1234567-001"
BOT = 'name = "one"\nstrategy = "fast_scalp"\ninstruments = ["EUR_USD"]\n'
WEEK = 7 * 86_400 * 1_000_000_000
ENVIRON = {"LIVE_TRADING_ENABLED": "true", "TICKWISE_TOKEN": "local-token"}


def configs_in(folder: Path) -> Configs:
    """Write the settings of a live engine, and read them."""
    (folder / "one.toml").write_text(BOT)
    (folder / "tickwise.toml").write_text(
        f"live = true\ndb = '{folder / 'journal.db'}'\n"
        f"[venue]\nname = 'oanda'\nenvironment = 'live'\naccount = '{ACCOUNT}'\n[reload]\nquiet_ms = 20\n"
        f"[log]\nfile = '{folder / 'log.jsonl'}'\n"
    )
    found = begun((folder / "one.toml", folder / "tickwise.toml"), ALONE)
    assert isinstance(found, Configs)
    return found


def arm(configs: Configs, account: str = ACCOUNT) -> None:
    """Write an arming, as `tickwise arm` does."""
    journal = ThreadedJournal(configs.engine.database, owner="a test", ts=1)
    armed = j.Armed(
        ts=time.time_ns(), event=0, account=account, config_digest=configs.digest, limits="",
        until=time.time_ns() + WEEK, actor="me",
    )  # fmt: skip
    journal.append(armed)
    journal.close()


def ran(
    folder: Path, configs: Configs, do: Callable[[Running], Coroutine[Any, Any, None]], port: int
) -> None:
    """Run a live engine at the local OANDA until `do` has done what it does."""

    async def at_the_broker(work: Coroutine[Any, Any, Running]) -> Running:
        loop = asyncio.get_running_loop()
        clock = LoopClock(loop, 1_772_442_000 * 1_000_000_000)
        broker = Broker()
        broker.open_account(ACCOUNT, now=clock.now())
        server = LocalOanda(broker, clock)
        await server.listen(port=port)
        server.price("EUR_USD", Decimal("1.10000"), Decimal("1.10002"))
        try:
            return await asyncio.wait_for(work, 20)
        finally:
            await server.close()

    def began(running: Running) -> None:
        async def then() -> None:
            await do(running)
            running.session.nursery.end()

        running.session.nursery.start("a test", then())

    base = f"http://127.0.0.1:{port}"
    places = (folder / "one.toml", folder / "tickwise.toml")
    run_oanda(Asked(configs, ENVIRON, places, rest=base, stream=base), began, in_loop=_in(at_the_broker))


def _in(wrapped: Any) -> Any:
    return lambda work: asyncio.run(wrapped(work))


@pytest.fixture
def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_a_reload_that_nobody_armed_ends_entries_with_the_event_that_takes_it(
    tmp_path: Path, free_port: int
) -> None:
    configs = configs_in(tmp_path)
    arm(configs)
    told: list[j.Entry] = []

    async def do(running: Running) -> None:
        engine = running.engine
        engine.observe = told.append
        await asyncio.sleep(0.2)
        assert ("pause", "house", "") not in engine.book.switches
        (tmp_path / "one.toml").write_text(BOT + "[gates]\nspread_pips_max = 0.1\n")
        while ("pause", "house", "") not in engine.book.switches:
            await asyncio.sleep(0.01)

    ran(tmp_path, configs, do, free_port)
    told = [each for each in told if isinstance(each, j.Reloaded | j.Switched)]
    reloaded, switched = told[:2]
    assert isinstance(reloaded, j.Reloaded)
    assert isinstance(switched, j.Switched)
    assert (switched.switch, switched.scope, switched.on) == ("pause", "house", True)
    assert switched.reason.startswith("what was armed was another config")
    assert switched.event == reloaded.event + 1


def test_an_arming_of_another_account_lets_no_live_session_begin(tmp_path: Path, free_port: int) -> None:
    configs = configs_in(tmp_path)
    arm(configs, "001-004-7654321-001")

    async def do(running: Running) -> None:
        raise AssertionError("it began")

    with pytest.raises(ConfigError, match=f"account {ACCOUNT} was never armed"):
        ran(tmp_path, configs, do, free_port)
