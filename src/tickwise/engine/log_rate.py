"""Each kind of line once in a while: the first at once, then one for each interval, with a count.

Lines are of one kind where they say the same of the same: of one order, one stream, one instrument.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import Any, NamedTuple

import structlog

NANOS_PER_S = 1_000_000_000

KINDS_MAX = 1_000
"""Kinds that are told apart; names are written in the code, so more than these are somebody else's texts."""

OTHERS = "other lines"

NEVER_HELD = ("critical",)

ABOUT = ("order", "position", "stream", "instrument", "bot", "name", "command")
"""Fields that name what a line is about."""


class Held(NamedTuple):
    """Lines of one kind that were not told: its level, what it is called, and how many."""

    level: str
    event: str
    lines: int


class LogRate:
    """Holds lines back; a processor of structlog."""

    def __init__(self, now_ns: Callable[[], int], interval_s: float) -> None:
        """Take the time from outside; an interval of 0 holds nothing back."""
        self._now_ns, self._interval_ns = now_ns, round(interval_s * NANOS_PER_S)
        self._kinds: dict[tuple[str, ...], list[int]] = {}
        """By level, event and what it is about: when the interval began, and how many lines it held back."""

    def __call__(
        self, logger: Any, method: str, fields: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """Let a line pass with the count of those before it, or raise DropEvent."""
        if self._interval_ns == 0 or method in NEVER_HELD:
            return fields
        now = self._now_ns()
        kind = (method, str(fields.get("event", "")), *(str(fields.get(name, "")) for name in ABOUT))
        if kind not in self._kinds and len(self._kinds) >= KINDS_MAX:
            kind = (method, OTHERS)
        seen = self._kinds.get(kind)
        if seen is not None and now - seen[0] < self._interval_ns:
            seen[1] += 1
            raise structlog.DropEvent
        self._kinds[kind] = [now, 0]
        if seen is not None and seen[1]:
            fields["repeated"] = seen[1]
        return fields

    def over(self, *, all_of_them: bool = False) -> tuple[Held, ...]:
        """Take out the kinds whose interval is over, and give what of them held lines back."""
        now = self._now_ns()
        ended = [
            kind
            for kind, (since, _) in self._kinds.items()
            if all_of_them or now - since >= self._interval_ns
        ]
        found: dict[tuple[str, ...], int] = {}
        for kind in ended:
            found[kind[:2]] = found.get(kind[:2], 0) + self._kinds.pop(kind)[1]
        return tuple(Held(level, event, count) for (level, event), count in found.items() if count)
