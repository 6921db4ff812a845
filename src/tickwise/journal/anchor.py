"""The anchor: where a journal ended, noted beside it, so that an older copy put back does not go unseen."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from tickwise.errors import JournalDamaged
from tickwise.journal.chain import Head
from tickwise.journal.store import Store

SUFFIX = ".anchor"


class _Noted(msgspec.Struct):
    """What stands in the file: the number of an entry that was on disk, and its digest in hex."""

    seq: int
    digest: str


def anchor_of(journal: Path) -> Path:
    """Give the path of the anchor of a journal in a file."""
    return journal.with_name(journal.name + SUFFIX)


def noted(path: Path) -> Head | None:
    """Read where the journal ended; None where nothing was noted, or nothing that can be read."""
    try:
        found = msgspec.json.decode(path.read_bytes(), type=_Noted)
        return Head(found.seq, bytes.fromhex(found.digest))
    except (OSError, msgspec.MsgspecError, ValueError):
        return None


def note(path: Path, head: Head) -> None:
    """Note where the journal ends: only what is on disk, so that the anchor is never ahead of it."""
    new = path.with_name(f"{path.name}.new")
    new.write_bytes(msgspec.json.encode(_Noted(head.seq, head.digest.hex())))
    os.replace(new, path)


def check(store: Store, path: Path) -> None:
    """Raise JournalDamaged where a journal does not reach to, or does not hold, what its anchor noted."""
    anchor = noted(path)
    if anchor is None or anchor.seq == 0:
        return
    found = store.entries(anchor.seq - 1, 1)
    if not found or found[0].seq != anchor.seq or found[0].digest != anchor.digest:
        raise JournalDamaged(
            f"{store.where}: {anchor.seq} entries were written and the last is not here: another copy "
            f"was put back; if you did that on purpose, delete {path}, and mind what the venue holds"
        )
