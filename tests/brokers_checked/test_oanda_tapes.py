"""The local OANDA's market: tapes drawn and read, paced by a clock or taken step by step."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import urllib.request
from itertools import islice
from pathlib import Path

import duckdb
from asked_world import MONDAY
from served import Served, played

from brokers.oanda.instruments import INSTRUMENTS
from brokers.oanda.market import Row
from brokers.oanda.server.clocks import LoopClock, TapeClock
from brokers.oanda.server.local import LocalOanda
from brokers.oanda.tape import drawn, moved, read
from brokers.oanda.text import SECOND
from brokers.oanda.truth.broker import Broker

EURO = next(each for each in INSTRUMENTS if each.name == "EUR_USD")
TESTS = Path(__file__).parents[1]


def test_a_drawn_market_is_its_seeds() -> None:
    def some(seed: int) -> list[Row]:
        return list(islice(drawn(random.Random(seed), MONDAY), 500))

    assert some(1) == some(1) != some(2)
    assert all(row.bid < row.ask for row in some(1))
    assert [row.ts for row in some(1)] == sorted(row.ts for row in some(1))


def test_quotes_are_read_in_prices_or_in_ticks(tmp_path: Path) -> None:
    plain, labelled = tmp_path / "plain.parquet", tmp_path / "labelled.parquet"
    values = "VALUES (1::BIGINT, {}, {}), (2::BIGINT, NULL, {}), (3::BIGINT, {}, {})"
    rows = f"SELECT * FROM ({values}) quoted(ts, bid, ask)"
    label = json.dumps({"instruments": [{"symbol": "EUR_USD", "tick": "0.0001"}]})
    with duckdb.connect() as connection:
        prices = rows.format("1.1", "1.10012", "1.2", "1.1::DOUBLE", "1.3")
        connection.execute(f"COPY ({prices}) TO '{plain}' (FORMAT parquet)")
        connection.execute(
            f"COPY ({rows.format(11_000, 11_001, 12_000, 11_000, 13_000)}) TO '{labelled}' "
            f"(FORMAT parquet, KV_METADATA {{tickwise: '{label}'}})"
        )
    assert list(read(plain, EURO)) == [
        Row(1, "EUR_USD", 110_000, 110_012),
        Row(3, "EUR_USD", 110_000, 130_000),
    ]
    assert list(read(labelled, EURO)) == [
        Row(1, "EUR_USD", 110_000, 110_010),
        Row(3, "EUR_USD", 110_000, 130_000),
    ]
    assert [row.ts for row in moved(read(plain, EURO), 100)] == [100, 102]


def test_a_tape_is_played_at_the_pace_of_the_clock() -> None:
    async def story(at: Served) -> None:
        heard = at.prices()
        await asyncio.sleep(1)
        begun = at.server.clock.now()
        rows = [Row(begun + step * SECOND, "EUR_USD", 110_000 + step, 110_010 + step) for step in range(5)]
        await at.server.play(rows)
        await asyncio.sleep(1)
        times = heard.times("PRICE")[1:]
        assert [round(each - times[0]) for each in times] == [0, 1, 2, 3, 4]

    played(story)


def test_a_clock_may_run_faster_than_its_loop() -> None:
    async def story(at: Served) -> None:
        fast = LoopClock(at.loop, MONDAY, speed=60)
        await asyncio.sleep(2)
        assert fast.now() == MONDAY + 120 * SECOND
        assert fast.seconds_until(MONDAY + 180 * SECOND) == 1.0

    played(story)


def test_a_tape_may_be_taken_step_by_step() -> None:
    async def story(at: Served) -> None:
        broker = Broker()
        broker.open_account(now=MONDAY)
        rows = [Row(MONDAY + step * SECOND, "EUR_USD", 110_000 + step, 110_010 + step) for step in range(3)]
        server = LocalOanda(broker, TapeClock(MONDAY), tape=rows)
        at.base = at.base.replace(at.base.split(":")[2].split("/")[0], str(await server.listen("localhost")))
        heard = at.prices()
        await asyncio.sleep(1)
        for row in rows:
            assert await server.step() == row
            assert server.clock.now() == row.ts
            await asyncio.sleep(1)
        assert await server.step() is None
        assert [line["bids"][0]["price"] for line in heard.told("PRICE")] == ["1.10000", "1.10001", "1.10002"]
        await server.close()

    played(story)


def test_a_person_can_start_one_and_ask_it() -> None:
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "brokers.oanda", "--port", "0", "--speed", "60"],
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        first = process.stdout.readline()
        base = first.split()[2]
        asked = urllib.request.Request(f"{base}/v3/accounts", headers={"Authorization": "Bearer local-token"})
        with urllib.request.urlopen(asked, timeout=10) as answer:
            assert json.loads(answer.read())["accounts"][0]["id"] in first
    finally:
        process.send_signal(signal.SIGINT)
        said, error = process.communicate(timeout=30)
    assert (process.returncode, error) == (0, "")
    assert "requests: 1; transactions: 3; balance: 100000.0000 USD; open trades: 0; faults: {}" in said
