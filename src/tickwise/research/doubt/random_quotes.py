"""Enter by chance on quotes: the yardstick that a strategy asked on quotes is held against.

It earns nothing and bleeds the cost of trading. A quote is an entry with a fixed probability, a buy with
another; stop and target are distances in ticks for configs that name none.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from tickwise.core.mix import mixed
from tickwise.core.types import NO_WISH, Signal

FRAMES = ()


class Params(NamedTuple):
    """How often, which way, how far; shares in millionths."""

    seed: int = 1
    entry_millionths: int = 1_000
    buy_millionths: int = 500_000
    stop: float = 0.0
    target: float = 0.0


class State(NamedTuple):
    """Quotes seen."""

    seen: int = 0


def on_quote(params: Params, state: State, market: Any) -> tuple[State, Signal]:
    """Toss for an entry, and then for its side."""
    seen = state.seen + 1
    tossed = mixed(mixed(params.seed) + seen)
    if tossed % 1_000_000 >= params.entry_millionths:
        return State(seen), NO_WISH
    side = 1 if (tossed >> 24) % 1_000_000 < params.buy_millionths else -1
    return State(seen), Signal(side, 1_000.0, params.stop, params.target)
