"""A local OANDA for benchmarks, and engines that run at it as processes of their own."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from brokers.oanda.instruments import Instrument
from brokers.oanda.manners import Manners
from brokers.oanda.server.clocks import LoopClock
from brokers.oanda.server.local import LocalOanda
from brokers.oanda.truth.broker import Broker as Truth
from long_session import ACCOUNT, SYMBOL

PATIENCE_S = 120.0
LINE_BYTES_MAX = 1 << 26


class Broker:
    """A local OANDA that quotes as it is told to and stays while engines come and go."""

    def __init__(
        self, prices: Callable[[LocalOanda], Coroutine[Any, Any, None]], symbols: Sequence[str] = (SYMBOL,)
    ) -> None:
        """`prices` feeds the market of these instruments, of five digits each, without end."""
        self._prices, self._symbols = prices, symbols

    async def __aenter__(self) -> Broker:
        loop = asyncio.get_running_loop()
        clock = LoopClock(loop, time.time_ns())
        manners = Manners(every_price=True, closes_on_weekends=False, charges_financing=False)
        truth = Truth([Instrument(name, -4, 5) for name in self._symbols], manners)
        truth.open_account(ACCOUNT, now=clock.now())
        self.server = LocalOanda(truth, clock)
        self.base = f"http://127.0.0.1:{await self.server.listen()}"
        self._market = loop.create_task(self._prices(self.server))
        return self

    async def __aexit__(self, *error: object) -> None:
        self._market.cancel()
        await self.server.close()

    async def ran(self, script: str, *words: str, patience_s: float = PATIENCE_S) -> bytes:
        """Run a script's engine until it has said one line, and kill it; give the line."""
        engine = await asyncio.create_subprocess_exec(
            sys.executable, script, *words, self.base,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, limit=LINE_BYTES_MAX,
        )  # fmt: skip
        assert engine.stdout is not None
        errors = asyncio.get_running_loop().create_task(engine.stderr.read())
        said = b""
        with contextlib.suppress(TimeoutError):
            said = await asyncio.wait_for(engine.stdout.readline(), patience_s)
        if engine.returncode is None:
            engine.kill()
        await engine.wait()
        if not said:
            raise SystemExit(f"the engine said nothing in its time: {(await errors).decode()[-2_000:]}")
        return said


def percentiles(seconds: Sequence[float]) -> str:
    """Write the median and the 99th percentile, in milliseconds."""
    ordered = sorted(seconds)
    return (
        f"p50 {1e3 * ordered[len(ordered) // 2]:.2f} ms, p99 {1e3 * ordered[len(ordered) * 99 // 100]:.2f} ms"
    )
