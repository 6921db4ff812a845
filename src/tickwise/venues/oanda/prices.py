"""Prices of OANDA as one account sees them: terms, the stream, history. Nothing here can change an order."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import ParamSpec, TypeVar

from tickwise.venues.oanda import wire
from tickwise.venues.oanda.bars import SECONDS, page_of, page_query
from tickwise.venues.oanda.client import Reader
from tickwise.venues.oanda.exact import Malformed
from tickwise.venues.oanda.quotes import STREAM, quote_of
from tickwise.venues.oanda.requests import account_in_path
from tickwise.venues.oanda.scale import Scale, scale_of, terms_of
from tickwise.venues.oanda.skipping import Skipping
from tickwise.venues.venue import (
    BarSeen,
    Heartbeat,
    InstrumentTerms,
    LineSkipped,
    QuoteSeen,
    VenueError,
    WrongAccess,
)

P = ParamSpec("P")
T = TypeVar("T")


class OandaPrices:
    """Prices of one account. Reads raise VenueError, and WrongAccess where another try cannot help."""

    name = "oanda"

    def __init__(self, reader: Reader, account: str) -> None:
        self.skipping = Skipping()
        self.scales: dict[str, Scale] = {}
        """Decimals of everything the account may trade, once `learn_terms` was called."""
        self.known_terms: dict[str, InstrumentTerms] = {}
        self._reader = reader
        self._account = account_in_path(account)

    def __repr__(self) -> str:
        return f"OandaPrices({self._reader!r}, {self._account})"

    async def open(self, instruments: Sequence[str]) -> None:
        """Find the account and learn the terms of every instrument.

        Raises WrongAccess where the account is not the token's, VenueError otherwise.
        """
        await self.owned([self._account])
        await self.learn_terms(instruments)

    async def owned(self, accounts: Sequence[str]) -> dict[str, wire.AccountName]:
        """Read the accounts of the token. Raises WrongAccess where one of ours is not among them."""
        said = await self.read(wire.accounts_reply, "/v3/accounts")
        found = {account.id: account for account in said.accounts}
        for account in accounts:
            if account not in found:
                raise WrongAccess(f"oanda: account {account} is not one of this token's")
        return found

    async def learn_terms(self, instruments: Sequence[str]) -> None:
        """Learn the terms of all instruments: what is foreign is counted in its own steps too.

        Raises WrongAccess where the account trades one of `instruments` not, VenueError otherwise.
        """
        said = await self.read(wire.instruments_reply, f"/v3/accounts/{self._account}/instruments")
        self.scales.update({each.name: meant(scale_of, each) for each in said.instruments})
        self.known_terms.update({each.name: meant(terms_of, each) for each in said.instruments})
        missing = [name for name in instruments if name not in self.known_terms]
        if missing:
            raise WrongAccess(f"oanda: account {self._account} cannot trade {', '.join(missing)}")

    async def close(self) -> None:
        """End every connection."""
        await self._reader.close()

    def terms(self, instrument: str) -> InstrumentTerms:
        """Give the terms of an instrument, as `open` learnt them. Raises VenueError where it is not there."""
        if instrument not in self.known_terms:
            raise VenueError(f"oanda: {instrument} is not among the account's instruments")
        return self.known_terms[instrument]

    async def quotes(self, instruments: Sequence[str]) -> AsyncIterator[QuoteSeen | LineSkipped | Heartbeat]:
        """Stream prices and heartbeats until the stream breaks, which raises VenueError."""
        path = f"/v3/accounts/{self._account}/pricing/stream"
        query = {"instruments": ",".join(instruments), "snapshot": "true"}
        meaning = partial(quote_of, scales=self.scales)
        async for line in self._reader.lines(path, query):
            seen = self.skipping.read(STREAM, line, meaning)
            if seen:
                yield seen

    async def bars(self, instrument: str, granularity: str, since: int, until: int) -> AsyncIterator[BarSeen]:
        """Read bars that open from `since` to before `until`, nanoseconds UTC, oldest first.

        `granularity` is a key of `bars.SECONDS`. Intervals without a price have no bar.
        """
        assert granularity in SECONDS, f"{granularity} is none of {', '.join(SECONDS)}"
        after, is_first, is_last = since, True, since >= until
        while not is_last:
            asked = page_query(granularity, after, until, is_first=is_first)
            body = await self._reader.read(f"/v3/instruments/{instrument}/candles", asked)
            known = after - 1 if is_first else after
            page = meant(page_of, body, instrument, asked, known, self.scales)
            for bar in page.bars:
                if bar.ts < until:
                    yield bar
            is_first, is_last = False, page.is_last or page.bars[-1].ts >= until
            after = page.bars[-1].ts if page.bars else after

    async def read(self, meaning: Callable[[bytes], T], path: str, query: dict[str, str] | None = None) -> T:
        """Read a path and what stands there. Raises VenueError."""
        return meant(meaning, await self._reader.read(path, query))


def meant(read: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """Give what a reply means. Raises VenueError where it cannot be meant."""
    try:
        return read(*args, **named)
    except Malformed as error:
        raise VenueError(f"oanda: {error}") from None
