"""Every strategy, built-in or example, as bots of one session: each alone in an account of its own."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from oracles.bots import W1_EXITS, quiet
from tickwise.config.bot import BotConfig
from tickwise.core.types import HOUR
from tickwise.kernels.strategy_file import BUILT_IN, Strategy, load
from tickwise.market_data.chunks import QuoteChunk, joined
from tickwise.market_data.synth import synthesise
from tickwise.market_data.tape import QuoteTape, tape_of
from tickwise.session.assembly import assembled
from tickwise.session.session import Session

EXAMPLES = Path(__file__).parents[2] / "examples"

BEGIN = 1_709_535_600_000_000_000
"""Monday 2024-03-04 07:00 UTC: London opens an hour later."""

SEED = 7

PIP = 10
"""Ticks in a pip of EUR/USD."""

EXITS: Mapping[str, Mapping[str, Any]] = {
    "fast_scalp": W1_EXITS,
    "strategy_in_parts": {"target_pips": 2.0, "stop_pips": 3.0},
}
"""Exits of the strategies whose signals bring no stop; all others bring their own."""


def is_strategy(path: Path) -> bool:
    """Tell whether a file holds a strategy."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return any(isinstance(node, ast.ClassDef) and node.name == "Params" for node in body)


@cache
def files() -> Mapping[str, Path]:
    """Give every strategy's file by its name; a new one is found by being there."""
    found = sorted([*BUILT_IN.glob("*.py"), *EXAMPLES.glob("*.py")])
    return {path.stem: path for path in found if is_strategy(path)}


NAMES = sorted(files())


def strategy(name: str) -> Strategy:
    """Load a strategy by its name."""
    return load(files()[name])


def bots() -> list[BotConfig]:
    """Give a quiet bot for each strategy, which shares nothing with the others."""
    return [
        quiet(
            str(files()[name]),
            name=name,
            accounts=[name],
            exits={"time_stop_s": 600, **EXITS.get(name, {})},
        )
        for name in NAMES
    ]


@cache
def quotes(hours: int, seed: int = SEED) -> QuoteChunk:
    """Give some hours of the synthetic EUR/USD."""
    return joined(list(synthesise(["EUR_USD"], BEGIN, BEGIN + hours * int(HOUR), seed)))


def part(chunk: QuoteChunk, rows: slice) -> QuoteChunk:
    """Give some rows of a chunk; a column it lacks stays empty."""
    return QuoteChunk(*(column[rows] for column in chunk))


def tape(chunk: QuoteChunk) -> QuoteTape:
    """Make a tape of a chunk."""
    return tape_of(chunk, [("EUR_USD", "0.00001")])


def session(of: QuoteTape) -> Session:
    """Put all strategies together on a tape, without running it."""
    return assembled(bots(), of)


def run(chunk: QuoteChunk) -> Session:
    """Run all strategies over a chunk."""
    of = tape(chunk)
    done = session(of)
    for part in of.chunks():
        done.feed(part)
    return done


def rows_of(parts: list[NDArray[Any]], lane: int) -> NDArray[Any]:
    """Give the trades or decisions of one lane."""
    every = np.concatenate(parts)
    mine: NDArray[Any] = every[every["lane"] == lane]
    return mine
