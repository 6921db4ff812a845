"""Chance for the rests between tries: drawn from a name, so that two engines do not knock in step."""

from __future__ import annotations

import hashlib


class Jitter:
    """Numbers in [0, 1), one after the other, the same for the same name."""

    def __init__(self, name: str) -> None:
        """Draw from a name; nothing secret is in it."""
        self._name, self._count = name, 0

    def random(self) -> float:
        """Give the next number: 53 bits of a hash."""
        self._count += 1
        drawn = hashlib.sha256(f"{self._name} {self._count}".encode()).digest()
        return (int.from_bytes(drawn[:8], "big") >> 11) / 2**53
