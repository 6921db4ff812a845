"""Walk forward: choose the best set on some parts of a tape, and judge it on a part it was not chosen on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tickwise.config.bot import BotConfig
from tickwise.engine.clock import WallClock
from tickwise.market_data.tape import Tape
from tickwise.research.doubt.finding import Finding
from tickwise.research.doubt.splits import Scheme, Split, parts_of, splits_of
from tickwise.research.moment import Moment, moment_of
from tickwise.research.sweep.ground import ground_for, tape_meant
from tickwise.research.sweep.kept import Kept
from tickwise.research.sweep.measures import Row
from tickwise.research.sweep.plan import Vary, plan_of
from tickwise.research.sweep.plateau import plateau_of, steady
from tickwise.research.sweep.ranges import Value
from tickwise.research.sweep.result import Score
from tickwise.research.sweep.run import refuse_wishes
from tickwise.research.sweep.sets import Search, Sets
from tickwise.research.sweep.shards import finish, ordered, shards_of
from tickwise.research.sweep.workers import cores
from tickwise.research.watch import Unwatched, Watch

PARTS = 5


class Pooled(NamedTuple):
    """What a set did on several parts together."""

    trades: int
    net_pnl: float
    profit_factor: float | None
    sharpe: float | None


class Fold(NamedTuple):
    """One choice and how it was judged."""

    split: Split
    values: Mapping[str, Value]
    """The set that was chosen; empty where none could be."""
    chosen: Pooled
    judged: Pooled
    better: float | None
    """Share of all sets that did better than the chosen one where it was judged."""
    since: int
    until: int
    """First and last moment of the part that judged, nanoseconds UTC."""


@dataclass(frozen=True)
class WalkForward:
    """A walk forward that is done. Type its name in a shell to see the summary."""

    bot: BotConfig
    sets: Sets
    scheme: Scheme
    score: Score
    folds: tuple[Fold, ...]
    purge_s: float
    seconds: float

    def __repr__(self) -> str:
        return f"<WalkForward: {self.finding.says}>"

    @property
    def finding(self) -> Finding:
        """What it found in a sentence, and what it does not prove."""
        chosen = sum_of([fold.chosen for fold in self.folds])
        judged = sum_of([fold.judged for fold in self.folds])
        known = [fold.better for fold in self.folds if fold.better is not None]
        below = sum(share > 0.5 for share in known)
        up = sum(fold.judged.net_pnl > 0 for fold in self.folds)
        alarm = judged.net_pnl <= 0 or 2 * below > len(known) or not known
        return Finding(
            "walk forward" if self.scheme == "walk" else "purged parts",
            alarm,
            f"chosen by {self.score} among {len(self.sets):,} sets and judged on rows unseen, it made "
            f"{judged.net_pnl:,.2f} over {judged.trades:,} trades, with a gain in {up} of {len(self.folds)} "
            f"parts ({_a_trade(judged)} a trade, where it was chosen {_a_trade(chosen)}); in {below} of "
            f"{len(known)} parts most other sets did better",
            "it does not prove anything of a tape like none of these parts, and it stops being unseen once "
            "settings are changed because of it",
            {"trades": judged.trades, "net_pnl": judged.net_pnl, "parts": len(self.folds), "parts_up": up,
             "chosen_net_pnl": chosen.net_pnl, "chosen_trades": chosen.trades, "below_median": below},
        )  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain values, for JSON."""
        return {
            "summary": self.finding.says,
            "bot": self.bot.name,
            "scheme": self.scheme,
            "score": self.score,
            "sets": len(self.sets),
            "purge_s": self.purge_s,
            **self.finding.figures,
            "finding": self.finding._asdict(),
            "folds": [fold._asdict() for fold in self.folds],
            "seconds": self.seconds,
        }


