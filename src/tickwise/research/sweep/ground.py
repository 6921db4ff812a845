"""What a sweep stands on: a tape laid out once for all processes, and a kernel compiled before them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tickwise.config.bot import BotConfig
from tickwise.core.types import DAY
from tickwise.engine.clock import WallClock
from tickwise.errors import ConfigError
from tickwise.kernels.generated import code_digest
from tickwise.market_data.importers import open_any
from tickwise.market_data.tape import Tape
from tickwise.research.sweep.job import Job, job_for
from tickwise.research.sweep.shared_tape import Laid, lay_out, mapped
from tickwise.research.watch import Watch
from tickwise.session.assembly import assembled, strategies_of
from tickwise.session.calendars import rolls_for


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


def tape_meant(tape: str | Path | Tape | None, instrument: str | None, tick: str | None) -> Tape:
    """Open the tape that is meant. Raises ConfigError where none is named, DataError as `open_any` does."""
    if tape is None:
        raise ConfigError("no tape is given: name one with --data, or as `data` in the sweep's file")
    return open_any(tape, instrument, tick) if isinstance(tape, (str, Path)) else tape


def days_in(ground: Ground, rows: Sequence[int]) -> int:
    """Count the trading days of the bot's calendar in which these rows of the tape lie."""
    tape, ts = ground.laid.tape, ground.laid.part(rows).ts
    rolls = rolls_for(ground.bot, tape.first_ts, tape.last_ts + int(DAY))
    return len(np.unique(np.searchsorted(rolls, ts, side="right")))
