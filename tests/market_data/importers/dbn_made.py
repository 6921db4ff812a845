"""Files of Databento made for a test, with the layouts its own package gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import databento_dbn as dbn
import numpy as np
import zstandard
from numpy.typing import NDArray

DAY_NS = 86_400 * 10**9
MONDAY = 1_767_571_200 * 10**9
"""2026-01-05 00:00 UTC."""

NONE = dbn.UNDEF_PRICE
SPY_690 = "SPY   260116C00690000"
SPY_700 = "SPY   260116C00700000"

LAYOUTS: Mapping[str, tuple[Any, int]] = {
    "mbp-1": (dbn.MBP1Msg, 1),
    "tbbo": (dbn.MBP1Msg, 1),
    "mbp-10": (dbn.MBP10Msg, 10),
    "cmbp-1": (dbn.CMBP1Msg, 177),
    "cbbo-1s": (dbn.CBBOMsg, 192),
    "cbbo-1m": (dbn.CBBOMsg, 193),
    "tcbbo": (dbn.CMBP1Msg, 194),
    "bbo-1s": (dbn.BBOMsg, 195),
    "bbo-1m": (dbn.BBOMsg, 196),
    "trades": (dbn.TradeMsg, 0),
    "ohlcv-1m": (dbn.OHLCVMsg, 33),
}

Names = Mapping[str, Sequence[tuple[int, int]]]
"""The numbers of a symbol: (day since Monday, number), each for one day."""


def records(schema: str, columns: Mapping[str, Any], tail_bytes: int = 0) -> NDArray[Any]:
    """Lay records out; columns that are not given are zero, prices of sides undefined."""
    message, rtype = LAYOUTS[schema]
    fields = [(name, f"<{kind}" if kind[0] in "iu" else kind) for name, kind in message._dtypes]
    if tail_bytes:
        fields.append(("ts_out", "<u8"))
    made = np.zeros(len(next(iter(columns.values()))), np.dtype(fields))
    for side in ("bid_px_00", "ask_px_00"):
        if side in (made.dtype.names or ()):
            made[side] = NONE
    for name, values in columns.items():
        made[name] = values
    made["rtype"], made["length"] = rtype, made.dtype.itemsize // 4
    return made


def quotes(
    schema: str, ts: Sequence[int], bid: Sequence[int], ask: Sequence[int], ids: Sequence[int] | int = 1
) -> NDArray[Any]:
    """Lay quotes out that happened a microsecond before they were seen."""
    seen = np.array(ts, np.uint64)
    columns = {"ts_recv": seen, "ts_event": seen - np.uint64(1000), "bid_px_00": bid, "ask_px_00": ask}
    given = {"bid_sz_00": 10, "ask_sz_00": 20, "instrument_id": ids}
    return records(schema, {**columns, **{name: np.full(len(seen), each) for name, each in given.items()}})


def metadata(schema: str, names: Names, *, ts_out: bool = False) -> bytes:
    """Write the head of a file of OPRA."""
    first = date(2026, 1, 5)
    mappings = [
        SimpleNamespace(
            raw_symbol=symbol,
            intervals=[
                SimpleNamespace(
                    start_date=first + timedelta(days=day),
                    end_date=first + timedelta(days=day + 1),
                    symbol=str(number),
                )
                for day, number in spans
            ],
        )
        for symbol, spans in names.items()
    ]
    made = dbn.Metadata(
        dataset="OPRA.PILLAR",
        start=MONDAY,
        end=MONDAY + 2 * DAY_NS,
        stype_in=dbn.SType.RAW_SYMBOL,
        stype_out=dbn.SType.INSTRUMENT_ID,
        schema=dbn.Schema.from_str(schema),
        symbols=list(names),
        partial=[],
        not_found=[],
        mappings=mappings,
        ts_out=ts_out,
    )
    return bytes(made.encode())


def file_of(path: Path, schema: str, rows: NDArray[Any], names: Names, *, ts_out: bool = False) -> Path:
    """Write a file; one whose name ends in .zst is packed."""
    whole = metadata(schema, names, ts_out=ts_out) + rows.tobytes()
    path.write_bytes(zstandard.ZstdCompressor().compress(whole) if path.suffix == ".zst" else whole)
    return path


def decoded(path: Path) -> list[Any]:
    """Read a file with Databento's own decoder: its metadata, then its records."""
    kind: Any = dbn.Compression
    decoder = dbn.DBNDecoder(compression=kind.ZSTD if path.suffix == ".zst" else kind.NONE)
    decoder.write(path.read_bytes())
    return list(decoder.decode())
