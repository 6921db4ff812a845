"""Stops and targets on their way to the venue: one request at a time for each position, the newest wish wins.

Two changes of one stop on two connections may reach the venue in the other order, and the worse one would
rest there. So the next one waits for the reply to the last. Setting a stop again does no harm: a lost reply
costs a look at the account, and who watches protection sets it again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tickwise.engine.answers import ENTRY, Intake
from tickwise.engine.engine import Engine
from tickwise.engine.last_hop import written
from tickwise.journal import entries as j
from tickwise.venues.venue import NoReply, Refusal, Request, StopOrder, Venue


class _Wish(NamedTuple):
    """What should rest; 0 leaves it as it is. `seq` is the entry that must be on disk first, 0 is none."""

    stop: int
    target: int
    seq: int


class StopMover:
    """Moves stops and targets of one engine's positions at one venue."""

    def __init__(
        self,
        engine: Engine,
        venue: Venue,
        intake: Intake,
        mark_sent: Callable[[Request, str, str], int],
        doubt: Callable[[str], None],
    ) -> None:
        """Serve an engine; `mark_sent` writes down that bytes leave, `doubt` lets an account be read."""
        self._engine, self._venue, self._intake = engine, venue, intake
        self._mark_sent, self._doubt = mark_sent, doubt
        self._wishes: dict[str, _Wish] = {}
        self._moving: dict[str, None] = {}

    def is_moving(self, position: str) -> bool:
        """Tell whether a change is on its way."""
        return position in self._moving

    def want(self, position: str, stop: int, target: int, seq: int) -> bool:
        """Wish for a stop and a target; tell whether `move` has to be started for it."""
        if not stop and not target:
            return False
        before = self._wishes.get(position, _Wish(0, 0, 0))
        self._wishes[position] = _Wish(stop or before.stop, target or before.target, max(seq, before.seq))
        if position in self._moving:
            return False
        self._moving[position] = None
        return True

    async def move(self, position: str) -> None:
        """Send what is wished for until nothing is."""
        try:
            while wish := self._wishes.pop(position, None):
                await self._engine.journal.durable(wish.seq)
                await self._set(position, wish)
        finally:
            del self._moving[position]

    async def _set(self, position: str, wish: _Wish) -> None:
        """Set a stop and a target, once."""
        held = self._engine.book.positions.get(position)
        if held is None:
            return
        order = StopOrder(
            position, held.account, held.instrument, held.venue_position, wish.stop, wish.target
        )
        request, problem = written(order, self._venue)
        if request is None:
            self._refused(position, problem)
            return
        self._mark_sent(request, position, held.account)
        answer = await self._venue.send(request)
        if isinstance(answer, NoReply):
            self._doubt(held.account)
        elif isinstance(answer, Refusal):
            self._refused(position, answer.says)
        else:
            for change in answer:
                self._intake.take(change)

    def _refused(self, position: str, says: str) -> None:
        """What rested before rests still: the core takes its better stop back."""
        held = self._engine.book.positions.get(position)
        if held is None:
            return
        self._doubt(held.account)
        self._engine.take(
            j.StopSet(
                **ENTRY,
                position=position,
                lane=held.lane,
                stop=held.stop,
                target=held.target,
                refused=says,
            )
        )
