"""Run a sweep: every set of parameters over one tape, by several processes, going on where one was cut off.

The result does not depend on how many processes there are: a set's row follows from the bot, the set and the
tape, and rows stand in the order of the sets.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from tickwise.config.bot import BotConfig
from tickwise.core.types import DAY
from tickwise.engine.clock import WallClock
from tickwise.errors import ConfigError
from tickwise.kernels.generated import code_digest
from tickwise.market_data.importers import open_any
from tickwise.market_data.tape import Tape
from tickwise.research.moment import Moment, moment_of
from tickwise.research.sweep.files import refuse_ending
from tickwise.research.sweep.job import Job, Task, job_for, plain_document
from tickwise.research.sweep.kept import Kept
from tickwise.research.sweep.measures import MEASURES, Row
from tickwise.research.sweep.plan import Plan, Vary, plan_of
from tickwise.research.sweep.result import SCORES, Score, SweepResult
from tickwise.research.sweep.sets import Search
from tickwise.research.sweep.shared_tape import Laid, lay_out, mapped
from tickwise.research.sweep.workers import Shard, cores, done
from tickwise.research.watch import Unwatched, Watch
from tickwise.session.assembly import assembled, strategies_of
from tickwise.session.calendars import news_source, rolls_for

SHARD_ROWS = 20_000_000
"""Quotes times sets in a shard: a few tenths of a second, so that little is lost when one is cut off."""

SHARD_SETS = 16
"""The most sets in a shard, however short the tape: making a session takes some 15 ms of a set."""


@dataclass(frozen=True)
class Ground:
    """What a sweep stands on: the bot, the tape laid out for all processes, the kernel compiled."""

    bot: BotConfig
    laid: Laid
    job: Job
    code: str


@contextmanager
def ground_for(bot: BotConfig, tape: Tape, watch: Watch) -> Iterator[Ground]:
    """Lay a tape out, and compile the kernel once before any process needs it."""
    with TemporaryDirectory(prefix="tickwise-sweep-") as folder:
        lay_out(tape, Path(folder))
        laid = mapped(Path(folder))
        session, clock = assembled([bot], laid.tape), WallClock()
        compiles, begun_s = not session.is_compiled(laid.chunk), clock.now_s()
        if compiles:
            watch.compiling()
        session.compile(laid.chunk)
        if compiles:
            watch.compiled(clock.now_s() - begun_s)
        yield Ground(bot, laid, job_for(bot, Path(folder)), code_digest(strategies_of([bot])[0]))


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
    _refuse(by, trades_min, processes, out, force)
    opened = _opened(tape if tape is not None else plan.tape, instrument, tick)
    told, place = watch or Unwatched(), None if out is None else Path(out)
    with ground_for(plan.bot, opened, told) as ground:
        rows = ground.laid.rows(*(None if each is None else moment_of(each) for each in (since, until)))
        shards = shards_of([(at, plan.sets.overrides(at), rows) for at in range(len(plan.sets))], rows)
        kept = Kept(place, _keys(plan, ground, rows, shards))
        kept.take_up(force)
        count, begun_s = processes or min(cores(), len(shards)), WallClock().now_s()
        before = sum(len(each) for each in kept.rows.values())
        for _ in finished(ground.job, shards, count, kept, told):
            pass
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


def _refuse(by: str, trades_min: int, processes: int | None, out: str | Path | None, force: bool) -> None:
    """Raise ConfigError for what cannot be meant, before any work is done."""
    if by not in SCORES:
        raise ConfigError(f"by {by}: no measure to compare sets by; choose from {', '.join(SCORES)}")
    if trades_min < 1 or (processes is not None and processes < 1):
        raise ConfigError("at least one trade and one process: give numbers above 0")
    if out is None:
        return
    place = Path(out)
    refuse_ending(place)
    if not place.parent.is_dir():
        raise ConfigError(f"{place}: there is no folder {place.parent}: make it first")
    if place.exists() and not force:
        raise ConfigError(f"{place}: it is there already: choose another name, or give --force")


def _opened(tape: str | Path | Tape | None, instrument: str | None, tick: str | None) -> Tape:
    if tape is None:
        raise ConfigError("no tape is given: name one with --data, or as `data` in the sweep's file")
    return open_any(tape, instrument, tick) if isinstance(tape, (str, Path)) else tape


def shards_of(tasks: Sequence[Task], rows: Sequence[int]) -> list[Shard]:
    """Put tasks together into shards, by the length of the tape alone."""
    size = max(1, min(SHARD_SETS, SHARD_ROWS // (rows[1] - rows[0])))
    parts = [tasks[first : first + size] for first in range(0, len(tasks), size)]
    return list(enumerate(parts))


def finished(job: Job, shards: Sequence[Shard], processes: int, kept: Kept, watch: Watch) -> Iterator[int]:
    """Do the shards that are not done yet, keep each as it ends, and tell how many tasks are done."""
    total = sum(len(tasks) for _, tasks in shards)
    ended = sum(len(each) for each in kept.rows.values())
    watch.ran(ended, total)
    for each in done(job, [shard for shard in shards if shard[0] not in kept.rows], processes):
        kept.add(each)
        ended += len(each[1])
        watch.ran(ended, total)
        yield ended


def ordered(parts: Iterable[Sequence[tuple[int, Row]]], total: int) -> tuple[Row, ...]:
    """Put the rows of all shards in the order of their tasks."""
    found = dict(pair for part in parts for pair in part)
    assert sorted(found) == list(range(total))
    return tuple(found[at] for at in range(total))


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


def days_in(ground: Ground, rows: Sequence[int]) -> int:
    """Count the trading days of the bot's calendar in which these rows of the tape lie."""
    tape, ts = ground.laid.tape, ground.laid.part(rows).ts
    rolls = rolls_for(ground.bot, tape.first_ts, tape.last_ts + int(DAY))
    return len(np.unique(np.searchsorted(rolls, ts, side="right")))
