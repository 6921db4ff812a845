"""W2: pullback on a million minute bars through the full step.

The loop by hand runs beside it twice: with the levels the rules say, and with levels of whole ticks, as
Tickwise keeps them. With those every trade and the money are the same; docs/decisions/w2_reference_figure.md
tells why the money hangs on the tick, and the trades do not.
"""

from __future__ import annotations

import numpy as np

import loops
import measure

ROUNDS = 7
TRADES = 118_037
RULES = -1_938.38
"""What the rules in words give, in floats."""

WHOLE = {1: -877.10, 10: -1_831.30, 10_000: -1_938.28}
"""What they give with levels in whole ticks, by how much finer the tick is than 0.00001."""


def main() -> None:
    """Print a line for each tick."""
    config = measure.bot("reference_w2.toml")
    for finer, right in WHOLE.items():
        tape = measure.bar_tape(finer)
        chunk = tape.read()
        prices = [side.astype(np.int64) for side in chunk[1:5]]
        ran = []

        def ours():
            ran[:] = [measure.session(config, tape)]  # noqa: B023
            return lambda: ran[0].feed(chunk)  # noqa: B023

        def theirs():
            return loops.w2(*prices, True)  # noqa: B023

        scale = loops.UNITS_PER_PIP / 10 / finer
        trades, ticks = loops.w2(*prices, False)
        measure.verdict("the rules in floats", (trades, ticks * scale), (TRADES, RULES))
        trades, ticks = loops.w2(*prices, True)
        measure.verdict("the loop", (trades, ticks * scale), (TRADES, right))
        measure.in_turns(1, ours, theirs)
        seconds, plain, ratio = measure.in_turns(ROUNDS, ours, theirs)
        said = measure.verdict("W2", measure.found(ran[0]), (TRADES, right))
        n = len(chunk.ts)
        print(
            f"W2, tick {float(tape.instruments[0].tick):g}: {seconds / n * 1e9:5.2f} ns a bar; "
            f"by hand {plain / n * 1e9:.2f}, ratio {ratio:.1f}; {said}"
        )


if __name__ == "__main__":
    main()
