"""A table of columns that turns into pandas, Polars or Arrow without depending on any of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Table:
    """Columns of one length, in order."""

    columns: Mapping[str, NDArray[Any]]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.columns[name]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for place in range(len(self)):
            yield {name: column[place].item() for name, column in self.columns.items()}

    def __repr__(self) -> str:
        return f"<Table: {len(self)} rows of {', '.join(self.columns)}>"

    def to_dicts(self) -> list[dict[str, Any]]:
        """Give the rows as dictionaries of plain Python values."""
        return list(self)

    def to_pandas(self) -> Any:
        """Give a pandas DataFrame; pandas must be installed."""
        import pandas as pd

        return pd.DataFrame(dict(self.columns))

    def to_polars(self) -> Any:
        """Give a Polars DataFrame; Polars must be installed."""
        import polars as pl

        return pl.DataFrame(dict(self.columns))

    def to_arrow(self) -> Any:
        """Give an Arrow table; PyArrow must be installed."""
        import pyarrow as pa

        return pa.table({name: pa.array(column) for name, column in self.columns.items()})


def named(codes: NDArray[Any], names: Mapping[int, str]) -> NDArray[np.str_]:
    """Turn a column of whole numbers into one of names."""
    found: NDArray[np.str_] = np.array([names[int(code)] for code in codes], dtype=np.str_)
    return found


def priced(ticks: NDArray[Any], places: NDArray[Any], increments: Sequence[str]) -> NDArray[np.float64]:
    """Turn a column of ticks into prices: the float next to the decimal number that is meant.

    `places` says of each row which of the price increments its ticks count.
    """
    prices = np.empty(len(ticks), np.float64)
    for place, increment in enumerate(increments):
        mine = places == place
        decimals = max(0, -int(Decimal(increment).as_tuple().exponent))
        prices[mine] = np.round(ticks[mine] * float(increment), decimals)
    return prices


def counted(steps: NDArray[Any], places: NDArray[Any], sizes: NDArray[np.float64]) -> NDArray[Any]:
    """Turn quantities in unit steps into units; whole numbers stay whole where every step is.

    `places` says of each row which of the step sizes it counts.
    """
    units: NDArray[np.float64] = np.round(steps * sizes[places], 10)
    return units.astype(np.int64) if bool(np.all(sizes == np.rint(sizes))) else units
