"""What every entry of the journal has."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

ENTRIES_VERSION = 1
"""Version of the kinds and fields below; it stands in every stored entry."""

By: TypeAlias = Literal["venue", "core"]
"""Whether the engine took the entry in, or the core gave it out."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", omit_defaults=False):
    """What every entry has: when the engine wrote it, and at which event.

    `taken` tells that the entry is the event itself: a replay gives it to the core again.
    """

    ts: int
    event: int
    taken: bool = False
