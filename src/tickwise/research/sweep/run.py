"""Run a sweep: every set of parameters over one tape, by several processes, going on where one was cut off.

The result does not depend on how many processes there are: a set's row follows from the bot, the set and the
tape, and rows stand in the order of the sets.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tickwise.config.bot import BotConfig
from tickwise.engine.clock import WallClock
from tickwise.errors import ConfigError
from tickwise.market_data.tape import Tape
from tickwise.research.moment import Moment, moment_of
from tickwise.research.sweep.files import refuse_ending
from tickwise.research.sweep.ground import Ground, days_in, ground_for, tape_meant
from tickwise.research.sweep.job import plain_document
from tickwise.research.sweep.kept import Kept
from tickwise.research.sweep.measures import MEASURES, Row
from tickwise.research.sweep.plan import Plan, Vary, plan_of
from tickwise.research.sweep.result import SCORES, Score, SweepResult
from tickwise.research.sweep.sets import Search
from tickwise.research.sweep.shards import finish, ordered, shards_of
from tickwise.research.sweep.workers import Shard, cores
from tickwise.research.watch import Unwatched, Watch
from tickwise.session.calendars import news_source


def sweep(
    config: str | Path | BotConfig,
    tape: str | Path | Tape | None = None,
    *,
    vary: Vary = (),
    search: Search | None = None,
    tries: int | None = None,
    seed: int | None = None,
    by: Score = "net_pnl",
    trades_min: int = 1,
    processes: int | None = None,
    out: str | Path | None = None,
    force: bool = False,
    instrument: str | None = None,
    tick: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    since: Moment | None = None,
    until: Moment | None = None,
    watch: Watch | None = None,
) -> SweepResult:
    """Try sets of parameters of one bot on a tape: a sweep's file, or a bot with what is varied.

    `vary` names settings with their values: {"params.threshold_pips": [0.4, 0.6]}, or "0.2:2.0:0.2" for a
    range. `search` is "grid" for all combinations, "random" for `tries` of them drawn by `seed`. Sets are
    compared `by` a measure, those with fewer than `trades_min` trades not at all. With `out` the table is
    written there, and an interrupted sweep goes on when it is asked for again. `watch` hears how many sets
    are done. Raises ConfigError, DataError or StrategyError, each one clear line.
    """
    plan = plan_of(config, vary, search, tries, seed, overrides)
    refuse_wishes(by, trades_min, processes)
    source = tape_meant(tape if tape is not None else plan.tape, instrument, tick)
    told, place = watch or Unwatched(), None if out is None else Path(out)
    if place is not None:
        _refuse_place(place, force)
    with ground_for(plan.bot, source, told) as ground:
        rows = ground.laid.rows(*(None if each is None else moment_of(each) for each in (since, until)))
        shards = shards_of([(at, plan.sets.overrides(at), rows) for at in range(len(plan.sets))], rows)
        kept = Kept(place, _keys(plan, ground, rows, shards))
        kept.take_up(force)
        count, begun_s = processes or min(cores(), len(shards)), WallClock().now_s()
        before = sum(len(each) for each in kept.rows.values())
        finish(ground.job, shards, count, kept, told)
        found = ordered(kept.rows.values(), len(plan.sets))
        _refuse_all_refused(found)
        result = SweepResult(
            bot=plan.bot,
            sets=plan.sets,
            rows=found,
            score=by,
            trades_min=trades_min,
            tape_days=days_in(ground, rows),
            digests={"tape": ground.laid.digest, "code": ground.code},
            seconds=WallClock().now_s() - begun_s,
            ran_now=len(plan.sets) - before,
            processes=count,
        )
    if place is not None:
        result.save(place)
        kept.drop()
    return result


def refuse_wishes(by: str, trades_min: int, processes: int | None) -> None:
    """Raise ConfigError for what cannot be meant, before any work is done."""
    if by not in SCORES:
        raise ConfigError(f"by {by}: no measure to compare sets by; choose from {', '.join(SCORES)}")
    if trades_min < 1 or (processes is not None and processes < 1):
        raise ConfigError("at least one trade and one process: give numbers above 0")


def _refuse_place(place: Path, force: bool) -> None:
    """Raise ConfigError where the result could not be written later."""
    refuse_ending(place)
    if not place.parent.is_dir():
        raise ConfigError(f"{place}: there is no folder {place.parent}: make it first")
    if place.exists() and not force:
        raise ConfigError(f"{place}: it is there already: choose another name, or give --force")


def _refuse_all_refused(rows: Sequence[Row]) -> None:
    if all(row["refused"] for row in rows):
        raise ConfigError(f"every set was refused; the first because of {rows[0]['refused']}")


def _keys(plan: Plan, ground: Ground, rows: Sequence[int], shards: Sequence[Shard]) -> dict[str, str]:
    """Digest everything a row follows from, each part apart, so that what changed can be named."""
    return {
        "tape": ground.laid.digest,
        "rows": _digest(list(rows)),
        "code": _digest([ground.code, MEASURES]),
        "bot": _digest([plain_document(plan.bot.model_dump(mode="json")), _news_of(plan.bot)]),
        "sets": _digest([[list(each) for each in plan.sets.varied], str(list(plan.sets.numbers))]),
        "shards": _digest([len(tasks) for _, tasks in shards]),
    }


def _news_of(bot: BotConfig) -> list[str]:
    """Digest the files of a bot's economic calendar."""
    place = Path(news_source(bot)) if news_source(bot) else None
    if place is None:
        return []
    files = sorted(each for each in place.rglob("*") if each.is_file()) if place.is_dir() else [place]
    return [hashlib.sha256(each.read_bytes()).hexdigest() for each in files]


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
