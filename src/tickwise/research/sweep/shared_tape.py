"""A tape laid out once for many processes: each column a file that is mapped, so memory holds it once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tickwise.errors import DataError
from tickwise.market_data.chunks import BarChunk, Chunk, QuoteChunk, chunk_from, cut, dtype_of, present
from tickwise.market_data.tape import Tape, tape_of


@dataclass(frozen=True)
class Laid:
    """A tape in memory that other processes share, and the rows of it that are run."""

    tape: Tape
    chunk: Chunk
    digest: str

    def rows(self, since: int | None, until: int | None) -> tuple[int, int]:
        """Give the rows from `since` on and before `until`, nanoseconds UTC. Raises DataError for none."""
        ts = self.chunk.ts
        first = 0 if since is None else int(np.searchsorted(ts, since))
        end = len(ts) if until is None else int(np.searchsorted(ts, until))
        if first >= end:
            raise DataError("no row of the tape lies in the time asked for")
        return first, end

    def part(self, rows: Sequence[int]) -> Chunk:
        """Give some of the rows, as views of the same memory."""
        return cut(self.chunk, rows[0], rows[1])


def lay_out(tape: Tape, folder: Path) -> str:
    """Write a tape's columns into a folder; give the digest of all they say."""
    total = hashlib.sha256()
    names: tuple[str, ...] = ()
    for chunk in tape.chunks():
        names = present(chunk)
        for name in names:
            column = np.ascontiguousarray(getattr(chunk, name))
            with (folder / f"{name}.column").open("ab") as file:
                file.write(column.data)
    label = {
        "kind": tape.kind,
        "instruments": [list(each) for each in tape.instruments],
        "source": tape.source,
        "frame_s": tape.frame_s if tape.kind == "bars" else 0,
        "columns": list(names),
    }
    (folder / "label.json").write_text(json.dumps(label), encoding="utf-8")
    total.update(json.dumps({**label, "source": ""}, sort_keys=True).encode())
    for name in names:
        with (folder / f"{name}.column").open("rb") as file:
            total.update(hashlib.file_digest(file, "sha256").digest())
    (folder / "digest").write_text(total.hexdigest(), encoding="utf-8")
    return total.hexdigest()


def mapped(folder: Path) -> Laid:
    """Map a tape that was laid out; its pages are shared by every process that maps them."""
    label: dict[str, Any] = json.loads((folder / "label.json").read_text(encoding="utf-8"))
    # Copy on write: the arrays look writable, which is the type the kernel is compiled for.
    columns = {
        name: np.asarray(np.memmap(folder / f"{name}.column", dtype_of(name), "c"))
        for name in label["columns"]
    }
    instruments = [(symbol, tick) for symbol, tick in label["instruments"]]
    digest = (folder / "digest").read_text(encoding="utf-8")
    if label["kind"] == "quotes":
        quotes = chunk_from(QuoteChunk, columns)
        return Laid(tape_of(quotes, instruments, source=label["source"]), quotes, digest)
    bars = chunk_from(BarChunk, columns)
    return Laid(tape_of(bars, instruments, source=label["source"], frame_s=label["frame_s"]), bars, digest)
