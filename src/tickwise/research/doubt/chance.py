"""Whether entries are better than chance: the same exits, gates and size, entered at random.

Random entries with the same exits earn what the exits and the costs give by themselves. A strategy whose
entries know something earns more a trade than nearly all of them.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tickwise.config.bot import BotConfig
from tickwise.config.load import bot_of
from tickwise.config.strategy_params import strategy_of
from tickwise.research.doubt import random_bars, random_quotes
from tickwise.research.doubt.finding import Finding
from tickwise.research.sweep.measures import Row, measured
from tickwise.research.sweep.run import sweep
from tickwise.research.sweep.shared_tape import Laid
from tickwise.research.watch import Watch

RUNS = 200
"""Runs by chance: significance is known to half a percent by then."""

TUNINGS = 5
"""How often the entries' frequency is mended so that there are as many trades as the strategy had."""

NEAR = 0.1
"""How far from the strategy's number of trades is near enough."""


def by_chance(
    bot: BotConfig,
    laid: Laid,
    trades: NDArray[Any],
    runs: int = RUNS,
    seed: int = 1,
    processes: int | None = None,
    watch: Watch | None = None,
) -> Finding:
    """Hold a bot's trades on a tape against runs of as many that enter by chance."""
    if len(trades) < 2:
        says = f"{len(trades)} trades are too few to hold against chance"
        return Finding("chance", True, says, "a longer tape would tell", {"trades": len(trades)})
    entering_by_chance = tuned(bot, laid, trades, seed)
    seeds = [seed * 1_000_000 + run for run in range(runs)]
    found = sweep(
        entering_by_chance, laid.tape, vary={"params.seed": seeds}, processes=processes, watch=watch
    )
    own = float(trades["pnl"].mean()) / 1e6
    return judged(own, len(trades), [row for row in found.rows if row["trades"]])


def judged(own: float, count: int, rows: list[Row]) -> Finding:
    """Say how many runs by chance earned as much a trade as the strategy did."""
    each = np.array([_a_trade(row) for row in rows])
    as_good = int((each >= own).sum())
    # One is added above and below: the run that is judged is one of those that might have been.
    p = (1 + as_good) / (1 + len(each))
    middle = float(np.median(each)) if len(each) else 0.0
    means = float(np.mean([int(row["trades"] or 0) for row in rows])) if rows else 0.0
    verdict = "better than chance" if p <= 0.05 else "no better than chance can explain"
    return Finding(
        "chance",
        p > 0.05,
        f"{as_good:,} of {len(each):,} runs with random entries and the same exits earned as much a trade "
        f"({own:,.4g} against a median of {middle:,.4g} over {means:,.0f} trades): p = {p:.3f}, {verdict}",
        "it does not prove that what the entries knew on this tape holds on another, and of sets that were "
        "chosen among many one in twenty passes without knowing anything",
        {"p": p, "runs": len(each), "as_good": as_good, "own_a_trade": own, "median_a_trade": middle,
         "trades": count, "trades_by_chance": means},
    )  # fmt: skip


def _a_trade(row: Row) -> float:
    net, count = row["net_pnl"], row["trades"]
    assert isinstance(net, float)
    assert isinstance(count, int)
    return net / count


def tuned(bot: BotConfig, laid: Laid, trades: NDArray[Any], seed: int) -> BotConfig:
    """Give the bot that enters by chance about as often as the strategy traded."""
    rows = (0, len(laid.chunk.ts))
    millionths = 1_000
    for _ in range(TUNINGS):
        made = entering(bot, trades, millionths, seed)
        got = int(measured(made, laid.tape, laid.part(rows))["trades"] or 0)
        if abs(got - len(trades)) <= NEAR * len(trades) or (millionths >= 10**6 and got < len(trades)):
            break
        millionths = int(np.clip(round(millionths * len(trades) / max(got, 0.5)), 1, 10**6))
    return made


def entering(bot: BotConfig, trades: NDArray[Any], millionths: int, seed: int) -> BotConfig:
    """Give a bot like this one that enters by chance, so often; sides in the strategy's proportion.

    Where the config names no stop or target, the strategy's median distances stand in for its signals'.
    """
    home: ModuleType = random_bars if strategy_of(bot).on_bars else random_quotes
    stops = np.abs(trades["entry_price"] - trades["stop"])[trades["stop"] > 0]
    targets = np.abs(trades["target"] - trades["entry_price"])[trades["target"] > 0]
    params = {
        "seed": seed,
        "entry_millionths": millionths,
        "buy_millionths": round(1e6 * float((trades["side"] > 0).mean())),
        "stop": float(np.median(stops)) if len(stops) else 0.0,
        "target": float(np.median(targets)) if len(targets) else 0.0,
    }
    document = bot.model_dump(exclude_none=True)
    states = {name: {**own, "params": {}} for name, own in document.get("states", {}).items()}
    changed = {"strategy": str(Path(str(home.__file__))), "params": params, "states": states}
    return bot_of({**document, **changed}, bot.name, bot.folder)
