"""What an option's price, its greeks and its implied volatility cost, beside vollib's.

Ours run in a compiled loop, as contracts are chosen in the core, and called from Python one at a time. Both
find the volatilities that the prices were made with, and each other's.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from vollib.black_scholes_merton.implied_volatility import implied_volatility

from tickwise.core.options.black import CALL, black_scholes
from tickwise.core.options.greeks import black_scholes_greeks
from tickwise.core.options.implied import IMPLIED, black_scholes_implied

CONTRACTS = 100_000
CALLED = 5_000
ROUNDS = 5
SPOT, RATE, DIVIDEND = 100.0, 0.03, 0.01
OFF_MAX = 1e-8

Terms = tuple[float, float, float]
"""Strike, years, volatility."""


@numba.njit
def implied_all(price: Any, strike: Any, years: Any, found: Any) -> None:
    """Find every volatility."""
    for at in range(len(price)):
        implied = black_scholes_implied(CALL, price[at], SPOT, strike[at], years[at], RATE, DIVIDEND)
        found[at] = implied.volatility if implied.refusal == IMPLIED else np.nan


@numba.njit
def greeks_all(strike: Any, years: Any, volatility: Any, found: Any) -> None:
    """Find every delta, with the other greeks."""
    for at in range(len(strike)):
        found[at] = black_scholes_greeks(
            CALL, SPOT, strike[at], years[at], RATE, DIVIDEND, volatility[at]
        ).delta


def spent_ns(work: Callable[[], object], calls: int) -> float:
    """Give the processor's time of a call; others may have the machine meanwhile."""
    begun = time.process_time_ns()
    work()
    return (time.process_time_ns() - begun) / calls


def main() -> None:
    """Print the median of some rounds for each, and how far the volatilities are off."""
    chance = np.random.default_rng(1)
    strike = SPOT * np.exp(0.05 * chance.normal(size=CONTRACTS))
    years, volatility = chance.uniform(0.003, 0.2, CONTRACTS), chance.uniform(0.1, 0.8, CONTRACTS)
    terms: list[Terms] = list(zip(strike.tolist(), years.tolist(), volatility.tolist(), strict=True))
    price = np.array([black_scholes(CALL, SPOT, k, t, RATE, DIVIDEND, v) for k, t, v in terms])
    found, delta = np.empty(CONTRACTS), np.empty(CONTRACTS)
    few = [(p, k, t) for p, (k, t, _) in zip(price[:CALLED].tolist(), terms, strict=False)]
    theirs: list[float] = []

    def oracle() -> None:
        theirs[:] = [implied_volatility(p, SPOT, k, t, RATE, DIVIDEND, "c") for p, k, t in few]

    works: dict[str, tuple[Callable[[], object], int]] = {
        "implied, compiled": (lambda: implied_all(price, strike, years, found), CONTRACTS),
        "greeks, compiled": (lambda: greeks_all(strike, years, volatility, delta), CONTRACTS),
        "implied, from Python": (
            lambda: [black_scholes_implied(CALL, p, SPOT, k, t, RATE, DIVIDEND) for p, k, t in few],
            CALLED,
        ),
        "implied, vollib": (oracle, CALLED),
    }
    for work, _ in works.values():
        work()
    times = {name: [0.0] * ROUNDS for name in works}
    for turn in range(ROUNDS):
        for name, (work, calls) in works.items():
            times[name][turn] = spent_ns(work, calls)
    known = np.isfinite(found)
    off = np.abs(found - volatility)[known].max()
    apart = np.abs(found[:CALLED] - np.array(theirs))[known[:CALLED]].max()
    if off > OFF_MAX or apart > OFF_MAX:
        raise SystemExit(f"volatilities off by {off:.1e}, from vollib's by {apart:.1e}")
    for name, each in times.items():
        print(f"{name}: {np.median(each):,.0f} ns of the processor")
    print(f"{known.mean():.2%} imply a volatility, off by {off:.0e} at most, from vollib's by {apart:.0e}")


if __name__ == "__main__":
    main()
