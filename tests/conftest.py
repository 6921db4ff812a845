"""Fixtures every test may ask for, and kernels compiled once before the tests are shared out."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Give the folder of real market data, or skip: it is not part of the repository."""
    folder = os.environ.get("TICKWISE_TEST_DATA")
    if not folder:
        pytest.skip("real market data is not here: set TICKWISE_TEST_DATA to its folder")
    return Path(folder).resolve()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Compile the built-in strategies' kernels before workers start; each then finds them in the cache.

    Two workers that compile at once do the same work twice, and the second to finish may write the first
    one's index of the cache anew.
    """
    is_worker = hasattr(session.config, "workerinput")
    if not is_worker and getattr(session.config.option, "numprocesses", None):
        compile_kernels()


def compile_kernels() -> None:
    """Run each reference work on two rows: quotes for the one, bars for the other."""
    from tickwise.core.compiled import JIT
    from tickwise.market_data.tape import BarChunk, QuoteChunk, tape_of
    from tickwise.research.backtest import backtest

    if JIT:
        ts = np.array([1_704_153_600_000_000_000, 1_704_153_660_000_000_000], np.int64)
        price = np.array([110_000, 110_010], np.int32)
        named = [("EUR_USD", "0.00001")]
        backtest(EXAMPLES / "reference_w1.toml", tape_of(QuoteChunk(ts, price, price), named))
        backtest(EXAMPLES / "reference_w2.toml", tape_of(BarChunk(ts, *[price] * 8), named, frame_s=60))
