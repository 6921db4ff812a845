"""The compiled core against an answer that is known: the reference rules on a small tape made by counting.

The rules have one right answer, whoever writes the program (docs of the reference works, W1); the tape is
whole numbers and the same on every machine. So what comes out tells whether this machine's compiled code
decides what it should.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from tickwise.config.load import bot_of
from tickwise.market_data.chunks import QuoteChunk
from tickwise.market_data.tape import QuoteTape, tape_of
from tickwise.research.backtest import backtest
from tickwise.research.watch import Watch

BEGIN_TS = 1_549_278_000_000_000_000
ROWS = 4_000
STEP_NS = 250_000_000

RULES: dict[str, Any] = {
    "name": "self-test",
    "strategy": "fast_scalp",
    "instruments": ["EUR_USD"],
    "params": {"threshold_pips": 0.4, "range_floor_pips": 0.8, "mean_quotes": 16, "range_quotes": 32},
    "gates": {
        "spread_pips_max": 0.35,
        "open_bot_max": 1,
        "spacing_s": 2.5,
        "per_minute_max": 24,
        "quote_age_ms_max": 0,
        "spread_monitor": False,
        "back_off_s": 0,
        "breaker_failures": 0,
        "day_loss_fraction_max": 0,
        "pocket_loss_fraction_max": 0,
        "margin_fraction_max": 0,
        "cost_ratio_min": 0,
    },
    "exits": {
        "target_pips": 1.0,
        "target_adds_spread": True,
        "target_spread_pips_min": 0.2,
        "stop_pips": 30.0,
        "soft_stop_pips": 0,
        "time_stop_s": 60,
        "time_stop_gain_pips": 0.4,
        "anchor": "fill",
    },
    "sizing": {"units_fixed": 10_000, "units_min": 10_000, "units_max": 10_000},
    "fills": {"latency_ms": 0, "slippage_pips": 0, "slippage_pips_max": 0},
    "calendar": {
        "quiet_windows": [],
        "rollover_before_min": 0,
        "rollover_after_min": 0,
        "market_closed": False,
    },
    "market": {"classifier_frame": "off", "grid_ms": 0},
}
"""The reference rules (`examples/reference_w1.toml`)."""


class Answer(NamedTuple):
    """What the rules come to: trades, and money in cents."""

    trades: int
    net_cents: int


RIGHT = Answer(15, -8_460)
"""The one right answer on `known_tape`."""


def known_tape() -> QuoteTape:
    """Make the tape: a mid that stands, climbs and falls by turns, two ticks wide and now and then six."""
    at = np.arange(ROWS, dtype=np.int64)
    mid = 110_000 + np.abs(at % 240 - 120) * (at // 240 % 3) // 2
    half = np.where(at % 97 < 90, 1, 3)
    chunk = QuoteChunk(BEGIN_TS + at * STEP_NS, (mid - half).astype(np.int32), (mid + half).astype(np.int32))
    return tape_of(chunk, [("EUR_USD", "0.00001")])


def self_test(watch: Watch | None = None) -> Answer:
    """Give what this machine's core comes to; `RIGHT` is what it should."""
    found = backtest(bot_of(RULES), known_tape(), watch=watch)
    return Answer(len(found.raw_trades), round(100 * float(found.stats["net_pnl"] or 0.0)))
