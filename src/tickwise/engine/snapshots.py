"""Snapshots of an engine's state: files beside the tape, so that a restart takes few events again.

A snapshot is a short cut, never the truth: one that is missing, cut, changed or of another layout is passed
over, and more of the journal and the tape is taken again instead.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import msgspec

KEPT = 50
"""Snapshots of a session that stay in the folder; older ones go. A restart needs one, a look back more."""


class State(msgspec.Struct, frozen=True):
    """What an engine is after an event: the core's records, digests of its minutes, what was counted."""

    event: int
    ts: int
    records: bytes
    minutes: bytes
    tally: tuple[bytes, ...]
    next_count: int


class Snapshots:
    """The snapshots of one session, in a folder."""

    def __init__(self, folder: Path, session: str, every: int = 10_000) -> None:
        """Keep one every so many events."""
        self._folder, self._session, self._every = folder, session, every
        self._last = 0

    def is_due(self, event: int) -> bool:
        """Tell whether so many events have passed since the last one."""
        return event - self._last >= self._every

    def write(self, state: State) -> tuple[Path, str]:
        """Write a state; give its file and the SHA-256 of its records. Older files go."""
        self._last = event = state.event
        digest = hashlib.sha256(state.records).hexdigest()
        held = msgspec.msgpack.encode(state)
        path = self._path(event)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".tmp")
        temporary.write_bytes(hashlib.sha256(held).digest() + held)
        os.replace(temporary, path)
        for old in self._all()[:-KEPT]:
            old.unlink(missing_ok=True)
        return path, digest

    def newest(self, until_event: int) -> State | None:
        """Give the newest whole state that was kept at or before an event."""
        for path in reversed(self._all()):
            if int(path.stem.rpartition("-")[2]) > until_event:
                continue
            held = path.read_bytes()
            if hashlib.sha256(held[32:]).digest() != held[:32]:
                continue
            state = msgspec.msgpack.decode(held[32:], type=State)
            if state.event <= until_event:
                self._last = state.event
                return state
        return None

    def _path(self, event: int) -> Path:
        return self._folder / f"{self._session}-{event:012d}.state"

    def _all(self) -> list[Path]:
        return sorted(self._folder.glob(f"{self._session}-*.state"))
