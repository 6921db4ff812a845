"""What tests of importers share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tickwise.market_data.tape import Tape

START = 1_700_000_000_000_000_000


@pytest.fixture
def parquet(tmp_path: Path) -> Callable[..., Path]:
    """Write columns as another program would; `eurusd.parquet` unless told otherwise."""

    def write(columns: Mapping[str, Any], name: str = "eurusd.parquet") -> Path:
        pq.write_table(pa.table(dict(columns)), tmp_path / name)
        return tmp_path / name

    return write


@pytest.fixture
def good() -> Callable[..., dict[str, Any]]:
    """Give columns of five good quotes, some replaced by name."""

    def columns(**changed: Any) -> dict[str, Any]:
        bid = np.array([1.13456, 1.13457, 1.13455, 1.13456, 1.13458])
        ts = START + np.arange(5) * 1_000_000_000
        return {"ts": ts, "bid": bid, "ask": bid + 0.00012} | changed

    return columns


@pytest.fixture
def assert_same() -> Callable[[Tape, Tape], None]:
    """Hold the columns of two tapes against each other, over the span of the first."""

    def compare(tape: Tape, wanted: Tape) -> None:
        assert tape.kind == wanted.kind
        assert tape.instruments == wanted.instruments
        one, other = tape.read(), wanted.read(tape.first_ts, tape.last_ts + 1)
        for name in one._fields:
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)

    return compare
