"""The broker's own truth: accounts, prices and time, moved only by the calls below.

It does no input or output and reads no clock: every call that needs a time is given one, in nanoseconds
UTC, and time never goes back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal

from brokers.oanda.instruments import INSTRUMENTS, Instrument
from brokers.oanda.manners import Manners
from brokers.oanda.newyork import roll_after
from brokers.oanda.text import SECOND, decimal, money
from brokers.oanda.truth import closeout, daily, triggers
from brokers.oanda.truth.account import Account, Batch, State
from brokers.oanda.truth.candles import Candles
from brokers.oanda.truth.orders import Answer
from brokers.oanda.truth.prices import DEPTH, Prices, Quote, Tier
from brokers.oanda.truth.records import Extensions

Price = int | str | Decimal
"""A price as it is fed: points where it is an int, otherwise the price itself."""


class Broker:
    """Every account, every price, and what follows from them."""

    def __init__(
        self, instruments: Iterable[Instrument] = INSTRUMENTS, manners: Manners | None = None
    ) -> None:
        self.instruments = {instrument.name: instrument for instrument in instruments}
        self.manners = manners or Manners()
        self.prices = Prices()
        self.candles = Candles()
        self.accounts: dict[str, Account] = {}
        self.now = 0
        self.truncated = 0
        """Tags and comments that were cut short."""
        self.changed: list[Quote] = []
        """Quotes that nobody has been told of yet; whoever tells empties the list."""

    def open_account(
        self,
        name: str = "101-001-1234567-001",
        *,
        currency: str = "USD",
        balance: Decimal | int | str = 100_000,
        hedging: bool = False,
        fifo: bool = False,
        margin_rate: Decimal | str = "0.0333",
        now: int | None = None,
    ) -> Account:
        """Open an account and put its first money in: transactions 1 to 3."""
        now = self.now if now is None else now
        state = State(money(Decimal(0)), Decimal(margin_rate))
        account = Account(name, currency, state, now, hedging=hedging, fifo=fifo)
        site, division, user, number = (int(part) for part in name.split("-"))
        self.accounts[name] = account
        batch = self.batch(account, now)
        batch.add(
            "CREATE",
            divisionID=division,
            siteID=site,
            accountUserID=user,
            accountNumber=number,
            homeCurrency=currency,
        )
        self.configure(account, batch, alias="Primary")
        self.transfer(account, Decimal(balance), now, "ADJUSTMENT", batch)
        return account

    def batch(self, account: Account, now: int, request_id: str | None = None) -> Batch:
        """Begin to write transactions of an account."""
        return Batch(account, now, request_id, self.manners.past_kept_s)

    def configure(
        self,
        account: Account,
        batch: Batch,
        *,
        alias: str | None = None,
        margin_rate: Decimal | None = None,
    ) -> Answer:
        """Change an account's name or its margin rate."""
        answer = Answer(batch)
        told = {
            "alias": alias,
            "marginRate": None if margin_rate is None else format(margin_rate, "f"),
        }
        if margin_rate is not None and not 0 < margin_rate <= 1:
            answer.refused = "MARGIN_RATE_INVALID"
            answer.parts["clientConfigureRejectTransaction"] = batch.add(
                "CLIENT_CONFIGURE_REJECT", **told, rejectReason=answer.refused
            )
            return answer
        account.state.alias = account.state.alias if alias is None else alias
        account.state.margin_rate = margin_rate or account.state.margin_rate
        answer.parts["clientConfigureTransaction"] = batch.add("CLIENT_CONFIGURE", **told)
        return answer

    def transfer(
        self,
        account: Account,
        amount: Decimal,
        now: int,
        reason: str = "CLIENT_FUNDING",
        batch: Batch | None = None,
    ) -> None:
        """Put money in, or take it out where the amount is below zero."""
        batch = batch or self.batch(account, now)
        account.state.balance += money(amount)
        batch.add(
            "TRANSFER_FUNDS",
            amount=str(money(amount)),
            fundingReason=reason,
            accountBalance=str(account.state.balance),
        )

    def price(
        self,
        instrument: str,
        bid: Price,
        ask: Price,
        ts: int,
        *,
        tradeable: bool = True,
        bid_units: int = DEPTH,
        ask_units: int = DEPTH,
        bids: Iterable[tuple[Price, int]] | None = None,
        asks: Iterable[tuple[Price, int]] | None = None,
        bid_halted: bool = False,
        ask_halted: bool = False,
        bid_reduces_only: bool = False,
        ask_reduces_only: bool = False,
    ) -> Quote:
        """Take a price at a time in nanoseconds UTC, and let everything happen that it brings about.

        `bids` and `asks` are whole books, best first, each with the units at its price or better; without
        them a side is one price with its units, and no units is an empty side.
        """
        rules = self.instruments[instrument]
        self.advance(ts)

        def read(price: Price) -> int:
            return price if isinstance(price, int) else rules.points(decimal(price))

        def book(best: Price, units: int, tiers: Iterable[tuple[Price, int]] | None) -> tuple[Tier, ...]:
            if tiers is None:
                return (Tier(read(best), units),) if units else ()
            return tuple(Tier(read(price), each) for price, each in tiers)

        quote = Quote(
            rules,
            ts,
            book(bid, bid_units, bids),
            book(ask, ask_units, asks),
            read(bid),
            read(ask),
            tradeable,
            bid_halted,
            ask_halted,
            bid_reduces_only,
            ask_reduces_only,
        )
        self.put(quote)
        return quote

    def put(self, quote: Quote) -> None:
        """Make a quote the last of its instrument."""
        name = quote.instrument.name
        self.prices.quotes[name] = quote
        self.changed.append(quote)
        if not quote.tradeable:
            return
        self.candles.take(quote)
        for account in self.accounts.values():
            triggers.on_price(self, account, quote, self.now)
            if self.manners.checks_margin:
                closeout.check(self, account, self.now)

    def next_due(self) -> int:
        """Give the time at which something happens though nobody does anything."""
        expiries = [daily.expires_at(self, account) for account in self.accounts.values()]
        return min([roll_after(self.now), *(each for each in expiries if each is not None)])

    def advance(self, now: int) -> None:
        """Let everything happen that is due until now, in the order of its time."""
        if not self.now:
            self.now = now
        while self.now < now:
            due = min(self.next_due(), now)
            is_roll = due == roll_after(self.now)
            self.now = due
            for account in self.accounts.values():
                daily.expire(self, account, due)
            if is_roll:
                daily.roll(self, due)

    def kept(self, extensions: Extensions) -> Extensions:
        """Give what this broker keeps of what a client wrote."""
        limits = (("tag", self.manners.tag_kept), ("comment", self.manners.comment_kept))
        for name, most in limits:
            text = getattr(extensions, name)
            if most is not None and text is not None and len(text) > most:
                self.truncated += 1
                extensions = replace(extensions, **{name: text[:most]})
        return extensions

    def act(self, account: Account, now: int, what: Callable[[Batch], Answer]) -> Answer:
        """Let the account's owner do something by hand: no request, no words of a program."""
        self.advance(now)
        return what(self.batch(account, self.now))


__all__ = ["SECOND", "Broker", "Price"]
