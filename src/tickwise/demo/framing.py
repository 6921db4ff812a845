"""Turn the state of a play into a frame: reads the session's records and counts, changes nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tickwise.core.layout import BARS_KEPT, QUOTES_KEPT
from tickwise.core.outcome import TABLE
from tickwise.core.types import FLAT, MILLION, STATES, WAITING
from tickwise.demo.boards import is_refused, stages, verdict
from tickwise.demo.events import Closed, Event, NotFilled, Refused, Tripped, Waits
from tickwise.demo.frame import Account, Bot, Frame, Header, Line, Market, Outcome, Position, Tone
from tickwise.demo.play import Play, equity_of
from tickwise.demo.sentences import sentence
from tickwise.demo.terms import Terms, clock, day, lasting, signed, terms_of

LOG_LINES = 40
"""Lines of the log that are kept: more than a screen shows."""

RISK = "Risk: leverage can lose more than you put in. Nothing here foretells a market."


@dataclass
class Screen:
    """What a frame needs besides the state: the log of what happened, and each lane's last trade."""

    play: Play
    terms: tuple[Terms, ...] = field(init=False)
    log: deque[Line] = field(default_factory=lambda: deque(maxlen=LOG_LINES))
    last_trades: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        play = self.play
        self.terms = terms_of(play.bots, play.market.tape, play.session, play.market.news)

    def take(self, events: Iterable[Event]) -> None:
        """Put events into the log as they happen."""
        for event in events:
            said = sentence(event, self.terms[event.lane])
            if isinstance(event, Closed):
                self.last_trades[event.lane] = said
            self.log.append(Line(clock(event.ts), self.terms[event.lane].bot.name, said, tone(event)))

    def say(self, who: str, says: str) -> None:
        """Put a line of the demo's own into the log."""
        self.log.append(Line(clock(self.play.ts), who, says, Tone.PLAIN))

    def frame(self, speed: float, is_paused: bool = False) -> Frame:
        """Give the picture of this moment; `speed` is market seconds a second."""
        play = self.play
        trades = play.trades()
        places = range(len(self.terms))
        return Frame(
            header=Header(play.market.seed, day(play.ts), f"{clock(play.ts)} UTC", f"{speed:g}x", is_paused),
            markets=tuple(market(play.session.records.markets[k], self.terms[k]) for k in places),
            bots=tuple(self._bot(k, trades[trades["lane"] == k]) for k in places),
            account=account(play, trades, self.terms[0]),
            log=tuple(self.log),
            funnel=funnel(play),
            evaluations=int(play.counts().sum()),
            missed=int(play.missed().sum()),
            footer=footer(self.terms),
        )

    def _bot(self, k: int, trades: Any) -> Bot:
        terms, play = self.terms[k], self.play
        explained = play.session.explain(k, play.ts)
        lane = play.session.records.lanes[k]
        return Bot(
            name=terms.bot.name,
            what=f"{terms.bot.strategy} on {terms.instrument.symbol}",
            verdict=verdict(explained, terms),
            is_refused=is_refused(explained),
            stages=stages(explained, terms),
            position=position(lane, play.session.records.markets[lane["instrument"]], terms, play.ts),
            last_trade=self.last_trades.get(k, ""),
            result=result(trades, terms),
        )


def footer(terms: Sequence[Terms]) -> tuple[str, str]:
    """Say what is simulated, and the risk."""
    late = f"fills ({terms[0].bot.fills.latency_ms:g} ms late, slipped)"
    return f"Simulated: market, news, {late}. No venue, no real money.", RISK


def tone(event: Event) -> Tone:
    """Tell how an event is meant."""
    if isinstance(event, Closed):
        return Tone.WON if event.pnl > 0 else Tone.LOST
    return Tone.REFUSED if isinstance(event, Refused | Waits | NotFilled | Tripped) else Tone.PLAIN


