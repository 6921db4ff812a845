"""Whether a strategy has seen enough when it says so: its first signals against those of a long run.

A strategy names how many quotes or bars it must have seen. If that is too few, its first signals after every
start depend on when it was started, and a restart in the middle of a day trades differently.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tickwise.config.bot import BotConfig
from tickwise.core.step import ON_QUOTE
from tickwise.core.types import SECOND
from tickwise.market_data.chunks import Chunk, cut
from tickwise.market_data.tape import Tape
from tickwise.research.doubt.finding import Finding
from tickwise.research.doubt.signals import bare, session_of, signals_of
from tickwise.research.sweep.draws import shares
from tickwise.session.session import Session

STARTS = 50
"""How often the strategy is started anew."""

LEEWAY = 8
"""Quotes or bars, at most, between the end of the warm-up and the signal that is looked at."""

DIFFER_SHARE = 0.05
"""Share of starts that may differ; a smooth average forgets its start slowly."""


def warm_up(bot: BotConfig, tape: Tape, chunk: Chunk, starts: int = STARTS, seed: int = 1) -> Finding:
    """Start the strategy so that it is only just warm, half the time at a signal of a long run; compare."""
    quiet = bare(bot)
    session = session_of(quiet, tape)
    session.feed(chunk)
    whole = signals_of(session)
    tried = differing = 0
    leeway = np.floor(shares(seed, "leeway", starts) * LEEWAY).astype(np.int64)
    for (row, lane), extra in zip(_moments(whole, chunk, session, starts, seed), leeway, strict=True):
        first = _start(session, chunk, row, lane, int(extra))
        found = _just_warm(quiet, tape, chunk, first, row + 1, lane)
        if found is not None:
            since, fresh = found
            now = (whole["ts"] > since) & (whole["ts"] <= chunk.ts[row]) & (whole["lane"] == lane)
            differing += not np.array_equal(whole[now], fresh)
            tried += 1
    return _judged(differing, tried, int(session.records.lanes["warm_up"].max()))


def _moments(
    whole: NDArray[Any], chunk: Chunk, session: Session, starts: int, seed: int
) -> Iterator[tuple[int, int]]:
    """Draw rows and lanes: in turns those of a signal, and any, where there may be one that should not be."""
    drawn, lanes = shares(seed, "moments", starts), len(session.lanes)
    for at, share in enumerate(drawn.tolist()):
        if at % 2 and len(whole):
            signal = whole[int(share * len(whole))]
            yield int(np.searchsorted(chunk.ts, signal["ts"], side="right")) - 1, int(signal["lane"])
        else:
            yield int(share * len(chunk.ts)), at // 2 % lanes


def _judged(differing: int, tried: int, need: int) -> Finding:
    share = differing / tried if tried else 0.0
    says = f"{differing:,} of {tried:,} starts, just warm after {need:,}, gave other signals than a long run"
    if not tried:
        says = f"no start could be tried: the tape is too short for a warm-up of {need:,}"
    elif share > DIFFER_SHARE:
        says += ": let `warm_up` in the strategy's file ask for more"
    return Finding(
        "warm-up",
        share > DIFFER_SHARE or not tried,
        says,
        "it does not prove that rarer signals than those drawn need no longer warm-up",
        {"starts": tried, "differing": differing, "warm_up": need},
    )


def _pace(session: Session, chunk: Chunk, lane: int) -> tuple[float, int]:
    """Give rows of the tape for one quote, or bar, of a lane, and the length of its bars in nanoseconds."""
    records = session.records
    market, trigger = records.markets[records.lanes["instrument"][lane]], int(records.lanes["trigger"][lane])
    if trigger == ON_QUOTE:
        return len(chunk.ts) / max(1, int(market["n"])), 1
    frame = market["frames"][trigger]
    return len(chunk.ts) / max(1, int(frame["closed"])), int(frame["span"]) * int(SECOND)


def _start(session: Session, chunk: Chunk, row: int, lane: int, extra: int) -> int:
    """Give the row to start at, so that the lane is only just warm at `row`; at the beginning of a bar."""
    each, span = _pace(session, chunk, lane)
    need = int(session.records.lanes["warm_up"][lane]) + extra
    first = max(0, row - int(np.ceil(need * each)) - (1 if span > 1 else 0))
    if span > 1:
        first = int(np.searchsorted(chunk.ts, chunk.ts[first] // span * span))
    return first


def _just_warm(
    bot: BotConfig, tape: Tape, chunk: Chunk, first: int, end: int, lane: int
) -> tuple[int, NDArray[Any]] | None:
    """Run from a row to another; give when the lane was warm, and its signals since; None if it never was."""
    session, at = session_of(bot, tape), first
    step = max(1, (end - first) // 64)
    while at < end and not _is_warm(session, lane):
        session.feed(cut(chunk, at, min(at + step, end)))
        at = min(at + step, end)
    if not _is_warm(session, lane):
        return None
    since = int(chunk.ts[at - 1]) if at > first else int(chunk.ts[first]) - 1
    session.feed(cut(chunk, at, end))
    found = signals_of(session)
    return since, found[(found["ts"] > since) & (found["lane"] == lane)]


def _is_warm(session: Session, lane: int) -> bool:
    records = session.records
    mine = records.lanes[lane]
    market = records.markets[mine["instrument"]]
    trigger = int(mine["trigger"])
    seen = int(market["n"]) if trigger == ON_QUOTE else int(market["frames"][trigger]["closed"])
    return seen >= int(mine["warm_up"])
