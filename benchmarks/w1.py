"""W1: momentum on five million quotes through the full step, every gate present and every outcome counted.

Three configurations: the rules with the gates they do not need switched off; the same with every gate
switched on at a limit that does not bind, which must give the same trades; and FastScalp's defaults.
"""

from __future__ import annotations

import loops
import measure
from tickwise.config import BotConfig

ROUNDS = 7
RIGHT = (3_519, -775.30)

NOT_BINDING = {
    "gates.quote_age_ms_max": 60_000,
    "gates.spread_fraction_max": 0.5,
    "gates.spread_monitor": True,
    "market.spread_monitor_ratio_max": 1000,
    "gates.open_instrument_max": 5,
    "gates.open_pocket_max": 5,
    "gates.open_account_max": 5,
    "gates.open_house_max": 5,
    "gates.group": "all",
    "gates.group_fraction_max": 1000,
    "gates.per_hour_max": 1_000_000,
    "gates.per_day_max": 1_000_000,
    "gates.cool_down_s": 0.001,
    "gates.back_off_s": 0.1,
    "gates.breaker_failures": 10,
    "gates.units_cap": 1_000_000,
    "gates.value_cap": 100_000_000,
    "gates.price_band_fraction_max": 1.0,
    "gates.repeats_max": 1_000_000_000,
    "gates.day_loss_fraction_max": 0.9,
    "gates.pocket_loss_fraction_max": 0.9,
    "gates.margin_fraction_max": 10,
    "gates.score_min": 0.001,
    "gates.cost_ratio_min": 0.001,
    "calendar.quiet_windows": [],
    "market.classifier_frame": "M1",
}
"""Every gate that reads a number, on."""

CALM_MINUTES = 10
"""Minutes before the data, so that the spread's monitor and the price band have seen enough: until then they
refuse."""


def line(name: str, config: BotConfig, tape: object, right: tuple[int, float] | None) -> None:
    """Run one configuration beside the loop and print what it costs."""
    chunk = tape.read()
    ran = []

    def ours():
        ran[:] = [measure.session(config, tape)]
        return lambda: ran[0].feed(chunk)

    def theirs():
        return loops.w1(chunk.ts, chunk.bid, chunk.ask, 0.4, 0.8, 0.35, 1.0)

    measure.in_turns(1, ours, theirs)
    seconds, plain, ratio = measure.in_turns(ROUNDS, ours, theirs)
    n = len(chunk.ts)
    if ran[0].counts().sum() != n:
        raise SystemExit(f"{name}: outcomes add up to {ran[0].counts().sum():,}, not to {n:,} evaluations")
    got = measure.found(ran[0])
    said = measure.verdict(name, got, right) if right else f"{got[0]:,} trades, {got[1]:,.2f}"
    loop = f"; by hand {plain / n * 1e9:.2f}, ratio {ratio:.1f}" if right else ""
    print(f"W1 {name}: {seconds / n * 1e9:5.2f} ns a quote{loop}; {said}")


def main() -> None:
    """Print a line for each configuration."""
    tape = measure.quote_tape()
    trades, ticks = loops.w1(*tape.read()[:3], 0.4, 0.8, 0.35, 1.0)
    measure.verdict("the loop", (trades, ticks / 10 * loops.UNITS_PER_PIP), RIGHT)
    line("as ruled", measure.bot("reference_w1.toml"), tape, RIGHT)
    calm = measure.quote_tape(calm_minutes=CALM_MINUTES)
    line("every gate on, none binding", measure.bot("reference_w1.toml", NOT_BINDING), calm, RIGHT)
    line("FastScalp's defaults", measure.bot("fast_scalp.toml"), tape, None)


if __name__ == "__main__":
    main()
