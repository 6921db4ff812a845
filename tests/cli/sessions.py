"""A journal with one session on paper, for the commands that read it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from cli.commands import BEGIN_TS, EXAMPLES, Run
from tickwise.market_data.chunks import QuoteChunk
from tickwise.market_data.tape import TapeWriter

PAPER = EXAMPLES / "fastscalp_paper.toml"
SESSION = "5c581b30-1"


class Held(NamedTuple):
    """A journal on disk, the tape that was played, and where the session recorded it."""

    journal: Path
    tape: Path
    recording: Path


def wavy_tape(path: Path, rows: int = 6_000) -> Path:
    """Write a tape of EUR/USD: quotes four times a second, a pip wide now and then wider, up and down."""
    at = np.arange(rows, dtype=np.int64)
    mid = 110_000 + np.rint(30 * np.sin(at / 40)).astype(np.int32)
    half = np.where(at // 400 % 3 == 2, 12, 1)
    with TapeWriter(path, [("EUR_USD", "0.00001")], source="a sine") as writer:
        writer.append(
            QuoteChunk(
                BEGIN_TS + at * 250_000_000, (mid - half).astype(np.int32), (mid + half).astype(np.int32)
            )
        )
    return path


def played(run: Run, folder: Path, *options: str) -> Held:
    """Play such a tape on paper; the journal is `journal.db` in the folder."""
    tape = folder / "wavy.parquet"
    if not tape.exists():
        wavy_tape(tape)
    journal = folder / "journal.db"
    ended = run("run", PAPER, *options, "--feed", f"tape:{tape}", "--db", journal)
    assert ended.code == 0, ended.err
    return Held(journal, tape, folder / "tapes" / f"{SESSION}.recording")
