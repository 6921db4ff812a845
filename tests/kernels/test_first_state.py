"""A strategy's state begins with its own first values, and an indicator's with nothing seen."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from oracles.bots import quiet
from oracles.tapes import chunk_of, tape
from tickwise.core.compiled import called
from tickwise.core.indicators import adx, atr, bollinger, ema, macd, rsi, vwap
from tickwise.kernels.contract import flat_fields, flat_values
from tickwise.session.assembly import assembled

NEXT: dict[str, tuple[Any, Any, tuple[Any, ...]]] = {
    "ema": (ema.EMPTY, ema.ema_next, (110_000.5, 9)),
    "atr": (atr.EMPTY, atr.atr_next, (110_010.0, 110_000.0, 110_005.0, 14)),
    "rsi": (rsi.EMPTY, rsi.rsi_next, (110_000.5, 14)),
    "adx": (adx.EMPTY, adx.adx_next, (110_010.0, 110_000.0, 14)),
    "macd": (macd.EMPTY, macd.macd_next, (110_000.5, 12, 26, 9)),
    "bollinger": (bollinger.EMPTY, bollinger.bollinger_next, (220_001, 0, 20)),
    "vwap": (vwap.EMPTY, vwap.vwap_next, (110_000.5, 3.0)),
}
"""Each indicator's empty state, how it moves, and one value to move it by."""


def zeros(small: type) -> Any:
    """Make a NamedTuple as a zeroed record would load it."""
    return small(*(kind() for _, kind in flat_fields(small)))


@pytest.mark.parametrize("name", NEXT)
def test_an_indicator_in_a_zeroed_record_moves_as_an_empty_one(name: str) -> None:
    empty, move, value = NEXT[name]
    move = called(move)
    one, other = move(empty, *value), move(zeros(type(empty)), *value)
    for _ in range(3):
        assert repr(one) == repr(other)
        one, other = move(one, *value), move(other, *value)


def test_a_state_lies_in_the_lane_with_its_first_values(write: Callable[..., Path]) -> None:
    path = write(
        ("    crossed: int = 0\n", "    crossed: int = 7\n    level: float = 5.0\n    armed: bool = True\n"),
        ("state.crossed)", "state.crossed, state.level, state.armed)"),
        ("state.crossed + 1)", "state.crossed + 1, state.level, state.armed)"),
    )
    session = assembled([quiet(str(path), accounts=["one", "two"])], tape(chunk_of(1, 10)))
    for lane in session.records.lanes:
        assert list(lane["wholes"][:4]) == [0, 7, 1, 0]
        assert math.isnan(lane["reals"][0])
        assert list(lane["reals"][1:3]) == [5.0, 0.0]


def test_first_values_are_laid_out_as_the_kernel_reads_them() -> None:
    assert flat_values(macd.EMPTY)[0] == [0]
    assert np.isnan(flat_values(macd.EMPTY)[1]).all()
    assert [name for name, _ in flat_fields(atr.Atr)] == ["seen", "value", "close"]


LEVEL = '''"""Wait at a level that the state begins with. Earns nothing, bleeds nothing."""

from typing import NamedTuple

from tickwise.core.types import NO_WISH, Signal


class Params(NamedTuple):
    """None that counts."""

    unused: int = 0


class State(NamedTuple):
    """Quotes left before the first signal, and a level."""

    left: int = 25
    level: float = 5.5


def on_quote(state):
    if state.left > 0:
        return State(state.left - 1, state.level), NO_WISH
    return state, Signal(1, state.level, 30.0, 10.0)
'''


def test_the_kernel_goes_on_from_the_first_values(write: Callable[..., Path]) -> None:
    of = tape(chunk_of(1, 60, odd=False))
    session = assembled([quiet(str(write(text=LEVEL)))], of)
    for part in of.chunks():
        session.feed(part)
    decided = np.concatenate(session.decisions)
    entered = decided[decided["act"] == 1][0]
    assert entered["ts"] == of.read().ts[25]
    assert session.records.lanes["order"]["score"][0] == 5.5
