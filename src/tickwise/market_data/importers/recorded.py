"""Recordings of Tickwise itself: what an engine saw, or `tickwise data record`, as a tape of its quotes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tickwise.errors import DataError
from tickwise.market_data.importers.wish import Incoming, Wish
from tickwise.market_data.recording import QUOTE, RECORDING, Recording


def is_one(path: Path) -> bool:
    """Tell whether a file begins as recordings do."""
    with path.open("rb") as file:
        return RECORDING.encode() in file.read(100)


@contextmanager
def read(path: Path, wish: Wish) -> Iterator[Incoming]:
    """Open a recording for import. Raises DataError where it is none, or another instrument is wished for."""
    held = Recording(path)
    symbols = [each.symbol for each in held.instruments]
    if wish.instrument not in (None, *symbols):
        raise DataError(f"{path}: holds {', '.join(symbols)}, and {wish.instrument} was asked for")
    rows = int((held.rows()["kind"] == QUOTE).sum())
    if not rows:
        raise DataError(f"{path}: no quote was recorded: there is nothing to import")
    yield Incoming("quotes", held.instruments, 0, f"recorded: {path.name}", rows, held.quotes())
