"""Short tapes written quote by quote, and one lane that wants to enter on every quote of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from oracles.chain import decisions_of, trades_of
from oracles.tapes import BEGIN
from oracles.worlds import AccountPlan, LanePlan, World, row, session_of
from tickwise.core.types import REASONS
from tickwise.market_data.chunks import QuoteChunk
from tickwise.session.session import Session

MS = 1_000_000
SECOND = 1_000 * MS
ANY_GAIN = 2**62

ALWAYS = {"seed": 1, "one_in": 1, "stop": 60.0, "target": 30.0, "only_side": 1}
"""The coin that always falls on buying, with a stop of 60 ticks and a target of 30."""

AT_ONCE = {"time_stop": 50 * MS, "time_stop_gain": ANY_GAIN}
"""Leave on the next quote."""


def quotes(*rows: tuple[int, int], spread: int = 2) -> QuoteChunk:
    """Make a tape of (milliseconds, bid)."""
    ts, bid = (np.array(column) for column in zip(*rows, strict=True))
    ask = bid + spread
    return QuoteChunk(BEGIN + ts.astype(np.int64) * MS, bid.astype(np.int32), ask.astype(np.int32))


def bids(*prices: int, spread: int = 2, step_ms: int = 100) -> QuoteChunk:
    """Make a tape of bids that are given as ticks from 110,000, one every so many milliseconds."""
    return quotes(*((at * step_ms, 110_000 + price) for at, price in enumerate(prices)), spread=spread)


def steady(count: int, spread: int = 2, step_ms: int = 100) -> QuoteChunk:
    """Make a tape on which nothing moves."""
    return bids(*[0] * count, spread=spread, step_ms=step_ms)


def world_of(side: int = 1, seed: int = 7, plan: dict[str, Any] | None = None, **settings: Any) -> World:
    """Make a world of one lane that wants to enter on every quote; `plan` changes the lane."""
    lane = LanePlan(settings=row(**settings), params={**ALWAYS, "only_side": side}, **(plan or {}))
    account = AccountPlan(day_loss_fraction=settings.get("day_loss_fraction", 0.0))
    return World([lane], accounts=[account], seed=seed)


def run(chunk: QuoteChunk, side: int = 1, seed: int = 7, **settings: Any) -> Session:
    """Run such a lane over a tape."""
    session = session_of(world_of(side, seed, **settings))
    session.feed(chunk)
    return session


def acts(session: Session, act: int) -> list[dict[str, int]]:
    """Give the decisions of one kind."""
    return [each for each in decisions_of(session) if each["act"] == act]


def exits(session: Session) -> list[tuple[str, float]]:
    """Give for each trade why it ended, and at how many ticks from 110,000."""
    return [(REASONS[each["reason"]], each["exit_price"] - 110_000) for each in trades_of(session)]


def first_exit(session: Session) -> tuple[str, float, int]:
    """Give why and at how many ticks from 110,000 the first trade ended, and after how many milliseconds."""
    trade = trades_of(session)[0]
    return (*exits(session)[0], (trade["exit_ts"] - BEGIN) // MS)
