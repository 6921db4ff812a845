"""The desk of a venue: it sends what the core decided, each order once, and takes in what came of it.

An order is on disk before its bytes leave. It leaves with the venue's mark noted, so that everything the
venue did since can be asked for. A reply that does not come leaves the order unknown: it is never sent again,
it counts as exposure, its instrument opens nothing, and the sweep looks for evidence.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Coroutine
from typing import Any, Literal, Protocol

import msgspec

from tickwise.engine.answers import ENTRY, Intake
from tickwise.engine.engine import Engine
from tickwise.engine.last_hop import Caps, Market, entry_problem, stopped_since, written
from tickwise.engine.stop_mover import StopMover
from tickwise.journal import entries as j
from tickwise.venues.venue import Answer, EntryOrder, ExitOrder, NoReply, Refusal, Request, Venue


class Tasks(Protocol):
    """Where the desk starts what it waits for."""

    def start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Run something beside the rest; what it raises ends the session."""
        ...


class VenueDesk:
    """Sends orders to a venue."""

    def __init__(
        self,
        engine: Engine,
        venue: Venue,
        intake: Intake,
        tasks: Tasks,
        caps: Caps,
        doubt: Callable[[str], None] = lambda account: None,
    ) -> None:
        """Serve an engine; `doubt` is told the account of which something is not known."""
        self._engine, self._venue, self._intake = engine, venue, intake
        self._tasks, self._caps, self._doubt = tasks, caps, doubt
        self._on_their_way: dict[str, None] = {}
        self._settled = asyncio.Event()
        self._settled.set()
        self._stops = StopMover(engine, venue, intake, self._mark_sent, doubt)

    # What the engine asks.

    def entering(self, intent: j.Intent, seq: int) -> None:
        """Send an entry, with its stop and its target."""
        self._start(f"send {intent.order}", self._enter(intent, seq))

    def leaving(self, intent: j.ExitIntent, seq: int) -> None:
        """Send an order that leaves a position, in whole or in part."""
        self._start(f"send {intent.order}", self._leave(intent, seq))

    def moving(self, intent: j.StopIntent, seq: int) -> None:
        """Send a better stop."""
        self._move(intent.position, intent.stop, 0, seq)

    def answered(self, decision: Any) -> None:
        """Nothing: what the core booked stands in the journal as the venue said it."""

    def protect(self, position: str) -> None:
        """Set the core's stop and target at the venue again, for a position where they do not rest."""
        held = self._engine.book.positions[position]
        wanted = self._engine.live.session.records.lanes[held.lane]["position"]
        self._move(position, int(wanted["stop"]), int(wanted["target"]), 0)

    def is_moving(self, position: str) -> bool:
        """Tell whether a stop of a position is on its way."""
        return self._stops.is_moving(position)

    async def until_settled(self) -> None:
        """Wait until nothing is on its way any more: each reply came, or did not in its time."""
        await self._settled.wait()

    # What is on its way.

    def _start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Send something, and remember that it is on its way."""
        self._on_their_way[name] = None
        self._settled.clear()
        self._tasks.start(name, self._sending(name, work))

    async def _sending(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        finally:
            del self._on_their_way[name]
            if not self._on_their_way:
                self._settled.set()

    def _move(self, position: str, stop: int, target: int, seq: int) -> None:
        if self._stops.want(position, stop, target, seq):
            self._start(f"stop of {position}", self._stops.move(position))

    # An order.

    async def _enter(self, intent: j.Intent, seq: int) -> None:
        await self._engine.journal.durable(seq)
        order = _entry_order(intent)
        request, problem = written(order, self._venue)
        problem = self._stopped_since(intent) or problem or self._entry_problem(order, intent)
        if request is None or problem:
            self._deny(intent.order, problem)
            return
        left_ns = self._caps.deadline_ns - (self._engine.time.now_ns() - intent.ts)
        request = msgspec.structs.replace(request, leaves_within_s=max(left_ns / 1e9, 0.001))
        self._mark_sent(request, intent.order, intent.account)
        self._stop_repeating(intent.bot)
        await self._send(request, intent.order)

    def _stop_repeating(self, bot: str) -> None:
        """Switch a bot off that entered as often as it may before a person looks (RTS 6, article 15(3))."""
        engine, caps = self._engine, self._caps
        since = engine.time.now_ns() - caps.repeats_ns
        lanes = engine.names.lanes_of(bot=bot)
        times = engine.book.entered_since(since, lanes, engine.book.resumed.get(bot, 0))
        if not caps.repeats_max or times < caps.repeats_max:
            return
        why = (
            f"{times} entries within {caps.repeats_ns / 1e9:g} s: `tickwise resume --bot {bot}` lets it go on"
        )
        engine.take(
            j.Switched(**ENTRY, switch="pause", scope="bot", name=bot, on=True, reason=why, actor="engine")
        )
        engine.note(j.Alarm(**ENTRY, level="critical", what="repeats", says=f"{bot}: {why}"))

    def _deny(self, order: str, why: str) -> None:
        """End an order that is not let out."""
        known = self._engine.book.orders[order]
        self._engine.take(j.Denied(**ENTRY, order=order, lane=known.lane, why=why, is_exit=known.is_exit))

    def _stopped_since(self, intent: j.Intent) -> str:
        engine, lane = self._engine, self._engine.book.orders[intent.order].lane
        return stopped_since(engine.live.session.records, engine.names, lane, intent)

    def _entry_problem(self, order: EntryOrder, intent: j.Intent) -> str:
        engine = self._engine
        now = engine.live.session.records.markets[engine.names.market(order.instrument)]
        market = Market(int(now["bid"]), int(now["ask"]))
        age = engine.time.now_ns() - intent.ts
        return entry_problem(order, self._caps, market, intent.value, age)

    async def _leave(self, intent: j.ExitIntent, seq: int) -> None:
        """Leave a position; nothing of ours holds that back but bytes that do not say so.

        Of those a person is told: the position stands, and leaving it is decided again.
        """
        await self._engine.journal.durable(seq)
        position = self._engine.book.positions.get(intent.position)
        if position is None:
            self._ended(intent.order, "gone", "the position was left before")
            return
        part = abs(intent.units) if abs(intent.units) < abs(position.units) else 0
        order = ExitOrder(intent.order, intent.account, intent.instrument, position.venue_position, part)
        request, problem = written(order, self._venue)
        if request is None:
            says = f"{intent.order} to leave {intent.position} could not be sent: {problem}"
            self._engine.note(j.Alarm(**ENTRY, level="critical", what="exit_denied", says=says))
            self._deny(intent.order, problem)
        else:
            self._mark_sent(request, intent.order, intent.account)
            await self._send(request, intent.order)

    async def _send(self, request: Request, order: str) -> None:
        """Send an order once, and take in what came of it; that its bytes leave is written down already."""
        answer: Answer = await self._venue.send(request)
        if isinstance(answer, NoReply):
            self._unknown(order, answer.why)
        elif isinstance(answer, Refusal):
            self._ended(order, answer.reason, answer.says, policy=answer.policy)
        else:
            for change in answer:
                self._intake.take(change)
            if self._engine.book.orders[order].state in ("sent", "accepted"):
                self._unknown(order, "the reply tells of another order")

    def _mark_sent(self, request: Request, order: str, account: str) -> int:
        """Write down that these bytes leave now, and up to which change all is known.

        Gives the entry's number.
        """
        engine = self._engine
        payload = hashlib.sha256(f"{request.method} {request.path}\n".encode() + request.body).hexdigest()
        mark, number = engine.book.marks.get(account, 0), engine.book.sends + 1
        return engine.note_now(
            j.Sent(**ENTRY, order=order, payload=payload, mark=mark, number=number, verb=request.verb)
        )

    def _unknown(self, order: str, why: str) -> None:
        """Nobody knows: unless the stream of changes told meanwhile, the order is unknown from now on."""
        engine, known = self._engine, self._engine.book.orders[order]
        if known.state in ("sent", "accepted"):
            engine.take(j.Unknown(**ENTRY, order=order, lane=known.lane, why=why))
            engine.take(
                j.Failure(
                    **ENTRY,
                    where="send",
                    account=known.account,
                    instrument=known.instrument,
                    lane=known.lane,
                    says=why,
                )
            )
        self._doubt(known.account)

    def _ended(
        self,
        order: str,
        reason: str,
        says: str,
        policy: Literal["retry_later", "resize", "give_up"] = "retry_later",
    ) -> None:
        """End an order that the venue refused, unless the stream of changes told of it meanwhile.

        A position that the venue would not let us leave may not be what we take it for.
        """
        known = self._engine.book.orders[order]
        if known.is_exit:
            self._doubt(known.account)
        if known.state not in ("intended", "sent"):
            return
        self._engine.take(
            j.Ended(
                **ENTRY,
                by="venue",
                order=order,
                lane=known.lane,
                status="rejected",
                reason=reason,
                policy=policy,
                says=says,
                is_exit=known.is_exit,
                account=known.account,
            )
        )


def _entry_order(intent: j.Intent) -> EntryOrder:
    """Give an entry as it goes to the venue."""
    side = 1 if intent.units > 0 else -1
    target = intent.price + side * intent.target if intent.target else 0
    return EntryOrder(
        order=intent.order,
        account=intent.account,
        instrument=intent.instrument,
        units=intent.units,
        stop=intent.stop,
        target=intent.target,
        target_price=target,
        bound=intent.bound,
        tag=intent.bot,
    )
