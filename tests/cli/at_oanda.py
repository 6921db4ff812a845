"""A local OANDA in a thread of its own, and bots that trade there at any hour: for the real command."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from brokers.oanda.manners import Manners
from brokers.oanda.server.clocks import LoopClock
from brokers.oanda.server.local import LocalOanda
from brokers.oanda.truth.broker import Broker
from cli.commands import Ended

ACCOUNT = "101-001-1234567-001"
TOKEN = {"TICKWISE_TOKEN": "local-token"}
SETTINGS = f"""\
[venue]
name = "oanda"
account = "{ACCOUNT}"
"""
QUICK = """\
name = "quick"
strategy = "fast_scalp"
instruments = ["EUR_USD"]

[params]
threshold_pips = 0.2
range_floor_pips = 0.4

[gates]
spread_pips_max = 3.0
spread_monitor = false
cost_ratio_min = 0
spacing_s = 0
per_minute_max = 0

[exits]
target_pips = 3.0
stop_pips = 6.0
soft_stop_pips = 0
time_stop_s = 1

[sizing]
units_fixed = 10_000
units_min = 1
units_max = 0

[calendar]
market_closed = false
quiet_windows = []
rollover_before_min = 0
rollover_after_min = 0
"""
"""In and out about once a second, at any hour of any day."""


class Oanda:
    """A broker that stays while engines come and go; what it holds is read, not changed, from outside."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.is_ready = threading.Event()
        self.base = ""

    def serve(self) -> None:
        """Serve until stopped."""
        self.loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        self.clock = LoopClock(self.loop, time.time_ns())
        broker = Broker(manners=Manners(every_price=True, closes_on_weekends=False, charges_financing=False))
        self.account = broker.open_account(ACCOUNT, now=self.clock.now())
        self.server = LocalOanda(broker, self.clock)
        self.base = f"http://127.0.0.1:{await self.server.listen()}"
        self.over = asyncio.Event()
        market = self.loop.create_task(self._market())
        self.is_ready.set()
        await self.over.wait()
        market.cancel()
        await self.server.close()

    async def _market(self) -> None:
        draws, mid = np.random.default_rng(5), 110_000.0
        while True:
            mid += draws.normal(0, 4)
            bid = Decimal(round(mid)) / 100_000
            self.server.price("EUR_USD", bid, bid + Decimal("0.00003"))
            self.server.price("USD_JPY", Decimal("150.000"), Decimal("150.004"))
            await asyncio.sleep(0.02)

    @property
    def changes(self) -> list[str]:
        """Name every request that was no reading."""
        return [f"{each.method} {each.target}" for each in self.server.exchanges if each.method != "GET"]


@contextmanager
def serving() -> Iterator[Oanda]:
    """Serve a local OANDA while the block lasts."""
    oanda = Oanda()
    thread = threading.Thread(target=oanda.serve, daemon=True)
    thread.start()
    assert oanda.is_ready.wait(20)
    try:
        yield oanda
    finally:
        oanda.loop.call_soon_threadsafe(oanda.over.set)
        thread.join(20)


def home_in(folder: Path, settings: str = SETTINGS, bot: str = QUICK) -> Path:
    """Write settings and a bot into a folder."""
    (folder / "tickwise.toml").write_text(settings)
    (folder / "quick.toml").write_text(bot)
    return folder


def kinds(folder: Path) -> list[str]:
    """Name the kinds of the journal's entries, in order; none while it is being made."""
    with closing(sqlite3.connect(folder / "journal.db")) as database:
        made = database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'entries'").fetchone()[0]
        rows = database.execute("SELECT kind FROM entries ORDER BY seq") if made else ()
        return [row[0] for row in rows]


def count(folder: Path, kind: str) -> int:
    """Count the entries of a kind."""
    return kinds(folder).count(kind) if (folder / "journal.db").exists() else 0


def environ_in(folder: Path, **more: str) -> dict[str, str]:
    """Give what a command of that folder hears: its journal, the token, nothing else of ours."""
    kept = ("TICKWISE_CACHE_DIR", "TICKWISE_TEST_DATA")
    left = {k: v for k, v in os.environ.items() if not k.startswith("TICKWISE_") or k in kept}
    return {**left, **TOKEN, "COLUMNS": "80", "TICKWISE_DB": str(folder / "journal.db"), **more}


class Started:
    """The real command in a process of its own, and what it has said so far on the standard error."""

    def __init__(self, folder: Path, arguments: Sequence[object], environ: dict[str, str]) -> None:
        self.err = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tickwise", *(str(each) for each in arguments)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder, env=environ,
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.err += line

    def until(self, held: Callable[[], Any], most_s: float = 200.0) -> None:
        """Wait until something holds, long enough to compile; the command must not end before."""
        end = time.monotonic() + most_s
        while not held():
            assert self.process.poll() is None, self.err
            assert time.monotonic() < end, self.err
            time.sleep(0.02)

    def interrupted(self) -> Ended:
        """Press Ctrl-C, and wait for the end."""
        self.process.send_signal(signal.SIGINT)
        return self.ended()

    def ended(self) -> Ended:
        """Wait for the end."""
        assert self.process.stdout is not None
        out = self.process.stdout.read()
        code = self.process.wait(60)
        self._reader.join(10)
        return Ended(code, out, self.err)


@contextmanager
def started(folder: Path, *arguments: object, **environ: str) -> Iterator[Started]:
    """Start the real command in a folder; it is killed at the end of the block if it still runs."""
    command = Started(folder, arguments, environ_in(folder, **environ))
    try:
        yield command
    finally:
        if command.process.poll() is None:
            command.process.kill()
            command.process.wait()
