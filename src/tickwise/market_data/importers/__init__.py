"""Foreign files of quotes and bars: opened as they are, or made into tapes.

`open_any` opens a Parquet file of any make at once; `import_file` makes a tape of any known format.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import numpy as np

from tickwise.errors import DataError
from tickwise.market_data.chunks import Chunk, cut
from tickwise.market_data.importers import (
    databento,
    delimited,
    dukascopy,
    fxcm,
    histdata,
    lean,
    oanda,
    parquet,
    recorded,
)
from tickwise.market_data.importers.wish import Faulty, Incoming, Wish
from tickwise.market_data.tape import Tape, TapeWriter, existing, labelled, open_tape

__all__ = ["FORMATS", "Faulty", "format_of", "import_file", "open_any"]

Progress = Callable[[int, int], None]
"""Told after every chunk: rows written, rows expected (0 where nobody knows)."""

FORMATS: Mapping[str, Callable[[Path, Wish], AbstractContextManager[Incoming]]] = {
    "csv": delimited.read,
    "databento": databento.read,
    "dukascopy": dukascopy.read,
    "fxcm": fxcm.read,
    "histdata": histdata.read,
    "lean": lean.read,
    "oanda": oanda.read,
    "parquet": parquet.read,
    "recording": recorded.read,
}
"""Each format and what opens a file, or a folder of files, of it."""


def open_any(
    path: str | os.PathLike[str],
    instrument: str | None = None,
    tick: str | None = None,
    *,
    faulty: Faulty = "refuse",
) -> Tape:
    """Open a tape, or a Parquet file of another make as if it were one.

    What is not given is guessed, and the tape's `notes` say how: the instrument from the file's name, the
    tick by custom or from the prices. Rows are checked as they are read: DataError names the first faulty
    one, unless `faulty` says to keep such prices as missing or to drop such rows (`rows` counts the file's).
    """
    where = existing(path)
    if not _is_parquet(where):
        raise DataError(f"{where}: not a Parquet file: make a tape of it with `tickwise data import`")
    tape = labelled(where)
    if tape is None:
        return parquet.open_foreign(where, Wish(instrument, tick, faulty))
    _agree(tape, instrument, tick, where)
    return tape


def _agree(tape: Tape, instrument: str | None, tick: str | None, where: Path) -> None:
    symbols = [each.symbol for each in tape.instruments]
    if instrument is not None and instrument not in symbols:
        raise DataError(f"{where}: a tape of {', '.join(symbols)}, and {instrument} was asked for")
    ticks = {each.tick for each in tape.instruments if instrument in (None, each.symbol)}
    if tick is not None and {float(tick)} != {float(each) for each in ticks}:
        raise DataError(f"{where}: a tape in ticks of {', '.join(sorted(ticks))}, and {tick} was asked for")


def import_file(
    path: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    fmt: str | None = None,
    instrument: str | None = None,
    tick: str | None = None,
    force: bool = False,
    faulty: Faulty = "refuse",
    columns: Mapping[str, str] | None = None,
    ts_unit: str | None = None,
    zone: str | None = None,
    since: int | None = None,
    until: int | None = None,
    progress: Progress | None = None,
) -> Tape:
    """Make a tape of a foreign file or folder and open it; its `notes` say what was guessed.

    `fmt` is one of `FORMATS`, or None to have it seen; `columns` gives the file's name of a column by ours
    (ts, bid, ask ...); `ts_unit` is s, ms, us, ns, iso or a pattern of strptime; `zone` the offset of the
    file's clock, -05:00; `since` and `until` (left out) are nanoseconds UTC. Raises DataError where the file
    cannot be read as that, no row is left, or `out` is there and `force` is not given.
    """
    where = existing(path)
    chosen = fmt or format_of(where)
    if chosen not in FORMATS:
        raise DataError(f"{chosen}: no such format: choose one of {', '.join(FORMATS)}")
    wish = Wish(instrument, tick, faulty, columns or {}, ts_unit, zone, since, until)
    with FORMATS[chosen](where, wish) as coming:
        _write(coming, wish, out, force, progress)
    return replace(open_tape(out), notes=coming.notes)


def _write(
    coming: Incoming, wish: Wish, out: str | os.PathLike[str], force: bool, progress: Progress | None
) -> None:
    writer = TapeWriter(
        out,
        coming.instruments,
        kind=coming.kind,
        frame_s=coming.frame_s,
        source=coming.source,
        force=force,
    )
    with writer:
        for chunk in coming.chunks:
            writer.append(_within(chunk, wish))
            if progress:
                progress(writer.rows, coming.rows)


def _within(chunk: Chunk, wish: Wish) -> Chunk:
    """Cut off what was not asked for; a chunk whose times go back is left as it is, for the refusal."""
    if (wish.since is None and wish.until is None) or (chunk.ts[1:] < chunk.ts[:-1]).any():
        return chunk
    first = 0 if wish.since is None else int(np.searchsorted(chunk.ts, wish.since))
    stop = len(chunk.ts) if wish.until is None else int(np.searchsorted(chunk.ts, wish.until))
    return cut(chunk, first, max(first, stop))


def format_of(path: Path) -> str:
    """See which format a file or folder is of, by its name and its first line; `csv` where in doubt.

    Raises DataError for a folder that holds none of the known files.
    """
    if path.is_dir():
        for fmt, pattern in (("dukascopy", "*.bi5"), ("lean", "*_quote.zip")):
            if next(path.rglob(pattern), None):
                return fmt
        if databento.holds_some(path):
            return "databento"
        raise DataError(f"{path}: a folder with neither .bi5, _quote.zip nor .dbn files in it")
    if _is_parquet(path):
        return "parquet"
    for fmt, ending in (("dukascopy", ".bi5"), ("lean", ".zip")):
        if path.name.endswith(ending):
            return fmt
    seen = {"databento": databento, "recording": recorded, "histdata": histdata, "fxcm": fxcm, "oanda": oanda}
    return next((fmt for fmt, importer in seen.items() if importer.is_one(path)), "csv")


def _is_parquet(path: Path) -> bool:
    if path.is_dir():
        return False
    with path.open("rb") as opened:
        return opened.read(4) == b"PAR1"
