"""What one target is still to be told: a message for each kind, the most urgent first, and no more often
than a target bears.

Notices of a kind wait in one message and are counted there, so that however long a target is away, what waits
for it has a bound: the kinds there are, and a few lines of each. Nothing is lost from the count.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from tickwise.notify.notice import MISSED, SUMMARY, Kind, Notice, Urgency

LINES = 8
"""The newest lines of a kind that a message shows; of the others it says how many they are."""

GAP_S = 2.0
"""Least time between two messages to one target, seconds: Discord lets a webhook send 30 a minute."""

INTERVAL_S = {Urgency.CRITICAL: 5.0, Urgency.WARNING: 30.0, Urgency.NEWS: 30.0}
"""Least time between two messages of one kind, seconds; the first goes at once."""

REST_S_MAX = 60.0
"""The longest that a target which does not answer is left alone, seconds."""


class Cursor(NamedTuple):
    """What a target was told: every entry up to `seq`, and the daily summary of `summary_ts`."""

    seq: int
    summary_ts: int = 0


@dataclass
class Group:
    """Notices of one kind that share a message, the newest last."""

    kind: Kind
    count: int = 0
    first_seq: int = 0
    """The lowest entry among them, 0 where no entry says it."""
    lines: list[Notice] = field(default_factory=list)

    def add(self, notice: Notice) -> None:
        """Put one more in."""
        self.count += 1
        self.first_seq = min(filter(None, (self.first_seq, notice.seq)), default=0)
        self.lines = [*self.lines, notice][-LINES:]

    def before(self, later: Group) -> Group:
        """Give this and a later group of the same kind as one."""
        first = min(filter(None, (self.first_seq, later.first_seq)), default=0)
        return Group(self.kind, self.count + later.count, first, (self.lines + later.lines)[-LINES:])


class Outbox:
    """What waits for a target. Times are seconds of a clock that never goes back."""

    def __init__(self, cursor: Cursor) -> None:
        """Begin after what the target was told."""
        self._told = cursor
        self._waiting: dict[Kind, Group] = {}
        self._old: dict[Kind, Group] = {}
        self._sending: Group | None = None
        self._kind_free_s: dict[Kind, float] = {}
        self._free_s = 0.0
        self._rest_s = GAP_S

    def put(self, notice: Notice, *, is_old: bool = False) -> None:
        """Take a notice in, unless it was told; what is old is only counted, for one message about all."""
        is_told = notice.ts <= self._told.summary_ts if notice.kind == SUMMARY else False
        if is_told or 0 < notice.seq <= self._told.seq:
            return
        groups = self._old if is_old else self._waiting
        if notice.kind == SUMMARY and SUMMARY in groups and groups[SUMMARY].lines[-1].ts != notice.ts:
            del groups[SUMMARY]  # the newest day's is enough
        groups.setdefault(notice.kind, Group(notice.kind)).add(notice)

    def caught_up(self, ts: int) -> None:
        """Sum what is old into one message, now that all was seen; its most urgent lines stand there."""
        if not self._old:
            return
        in_turn = sorted(self._old.values(), key=lambda each: (each.kind.urgency, each.kind.title))
        summed = ", ".join(f"{each.kind.title.lower()} {each.count:,}" for each in in_turn)
        critical = [
            line._replace(says=f"{line.kind.title.lower()}: {line.says}")
            for each in in_turn
            if each.kind.urgency == Urgency.CRITICAL
            for line in each.lines
        ]
        first = min((each.first_seq for each in in_turn if each.first_seq), default=0)
        lines = [*critical[-(LINES - 1) :], Notice(MISSED, summed, ts)]
        found = Group(MISSED, sum(each.count for each in in_turn), first, lines)
        waiting = self._waiting.get(MISSED)
        self._waiting[MISSED] = waiting.before(found) if waiting else found
        self._old = {}

    def due(self, now_s: float) -> Group | None:
        """Take out what is to be sent now, None where nothing is; say afterwards what came of it."""
        assert self._sending is None, "a message is on its way"
        if now_s < self._free_s:
            return None
        free = [kind for kind in self._waiting if now_s >= self._kind_free_s.get(kind, 0.0)]
        if free:
            first = min(free, key=lambda kind: (kind.urgency, self._waiting[kind].first_seq))
            self._sending = self._waiting.pop(first)
        return self._sending

    def done(self, now_s: float, wait_s: float = 0.0) -> None:
        """Note that what was taken out needs no more sending, and how long the target is to be left alone."""
        group = self._sending
        assert group is not None, "nothing is on its way"
        self._sending = None
        self._rest_s = GAP_S
        self._free_s = now_s + max(GAP_S, wait_s)
        self._kind_free_s[group.kind] = now_s + INTERVAL_S[group.kind.urgency]
        if group.kind == SUMMARY:
            self._told = self._told._replace(summary_ts=group.lines[-1].ts)

    def again(self, now_s: float, wait_s: float | None = None) -> float:
        """Put back what was taken out, and leave the target alone for `wait_s`, else for ever longer.

        Gives for how long.
        """
        group = self._sending
        assert group is not None, "nothing is on its way"
        self._sending = None
        later = self._waiting.get(group.kind)
        self._waiting[group.kind] = group.before(later) if later else group
        if wait_s is None:
            wait_s, self._rest_s = self._rest_s, min(2 * self._rest_s, REST_S_MAX)
        self._free_s = now_s + max(GAP_S, wait_s)
        return self._free_s - now_s

    def cursor(self, seq: int) -> Cursor:
        """Give what was told where the journal was read up to `seq`: nothing that waits counts as told."""
        groups = (*self._waiting.values(), *self._old.values(), self._sending)
        first = min((group.first_seq for group in groups if group and group.first_seq), default=seq + 1)
        return self._told._replace(seq=max(self._told.seq, first - 1))
