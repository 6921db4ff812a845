"""A lock that one process holds at a time and that dies with it: a locked file beside what it guards."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tickwise.errors import JournalBusy, JournalUnwritable


class FileLock:
    """The lock of a file, taken at once or not at all; what holds it is written inside for others to read."""

    def __init__(self, path: Path, owner: str) -> None:
        """Take the lock; raises JournalBusy where somebody holds it, naming who."""
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
        except OSError as error:
            raise JournalUnwritable(f"{path}: cannot be written: {error.strerror}") from error
        if not _taken(self._file):
            held_by = os.pread(self._file, 200, 1).decode(errors="replace").strip() if _HAS_PREAD else ""
            os.close(self._file)
            raise JournalBusy(
                f"{path.with_suffix('')}: already written by {held_by or 'another process'}; "
                "end that one first, or name another journal"
            )
        os.truncate(self._file, 0)
        os.lseek(self._file, 1, os.SEEK_SET)
        os.write(self._file, f"process {os.getpid()} ({owner})".encode())

    def release(self) -> None:
        """Give the lock back; the file stays, so that nobody locks one that is about to go."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


_HAS_PREAD = hasattr(os, "pread")

if sys.platform == "win32":
    import msvcrt

    def _taken(file: int) -> bool:
        """Lock the first byte, which nobody reads."""
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _taken(file: int) -> bool:
        """Lock the file as long as it is open here; a child does not inherit it."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def is_held(path: Path) -> bool:
    """Tell whether some process holds the lock of a file at this moment."""
    try:
        file = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    except OSError:
        return False
    try:
        return not _taken(file)
    finally:
        os.close(file)
