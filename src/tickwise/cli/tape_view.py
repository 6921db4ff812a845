"""Show what a tape holds, and what is odd about it."""

from __future__ import annotations

from typing import Any

from rich.text import Text

from tickwise.cli.screen import columns, heading, out
from tickwise.market_data.chunks import MISSING, BarChunk, Chunk, QuoteChunk
from tickwise.market_data.findings import Report, utc
from tickwise.market_data.tape import Tape

BAR_PRICES = ("open", "high", "low", "close")


def described(tape: Tape) -> dict[str, Any]:
    """Give what a tape is as plain values, for JSON."""
    return {
        "path": str(tape.path) if tape.path else None,
        "kind": tape.kind,
        "frame_s": tape.frame_s if tape.kind == "bars" else None,
        "instruments": [each._asdict() for each in tape.instruments],
        "rows": tape.rows,
        "first_ts": tape.first_ts,
        "last_ts": tape.last_ts,
        "source": tape.source,
        "notes": list(tape.notes),
    }


def show_tape(tape: Tape, rows: int) -> None:
    """Print what a tape is, and `rows` of its rows from either end."""
    table = columns("", "")
    table.show_header = False
    kind = f"bars of {tape.frame_s} s" if tape.kind == "bars" else "quotes"
    days = (tape.last_ts - tape.first_ts) / 86_400e9
    for name, says in (
        ("file", str(tape.path or "in memory")),
        ("holds", f"{tape.rows:,} {kind}"),
        ("instruments", ", ".join(f"{each.symbol} in ticks of {each.tick}" for each in tape.instruments)),
        ("from", utc(tape.first_ts)),
        ("to", f"{utc(tape.last_ts)}, {days:.1f} days"),
        ("source", tape.source or "not said"),
        *(("guessed", note) for note in tape.notes),
    ):
        table.add_row(Text(name, style="dim"), Text(says))
    out().print(table)
    if rows:
        _show_rows(tape, rows)


def _show_rows(tape: Tape, rows: int) -> None:
    """Print the first and the last rows."""
    ends: list[Chunk] = []
    for chunk in tape.chunks(rows):
        ends.append(chunk)
        break
    ends.append(tape.read(since=tape.last_ts))
    names = ("bid", "ask") if tape.kind == "quotes" else tuple(f"bid {each}" for each in BAR_PRICES)
    table = columns("time", "instrument", *names, right=names)
    for chunk in ends:
        for place in range(max(0, len(chunk.ts) - rows), len(chunk.ts)):
            table.add_row(*_row(tape, chunk, place))
        if chunk is ends[0]:
            table.add_row("...")
    out().print(heading("First and last rows"))
    out().print(table)


def _row(tape: Tape, chunk: Chunk, place: int) -> list[str]:
    """Write one row: its time, its instrument, its prices."""
    at = int(chunk.instrument[place]) if isinstance(chunk, QuoteChunk) and len(chunk.instrument) else 0
    instrument = tape.instruments[at]
    prices = _prices(chunk, place)
    decimals = len(instrument.tick.partition(".")[2])
    shown = [
        "missing" if ticks == MISSING else f"{ticks * float(instrument.tick):.{decimals}f}"
        for ticks in prices
    ]
    return [utc(int(chunk.ts[place])), instrument.symbol, *shown]


def _prices(chunk: Chunk, place: int) -> list[int]:
    if isinstance(chunk, BarChunk):
        return [int(getattr(chunk, f"bid_{each}")[place]) for each in BAR_PRICES]
    return [int(chunk.bid[place]), int(chunk.ask[place])]


def show_report(report: Report) -> None:
    """Print what was found in a tape, a column for each instrument."""
    lines = report.rows()
    table = columns(*(cell for cell in lines[0]))
    for line in lines[1:]:
        table.add_row(*line)
    out().print(table)
