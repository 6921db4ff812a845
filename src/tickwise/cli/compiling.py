"""Have a live session's kernel compiled before it is needed, and say so where that takes its time."""

from __future__ import annotations

import numpy as np

from tickwise.cli.watch import watching
from tickwise.engine.clock import WallClock
from tickwise.market_data.chunks import QuoteChunk
from tickwise.session.live import LiveSession
from tickwise.session.ready import is_ready, make_ready

NO_QUOTES = QuoteChunk(np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int32))


def have_compiled(live: LiveSession, *, events: bool = True, chunks: bool = False) -> None:
    """Compile or load what takes quotes; with `events` all else too, with `chunks` many quotes at once."""
    clock, session = WallClock(), live.session
    with watching() as watch:
        compiles = not (is_ready(live, events=events) and (not chunks or session.is_compiled(NO_QUOTES)))
        if compiles:
            watch.compiling()
        begun_s = clock.now_s()
        make_ready(live, events=events)
        if chunks:
            session.compile(NO_QUOTES)
        if compiles:
            watch.compiled(clock.now_s() - begun_s)
