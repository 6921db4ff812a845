"""The journal: how fast entries are written, how long durable takes, how fast one is verified and rebuilt.

A commit cannot be faster than the disk: "durable" is taken in turns with the least that the same disk can do
for it, one row in a write-ahead log, synced. Postgres is measured where TICKWISE_TEST_POSTGRES names one, in
a database that is made for it and dropped. The folder of the files is the one it is started in.

    python benchmarks/journal.py [ENTRIES]    in the journal that is verified and rebuilt: 1,000,000
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from sqlalchemy.engine import make_url

from tickwise.journal.commits import CHECKED_AT_OPEN
from tickwise.journal.database import run_once
from tickwise.journal.entries import (
    Accepted,
    Counted,
    Entry,
    ExitIntent,
    Filled,
    InstrumentRow,
    Intent,
    LaneRow,
    Reduced,
    Refused,
    Sent,
    SessionOpened,
    TradeBooked,
)
from tickwise.journal.entry_readings import all_entries
from tickwise.journal.inline import InlineJournal
from tickwise.journal.maintenance import rebuilt, verified
from tickwise.journal.writer import ThreadedJournal

ROUNDS = 5
DURABLE = 200
BATCH = 20_000
GROUP = 20
SECOND = 1_000_000_000
BEGIN = 1_767_625_200 * SECOND
LANE = {"lane": 0, "bot": "fast", "instrument": "EUR_USD", "account": "main"}
NAMED = {**LANE, "strategy": "fast_scalp", "pocket": "scalp"}


def session() -> Iterator[Entry]:
    """Give a session without end: in every hundred entries a trade, the rest refusals and counts."""
    yield SessionOpened(
        ts=BEGIN, event=0, session="s", version="0", venue="paper", environment="paper", currency="USD",
        balance=10**10, configs=(), instruments=(InstrumentRow("EUR_USD", "0.00001", "1", "USD"),),
        lanes=(LaneRow("fast", "fast_scalp", "EUR_USD", "main", "scalp"),), code_digest="", layout=1,
        calendar_since=0, calendar_until=0, calendar_digest="", tape="",
    )  # fmt: skip
    ts, number = BEGIN, 0
    while True:
        number += 1
        yield from trade(ts, number)
        for n in range(45):
            ts += SECOND
            at = {"ts": ts, "event": 100 * number + n}
            gate, before = ("news", "spread_pips") if n % 2 else ("spread_pips", "news")
            yield Refused(**at, **LANE, gate=gate, before=before, count_before=n)
            yield Counted(**at, counts=((0, 710, 40), (0, 210, 3)), missed=((0, 210, 1),))


def trade(ts: int, number: int) -> Iterator[Entry]:
    """Give the entries of one trade."""
    at = {"ts": ts, "event": 100 * number}
    entry, leave = f"s-{number}", f"s-{number}-x1"
    price = {"bid": 110_000, "ask": 110_002, "price": 110_002, "stop": 300, "target": 12, "bound": 110_005}
    yield Intent(
        **at, **NAMED, **price, order=entry, units=10_000, spread=2, score=0.7, risk=30_000_000, value=10**10
    )
    yield Sent(**at, order=entry, payload="ab" * 32, mark=number, number=2 * number)
    yield Accepted(**at, order=entry, venue_order=str(number), mark=number)
    answer = {**at, "by": "venue", "position": entry, "lane": 0, "units": 10_000, "commission": 50_000}
    yield Filled(**answer, order=entry, execution=f"a{number}", price=110_003, stop=109_703, target=110_015)
    yield ExitIntent(**at, **LANE, order=leave, position=entry, units=-10_000, price=110_010, reason="time")
    yield Sent(**at, order=leave, payload="cd" * 32, mark=number, number=2 * number + 1)
    yield Reduced(
        **answer, order=leave, execution=f"b{number}", price=110_013, reason="time", gross=1_000_000
    )
    yield TradeBooked(
        **at, **NAMED, position=entry, side=1, units=10_000, decided_ts=ts, entry_ts=ts, entry_price=110_003,
        exit_ts=ts, exit_value=10_000 * 110_013, exit_units=10_000, reason="time", gross=1_000_000,
        commission=100_000, financing=0, pnl=900_000, risk=30_000_000, stop=109_703, target=110_015,
        best=110_014, worst=109_998, spread=2, score=0.7, state="range", latency=35_000_000,
    )  # fmt: skip


class Bare:
    """The least that a disk can do for one durable row: SQLite's own log, synced."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=FULL")
        self.connection.execute("CREATE TABLE t (seq INTEGER PRIMARY KEY, body BLOB)")

    def write(self) -> float:
        begun = time.perf_counter()
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.execute("INSERT INTO t (body) VALUES (?)", (b"x" * 300,))
        self.connection.execute("COMMIT")
        return time.perf_counter() - begun


