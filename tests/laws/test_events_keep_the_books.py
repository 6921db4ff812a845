"""Whatever a venue says, in whatever order, the books add up.

Drawn sequences of quotes, answers, commands and money, sensible or not, go to a session one by one. After
each the sums of every scope are held against its lanes, and every balance against a ledger of its own that
knows only what was said and what the core says it booked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from oracles.answers import (
    AT_THE_EXCHANGE,
    LANES,
    OF_AN_ORDER,
    SAYS_BALANCE,
    WORDS,
    Move,
    Played,
    asked_at_a_venue,
    drawn,
)
from tickwise.core import events as e
from tickwise.core.decision import CLOSED, FILLED, LEAVE
from tickwise.core.types import SECOND
from tickwise.session.live import LiveSession, Outcome

BOOKS = settings(derandomize=True, deadline=None, max_examples=150)

SCOPES = ("bot_tally", "instrument_tally", "pocket_tally", "group_tally", "house_tally")


def moves_of(*words: str) -> st.SearchStrategy[Move]:
    """Draw moves of these words."""
    return st.builds(
        Move,
        word=st.sampled_from(words),
        lane=st.integers(0, LANES - 1),
        share=st.integers(-4, 8),
        ticks=st.integers(-60, 60),
        money=st.integers(-9_999_999, 9_999_999),
        more=st.integers(0, 63),
        wait=st.integers(0, 4 * SECOND),
    )


sequences = st.lists(
    moves_of("quote") | moves_of(*OF_AN_ORDER, "leave", "adopted") | moves_of(*WORDS), max_size=60
)


class Beginning:
    """A session that is made once and put back to its beginning for each sequence."""

    def __init__(self, **exchange: Any) -> None:
        """Make it."""
        self.live = asked_at_a_venue(**exchange)
        self._fresh = self.live.session.snapshot()

    def again(self) -> LiveSession:
        """Put it back."""
        self.live.session.restore(self._fresh)
        return self.live


@pytest.fixture(scope="module")
def beginning() -> Beginning:
    return Beginning()


@dataclass
class Held:
    """What a lane holds, as the decisions tell it: units and their worth of every fill, and money so far."""

    filled: int = 0
    worth: int = 0
    left: int = 0
    earned: int = 0
    commission: int = 0
    financing: int = 0
    asked: int = 0
    """Units of the order to leave that is on its way."""

    @property
    def units(self) -> int:
        """Signed units that are still there."""
        return self.filled - self.left


class Ledger:
    """What the books must say, from what was said and what the core says it booked."""

    def __init__(self, live: LiveSession) -> None:
        """Begin with the balances there are."""
        self.records = live.session.records
        self.balances = [int(account["balance"]) for account in self.records.accounts]
        self.net = np.zeros(len(self.records.lanes), np.int64)
        self.commission = np.zeros(len(self.records.lanes), np.int64)
        self.financing = [0] * len(self.records.accounts)
        self.held = [Held() for _ in self.records.lanes]

    def take(self, event: NDArray[Any], before: Any, outcome: Outcome) -> None:
        """Take one event and what came of it; `before` is the lane it names, as it was."""
        kind, at, account = (int(event[name][0]) for name in ("kind", "lane", "account"))
        said = {name: int(event[name][0]) for name in ("units", "money", "balance", "reason")}
        is_open = abs(int(before["side"])) == 1
        if kind == e.REDUCED and is_open and said["units"]:
            self.held[at].financing += said["money"]
            self.financing[account] += said["money"]
            self.balances[account] += said["money"]
        if kind == e.FINANCING:
            self.financing[account] += said["money"]
        trades = iter(outcome.trades)
        for decision in outcome.decisions:
            own = kind not in (e.REDUCED, e.ENTRY_FILLED) or (kind == e.REDUCED and said["reason"] == 0)
            self._decided(decision, own, trades)
        assert next(trades, None) is None
        if kind == e.EXIT_ENDED:  # timers came first: they may have asked
            self.held[at].asked = 0
        if kind in [WORDS[word] for word in SAYS_BALANCE] or (
            said["balance"] and says_it(kind, said, before)
        ):
            self.balances[account] = said["balance"]

    def _decided(self, decision: Any, own: bool, trades: Iterator[Any]) -> None:
        lane, units = int(decision["lane"]), int(decision["units"])
        held = self.held[lane]
        if decision["act"] == FILLED:
            held.filled += units
            held.worth += units * int(decision["price"])
            self._booked(lane, 0, int(decision["commission"]))
        elif decision["act"] == CLOSED:
            held.left -= units
            held.asked -= abs(units) if own else 0
            held.asked = max(0, min(held.asked, abs(held.units)))
            self._booked(lane, int(decision["earned"]), int(decision["commission"]))
            if held.units == 0:
                self._ended(held, next(trades), lane)
        elif decision["act"] == LEAVE:
            assert held.asked == 0, "one order to leave at a time"
            held.asked = abs(units)
            assert 0 < held.asked <= abs(held.units)
            assert units * held.units < 0

    def _booked(self, lane: int, earned: int, commission: int) -> None:
        self.net[lane] += earned - commission
        self.commission[lane] += commission
        self.held[lane].earned += earned
        self.held[lane].commission += commission
        self.balances[int(self.records.lanes[lane]["account"])] += earned - commission

    def _ended(self, held: Held, trade: Any, lane: int) -> None:
        """A trade is what its fills were, and the lane begins anew."""
        told = {name: trade[name].item() for name in ("lane", "side", "units", "entry_price")}
        assert told == {
            "lane": lane,
            "side": 1 if held.filled > 0 else -1,
            "units": abs(held.filled),
            "entry_price": held.worth / held.filled,
        }
        money = [int(trade[name]) for name in ("gross", "commission", "financing", "pnl")]
        net = held.earned - held.commission + held.financing
        assert money == [held.earned, held.commission, held.financing, net]
        self.held[lane] = Held()

    def check(self) -> None:
        """Hold every book against this one."""
        records = self.records
        lanes, tallies = records.lanes, records.tallies
        is_open, waits = np.abs(lanes["side"]) == 1, lanes["side"] == 2
        position, order = lanes["position"], lanes["order"]
        counted = {
            name: np.where(is_open, position[name], np.where(waits, order[name], 0))
            for name in ("risk", "value", "margin")
        }
        counted["open"] = (lanes["side"] != 0).astype(np.int64)
        for place, mine in scopes_of(records):
            tally = tallies[place]
            assert tally["open"] == counted["open"][mine].sum() + tally["foreign"]
            assert tally["value"] == counted["value"][mine].sum() + tally["foreign_value"]
            assert tally["risk"] == counted["risk"][mine].sum()
            assert tally["pnl"] == self.net[mine].sum()
        assert (tallies["open"] >= 0).all()
        assert (tallies["risk"] >= 0).all()
        assert (tallies["foreign"] >= 0).all()
        for at, account in enumerate(records.accounts):
            mine = lanes["account"] == at
            assert account["balance"] == self.balances[at]
            assert account["margin_used"] == counted["margin"][mine].sum()
            assert account["open_pnl"] == position["mark"][mine & is_open].sum()
            assert account["commission"] == self.commission[mine].sum()
            assert account["financing"] == self.financing[at]
        assert [int(lane["position"]["units"]) for lane in lanes[is_open]] == [
            held.units for held, there in zip(self.held, is_open, strict=True) if there
        ]
        assert not any(held.units for held, there in zip(self.held, is_open, strict=True) if not there)
        self._positions(lanes[is_open])

    def _positions(self, lanes: NDArray[Any]) -> None:
        position = lanes["position"]
        assert (np.sign(position["units"]) == lanes["side"]).all()
        assert (np.sign(position["cost"]) == lanes["side"]).all()
        closing = position["closing"] != 0
        asked = (position["closing_units"] * lanes["side"])[closing]
        assert (asked > 0).all()
        assert (asked <= np.abs(position["units"][closing])).all()


def says_it(kind: int, said: dict[str, int], before: Any) -> bool:
    """Tell whether an event about a lane says the balance of its account."""
    if kind == e.ADOPTED:
        return bool(before["side"] == 0 and said["units"] != 0)
    return kind in (e.ENTRY_FILLED, e.REDUCED)


def scopes_of(records: Any) -> Iterator[tuple[int, NDArray[np.bool_]]]:
    """Give every tally with the lanes that are counted in it."""
    lanes = records.lanes
    for name in SCOPES:
        for place in np.unique(lanes[name]):
            yield int(place), lanes[name] == place
    for at, account in enumerate(records.accounts):
        yield int(account["tally"]), lanes["account"] == at


def play(live: LiveSession, moves: list[Move]) -> None:
    """Let moves happen to a session, and check the books after each."""
    played, ledger = Played(live), Ledger(live)
    for move in moves:
        before = live.session.records.lanes[move.lane : move.lane + 1].copy()[0]
        event, outcome = played.happen(move)
        ledger.take(event, before, outcome)
        ledger.check()


@BOOKS
@given(sequences)
def test_the_books_add_up_after_every_event(beginning: Beginning, moves: list[Move]) -> None:
    play(beginning.again(), moves)


@pytest.mark.parametrize("seed", range(8))
def test_the_books_add_up_over_a_long_time(beginning: Beginning, seed: int) -> None:
    play(beginning.again(), drawn(seed, 600))


@pytest.fixture(scope="module")
def at_the_exchange() -> Beginning:
    return Beginning(**AT_THE_EXCHANGE)


@pytest.mark.parametrize("seed", range(8))
def test_the_books_of_the_cores_own_exchange_add_up_under_commands(
    at_the_exchange: Beginning, seed: int
) -> None:
    commands = [word for word in WORDS if word not in OF_AN_ORDER]
    play(at_the_exchange.again(), drawn(seed, 600, commands))
