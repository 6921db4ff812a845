"""A local OANDA to point a program at, from the folder `tests`:

    python -m brokers.oanda                                     a drawn market, port 8901, real pace
    python -m brokers.oanda --tape quotes.parquet --instrument EUR_USD --speed 60
    python -m brokers.oanda --weather 7                         with the faults that seed 7 brings

Then let the program under test use `http://127.0.0.1:8901` for both of the vendor's hosts, the token
`local-token` and the account that is printed. The tape begins now, and broker time runs `--speed` times as
fast from then on: above 1 it leaves the wall clock behind. Stop it with Ctrl-C; it then says what it was
asked, which faults struck and what is left in the account.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import sys
import time
from pathlib import Path

from brokers.oanda.api.call import Token
from brokers.oanda.faults import Faults
from brokers.oanda.manners import Manners
from brokers.oanda.server.clocks import LoopClock
from brokers.oanda.server.local import LocalOanda
from brokers.oanda.tape import drawn, moved, read
from brokers.oanda.truth.broker import Broker
from brokers.oanda.weather import Weather


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def wanted(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="brokers.oanda", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tape", default="synthetic", help="a Parquet file of quotes, or `synthetic`")
    parser.add_argument("--instrument", default="EUR_USD", help="what the file's quotes are of")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8901, help="0 lets the system choose")
    parser.add_argument("--speed", type=float, default=1.0, help="broker seconds in one real second")
    parser.add_argument("--seed", type=int, default=1, help="of the synthetic market")
    parser.add_argument("--account", default="101-001-1234567-001")
    parser.add_argument("--token", default="local-token")
    parser.add_argument("--currency", default="USD")
    parser.add_argument("--balance", default="100000")
    parser.add_argument("--hedging", action="store_true", help="hold both sides of an instrument")
    parser.add_argument("--every-price", action="store_true", help="not at most four a second")
    parser.add_argument("--rate-limited", action="store_true", help="429 above the vendor's limits")
    parser.add_argument("--weather", type=int, metavar="SEED", help="faults drawn from this seed")
    return parser.parse_args(arguments)


async def serve(asked: argparse.Namespace) -> None:
    """Serve until cancelled."""
    loop, start_ns = asyncio.get_running_loop(), time.time_ns()
    broker = Broker(manners=Manners(every_price=asked.every_price, rate_limited=asked.rate_limited))
    account = broker.open_account(
        asked.account,
        currency=asked.currency,
        balance=asked.balance,
        hedging=asked.hedging,
        now=start_ns,
    )
    rows = drawn(random.Random(asked.seed), start_ns)
    if asked.tape != "synthetic":
        rows = moved(read(Path(asked.tape), broker.instruments[asked.instrument]), start_ns)
    server = LocalOanda(
        broker,
        LoopClock(loop, start_ns, asked.speed),
        tokens={asked.token: Token()},
        faults=Faults(asked.weather or 0),
        tape=iter(rows),
    )
    port = await server.listen(asked.host, asked.port)
    say(f"OANDA at http://{asked.host}:{port} for both hosts; token {asked.token}; account {account.id}")
    weather = None if asked.weather is None else Weather(server, asked.weather)
    if weather:
        say(f"weather of seed {asked.weather}: {weather.forecast}")
        weather.begin()
    try:
        await server.play()
        say("the tape has ended; the last prices stay. Ctrl-C stops")
        await asyncio.Event().wait()
    finally:
        if weather:
            await weather.stop()
        say(
            f"requests: {len(server.exchanges)}; transactions: {account.state.last_id}; "
            f"balance: {account.state.balance} {account.currency}; "
            f"open trades: {len(account.state.open)}; faults: {dict(server.faults.hits)}"
        )
        await server.close()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(wanted()))
