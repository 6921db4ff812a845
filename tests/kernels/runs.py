"""Run strategies' files over a small tape and tell what was compiled, loaded and traded."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from oracles.bots import quiet
from oracles.tapes import chunk_of, tape
from tickwise.core._cache import CACHE_DIR
from tickwise.session.assembly import assembled

ROWS = 3_000


def told(*paths: str) -> dict[str, Any]:
    of = tape(chunk_of(5, ROWS))
    session = assembled([quiet(path, name=f"bot{k}") for k, path in enumerate(paths)], of)
    for part in of.chunks():
        session.feed(part)
    stats = getattr(session.kernel.quotes, "stats", None)
    lanes = [int(lane) for trades in session.trades for lane in trades["lane"]]
    return {
        "cache": str(CACHE_DIR),
        "kernel": session.kernel.__name__,
        "hits": sum(stats.cache_hits.values()) if stats else 0,
        "misses": sum(stats.cache_misses.values()) if stats else 0,
        "trades": len(lanes),
        "by_bot": [lanes.count(k) for k in range(len(paths))],
        "digest": session.decision_digest,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(told(*sys.argv[1:])))
