"""Stops at the broker: every open position has one there, or a person hears of it and the position is left.

Also what a switch asks of positions: after a kill, whatever fills late is left at once. And what no lane
holds is left, for nobody else would.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from tickwise.config.engine import Orders
from tickwise.engine.answers import ENTRY
from tickwise.engine.book import NO_LANE, PositionState
from tickwise.engine.engine import Engine
from tickwise.journal import entries as j

SECOND = 1_000_000_000

AGAIN_NS_MAX = 30 * SECOND
"""The longest rest before a stop or target that the venue does not take is set again."""


class Desk(Protocol):
    """Who sets stops."""

    def protect(self, position: str) -> None:
        """Set the core's stop and target at the venue."""
        ...

    def is_moving(self, position: str) -> bool:
        """Tell whether a stop of a position is on its way."""
        ...


@dataclass(frozen=True)
class Grace:
    """How long a position may be without a stop at the broker, nanoseconds, before what is done."""

    ask_ns: int = SECOND // 4
    """Ask the venue what rests there."""
    set_ns: int = SECOND // 2
    """Set the stop, and tell a person."""
    leave_ns: int = 2 * SECOND
    """Leave the position."""
    call_ns: int = 5 * SECOND
    """Call a person: it is neither protected nor left."""


def grace_of(orders: Orders) -> Grace:
    """Give it from the settings: the venue is asked, and the stop set, well before the position is left."""
    leave = round(orders.unprotected_s_max * SECOND)
    return Grace(leave // 8, leave // 4, leave, round(orders.flat_s_max * SECOND))


class _Tried(NamedTuple):
    """When something was done last, and how long to rest after it."""

    ts: int
    rest_ns: int


class Protection:
    """Watches the stops of one engine's positions."""

    def __init__(
        self, engine: Engine, desk: Desk, look: Callable[[str], None], grace: Grace | None = None
    ) -> None:
        """Watch; `look` lets an account be read whole."""
        self._engine, self._desk, self._look = engine, desk, look
        self._grace = grace or Grace()
        self._bare: dict[str, int] = {}
        """Since when each position has no stop that the venue has confirmed."""
        self._behind: dict[str, int] = {}
        """Since when what rests there is not what the core takes for resting."""
        self._set: dict[str, _Tried] = {}
        self._left: dict[str, _Tried] = {}
        self._called: dict[str, None] = {}
        """Positions of which a person was told that they are neither protected nor left."""

    def look(self) -> None:
        """Look at every position now."""
        now, positions = self._engine.time.now_ns(), list(self._engine.book.positions.values())
        for position in positions:
            if position.stop > 0:
                self._bare.pop(position.id, None)
                self._called.pop(position.id, None)
                self._compare(position, now)
            else:
                self._without_stop(position, now)
            if position.is_stray or self._is_to_be_left(position):
                self._leave(position, "flatten", now)
        self._forget({position.id: position for position in positions})

    def _forget(self, there: dict[str, PositionState]) -> None:
        """Forget positions that are gone."""
        watched: tuple[dict[str, Any], ...] = (self._bare, self._behind, self._set, self._left, self._called)
        for each in watched:
            for name in [name for name in each if name not in there]:
                del each[name]

    def _without_stop(self, position: PositionState, now: int) -> None:
        """Ask, set, and in the end leave."""
        is_new = position.id not in self._bare
        bare = now - self._bare.setdefault(position.id, now)
        if bare >= self._grace.call_ns:
            self._call(position)
        if bare >= self._grace.leave_ns:
            self._leave(position, "unprotected", now)
        elif bare >= self._grace.set_ns:
            self._protect(position, now)
        elif bare >= self._grace.ask_ns and not is_new:
            self._look(position.account)

    def _call(self, position: PositionState) -> None:
        """Call a person, once: what leaves the position goes on."""
        if position.id not in self._called:
            self._called[position.id] = None
            says = (
                f"{position.id}: no stop at the venue for {self._grace.call_ns / 1e9:g} s, and not left yet"
            )
            self._engine.note_now(j.Alarm(**ENTRY, level="critical", what="not_flat", says=says))

    def _protect(self, position: PositionState, now: int) -> None:
        """Set the stop, tell a person once, and set it again after a rest."""
        if position.id not in self._set:
            says = f"{position.id}: no stop at the broker; it is set again, or the position is left"
            self._engine.note_now(j.Alarm(**ENTRY, level="critical", what="no_stop", says=says))
        self._set_again(position, now)

    def _compare(self, position: PositionState, now: int) -> None:
        """Set stop and target again where others rest for a while than the core believes."""
        wanted = self._wanted(position)
        if wanted in (None, (position.stop, position.target)) or self._desk.is_moving(position.id):
            self._behind.pop(position.id, None)
            if wanted == (position.stop, position.target):
                self._set.pop(position.id, None)
        elif now - self._behind.setdefault(position.id, now) >= self._grace.set_ns:
            self._set_again(position, now)

    def _wanted(self, position: PositionState) -> tuple[int, int] | None:
        """Give the stop and the target that the core takes for resting; None where no lane holds it."""
        if position.is_stray or position.lane == NO_LANE:
            return None
        held = self._engine.live.session.records.lanes[position.lane]["position"]
        return int(held["stop"]), int(held["target"])

    def _set_again(self, position: PositionState, now: int) -> None:
        """Set what the core wants, after a rest that grows."""
        wanted, tried = self._wanted(position), self._set.get(position.id)
        if not wanted or not wanted[0] or self._desk.is_moving(position.id):
            return
        if tried is None or now - tried.ts >= tried.rest_ns:
            rest = min(2 * tried.rest_ns, AGAIN_NS_MAX) if tried else SECOND // 2
            self._set[position.id] = _Tried(now, rest)
            self._desk.protect(position.id)

    def _is_to_be_left(self, position: PositionState) -> bool:
        """Tell whether a kill or a flatten asks for this position."""
        book, lanes = self._engine.book, self._engine.names.lanes
        bot = lanes[position.lane].bot if position.lane != NO_LANE else ""
        scopes = (
            ("house", ""),
            ("account", position.account),
            ("instrument", position.instrument),
            ("bot", bot),
        )
        keys = [(switch, *scope) for switch in ("kill", "flatten") for scope in scopes]
        return any(key in book.switches and key not in book.tripped for key in keys)

    def _leave(self, position: PositionState, reason: str, now: int) -> None:
        """Ask that a position be left. The core sees to it until it is; what no lane holds is asked again."""
        if not position.is_stray:
            if not position.is_ordered:
                self._engine.take(j.Ordered(**ENTRY, lane=position.lane, reason=reason, actor="engine"))
            return
        tried = self._left.get(position.id)
        if not position.leaving and (tried is None or now - tried.ts >= tried.rest_ns):
            rest = min(2 * tried.rest_ns, AGAIN_NS_MAX) if tried else SECOND
            self._left[position.id] = _Tried(now, rest)
            self._engine.take(
                j.Ordered(**ENTRY, lane=NO_LANE, reason=reason, actor="engine", position=position.id)
            )
