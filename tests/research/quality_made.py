"""Journals of orders made by hand, with a recording beside them, for tests of execution and parity."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from oracles.entries_made import MONDAY, made
from tickwise.journal import entries as j
from tickwise.journal.database import run_once
from tickwise.journal.inline import InlineJournal
from tickwise.journal.scope import scope_of
from tickwise.market_data.chunks import TapeInstrument
from tickwise.market_data.recording import Recorder
from tickwise.research.quality.orders import Executed, executed_in
from tickwise.research.quality.quotes import Recordings

MS = 1_000_000
SECOND = 1_000_000_000
INSTRUMENTS = (TapeInstrument("EUR_USD", "0.00001"), TapeInstrument("USD_JPY", "0.001"))


def opened(**said: object) -> j.SessionOpened:
    """Give the first entry of a session at a venue."""
    return made(j.SessionOpened, MONDAY, **{"venue": "oanda", "environment": "practice", **said})


def entering(
    number: int,
    ts: int,
    *,
    sent: int = 1,
    answered: int = 40,
    price: int = 110_003,
    units: int = 10_000,
    spread: int = 2,
    stop: int = 0,
    target: int = 0,
) -> list[j.Entry]:
    """Give an order that enters at a bid of 110,000: when it left and was filled, in milliseconds after `ts`.

    A price of 0 is a rejection for lack of margin.
    """
    name, side = f"s1-{number}", 1 if units > 0 else -1
    ask = 110_000 + spread
    bound = (ask if side > 0 else 110_000) + side * 10
    said = {"order": name, "units": units, "ask": ask, "spread": spread, "bound": bound}
    begun = [
        made(j.Intent, ts, price=ask if side > 0 else 110_000, **said),
        made(j.Sent, ts + sent * MS, order=name, number=2 * number),
    ]
    end = ts + answered * MS
    if price == 0:
        return [*begun, made(j.Ended, end, order=name)]
    filled = {"order": name, "position": name, "execution": f"x{number}", "units": units, "price": price}
    at = {"stop": stop or price - side * 300, "target": target or price + side * 12}
    return [*begun, made(j.Filled, end, latency=answered * MS, **at, **filled)]


def leaving(
    number: int, ts: int, *, wanted: int, price: int, units: int = 10_000, reason: str = "time"
) -> list[j.Entry]:
    """Give the order that leaves the position of an entry: sent at once, filled 20 milliseconds later."""
    name = f"s1-{number}-x1"
    said = {"position": f"s1-{number}", "reason": reason}
    return [
        made(j.ExitIntent, ts, order=name, units=-units, price=wanted, **said),
        made(j.Sent, ts, order=name, number=2 * number + 1, verb="leave"),
        made(j.Reduced, ts + 20 * MS, order=name, execution=f"y{number}", units=units, price=price, **said),
    ]


def rested(number: int, ts: int, *, price: int, units: int = 10_000, reason: str = "stop") -> j.Reduced:
    """Give the fill of a stop or target that the venue made by itself."""
    said = {"position": f"s1-{number}", "execution": f"y{number}", "units": units, "reason": reason}
    return made(j.Reduced, ts, order="", price=price, **said)


def written(path: Path, entries: Sequence[j.Entry]) -> Path:
    """Write a journal of these entries."""
    journal = InlineJournal(path, owner="test", ts=MONDAY)
    for entry in entries:
        journal.append(entry)
    journal.close()
    return path


def recorded(path: Path, *quotes: tuple[int, int, int]) -> Path:
    """Write a recording of EUR/USD: times, bids and asks."""
    recorder = Recorder(path, INSTRUMENTS)
    for event, (ts, bid, ask) in enumerate(quotes, 1):
        recorder.quote(event, ts, ts, bid, ask, 0)
    recorder.close()
    return path


def executed(
    journal: Path, recording: Path | None = None, since_ts: int = 0, name: str = "s1"
) -> list[Executed]:
    """Give the executed orders of a journal's session."""
    recordings = Recordings({} if recording is None else {name: recording})

    def read(connection: object) -> list[Executed]:
        scope = scope_of(connection)  # type: ignore[arg-type]
        assert scope is not None
        return executed_in(connection, scope, recordings, since_ts)  # type: ignore[arg-type]

    return run_once(journal, read)
