"""Two thousand quotes a second over twenty instruments and fifty bots, held for ten minutes.

The engine that `tickwise run` runs, at a local OANDA in another process that quotes as fast as it is told to.
Measured is how late the engine's event loop comes to what is due (every 5 ms somebody asks), its memory at
the start, in the middle and at the end, what its journal and its tape grow by, and its share of a processor.

    python benchmarks/engine_load.py [--seconds 600] [--quotes 2000] [--profile FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from decimal import Decimal
from pathlib import Path
from typing import Any

import measure
from local_broker import Broker, percentiles
from long_session import config_in
from tickwise.config import BotConfig

BOTS = 50
EVERY_S = 0.005
QUIET = 0.98
"""How much of the quotes has a spread that no gate refuses."""

STEADY_S = 10.0
"""What passes before anything counts: streams begin, windows fill, memory settles."""

SYMBOLS = (
    "EUR_USD", "GBP_USD", "AUD_USD", "NZD_USD", "USD_CHF", "USD_CAD", "EUR_GBP", "EUR_CHF", "EUR_AUD",
    "EUR_CAD", "EUR_NZD", "GBP_CHF", "GBP_AUD", "GBP_CAD", "GBP_NZD", "AUD_CAD", "AUD_CHF", "AUD_NZD",
    "NZD_CAD", "CAD_CHF",
)  # fmt: skip
"""Twenty pairs of five digits."""


def walks(rate: int) -> Callable[[Any], Coroutine[Any, Any, None]]:
    """Give a market that quotes so often a second, each instrument a walk of its own."""

    async def prices(server: Any) -> None:
        draws, loop = random.Random(11), asyncio.get_running_loop()
        mids, begun, count = [100_000.0] * len(SYMBOLS), loop.time(), 0
        while True:
            while count < (loop.time() - begun) * rate:
                at = count % len(SYMBOLS)
                mids[at] += draws.gauss(0, 3) - (mids[at] - 100_000) / 5_000
                bid = Decimal(round(mids[at])) / 100_000
                spread = 2 if draws.random() < QUIET else 6
                server.price(SYMBOLS[at], bid, bid + Decimal(spread) / 100_000)
                count += 1
            await asyncio.sleep(EVERY_S)

    return prices


def bots() -> dict[str, BotConfig]:
    """Give fifty bots on two instruments each, which want in now and then, not all at once."""
    found = {}
    for at in range(BOTS):
        pair = [SYMBOLS[at % len(SYMBOLS)], SYMBOLS[(at + 7) % len(SYMBOLS)]]
        own = {"name": f"bot-{at}", "instruments": pair, "params.threshold_pips": 2.0 + at / 50}
        found[f"{at}.toml"] = measure.bot("reference_w1.toml", {**own, "account.kill_failures": 0})
    return found


def resident_mib() -> float:
    """Give the memory that this process has in hand."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def engine(folder: Path, seconds: float, profile: str, base: str) -> None:
    """Be the engine: hold the load so long, and print what was measured."""
    from tickwise.cli.event_loop import in_loop
    from tickwise.config.reload import Configs
    from tickwise.engine.process import Asked
    from tickwise.engine.run_oanda import run_oanda
    from tickwise.engine.running import Running

    async def watch(running: Running) -> None:
        loop, profiler = asyncio.get_running_loop(), cProfile.Profile()
        await asyncio.sleep(STEADY_S)
        quotes, size, cpu, begun = seen(running), grown(folder), time.process_time(), loop.time()
        late, memory = [], [resident_mib()]
        if profile:
            profiler.enable()
        while loop.time() < begun + seconds:
            due = time.perf_counter() + EVERY_S
            await asyncio.sleep(EVERY_S)
            late.append(max(0.0, time.perf_counter() - due))
            if loop.time() > begun + len(memory) * seconds / 20:
                memory.append(resident_mib())
        if profile:
            profiler.disable()
            profiler.dump_stats(profile)
        spent = loop.time() - begun
        told = {
            "late": late,
            "memory": memory,
            "quotes": (seen(running) - quotes) / spent,
            "cpu": (time.process_time() - cpu) / spent,
            "grown": {name: (now - size[name]) / spent for name, now in grown(folder).items()},
            "orders": running.engine.book.sends,
        }
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()

    def begun(running: Running) -> None:
        running.session.nursery.start("measure", watch(running))

    config = config_in(folder, last_hop={"repeats_max": 0})
    token = {"TICKWISE_TOKEN": "local-token"}
    run_oanda(Asked(Configs(bots(), config, {}), token, rest=base, stream=base), begun, in_loop=in_loop)


def seen(running: Any) -> int:
    """Count the quotes that the core accepted."""
    return int(running.engine.live.session.records.markets["n"].sum())


def grown(folder: Path) -> dict[str, int]:
    """Give the bytes of the journal, with its log, and of the tape."""
    journal = sum(each.stat().st_size for each in folder.glob("journal.db*"))
    return {"journal": journal, "tape": sum(each.stat().st_size for each in folder.rglob("*.recording"))}


async def main(asked: argparse.Namespace) -> None:
    """Print what the load cost; stops where the quotes did not come in."""
    with tempfile.TemporaryDirectory(dir=".") as folder:
        async with Broker(walks(asked.quotes), SYMBOLS) as broker:
            words = "engine", folder, str(asked.seconds), asked.profile
            said = await broker.ran(__file__, *words, patience_s=asked.seconds + 180)
    found = json.loads(said)
    late, memory = found["late"], found["memory"]
    middle = memory[len(memory) // 2]
    slope = 60 * (memory[-1] - middle) / (asked.seconds / 2)
    print(
        f"{found['quotes']:,.0f} quotes a second over {len(SYMBOLS)} instruments and {BOTS} bots, "
        f"{asked.seconds:g} s, {found['orders']} orders\n"
        f"  the loop is late: {percentiles(late)}, most {1e3 * max(late):.1f} ms\n"
        f"  memory {memory[0]:.0f}, {middle:.0f}, {memory[-1]:.0f} MiB; {slope:+.2f} MiB a minute\n"
        f"  journal {found['grown']['journal'] / 1024:,.0f} KiB/s, tape {found['grown']['tape'] / 1024:,.0f} "
        f"KiB/s, processor {found['cpu']:.0%}; load {os.getloadavg()[0]:.1f}"
    )
    if found["quotes"] < 0.95 * asked.quotes:
        raise SystemExit(f"{found['quotes']:,.0f} quotes a second came in: the load was not {asked.quotes:,}")


def wanted() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--quotes", type=int, default=2_000, help="a second")
    parser.add_argument("--profile", default="", help="write a cProfile of the engine's loop here")
    return parser.parse_args()


if __name__ == "__main__":
    if sys.argv[1:2] == ["engine"]:
        engine(Path(sys.argv[2]), float(sys.argv[3]), sys.argv[4], sys.argv[5])
    else:
        asyncio.run(main(wanted()))
