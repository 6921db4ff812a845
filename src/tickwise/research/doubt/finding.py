"""What one doubt found, in a sentence, and what it does not prove, in another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

Figure = float | int | str | None


class Finding(NamedTuple):
    """The answer of one doubt."""

    name: str
    alarm: bool
    """Whether it speaks against the result."""
    says: str
    proves_not: str
    figures: Mapping[str, Figure]
