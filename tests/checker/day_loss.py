"""The day's loss is bounded before each entry and at the end: I18."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from checker.case import Case
from checker.invariants import Found, invariant
from checker.told import Told, walked
from checker.world import Happened, Paid, Quoted, Rests, Traded
from tickwise.journal import entries as j


@dataclass
class Trade:
    """A position at the broker: signed units, its entry price, and the stop that rests."""

    instrument: str
    units: int = 0
    price: Fraction = Fraction(0)
    stop: int = 0


@dataclass
class Books:
    """An account at the broker so far."""

    balance: int
    flows: int = 0
    trades: dict[str, Trade] = field(default_factory=dict)
    slipped: Fraction = Fraction(0)
    """What fills behind a stop cost beyond the allowance."""


class Truth:
    """The broker's truth, read forward in time."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.books: dict[str, Books] = {}
        self.quotes: dict[str, Quoted] = {}
        self._events = list(case.truth or ())
        self._at = 0
        for row in reversed(case.journal):
            if isinstance(row.entry, j.BalanceSeen) and row.entry.why == "opening":
                self.books[row.entry.account] = Books(row.entry.balance)

    def until(self, ts: int) -> None:
        """Read on to a time."""
        while self._at < len(self._events) and self._events[self._at].ts <= ts:
            self._take(self._events[self._at])
            self._at += 1

    def _take(self, event: Happened) -> None:
        match event:
            case Quoted():
                self.quotes[event.instrument] = event
            case Paid():
                books = self._of(event.account, event.balance - event.amount)
                books.balance = event.balance
                books.flows += event.amount if event.is_flow else 0
            case Rests():
                trade = self._of(event.account, 0).trades.get(event.trade)
                if trade is not None:
                    trade.stop = event.stop
            case Traded():
                self._trade(event)
            case _:
                pass

    def _of(self, account: str, balance: int) -> Books:
        return self.books.setdefault(account, Books(balance))

    def _trade(self, event: Traded) -> None:
        books = self._of(event.account, event.balance - event.cash)
        books.balance = event.balance
        trade = books.trades.setdefault(event.trade, Trade(event.instrument))
        if trade.units * event.units >= 0:
            whole = trade.units + event.units
            trade.price = (trade.units * trade.price + event.units * event.price) / Fraction(whole or 1)
            trade.units = whole
            return
        if event.cause == "stop" and trade.stop:
            side = 1 if trade.units > 0 else -1
            beyond = max(0, side * (trade.stop - event.price) - self.case.rules.slippage_ticks)
            books.slipped += beyond * abs(event.units) * self._value(event.instrument)
        trade.units += event.units
        if trade.units == 0:
            del books.trades[event.trade]

    def _value(self, instrument: str) -> Fraction:
        return Fraction(self.case.rules.tick_value.get(instrument, 0))

    def equity(self, account: str, stopped: bool) -> Fraction:
        """Give what an account is worth at the market, or with every stop reached and slipped."""
        books = self.books[account]
        worth = Fraction(books.balance)
        for trade in books.trades.values():
            quote = self.quotes.get(trade.instrument)
            market = (quote.bid if trade.units > 0 else quote.ask) if quote else trade.price
            at: Fraction | int = market
            if stopped and trade.stop:
                side = 1 if trade.units > 0 else -1
                at = trade.stop - side * self.case.rules.slippage_ticks
            worth += trade.units * (at - trade.price) * self._value(trade.instrument)
        return worth

    def at_risk(self, told: Told, account: str) -> Fraction:
        """Give what orders that are on their way or unknown would lose at their stops."""
        slip = self.case.rules.slippage_ticks
        return sum(
            (
                abs(order.left) * (order.stop + slip) * self._value(order.instrument)
                for order in told.working()
                if order.account == account
            ),
            Fraction(0),
        )


@invariant("I18")
def day_loss_bounded(case: Case) -> Found:
    """Before each entry: the day's loss with every stop reached keeps to the limit; at the end it did."""
    limit = case.rules.day_loss_max
    if not limit or case.truth is None:
        return
    truth, starts = Truth(case), Starts(case)
    for row, told in walked(case):
        yield from starts.passed(truth, row.entry.ts)
        truth.until(row.entry.ts)
        entry = row.entry
        if not isinstance(entry, j.Sent) or entry.verb != "enter" or entry.order not in told.orders:
            continue
        order = told.orders[entry.order]
        start = starts.equity(truth, order.account)
        own = abs(order.units) * (order.stop + case.rules.slippage_ticks)
        own_loss = own * Fraction(case.rules.tick_value.get(order.instrument, 0))
        is_counted = order.sent_seq > 0
        risk = truth.at_risk(told, order.account) + (0 if is_counted else own_loss)
        loss = start - truth.equity(order.account, stopped=True) + risk
        if loss > limit:
            says = f"with every stop reached the day loses {float(loss) / 1e6:.2f}, {limit / 1e6:.2f} at most"
            yield entry.ts, order.id, says
    yield from starts.passed(truth, case.end_ts)
    truth.until(case.end_ts)
    yield from starts.ended(truth, case.end_ts)


class Starts:
    """What each account was worth when the trading day began, and what it lost in it."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self._due = sorted(case.rules.day_starts)
        self._worth: dict[str, Fraction] = {}
        self._flows: dict[str, int] = {}
        self._slipped: dict[str, Fraction] = {}

    def equity(self, truth: Truth, account: str) -> Fraction:
        """Give what the account was worth then, with what a person put in since."""
        if account not in self._worth:
            self._begin(truth, account)
        return self._worth[account] + truth.books[account].flows - self._flows[account]

    def _begin(self, truth: Truth, account: str) -> None:
        books = truth.books[account]
        self._worth[account] = truth.equity(account, stopped=False)
        self._flows[account], self._slipped[account] = books.flows, books.slipped

    def passed(self, truth: Truth, ts: int) -> Found:
        """End each day that ended by a time, and begin the next."""
        for account in truth.books:
            if account not in self._worth:
                self._begin(truth, account)
        while self._due and self._due[0] <= ts:
            due = self._due.pop(0)
            truth.until(due - 1)
            if case_began(self.case) < due:
                yield from self.ended(truth, due)
            for account in truth.books:
                self._begin(truth, account)

    def ended(self, truth: Truth, ts: int) -> Found:
        """Hold the loss of a day against the limit and what slipped."""
        for account, books in truth.books.items():
            loss = self.equity(truth, account) - truth.equity(account, stopped=False)
            allowed = self.case.rules.day_loss_max + books.slipped - self._slipped[account]
            if loss > allowed:
                most = f"{float(allowed) / 1e6:.2f} at most with what slipped"
                yield ts, account, f"the day lost {float(loss) / 1e6:.2f}, {most}"


def case_began(case: Case) -> int:
    """Give the time of the first entry."""
    return case.journal[0].entry.ts if case.journal else 0
