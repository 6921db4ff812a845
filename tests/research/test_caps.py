"""The share of quotes that a spread cap lets through, and the sentence that is made of it."""

from __future__ import annotations

import numpy as np
import pytest

from oracles.bots import quiet
from tickwise.market_data.chunks import MISSING, QuoteChunk
from tickwise.market_data.tape import QuoteTape, tape_of
from tickwise.research.backtest import backtest
from tickwise.research.caps import Cap
from tickwise.research.headline import headline

BEGIN = 1_549_278_000_000_000_000


def quoted(spreads: list[int]) -> QuoteTape:
    """Make a tape of quotes with these spreads in ticks, one a second."""
    ts = BEGIN + np.arange(len(spreads), dtype=np.int64) * 10**9
    bid = np.full(len(spreads), 110_000, np.int32)
    ask = bid + np.array(spreads, np.int32)
    return tape_of(QuoteChunk(ts, bid, ask), [("EUR_USD", "0.00001")])


def shares(tape: QuoteTape, **gates: float) -> dict[str, float]:
    bot = quiet("fast_scalp", gates=gates)
    return {cap.setting: cap.share for cap in backtest(bot, tape).caps}


def test_a_cap_counts_the_quotes_at_and_below_it() -> None:
    assert shares(quoted([3, 10, 10, 11]), spread_pips_max=1.0) == {"gates.spread_pips_max": 0.75}


def test_crossed_and_one_sided_quotes_pass_no_cap_and_count_for_none() -> None:
    tape = quoted([3, -2, 30, 3])
    chunk = tape.read()
    bid = chunk.bid.copy()
    bid[3] = MISSING
    torn = tape_of(QuoteChunk(chunk.ts, bid, chunk.ask), [("EUR_USD", "0.00001")])
    assert shares(torn, spread_pips_max=1.0) == {"gates.spread_pips_max": 0.5}


def test_a_cap_on_the_part_of_the_price_is_counted_as_the_gate_compares() -> None:
    tape = quoted([9, 10, 11, 12])
    assert shares(tape, spread_fraction_max=0.0001) == {"gates.spread_fraction_max": 0.75}
    found = backtest(quiet("fast_scalp", gates={"spread_fraction_max": 0.0001}), tape)
    assert found.outcomes["spread_fraction"] == 1


def test_a_cap_that_is_off_is_not_there() -> None:
    assert shares(quoted([3, 3])) == {}


STARVED = Cap("one", "EUR_USD", "gates.spread_pips_max", 0.35, 0.002)
WIDE = Cap("two", "EUR_USD", "gates.spread_pips_max", 2.0, 0.9)


@pytest.mark.parametrize(
    ("trades", "net", "caps", "outcomes", "bots", "says"),
    [
        (1, 2.5, [WIDE], {"intent": 1}, 1, "1 trade, +2.50 USD net"),
        (
            0,
            0.0,
            [STARVED],
            {"spread_pips": 9},
            1,
            "0 trades: gates.spread_pips_max = 0.35 lets 0.20 % of the quotes of EUR_USD through, so this "
            "bot will hardly ever trade here",
        ),
        (
            1_200,
            -3.0,
            [WIDE, STARVED],
            {"intent": 9},
            2,
            "1,200 trades, -3.00 USD net: gates.spread_pips_max = 0.35 lets 0.20 % of the quotes of EUR_USD "
            "through, so bot one will hardly ever trade here",
        ),
        (
            0,
            0.0,
            [WIDE],
            {"no_signal": 3, "session": 5},
            1,
            "0 trades: 62.5 % of 8 evaluations ended at session: outside the trading sessions of the bot",
        ),
        (
            0,
            0.0,
            [],
            {"intent": 2},
            1,
            "0 trades: 2 orders were decided, and none was filled and closed again",
        ),
        (0, 0.0, [], {}, 1, "0 trades: no strategy was asked, because the tape is too short"),
    ],
)
def test_the_headline_says_what_was_earned_or_why_nothing(
    trades: int, net: float, caps: list[Cap], outcomes: dict[str, int], bots: int, says: str
) -> None:
    assert headline(trades, net, "USD", caps, outcomes, bots) == says
