"""A lane whose orders wait for a venue, and the venue's answers, given one at a time."""

from __future__ import annotations

from typing import Any

from oracles.bots import quiet, w1_bot
from oracles.tapes import chunk_of, tape
from tickwise.core.decision import ACTS
from tickwise.session.assembly import Answering, assembled
from tickwise.session.live import LiveSession, Outcome, new_event


def made(bots: Any, count: int = 4_000, answered_by: Answering = "exchange") -> tuple[LiveSession, Any]:
    quotes = tape(chunk_of(31, count))
    return LiveSession(assembled(bots, quotes, answered_by=answered_by)), quotes


def rows_of(chunk: Any) -> Any:
    events = chunk.ts_event if len(chunk.ts_event) else chunk.ts
    return zip(chunk.ts.tolist(), events.tolist(), chunk.bid.tolist(), chunk.ask.tolist(), strict=True)


NEVER_ASKS = {"threshold_pips": 500.0, "range_floor_pips": 500.0}


class Venue:
    """Answers of a venue, one at a time, to a lane whose orders wait for them."""

    def __init__(self, **bot: Any) -> None:
        self.live, quotes = made([w1_bot() if not bot else quiet("fast_scalp", **bot)], answered_by="venue")
        self.rows = list(rows_of(quotes.read()))
        self.at = 0
        self.lane = self.live.session.records.lanes[0]
        self.account = self.live.session.records.accounts[0]

    def until(self, act: int) -> Any:
        """Feed quotes until the lane decides so; give that decision."""
        while self.at < len(self.rows):
            outcome = self.live.quote(*self.rows[self.at], 0)
            self.at += 1
            for decision in outcome.decisions:
                if decision["act"] == act:
                    return decision
        raise AssertionError(f"no {ACTS[act]} on this tape")

    @property
    def now(self) -> int:
        return int(self.rows[self.at - 1][0])

    def take(self, kind: int, **fields: Any) -> Outcome:
        return self.live.take(new_event(kind, self.now, **fields))

    def quotes(self, count: int) -> list[Any]:
        found: list[Any] = []
        for _ in range(count):
            found += list(self.live.quote(*self.rows[self.at], 0).decisions)
            self.at += 1
        return found


def acts_of(outcome: Outcome) -> list[int]:
    return [int(each["act"]) for each in outcome.decisions]
