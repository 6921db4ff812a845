"""The chain of hashes: what ties each entry to all before it, and names the first that does not follow.

A link is SHA-256 over the digest before, the entry's number, the version of its kinds and its bytes. The
first entry follows 32 zero bytes. Numbers begin at 1 and have no gap.
"""

from __future__ import annotations

import functools
import operator
import struct
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import Any, Literal, NamedTuple, TypeAlias

import msgspec

from tickwise.errors import JournalVersion
from tickwise.journal.entries import ENTRIES_VERSION, KINDS, Entry

Progress: TypeAlias = Callable[[int, int], None]
"""Told how many entries are done, and of how many."""

Fault: TypeAlias = Literal["gap", "altered", "cut", "order"]
"""Missing; not what was written; the end is missing; written elsewhere than it stands."""

TOLD_EVERY = 20_000
"""Entries between two calls of a progress."""

_NAMES = {kind: str(kind.__struct_config__.tag) for kind in KINDS}
_NUMBERS = struct.Struct(">qi")
_ENCODER = msgspec.json.Encoder()
_DECODER: msgspec.json.Decoder[Entry] = msgspec.json.Decoder(functools.reduce(operator.or_, KINDS))


class Head(NamedTuple):
    """The last entry of a journal, or of a part of it: its number and its digest."""

    seq: int
    digest: bytes


EMPTY = Head(0, bytes(32))
"""The head of a journal without entries."""


class Written(NamedTuple):
    """An entry as it is stored. `kind`, `ts` and `event` stand in `body` too: a database sorts by them."""

    seq: int
    kind: str
    ts: int
    event: int
    version: int
    body: bytes
    digest: bytes


class Verdict(NamedTuple):
    """Whether a chain holds: how far it does, and where and why it does not."""

    head: Head
    """The last entry that follows from all before it."""
    bad_seq: int = 0
    fault: Fault | None = None
    says: str = ""

    @property
    def holds(self) -> bool:
        """Tell whether every entry is what was written, and none is missing."""
        return self.fault is None


class _Columns(msgspec.Struct):
    """What a stored entry's columns repeat of its bytes."""

    kind: str
    ts: int
    event: int


_COLUMNS = msgspec.json.Decoder(_Columns)


def canonical(entry: Entry) -> bytes:
    """Write an entry as the bytes that are stored and chained: JSON, fields in the order of the kind.

    An entry that does not read back as the same bytes breaks a law of ours: a float where whole numbers
    count, NaN, a type from elsewhere. That is an assertion.
    """
    try:
        body = _ENCODER.encode(entry)
        again = _ENCODER.encode(_DECODER.decode(body))
    except (msgspec.MsgspecError, TypeError, ValueError, OverflowError) as error:
        raise AssertionError(f"an entry of the journal cannot be read back: {error}: {entry}") from error
    assert again == body, f"an entry of the journal reads back as another: {entry}"
    return body


def read_entry(body: bytes, version: int = ENTRIES_VERSION) -> Entry:
    """Read an entry's bytes; raises JournalVersion for kinds of a later version than this one knows."""
    if version > ENTRIES_VERSION:
        raise JournalVersion(
            f"an entry of version {version}: this Tickwise knows up to {ENTRIES_VERSION}; use the newer one"
        )
    return _DECODER.decode(body)


def digest_of(before: bytes, seq: int, version: int, body: bytes) -> bytes:
    """Give an entry's link in the chain: 32 bytes."""
    return sha256(before + _NUMBERS.pack(seq, version) + body).digest()


def linked(head: Head, entry: Entry, body: bytes) -> Written:
    """Tie an entry with its canonical bytes to the head; the result is the next head."""
    seq = head.seq + 1
    digest = digest_of(head.digest, seq, ENTRIES_VERSION, body)
    return Written(seq, kind_of(entry), entry.ts, entry.event, ENTRIES_VERSION, body, digest)


def kind_of(entry: Entry) -> str:
    """Give the name of an entry's kind, as it is stored."""
    return _NAMES[type(entry)]


def verify(
    rows: Iterable[tuple[Any, ...]],
    since: Head = EMPTY,
    ends_at: Head | None = None,
    progress: Progress | None = None,
) -> Verdict:
    """Follow the chain over stored entries, ascending, from `since` on; name the first that does not follow.

    `rows` have the fields of `Written` and are not kept: memory stays bounded. `ends_at` is the head as it
    was noted elsewhere: a journal that ends before it was cut, and one that has another digest there was
    written anew.
    """
    rest = iter(rows)
    last, before = since
    noted = ends_at or EMPTY
    for row in rest:
        if not _follows(last, before, row):
            return _named(Head(last, before), Written(*row), rest)
        last, before = row[0], row[6]
        if last == noted.seq and before != noted.digest:
            says = f"entry {last} is another than the one noted there"
            return Verdict(Head(last, before), last, "altered", says)
        if progress is not None and last % TOLD_EVERY == 0:
            progress(last, max(last, noted.seq))
    if progress is not None:
        progress(last, last)
    if last < noted.seq:
        says = f"the journal ends at entry {last}, but {noted.seq} were written"
        return Verdict(Head(last, before), last + 1, "cut", says)
    return Verdict(Head(last, before))


def _follows(last: int, before: bytes, row: tuple[Any, ...]) -> bool:
    """Tell whether a row follows the last entry, and its columns repeat what its bytes say."""
    seq, kind, ts, event, version, body, digest = row
    try:
        if seq != last + 1 or sha256(before + _NUMBERS.pack(seq, version) + body).digest() != digest:
            return False
        said = _COLUMNS.decode(body)
    except (msgspec.MsgspecError, struct.error, TypeError):
        return False
    return bool(said.kind == kind and said.ts == ts and said.event == event)


def _named(head: Head, row: Written, rest: Iterator[tuple[Any, ...]]) -> Verdict:
    """Say what is wrong at the entry after the head; look for it in all that stands behind."""
    seq = head.seq + 1
    if row.seq < seq:
        says = f"a row is numbered {row.seq}, which no entry of a journal is"
        return Verdict(head, row.seq, "order", says)
    behind = (Written(*each) for each in rest)
    stands_at = next((each.seq for each in (row, *behind) if _belongs(head, each)), None)
    if stands_at == seq:
        return Verdict(
            head, seq, "altered", f"entry {seq} is not what was written: its columns are another's"
        )
    if stands_at is not None:
        return Verdict(head, seq, "order", f"entry {seq} stands at {stands_at}: rows have changed places")
    if row.seq > seq:
        return Verdict(head, seq, "gap", f"entry {seq} is missing: after {head.seq} comes {row.seq}")
    return Verdict(head, seq, "altered", f"entry {seq} is not what was written: its digest does not follow")


def _belongs(head: Head, row: Written) -> bool:
    """Tell whether a row's bytes are those that follow a head, wherever it stands."""
    try:
        return digest_of(head.digest, head.seq + 1, row.version, row.body) == row.digest
    except (struct.error, TypeError):
        return False
