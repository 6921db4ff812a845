"""What happened, as one hash: two runs of one seed are the same run exactly when their hashes are equal."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from itertools import zip_longest


class Trace:
    """A hash that anybody feeds. With `keeps` the lines stay, to find the first one that differs."""

    def __init__(self, now: Callable[[], float], keeps: bool = False) -> None:
        self._now = now
        self._hash = sha256()
        self.count = 0
        self.lines: list[str] | None = [] if keeps else None

    def feed(self, *words: object) -> None:
        """Take what happened now: words whose text is the same in every process, so no address and no set."""
        line = f"{self._now()!r} {words!r}\n"
        self._hash.update(line.encode())
        self.count += 1
        if self.lines is not None:
            self.lines.append(line)

    def digest(self) -> str:
        """Give the hash of all that was fed so far."""
        return self._hash.hexdigest()


def first_difference(one: Trace, other: Trace) -> str:
    """Say where two traces that kept their lines part, or nothing where they do not."""
    assert one.lines is not None, "a trace that kept no lines has no first difference"
    assert other.lines is not None, "a trace that kept no lines has no first difference"
    for number, (left, right) in enumerate(zip_longest(one.lines, other.lines, fillvalue="(ended)\n"), 1):
        if left != right:
            return f"line {number}\n  {left.rstrip()}\n  {right.rstrip()}"
    return ""
