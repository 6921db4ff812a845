"""A Databento file (DBN): its metadata, and its records in blocks of bounded size.

Layouts are those of Databento's dbn 0.70, whose records of quotes and bars are the same in versions 1 to 3.
A plain file and one packed with zstd are read alike. The official reader leaves out a last record that is cut
off, without a word; here a file that ends too early is refused, with the place.

The decoder of the metadata and zstd are an extra: `pip install tickwise[databento]`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tickwise.errors import DataError

BLOCK_BYTES = 8 << 20
"""Unpacked bytes of a block: a hundred thousand quotes."""

PACKED_BYTES = 1 << 16
"""Packed bytes unpacked at once, so that a file packed a thousandfold still unpacks in bounded memory."""

DBN = b"DBN"
ZSTD = b"\x28\xb5\x2f\xfd"
DBZ = b"\x2a\x4d\x18"
"""What files begin with: plain, packed, and (after one byte) the format before DBN."""

HEAD_BYTES = 8
METADATA_BYTES_MAX = 1 << 28
"""Longer metadata is none: a million symbols with their days take a third of this."""

PRICE_UNIT = 1_000_000_000
"""Prices count in 1e-9 of the currency."""

UNDEFINED_PRICE = 2**63 - 1
UNDEFINED_TS = 2**64 - 1


class Shape(NamedTuple):
    """How the records of a schema lie in a file."""

    rtype: int
    dtype: np.dtype[Any]
    frame_s: int = 0
    """Length of a bar in seconds; 0 for quotes."""
    is_sampled: bool = False
    """Whether a record is the state at the end of an interval; `ts_event` is then the last trade's."""


def _laid_out(columns: dict[str, tuple[str, int]], size: int) -> np.dtype[Any]:
    head = {"length": ("u1", 0), "rtype": ("u1", 1), "instrument_id": ("u4", 4), "ts_event": ("u8", 8)}
    every = head | columns
    return np.dtype(
        {
            "names": list(every),
            "formats": [f"<{kind}" for kind, _ in every.values()],
            "offsets": [offset for _, offset in every.values()],
            "itemsize": size,
        }
    )


_QUOTE = {
    "ts_recv": ("u8", 32),
    "bid": ("i8", 48),
    "ask": ("i8", 56),
    "bid_size": ("u4", 64),
    "ask_size": ("u4", 68),
}
_BAR = {"open": ("i8", 16), "high": ("i8", 24), "low": ("i8", 32), "close": ("i8", 40), "volume": ("u8", 48)}
QUOTE, DEEP, BAR = _laid_out(_QUOTE, 80), _laid_out(_QUOTE, 368), _laid_out(_BAR, 56)

SHAPES = {
    "mbp-1": Shape(1, QUOTE),
    "tbbo": Shape(1, QUOTE),
    "mbp-10": Shape(10, DEEP),
    "cmbp-1": Shape(177, QUOTE),
    "cbbo-1s": Shape(192, QUOTE, is_sampled=True),
    "cbbo-1m": Shape(193, QUOTE, is_sampled=True),
    "tcbbo": Shape(194, QUOTE),
    "bbo-1s": Shape(195, QUOTE, is_sampled=True),
    "bbo-1m": Shape(196, QUOTE, is_sampled=True),
    "ohlcv-1s": Shape(32, BAR, 1),
    "ohlcv-1m": Shape(33, BAR, 60),
    "ohlcv-1h": Shape(34, BAR, 3_600),
    "ohlcv-1d": Shape(35, BAR, 86_400),
}
"""The schemas a tape can be made of. Of mbp-10 the first of the ten levels is read."""

DEFINITION = "definition"
STATISTICS = "statistics"
PATTERNS = ("*.dbn", "*.dbn.zst")

OTHERS = {
    DEFINITION: "it describes instruments: put it in one folder with the quotes it describes",
    "imbalance": "it has auction imbalances and no quotes: fetch mbp-1",
    "mbo": "it has single orders, and a tape has quotes: fetch mbp-1",
    STATISTICS: "it has settlements and open interest and no quotes: fetch cbbo-1s or mbp-1",
    "status": "it has halts and openings and no quotes: fetch mbp-1",
    "trades": "it has trades, and a tape has quotes or bars: fetch tbbo, the same trades with their quotes",
}
"""Why no tape can be made of the other schemas, and what to do."""


