"""A start of the engine, and a restart after kill -9 with a million entries in the journal.

What is timed is the process that `tickwise run` is, at a local OANDA over HTTP: from its start by the system
to the moment at which a position may be opened. The broker's prices come 200 times a second, so that nothing
waits long for the market; its limit of new connections a second costs about one second of every start, as it
does at the venue. Machine code lies in the cache, as after any first run.

    python benchmarks/recovery.py [ENTRIES]    1,000,000 unless said otherwise; they are written once
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

ROUNDS = 5
PRICE_S = 0.005
PATIENCE_S = 120.0
FOLDER = Path(__file__).parent / "data"
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))


class Broker:
    """A local OANDA that stays while engines die."""

    async def __aenter__(self) -> Broker:
        import long_session
        from brokers.oanda.manners import Manners
        from brokers.oanda.server.clocks import LoopClock
        from brokers.oanda.server.local import LocalOanda
        from brokers.oanda.truth import broker

        clock = LoopClock(asyncio.get_running_loop(), time.time_ns())
        manners = Manners(every_price=True, closes_on_weekends=False, charges_financing=False)
        truth = broker.Broker(manners=manners)
        truth.open_account(long_session.ACCOUNT, now=clock.now())
        self.server = LocalOanda(truth, clock)
        self.base = f"http://127.0.0.1:{await self.server.listen()}"
        self._market = asyncio.get_running_loop().create_task(self._prices(long_session.SYMBOL))
        return self

    async def __aexit__(self, *error: object) -> None:
        self._market.cancel()
        await self.server.close()

    async def _prices(self, symbol: str) -> None:
        at = 0
        while True:
            at += 1
            bid = Decimal(110_000 + at % 2) / 100_000
            self.server.price(symbol, bid, bid + Decimal("0.00002"))
            await asyncio.sleep(PRICE_S)

    async def started(self, folder: Path) -> dict[str, float]:
        """Start an engine, let it come to where it may trade, and kill it; give its moments in seconds."""
        engine = await asyncio.create_subprocess_exec(
            sys.executable, __file__, "engine", str(folder), self.base,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert engine.stdout is not None
        said = await asyncio.wait_for(engine.stdout.readline(), PATIENCE_S)
        if engine.returncode is None:
            engine.kill()
        _, errors = await engine.communicate()
        if not said:
            raise SystemExit(f"the engine ended by itself: {errors.decode()[-2_000:]}")
        moments: dict[str, float] = json.loads(said)
        return moments


def engine(folder: Path, base: str) -> None:
    """Be the engine: run as `tickwise run` does, and say when it came to what, in seconds of the process."""
    from tickwise.cli.bytecode import keep_bytecode

    keep_bytecode()
    import long_session
    from tickwise.cli.event_loop import in_loop
    from tickwise.config.reload import Configs
    from tickwise.engine import process, run_oanda, run_venue
    from tickwise.engine.clock import process_age_s
    from tickwise.engine.process import Asked
    from tickwise.engine.running import Running

    moments: dict[str, Any] = {"imported": process_age_s()}

    def noted(name: str, work: Any) -> Any:
        def now(*given: Any, **named: Any) -> Any:
            done = work(*given, **named)
            moments[name] = process_age_s()
            return done

        return now

    run_oanda.before = noted("past read", run_oanda.before)  # type: ignore[assignment]
    process.ThreadedJournal = noted("journal open", process.ThreadedJournal)  # type: ignore
    run_venue._running = noted("session made", run_venue._running)  # type: ignore[assignment]

    async def when_live(running: Running) -> None:
        dead = running.engine.book.dead
        while not dead or any(dead.values()):
            await asyncio.sleep(0.005)
        moments["may trade"] = process_age_s()
        sys.stdout.write(json.dumps(moments) + "\n")
        sys.stdout.flush()

    def begun(running: Running) -> None:
        running.session.nursery.start("say", when_live(running))

    bot, config = long_session.bot(), long_session.config_in(folder)
    asked = Asked(
        Configs({"bot.toml": bot}, config, {}), {"TICKWISE_TOKEN": "local-token"}, rest=base, stream=base
    )
    run_oanda.run_oanda(asked, begun, in_loop=in_loop)


def prepared(entries: int) -> tuple[Path, int]:
    """Give the folder of a session with so many entries, and how many they are; it is written once."""
    import long_session
    from tickwise.core._cache import CORE_DIGEST

    folder = FOLDER / f"recovery-{entries}-{CORE_DIGEST[:12]}"
    note = folder / "entries"
    if not note.is_file():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        begun = time.perf_counter()
        count = long_session.written(folder, entries, time.time_ns())
        print(f"{count:,} entries written in {time.perf_counter() - begun:.0f} s")
        note.write_text(str(count))
    return folder, int(note.read_text())


def told(what: str, rounds: list[dict[str, float]]) -> float:
    """Print the median of each moment, and how long the step before it took; give the last."""
    medians = {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}
    steps = [f"{name} {at:.2f}" for name, at in medians.items()]
    worst = max(each["may trade"] for each in rounds)
    print(f"{what}: {', '.join(steps)} s (worst {worst:.2f}); load {os.getloadavg()[0]:.1f}")
    return medians["may trade"]


async def measured(kept: Path, count: int) -> None:
    """Time first starts in empty folders, and restarts of a copy of the long session."""
    import long_session
    from tickwise.journal import entries as j
    from tickwise.journal.database import open_database
    from tickwise.journal.entry_readings import all_entries

    async with Broker() as broker:
        with tempfile.TemporaryDirectory(dir=FOLDER) as name:
            await broker.started(Path(name) / "warm")
            first = [await broker.started(Path(name) / str(at)) for at in range(ROUNDS)]
        told("a first start", first)
        with tempfile.TemporaryDirectory(dir=FOLDER) as name:
            folder = Path(name) / kept.name
            shutil.copytree(kept, folder)
            again = [await broker.started(folder) for _ in range(ROUNDS)]
            told(f"restarts with {count:,} entries", again)
            database = long_session.config_in(folder).database
            async with open_database(database) as opened:
                wanted = await opened.read(
                    lambda c: [e for _, e in all_entries(c, kinds=("session_recovered",))]
                )
            right = [each for each in wanted if isinstance(each, j.SessionRecovered)]
            if len(right) != ROUNDS or any(each.tape_ended_early for each in right):
                raise SystemExit(f"{len(right)} recoveries stand in the journal, {ROUNDS} is right: {right}")
            print(f"events taken again: {', '.join(str(each.events_again) for each in right)}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["engine"]:
        engine(Path(sys.argv[2]), sys.argv[3])
    else:
        asyncio.run(measured(*prepared(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)))
