"""What the person who imports a file knows about it, and what an importer makes of that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from tickwise.market_data.chunks import Chunk, TapeInstrument
from tickwise.market_data.layout import Kind
from tickwise.market_data.tape import BarTape, Tape

Faulty = Literal["refuse", "keep", "drop"]
"""What to do with a row that breaks a law: end with an error that names it, count its bad prices as
missing and leave its time where it is, or leave the row out."""


@dataclass(frozen=True)
class Wish:
    """What is known of a foreign file beyond its bytes; whatever is None is guessed or has a custom."""

    instrument: str | None = None
    tick: str | None = None
    """The smallest price increment, a decimal number as text."""
    faulty: Faulty = "refuse"
    columns: Mapping[str, str] = field(default_factory=dict)
    """The file's name of a column by ours: `{"ts": "time"}`."""
    ts_unit: str | None = None
    """s, ms, us, ns, iso, or a pattern of strptime with `%` in it."""
    zone: str | None = None
    """The offset of the file's clock from UTC, such as -05:00."""
    since: int | None = None
    """Only rows from this time on, nanoseconds since 1970 UTC."""
    until: int | None = None
    """Only rows before this time, nanoseconds since 1970 UTC."""


@dataclass(frozen=True)
class Incoming:
    """A foreign file on its way to a tape: what it is, and its rows in order of time, once."""

    kind: Kind
    instruments: tuple[TapeInstrument, ...]
    frame_s: int
    """Length of a bar in seconds; 0 for quotes."""
    source: str
    rows: int
    """How many rows are expected; 0 where nobody knows before the end."""
    chunks: Iterator[Chunk]
    notes: tuple[str, ...] = ()
    """What was guessed, one claim each."""


def incoming(tape: Tape, source: str) -> Incoming:
    """Take the rows of an open tape."""
    frame_s = tape.frame_s if isinstance(tape, BarTape) else 0
    return Incoming(tape.kind, tape.instruments, frame_s, source, tape.rows, iter(tape.chunks()), tape.notes)
