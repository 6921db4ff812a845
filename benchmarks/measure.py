"""What every benchmark needs: the data as tapes, sessions ready to run, and times taken in turns.

A speed is the median of rounds in which the works take turns in one process, so that a busy moment of the
machine hits them alike; the ratio is the median of the ratios of each round.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tickwise.config import BotConfig, load_bot
from tickwise.market_data.tape import BarChunk, QuoteChunk, Tape, tape_of
from tickwise.session.assembly import assembled
from tickwise.session.session import Session

FOLDER = Path(__file__).parent / "data"
EXAMPLES = Path(__file__).parents[1] / "examples"


def columns(name: str) -> dict[str, Any]:
    """Load the arrays of one file of data; stops the benchmark where it has not been made."""
    path = FOLDER / f"{name}.npz"
    if not path.is_file():
        raise SystemExit(f"{path} is not there: run `python benchmarks/make_data.py` first")
    with np.load(path) as file:
        return {each: file[each] for each in file.files}


def quote_tape(rows: int | None = None, calm_minutes: int = 0) -> Tape:
    """Give the first quotes as a tape in memory, after so many minutes in which the price stands still.

    Gates that must have seen some minutes know their mean by then; a price that stands still is no signal.
    """
    found = columns("quotes")
    ts, bid, ask = (found[name][:rows] for name in ("ts", "bid", "ask"))
    before = ts[0] - np.arange(60 * calm_minutes, 0, -1) * 1_000_000_000
    still = (np.full(len(before), side[0], np.int32) for side in (bid, ask))
    sides = (np.concatenate(pair) for pair in zip(still, (bid, ask), strict=True))
    return tape_of(QuoteChunk(np.concatenate([before, ts]), *sides), [("EUR_USD", "0.00001")])


def bar_tape(finer: int = 1) -> Tape:
    """Give the bars as a tape in memory, bid and ask alike; its tick is `finer` times finer than 0.00001."""
    found = columns("bars")
    prices = [found[name] * np.int32(finer) for name in ("open", "high", "low", "close")]
    tick = f"{1e-5 / finer:.12f}".rstrip("0")
    return tape_of(BarChunk(found["ts"], *prices, *prices), [("EUR_USD", tick)], frame_s=60)


def bot(example: str, overrides: Mapping[str, Any] | None = None) -> BotConfig:
    """Read one of the examples."""
    return load_bot(EXAMPLES / example, overrides or {})


def session(config: BotConfig, tape: Tape) -> Session:
    """Make a session that keeps its trades and its digest; decisions are not asked for."""
    made = assembled([config], tape)
    made.keeps_decisions = False
    return made


def found(ran: Session) -> tuple[int, float]:
    """Give trades and their profit in the account's currency."""
    return sum(len(part) for part in ran.trades), sum(int(part["pnl"].sum()) for part in ran.trades) / 1e6


def timed(work: Callable[[], Any]) -> float:
    """Run a work once; give the seconds it took."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def in_turns(
    rounds: int, ours: Callable[[], Callable[[], Any]], theirs: Callable[[], Any]
) -> tuple[float, float, float]:
    """Give seconds of ours, seconds of theirs, and the ratio. `ours` makes a fresh work for each round."""
    pairs = [(timed(ours()), timed(theirs)) for _ in range(rounds)]
    return (
        statistics.median(pair[0] for pair in pairs),
        statistics.median(pair[1] for pair in pairs),
        statistics.median(pair[0] / pair[1] for pair in pairs),
    )


def verdict(name: str, got: tuple[int, float], wanted: tuple[int, float]) -> str:
    """Say whether trades and profit are the right answer; a benchmark of something else is none."""
    right = got[0] == wanted[0] and abs(got[1] - wanted[1]) < 0.005
    if not right:
        raise SystemExit(
            f"{name}: {got[0]:,} trades and {got[1]:,.2f}, but {wanted[0]:,} and {wanted[1]:,.2f} are right"
        )
    return f"{got[0]:,} trades, {got[1]:,.2f}: right"
