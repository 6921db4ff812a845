"""One step called from Python, as a live engine calls it: a quote in, what was decided out.

The state crosses the border as one block of bytes. Times are taken one call at a time, over real differences
of quotes, so a slow call (a closed bar, an entry, an exit) shows in the last percentiles.
"""

from __future__ import annotations

import time

import numpy as np

import measure
from tickwise.core.live import QUOTE, exchange_for

QUOTES = 300_000


def main() -> None:
    """Print the percentiles for a step, and for a call that does nothing."""
    tape = measure.quote_tape(QUOTES)
    chunk = tape.read()
    ran = measure.session(measure.bot("reference_w1.toml"), tape)
    live, block = ran.kernel.live, ran.records.block
    exchange = exchange_for(len(ran.lanes))
    quote = exchange[: 8 * len(QUOTE)].view(np.int64)
    clock = time.perf_counter_ns
    empty = [-clock() + clock() for _ in range(QUOTES)]
    spent = []
    trades = 0
    written = exchange[8 * len(QUOTE) :][:8].view(np.int64)
    for ts, bid, ask in zip(*(side.tolist() for side in chunk[:3]), strict=True):
        quote[:4] = ts, ts, bid, ask
        begun = clock()
        live(block, exchange)
        spent.append(clock() - begun)
        trades += int(written[0])
    whole = measure.session(measure.bot("reference_w1.toml"), tape)
    whole.feed(chunk)
    if trades != measure.found(whole)[0]:
        raise SystemExit(f"step by step {trades} trades, in one run {measure.found(whole)[0]}")
    median, high, highest = np.percentile(spent, [50, 99, 99.9]) - np.percentile(empty, 50)
    print(
        f"one step from Python: p50 {median:.0f} ns, p99 {high:.0f} ns, p99.9 {highest:.0f} ns "
        f"(reading the clock taken off); {trades} trades, the same as in one run"
    )


if __name__ == "__main__":
    main()