class Interval(NamedTuple):
    """Days on which a number in the records means a symbol; the end is left out."""

    instrument_id: int
    since: date
    until: date
    symbol: str


@dataclass(frozen=True)
class DbnFile:
    """One file, its metadata read."""

    path: Path
    dataset: str
    schema: str
    """`mbp-1`; `mixed` where a live session with several was recorded."""
    intervals: tuple[Interval, ...]
    starts: int
    """Where the records begin, in unpacked bytes."""
    tail_bytes: int
    """Bytes after each record: 8 where the sending time was asked for."""

    @property
    def shape(self) -> Shape:
        """How its records lie. Raises DataError where no tape can be made of them."""
        if self.schema in SHAPES:
            return SHAPES[self.schema]
        why = OTHERS.get(self.schema, "a tape is made of quotes or bars of one schema: fetch mbp-1")
        raise DataError(f"{self.path}: Databento's {self.schema}: {why}")

    def blocks(self) -> Iterator[tuple[int, NDArray[Any]]]:
        """Give the records in blocks, each with how many stand before it.

        Raises DataError where a record is of another schema, or the file ends too early.
        """
        shape = self.shape
        size = shape.dtype.itemsize + self.tail_bytes
        dtype = _lengthened(shape.dtype, size)
        seen, rest = 0, b""
        for piece in _collected(_unpacked(self.path), self.starts):
            whole = rest + piece
            count = len(whole) // size
            records = np.frombuffer(whole, dtype, count)
            rest = whole[count * size :]
            self._check(records, seen, shape.rtype, size)
            if count:
                yield seen, records
            seen += count
        if rest:
            raise DataError(
                f"{self.path}: it ends within record {seen + 1}, {len(rest)} of {size} bytes are there: "
                "it was cut off; fetch it again"
            )

    def _check(self, records: NDArray[Any], seen: int, rtype: int, size: int) -> None:
        wrong = (records["rtype"] != rtype) | (records["length"] != size // 4)
        if wrong.any():
            at = int(np.argmax(wrong))
            found = records[at]
            raise DataError(
                f"{self.path}: record {seen + at + 1} (counted from 1) is of type {found['rtype']} with "
                f"{4 * int(found['length'])} bytes, and {self.schema} has type {rtype} with {size}: "
                "the file is damaged, or holds several schemas"
            )


def begins_as_one(path: Path) -> bool:
    """Tell whether a file is Databento's by its first bytes, or by its name where it is packed."""
    with path.open("rb") as opened:
        head = opened.read(4)
    return head[:3] == DBN or path.name.endswith((".dbn", ".dbn.zst", ".dbz"))


def files_within(folder: Path) -> list[Path]:
    """Give the files of Databento in a folder, by name."""
    return sorted(each for pattern in PATTERNS for each in folder.glob(pattern))


def decoded(path: Path) -> list[Any]:
    """Read the records of a small file with Databento's own decoder, in the layout of today's version.

    Raises DataError where they cannot be read, or the file ends too early.
    """
    databento_dbn = _decoder()
    decoder = databento_dbn.DBNDecoder()
    try:
        for piece in _unpacked(path):
            decoder.write(piece)
        records: list[Any] = decoder.decode()[1:]
    except (databento_dbn.DBNError, ValueError) as error:
        raise DataError(f"{path}: its records cannot be read ({error}): fetch it again") from None
    if decoder.buffer():
        raise DataError(f"{path}: it ends within record {len(records) + 1}: it was cut off; fetch it again")
    return records


def open_dbn(path: Path) -> DbnFile:
    """Read a file's metadata. Raises DataError where it is none of Databento's, or cut off within it."""
    decoder = _decoder()
    unpacked = _unpacked(path)
    head = b""
    needed = HEAD_BYTES
    while len(head) < needed:
        piece = next(unpacked, b"")
        if not piece:
            raise DataError(f"{path}: it ends within its metadata: it was cut off; fetch it again")
        head += piece
        if head[:3] != DBN[: len(head)]:
            raise DataError(f"{path}: no file of Databento: it does not begin with DBN")
        if len(head) >= HEAD_BYTES:
            needed = HEAD_BYTES + int.from_bytes(head[4:HEAD_BYTES], "little")
        if needed > METADATA_BYTES_MAX:
            raise DataError(
                f"{path}: it speaks of {needed:,} bytes of metadata: it is damaged; fetch it again"
            )
    try:
        metadata = decoder.Metadata.decode(head[:needed])
    except (decoder.DBNError, ValueError) as error:
        raise DataError(f"{path}: its metadata cannot be read ({error}): fetch it again") from None
    schema = str(metadata.schema) if metadata.schema is not None else "mixed"
    tail = 8 if metadata.ts_out else 0
    return DbnFile(path, metadata.dataset, schema, _intervals(metadata, decoder), needed, tail)


def _decoder() -> Any:
    """Import Databento's decoder. Raises DataError where the extra is not installed."""
    try:
        import databento_dbn
    except ImportError:
        raise DataError(
            "files of Databento need an extra: install it with `pip install 'tickwise[databento]'`"
        ) from None
    return databento_dbn


def _intervals(metadata: Any, decoder: Any) -> tuple[Interval, ...]:
    """Give what the numbers mean; nothing where the file does not say."""
    is_by_number = metadata.stype_in == decoder.SType.INSTRUMENT_ID
    found = []
    for name, spans in metadata.mappings.items():
        for span in spans:
            number, symbol = (name, span["symbol"]) if is_by_number else (span["symbol"], name)
            if str(number).isdecimal():
                found.append(Interval(int(number), span["start_date"], span["end_date"], symbol))
    return tuple(found)


def _lengthened(dtype: np.dtype[Any], size: int) -> np.dtype[Any]:
    """Give the same record with room behind it."""
    fields: Any = dtype.fields
    return np.dtype(
        {
            "names": list(fields),
            "formats": [field[0] for field in fields.values()],
            "offsets": [field[1] for field in fields.values()],
            "itemsize": size,
        }
    )


def _collected(pieces: Iterator[bytes], skipped: int) -> Iterator[bytes]:
    """Put pieces together to blocks, without the first bytes."""
    waiting, held = [], 0
    for piece in pieces:
        if skipped >= len(piece):
            skipped -= len(piece)
            continue
        waiting.append(piece[skipped:])
        held += len(piece) - skipped
        skipped = 0
        if held >= BLOCK_BYTES:
            yield b"".join(waiting)
            waiting, held = [], 0
    yield b"".join(waiting)


def _unpacked(path: Path) -> Iterator[bytes]:
    """Give the bytes of a file, unpacked where it is packed."""
    with path.open("rb") as opened:
        head = opened.read(4)
        if head[1:] == DBZ:
            raise DataError(f"{path}: the format before DBN: convert it with Databento's `dbn` first")
        opened.seek(0)
        if head != ZSTD:
            while piece := opened.read(BLOCK_BYTES):
                yield piece
            return
        yield from _frames(path, opened)


def _frames(path: Path, opened: Any) -> Iterator[bytes]:
    """Unpack zstd, one frame after another. Raises DataError where the last one has no end."""
    try:
        import zstandard
    except ImportError:
        _decoder()  # both are of one extra, whose absence it names
        raise DataError(f"{path}: packed with zstd: install `zstandard`") from None
    unpacker = zstandard.ZstdDecompressor()
    frame, is_open, packed = unpacker.decompressobj(), False, 0
    while piece := opened.read(PACKED_BYTES):
        packed += len(piece)
        while piece:
            try:
                unpacked = frame.decompress(piece)
            except zstandard.ZstdError as error:
                raise DataError(f"{path}: cannot be unpacked ({error}): fetch it again") from None
            if unpacked:
                yield unpacked
            piece, is_open = frame.unused_data, not frame.eof
            if frame.eof:
                frame = unpacker.decompressobj()
    if is_open:
        raise DataError(
            f"{path}: its packed data has no end after byte {packed}: it was cut off; fetch it again"
        )
