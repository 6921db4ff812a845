"""From a quote's bytes to an order's bytes, inside the process, with the intent on disk between them.

The engine that `tickwise run` runs, at a local OANDA in another process: codec, core, gates, journal (SQLite,
synchronous=FULL), last hop and client are the real ones. The clock starts when the stream's bytes come from
the socket and stops when the order's are handed to the transport. The commit, which waits for the disk, is
told apart. In turns with each order the least that anyone could do runs in the same loop: parse the line as
JSON, compare, write one row with a sync, send the same bytes.

    python benchmarks/engine_latency.py [ORDERS]
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import socket
import sqlite3
import statistics
import sys
import tempfile
import time
from asyncio import selector_events
from collections import deque
from decimal import Decimal
from pathlib import Path
from typing import Any

import measure
from local_broker import Broker, percentiles
from long_session import SYMBOL, config_in

STEP_S = 0.04
ORDERS = 500
WARM = 20
JUMP = {
    "params.threshold_pips": 0.2,
    "params.range_floor_pips": 0.4,
    "gates.spacing_s": 0,
    "gates.per_minute_max": 0,
    "exits.stop_pips": 2.0,
}
"""In at each jump of the price; one of the next is beyond the stop or the target, which rest at the venue."""


async def jumps(server: Any) -> None:
    """Quote prices that lie anywhere within ten pips."""
    draws = random.Random(3)
    while True:
        bid = Decimal(110_000 + draws.randrange(-50, 51)) / 100_000
        server.price(SYMBOL, bid, bid + Decimal("0.00002"))
        await asyncio.sleep(STEP_S)


class Bare:
    """A loop that does nothing but what must be done."""

    def __init__(self, folder: Path) -> None:
        """Open a file of its own on the same disk, and a socket that somebody reads."""
        self._db = sqlite3.connect(folder / "bare.db", isolation_level=None)
        for says in ("journal_mode=WAL", "synchronous=FULL"):
            self._db.execute(f"PRAGMA {says}")
        self._db.execute("CREATE TABLE t (seq INTEGER PRIMARY KEY, body BLOB)")
        self._out, self._other = socket.socketpair()

    def order(self, line: bytes, request: bytes) -> float:
        """Take a price and send an order; seconds."""
        begun = time.perf_counter()
        said = json.loads(line)
        if float(said["asks"][0]["price"]) - float(said["bids"][0]["price"]) < 1:
            self._db.execute("INSERT INTO t (body) VALUES (?)", (line[:300],))
            self._out.sendall(request)
        spent = time.perf_counter() - begun
        self._other.recv(1 << 16)
        return spent


class Watch:
    """Notes when bytes come and go, and how long the disk took between."""

    def __init__(self, bare: Bare) -> None:
        """Begin with nothing seen."""
        self._bare = bare
        self._line, self._came = b"", 0.0
        self._decided: deque[tuple[bytes, float]] = deque()
        self._commits: list[tuple[float, float]] = []
        self.whole: list[float] = []
        self.disk: list[float] = []
        self.least: list[float] = []

    def put_in(self) -> None:
        """Listen where bytes enter and leave the process, and at the journal's commits."""
        from aiohttp.client_proto import ResponseHandler

        from tickwise.engine.desk import VenueDesk
        from tickwise.journal.commits import Commits

        transport: Any = selector_events._SelectorSocketTransport  # type: ignore[attr-defined]
        received, write, commit = ResponseHandler.data_received, transport.write, Commits.commit
        entering = VenueDesk.entering

        def now_received(handler: Any, data: bytes) -> None:
            if b'"PRICE"' in data:
                self._came = time.perf_counter()
                self._line = next(each for each in data.splitlines() if b'"PRICE"' in each)
            received(handler, data)

        def now_entering(desk: Any, intent: Any, seq: int) -> None:
            self._decided.append((self._line, self._came))
            entering(desk, intent, seq)

        def now_write(gone: Any, data: Any) -> None:
            if bytes(data[:5]) == b"POST ":
                self._left(bytes(data))
            write(gone, data)

        def now_commit(commits: Any, batch: Any, *, synced: bool) -> Any:
            begun = time.perf_counter()
            head = commit(commits, batch, synced=synced)
            if synced:
                self._commits.append((begun, time.perf_counter()))
            return head

        ResponseHandler.data_received = now_received  # type: ignore[method-assign]
        transport.write, Commits.commit = now_write, now_commit  # type: ignore[method-assign]
        VenueDesk.entering = now_entering  # type: ignore[method-assign]

    def _left(self, request: bytes) -> None:
        now = time.perf_counter()
        line, came = self._decided.popleft()
        since = [end - begun for begun, end in self._commits if begun >= came and end <= now]
        if not since:
            raise SystemExit("an order left, and nothing was written to the disk since its quote")
        self.whole.append(now - came)
        self.disk.append(sum(since))
        self._commits.clear()
        asyncio.get_running_loop().call_later(
            STEP_S / 4, lambda: self.least.append(self._bare.order(line, request))
        )


def engine(folder: Path, orders: int, base: str) -> None:
    """Be the engine: trade until so many orders have left, and print what was measured."""
    from tickwise.config.reload import Configs
    from tickwise.engine.process import Asked
    from tickwise.engine.run_oanda import run_oanda
    from tickwise.engine.running import Running

    watch = Watch(Bare(folder))
    watch.put_in()

    async def until_enough(running: Running) -> None:
        while len(watch.least) < orders + WARM:
            await asyncio.sleep(0.5)
        sends = running.engine.book.sends
        if not 0 <= sends - len(watch.whole) <= 1:  # one may be between its mark and its bytes
            raise SystemExit(f"{len(watch.whole)} orders were seen to leave, {sends} stand in the journal")
        parts = {"whole": watch.whole, "disk": watch.disk, "least": watch.least}
        sys.stdout.write(
            json.dumps({name: each[WARM : WARM + orders] for name, each in parts.items()}) + "\n"
        )
        sys.stdout.flush()

    def begun(running: Running) -> None:
        running.session.nursery.start("measure", until_enough(running))

    config = config_in(folder, last_hop={"repeats_max": 0})
    bots = {"bot.toml": measure.bot("reference_w1.toml", JUMP)}
    run_oanda(
        Asked(Configs(bots, config, {}), {"TICKWISE_TOKEN": "local-token"}, rest=base, stream=base), begun
    )


async def main(orders: int) -> None:
    """Print what an order takes, what of it is the disk's, and what a bare loop takes."""
    with tempfile.TemporaryDirectory(dir=".") as folder:
        async with Broker(jumps) as broker:
            said = await broker.ran(
                __file__, "engine", folder, str(orders), patience_s=60 + orders * 4 * STEP_S
            )
    found: dict[str, list[float]] = json.loads(said)
    ours = [whole - disk for whole, disk in zip(found["whole"], found["disk"], strict=True)]
    ratio = statistics.median(w / least for w, least in zip(found["whole"], found["least"], strict=True))
    print(
        f"quote in to order out, {len(ours)} orders: {percentiles(found['whole'])}\n"
        f"  the commit, synced: {percentiles(found['disk'])}\n"
        f"  all else:           {percentiles(ours)}\n"
        f"  a bare loop:        {percentiles(found['least'])}; ratio {ratio:.1f}\n"
        f"  load {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["engine"]:
        engine(Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
    else:
        asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else ORDERS))
