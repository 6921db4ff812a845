"""Run drawn worlds and print what came of them: for tests that run this file in a process of its own.

Usage: python told.py SEED COUNT [answers]

With `answers`, sessions are fed event by event what a venue may say; else each runs over a tape.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from oracles.answers import Played, asked_at_a_venue, drawn
from oracles.chain import decisions_of, trades_of
from oracles.drawn_worlds import world_drawn
from oracles.tapes import chunk_of
from oracles.worlds import session_of

QUOTES = 1_500
ANSWERS = 600


def told(seed: int) -> dict[str, Any]:
    """Run one drawn world; give its digest, outcomes, and digests of its trades, decisions and state."""
    instruments = 1 + seed % 2
    chunk = chunk_of(seed, QUOTES, instruments=instruments, step_ms=(300, 2_000)[seed % 2])
    session = session_of(world_drawn(seed, int(chunk.ts[0]), int(chunk.ts[-1]), instruments))
    session.feed(chunk)
    return {
        "decision_digest": session.decision_digest,
        "outcomes": session.outcomes(),
        "trades": trades_of(session),
        "decisions": decisions_of(session),
        "state": hashlib.sha256(session.snapshot()).hexdigest(),
    }


def told_answers(seed: int) -> dict[str, Any]:
    """Feed one session drawn answers of a venue; give its digest, and what came of them."""
    live = asked_at_a_venue()
    played = Played(live)
    outcomes = [played.happen(move)[1] for move in drawn(seed, ANSWERS)]
    return {
        "decision_digest": live.session.decision_digest,
        "decisions": [row for each in outcomes for row in each.decisions.tolist()],
        "trades": [row for each in outcomes for row in each.trades.tolist()],
        "state": hashlib.sha256(live.session.snapshot()).hexdigest(),
    }


if __name__ == "__main__":
    first, count = map(int, sys.argv[1:3])
    tell = told_answers if sys.argv[3:] == ["answers"] else told
    print(json.dumps([tell(seed) for seed in range(first, first + count)]))  # noqa: T201
