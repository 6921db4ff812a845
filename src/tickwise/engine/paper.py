"""The paper desk: orders that go nowhere and are answered by the core's own exchange.

It writes the same entries as the desk of a venue, in the same order, and holds nothing with which anything
could be sent anywhere.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from tickwise.core import decision as d
from tickwise.engine.decisions import end_of, fill_of, reduction_of
from tickwise.engine.engine import Engine
from tickwise.journal import entries as j


class PaperDesk:
    """Acts on decisions by writing down what would have been sent and what the exchange in the core said."""

    def __init__(self, engine: Engine) -> None:
        """Serve an engine."""
        self._engine = engine

    def entering(self, intent: j.Intent, seq: int) -> None:
        """Take an entry: it is as good as sent and accepted."""
        self._sent(intent.order, intent)

    def leaving(self, intent: j.ExitIntent, seq: int) -> None:
        """Take an order to leave."""
        self._sent(intent.order, intent)

    def moving(self, intent: j.StopIntent, seq: int) -> None:
        """Take a better stop: it rests at once."""
        position = self._engine.book.positions[intent.position]
        self._engine.note(
            j.StopSet(
                ts=0,
                event=0,
                position=intent.position,
                lane=intent.lane,
                stop=intent.stop,
                target=position.target,
            )
        )

    def answered(self, decision: Any) -> None:
        """Write down what the core's exchange answered."""
        engine, act = self._engine, int(decision["act"])
        names, ts, event = engine.names, engine.ts, engine.event
        if act == d.FILLED:
            latency = ts - engine.book.orders[names.order(int(decision["id"]))].decided_ts
            engine.note(fill_of(decision, names, latency, ts, event))
        elif act == d.REJECTED:
            engine.note(end_of(decision, names, ts, event))
        else:
            position = names.order(int(decision["id"]))
            held = engine.book.positions[position]
            left = held.units + int(decision["units"])
            engine.note(reduction_of(decision, names, held.leaving, position, left, ts, event))

    def _sent(self, order: str, intent: j.Entry) -> None:
        """Write down that an order went out and that the exchange has it."""
        engine = self._engine
        payload = hashlib.sha256(msgspec.json.encode(intent)).hexdigest()
        number = engine.book.sends + 1
        engine.note(j.Sent(ts=0, event=0, order=order, payload=payload, mark=0, number=number))
        engine.note(j.Accepted(ts=0, event=0, order=order, venue_order=f"paper-{number}", mark=0))
