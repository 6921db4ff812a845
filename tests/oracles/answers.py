"""What a venue may say, drawn: sensible or not, in any order, to a session that is fed event by event.

A move is a handful of small numbers. What it means is made of it and of the state of the lane it is about: a
fill of a quarter of what was asked, of more than that, of the other side, or of nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from oracles.tapes import BEGIN, MINUTE
from oracles.worlds import AccountPlan, LanePlan, MarketPlan, World, row, session_of
from tickwise.core import events as e
from tickwise.core.types import NEVER, REASONS, REJECTS, SECOND
from tickwise.session.live import LiveSession, Outcome, new_event

WORDS = {
    "quote": None,
    "pass": None,
    "filled": e.ENTRY_FILLED,
    "ended": e.ENTRY_ENDED,
    "reduced": e.REDUCED,
    "exit_ended": e.EXIT_ENDED,
    "stop_set": e.STOP_SET,
    "balance": e.BALANCE,
    "pause_house": e.PAUSE_HOUSE,
    "pause_market": e.PAUSE_MARKET,
    "pause_lane": e.PAUSE_LANE,
    "exit_only": e.EXIT_ONLY,
    "halt": e.HALT,
    "kill": e.KILL,
    "resume_day": e.RESUME_DAY,
    "disconnected": e.DISCONNECTED,
    "unknown_orders": e.UNKNOWN_ORDERS,
    "leave": e.LEAVE,
    "foreign": e.FOREIGN,
    "adopted": e.ADOPTED,
    "weight": e.WEIGHT,
    "failed": e.FAILED,
    "deposit": e.DEPOSIT,
    "financing": e.FINANCING,
    "opening": e.OPENING,
}
"""Every kind of event by a name of its own; a quote and the passing of time are no events of a venue."""

SWITCHES = ("pause_house", "pause_market", "pause_lane", "exit_only", "halt", "kill", "disconnected")

OF_AN_ORDER = ("filled", "ended", "reduced", "exit_ended", "stop_set")
"""What a venue says of orders; the core's own exchange says it itself."""

SAYS_BALANCE = ("balance", "deposit", "financing", "opening")

LANES = 4


class Move(NamedTuple):
    """One thing that happens: `share` counts quarters of what a lane asked for or holds, the rest are ticks,
    millionths, places in tables and nanoseconds as each word takes them.
    """

    word: str
    lane: int
    share: int
    ticks: int
    money: int
    more: int
    wait: int


def drawn(seed: int, count: int, words: Sequence[str] = tuple(WORDS)) -> list[Move]:
    """Draw moves by a seed; half of them are quotes."""
    draws = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        word = "quote" if draws.random() < 0.5 else words[int(draws.integers(len(words)))]
        numbers = [(0, LANES), (-4, 9), (-60, 61), (-9_999_999, 10_000_000), (0, 64), (0, 4 * SECOND)]
        found.append(Move(word, *(int(draws.integers(*each)) for each in numbers)))
    return found


AT_THE_EXCHANGE = {
    "latency": SECOND // 3,
    "slippage_ticks": 1,
    "bound_ticks": 8,
    "reject_fraction": 0.05,
    "partial_fills": 0.2,
    "commission_unit": 3.0,
    "target_ticks": 25,
}
"""What the core's own exchange does to an order."""


def asked_at_a_venue(**exchange: Any) -> LiveSession:
    """Make four lanes of three bots on two instruments and two accounts.

    Their orders wait for a venue, or are answered by the core's own exchange.
    """
    rules = {
        "latency": NEVER,
        "back_off": SECOND,
        "back_off_max": 3 * SECOND,
        "breaker_failures": 3,
        "breaker_rest": 20 * SECOND,
        "stop_ticks": 60,
        **exchange,
    }
    moving = {
        "soft_stop_ticks": 40,
        "even_trigger": 15,
        "even_offset": 3,
        "trail_ticks": 20,
        "trail_start": 25,
        "partial_trigger": 10,
        "time_stop": 30 * SECOND,
        "time_stop_gain": 20,
        "day_loss_flatten": 1,
    }
    coin = {"one_in": 2}
    plain, managed = row(**rules), row(**rules, **moving)
    lanes = [
        LanePlan(settings=plain, params=coin, bot=0, account=0, pocket="one", group="all"),
        LanePlan(settings=plain, params=coin, bot=0, account=1, pocket="one", group="all"),
        LanePlan(settings=managed, params=coin, bot=1, account=0, pocket="two", group="all"),
        LanePlan(settings=managed, params=coin, bot=2, instrument=1, pocket="one", rate_market=0),
    ]
    accounts = [
        AccountPlan(day_loss_fraction=0.001, kill_failures=4, kill_window=300 * SECOND),
        AccountPlan(kill_failures=16, kill_window=10 * SECOND),
    ]
    rolls = tuple(BEGIN + at * 2 * MINUTE for at in range(1, 400))
    world = World(lanes, [MarketPlan("A"), MarketPlan("B")], accounts, rolls, grid=int(SECOND))
    session = session_of(world)
    session.records = session.records.packed()
    return LiveSession(session)


class Played:
    """A session to which moves happen one after the other."""

    def __init__(self, live: LiveSession) -> None:
        """Begin at the moment the tapes of tests begin."""
        self.live, self.ts = live, BEGIN
        self.mids = [110_000, 130_000]

    def happen(self, move: Move) -> tuple[NDArray[Any], Outcome]:
        """Let a move happen; give the event it was and what came of it."""
        self.ts += move.wait
        if move.word == "quote":
            return new_event(0, self.ts), self._quote(move)
        if move.word == "pass":
            return new_event(0, self.ts), self.live.pass_time(self.ts)
        event = self._event(move)
        return event, self.live.take(event)

    def _quote(self, move: Move) -> Outcome:
        which = move.lane // 3
        self.mids[which] += move.ticks // 4
        bid = self.mids[which]
        return self.live.quote(self.ts, self.ts, bid, bid + 1 + move.more // 16, which)

    def _event(self, move: Move) -> NDArray[Any]:
        """Make an event of a venue or a person, with every field some kind reads."""
        lane = self.live.session.records.lanes[move.lane]
        held = int(lane["order"]["units"] if lane["side"] == 2 else lane["position"]["units"])
        units = (held if lane["side"] else 4_000) * move.share // 4
        price = self.mids[int(lane["instrument"])] + move.ticks
        near = 1 if units > 0 else -1
        reasons = REJECTS if move.word in ("ended", "exit_ended", "failed") else {0: "", **REASONS}
        if move.word in SWITCHES:
            units = int(move.more % 4 == 0)
        elif move.word == "foreign":
            units = move.share // 2
        elif move.word == "unknown_orders":
            units = max(0, move.share // 4)
        balance = 100_000_000_000 + 10 * move.money if move.more % 3 or move.word in SAYS_BALANCE else 0
        return new_event(
            WORDS[move.word],
            self.ts,
            lane=move.lane,
            market=move.lane // 3,
            account=int(lane["account"]),
            units=units,
            price=price,
            reason=list(reasons)[move.more % len(reasons)],
            stop=price - near * 30 if move.more % 4 else 0,
            target=price + near * 30 if move.more % 5 else 0,
            money=move.money,
            earned=move.money // 3,
            commission=abs(move.money) // 100,
            balance=balance,
            value=move.more / 32.0,
        )
