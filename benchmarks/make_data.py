"""Make the data of the benchmarks once: seeded quotes and minute bars that look like EUR/USD.

    python benchmarks/make_data.py [--quotes 5000000] [--bars 1000000]

quotes.npz   ts (nanoseconds UTC), bid and ask in ticks of 0.00001
bars.npz     ts, open, high, low and close of the mid, in the same ticks

They go to benchmarks/data, which is not part of the repository. The right answers of the benchmarks belong to
the seeds and the lengths below.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FOLDER = Path(__file__).parent / "data"
TICK = 1e-5
PIP = 1e-4

QUOTES = 5_000_000
QUOTES_SEED = 20240613
BARS = 1_000_000
BARS_SEED = 20240614

PRICES_IN_A_BAR = 30
BARS_AT_ONCE = 100_000

Floats = NDArray[np.float64]


def clustered(rng: np.random.Generator, n: int, block: int, rho: float, spread: float) -> Floats:
    """Volatility that comes in clusters: exp of an AR(1) process every `block` rows, its mean about 1."""
    knots = n // block + 2
    noise = rng.standard_normal(knots) * spread * np.sqrt(1.0 - rho * rho)
    levels = np.empty(knots)
    level = 0.0
    for at in range(knots):
        level = rho * level + noise[at]
        levels[at] = level
    return np.exp(np.interp(np.arange(n), np.arange(knots) * block, levels) - 0.5 * spread * spread)


def quotes(n: int = QUOTES, seed: int = QUOTES_SEED) -> dict[str, NDArray[np.integer]]:
    """Quotes with spreads of 0.1 to 0.4 pip, four a second on average."""
    rng = np.random.default_rng(seed)
    volatility = clustered(rng, n, 200, 0.97, 0.45)
    mid = 1.10000 + np.cumsum(rng.standard_normal(n) * (0.05 * PIP) * volatility)
    spread = rng.integers(1, 5, n)
    bid = np.rint(mid / TICK - 0.5 * spread).astype(np.int32)
    gap_ms = np.maximum(1, np.rint(rng.gamma(2.0, 125.0, n))).astype(np.int64)
    ts = np.int64(1_704_153_600_000_000_000) + np.cumsum(gap_ms) * 1_000_000
    return {"ts": ts, "bid": bid, "ask": (bid + spread).astype(np.int32)}


def bars(n: int = BARS, seed: int = BARS_SEED) -> dict[str, NDArray[np.integer]]:
    """Minute bars of a mid that takes thirty steps in each."""
    rng = np.random.default_rng(seed)
    volatility = clustered(rng, n, 30, 0.97, 0.45)
    step = 0.05 * PIP * np.sqrt(240.0 / PRICES_IN_A_BAR)
    prices = {name: np.empty(n, np.int32) for name in ("open", "high", "low", "close")}
    last = 1.10000
    for begin in range(0, n, BARS_AT_ONCE):
        end = min(n, begin + BARS_AT_ONCE)
        moves = rng.standard_normal((end - begin, PRICES_IN_A_BAR)) * (step * volatility[begin:end, None])
        path = last + np.cumsum(moves.ravel()).reshape(end - begin, PRICES_IN_A_BAR)
        last = path[-1, -1]
        ticks = np.rint(path / TICK)
        prices["open"][begin:end], prices["close"][begin:end] = ticks[:, 0], ticks[:, -1]
        prices["high"][begin:end], prices["low"][begin:end] = ticks.max(1), ticks.min(1)
    ts = np.int64(1_609_459_200_000_000_000) + np.arange(n, dtype=np.int64) * 60_000_000_000
    return {"ts": ts, **prices}


def main() -> None:
    """Write both files."""
    parser = argparse.ArgumentParser(description="Make the data of the benchmarks.")
    parser.add_argument("--quotes", type=int, default=QUOTES)
    parser.add_argument("--bars", type=int, default=BARS)
    wanted = parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    np.savez(FOLDER / "quotes.npz", **quotes(wanted.quotes))
    np.savez(FOLDER / "bars.npz", **bars(wanted.bars))
    print(f"{wanted.quotes:,} quotes and {wanted.bars:,} bars in {FOLDER}")


if __name__ == "__main__":
    main()
