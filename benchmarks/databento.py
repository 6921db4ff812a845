"""How fast a file of Databento becomes a tape, and how much memory that takes.

The file is made here: cbbo-1s of forty contracts, in chunks, plain or packed. Its rows are counted, and the
sum of all bids compared, so that what is timed is right.

    python benchmarks/databento.py [RECORDS] [packed]
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import zstandard
from databento_dbn import CBBOMsg, Metadata, Schema, SType

from tickwise.market_data.importers import import_file

RECORDS = 5_000_000
CONTRACTS = 40
CHUNK = 1_000_000
CENT = 10_000_000
BEGIN_TS = 1_767_623_400 * 10**9
"""2026-01-05 14:30 UTC."""


def metadata() -> bytes:
    """Write the head: each contract with its number, for two days."""
    mappings = [
        SimpleNamespace(
            raw_symbol=f"SPY   260116C{690_000 + 1_000 * at:08d}",
            intervals=[
                SimpleNamespace(
                    start_date=date(2026, 1, 5),
                    end_date=date(2026, 1, 7),
                    symbol=str(637_534_209 + 1_013 * at),
                )
            ],
        )
        for at in range(CONTRACTS)
    ]
    head = Metadata(
        dataset="OPRA.PILLAR",
        start=BEGIN_TS,
        end=BEGIN_TS + 10**15,
        stype_in=SType.RAW_SYMBOL,
        stype_out=SType.INSTRUMENT_ID,
        schema=Schema.CBBO_1S,
        symbols=[each.raw_symbol for each in mappings],
        partial=[],
        not_found=[],
        mappings=mappings,
    )
    return bytes(head.encode())


def write(path: Path, count: int, packed: bool) -> int:
    """Write a file of that many records; give the sum of its bids in ticks."""
    layout = np.dtype([(name, f"<{kind}" if kind[0] in "iu" else kind) for name, kind in CBBOMsg._dtypes])
    chance = np.random.default_rng(1)
    total = 0
    with path.open("wb") as raw:
        target: Any = zstandard.ZstdCompressor(level=1).stream_writer(raw) if packed else raw
        target.write(metadata())
        for begun in range(0, count, CHUNK):
            at = np.arange(begun, min(begun + CHUNK, count))
            rows = np.zeros(len(at), layout)
            bid = chance.integers(300, 400, len(at))
            total += int(bid.sum())
            rows["length"], rows["rtype"], rows["publisher_id"] = layout.itemsize // 4, 192, 30
            rows["instrument_id"] = 637_534_209 + 1_013 * (at % CONTRACTS)
            rows["ts_recv"] = rows["ts_event"] = BEGIN_TS + at // CONTRACTS * 1_000_000
            rows["bid_px_00"], rows["ask_px_00"] = bid * CENT, (bid + 2) * CENT
            rows["bid_sz_00"], rows["ask_sz_00"] = 10, 12
            target.write(rows.tobytes())
        if packed:
            target.close()
    return total


def main(count: int, packed: bool) -> None:
    """Print records a second, by the clock and by the processor's time, and the most memory held."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("made.dbn.zst" if packed else "made.dbn")
        total = write(path, count, packed)
        clock, processor = time.perf_counter(), time.process_time()
        tape = import_file(path, Path(folder) / "tape.parquet")
        clock, processor = time.perf_counter() - clock, time.process_time() - processor
        found = sum(int(chunk.bid.sum(dtype=np.int64)) for chunk in tape.chunks())
        if (tape.rows, len(tape.instruments), found) != (count, CONTRACTS, total):
            raise SystemExit(f"{tape.rows} rows with bids of {found}, of {count} with {total}")
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{count:,} records, {'packed' if packed else 'plain'}: {count / clock / 1e6:.2f} million a second, "
        f"{count / processor / 1e6:.2f} million a second of the processor, {held:.0f} MB held at most"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS, "packed" in sys.argv)