def walk_forward(
    config: str | Path | BotConfig,
    tape: str | Path | Tape | None = None,
    *,
    parts: int = PARTS,
    scheme: Scheme = "walk",
    train: int = 0,
    purge_s: float | None = None,
    vary: Vary = (),
    search: Search | None = None,
    tries: int | None = None,
    seed: int | None = None,
    by: Score = "net_pnl",
    trades_min: int = 1,
    steadily: bool = True,
    processes: int | None = None,
    instrument: str | None = None,
    tick: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    since: Moment | None = None,
    until: Moment | None = None,
    watch: Watch | None = None,
) -> WalkForward:
    """Choose sets of a sweep on parts of a tape, and judge each choice on a part it has not seen.

    The tape is cut into `parts`. `scheme` "walk" chooses on the `train` parts before (0: all of them),
    "purged" on all others. Between parts `purge_s` seconds are left out; None takes the bot's time stop, a
    minute at least. `steadily` chooses by the lesser of a set's score and its neighbours' median. Raises
    ConfigError, DataError or StrategyError, each one clear line.
    """
    plan = plan_of(config, vary, search, tries, seed, overrides)
    refuse_wishes(by, trades_min, processes)
    purge = max(60.0, plan.bot.exits.time_stop_s) if purge_s is None else purge_s
    source = tape_meant(tape if tape is not None else plan.tape, instrument, tick)
    told, total = watch or Unwatched(), len(plan.sets)
    with ground_for(plan.bot, source, told) as ground:
        rows = ground.laid.rows(*(None if each is None else moment_of(each) for each in (since, until)))
        ts = ground.laid.chunk.ts
        cuts = parts_of(ts, rows, parts, round(purge * 1e9))
        tasks = [
            (part * total + at, plan.sets.overrides(at), cuts[part])
            for part in range(parts)
            for at in range(total)
        ]
        shards = shards_of(tasks, cuts[0])
        kept, begun_s = Kept(None, {}), WallClock().now_s()
        finish(ground.job, shards, processes or min(cores(), len(shards)), kept, told)
        found = ordered(kept.rows.values(), len(tasks))
        by_part = [found[part * total : (part + 1) * total] for part in range(parts)]
        folds = [
            _fold(plan.sets, by_part, split, by, trades_min, steadily, cuts[split.judged_on], ts)
            for split in splits_of(parts, scheme, train)
        ]
        seconds = WallClock().now_s() - begun_s
    return WalkForward(plan.bot, plan.sets, scheme, by, tuple(folds), purge, seconds)


def _fold(
    sets: Sets,
    by_part: Sequence[Sequence[Row]],
    split: Split,
    by: Score,
    trades_min: int,
    steadily: bool,
    rows: tuple[int, int],
    ts: Any,
) -> Fold:
    """Choose on some parts, judge on another."""
    on = [pooled([by_part[part][at] for part in split.chosen_on]) for at in range(len(sets))]
    scores = [_score(each, by, trades_min) for each in on]
    ranks = steady(scores, plateau_of(sets, scores)) if steadily else np.asarray(scores)
    span = int(ts[rows[0]]), int(ts[rows[1] - 1])
    if np.isnan(ranks).all():
        nothing = pooled([])
        return Fold(split, {}, nothing, nothing, None, *span)
    at = int(np.nanargmax(ranks))
    judged = [pooled([each]) for each in by_part[split.judged_on]]
    others = np.array([_score(each, by, 1) for each in judged])
    own = others[at] if not np.isnan(others[at]) else 0.0
    known = others[~np.isnan(others)]
    better = float((known > own).mean()) if len(known) else None
    return Fold(split, sets.overrides(at), on[at], judged[at], better, *span)


def _score(each: Pooled, by: Score, trades_min: int) -> float:
    value = getattr(each, by)
    return float("nan") if value is None or each.trades < trades_min else float(value)


def pooled(rows: Sequence[Row]) -> Pooled:
    """Put the rows of one set on several parts together, as if they were one run."""
    count = sum(_value(row, "trades") for row in rows)
    net, won, lost = (sum(_value(row, name) for row in rows) for name in ("net_pnl", "won", "lost"))
    squares = 0.0
    for row in rows:
        n = _value(row, "trades")
        mean = _value(row, "net_pnl") / n if n else 0.0
        squares += (n - 1) * _value(row, "deviation") ** 2 + n * mean**2 if n else 0.0
    variance = (squares - net**2 / count) / (count - 1) if count > 1 else 0.0
    sharpe = net / count / variance**0.5 if variance > 0 else None
    return Pooled(int(count), net, won / lost if lost > 0 else None, sharpe)


def sum_of(each: Sequence[Pooled]) -> Pooled:
    """Add trades and money; ratios do not add."""
    return Pooled(sum(one.trades for one in each), sum(one.net_pnl for one in each), None, None)


def _value(row: Row, name: str) -> float:
    value = row[name]
    assert not isinstance(value, str)
    return float(value or 0.0)


def _a_trade(each: Pooled) -> str:
    return f"{each.net_pnl / each.trades:+,.4g}" if each.trades else "nothing"