def market(record: Any, terms: Terms) -> Market:
    """Show one market: its last quote, its spread, its state, and how its mid went."""
    bid, ask = int(record["bid"]), int(record["ask"])
    return Market(
        instrument=terms.instrument.symbol,
        bid=terms.price(bid),
        ask=terms.price(ask),
        spread=f"{terms.pips(ask - bid)} pips",
        state=STATES[int(record["regime"]["state"])],
        quotes=newest(record["mids"], int(record["at"]) + 1, min(int(record["n"]), QUOTES_KEPT)),
        minutes=newest(
            record["frames"]["closes"][0],
            int(record["frames"]["closed"][0]),
            min(int(record["frames"]["closed"][0]), BARS_KEPT),
        ),
    )


def newest(ring: Any, end: int, count: int) -> tuple[int, ...]:
    """Give the last `count` values of a ring of which `end` were written, oldest first."""
    places = np.arange(end - count, end) % len(ring)
    return tuple(int(value) for value in np.asarray(ring)[places])


def position(lane: Any, market: Any, terms: Terms, ts: int) -> Position | None:
    """Show what a lane holds, marked at the price it could be left at; None where it holds nothing."""
    side = int(lane["side"])
    if side in (int(FLAT), int(WAITING)):
        return None
    held = lane["position"]
    entry, stop, target = int(held["entry"]), int(held["stop"]), int(held["target"])
    soft = round(terms.bot.exits.soft_stop_pips * terms.instrument.pip_ticks)
    nearest = max(side * stop, side * entry - soft) * side if soft else stop
    price = int(market["bid"]) if side > 0 else int(market["ask"])
    money = signed(int(held["mark"]) / int(MILLION), 2)
    gain = side * (price - entry)
    return Position(
        what=f"{'long' if side > 0 else 'short'} {terms.quantity(int(held['units']))}",
        entry=terms.price(entry),
        stop=terms.price(stop),
        soft_stop=terms.price(nearest) if soft else "",
        target=terms.price(target),
        gain=f"{terms.gained(gain)} pips, {money} {terms.currency}",
        held=lasting(ts - int(held["entry_ts"])),
        is_winning=gain > 0,
        share=min(1.0, max(0.0, (price - nearest) / (target - nearest))) if target != nearest else 0.0,
    )


def result(trades: Any, terms: Terms) -> str:
    """Sum up a bot's trades: how many, how many won, what they brought."""
    if not len(trades):
        return "no trade yet"
    won = int((trades["pnl"] > 0).sum())
    net = signed(int(trades["pnl"].sum()) / int(MILLION), 2)
    return f"{len(trades)} {plural('trade', len(trades))}, {won} won, {net} {terms.currency}"


def plural(word: str, count: int) -> str:
    """Write a word for one or for several."""
    return word if count == 1 else f"{word}s"


def account(play: Play, trades: Any, terms: Terms) -> Account:
    """Show the account: the day's result with open profit, the equity, the trades."""
    record = play.session.records.accounts[0]
    equity = equity_of(play.session)
    gained = equity - int(record["day_start"])
    return Account(
        day=f"{signed(gained / int(MILLION), 2)} {terms.currency}",
        is_up=gained >= 0,
        equity=terms.money(equity),
        trades=result(trades, terms),
        curve=(*play.equity, equity),
    )


def funnel(play: Play) -> tuple[Outcome, ...]:
    """Count evaluations and missed signals by outcome since the beginning, in the order of the chain."""
    counts, missed = play.counts(), play.missed()
    return tuple(
        Outcome(row.name.replace("_", " "), columns(counts[:, place]), int(missed[:, place].sum()))
        for place, row in enumerate(TABLE)
        if counts[:, place].any() or missed[:, place].any()
    )


def columns(values: NDArray[np.int64]) -> tuple[int, ...]:
    """Give an array's numbers as whole numbers of Python."""
    return tuple(int(value) for value in values)
