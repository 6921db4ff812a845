"""The play: a session fed quote by quote from the synthetic market, and what happened in it.

The session is the one a backtest runs, over the same tape: how it is cut into blocks changes nothing. Nothing
here reads a clock; who plays says how far.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tickwise.config.bot import BotConfig
from tickwise.core.decision import DAY_LOST, FILLED, MOVE_STOP, REJECTED, TRIPPED
from tickwise.core.layout import TRADE
from tickwise.core.types import SECOND
from tickwise.demo.bots import session_of
from tickwise.demo.events import Closed, DayLost, Event, NotFilled, Opened, StopMoved, Tripped
from tickwise.demo.market import DemoMarket, market_of
from tickwise.demo.refusals import Refusals
from tickwise.market_data.chunks import QuoteChunk, cut
from tickwise.session.session import Session

EQUITY_EVERY_NS = 10 * int(SECOND)
"""How often the equity is noted, in market time."""


@dataclass
class Play:
    """A session on its way through the market; `at` is the place of the next quote, `ts` the time reached."""

    market: DemoMarket
    bots: tuple[BotConfig, ...]
    session: Session
    quotes: QuoteChunk
    at: int = 0
    ts: int = 0
    equity: list[int] = field(default_factory=list)
    refusals: Refusals = field(init=False)
    counts_before: NDArray[np.int64] = field(init=False)
    missed_before: NDArray[np.int64] = field(init=False)
    _trades_told: int = 0
    _decisions_told: int = 0
    _equity_ts: int = 0

    @classmethod
    def of(cls, seed: int, until_s: float | None = None) -> Play:
        """Make a play of a seed, at least `until_s` seconds of its market. Raises as `market_of` does."""
        market = market_of(seed, until_s)
        bots, session = session_of(market)
        return cls(market, bots, session, market.tape.read())

    def see_history(self) -> None:
        """Feed the hours before the beginning, in which no bot trades, and explain once: all is compiled."""
        begin = int(np.searchsorted(self.quotes.ts, self.market.begin_ts))
        self.session.feed(cut(self.quotes, 0, begin))
        self.at, self.ts = begin, self.market.begin_ts
        for k in range(len(self.session.lanes)):
            self.session.explain(k, self.ts)
        self._trades_told, self._decisions_told = len(self.session.trades), len(self.session.decisions)
        self.refusals = Refusals(self.session)
        self.counts_before, self.missed_before = self.refusals.counts, self.refusals.missed
        self._note_equity(self.ts)

    @property
    def is_over(self) -> bool:
        """Whether the tape has no further quote."""
        return self.at >= len(self.quotes.ts)

    def until(self, ts: int, quotes_max: int | None = None) -> Iterator[Event]:
        """Feed the quotes before `ts`, at most so many, and tell what happened, in order of time."""
        end = int(np.searchsorted(self.quotes.ts, ts))
        last = end if quotes_max is None else min(end, self.at + quotes_max)
        for place in range(self.at, last):
            self.session.feed(cut(self.quotes, place, place + 1))
            self.at, self.ts = place + 1, int(self.quotes.ts[place])
            self._note_equity(self.ts)
            yield from self._happened()
        if last == end:
            self.ts = max(self.ts, ts)

    def counts(self) -> NDArray[np.int64]:
        """Evaluations by outcome since the beginning, a row for each lane."""
        found: NDArray[np.int64] = self.session.counts() - self.counts_before
        return found

    def missed(self) -> NDArray[np.int64]:
        """Signals that a gate refused since the beginning, by outcome, a row for each lane."""
        found: NDArray[np.int64] = self.session.counts("missed") - self.missed_before
        return found

    def trades(self) -> NDArray[Any]:
        """Every trade that ended, in order: records of `tickwise.core.layout.TRADE`."""
        parts = self.session.trades
        found: NDArray[Any] = np.concatenate(parts) if parts else np.zeros(0, TRADE)
        return found

    def _happened(self) -> Iterator[Event]:
        """Tell what the quote just fed brought: decisions first, then trades that ended, then refusals."""
        for part in self.session.decisions[self._decisions_told :]:
            for decision in part:
                yield from self._decided(decision)
        for part in self.session.trades[self._trades_told :]:
            yield from (closed(trade) for trade in part)
        self._decisions_told, self._trades_told = len(self.session.decisions), len(self.session.trades)
        yield from self.refusals.since_last(self.ts)

    def _decided(self, decision: Any) -> Iterator[Event]:
        ts, k, act = int(decision["ts"]), int(decision["lane"]), int(decision["act"])
        units, price, stop = int(decision["units"]), int(decision["price"]), int(decision["stop"])
        if act == FILLED:
            score = float(self.session.records.lanes["order"]["score"][k])
            yield Opened(ts, k, units, price, stop, int(decision["target"]), score)
        elif act == REJECTED:
            yield NotFilled(ts, k, units, int(decision["reason"]))
        elif act == MOVE_STOP:
            yield StopMoved(ts, k, int(decision["reason"]), stop, price)
        elif act == DAY_LOST:
            yield DayLost(ts, k)
        elif act == TRIPPED:
            yield Tripped(ts, k, int(decision["reason"]))

    def _note_equity(self, ts: int) -> None:
        if ts >= self._equity_ts:
            self._equity_ts = ts + EQUITY_EVERY_NS
            self.equity.append(equity_of(self.session))


def equity_of(session: Session) -> int:
    """Give balance and open profit of the first account, in millionths."""
    account = session.records.accounts[0]
    return int(account["balance"]) + int(account["open_pnl"])


def closed(trade: Any) -> Closed:
    """Tell of a trade that ended."""
    side = int(trade["side"])
    return Closed(
        int(trade["exit_ts"]),
        int(trade["lane"]),
        side,
        int(trade["units"]),
        int(trade["reason"]),
        float(trade["exit_price"]),
        side * (float(trade["exit_price"]) - float(trade["entry_price"])),
        int(trade["pnl"]),
        int(trade["exit_ts"]) - int(trade["entry_ts"]),
    )
