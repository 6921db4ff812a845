"""W3 through `tickwise.sweep`: two hundred sets over half a million quotes, beside the loop written by hand.

The sweep runs its sets by two processes: it lays the tape out, starts them, and gathers a row for each set.
The loop runs the same sets on two threads of this process, and gives trades and profit only. Then the same
sweep over a hundredth of the quotes, which says what a set costs besides its quotes.
"""

from __future__ import annotations

import loops
import measure
import tickwise as tw
from w3 import GRID, QUOTES, RIGHT, on_threads

ROUNDS = 3
PROCESSES = 2
VARY = {
    "params.threshold_pips": "0.20,0.25,0.30,0.35,0.40,0.45,0.50,0.55,0.60,0.70",
    "params.range_floor_pips": "0.6:1.4:0.2",
    "exits.target_pips": "0.6,0.8,1.0,1.5",
}


def main() -> None:
    """Print evaluations a second of both, and what a set costs by itself."""
    tape, short = measure.quote_tape(QUOTES), measure.quote_tape(QUOTES // 100)
    bot, chunk = measure.bot("reference_w1.toml"), tape.read()
    found: list[tw.SweepResult] = []

    def swept(on):
        return tw.sweep(bot, on, vary=VARY, processes=PROCESSES)

    def ours():
        return lambda: found.append(swept(tape))

    def theirs():
        return on_threads(lambda p: loops.w1(chunk.ts, chunk.bid, chunk.ask, p[0], p[1], 0.35, p[2]), GRID)

    ours()()
    each = theirs()
    by_hand = sum(n for n, _ in each), sum(ticks for _, ticks in each) / 10 * loops.UNITS_PER_PIP
    measure.verdict("the loop", by_hand, RIGHT)
    seconds, plain, ratio = measure.in_turns(ROUNDS, ours, theirs)
    said = found[-1].to_dict()
    says = measure.verdict("the sweep", (said["trades"], said["net_pnl"]), RIGHT)
    bare = swept(short).seconds / len(GRID)
    print(
        f"W3 as a sweep by {PROCESSES} processes: {said['evaluations'] / seconds / 1e6:.1f} M evaluations a "
        f"second; by hand {said['evaluations'] / plain / 1e6:.0f} M, ratio {ratio:.0f}; {says}"
    )
    print(f"a set costs {1e3 * bare:.1f} ms of the clock besides its quotes, starting the processes included")


if __name__ == "__main__":
    main()