async def durable(journal: ThreadedJournal, entries: list[Entry]) -> float:
    """Write entries and wait until they are on disk; seconds."""
    begun = time.perf_counter()
    for entry in entries:
        seq = journal.append(entry)
    await journal.durable(seq)
    return time.perf_counter() - begun


async def rounds(journal: ThreadedJournal, bare: Bare, stream: Iterator[Entry]) -> dict[str, list[float]]:
    """Take one entry, a group, and the bare disk in turns; seconds of each."""
    names = ["bare disk", "one entry", f"group of {GROUP}"]
    spent: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(ROUNDS * DURABLE):
        # a sync pays for what was written before it: nobody may always be the first
        for at in (turn % 3, (turn + 1) % 3, (turn + 2) % 3):
            entries = list(islice(stream, (0, 1, GROUP)[at]))
            spent[names[at]].append(await durable(journal, entries) if entries else bare.write())
    return spent


def told(name: str, seconds: list[float], entries: int = 1) -> None:
    """Print the percentiles of waiting, and how many entries a second that is."""
    cuts = statistics.quantiles(seconds, n=100)
    rate = entries * len(seconds) / sum(seconds)
    print(f"  {name:16} p50 {1e3 * cuts[49]:6.2f} ms   p99 {1e3 * cuts[98]:6.2f} ms   {rate:9,.0f} entries/s")


def written(where: str, folder: Path) -> None:
    """Measure writing to one place."""
    stream = session()
    journal = ThreadedJournal(where, owner="benchmark", ts=BEGIN)
    bare = Bare(folder / f"bare{time.perf_counter_ns()}.db")
    list(map(journal.append, islice(stream, 200)))
    spent = asyncio.run(rounds(journal, bare, stream))
    for name, seconds in spent.items():
        told(name, seconds, GROUP if name.startswith("group") else 1)
    ratio = statistics.median(
        one / least for one, least in zip(spent["one entry"], spent["bare disk"], strict=True)
    )
    batch = list(islice(stream, BATCH))
    seconds = asyncio.run(durable(journal, batch))
    print(
        f"  one entry costs {ratio:.2f} times the bare disk; a batch of {BATCH:,}: {BATCH / seconds:,.0f}/s"
    )
    journal.close()


def timed(what: str, count: int, work: Callable[[], object]) -> None:
    """Print how long something takes for so many entries."""
    begun = time.perf_counter()
    work()
    seconds = time.perf_counter() - begun
    print(f"  {what:24} {seconds:7.2f} s   {count / seconds:9,.0f} entries/s")


def filled(path: Path, count: int) -> None:
    """Write a journal of so many entries, in this thread."""
    journal = InlineJournal(path, owner="benchmark", ts=BEGIN, flush_ns=0)
    for entry in islice(session(), count):
        journal.append(entry)
    journal.close()


def followed(path: Path, count: int) -> None:
    """Measure what is done with a whole journal; stops where it does not hold or comes out otherwise."""
    timed("written without a thread", count, lambda: filled(path, count))
    print(f"  the file                 {path.stat().st_size / 2**20:7,.0f} MiB")
    timed("read entry by entry", count, lambda: run_once(path, lambda c: sum(1 for _ in all_entries(c))))
    timed("chain verified", count, lambda: verdicts.append(verified(path)))
    timed("tables folded anew", count, lambda: found.append(rebuilt(path, owner="benchmark")))
    timed(
        "opened, its end checked",
        min(count, CHECKED_AT_OPEN),
        lambda: ThreadedJournal(path, owner="b", ts=BEGIN).close(),
    )
    if not verdicts[-1].holds or verdicts[-1].head.seq != count or found[-1] != (count, ()):
        raise SystemExit(f"the journal is not what was written: {verdicts[-1]}, {found[-1]}")


verdicts: list = []
found: list = []


def main() -> None:
    """Measure SQLite, Postgres where there is one, and a whole journal."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory(dir=".") as name:
        folder = Path(name).absolute()
        print("SQLite")
        written(str(folder / "journal.db"), folder)
        server = os.environ.get("TICKWISE_TEST_POSTGRES")
        if server:
            print("Postgres")
            with_database(server, folder)
        print(f"a journal of {count:,} entries")
        followed(folder / "whole.db", count)


def with_database(server: str, folder: Path) -> None:
    """Measure Postgres in a database of its own."""
    import asyncpg

    async def say(sql: str) -> None:
        connection = await asyncpg.connect(server)
        await connection.execute(sql)
        await connection.close()

    name = f"tickwise_benchmark_{os.getpid()}"
    asyncio.run(say(f"CREATE DATABASE {name}"))
    try:
        written(make_url(server).set(database=name).render_as_string(hide_password=False), folder)
    finally:
        asyncio.run(say(f"DROP DATABASE {name} WITH (FORCE)"))


if __name__ == "__main__":
    main()
