"""Clients of OANDA that others wrote, against the local one: what they read and send is what it speaks."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from itertools import islice, takewhile
from pathlib import Path

import pytest
from client_environments import CLIENTS, Client, environment

from brokers.oanda.manners import Manners
from brokers.oanda.market import Row
from brokers.oanda.server.clocks import LoopClock
from brokers.oanda.server.local import LocalOanda
from brokers.oanda.tape import drawn
from brokers.oanda.text import SECOND, parse_time
from brokers.oanda.truth.broker import Broker

START = parse_time("2026-01-05T14:30:00Z")
HISTORY_S = 600

pytestmark = pytest.mark.slow


async def calls_of(client: Client, python: Path, manners: Manners) -> tuple[int, str, LocalOanda]:
    """Run a client's calls against a market that moves; give how they ended and the broker they left."""
    broker = Broker(manners=manners)
    broker.advance(START - HISTORY_S * SECOND)
    account = broker.open_account()
    rows: Iterator[Row] = drawn(random.Random(1), broker.now, per_second=5.0)
    for row in takewhile(lambda row: row.ts < START, rows):
        broker.price(row.instrument, row.bid, row.ask, row.ts)
    server = LocalOanda(broker, LoopClock(asyncio.get_running_loop(), START))
    port = await server.listen()
    playing = asyncio.ensure_future(server.play(islice(rows, 100_000)))
    script = Path(__file__).parent / "oanda_clients" / f"{client.name}_calls.py"
    process = await asyncio.create_subprocess_exec(
        python,
        "-W",
        "ignore",
        script,
        "127.0.0.1",
        str(port),
        "local-token",
        account.id,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    playing.cancel()
    await asyncio.gather(playing, return_exceptions=True)
    await server.close()
    return process.returncode or 0, said.decode(), server


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_a_client_written_elsewhere_finds_an_oanda(client: Client) -> None:
    ended, said, server = asyncio.run(calls_of(client, environment(client), Manners()))
    assert (ended, said) == (0, "all calls held\n"), said
    assert {exchange.status for exchange in server.exchanges} >= {200, 201}
    assert not any(exchange.status and exchange.status >= 500 for exchange in server.exchanges)


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_it_finds_one_where_zeros_are_trimmed_and_every_price_is_sent(client: Client) -> None:
    manners = Manners(trims_zeros=True, every_price=True, compresses=False)
    ended, said, _ = asyncio.run(calls_of(client, environment(client), manners))
    assert (ended, said) == (0, "all calls held\n"), said
